# SPDX-License-Identifier: GPL-2.0-or-later
# reading.sh: how fast a log is read, beside the build of an early commit, and in how much memory.
# shellcheck shell=bash
# BENCH_PACKETS (30000) of ten lines, BENCH_RUNS (5); with SOAK 300000, and lines of
# others between them that make it BENCH_BYTES (1000000000).

# peak_of PROGRAM LOG ARGS...: of the reader, when all of it is read
peak_of() {
	local program=$1 log=$2
	shift 2
	mkfifo "$SCRATCH/fifo"
	"$program" --read "$SCRATCH/fifo" "$@" >/dev/null 2>"$SCRATCH/bench.err" &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	exec 9>"$SCRATCH/fifo"
	rm "$SCRATCH/fifo"
	cat "$log" >&9
	wait_idle "$(child_named nftrace-reader)"
	peak_kib "$(child_named nftrace-reader)"
	exec 9>&-
	wait "$NFTRACE_PID"
}

# among_others BYTES: stdin, as long as that with what else a kernel logs; of LINES lines
among_others() { # BYTES LINES
	awk -v bytes="$1" -v lines="$2" '
	{
		print
		have += length($0) + 1
		while (have < bytes / lines * NR) {
			other = sprintf("%s audit: type=1400 audit(1795971329.%03d:%d): apparmor=\"ALLOWED\" operation=\"open\"" \
				" profile=\"/usr/sbin/chronyd\" name=\"/proc/%d/status\" pid=%d comm=\"chronyd\" requested_mask=\"r\"",
				substr($0, 1, 14), NR % 1000, NR, NR % 32768, NR % 32768)
			print other
			have += length(other) + 1
		}
	}'
}

bench_reading() {
	local form i early now packets=${BENCH_PACKETS:-$([[ ${SOAK:-} ]] && echo 300000 || echo 30000)}
	local bytes=${BENCH_BYTES:-$([[ ${SOAK:-} ]] && echo 1000000000 || echo 0)} log=$SCRATCH/reading rules=$SCRATCH/reading.save
	heading "--read of $((packets * EVENTS)) lines, seconds of CPU, medians of ${BENCH_RUNS:-5}"
	[[ -x $BEFORE ]] || {
		echo "left out: this is no clone with the commit that it is compared with"
		return
	}
	packets_as_text "$packets" | among_others "$bytes" $((packets * EVENTS)) >"$log"
	echo "$(stat -c %s "$log") bytes"
	in_ns r iptables-legacy-save >"$rules"
	printf '%-14s %8s %8s %6s %-14s %8s %s\n' form early now ratio limit "peak KiB" limit
	for form in --color=never -q --json; do
		for ((i = 0; i < ${BENCH_RUNS:-5}; i++)); do
			user_s "$BEFORE" --read "$log" --rules "$rules" "$form" >>"$SCRATCH/early$form"
			user_s "$NFTRACE" --read "$log" --rules "$rules" "$form" >>"$SCRATCH/now$form"
		done
		early=$(median "$SCRATCH/early$form") now=$(median "$SCRATCH/now$form")
		i=$(peak_of "$NFTRACE" "$log" --rules "$rules" "$form")
		printf '%-14s %8s %8s %6s %-14s %8s %s\n' "$form" "$early" "$now" "$(ratio "$early" "$now")" \
			"$(at_least 1.5 "$(ratio "$early" "$now")")" "$i" "$(at_most 65536 "$i")"
	done
}
