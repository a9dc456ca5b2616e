# SPDX-License-Identifier: GPL-2.0-or-later
# drops.sh: what others pay for it that the kernel tells why it drops a traced packet.
# shellcheck shell=bash
# BENCH_ROUNDS (5); BENCH_PAIRS as in witness.sh.

# Of a flood that a rule drops, none of it traced: each packet is a run of the program.
dropped_flood() { in_ns a taskset -c $SEND_CPU "$TOOLS/flood" 10.2.0.2 10 0 100 0 "$1"; }

cost_of_a_run() {
	local i ours empty runs difference
	heading "Each packet that is dropped untraced: ns of the program, by the kernel's count, medians of ${BENCH_ROUNDS:-5}"
	rm -f "$SCRATCH"/run.*
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
		background r cost "$BUILD/tests/bench/drop_cost"
		wait_for 20 grep -Eq '^(armed|none)' "$SCRATCH/cost" || exit 1
		dropped_flood 1 >/dev/null
		kill -TERM "$BG_PID"
		wait_for 10 is_gone "$BG_PID" || :
		read -r ours empty runs < <(tail -n 1 "$SCRATCH/cost")
		echo "$ours" >>"$SCRATCH/run.ours"
		echo "$empty" >>"$SCRATCH/run.empty"
	done
	ours=$(median "$SCRATCH/run.ours") empty=$(median "$SCRATCH/run.empty")
	printf '%-24s %9s\n' "an empty program" "$empty" "the program" "$ours" "runs" "$runs"
	difference=$(awk "BEGIN { printf \"%.1f\", $ours - $empty }")
	printf '%-24s %9s  %s\n' "more" "$difference" "$(at_most 30 "$difference")"
}

# dropped_pps FILE ARGS...: beside a run that traces none of it
dropped_pps() {
	local file=$1
	shift
	start_nftrace r -4 -t 600 "$@" -i eth0 -p udp --dport 1
	short_pps "$(dropped_flood 0.4)" >>"$file"
	stop_nftrace INT
}

price_of_untraced_drops() {
	heading "A flood that is dropped and not traced: packets/s, medians of $BENCH_PAIRS pairs"
	in_pairs "$SCRATCH/pps" dropped_pps
	printf '%-24s %9s\n' "without evidence" "$(median "$SCRATCH/pps.without")" \
		"with" "$(median "$SCRATCH/pps.with")"
	printf '%-24s %9s  %s\n' "median of the ratios" "$RATIO" "$(at_least 0.97 "$RATIO")"
}

bench_drops() {
	in_ns r iptables-legacy -I FORWARD -p udp --dport 10 -j DROP
	cost_of_a_run
	price_of_untraced_drops
	in_ns r iptables-legacy -D FORWARD -p udp --dport 10 -j DROP
}
