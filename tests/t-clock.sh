#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-clock: the deadline of an endless run is renewed, and follows a clock that is set.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

[[ -z ${SANITIZE-} ]] || skip_all "a sanitizer's runtime has to be preloaded first"
lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
words=(-p udp --dport 9)
real=$NFTRACE

# with VARIABLE=VALUE: the program with that clock
with() {
	printf '#!/bin/sh\nexport LD_PRELOAD=%s %s\nexec %s "$@"\n' \
		"$BUILD/tests/preload/clock.so" "$*" "$real" >"$SCRATCH/program"
	chmod +x "$SCRATCH/program"
	NFTRACE=$SCRATCH/program
}

deadline() { deadline_in <(in_ns lo "ip${1-}tables-legacy-save" -t raw); }
deadline_in() { # seconds since the epoch, of the first of our rules in FILE
	local stop
	stop=$(sed -nE 's/.*--datestop ([^ ]*).*nftrace:.*/\1/p' "$1" | head -n 1)
	[[ -n $stop ]] && date -u -d "$stop" +%s
}
# assert_deadline SINCE DEADLINE MORE MOST: it was set between SINCE and now, so many s ahead
assert_deadline() {
	(($2 > $1 + $3 && $2 <= EPOCHSECONDS + $4)) ||
		fail "the deadline is $(($2 - EPOCHSECONDS)) s away"
}
later_than() { (($(deadline "$1") > $2)); }

