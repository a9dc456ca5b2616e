#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-deadline: nft's rules that trace match nothing more behind the run's end, whoever is left to remove them.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
in_ns lo nft -f - <<'X'
table inet fw {
	chain in {
		type filter hook input priority filter; policy accept;
		udp dport 9 drop
	}
}
X
before=$SCRATCH/before
save_rules lo "$before"
real=$NFTRACE

# with WORDS: the program with what env(1) would give it
with() {
	printf '#!/bin/sh\nexec env %s %s "$@"\n' "$*" "$real" >"$SCRATCH/program"
	chmod +x "$SCRATCH/program"
	NFTRACE=$SCRATCH/program
}
PRELOAD=LD_PRELOAD=$BUILD/tests/preload

send() { talk lo udp 10.9.0.1 9 wait 1 count "${1:-1}" >/dev/null; }
own() { in_ns lo nft -a list ruleset 2>/dev/null | sed -n '/^table ip6* nftrace_/,/^}/p'; }
no_table() { [[ -z $(own) ]]; }
# expires FAMILY: milliseconds that the deadline is away; nothing: it has passed
expires() {
	own | sed -nE "s/.*\{ $1 timeout [0-9hms]+ expires (([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?[ }].*/0\2 0\4 0\6/p" |
		awk '{ print ($1 * 60 + $2) * 1000 + $3 }'
}
counted() { own | grep -o 'counter packets [0-9]*' | awk '{ n += $3 } END { print n + 0 }'; }
# counts: does a packet that is sent now move a counter?
counts() {
	local first
	first=$(counted)
	send
	[[ $(counted) != "$first" ]]
}
# all_stopped ARGS...: a run whose processes, PIDS, are stopped before the end; LENGTH is its time,
# which grows until this machine comes there before it
all_stopped() {
	for length in 1 3 9; do
		start_nftrace lo -t $length "$@"
		pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
		kill -STOP "${pids[@]}" && counts && return
		kill -CONT "${pids[@]}"
		end_nftrace
		note "$length s were over before all were stopped"
	done 2>/dev/null
	fail "they do not match at all"
}

subtest "every rule that traces has it, replies' as well"
begun=$EPOCHSECONDS
start_nftrace lo -t 60 --replies -p udp --dport 9
assert_equal "rules with it" 8 "$(own | grep -c 'nfproto @deadline .*nftrace set 1')"
assert_equal "rules that trace" 8 "$(own | grep -c 'nftrace set 1')"
for family in ipv4 ipv6; do
	given=$(own | sed -nE "s/.*\{ $family timeout (([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?.*/10#0\2 * 3600 + 10#0\4 * 60 + 10#0\6/p")
	more=$((${given:-0} - 60 * PATIENCE))
	((more >= 2 && more <= 3 + EPOCHSECONDS - begun)) ||
		fail "$family: a deadline $more s behind the run's length"
done
stop_nftrace INT
assert_restored lo "$before"

subtest "all stopped: they match nothing any more soon after the end"
all_stopped -v -p udp --dport 9
stopped=$EPOCHSECONDS
assert_within 10 "they stop by themselves" eval '! counts'
n=$(counted)
long_over() { ((EPOCHSECONDS > stopped + length + 4)); }
assert_within 10 "it is well behind its end" long_over
# One goes on before the others do.
kill -CONT "${pids[0]}"
goes_on() { ! grep -q '^State:.*stopped' "/proc/${pids[0]}/status"; }
assert_within 5 "the supervisor goes on" goes_on
kill -CONT "${pids[@]}"
end_nftrace
assert_status 5
assert_grep 'was frozen or stopped for [0-9.]+ s, until [0-9.]+ s after its end: packets' "$ERR"
assert_text "the TRACE rules counted $n packets" "$ERR"
assert_restored lo "$before"

if [[ -n ${SANITIZE-} ]]; then
	subtest "a kernel without owners; a short lease"
	skip "the sanitizers' runtime has to come first in a process"
	exit
fi

subtest "a kernel without owners: kill -9 of all, and the table that stays matches nothing"
with "$PRELOAD/old_nft.so"
all_stopped -p udp --dport 9
kill -KILL "${pids[@]}"
wait "$NFTRACE_PID" 2>/dev/null
assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
no_table && fail "nothing was left: this shows nothing"
assert_within 10 "they stop by themselves" eval '! counts'
no_table && fail "the table is gone"
NFTRACE=$real
run_nftrace lo --cleanup
assert_status 0
assert_restored lo "$before"

for owned in yes no; do
	subtest "-t 0: renewed in time, in place, and what was counted stays (owner: $owned)"
	library=$PRELOAD/clock.so
	[[ $owned = yes ]] || library="'$PRELOAD/clock.so $BUILD/tests/preload/old_nft.so'"
	with "$library" CLOCK_LEASE_MS=1200
	start_nftrace lo -v -4 -t 0 -p udp --dport 9
	rules=$(own | grep -o 'nftrace set 1 # handle [0-9]*')
	send 3
	at=$(expires ipv4)
	((at > 50000 && at <= 60000)) || fail "the lease is $at ms"
	fresher() { local last=$at; at=$(expires ipv4); ((at > last)); }
	assert_within 10 "it is renewed" fresher
	assert_within 10 "... and once more" fresher
	assert_equal "the same rules" "$rules" "$(own | grep -o 'nftrace set 1 # handle [0-9]*')"
	send 2
	stop_nftrace INT
	assert_status 0
	assert_grep '5 packets traced: 5 DROP' "$ERR"
	assert_grep 'TRACE rules counted 10 packets' "$ERR"
	assert_grep '2 rules inserted, 2 removed' "$ERR"
	assert_no_grep 'error|warning' "$ERR"
	assert_restored lo "$before"
done
