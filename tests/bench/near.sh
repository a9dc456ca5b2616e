# SPDX-License-Identifier: GPL-2.0-or-later
# near.sh: what it costs to find the rules that a dropped packet nearly met, behind 600 of them.
# shellcheck shell=bash
# BENCH_NEAR (500) packets, so slowly that all of them are looked at; medians of BENCH_ROUNDS (5).

NEAR_RULES=600

# near_rules KIND: for iptables-restore; "first": the rule that drops stands in front of them
near_rules() {
	awk -v kind="$1" -v n=$NEAR_RULES 'BEGIN {
		drop = "-A FORWARD -p udp --dport 9 -j DROP"
		print "*filter\n:FORWARD ACCEPT"
		if (kind == "first") print drop
		for (i = 0; i < n; i++) {
			if (kind == "simple")
				printf "-A FORWARD -s 10.9.%d.%d/32 -j ACCEPT\n", i / 256, i % 256
			else if (i % 3 == 0)
				printf "-A FORWARD -i eth0 -p udp -m comment --comment \"service %d of the shop\" -m udp --dport %d -m conntrack --ctstate NEW -j ACCEPT\n", i, 1000 + i
			else if (i % 3 == 1)
				printf "-A FORWARD -s 10.1.0.0/16 -p udp -m multiport --dports 80,443,%d,%d:%d -m conntrack --ctstate NEW -m mark --mark 0x0/0xff -j ACCEPT\n", 1000 + i, 20000 + i, 20010 + i
			else
				printf "-A FORWARD -d 10.2.0.2/32 -i eth0 -o eth1 -p udp -m udp --sport 1024:65535 --dport %d -m comment --comment \"cali:%08x\" -j ACCEPT\n", 1000 + i, i
		}
		if (kind != "first") print drop
		print "COMMIT"
	}'
}

# near_rules_native KIND: the same for nft, in its own words
near_rules_native() {
	awk -v kind="$1" -v n=$NEAR_RULES 'BEGIN {
		drop = "udp dport 9 drop"
		print "table ip near {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;"
		if (kind == "first") print drop
		for (i = 0; i < n; i++) {
			if (kind == "simple")
				printf "ip saddr 10.9.%d.%d accept\n", i / 256, i % 256
			else if (i % 3 == 0)
				printf "iifname \"eth0\" udp dport %d ct state new counter accept comment \"service %d of the shop\"\n", 1000 + i, i
			else if (i % 3 == 1)
				printf "ip saddr 10.1.0.0/16 udp dport { 80, 443, %d, %d-%d } ct state new meta mark & 0xff == 0x0 accept\n", 1000 + i, 20000 + i, 20010 + i
			else
				printf "ip daddr 10.2.0.2 iifname \"eth0\" oifname \"eth1\" udp sport 1024-65535 udp dport %d accept comment \"cali:%08x\"\n", 1000 + i, i
		}
		if (kind != "first") print drop
		print "\t}\n}"
	}'
}

# near_load KIND BACKEND; near_unload BACKEND
near_load() {
	case $2 in
	native) near_rules_native "$1" | in_ns r nft -f - ;;
	*) near_rules "$1" | in_ns r iptables-"$2"-restore ;;
	esac
}

near_unload() {
	case $1 in
	native) in_ns r nft delete table ip near ;;
	*) in_ns r iptables-"$1" -F FORWARD ;;
	esac
}

# near_round KIND BACKEND: the reader's CPU for each packet of a run, in ns
near_round() {
	local before packets=${BENCH_NEAR:-500}
	near_load "$@"
	start_nftrace_to null --json -4
	flood 20 250 >/dev/null
	wait_idle "$LISTENER"
	before=$(cpu_ns "$LISTENER")
	flood "$packets" 250 >/dev/null
	wait_idle "$LISTENER"
	echo $((($(cpu_ns "$LISTENER") - before) / packets))
	stop_nftrace_to
	near_unload "$2"
}

near_ns() {
	local i
	rm -f "$SCRATCH/near"
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do near_round "$@" >>"$SCRATCH/near"; done
	median "$SCRATCH/near"
}

bench_near() {
	local backend kind first ns
	heading "A drop behind $NEAR_RULES rules: the reader's microseconds for what it nearly met"
	for backend in legacy nft native; do
		first=$(near_ns first $backend)
		for kind in simple several; do
			ns=$(($(near_ns $kind $backend) - first))
			ns=$(awk "BEGIN { printf \"%.0f\", $ns / 1000 }")
			printf '%-24s %6s  %s\n' "$backend, $kind" "$ns" "$(at_most 100 "$ns")"
		done
	done
}
