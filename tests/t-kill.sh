#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-kill: kill -9 of each process, each pair and all, at any instant, leaves nothing behind.
# TIMEOUT: 1200
#
# Of each point of a run, each time that it comes there, one choice of processes that SEED draws, and
# ten instants by chance; with SOAK every choice at every point, thrice: each instant takes a fifth of a
# second of CPU, and there are 400 for legacy tables alone. Another SEED, another choice.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

seeds=("${SEED:-1}") share=each
[[ -z ${SOAK-} ]] || seeds=(1 2 3) share=all
# reap VARIABLE=VALUE...: with these in reaper's environment
reap() {
	env "$@" "$TOOLS/reaper" "$WITH_POINTS" "$NFTRACE" "$TESTS/host/all-tables.save" \
		"$TESTS/host/all-tables.save" "$seed" $share 4 "$SCRATCH" >"$SCRATCH/reaped" ||
		fail "$(tail -n 1 "$SCRATCH/reaped")"
	sed 's/^[^#]/# &/' "$SCRATCH/reaped"
}
for seed in "${seeds[@]}"; do
	subtest "killed at many instants (SEED=$seed)"
	reap BACKEND=legacy
	subtest "... a run that traces by nft's tables"
	reap BACKEND=nft
	subtest "... and these have no owner, as before 5.12"
	[[ -z ${SANITIZE-} ]] || { skip "the sanitizers' runtime has to come first in a process"; continue; }
	reap BACKEND=nft PRELOAD="$BUILD/tests/preload/old_nft.so"
done

subtest "what is installed has no test point"
strings -a "$NFTRACE" | grep -q 'NFTRACE_TESTPOINT' && fail "it has"
strings -a "$WITH_POINTS" | grep -q 'NFTRACE_TESTPOINT' || fail "this would not see one"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
server lo echo udp 10.9.0.1 7


subtest "supervisor and keeper killed: the kernel's deadline, then the next start"
traced() { # does the rule that was left still count?
	local first second
	first=$(in_ns lo iptables-legacy-save -c -t raw | grep -- '-A OUTPUT.*TRACE')
	talk lo udp 10.9.0.1 7
	second=$(in_ns lo iptables-legacy-save -c -t raw | grep -- '-A OUTPUT.*TRACE')
	[[ $first != "$second" ]]
}
save_rules lo "$before"
# Longer, until this machine comes there before the deadline.
for length in 2 5 9; do
	start_nftrace lo -t $length --rate 0 -p udp --dport 7
	pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
	# The keeper first stopped, so that it does nothing between the two kills.
	kill -STOP "${pids[@]}"
	kill -KILL "${pids[@]}"
	assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
	wait "$NFTRACE_PID" 2>/dev/null
	traced && break
	[[ $length != 9 ]] || fail "the rule that was left does not match at all"
	run_nftrace lo --cleanup
done 2>/dev/null
is_clean lo && fail "nothing was left to mend: this shows nothing"
lock_is_free || fail "the lock is held by a dead process"
assert_within 8 "the rule stops matching by its deadline" eval '! traced'
run_nftrace lo -t 1 -p udp --dport 9
assert_status 3
assert_grep 'removed' "$ERR"
assert_restored_but_counters lo "$before"

subtest "the supervisor is killed just before the reader says that it is ready: it ends as well"
export NFTRACE_TESTPOINT=before-reader NFTRACE_TESTPOINT_FILE=$SCRATCH/hook
NFTRACE=$WITH_POINTS launch_nftrace lo -t 20 -p udp --dport 7
assert_within 10 "the rules are about to be handed over" test -s "$NFTRACE_TESTPOINT_FILE"
reader=$(child_named nftrace-reader)
kill -STOP "$reader"
rm "$NFTRACE_TESTPOINT_FILE"
# It has handed them over, and waits for an answer.
assert_within 10 "it waits for the reader" grep -q skb_wait "/proc/$NFTRACE_PID/wchan"
kill -KILL "$NFTRACE_PID"
wait "$NFTRACE_PID" 2>/dev/null
kill -CONT "$reader"
assert_within 10 "the reader ends" is_gone "$reader"
assert_within 10 "the keeper ends" eval '! pgrep "^nftrace"'
assert_restored_but_counters lo "$before"
