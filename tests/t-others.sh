#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-others: who changes rules during a run finds the change in force afterwards, and is told of.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
quiet=(-p udp --dport 9)

# Somebody who knows nothing of our lock.
rudely() { XTABLES_LOCKFILE=$SCRATCH/another.lock in_ns lo "$@"; }
raw() { in_ns lo iptables-legacy-save -t raw | grep -v '^[#:]'; }
reload() {
	rudely iptables-legacy-restore -c <"$TESTS/host/all-tables.save"
	rudely ip6tables-legacy-restore -c <"$TESTS/host/all-tables.save"
	save_rules lo "$before"
}

# iptables itself (1.8.9) sets policies' counters to zero, so they are left out here.
rules_with_counters() { sed -E 's/^(:[^ ]+ [^ ]+) \[.*/\1/' "$1"; }
assert_rules_as_before() {
	save_rules lo "$SCRATCH/after"
	assert_same "everything else" <(rules_with_counters "$before") \
		<(rules_with_counters "$SCRATCH/after")
}

# end_run: by signal; the run notices and says that others were at work
end_run() {
	stop_nftrace INT
	assert_status 5
	assert_grep 'changed by somebody else|changed by others' "$ERR"
	lock_is_free || fail "the lock is held"
	is_clean lo || fail "our rules are still there"
	[[ $(loggers lo) = "nf_log_ipv4 nf_log_ipv6" ]] || fail "loggers: $(loggers lo)"
}

subtest "a flush of raw"
start_nftrace lo -t 30 "${quiet[@]}"
rudely iptables-legacy -F -t raw
assert_within 5 "they are put back" has_line '2 rules of the run were taken out of raw of iptables' "$ERR"
rudely iptables-legacy -F -t raw
assert_within 5 "it is said" has_line 'not put back a second time' "$ERR"
end_run
assert_grep '2 rules had been removed by somebody else' "$ERR"
assert_equal "raw" "*raw COMMIT" "$(raw | paste -sd ' ')"
reload

subtest "a restore of all tables"
start_nftrace lo -t 30 "${quiet[@]}"
sed 's/4711/4712/' "$TESTS/host/all-tables.save" >"$SCRATCH/other.save"
rudely iptables-legacy-restore <"$SCRATCH/other.save"
end_run
raw >"$SCRATCH/raw"
sed -n '/^\*raw/,/^COMMIT/p' "$SCRATCH/other.save" | grep -v '^:' |
	sed 's/^\[[0-9:]*\] //' >"$SCRATCH/expected"
assert_same "raw" "$SCRATCH/expected" "$SCRATCH/raw"
reload

subtest "-R of the same length"
start_nftrace lo -t 30 "${quiet[@]}"
rudely iptables-legacy -t raw -R keep-out 1 -m mark --mark 0x2 -j RETURN
end_run
raw >"$SCRATCH/raw"
assert_text '-A keep-out -m mark --mark 0x2 -j RETURN' "$SCRATCH/raw"
reload

subtest "a twin of our rule but for the tag stays"
start_nftrace lo -t 30 "${quiet[@]}"
ours=$(in_ns lo iptables-legacy-save -t raw | grep -m 1 'A OUTPUT.*nftrace:')
twin=$(sed -E 's/(nftrace:.*:)[0-9a-f]{16}/\10123456789abcdef/' <<<"${ours/-A/-I}")
[[ ${ours/-A/-I} != "$twin" ]] || fail "no twin was made"
printf '*raw\n%s\nCOMMIT\n' "$twin" | rudely iptables-legacy-restore -n
stop_nftrace INT
assert_status 5
raw >"$SCRATCH/raw"
assert_text 0123456789abcdef "$SCRATCH/raw"
assert_equal "TRACE rules left" 1 "$(own_rules lo)"
reload

subtest "a rule of theirs that traces the same stays"
start_nftrace lo -t 30 "${quiet[@]}"
rudely iptables-legacy -t raw -I OUTPUT -p udp -m udp --dport 9 -j TRACE
stop_nftrace INT
raw >"$SCRATCH/raw"
assert_text '-A OUTPUT -p udp -m udp --dport 9 -j TRACE' "$SCRATCH/raw"
assert_equal "TRACE rules left" 1 "$(own_rules lo)"
reload

subtest "a copy of ours, by save and restore during the run, goes with it"
start_nftrace lo -t 30 "${quiet[@]}"
rudely iptables-legacy-save -c >"$SCRATCH/copy.save"
grep 'nftrace:' "$SCRATCH/copy.save" | sed 's/\[[0-9:]*\] //; s/-A/-I/' >"$SCRATCH/again"
{ echo '*raw'; cat "$SCRATCH/again"; echo COMMIT; } >"$SCRATCH/copies.save"
assert_equal "copies" 2 "$(wc -l <"$SCRATCH/again")"
without_lock lo iptables-legacy-restore -n "$SCRATCH/copies.save" # and they may be gone at once
stop_nftrace INT
is_clean lo || fail "copies are left"
assert_rules_as_before
reload

subtest "a restore after the run of what was saved during it: gone with the next run"
rudely iptables-legacy-restore -c <"$SCRATCH/copy.save"
is_clean lo && fail "nothing was brought back"
run_nftrace lo --cleanup
assert_status 0
assert_grep '2 rules of a dead run.*removed' "$ERR"
assert_restored lo "$before"

