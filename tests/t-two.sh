#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-two: several runs at once, in one network namespace, in two, in another PID namespace.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
lab_loopback other
for ns in lo other; do
	load $ns "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
	server $ns echo-$ns udp 10.9.0.1 7
	save_rules $ns "$SCRATCH/before-$ns"
done
words=(-p udp --dport 7)

# first NS ARGS...: a run that goes on while another is started
first() {
	OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
	start_nftrace "$@"
	first_pid=$NFTRACE_PID first_ns=$1
	OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
}

# first_goes_on: it still traces; then it ends, and all is as before
first_goes_on() {
	NFTRACE_PID=$first_pid OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
	talk "$first_ns" udp 10.9.0.1 7
	assert_within 5 "the first still traces" has_line '^=> DELIVERED' "$OUT"
	stop_nftrace INT
	assert_status 0
	assert_restored_but_counters "$first_ns" "$SCRATCH/before-$first_ns"
}

subtest "the same namespace, at once: who has lock and group is said"
first lo -t 60 "${words[@]}"
run_nftrace lo -w 0 -t 1 "${words[@]}"
assert_status 4
assert_grep "held by pid $first_pid .*nftrace" "$ERR"
reader=$(pgrep -P "$first_pid" -x nftrace-reader)
assert_grep "error: could not get NFLOG group 0 in 0 s: it is taken by pid $reader .nftrace-reader of pid $first_pid: .*nftrace" "$ERR"
assert_no_grep 'waiting' "$ERR"
first_goes_on

subtest "the same namespace, the lock free: who has the group is said, then waited for"
first lo -t 60 --no-lock "${words[@]}"
run_nftrace lo -w 1 -t 1 --no-lock "${words[@]}"
assert_status 4
reader=$(pgrep -P "$first_pid" -x nftrace-reader)
assert_grep "NFLOG group 0 is taken by pid $reader .*of pid $first_pid: .*: waiting up to 1 s" "$ERR"
assert_grep "error: could not get NFLOG group 0 in 1 s: it is taken by pid $reader " "$ERR"
lock_is_free || fail "the lock is held"
assert_equal "the first one's rules" 4 "$(own_rules lo)"
first_goes_on

subtest "who waits for the group leaves the lock to others"
first lo -t 60 --no-lock "${words[@]}"
launch_nftrace lo -w 60 -c 1 -t 60 --no-lock "${words[@]}"
second=$NFTRACE_PID
assert_within 5 "it waits" has_line 'waiting up to 60 s' "$ERR"
in_ns lo iptables-legacy -w 60 -t filter -S INPUT >/dev/null || fail "iptables cannot work"
NFTRACE_PID=$first_pid OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
stop_nftrace INT
NFTRACE_PID=$second OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
wait_armed
talk lo udp 10.9.0.1 7
end_nftrace 10
assert_status 0
assert_restored_but_counters lo "$SCRATCH/before-lo"

subtest "interrupted while it waits for the group"
first lo -t 60 "${words[@]}"
launch_nftrace lo -w 60 -t 60 "${words[@]}"
assert_within 5 "it waits" has_line 'waiting up to 60 s' "$ERR"
stop_nftrace INT
assert_status 3
assert_grep 'interrupted while waiting for NFLOG group 0: nothing was changed' "$ERR"
first_goes_on

if [[ -n ${SOAK-} ]]; then
	subtest "the second waits for lock and group, and works: 20 of 20"
	for n in {1..20}; do
		first lo -t 60 "${words[@]}"
		launch_nftrace lo -w 20 -c 1 -t 60 "${words[@]}"
		second=$NFTRACE_PID
		assert_within 20 "the $n. waits" has_line 'waiting up to 20 s' "$ERR"
		NFTRACE_PID=$first_pid OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
		stop_nftrace INT
		NFTRACE_PID=$second OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
		wait_armed
		talk lo udp 10.9.0.1 7
		end_nftrace 20
		assert_status 0
		assert_grep '^=> DELIVERED' "$OUT"
		assert_restored_but_counters lo "$SCRATCH/before-lo"
	done
