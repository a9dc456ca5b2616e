# SPDX-License-Identifier: GPL-2.0-or-later
# truth.sh: packets with serials, rules that spell them, and the judge; for t-truth, t-truth-changes, t-nft-truth, t-twins and t-loss.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh.

# Without loss only with receive buffers that root of a user namespace does not get.
[[ $(awk '{ print $3 }' /proc/self/uid_map) = 4294967295 ]] ||
	skip_all "large receive buffers are for root outside of user namespaces"

copy_kallsyms

N=1
[[ -z ${SOAK-} ]] || N=10
DROP=13	# the low four bits of what the filter table drops

# spell TABLE CHAIN...: rules of one table, in iptables-restore's form
spell() {
	local table=$1 chain d bit at='196=0x6e667472 && 200&' target
	shift
	echo "*$table"
	echo ":spell -"
	for chain; do
		for d in {0..15}; do
			echo "-A $chain -m u32 --u32 \"${at}0xf=$d\" -j spell"
		done
	done
	for bit in {4..19}; do
		printf -- '-A spell -m u32 --u32 "200&0x%x=0x%x"\n' $((1 << bit)) $((1 << bit))
	done
	for d in {0..15}; do
		target=ACCEPT
		[[ $table != filter || $d != "$DROP" ]] || target=DROP
		echo "-A spell -m u32 --u32 \"200&0xf=$d\" -j $target"
	done
	echo COMMIT
}

# spell_by BACKEND NS: the tables on stdin, by iptables-legacy or iptables-nft
spell_by() {
	cat >"$SCRATCH/spell"
	in_ns "$2" iptables-"$1"-restore <"$SCRATCH/spell" || fail "iptables-$1-restore"
	in_ns "$2" ip6tables-"$1"-restore <"$SCRATCH/spell" || fail "ip6tables-$1-restore"
}

spell_mangle() { spell mangle PREROUTING INPUT FORWARD OUTPUT POSTROUTING; }
spell_filter() { spell filter INPUT FORWARD OUTPUT; }

# truth_by legacy|nft|both: both is raw and filter in legacy tables, mangle and nat in nft
truth_by() {
	BACKEND=$1
	FILTER_BY=$1 MANGLE_BY=$1 NAT_BY=$1
	[[ $1 != both ]] || FILTER_BY=legacy MANGLE_BY=nft NAT_BY=nft
}
truth_by legacy

spell_all() { # NS
	{ spell raw PREROUTING OUTPUT; spell_filter; } | spell_by $FILTER_BY "$1"
	spell_mangle | spell_by $MANGLE_BY "$1"
}

# watch NS: serials at its interfaces from here on
watch() {
	background "$1" seen "$TOOLS/serial_watch"
	WATCH_PID=$BG_PID
	wait_for 5 says_ready "$SCRATCH/seen" || fail "the watcher does not start"
}

_senders=()
# send NS ARGS...: in the background; one CPU after the other
send() {
	local ns=$1
	shift
	background "$ns" "sender${#_senders[@]}" "$TOOLS/serial_send" "$@" cpu ${#_senders[@]}
	_senders+=("$BG_PID")
}

# trace NS ARGS...: nftrace and the watcher
trace() {
	_senders=()
	watch "$1"
	start_nftrace "$1" -v -t 300 --rate 0 --json --buffer "${BUFFER:-512}" "${@:2}"
}

_all_gone() {
	local pid
	for pid in "${_senders[@]}"; do is_gone "$pid" || return 1; done
}

sent_all() { wait_for 240 _all_gone || fail "the senders do not end"; }

# Packets that were judged without a limit of their own, and how many of these were marked.
JUDGED=0 MARKED=0
# judge ARGS...: wait for the senders, end the rest, join. On a loaded machine two packets of one
# flow can be under way on two CPUs, so that some are marked: where ARGS have no marked=N, up to
# a tenth in one go, and of all together few_marked.
judge() {
	sent_all
	kill -INT "$NFTRACE_PID"
	end_nftrace $((10 * N))
	kill -INT "$WATCH_PID"
	assert_within 20 "the watcher ends" is_gone "$WATCH_PID"
	[[ ! -s $SCRATCH/seen.err ]] || fail "$(<"$SCRATCH/seen.err")"
	unread_said
	"$TOOLS/truth" "$OUT" "$SCRATCH/seen" marked=10 "${@/#unread=said/unread=$UNREAD}" >"$SCRATCH/verdict" 2>"$SCRATCH/verdict.err" ||
		fail "$(<"$SCRATCH/verdict")"
	note "$_name: $(<"$SCRATCH/verdict")"
	[[ " $* " == *' marked='* ]] || count_marked
	[[ -z $_why ]] || { show "the wrong ones" "$SCRATCH/verdict.err"; show "nftrace" "$ERR"; }
}

# unread_said: of how many nftrace says that it did not read in time what the kernel told, in UNREAD;
# "unread=said" of judge() is that
unread_said() {
	local of='was not read in time, [^:]*: ([0-9]+) packets? '
	UNREAD=0
	[[ ! $(<"$ERR") =~ $of ]] || UNREAD=${BASH_REMATCH[1]}
}

count_marked() {
	local said of=' of ([0-9]+) packets, .*, ([0-9]+) marked, '
	IFS= read -rd '' said <"$SCRATCH/verdict"
	[[ $said =~ $of ]] || { fail "no count in '$said'"; return; }
	((JUDGED += BASH_REMATCH[1], MARKED += BASH_REMATCH[2]))
}

# few_marked: at the end of a script
few_marked() {
	subtest "of packets that differ at most one in 200 is marked, all in all"
	note "$MARKED of $JUDGED"
	((JUDGED >= 1000)) || fail "only $JUDGED packets were judged"
	((MARKED * 200 <= JUDGED)) || fail "$MARKED of $JUDGED"
}

sink() { # NS PROTO ADDRESS PORT [BUFFER]
	background "$1" "sink-$3-$4" "$TOOLS/serial_send" sink "${@:2}"
	wait_for 5 says_ready "$SCRATCH/sink-$3-$4" || fail "the sink does not start"
}

# one_by_one NS/IFACE...: TCP hands over bundles of segments, whatever offloads say; not here
one_by_one() {
	local end
	for end; do ns_ip "${end%/*}" link set dev "${end#*/}" gso_max_segs 1; done
}

# replace_drop NS TARGET: what the rule that drops does instead
replace_drop() {
	local command
	for command in iptables ip6tables; do
		in_ns "$1" $command-$FILTER_BY -R spell $((17 + DROP)) \
			-m u32 --u32 "200&0xf=$DROP" -j "$2"
	done
}
# A lost segment would be sent again for ever.
drop_none() { replace_drop "$1" ACCEPT; }
drop_again() { replace_drop "$1" DROP; }
