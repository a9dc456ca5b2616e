#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-turns-unasked: who gets the lock where the kernel asks nobody before its file is opened.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
[[ -z ${SANITIZE-} ]] || skip_all "a sanitizer's runtime has to be preloaded first"

lab_loopback
udp7=(-p udp -d 10.9.0.1 --dport 7)
real=$NFTRACE
before=$SCRATCH/before

fresh() {
	in_ns lo iptables-legacy-restore -c <"$TESTS/host/all-tables.save"
	save_rules lo "$before"
}
assert_as_before() { assert_restored_but_counters lo "$before"; }
wait_taken() { assert_within 5 "the lock is taken back" lock_is_held; }
has_been() { grep -Eq "$1" "$ERR"; }
fresh

# without WORDS...: fanotify, and with NO_INOTIFY=1 what tells of it afterwards
without() {
	printf '#!/bin/bash\nexport LD_PRELOAD=%q %s\nexec %q "$@"\n' \
		"$BUILD/tests/preload/no_fanotify.so" "${1-}" "$real" >"$SCRATCH/program"
	chmod +x "$SCRATCH/program"
	NFTRACE=$SCRATCH/program
}

for lacks in "" NO_INOTIFY=1; do
	subtest "without fanotify ${lacks:+and inotify}: who waits for a second is given the lock"
	without "$lacks"
	start_nftrace lo -t 60 "${udp7[@]}"
	for n in 1 2 3; do
		in_ns lo timeout $((5 * PATIENCE)) iptables-legacy -w 60 -I FORWARD -s 10.7.7.$n -j DROP || fail "$n: status $?"
	done
	wait_taken
	stop_nftrace INT
	assert_grep 'pid [0-9]+ \(iptables-legacy -w 60 -I .*it was given to it' "$ERR"
	assert_no_grep 'did not wait' "$ERR"
	fresh
done

subtest "a reload of 20 steps waits once, not 20 times"
start_nftrace lo -t 60 "${udp7[@]}"
# shellcheck disable=SC2016 # the inner shell's
in_ns lo timeout $((20 * PATIENCE)) bash -c '
	for n in {1..20}; do
		begun=${EPOCHREALTIME/./}
		iptables-legacy -w 60 -I FORWARD -s 10.7.7.$n -j DROP || exit
		echo $(((${EPOCHREALTIME/./} - begun) / 1000))
	done' >"$SCRATCH/steps" || fail "status $?"
# Who is not given it at once waits for a second, and nobody for less. On a busy machine each step may
# take so long by itself.
waited=$(awk '$1 >= 1000' "$SCRATCH/steps" | wc -l)
note "milliseconds: $(paste -sd ' ' "$SCRATCH/steps")"
assert_equal "steps" 20 "$(wc -l <"$SCRATCH/steps")"
[[ -z ${SOAK-} ]] || ((waited <= 2)) || fail "$waited of 20 waited"
stop_nftrace INT
fresh

subtest "without fanotify: who would not wait fails once, is told of, and not a second time"
without
start_nftrace lo -t 60 "${udp7[@]}"
in_ns lo flock -n "$XTABLES_LOCKFILE" true && fail "this shows nothing"
assert_within 5 "it is told of" has_been 'wanted the xtables lock and did not wait'
assert_within 5 "the lock is free" lock_is_free
in_ns lo flock -n "$XTABLES_LOCKFILE" true || fail "status $?"
wait_taken
stop_nftrace INT
assert_status 3
assert_as_before

subtest "who was given the lock keeps it: the keeper stands in the queue, and hears what it is told"
without NO_INOTIFY=1
start_nftrace lo -t 60 "${udp7[@]}"
keeper=$(child_named nftrace-keeper)
for n in 1 2; do
	background lo holder flock -F "$XTABLES_LOCKFILE" tail -f /dev/null
	assert_within 10 "it has the lock" grep -Eq "^[0-9]+: FLOCK .* WRITE $BG_PID " /proc/locks
	assert_within 10 "the keeper waits" grep -Eq -- "-> FLOCK .* WRITE $keeper " /proc/locks
	((n == 1)) || break
	kill -KILL $BG_PID
	assert_within 10 "it is taken back" grep -Eq "^[0-9]+: FLOCK .* WRITE $keeper " /proc/locks
done
stop_nftrace INT
assert_status 3
kill -KILL $BG_PID
assert_within 5 "the lock is free" lock_is_free
assert_as_before
