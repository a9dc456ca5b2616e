#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-stopped: a supervisor that is stopped while arming keeps neither the lock nor anything else.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
NFTRACE=$HOOKED
export NFTRACE_HOOK NFTRACE_HOOK_FILE=$SCRATCH/hook

# halt POINT ARGS...: a run that has come to that point and is stopped there
halt() {
	NFTRACE_HOOK=$1
	rm -f "$NFTRACE_HOOK_FILE" "$NFTRACE_HOOK_FILE.once"
	launch_nftrace lo -t 1 -p udp --dport 9 "${@:2}"
	assert_within 10 "it comes to $1" test -s "$NFTRACE_HOOK_FILE"
	kill -STOP "$NFTRACE_PID"
}

# resume: it goes on, sees what was done meanwhile, and ends
resume() {
	rm -f "$NFTRACE_HOOK_FILE"
	kill -CONT "$NFTRACE_PID"
	end_nftrace
	assert_status 1
	assert_grep 'stopped or stuck while arming' "$ERR"
	assert_no_grep '^nftrace: armed' "$ERR"
	assert_restored lo "$before"
	[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
}

for point in after-lock before-bind before-install before-snapshot before-reader before-armed; do
	subtest "stopped at $point"
	halt $point
	assert_within 2 "all is as before" is_restored lo "$before"
	resume
done

subtest "stopped and then killed"
halt before-snapshot
assert_within 2 "all is as before" is_restored lo "$before"
kill -KILL "$NFTRACE_PID"
end_nftrace 2>/dev/null
assert_within 2 "the keeper ends" eval '! pgrep "^nftrace"'
assert_restored lo "$before"
[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"

subtest "with --no-lock"
halt before-snapshot --no-lock
assert_within 2 "all is as before" is_restored lo "$before"
resume
