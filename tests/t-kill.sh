#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-kill: kill -9 of each process during a capture leaves nothing behind.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
server lo echo udp 10.9.0.1 7

# pids_of ROLE...: of the run under way
pids_of() {
	local role
	for role; do
		case $role in
		supervisor) echo "$NFTRACE_PID" ;;
		*) child_named "nftrace-$role" ;;
		esac
	done
}

# kill_during ROLES...: with no packet, and again under load
kill_during() {
	local load pids
	for load in 0 2000; do
		subtest "kill -9 of the $* at $load packets/s"
		save_rules lo "$before"
		start_nftrace lo -t 20 --rate 0 -p udp --dport 7 || continue
		mapfile -t pids < <(pids_of "$@")
		((${#pids[@]} == $#)) || fail "not found: $* (${pids[*]})"
		if ((load)); then
			background lo flood "$TOOLS/flood" 10.9.0.1 7 0 32 $load 2
			assert_within 3 "something traced" test -s "$OUT"
		fi
		kill -KILL "${pids[@]}"
		assert_within 2 "the host as it was after kill -9 of the $*" is_restored lo "$before"
		assert_within 5 "its other processes end" eval '! pgrep "^nftrace"'
		wait "$NFTRACE_PID" 2>/dev/null
		((load)) && assert_within 5 "the flood ends" is_gone "$BG_PID"
		((load)) || assert_restored lo "$before"
	done
}

kill_during supervisor
kill_during keeper
kill_during reader
kill_during supervisor reader
kill_during keeper reader

subtest "supervisor and keeper killed: the kernel's deadline, then the next start"
save_rules lo "$before"
start_nftrace lo -t 2 --rate 0 -p udp --dport 7
mapfile -t pids < <(pids_of supervisor keeper reader)
# The keeper first stopped, so that it does nothing between the two kills.
kill -STOP "${pids[@]}"
kill -KILL "${pids[@]}"
assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
wait "$NFTRACE_PID" 2>/dev/null
is_clean lo && fail "nothing was left to mend: this shows nothing"
lock_is_free || fail "the lock is held by a dead process"
traced() { # does the rule that was left still count?
	local first second
	first=$(in_ns lo iptables-legacy-save -c -t raw | grep -- '-A OUTPUT.*TRACE')
	talk lo udp 10.9.0.1 7
	second=$(in_ns lo iptables-legacy-save -c -t raw | grep -- '-A OUTPUT.*TRACE')
	[[ $first != "$second" ]]
}
traced || fail "the rule that was left does not match at all"
assert_within 8 "the rule stops matching by its deadline" eval '! traced'
run_nftrace lo -t 1 -p udp --dport 9
assert_status 3
assert_grep 'removed' "$ERR"
assert_restored_but_counters lo "$before"
