# SPDX-License-Identifier: GPL-2.0-or-later
# growth.sh: what a packet costs the reader among many flows and many rules, beside few of them.
# shellcheck shell=bash
# BENCH_ROUNDS (3), of each in turn; BENCH_GROWTH (100000) packets at 10,000/s.

readonly GROWTH_FEW_FLOWS=10 GROWTH_MANY_FLOWS=100000 GROWTH_FLOWS_LIMIT=1.15
readonly GROWTH_FEW_RULES=100 GROWTH_MANY_RULES=100000 GROWTH_RULES_LIMIT=1.1
# The reader's own memory at most, without rules and socket buffer, which are mapped: as in losses.sh
readonly GROWTH_KIB=10240

own_kib() { awk '/^RssAnon/ { print $2 }' "/proc/$1/status"; }

# growth_rules RULES: one an address of 10.4.0.0/14, in a chain for each /24
# The packets are of the first ones: for each event the kernel looks through all rules up to its own, so
# that among 100,000 it traces a hundred packets a second of the last.
growth_rules() {
	awk -v n="$1" 'BEGIN {
		print "*filter\n:FORWARD ACCEPT"
		for (i = 0; i < n; i++) {
			net = int(i / 256)
			if (net != last || !i) {
				printf ":net-%d -\n", net
				jumps = jumps sprintf("-A FORWARD -d 10.%d.%d.0/24 -j net-%d\n", 4 + int(net / 256), net % 256, net)
			}
			last = net
			rules[i] = sprintf("-A net-%d -d 10.%d.%d.%d/32 -p udp -m comment --comment \"service %d of the shop\" -j ACCEPT",
				net, 4 + int(net / 256), net % 256, i % 256, i)
		}
		printf "%s", jumps
		for (i = 0; i < n; i++) print rules[i]
		print "COMMIT"
	}' | in_ns r iptables-legacy-restore
}

# growth_of FLOWS STEP: nanoseconds of the reader for a packet, and its own KiB; "lost": not all came
growth_of() {
	local packets=${BENCH_GROWTH:-100000} before
	start_nftrace_to file
	# From here on the texts are there, and so is what is made once.
	flood_flows 10.4.0.0 1 1 1 1 >/dev/null
	wait_for 60 grep -q FORWARDED "$SCRATCH/results"
	wait_idle "$LISTENER"
	before=$(cpu_ns "$LISTENER")
	flood_flows 10.4.0.0 "$1" "$2" "$packets" 10000 >/dev/null
	wait_idle "$LISTENER"
	echo "$((($(cpu_ns "$LISTENER") - before) / packets)) $(own_kib "$LISTENER")" >"$SCRATCH/growth"
	stop_nftrace_to
	if grep -q "^nftrace: $((packets + 1)) packets traced" "$ERR"; then cat "$SCRATCH/growth"; else echo lost; fi
}

# growth_say WHAT FEW MANY LIMIT: of FILE.few and FILE.many
growth_say() {
	local few many few_kib kib
	if grep -q lost "$SCRATCH/few" "$SCRATCH/many"; then
		echo "$1: packets were lost: $(at_most 0 1)"
		return
	fi
	few=$(median "$SCRATCH/few") many=$(median "$SCRATCH/many")
	few_kib=$(sort -nk2 "$SCRATCH/few" | tail -n 1 | cut -d' ' -f2)
	kib=$(sort -nk2 "$SCRATCH/many" | tail -n 1 | cut -d' ' -f2)
	few=${few% *} many=${many% *}
	printf '%-6s %7d %7d %9d %9d %6s %-12s %8d %8d  %s\n' "$1" "$2" "$3" "$few" "$many" \
		"$(ratio "$many" "$few")" "$(at_most "$4" "$(ratio "$many" "$few")")" \
		"$few_kib" "$kib" "$(at_most $GROWTH_KIB "$kib")"
}

bench_growth() {
	local i
	heading "Growth: the reader's ns for a packet, medians of ${BENCH_ROUNDS:-3}, and its own memory"
	printf '%-6s %7s %7s %9s %9s %6s %-12s %8s %8s  %s\n' of few many "ns few" "ns many" ratio \
		limit "KiB few" "KiB many" limit
	in_ns r ip route add 10.4.0.0/14 via 10.2.0.2
	in_ns r iptables-legacy-save -t filter >"$SCRATCH/filter"
	rm -f "$SCRATCH/few" "$SCRATCH/many"
	for ((i = 0; i < ${BENCH_ROUNDS:-3}; i++)); do
		growth_of $GROWTH_FEW_FLOWS 1 >>"$SCRATCH/few"
		growth_of $GROWTH_MANY_FLOWS 1 >>"$SCRATCH/many"
	done
	growth_say flows $GROWTH_FEW_FLOWS $GROWTH_MANY_FLOWS $GROWTH_FLOWS_LIMIT
	rm -f "$SCRATCH/few" "$SCRATCH/many"
	# The same packets: to the first 100 addresses, each of which has a rule in both.
	for ((i = 0; i < ${BENCH_ROUNDS:-3}; i++)); do
		growth_rules $GROWTH_FEW_RULES
		growth_of 100 1 >>"$SCRATCH/few"
		growth_rules $GROWTH_MANY_RULES
		growth_of 100 1 >>"$SCRATCH/many"
	done
	growth_say rules $GROWTH_FEW_RULES $GROWTH_MANY_RULES $GROWTH_RULES_LIMIT
	in_ns r iptables-legacy-restore <"$SCRATCH/filter"
	in_ns r ip route del 10.4.0.0/14
}
