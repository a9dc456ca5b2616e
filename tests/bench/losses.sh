# SPDX-License-Identifier: GPL-2.0-or-later
# losses.sh: what must not be lost is not, what is lost is counted, and memory stays what it is.
# shellcheck shell=bash
# BENCH_RUNS (10).

complete_runs() {
	local i fair=0 held=0 lost=0 packets=400000
	heading "400,000 events/s for 10 s, 64 MiB of buffer, ${BENCH_RUNS:-10} runs beside the floor"
	for ((i = 0; i < ${BENCH_RUNS:-10}; i++)); do
		start_floor
		flood $packets 40000 >/dev/null
		wait_idle "$LISTENER"
		stop_floor
		((EVENTS_SEEN == packets * EVENTS)) || continue
		fair=$((fair + 1))
		start_nftrace_to file
		flood $packets 40000 >/dev/null
		wait_idle "$LISTENER"
		stop_nftrace_to
		((EVENTS_SEEN == packets * EVENTS && LOST == 0)) &&
			grep -q "^nftrace: $packets packets traced: $packets FORWARDED$" "$ERR" &&
			held=$((held + 1))
		lost=$((lost + LOST))
	done
	echo "no event lost by the floor: $fair of $i; none lost by nftrace and every journey" \
		"complete: $held of $fair (lost in all: $lost of $((fair * packets * EVENTS)))"
}

exact_runs() {
	local i exact=0 lossy=0 sent
	heading "Full flood into 1 MiB of buffer: received + lost = offered, ${BENCH_RUNS:-10} runs"
	for ((i = 0; i < ${BENCH_RUNS:-10}; i++)); do
		start_nftrace_to file --buffer 1
		sent=$(flood 200000)
		wait_idle "$LISTENER"
		stop_nftrace_to
		((EVENTS_SEEN + LOST == sent * EVENTS)) && exact=$((exact + 1))
		((LOST > 0)) && lossy=$((lossy + 1))
	done
	echo "exactly so: $exact of $i, $lossy of them with losses" \
		"(the last: $EVENTS_SEEN received, $LOST lost)"
}

same_memory() {
	local packets
	heading "Memory of the reader, at its most"
	for packets in 1000 1000000; do
		start_nftrace_to file
		flood $packets 40000 >/dev/null
		wait_idle "$LISTENER"
		echo "$packets packets: $(peak_kib "$LISTENER") KiB"
		stop_nftrace_to
	done
}

bench_losses() {
	complete_runs
	exact_runs
	same_memory
}
