# SPDX-License-Identifier: GPL-2.0-or-later
# arming.sh: time and memory until armed on large tables, beside iptables-legacy-save.
# shellcheck shell=bash
# BENCH_ROUNDS (5); BENCH_SIZES ("1000 10000 50000 100000" rules).

# Times iptables-legacy-save's, and never more memory: on tables large enough to matter
declare -rA ARMING_LIMIT=([10000]=1.1 [100000]=1.2)

readonly SAVE=(iptables-legacy-save)
armed() { echo "$NFTRACE" -4 -t 60 -p udp --dport 9; }

# large_tables NAME RULES: a namespace with such tables and a cable to b
large_tables() {
	ns_new "$1"
	"$TESTS/bench/rules.sh" "$2" | in_ns "$1" iptables-legacy-restore
}

# of_both FILE ARGS...: what meter says of both programs, in turn, into FILE.save and FILE.arm
of_both() {
	local file=$1 i
	shift
	rm -f "$file.save" "$file.arm"
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
		in_ns "t$n" "$METER" "$@" "${SAVE[@]}" >>"$file.save"
		in_ns "t$n" "$METER" "$@" -w ' armed: ' $(armed) >>"$file.arm"
	done
}

bench_arming() {
	local n save arm ratio save_kib kib
	heading "Arming on large tables, medians of ${BENCH_ROUNDS:-5}; peak: all processes together"
	printf '%8s %9s %9s %6s %-12s %9s %9s  %s\n' rules "save ms" "armed ms" ratio limit \
		"save KiB" "peak KiB" limit
	for n in ${BENCH_SIZES:-1000 10000 50000 100000}; do
		large_tables "t$n" "$n"
		of_both "$SCRATCH/time"
		of_both "$SCRATCH/kib" -m
		save=$(median "$SCRATCH/time.save") arm=$(median "$SCRATCH/time.arm")
		save_kib=$(median "$SCRATCH/kib.save") kib=$(median "$SCRATCH/kib.arm")
		ratio=$(ratio "$arm" "$save")
		printf '%8s %9.1f %9.1f %6s %-12s %9s %9s  %s\n' "$n" "$(ratio "$save" 1000)" \
			"$(ratio "$arm" 1000)" "$ratio" \
			"${ARMING_LIMIT[$n]:+$(at_most "${ARMING_LIMIT[$n]}" "$ratio")}" \
			"$save_kib" "$kib" "${ARMING_LIMIT[$n]:+$(at_most "$save_kib" "$kib")}"
		ns_del "t$n"
	done
}
