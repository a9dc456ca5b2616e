#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-stopped: a supervisor that is stopped while arming keeps neither the lock nor anything else.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
NFTRACE=$WITH_POINTS
export NFTRACE_TESTPOINT NFTRACE_TESTPOINT_FILE=$SCRATCH/hook

# halt POINT ARGS...: a run that has come to that point and is stopped there
halt() {
	NFTRACE_TESTPOINT=$1
	rm -f "$NFTRACE_TESTPOINT_FILE" "$NFTRACE_TESTPOINT_FILE.once"
	launch_nftrace lo -t 1 -p udp --dport 9 "${@:2}"
	assert_within 10 "it comes to $1" test -s "$NFTRACE_TESTPOINT_FILE"
	kill -STOP "$NFTRACE_PID"
}

# resume: it goes on, sees what was done meanwhile, and ends
resume() {
	rm -f "$NFTRACE_TESTPOINT_FILE"
	kill -CONT "$NFTRACE_PID"
	end_nftrace
	assert_status 1
	assert_grep 'stopped or stuck while arming' "$ERR"
	assert_no_grep '^nftrace: armed' "$ERR"
	assert_restored lo "$before"
	[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
}

for point in after-lock before-bind before-install before-snapshot before-armed; do
	subtest "stopped at $point"
	halt $point
	assert_in_time 2 "all is as before" is_restored lo "$before"
	resume
done

subtest "stopped behind armed, with the texts in its hand"
halt before-reader
assert_within 10 "all is as before" is_restored lo "$before"
rm -f "$NFTRACE_TESTPOINT_FILE"
kill -CONT "$NFTRACE_PID"
end_nftrace
[[ $STATUS = [35] ]] || fail "exit status $STATUS" # by how late it was
assert_grep '^nftrace: armed' "$ERR"
assert_restored lo "$before"

subtest "stopped and then killed"
halt before-snapshot
assert_in_time 2 "all is as before" is_restored lo "$before"
kill -KILL "$NFTRACE_PID"
end_nftrace 2>/dev/null
assert_within 2 "the keeper ends" eval '! pgrep "^nftrace"'
assert_restored lo "$before"
[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"

subtest "with --no-lock"
halt before-snapshot --no-lock
assert_in_time 2 "all is as before" is_restored lo "$before"
resume

# ---- its children, stopped for good: nobody waits for them without end

# halted_pid: of the process that has come to the point
halted_pid() { cut -d ' ' -f 1 "$NFTRACE_TESTPOINT_FILE"; }

# arm_late POINT ARGS...: a run in which nobody halts before it is armed
arm_late() {
	NFTRACE_TESTPOINT=$1
	rm -f "$NFTRACE_TESTPOINT_FILE"
	: >"$NFTRACE_TESTPOINT_FILE.once"
	start_nftrace lo -t 60 -p udp --dport 9 "${@:2}"
	rm -f "$NFTRACE_TESTPOINT_FILE.once"
}

subtest "a helper leaves a terminal's signals to the supervisor; stopped, it is let go on"
# So many rules are read again in a helper.
{
	printf '%s\n' '*filter' ':many -'
	for ((i = 0; i <= 20; i++)); do printf -- '-A many -p %d\n' {1..250}; done
	echo COMMIT
} | in_ns lo iptables-legacy-restore -n
save_rules lo "$SCRATCH/many"
arm_late helper-job
assert_within 20 "a helper is at work" test -s "$NFTRACE_TESTPOINT_FILE"
ignored=0x$(sed -n 's/^SigIgn:\s*//p' "/proc/$(halted_pid)/status")
# HUP, INT, QUIT; TSTP, TTIN, TTOU
(((ignored & 0x380007) == 0x380007)) || fail "it ignores $ignored"
kill -STOP "$(halted_pid)"
rm -f "$NFTRACE_TESTPOINT_FILE"
stop_nftrace INT
assert_status 3
assert_grep '; all removed$' "$ERR"
assert_restored lo "$SCRATCH/many"
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"

subtest "the keeper is stopped when all is undone: it is killed, and that is said"
arm_late before-unlock
kill -INT "$NFTRACE_PID"
assert_within 20 "all is undone" test -s "$NFTRACE_TESTPOINT_FILE"
kill -STOP "$(child_named nftrace-keeper)"
rm -f "$NFTRACE_TESTPOINT_FILE"
end_nftrace
assert_status 3
assert_grep 'the keeper was stopped or stuck, and was killed' "$ERR"
assert_restored lo "$before"

subtest "a command that is held, and a helper that holds, are stopped"
unset NFTRACE_TESTPOINT
exec {held}>"$XTABLES_LOCKFILE"
flock $held
# Longer, until this machine comes there before it gives up.
for wait in 2 5 15; do
	launch_nftrace lo -w $wait -t 1 -p udp --dport 9 -- sleep 60
	assert_within 10 "it waits for the lock" has_line 'Trying to acquire' "$ERR"
	mapfile -t children < <(pgrep -P "$NFTRACE_PID" -x nftrace)
	((${#children[@]} > 1)) && kill -STOP "${children[@]}" 2>/dev/null &&
		wait_for 1 is_stopped "${children[0]}" && break
	end_nftrace
done
((${#children[@]} > 1)) || fail "${#children[@]} children: this shows nothing"
end_nftrace
assert_status 4
assert_grep 'the command was not run' "$ERR"
flock -u $held
assert_restored lo "$before"
