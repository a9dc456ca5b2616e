# SPDX-License-Identifier: GPL-2.0-or-later
# again.sh: instructions of the reader for an event, the same however busy the machine is.
# shellcheck shell=bash
# AGAIN_TIMES (20): how often the packets that it was really sent are told again (again.c).

AGAIN=$BUILD/tests/bench/again.so
AGAIN_PACKETS=200

# form_name ARGS: without the files; "blocks" for none
form_name() { local words=${1%% /*}; echo "${words:-blocks}"; }

# again_an_event PROGRAM ARGS...: instructions of the reader, all that it does behind the system
# calls that give it messages, the time or leave; of a program whose reader has the wider filter
again_an_event() {
	local program=$1 times=${AGAIN_TIMES:-20} dir=$SCRATCH/again packets
	shift
	mkdir -m 777 "$dir"
	: >"$ERR"
	nsenter --net="$(ns_path r)" -- env --default-signal LD_PRELOAD="$AGAIN" \
		AGAIN_MESSAGES=$((AGAIN_PACKETS * EVENTS)) AGAIN_TIMES="$times" \
		valgrind -q --vgdb=no --tool=callgrind --collect-atstart=no \
		--callgrind-out-file="$dir/%p" \
		"$program" --rate 0 -t 600 -i eth0 --buffer 64 "$@" >"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	wait_armed 60 || exit 1
	LISTENER=$(reading_child)
	flood $AGAIN_PACKETS 250 >/dev/null
	wait_for 120 has_line '^totals: ' "$dir/$LISTENER.1" || exit 1
	kill -INT "$NFTRACE_PID"
	wait "$NFTRACE_PID"
	packets=$(sed -n 's/^nftrace: \([0-9]*\) packets* traced.*/\1/p' "$ERR")
	((packets >= (times + 2) * AGAIN_PACKETS)) || { echo "bench: $packets packets were told" >&2; exit 1; }
	awk -v events="$((packets / (times + 2) * times * EVENTS))" \
		'/^summary: / { n = $2 } END { printf "%.1f\n", n / events }' "$dir/$LISTENER.1"
	[[ -z ${AGAIN_KEEP-} ]] || cp "$dir/$LISTENER.1" "$AGAIN_KEEP"
	rm -rf "$dir"
}
