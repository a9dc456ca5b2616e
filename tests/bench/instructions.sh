# SPDX-License-Identifier: GPL-2.0-or-later
# instructions.sh: what the reader does for an event, beside the build of an early commit.
# shellcheck shell=bash
# BENCH_FEW (250), BENCH_MANY (1250) packets: what both have in common is no event's. So slowly that
# under valgrind the reader keeps up: memory for packets that wait is asked for once in a run.

BEFORE=$BUILD/before/nftrace

# form ; its arguments ; those of the early one ; its limit, times that one
readonly COUNTED=(
	"blocks;;;0.6"
	"--flat;--flat;--flat;0.6"
	"-q;-q;-q;0.6"
	"--json;--json;--json;0.6"
	"--fold;--fold;;0.8"
)

# has_reader: it has its name, which under valgrind may take longer than to get armed; sets reader
has_reader() { reader=$(child_named nftrace-reader); [[ -n $reader ]]; }

# reader_instructions PROGRAM PACKETS ARGS...: valgrind needs a reader with the wider filter
# COUNTED_RATE (250) packets/s; COUNTED_IN: a function, and nothing is counted outside of it
reader_instructions() {
	local program=$1 packets=$2 dir=$SCRATCH/callgrind reader
	shift 2
	mkdir -m 777 "$dir"
	: >"$ERR"
	nsenter --net="$(ns_path r)" -- env --default-signal \
		valgrind -q --vgdb=no --tool=callgrind --callgrind-out-file="$dir/%p" \
		${COUNTED_IN:+--toggle-collect=$COUNTED_IN} \
		"$program" --rate 0 -t 600 -i eth0 --buffer 64 "$@" >"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	wait_armed 60 || exit 1
	wait_for 60 has_reader || exit 1
	flood "$packets" "${COUNTED_RATE:-250}" >/dev/null
	# Before the texts are there it is idle as well.
	wait_for 120 test -s "$OUT"
	wait_idle "$reader"
	kill -INT "$NFTRACE_PID"
	wait "$NFTRACE_PID"
	# What it has in common with its parent was counted there, and begins with the fork.
	sed -n 's/^summary: //p' "$dir/$reader" | tail -n 1
	rm -rf "$dir"
}

# an_event PROGRAM ARGS...: instructions
an_event() {
	local program=$1 few=${BENCH_FEW:-250} many=${BENCH_MANY:-1250}
	shift
	awk -v a="$(reader_instructions "$program" "$many" "$@")" \
		-v b="$(reader_instructions "$program" "$few" "$@")" \
		-v events="$(((many - few) * EVENTS))" 'BEGIN { printf "%.0f", (a - b) / events }'
}

bench_instructions() {
	local row form args before limit now
	local -A early
	heading "Instructions of the reader for an event, by callgrind"
	[[ -x $BEFORE ]] || {
		echo "left out: this is no clone with the commit that it is compared with"
		return
	}
	chmod 755 "$SCRATCH"
	printf '%-14s %8s %8s %6s %s\n' form early now ratio limit
	for row in "${COUNTED[@]}"; do
		IFS=';' read -r form args before limit <<<"$row"
		# shellcheck disable=SC2086
		[[ -n ${early[x$before]-} ]] || early[x$before]=$(an_event "$BEFORE" $before)
		# shellcheck disable=SC2086
		now=$(an_event "$BUILD/fast/wide/nftrace" $args)
		printf '%-14s %8d %8d %6s %s\n' "$form" "${early[x$before]}" "$now" \
			"$(ratio "$now" "${early[x$before]}")" \
			"$(at_most "$limit" "$(ratio "$now" "${early[x$before]}")")"
	done
}
