# SPDX-License-Identifier: GPL-2.0-or-later
# arming.sh: time and memory until armed on large tables, beside iptables-legacy-save.
# shellcheck shell=bash
# BENCH_ROUNDS (5); BENCH_SIZES ("1000 10000 50000 100000" rules).

readonly SAVE=(iptables-legacy-save)
armed() { echo "$NFTRACE" -4 -t 60 -p udp --dport 9; }

# large_tables NAME RULES: a namespace with such tables and a cable to b
large_tables() {
	ns_new "$1"
	"$TESTS/bench/rules.sh" "$2" | in_ns "$1" iptables-legacy-restore
}

bench_arming() {
	local n i save arm
	heading "Arming on large tables, medians of ${BENCH_ROUNDS:-5}; peak: all processes together"
	printf '%8s %9s %9s %6s %10s %10s\n' rules "save ms" "armed ms" ratio "save KiB" "peak KiB"
	for n in ${BENCH_SIZES:-1000 10000 50000 100000}; do
		large_tables "t$n" "$n"
		: >"$SCRATCH/save"
		: >"$SCRATCH/arm"
		for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
			in_ns "t$n" "$METER" "${SAVE[@]}" >>"$SCRATCH/save"
			in_ns "t$n" "$METER" -w ' armed: ' $(armed) >>"$SCRATCH/arm"
		done
		save=$(median "$SCRATCH/save") arm=$(median "$SCRATCH/arm")
		printf '%8s %9.1f %9.1f %6s %10s %10s\n' "$n" "$(ratio "$save" 1000)" \
			"$(ratio "$arm" 1000)" "$(ratio "$arm" "$save")" \
			"$(in_ns "t$n" "$METER" -m "${SAVE[@]}")" \
			"$(in_ns "t$n" "$METER" -m -w ' armed: ' $(armed))"
		ns_del "t$n"
	done
}
