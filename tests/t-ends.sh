#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-ends: whichever way a run ends, rules, counters, logger and lock are as before.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
quiet=(-p udp --dport 9)	# no packet ever matches

# not_inserted: what of a run is not there: rules of both families, loggers, lock
not_inserted() {
	[[ $(own_rules lo) = 4 ]] || echo "$(own_rules lo) rules instead of 4 are in"
	[[ $(loggers lo) = "nfnetlink_log nfnetlink_log" ]] || echo "loggers: $(loggers lo)"
	! lock_is_free || echo "the lock is not held"
}
assert_inserted() { assert_equal "what is not there" "" "$(not_inserted)"; }

subtest "time"
# Longer, until this machine has looked before the end.
for length in 2 5 9; do
	start_nftrace lo -t $length "${quiet[@]}"
	lacks=$(not_inserted)
	end_nftrace 20
	assert_status 3
	[[ $lacks ]] || break
done
assert_equal "what was not there" "" "$lacks"
assert_restored lo "$before"

for signal in INT TERM HUP TSTP; do
	subtest "SIG$signal"
	start_nftrace lo -t 30 "${quiet[@]}"
	assert_inserted
	stop_nftrace $signal
	assert_status 3
	assert_restored lo "$before"
done

subtest "every other signal that would end or stop it"
for signal in QUIT USR1 USR2 ALRM STKFLT XCPU XFSZ VTALRM PROF IO PWR TTIN TTOU RTMIN RTMAX; do
	start_nftrace lo -t 30 "${quiet[@]}" || break
	kill -$signal "$NFTRACE_PID"
	end_nftrace
	[[ $STATUS = 3 ]] || fail "SIG$signal: status $STATUS"
	is_restored lo "$before" || fail "SIG$signal: not as before"
done
assert_restored lo "$before"

subtest "a fault kills the supervisor: the keeper puts all back"
for signal in SEGV ABRT; do
	start_nftrace lo -t 30 "${quiet[@]}" || break
	kill -$signal "$NFTRACE_PID"
	assert_in_time 2 "as before after SIG$signal" is_restored lo "$before"
	end_nftrace
	# The reader drains first: until it ends, NFLOG group 0 is its own.
	assert_within 8 "its other processes end" eval '! pgrep "^nftrace"'
done 2>/dev/null
assert_restored lo "$before"

subtest "keeper and reader ignore every signal"
start_nftrace lo -t 30 "${quiet[@]}"
for role in keeper reader; do
	pid=$(child_named nftrace-$role)
	for signal in HUP INT QUIT USR1 USR2 ALRM TERM STKFLT XCPU XFSZ VTALRM PROF IO PWR TSTP \
		TTIN TTOU PIPE RTMIN RTMAX; do
		kill -$signal "$pid"
	done
	is_gone "$pid" && fail "the $role is gone"
	is_stopped "$pid" && fail "the $role is stopped"
done
assert_inserted
stop_nftrace INT
assert_status 3
assert_restored lo "$before"

subtest "a stopped keeper is not waited for"
start_nftrace lo -t 30 "${quiet[@]}"
kill -STOP "$(child_named nftrace-keeper)"
kill -INT "$NFTRACE_PID"
assert_in_time 2 "as before" is_restored lo "$before"
end_nftrace 5
assert_grep 'keeper does not answer' "$ERR"
assert_restored lo "$before"

subtest "a signal to the whole group, as Ctrl-C gives it"
: >"$ERR"
nsenter --net="$(ns_path lo)" -- setsid env --default-signal "$NFTRACE" -t 30 "${quiet[@]}" \
	>"$OUT" 2>"$ERR" </dev/null &
NFTRACE_PID=$! # and the group's number
later $NFTRACE_PID
wait_armed
kill -INT -- -$NFTRACE_PID || fail "no such group"
end_nftrace
assert_status 3
assert_restored lo "$before"

subtest "a signal again and again"
start_nftrace lo -t 30 "${quiet[@]}"
for _ in 1 2 3 4 5 6 7 8; do kill -INT "$NFTRACE_PID" 2>/dev/null; done
end_nftrace
assert_restored lo "$before"

subtest "endless run, interrupted"
start_nftrace lo -t 0 "${quiet[@]}"
assert_inserted
stop_nftrace INT
assert_restored lo "$before"

# From here on packets run: the counters of builtin policies move.
server lo echo udp 10.9.0.1 7 udp fd00:9::1 7

subtest "count"
start_nftrace lo -t 20 -c 2 -p udp --dport 7
talk lo udp 10.9.0.1 7
talk lo udp fd00:9::1 7
end_nftrace 5
assert_status 0
assert_restored_but_counters lo "$before"

subtest "stdout closed by its reader"
mkfifo "$SCRATCH/fifo"
: >"$ERR"
nsenter --net="$(ns_path lo)" -- env --default-signal "$NFTRACE" -t 30 -p udp --dport 7 \
	>"$SCRATCH/fifo" 2>"$ERR" </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
exec {reader}<"$SCRATCH/fifo"
wait_armed
exec {reader}<&-
talk lo udp 10.9.0.1 7
end_nftrace 5
assert_restored_but_counters lo "$before"

# stuck SECONDS: everything is back soon after this planned end, though none of the stopped goes on:
# the keeper waits for a second
stuck() {
	assert_within 6 "as before" is_restored lo "$before"
	assert_promised $(($1 + 2)) "$armed"
}

