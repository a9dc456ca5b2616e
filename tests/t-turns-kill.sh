#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-turns-kill: kill -9 while the lock is given, taken, and raw is mended: nothing stays, no counter is lost.
#
# At each point one of those that can be killed, each of these at two points or more: a kill takes half
# a second of CPU. SEED=1, 2, 3: the next of them; with SOAK all, and each again where nft traces IPv6.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
server lo echo udp 10.9.0.1 7
shipped=$NFTRACE
NFTRACE=$WITH_POINTS
export NFTRACE_TESTPOINT NFTRACE_TESTPOINT_FILE=$SCRATCH/hook
visit=(iptables-legacy -w 60 -t raw)

fresh() { in_ns lo iptables-legacy-restore -c <"$TESTS/host/all-tables.save"; }
# iptables itself (1.8.9) sets policies' counters to zero.
state() {
	save_rules lo "$SCRATCH/state"
	sed -E 's/^(:[^ ]+ [^ ]+) \[.*/\1/' "$SCRATCH/state"
}
# What the visitor leaves: a rule before the run's, or no rule at all.
visits=([0]="-I OUTPUT -s 10.7.7.1 -j DROP" [1]="-F OUTPUT")
wanted() {
	local v
	for v in 0 1; do
		fresh
		# shellcheck disable=SC2086 # words
		in_ns lo "${visit[@]}" ${visits[v]}
		state >"$SCRATCH/wanted.$v"
	done
}
wanted

victims() { # WHO: pids
	case $1 in
	supervisor) echo "$NFTRACE_PID" ;;
	keeper) child_named nftrace-keeper ;;
	both) echo "$NFTRACE_PID" "$(child_named nftrace-keeper)" ;;
	reader) child_named nftrace-reader ;;
	esac
}
as_wanted() { cmp -s "$SCRATCH/wanted.$1" <(state) && lock_is_free; }

# Families: with -4 all is in legacy tables; without it nft traces IPv6, and its rules have a deadline too.
families=(-4)
# kill_at POINT WHO V
kill_at() {
	local pids
	fresh
	rm -f "$NFTRACE_TESTPOINT_FILE"
	: >"$NFTRACE_TESTPOINT_FILE.once"
	NFTRACE_TESTPOINT=$1 start_nftrace lo "${families[@]}" -t 60 -q --rate 0 -p udp --dport 7
	rm -f "$NFTRACE_TESTPOINT_FILE.once"
	talk lo udp 10.9.0.1 7
	# shellcheck disable=SC2086 # words
	# The shell's own child: its status counts.
	in_ns lo "${visit[@]}" ${visits[$3]} >"$SCRATCH/visitor" 2>&1 </dev/null &
	visitor=$!
	later $visitor
	assert_within 10 "it comes to $1" test -s "$NFTRACE_TESTPOINT_FILE" || show "its stderr" "$ERR"
	read -ra pids < <(victims "$2")
	kill -KILL "${pids[@]}" || fail "no $2"
	rm -f "$NFTRACE_TESTPOINT_FILE"
	# The run goes on where only the reader's end is to be heard of: it ends by that.
	end_nftrace 20 2>/dev/null
	assert_within 20 "all its processes end" eval '! pgrep "^nftrace"'
	assert_within 10 "the visitor has done it" is_gone $visitor
	wait $visitor || fail "the visitor's status: $?"
	if [[ $2 = both ]]; then
		NFTRACE=$shipped run_nftrace lo --cleanup
		assert_status 0
	fi
	as_wanted "$3" || { fail "at $1, $2: not as it should be"; diff "$SCRATCH/wanted.$3" <(state) | sed 's/^/#   | /'; }
	in_ns lo nft list tables | grep nftrace_ && fail "at $1, $2: a table of the run's stays"
	[[ ! -e /run/nftrace ]] || fail "at $1, $2: left: $(ls /run/nftrace)"
}

points=(before-give keeper-before-give keeper-given before-take keeper-before-take keeper-before-mend
	mend-before-commit mend-after-commit keeper-after-mend)
whos=(supervisor keeper both reader)
n=${SEED:-0}
kill_at_all() { # TITLE
	local point who
	for point in "${points[@]}"; do
		subtest "$1killed at $point"
		for who in "${whos[@]}"; do
			((n++ % 4 == 0)) || [[ -n ${SOAK-} ]] || continue
			kill_at "$point" "$who" $((n / 4 % 2))
		done
		((n++))
	done

	# The keeper has replaced raw, and the counters are not in yet, or not unmarked.
	for point in ledger-after-replace:2 ledger-after-counters:2; do
		subtest "$1killed at $point: the mending"
		for who in keeper both; do
			kill_at "$point" $who 0
		done
	done
}
kill_at_all ""

# The trigger of one family is nft's.
families=()
in_ns lo nft 'add table ip6 t; add chain ip6 t out { type filter hook output priority 0; }'
wanted
if [[ -n ${SOAK-} ]]; then
	kill_at_all "nft traces IPv6: "
else
	subtest "nft traces IPv6: killed at keeper-before-mend"
	kill_at keeper-before-mend both 0
fi
