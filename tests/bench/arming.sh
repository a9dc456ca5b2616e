# SPDX-License-Identifier: GPL-2.0-or-later
# arming.sh: time and memory until armed on large tables, beside iptables-legacy-save; and where nft
# has the rules, beside iptables-nft-save and nft.  And the time from a packet, sent at once, to its text.
# And what a short run takes.
# shellcheck shell=bash
# BENCH_ROUNDS (5); BENCH_SIZES ("1000 10000 50000 100000" rules); BENCH_NFT_SIZES ("1000 10000"),
# BENCH_LINE_SIZES ("10000 100000"), BENCH_NFT_LINE_SIZES ("10000").

# Times iptables-legacy-save's, and never more memory: on tables large enough to matter
declare -rA ARMING_LIMIT=([1000]=1.1 [10000]=0.6 [100000]=0.5)
# Times the slower of the two that print nft's rules
declare -rA NFT_LIMIT=([iptables-nft 10000]=0.6 [nft 1000]=0.5 [nft 10000]=0.15)

# Times the slower of the two that print the rules
readonly LINE_LIMIT=1.0

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

# nft_tables NAME WRITER RULES
nft_tables() {
	ns_new "$1"
	case $2 in
	iptables-nft) "$TESTS/bench/rules.sh" "$3" | in_ns "$1" iptables-nft-restore ;;
	nft) "$TESTS/bench/nft-rules.sh" "$3" | in_ns "$1" nft -f - ;;
	esac
}

# of_three FILE: microseconds of both that print nft's rules and of nftrace, in turn
of_three() {
	local i
	rm -f "$1".*
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
		in_ns "t$n" "$METER" iptables-nft-save >>"$1.save"
		in_ns "t$n" "$METER" nft -a list ruleset >>"$1.list"
		in_ns "t$n" "$METER" -w ' armed: ' $(armed) >>"$1.arm"
	done
}

arming_on_nft() {
	local n writer save list arm ratio
	heading "Arming where nft has the rules, medians of ${BENCH_ROUNDS:-5}; ratio: to the slower of both"
	printf '%8s %-12s %9s %9s %9s %6s  %s\n' rules "written by" "save ms" "list ms" "armed ms" ratio \
		limit
	for writer in iptables-nft nft; do
		for n in ${BENCH_NFT_SIZES:-1000 10000}; do
			nft_tables "t$n" $writer "$n"
			of_three "$SCRATCH/time"
			save=$(median "$SCRATCH/time.save") list=$(median "$SCRATCH/time.list")
			arm=$(median "$SCRATCH/time.arm")
			ratio=$(ratio "$arm" $((save > list ? save : list)))
			printf '%8s %-12s %9.1f %9.1f %9.1f %6s  %s\n' "$n" $writer "$(ratio "$save" 1000)" \
				"$(ratio "$list" 1000)" "$(ratio "$arm" 1000)" "$ratio" \
				"${NFT_LIMIT[$writer $n]:+$(at_most "${NFT_LIMIT[$writer $n]}" "$ratio")}"
			ns_del "t$n"
		done
	done
}

# first_line WRITER RULES SAVE LIST...: from the packet, beside the slower of both that print the rules
first_line() {
	local i n="t$2" save list told writer=$1 rules=$2 saver=$3
	shift 3
	ns_ip "$n" link set lo up
	rm -f "$SCRATCH/line".*
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
		in_ns "$n" "$METER" "$saver" >>"$SCRATCH/line.save"
		in_ns "$n" "$METER" "$@" >>"$SCRATCH/line.list"
		in_ns "$n" "$METER" -w ' armed: ' -f 'the last chain' $(armed) >>"$SCRATCH/line.told"
	done
	save=$(median "$SCRATCH/line.save") list=$(median "$SCRATCH/line.list")
	told=$(median "$SCRATCH/line.told")
	printf '%8s %-16s %9.1f %9.1f %9.1f %6s  %s\n' "$rules" "$writer" "$(ratio "$save" 1000)" \
		"$(ratio "$list" 1000)" "$(ratio "$told" 1000)" "$(ratio "$told" $((save > list ? save : list)))" \
		"$(at_most "$LINE_LIMIT" "$(ratio "$told" $((save > list ? save : list)))")"
}

first_lines() {
	local n
	heading "From a packet sent at \"armed\" to its rule's text, medians of ${BENCH_ROUNDS:-5}"
	printf '%8s %-16s %9s %9s %9s %6s  %s\n' rules "written by" "save ms" "list ms" "line ms" ratio limit
	for n in ${BENCH_LINE_SIZES:-10000 100000}; do
		large_tables "t$n" "$n"
		first_line iptables-legacy "$n" iptables-legacy-save iptables-legacy -nvL
		ns_del "t$n"
	done
	for n in ${BENCH_NFT_LINE_SIZES:-10000}; do
		nft_tables "t$n" iptables-nft "$n"
		first_line iptables-nft "$n" iptables-nft-save nft -a list ruleset
		ns_del "t$n"
		nft_tables "t$n" nft "$n"
		first_line nft "$n" iptables-nft-save nft -a list ruleset
		ns_del "t$n"
	done
}

# what_it_takes NS ARGS...: median microseconds of CPU, page faults and processes of a run of $program
what_it_takes() {
	local i before after us faults
	rm -f "$SCRATCH/short"
	for ((i = 0; i < 2 * ${BENCH_ROUNDS:-5} + 1; i++)); do
		read -r before </proc/sys/kernel/ns_last_pid
		in_ns "$1" "$METER" -u "$program" "${@:2}" >"$SCRATCH/used"
		read -r after </proc/sys/kernel/ns_last_pid
		read -r us faults <"$SCRATCH/used"
		# But for the meter.
		echo "$us $faults $((after - before - 1))" >>"$SCRATCH/short"
	done
	for i in 1 2 3; do
		cut -d ' ' -f $i "$SCRATCH/short" >"$SCRATCH/short.$i"
		median "$SCRATCH/short.$i"
	done | tr '\n' ' '
}

# What does not hang on the machine: processes; and beside the build of before, which is as
# installed but for the reader's filter: so is the other one.
short_runs() {
	local ns args program us faults started old_us old_faults old_started name
	[[ -x $BEFORE ]] || return 0
	heading "A short run, medians of $((2 * ${BENCH_ROUNDS:-5} + 1)), beside 002b39c"
	printf '%-10s %-24s %8s %7s %10s %8s %7s %10s %6s\n' rules run "CPU ms" faults processes \
		before faults processes ratio
	ns_new legacy nft
	"$TESTS/bench/rules.sh" 10 | in_ns legacy iptables-legacy-restore
	in_ns nft nft 'table ip t { chain c { type filter hook input priority 0; udp dport 9 accept; }; }'
	for ns in legacy nft; do
		for name in "-- true" --dry-run --version; do
			args="-p udp --dport 9 $name"
			program=$BUILD/fast/wide/nftrace && read -r us faults started < <(what_it_takes $ns $args)
			program=$BEFORE && read -r old_us old_faults old_started < <(what_it_takes $ns $args)
			printf '%-10s %-24s %8.1f %7s %10s %8.1f %7s %10s %6s\n' $ns "$name" "$(ratio "$us" 1000)" \
				"$faults" "$started" "$(ratio "$old_us" 1000)" "$old_faults" "$old_started" \
				"$(ratio "$us" "$old_us")"
		done
	done
	ns_del legacy
	ns_del nft
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
			"$save_kib" "$kib" "$( ((n < 10000)) || at_most "$save_kib" "$kib")"
		ns_del "t$n"
	done
	arming_on_nft
	first_lines
	short_runs
}
