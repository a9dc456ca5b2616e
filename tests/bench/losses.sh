# SPDX-License-Identifier: GPL-2.0-or-later
# losses.sh: what must not be lost is not, what is lost is counted, and memory stays what it is.
# shellcheck shell=bash
# BENCH_RUNS (10).

# run_of FLOOD...: of the LISTENER that is ready: SENT, and MS that it took
run_of() {
	local begun=${EPOCHREALTIME/./}
	SENT=$(flood "$@")
	MS=$(((${EPOCHREALTIME/./} - begun) / 1000))
	wait_idle "$LISTENER"
}

# Is what was sent all there, none of it lost and each packet's story whole?
all_there() {
	((EVENTS_SEEN == SENT * EVENTS && LOST == 0)) &&
		grep -q "^nftrace: $SENT packets traced: $SENT FORWARDED\(;\|$\)" "$ERR"
}

complete_runs() {
	local i fair=0 held=0 floor packets=400000 said
	heading "400,000 events/s for 10 s, 64 MiB of buffer, ${BENCH_RUNS:-10} runs beside the floor"
	printf '%4s %12s %12s %12s %12s\n' run "events/s" "floor lost" "events/s" "nftrace lost"
	for ((i = 1; i <= ${BENCH_RUNS:-10}; i++)); do
		start_floor
		run_of $packets 40000
		stop_floor
		floor=$((SENT * EVENTS - EVENTS_SEEN)) said=
		printf '%4d %12d %12d' $i $((SENT * EVENTS * 1000 / MS)) $floor
		start_nftrace_to file
		run_of $packets 40000
		stop_nftrace_to
		if ((floor == 0)); then
			fair=$((fair + 1))
			all_there && held=$((held + 1))
		else
			said="  does not count"
		fi
		all_there || ((LOST)) || said+="  not every journey is complete"
		printf ' %12d %12d%s\n' $((SENT * EVENTS * 1000 / MS)) "$LOST" "$said"
		[[ -z $said ]] || grep 'traced:' "$ERR"
	done
	echo "the floor lost nothing in $fair; of these nftrace was complete in $held:" \
		"$(at_least $((fair ? fair : 1)) "$held")"
	((fair)) || echo "no run counts: this machine is too slow, or too busy"
}

exact_runs() {
	local i exact=0 lossy=0 of=${BENCH_RUNS:-10}
	heading "Full flood into 1 MiB of buffer: received + lost = offered, $of runs"
	printf '%4s %12s %12s %12s %6s\n' run offered received lost off
	for ((i = 1; i <= of; i++)); do
		start_nftrace_to file --buffer 1 --no-witness
		run_of 200000
		stop_nftrace_to
		((EVENTS_SEEN + LOST == SENT * EVENTS)) && exact=$((exact + 1))
		((LOST > 0)) && lossy=$((lossy + 1))
		printf '%4d %12d %12d %12d %6d\n' $i $((SENT * EVENTS)) "$EVENTS_SEEN" "$LOST" \
			$((SENT * EVENTS - EVENTS_SEEN - LOST))
	done
	echo "exactly so in $exact: $(at_least $of $exact); with losses: $lossy: $(at_least $of $lossy)"
}

# Without rule texts and socket buffer, which are not the reader's: 10 MB at most
same_memory() {
	local packets few kib
	heading "Memory of the reader, at its most"
	for packets in 1000 1000000; do
		start_nftrace_to file
		run_of $packets 40000
		kib=$(peak_kib "$LISTENER") few=${few:-$kib}
		stop_nftrace_to
		echo "$packets packets: $kib KiB: $(at_most 10240 "$kib")"
	done
	echo "more after the million: $((kib - few)) KiB: $(at_most 1024 $((kib - few)))"
}

bench_losses() {
	complete_runs
	exact_runs
	same_memory
}