fi

subtest "a queue of runs: each works, one after the other"
queue=()
for n in {1..8}; do
	OUT=$SCRATCH/queue$n ERR=$SCRATCH/queue$n.err
	launch_nftrace lo -w $((100 * PATIENCE)) -t 100ms "${words[@]}"
	queue+=("$NFTRACE_PID")
done
for n in {1..8}; do
	NFTRACE_PID=${queue[n - 1]} OUT=$SCRATCH/queue$n ERR=$SCRATCH/queue$n.err
	end_nftrace 60
	assert_status 3
	assert_grep '^nftrace: armed' "$ERR"
done
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
assert_restored_but_counters lo "$SCRATCH/before-lo"

# The real lock file's name, in the sandbox's own /run.
unset XTABLES_LOCKFILE
subtest "two namespaces, one lock file: the second waits for the first"
first lo -t 60 "${words[@]}"
launch_nftrace other -w 60 -c 1 -t 60 "${words[@]}"
second=$NFTRACE_PID
assert_within 5 "it waits" grep -q -- '-> FLOCK' /proc/locks
assert_within 5 "the first knows" grep -q "pid $second .* waits for the xtables lock" "$SCRATCH/err1"
NFTRACE_PID=$first_pid OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
stop_nftrace INT
assert_grep "pid $second .* waited" "$ERR"
NFTRACE_PID=$second OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
wait_armed
talk other udp 10.9.0.1 7
end_nftrace 10
assert_status 0

subtest "two namespaces, --no-lock: both at once, each its own packets"
first lo -t 60 --no-lock "${words[@]}"
start_nftrace other -t 60 --no-lock -c 1 "${words[@]}"
talk other udp 10.9.0.1 7
end_nftrace 10
assert_status 0
[[ ! -s $SCRATCH/out1 ]] || fail "the first shows the other's packet"
export XTABLES_LOCKFILE=/run/xtables.lock
assert_restored_but_counters other "$SCRATCH/before-other"
first_goes_on

subtest "a run in another PID namespace is not taken for dead"
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
: >"$ERR"
nsenter --net="$(ns_path lo)" -- unshare --pid --fork --kill-child --mount-proc \
	bash -c '"$@"; exit' bash "$NFTRACE" -t 60 --no-lock "${words[@]}" >"$OUT" 2>"$ERR" </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
wait_armed
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
run_nftrace lo --cleanup
assert_status 0
assert_grep 'of a run that may be alive .*left alone' "$ERR"
assert_equal "its rules" 4 "$(own_rules lo)"
assert_equal "its loggers" "nfnetlink_log nfnetlink_log" "$(loggers lo)"
run_nftrace lo -w 0 -t 1 --no-lock "${words[@]}"
assert_status 4
assert_grep 'group 0 .* taken by' "$ERR"
assert_equal "its rules" 4 "$(own_rules lo)"
# Both have opened the lock file: a packet of that moment may be in doubt.
traces_exactly() {
	talk lo udp 10.9.0.1 7
	grep -q '^=> DELIVERED' "$SCRATCH/out1"
}
assert_within 5 "it still traces" traces_exactly
# Here are no processes but the sandbox's.
for pid in $(pgrep -x nftrace); do kill -INT "$pid"; done
assert_within 10 "it ends" is_gone "$NFTRACE_PID"
assert_restored_but_counters lo "$SCRATCH/before-lo"

subtest "seen from another PID namespace, a run is not taken for dead either"
first lo -t 60 --no-lock "${words[@]}"
timeout $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- unshare --pid --fork --mount-proc \
	bash -c '"$@"; exit $?' bash "$NFTRACE" --cleanup >"$OUT" 2>"$ERR" </dev/null
STATUS=$?
assert_status 5
assert_grep 'of a run that may be alive .*left alone' "$ERR"
assert_equal "its rules" 4 "$(own_rules lo)"
first_goes_on
