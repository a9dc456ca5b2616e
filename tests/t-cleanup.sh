#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-cleanup: what --cleanup and --doctor can see of a run that is over, and what they say where
# they cannot.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
words=(-t 600 --no-lock -p udp --dport 9)

# contained COMMAND: a run of a PID namespace whose PID 1 is a shell with this command, in which
# "$@" is the run; FIRST is that PID 1, RUN the run's processes
contained() {
	OUT=$SCRATCH/out ERR=$SCRATCH/err
	: >"$ERR"
	nsenter --net="$(ns_path lo)" -- unshare --pid --fork --mount-proc bash -c "$1" bash \
		"$NFTRACE" "${words[@]}" >"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	wait_armed
	FIRST=$(pgrep -P "$NFTRACE_PID")
	mapfile -t RUN < <(pgrep '^nftrace')
	later "$FIRST"
	OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
}
# The whole namespace, as when a container is removed. What stands has no time to undo.
kill_first() {
	kill -STOP "${RUN[@]}"
	kill -KILL "$FIRST"
	assert_within 5 "the PID namespace is gone" is_gone "$FIRST"
	assert_within 5 "the run is gone" eval '! pgrep "^nftrace"'
}
kill_run() {
	kill -STOP "${RUN[@]}"
	kill -KILL "${RUN[@]}"
	assert_within 5 "the run is gone" eval '! pgrep "^nftrace"'
}
# hold_group: another program has NFLOG group 0, until let_go_of_group
hold_group() {
	background lo holder tcpdump -i nflog:0 -w /dev/null
	holder=$BG_PID
	assert_within 10 "the group is taken" eval 'in_ns lo grep -q "^ *0 " /proc/net/netfilter/nfnetlink_log'
}
let_go_of_group() {
	kill -KILL "$holder"
	assert_within 5 "the group is free" eval '! in_ns lo grep -q "^ *0 " /proc/net/netfilter/nfnetlink_log'
}
cleans_up() {
	run_nftrace lo --cleanup
	assert_status 0
	assert_grep '2 rules of a dead run \(pid [0-9]+\) in raw of iptables removed' "$ERR"
	assert_text 'cleaned up: nothing of a dead run is left' "$ERR"
	[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
	assert_restored lo "$before"
}

subtest "the PID namespace of a run is gone, and nobody has the group: it is over"
contained 'exec "$@"'
kill_first
run_nftrace lo --doctor
assert_status 5
assert_text '2 rules of a dead run (pid 1) in raw of iptables: nftrace --cleanup removes them' "$ERR"
assert_no_grep 'not ours|others trace' "$ERR"
cleans_up

subtest "the same, for the next run"
contained 'exec "$@"'
kill_first
run_nftrace lo -t 100ms -p udp --dport 9
assert_status 3
assert_text '2 rules of a dead run (pid 1) in raw of iptables removed' "$ERR"
[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
assert_restored lo "$before"

subtest "one that waits for the lock, and has no group yet, keeps what it has noted"
hold_lock
OUT=$SCRATCH/out ERR=$SCRATCH/err
: >"$ERR"
nsenter --net="$(ns_path lo)" -- unshare --pid --fork --mount-proc "$NFTRACE" -w 60 "${words[@]}" \
	>"$OUT" 2>"$ERR" </dev/null &
NFTRACE_PID=$!
later $NFTRACE_PID
assert_within 10 "it waits" grep -q -- '-> FLOCK' /proc/locks
noted=$(ls /run/nftrace)
[[ $noted = *.counters ]] || fail "nothing is noted"
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
XTABLES_LOCKFILE=$SCRATCH/other run_nftrace lo --cleanup
assert_status 0
assert_equal "what is noted" "$noted" "$(ls /run/nftrace)"
OUT=$SCRATCH/out ERR=$SCRATCH/err
let_go_of_lock
wait_armed
kill -INT "$(pgrep -P "$NFTRACE_PID")"
end_nftrace
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
assert_restored lo "$before"

subtest "another program has the group: whether the run is over does not show, and that is said"
contained 'exec "$@"'
kill_first
hold_group
for what in --doctor --cleanup; do
	run_nftrace lo $what
	(($(own_rules lo) == 4)) || fail "$what removed rules"
	assert_text '2 rules of a run that may be alive (pid 1 of a PID namespace that does not show here) in raw of iptables: left alone' "$ERR"
	assert_no_grep 'nothing of a dead run|dead runs have left nothing' "$ERR"
	[[ $what = --doctor ]] || assert_status 5
done
assert_text 'cleaned up, but for what is named above' "$ERR"
let_go_of_group
run_nftrace lo --doctor
assert_status 5
cleans_up

subtest "its PID namespace shows, and the run in it does not: it is over, whoever has the group"
contained '"$@" & read <>'"$PAUSE_FIFO"
kill_run
hold_group
cleans_up
let_go_of_group
kill -KILL "$FIRST"
assert_within 5 "the PID namespace is gone" is_gone "$FIRST"

subtest "a run that shows there goes on"
contained 'exec "$@"'
run_nftrace lo --cleanup
assert_status 0
assert_text "note: 2 rules of a run that may be alive (pid 1) in raw of iptables: left alone" "$ERR"
(($(own_rules lo) == 4)) || fail "rules of a living run are removed"
kill -INT "${RUN[0]}"
assert_within 10 "it ends" is_gone "$NFTRACE_PID"
assert_restored lo "$before"

subtest "from another time namespace a process seems to have begun at another time"
in_other_time() {
	timeout $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- unshare --time --boottime 100000 --fork \
		"$NFTRACE" --cleanup >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}
if ! unshare --time --boottime 100000 --fork true 2>/dev/null; then
	skip "no time namespaces here"
else
	start_nftrace lo "${words[@]}"
	cp "$ERR" "$SCRATCH/first.err"
	mapfile -t RUN < <(pgrep '^nftrace')
	in_other_time
	assert_status 0
	assert_text "of a run that may be alive (pid $NFTRACE_PID) in raw of iptables: left alone" "$ERR"
	(($(own_rules lo) == 4)) || fail "rules of a living run are removed"
	kill_run
	in_other_time
	assert_status 0
	assert_restored lo "$before"
fi

# ---- where nothing can be known

start_nftrace lo "${words[@]}"
mapfile -t RUN < <(pgrep '^nftrace')
kill_run
# without SHELL-WORDS ARGS...: nftrace where these words have been run
without() {
	timeout -k 1 $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- unshare --mount bash -c "$1"' || exit 99
		exec "$@"' bash "$NFTRACE" "${@:2}" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}
for how in 'mount -t tmpfs tmpfs /proc' 'mount -t proc -o subset=pid proc /proc'; do
	subtest "not all of /proc ($how): an error, and nothing is well"
	for what in --doctor --cleanup "-t 100ms -p udp --dport 9"; do
		# shellcheck disable=SC2086 # words
		without "$how" $what
		[[ $STATUS != 99 ]] || continue
		assert_status 1
		assert_grep '^nftrace: error: .*/proc is not there' "$ERR"
		assert_no_grep 'nothing|no legacy table|no table|is free|armed' "$ERR"
		(($(own_rules lo) == 4)) || fail "$what removed rules"
	done
	[[ $STATUS != 99 ]] || skip "cannot be mounted here"
done

subtest "/run is read-only: what cannot be removed there is said, and goes later"
without 'mount --bind /run /run && mount -o remount,bind,ro /run' --cleanup
assert_status 5
assert_grep '^nftrace: warning: the note /run/nftrace/[0-9a-f-]+ stays there: Read-only file system' "$ERR"
assert_text 'cleaned up, but for what is named above' "$ERR"
assert_restored lo "$before"
run_nftrace lo --doctor
assert_status 5
run_nftrace lo --cleanup
assert_status 0
[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
run_nftrace lo --doctor
assert_status 0