subtest "rules of a run that lives, found by another, stay"
start_nftrace lo -t 30 --no-lock "${quiet[@]}"
cp "$ERR" "$SCRATCH/first.err"
first=$NFTRACE_PID
run_nftrace lo --cleanup
assert_status 0
assert_grep "may be alive .pid $first.*left alone" "$ERR"
assert_equal "its rules" 4 "$(own_rules lo)"
NFTRACE_PID=$first
stop_nftrace INT
assert_restored lo "$before"

# in_between WHAT COMMAND REGEX: others work exactly then; both changes hold, no counter is lost
in_between() {
	local phase instant command
	for phase in insert remove; do
		for instant in before-check before-replace before-counters; do
			subtest "$1, $phase, $instant"
			command="XTABLES_LOCKFILE=$SCRATCH/another.lock $2"
			in_ns lo "$UNIT/cycle_tool" 1 $phase $instant "$command" >"$SCRATCH/cycled" ||
				fail "$(cat "$SCRATCH/cycled")"
			is_clean lo || fail "our rules are still there"
			in_ns lo iptables-legacy-save -c -t raw | grep -v '^#' >"$SCRATCH/raw"
			grep -Eq -- "$3" "$SCRATCH/raw" || fail "their change is gone"
			in_ns lo sh -c "$4"
			assert_rules_as_before
		done
	done
}
in_between "-A" "iptables-legacy -t raw -A keep-out -s 10.7.7.7 -j DROP" \
	'-A keep-out -s 10.7.7.7/32' "iptables-legacy -t raw -D keep-out -s 10.7.7.7 -j DROP"
in_between "-I at the top" "iptables-legacy -t raw -I OUTPUT -s 10.7.7.7 -j DROP" \
	'-A OUTPUT -s 10.7.7.7/32' "iptables-legacy -t raw -D OUTPUT -s 10.7.7.7 -j DROP"

in_between "-I of what looks like a policy" "iptables-legacy -t raw -I PREROUTING -j ACCEPT" \
	'-A PREROUTING -j ACCEPT' "iptables-legacy -t raw -D PREROUTING -j ACCEPT"

subtest "-R of the same length before the last look"
in_ns lo "$UNIT/cycle_tool" 1 insert before-check \
	"XTABLES_LOCKFILE=$SCRATCH/another.lock iptables-legacy -t raw -R keep-out 1 -m mark --mark 0x2 -j RETURN" \
	>"$SCRATCH/cycled" || fail "$(cat "$SCRATCH/cycled")"
raw >"$SCRATCH/raw"
assert_text '-A keep-out -m mark --mark 0x2 -j RETURN' "$SCRATCH/raw"
reload

subtest "200 inserts by who ignores the lock, beside ours"
background lo cycles "$UNIT/cycle_tool" 100000
cycles=$BG_PID
others=${SOAK:+1000}
for ((n = 1; n <= ${others:-200}; n++)); do
	address=10.$((n / 250 + 100)).$((n % 250)).1
	if rudely iptables-legacy -t raw -A keep-out -s $address -j DROP 2>/dev/null; then
		echo "$address/32"
	fi
done >"$SCRATCH/succeeded"
is_gone "$cycles" && fail "ours ended before: $(cat "$SCRATCH/cycles")"
kill -TERM "$cycles"
assert_within 5 "ours ends" is_gone "$cycles"
raw | sed -nE 's/^-A keep-out -s (10\.10[0-9]\S*) .*/\1/p' >"$SCRATCH/there"
note "$(wc -l <"$SCRATCH/succeeded") succeeded, $(wc -l <"$SCRATCH/there") are there"
[[ -s $SCRATCH/there ]] || fail "none got in"
comm -23 <(sort "$SCRATCH/succeeded") <(sort "$SCRATCH/there") >"$SCRATCH/lost"
[[ ! -s $SCRATCH/lost ]] || fail "$(wc -l <"$SCRATCH/lost") of theirs were lost: $(head -n 3 "$SCRATCH/lost")"
run_nftrace lo --cleanup
is_clean lo || fail "rules are left"
reload

subtest "counters of the other rules in raw under load, exact to the packet"
for chain in PREROUTING OUTPUT; do
	for table in raw mangle; do
		in_ns lo iptables-legacy -t $table -I $chain -p udp --dport 7
	done
done
background lo flood "$TOOLS/flood" 10.9.0.1 7 0 32 0 600
flood=$BG_PID
in_ns lo "$UNIT/cycle_tool" $((${SOAK:+440} + 60)) >"$SCRATCH/cycled" ||
	fail "$(cat "$SCRATCH/cycled")"
for ((n = 0; n < ${SOAK:+57} + 3; n++)); do
	NFTRACE_PID=
	run_nftrace lo -t 50ms "${quiet[@]}"
	assert_status 3
done
kill -TERM "$flood"
assert_within 5 "the flood ends" is_gone "$flood"
counted() { # TABLE CHAIN: of the rule for port 7
	in_ns lo iptables-legacy-save -c -t "$1" | sed -nE "s/^\[([0-9]+):.*-A $2 -p udp -m udp --dport 7\$/\1/p"
}
both_counted() { [[ $(counted raw "$1") = "$(counted mangle "$1")" ]]; }
for chain in PREROUTING OUTPUT; do
	assert_within 5 "one count in both tables" both_counted "$chain"
	assert_equal "packets in raw $chain" "$(counted mangle $chain)" "$(counted raw $chain)"
done
note "$(cat "$SCRATCH/cycled"); $(counted mangle OUTPUT) packets"
(($(counted mangle OUTPUT) > 10000)) || fail "hardly any traffic"
