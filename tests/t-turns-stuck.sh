#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-turns-stuck: the lock's turns while somebody is stopped, killed, waits for long, or keeps it.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
udp7=(-p udp -d 10.9.0.1 --dport 7)
before=$SCRATCH/before
save_rules lo "$before"

assert_as_before() { assert_restored_but_counters lo "$before"; }
wait_taken() { assert_within 5 "the lock is taken back" lock_is_held; }
has_been() { grep -Eq "$1" "$ERR"; }

subtest "the supervisor is stopped: who wants the lock has it all the same"
start_nftrace lo -t 60 "${udp7[@]}"
kill -STOP "$NFTRACE_PID"
assert_within 10 "it is stopped" is_stopped "$NFTRACE_PID"
in_ns lo timeout $((20 * PATIENCE)) flock -n "$XTABLES_LOCKFILE" true || fail "status $?"
kill -CONT "$NFTRACE_PID"
wait_taken
in_ns lo flock -n "$XTABLES_LOCKFILE" true || fail "it is not given again"
stop_nftrace INT
assert_status 3
assert_as_before

subtest "the keeper is killed while others have the lock"
start_nftrace lo -t 60 "${udp7[@]}"
background lo holder flock -F "$XTABLES_LOCKFILE" tail -f /dev/null
assert_within 5 "another has it" grep -Eq "FLOCK .* WRITE $BG_PID " /proc/locks
kill -KILL "$(child_named nftrace-keeper)"
kill -KILL $BG_PID
end_nftrace 20
assert_status 1
assert_as_before

subtest "somebody keeps the lock: that is said, and the run ends all the same"
start_nftrace lo -t 60 "${udp7[@]}"
background lo holder flock -F "$XTABLES_LOCKFILE" tail -f /dev/null
assert_within 8 "it is said" has_been "was given to pid $BG_PID \(flock.* started by .*and is not free again"
stop_nftrace INT
assert_status 3
kill -KILL $BG_PID
assert_grep "pid $BG_PID .* had the xtables lock 1 time" "$ERR"
assert_as_before

subtest "who waited already when the run took the lock is given it after a second"
waiting() { (($(grep -c -- '-> FLOCK' /proc/locks) >= $1)); }
hold_lock
launch_nftrace lo -w 60 -t 60 "${udp7[@]}"
assert_within 10 "it waits" waiting 1
background lo waiter iptables-legacy -w 60 -S INPUT
assert_within 10 "iptables waits as well" waiting 2
# The kernel wakes one after the other, and the last may be the first.
kill -STOP $BG_PID
assert_within 10 "iptables is stopped" is_stopped $BG_PID
let_go_of_lock
wait_armed
kill -CONT $BG_PID
assert_within 10 "it has had its turn" is_gone $BG_PID
assert_grep '^-P INPUT' "$SCRATCH/waiter"
assert_within 5 "it is said" has_been "pid $BG_PID .*it was given to it" || show "its stderr" "$ERR"
stop_nftrace INT
assert_status 3
assert_as_before
