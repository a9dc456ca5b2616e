# SPDX-License-Identifier: GPL-2.0-or-later
# price.sh: what tracing costs others: the traced traffic, the kernel, and whoever waits for the end.
# shellcheck shell=bash
# BENCH_ROUNDS (5); BENCH_RUNS (10).

# Packets/s that reach the router's far side of a flood at full speed, into FILE
flood_pps() {
	local sent
	sent=$(flood 0 0 2)
	echo $((sent / 2)) >>"$1"
}

price_of_traffic() {
	local i none floor ours ratio
	heading "What the traced traffic pays: packets/s of a flood of $EVENTS events a packet, medians of ${BENCH_ROUNDS:-5}"
	rm -f "$SCRATCH"/pps.*
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
		flood_pps "$SCRATCH/pps.none"
		start_floor
		flood_pps "$SCRATCH/pps.floor"
		stop_floor
		start_nftrace_to file --no-witness
		flood_pps "$SCRATCH/pps.nftrace"
		stop_nftrace_to
		start_nftrace_to file --no-drops
		flood_pps "$SCRATCH/pps.witness"
		stop_nftrace_to
	done
	none=$(median "$SCRATCH/pps.none") floor=$(median "$SCRATCH/pps.floor")
	ours=$(median "$SCRATCH/pps.nftrace")
	printf '%-24s %9s\n' "not traced" "$none" "under the floor" "$floor" "under nftrace" "$ours" \
		"with witness chains" "$(median "$SCRATCH/pps.witness")"
	ratio=$(ratio "$ours" "$floor")
	printf '%-24s %9s  %s\n' "nftrace to floor" "$ratio" "$(at_least 0.95 "$ratio")"
}

# Share of a CPU that a sender of 20,000 packets/s uses, its kernel's work included: they are
# traced in OUTPUT, so all of that is done in the sender's own system calls.
sender_share() {
	local TIMEFORMAT='%3U %3S' seconds=4
	{
		time in_ns "$1" taskset -c $SEND_CPU "$TOOLS/flood" 10.9.1.2 9 0 100 20000 $seconds
	} 2>&1 >/dev/null | awk -v s=$seconds '{ print ($1 + $2) / s }'
}

# The default rate on tables of N rules, all events of the last chain, the burst included.
price_of_default_rate() {
	local n plain traced rate share
	heading "The kernel's cost of tracing at the default --rate, in shares of one CPU, under 20,000 packets/s"
	printf '%8s %26s %8s  %s\n' rules "default rate" "of a CPU" "limit"
	for n in 1000 10000 100000; do
		large_tables "t$n" "$n"
		ns_new "p$n"
		veth "t$n" eth0 "p$n" eth0
		addresses "t$n" eth0 10.9.1.1/24
		addresses "p$n" eth0 10.9.1.2/24
		in_ns "p$n" iptables-legacy -A INPUT -p udp -j DROP
		settle "t$n" eth0 "p$n" eth0
		plain=$(sender_share "t$n")
		start_nftrace "t$n" -4 -t 60 -q -o eth0 -p udp
		rate=$(sed -n 's/.*; rate \(.*\) (default.*/\1/p' "$ERR")
		traced=$(sender_share "t$n")
		stop_nftrace INT
		share=$(awk "BEGIN { printf \"%.3f\", $traced - $plain }")
		printf '%8s %26s %8s  %s\n' "$n" "$rate" "$share" "$(at_most 0.1 "$share")"
		ns_del "t$n"
		ns_del "p$n"
	done
}

price_of_disarming() {
	local i median
	heading "Disarming under full flood: from the signal to a free lock, ${BENCH_RUNS:-10} runs"
	rm -f "$SCRATCH/disarm"
	for ((i = 0; i < ${BENCH_RUNS:-10}; i++)); do
		background a flood taskset -c $SEND_CPU "$TOOLS/flood" 10.2.0.2 9 0 100 0 60
		in_ns r "$METER" -w ' armed: ' -l "$LOCK" -s 500 \
			"$NFTRACE" --hold-lock --rate 0 -t 60 -i eth0 >>"$SCRATCH/disarm"
		# The sender itself, not a shell in front of it: the next part wants silence.
		kill "$BG_PID"
		wait_for 10 is_gone "$BG_PID" || :
	done
	median=$(ratio "$(median "$SCRATCH/disarm")" 1000)
	echo "median $median ms, longest $(ratio "$(sort -g "$SCRATCH/disarm" | tail -n 1)" 1000) ms:" \
		"$(at_most 50 "$median")"
}

bench_price() {
	price_of_traffic
	price_of_default_rate
	price_of_disarming
}