subtest "-t 0: deadline, comment and record are renewed in time, for both families"
with CLOCK_LEASE_MS=1200
since=$EPOCHSECONDS
start_nftrace lo -t 0 "${words[@]}"
first=$(deadline) first6=$(deadline 6)
assert_deadline "$since" "$first" 50 62
assert_within 10 "renewed" later_than "" "$first"
assert_within 10 "renewed" later_than 6 "$first6"
assert_equal "four rules" 4 "$(own_rules lo)"
# All three of one moment: on a slow machine they are others before a second look.
consistent() {
	local file=(/run/nftrace/*-????????????????) note rules stop end
	note=$(<"${file[0]}")
	rules=$(in_ns lo iptables-legacy-save -t raw)
	[[ $note = "$(<"${file[0]}")" ]] || return
	stop=$(sed -nE 's/.*--datestop ([^ ]*).*nftrace:.*/\1/p' <<<"$rules" | head -n 1)
	end=$(sed -nE 's/.*nftrace:([0-9]+):.*/\1/p' <<<"$rules" | head -n 1)
	[[ $end && $end = "$(date -u -d "$stop" +%s)" && $'\n'$note = *$'\n'"nftrace:$end:"* ]]
}
assert_within 5 "deadline, comment and record agree" consistent
lock_is_free && fail "the lock is not held"
stop_nftrace INT
assert_status 3
assert_no_grep 'error|warning' "$ERR"
assert_restored lo "$before"

subtest "--no-lock: renewed under the lock, and released again"
waits() { grep -q -- '-> FLOCK' /proc/locks; }
renewed_or_gone() { is_gone "$NFTRACE_PID" || later_than "" "$first"; }
# It waits for five seconds: until this machine has looked, and let it go, before they are over.
for _ in 1 2 3 4; do
	start_nftrace lo -t 0 --no-lock "${words[@]}"
	flock -F "$XTABLES_LOCKFILE" tail -f /dev/null &
	later $!
	disown $!
	assert_within 5 "another has the lock" eval "grep -q 'FLOCK .* WRITE $! ' /proc/locks"
	# Before it is held the deadline is renewed again and again.
	first=$(deadline)
	assert_within 5 "it waits for the lock" waits
	in_ns lo iptables-legacy-save -t raw >"$SCRATCH/held"
	kill -KILL $!
	assert_within 5 "renewed" renewed_or_gone
	is_gone "$NFTRACE_PID" || break
	end_nftrace
	assert_grep 'error: waiting for the xtables lock' "$ERR"
done
is_gone "$NFTRACE_PID" && fail "not renewed"
assert_equal "not renewed without the lock" "$first" "$(deadline_in "$SCRATCH/held")"
assert_within 5 "the lock is free" lock_is_free
subtest "... and a run that cannot be renewed ends with a word"
hold_lock
end_nftrace 15
assert_status 1
assert_grep 'error: waiting for the xtables lock' "$ERR"
let_go_of_lock
assert_restored lo "$before"

subtest "-t 0: our rules are gone, for the second time, at the renewal: the run ends with a word"
start_nftrace lo -t 0 "${words[@]}"
without_lock lo iptables-legacy -t raw -F
assert_within 5 "they are put back" has_line 'put back: packets' "$ERR"
without_lock lo iptables-legacy -t raw -F
end_nftrace 10
assert_status 1
assert_grep 'error: renewing the deadline' "$ERR"
is_clean lo || fail "rules are left"
in_ns lo iptables-legacy-restore -c <"$TESTS/host/all-tables.save"
save_rules lo "$before"

subtest "-t 0: a run that is stopped loses rules and lock when they should be renewed"
start_nftrace lo -t 0 "${words[@]}"
kill -STOP "$NFTRACE_PID"
assert_within 5 "as before" is_restored lo "$before"
kill -CONT "$NFTRACE_PID"
end_nftrace 10
assert_grep 'stopped or stuck' "$ERR"
assert_restored lo "$before"
subtest "... also one that inserts nothing"
in_ns lo iptables-legacy -t raw -A OUTPUT -p udp --dport 9 -j TRACE
save_rules lo "$SCRATCH/traced"
start_nftrace lo -t 0
lock_is_free && fail "the lock is not held"
kill -STOP "$NFTRACE_PID"
assert_within 5 "as before" is_restored lo "$SCRATCH/traced"
kill -CONT "$NFTRACE_PID"
end_nftrace 10
assert_restored lo "$SCRATCH/traced"
in_ns lo iptables-legacy-restore -c <"$TESTS/host/all-tables.save"
save_rules lo "$before"

for step in 7200 -7200; do
	subtest "the clock is set by $step s"
	with CLOCK_STEP=$step
	since=$EPOCHSECONDS
	start_nftrace lo -t 30 "${words[@]}"
	assert_within 10 "it is said" has_line 'the clock was set' "$ERR"
	assert_deadline "$since" $(($(deadline) - step)) 5 $((30 * PATIENCE + 6))
	assert_equal "rules" 4 "$(own_rules lo)"
	stop_nftrace INT
	assert_status 3
	assert_restored lo "$before"
done

# ahead MONOTONIC BOOTTIME: from here on the clocks of the run are, by so many seconds
ahead() {
	echo "$1 $2" >"$SCRATCH/ahead.new"
	mv "$SCRATCH/ahead.new" "$SCRATCH/ahead"
}

subtest "the machine slept: said, exit status 5"
with CLOCK_AHEAD="$SCRATCH/ahead"
# Longer, until this machine sleeps before the end.
for length in 2 5 9; do
	rm -f "$SCRATCH/ahead"
	start_nftrace lo -t $length "${words[@]}"
	ahead 0 3600
	end_nftrace 20
	[[ $STATUS != 5 ]] || break
done
assert_status 5
assert_grep 'the machine slept for 36[0-9][0-9]\.[0-9] s during this run' "$ERR"
assert_restored lo "$before"
rm "$SCRATCH/ahead"
subtest "... within the time of the run it does not matter"
start_nftrace lo -t 1 "${words[@]}"
ahead 0 2
end_nftrace
assert_status 3
assert_no_grep warning "$ERR"
assert_restored lo "$before"
rm "$SCRATCH/ahead"

subtest "-t 0, frozen until its rules matched nothing any more: said, exit status 5"
with CLOCK_AHEAD="$SCRATCH/ahead" CLOCK_LEASE_MS=1500
start_nftrace lo -t 0 "${words[@]}"
ahead 90 90
assert_within 10 "it is said" grep -q 'its rules matched nothing for [3-9][0-9]\.[0-9] s' "$ERR"
stop_nftrace INT
assert_status 5
assert_restored lo "$before"
rm "$SCRATCH/ahead"

subtest "-t 0, with rules of others alone: the keeper sleeps between two looks"
in_ns lo iptables-legacy -t raw -A OUTPUT "${words[@]}" -j TRACE
save_rules lo "$before"
start_nftrace lo -t 0
keeper=$(child_named nftrace-keeper)
sleeps() { sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "/proc/$keeper/status"; }
slept() { (($(sleeps) >= $1)); }
# What was written of the run's end at its begin is over soon; there is no rule that has it.
ahead 40 40
assert_within 20 "it has slept three times" slept $(($(sleeps) + 4))
stop_nftrace INT
assert_status 3
assert_no_grep 'matched nothing for' "$ERR"
assert_restored lo "$before"
rm "$SCRATCH/ahead"
