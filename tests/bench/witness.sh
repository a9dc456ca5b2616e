# SPDX-License-Identifier: GPL-2.0-or-later
# witness.sh: what the chains at the end of every hook cost traffic that is not traced.
# shellcheck shell=bash
# BENCH_PAIRS (15).

# untraced FILE ARGS...: packets/s of a forwarded flood beside a run that traces none of it
untraced() {
	local file=$1
	shift
	start_nftrace r -4 -t 600 "$@" -i eth0 -p udp --dport 10
	flood_pps "$file"
	stop_nftrace INT
}

# One after the other, in turns who is first: what else the machine does meets both.
bench_witness() {
	local i with without ratio
	heading "What a flood that is forwarded and not traced pays for witness chains, medians of ${BENCH_PAIRS:-15} pairs"
	rm -f "$SCRATCH"/untraced.*
	for ((i = 0; i < ${BENCH_PAIRS:-15}; i++)); do
		((i % 2)) && untraced "$SCRATCH/untraced.with"
		untraced "$SCRATCH/untraced.without" --no-witness
		((i % 2)) || untraced "$SCRATCH/untraced.with"
	done
	with=$(median "$SCRATCH/untraced.with") without=$(median "$SCRATCH/untraced.without")
	printf '%-24s %9s\n' "--no-witness" "$without" "with witness chains" "$with"
	paste "$SCRATCH/untraced.with" "$SCRATCH/untraced.without" | awk '{ print $1 / $2 }' >"$SCRATCH/untraced.ratio"
	ratio=$(median "$SCRATCH/untraced.ratio")
	printf '%-24s %9s  %s\n' "median of the ratios" "$ratio" "$(at_least 0.97 "$ratio")"
}
