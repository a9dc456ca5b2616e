# SPDX-License-Identifier: GPL-2.0-or-later
# hardening.sh: what src/harden.mk's flags cost on the way of an event, beside a build without them.
# shellcheck shell=bash
# BENCH_RUNS (5); with 0 no time is taken.

SOFT=$BUILD/soft

# The kernel's lines of bench_node's ten events a packet
packets_as_text() { # COUNT
	awk -v count="$1" 'BEGIN {
		events = split("mangle:PREROUTING:rule:1 mangle:PREROUTING:rule:2 mangle:PREROUTING:rule:3 " \
			"mangle:PREROUTING:policy:4 mangle:FORWARD:policy:1 filter:FORWARD:rule:1 " \
			"filter:policy:rule:1 filter:policy:rule:2 mangle:POSTROUTING:policy:1", at, " ")
		for (p = 0; p < count; p++) {
			ends = sprintf("SRC=10.1.0.2 DST=10.2.0.2 LEN=128 TOS=0x00 PREC=0x00 TTL=%%d ID=%d DF " \
				"PROTO=UDP SPT=%d DPT=9 LEN=108", p % 65536, 1024 + p % 60000)
			say("raw:PREROUTING:policy:1", "", 64)
			for (e = 1; e <= events; e++)
				say(at[e], e > 4 ? "eth1" : "", e > 4 ? 63 : 64)
		}
	}
	function say(place, out, ttl) {
		time += 0.00001
		printf "[%12.6f] TRACE: %s IN=%s OUT=%s " ends " \n", 100 + time, place,
			place ~ /POSTROUTING/ ? "" : "eth0", out, ttl
	}'
}

thousandths() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", b ? a / b : 0 }'; }

# user_s PROGRAM ARGS...: seconds of one run
user_s() {
	local TIMEFORMAT=%U
	{ time "$@" >/dev/null 2>"$SCRATCH/bench.err"; } 2>&1
}

# The reader's, which is the process that has most; it is nobody's, and writes its file itself
instructions() { # PROGRAM ARGS...
	local dir=$SCRATCH/callgrind
	mkdir -m 777 "$dir"
	valgrind -q --tool=callgrind --callgrind-out-file="$dir/%p" "$@" >/dev/null 2>&1
	sed -n 's/^summary: //p' "$dir"/* | sort -n | tail -n 1
	rm -rf "$dir"
}

# Live, there is no text to take apart; of the program as it is installed.
hardening_live() {
	local form soft hard
	local -a args
	printf '\n%-14s %10s %10s %6s %s\n' "live, an event" "soft instr" "hard instr" ratio limit
	for form in "" --flat -q --json --fold "-q --pcap $SCRATCH/again.pcapng"; do
		read -ra args <<<"$form"
		soft=$(again_an_event "$SOFT/fast/wide/nftrace" "${args[@]}")
		hard=$(again_an_event "$BUILD/fast/wide/nftrace" "${args[@]}")
		printf '%-14s %10.1f %10.1f %6s %s\n' "$(form_name "$form")" "$soft" "$hard" \
			"$(thousandths "$hard" "$soft")" "$(at_most 1.02 "$(thousandths "$hard" "$soft")")"
	done
}

bench_hardening() {
	local form i soft hard log=$SCRATCH/log rules=$SCRATCH/rules.save
	local -a args few
	heading "Hardening: --read of 120,000 lines, instructions of 12,000, built with and without"
	chmod 755 "$SCRATCH"
	packets_as_text 12000 >"$log"
	packets_as_text 1200 >"$log.few"
	in_ns r iptables-legacy-save >"$rules"
	printf '%-14s %8s %8s %6s %12s %12s %6s %s\n' form "soft s" "hard s" ratio \
		"soft instr" "hard instr" ratio limit
	for form in --color=never -q --json; do
		: >"$SCRATCH/soft$form" >"$SCRATCH/hard$form"
		args=(--read "$log" --rules "$rules" "$form")
		few=(--read "$log.few" --rules "$rules" "$form")
		for ((i = 0; i < ${BENCH_RUNS:-5}; i++)); do
			user_s "$SOFT/nftrace" "${args[@]}" >>"$SCRATCH/soft$form"
			user_s "$NFTRACE" "${args[@]}" >>"$SCRATCH/hard$form"
		done
		soft=$(instructions "$SOFT/wide/nftrace" "${few[@]}")
		hard=$(instructions "$BUILD/wide/nftrace" "${few[@]}")
		printf '%-14s %8s %8s %6s %12d %12d %6s %s\n' "$form" "$(median "$SCRATCH/soft$form")" \
			"$(median "$SCRATCH/hard$form")" \
			"$(ratio "$(median "$SCRATCH/hard$form")" "$(median "$SCRATCH/soft$form")")" \
			"$soft" "$hard" "$(thousandths "$hard" "$soft")" \
			"$(at_most 1.02 "$(thousandths "$hard" "$soft")")"
	done
	hardening_live
}