subtest "SIGSTOP of the supervisor"
start_nftrace lo -t 2 "${quiet[@]}"
armed=$EPOCHREALTIME
kill -STOP "$NFTRACE_PID"
stuck 2
kill -CONT "$NFTRACE_PID"
end_nftrace
assert_restored_but_counters lo "$before"

subtest "SIGSTOP of the reader"
# Longer, until this machine comes there before the end.
for length in 4 9 20; do
	start_nftrace lo -t $length -p udp --dport 7
	armed=$EPOCHREALTIME
	reader_pid=$(child_named nftrace-reader)
	[[ -n $reader_pid ]] && kill -STOP "$reader_pid" && break
	end_nftrace
done 2>/dev/null
[[ -n $reader_pid ]] || fail "no process nftrace-reader"
later "$reader_pid"
talk lo udp 10.9.0.1 7
stuck $length
kill -CONT "$reader_pid"
end_nftrace
assert_restored_but_counters lo "$before"

subtest "SIGSTOP of supervisor and reader"
start_nftrace lo -t 4 "${quiet[@]}"
armed=$EPOCHREALTIME
reader_pid=$(child_named nftrace-reader)
kill -STOP "$reader_pid" "$NFTRACE_PID"
stuck 4
kill -CONT "$NFTRACE_PID" "$reader_pid"
end_nftrace
assert_restored_but_counters lo "$before"

subtest "a full pipe that nobody reads"
: >"$ERR"
nsenter --net="$(ns_path lo)" -- env --default-signal "$NFTRACE" -t 2 --rate 0 -p udp --dport 7 \
	>"$SCRATCH/fifo" 2>"$ERR" </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
exec {reader}<"$SCRATCH/fifo"
wait_armed
armed=$EPOCHREALTIME
in_ns lo "$TOOLS/flood" 10.9.0.1 7 5000 32 5000 >"$SCRATCH/sent"
assert_equal "packets sent" 5000 "$(cat "$SCRATCH/sent")"
stuck 2
exec {reader}<&-
end_nftrace
assert_restored_but_counters lo "$before"

subtest "stderr closed"
nsenter --net="$(ns_path lo)" -- env --default-signal "$NFTRACE" -t 100 "${quiet[@]}" \
	>"$OUT" 2>&- </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
assert_within 10 "rules in" eval '! is_clean lo'
kill -INT $NFTRACE_PID
end_nftrace
assert_restored_but_counters lo "$before"

subtest "stdout closed"
: >"$ERR"
nsenter --net="$(ns_path lo)" -- env --default-signal "$NFTRACE" -t 100 -c 1 -p udp --dport 7 \
	>&- 2>"$ERR" </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
wait_armed
talk lo udp 10.9.0.1 7
end_nftrace 5
assert_restored_but_counters lo "$before"

# disk_full FILE WHY: the run ends with an error as soon as it has to write
disk_full() {
	: >"$ERR"
	nsenter --net="$(ns_path lo)" -- env --default-signal "$NFTRACE" -t 100 --rate 0 -p udp \
		--dport 7 >"$1" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	wait_armed
	in_ns lo "$TOOLS/flood" 10.9.0.1 7 2000 32 5000 >/dev/null
	end_nftrace 5
	assert_status 1
	assert_grep 'error: .*No space left on device' "$ERR"
	assert_restored_but_counters lo "$before"
}

subtest "a full device under stdout"
disk_full /dev/full

subtest "a full device before the first packet: whether one would have matched nobody knows"
run_nftrace lo -t 20 -p udp --dport 7 --pcap /dev/full
assert_status 1
assert_text 'nftrace: error: writing /dev/full: No space left on device: it is not complete' "$ERR"
assert_no_grep 'no packet matched|Is the match right' "$ERR"

subtest "a disk that fills up under stdout"
mkdir "$SCRATCH/disk"
if mount -t tmpfs -o size=64k tmpfs "$SCRATCH/disk"; then
	disk_full "$SCRATCH/disk/out"
	[[ -s $SCRATCH/disk/out ]] || fail "nothing was written before"
	umount "$SCRATCH/disk"
else
	skip "no tmpfs"
fi

subtest "stderr a pipe that is full: the run does not hang on what it has to say"
exec {full}<>"$SCRATCH/fifo"
head -c 65536 /dev/zero >&$full
nsenter --net="$(ns_path lo)" -- env --default-signal "$NFTRACE" -t 100 "${quiet[@]}" \
	>"$OUT" 2>"$SCRATCH/fifo" </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
assert_within 10 "rules in" eval '! is_clean lo'
kill -INT $NFTRACE_PID
end_nftrace 8
assert_status 3
exec {full}<&-
assert_restored_but_counters lo "$before"

subtest "the terminal goes away"
if command -v script >/dev/null; then
	script -qec "nsenter --net=$(ns_path lo) -- $NFTRACE -t 60 -p udp --dport 7" /dev/null \
		>"$OUT" 2>&1 </dev/null &
	terminal=$!
	later $terminal
	assert_within 10 "armed" has_line 'nftrace: armed' "$OUT"
	is_clean lo && fail "no rules are in"
	kill -KILL $terminal
	assert_in_time 2 "as before" is_restored lo "$before"
	assert_within 5 "its processes end" eval '! pgrep "^nftrace"'
	assert_restored_but_counters lo "$before"
else
	skip "no script(1)"
fi
