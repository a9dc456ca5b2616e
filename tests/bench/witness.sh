# SPDX-License-Identifier: GPL-2.0-or-later
# witness.sh: what the two kinds of evidence cost a flood that is forwarded and not traced.
# shellcheck shell=bash
# BENCH_PAIRS (61).

# How much a CPU gets done changes from second to second: many short pairs tell more than few long ones.
BENCH_PAIRS=${BENCH_PAIRS:-61}

# short_pps SENT: of a flood of 0.4 s
short_pps() { echo $(($1 * 10 / 4)); }

# untraced FILE ARGS...: packets/s of a forwarded flood beside a run that traces none of it
untraced() {
	local file=$1
	shift
	start_nftrace r -4 -t 600 "$@" -i eth0 -p udp --dport 10
	short_pps "$(flood 0 0 0.4)" >>"$file"
	stop_nftrace INT
}

# in_pairs FILE MEASURE ARGS...: MEASURE FILE.with ARGS... beside one without any evidence; in
# turns who is first, as what else the machine does meets both; RATIO is the ratios' median
in_pairs() {
	local i file=$1 measure=$2
	shift 2
	rm -f "$file".*
	for ((i = 0; i < BENCH_PAIRS; i++)); do
		((i % 2)) && "$measure" "$file.with" "$@"
		"$measure" "$file.without" --no-witness --no-drops
		((i % 2)) || "$measure" "$file.with" "$@"
	done
	paste "$file.with" "$file.without" | awk '{ print $1 / $2 }' >"$file.ratio"
	RATIO=$(median "$file.ratio")
}

# evidence_costs TITLE FILE [ARGS...]
evidence_costs() {
	local title=$1 file=$2
	shift 2
	heading "$title, medians of $BENCH_PAIRS pairs"
	in_pairs "$file" untraced "$@"
	printf '%-24s %9s\n' "without evidence" "$(median "$file.without")" "with" "$(median "$file.with")"
}

bench_witness() {
	evidence_costs "What a flood that is forwarded and not traced pays for witness chains and drop records" \
		"$SCRATCH/untraced"
	printf '%-24s %9s  %s\n' "median of the ratios" "$RATIO" "$(at_least 0.97 "$RATIO")"

	in_ns r iptables-legacy -t nat -A POSTROUTING -p udp --dport 10 -j SNAT --to-source 10.2.0.1
	evidence_costs "The same where nat chooses a source, which a witness has to show" "$SCRATCH/translated"
	printf '%-24s %9s  %s\n' "median of the ratios" "$RATIO" "$(at_least 0.97 "$RATIO")"
	in_ns r iptables-legacy -t nat -F

	# Nothing is asked of that: it is what drop records are good for.
	evidence_costs "The same where no drop records are had: a witness at each hook" "$SCRATCH/unrecorded" --no-drops
	printf '%-24s %9s\n' "median of the ratios" "$RATIO"
}
