#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-lock: a busy lock, its holder and its waiters; --hold-lock, --no-lock.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
quiet=(-p udp --dport 9)
save_rules lo "$before"

subtest "busy: the holder's pid and command, exit 4"
hold_lock
LIMIT=8 run_nftrace lo -w 1 -t 1 "${quiet[@]}"
assert_status 4
assert_text "Trying to acquire the lock: $XTABLES_LOCKFILE" "$ERR"
assert_grep "\\b(${HOLDERS[0]}|${HOLDERS[1]})\\b" "$ERR"
assert_grep 'flock|tail' "$ERR"
save_rules lo "$SCRATCH/after"
assert_same "rules and logger" "$before" "$SCRATCH/after"

# asks_for_lock SECONDS: each request; one without LOCK_NB waits
asks_for_lock() {
	rm -f "$SCRATCH"/calls.*
	# LeakSanitizer does not work under strace.
	in_ns lo env ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" \
		strace -ff -qq -e trace=flock -o "$SCRATCH/calls" "$NFTRACE" -w "$1" -t 1 \
		"${quiet[@]}" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	cat "$SCRATCH"/calls.* >"$SCRATCH/calls"
	assert_status 4
	assert_grep 'LOCK_EX\|LOCK_NB\) += -1 EAGAIN' "$SCRATCH/calls"
}
subtest "-w 0 fails at once, -w 1 waits"
asks_for_lock 0
assert_no_grep 'LOCK_EX( |\))' "$SCRATCH/calls"
asks_for_lock 1
assert_grep 'LOCK_EX( |\))' "$SCRATCH/calls"

subtest "interrupted while it waits"
launch_nftrace lo -w 60 -t 30 "${quiet[@]}"
assert_within 10 "it tries" has_line 'Trying to acquire' "$ERR"
stop_nftrace INT
save_rules lo "$SCRATCH/after"
assert_same "rules and logger" "$before" "$SCRATCH/after"

subtest "killed while it waits"
launch_nftrace lo -w 60 -t 30 "${quiet[@]}"
assert_within 10 "it tries" has_line 'Trying to acquire' "$ERR"
kill -KILL "$NFTRACE_PID"
end_nftrace
assert_within 2 "its processes end" eval '! pgrep "^nftrace"'

subtest "it goes on when the lock gets free"
launch_nftrace lo -w 20 -t 1 "${quiet[@]}"
assert_within 10 "it tries" has_line 'Trying to acquire' "$ERR"
let_go_of_lock
wait_armed 5
end_nftrace
assert_restored lo "$before"

subtest "a second nftrace: the first is named, and left alone"
start_nftrace lo -t 30 "${quiet[@]}"
first=$NFTRACE_PID first_err=$ERR
ERR=$SCRATCH/err2 OUT=$SCRATCH/out2
LIMIT=10 run_nftrace lo -w 1 -t 1 "${quiet[@]}"
assert_status 4
assert_grep "\\b$first\\b" "$ERR"
assert_text nftrace "$ERR"
[[ $(own_rules lo) = 4 ]] || fail "the first one's rules are not what they were"
NFTRACE_PID=$first ERR=$first_err
stop_nftrace INT
assert_status 3
assert_restored lo "$before"

subtest "--hold-lock: who waits is named, and waits to the end"
start_nftrace lo --hold-lock -t 30 "${quiet[@]}"
assert_grep 'armed: .*lock is held to the end' "$ERR"
background lo waiter iptables-legacy -w 30 -t filter -S INPUT
waiter=$BG_PID
assert_within 5 "iptables waits" grep -Eq -- "-> FLOCK" /proc/locks
assert_within 5 "it is named" grep -Eq "\\b$waiter\\b" "$ERR"
stop_nftrace INT
assert_within 5 "iptables goes on" grep -q -- '-P INPUT' "$SCRATCH/waiter"
assert_text "iptables-legacy" "$ERR"
assert_restored lo "$before"

subtest "--hold-lock: -w 1 fails, and so does who does not wait; both are named"
start_nftrace lo --hold-lock -t 30 "${quiet[@]}"
in_ns lo iptables-legacy -w 1 -A INPUT -i eth9 -j ACCEPT 2>"$SCRATCH/refused"
assert_equal "its status" 4 $?
assert_within 5 "it is named" has_line 'pid [0-9]+ \(iptables-legacy -w 1 .*, started by .* waits for the' "$ERR"
in_ns lo flock -n "$XTABLES_LOCKFILE" true && fail "the lock was given"
assert_within 5 "it is named" has_line 'pid [0-9]+ \(flock -n .*started by .* and did not wait' "$ERR"
stop_nftrace INT
assert_status 3
assert_restored lo "$before"

subtest "--no-lock: free while armed"
start_nftrace lo --no-lock -t 30 "${quiet[@]}"
assert_grep 'armed: .*lock is free' "$ERR"
lock_is_free || fail "the lock is held"
in_ns lo iptables-legacy -w 60 -t filter -A INPUT -i eth9 -j ACCEPT || fail "iptables cannot work"
stop_nftrace INT
in_ns lo iptables-legacy -w 60 -t filter -D INPUT -i eth9 -j ACCEPT
assert_restored_but_counters lo "$before"

subtest "the next run has the lock file for itself again"
run_nftrace lo -w 0 -t 1 "${quiet[@]}"
assert_status 3
