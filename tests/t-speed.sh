#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-speed: what must hold at any speed: nothing lost without a count, memory that does not grow,
# and the limits of what tracing costs. How fast it is: `make bench`.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"

flood() { in_ns lo "$TOOLS/flood" 10.9.0.1 9 "$@" >/dev/null; }
reader_peak() { awk '/^VmHWM/ { print $2 }' "/proc/$(child_named nftrace-reader)/status"; }
# totals: RECEIVED and LOST of the run that ended last
totals() {
	read -r RECEIVED LOST < <(
		sed -n 's/^nftrace: \([0-9]*\) events*, \([0-9]*\) lost;.*/\1 \2/p' "$ERR")
}
# In one chain only: the second rule would be traced as well, and not counted as an event.
trace() { start_nftrace lo -v -4 -t 60 --no-drops --rate 0 --chain PREROUTING "$@" -p udp --dport 9; }
stop() {
	stop_nftrace INT
	totals
}

subtest "at a modest rate nothing is lost and every journey is complete"
trace -q
flood 2000 32 2000
# Said by reading it: the kernel holds the rest until then.
stop
assert_status 0
assert_text "2000 packets traced: 2000 DELIVERED" "$ERR"
assert_equal "events lost" 0 "$LOST"
per_packet=$(((RECEIVED - RECEIVED % 2000) / 2000))
nat=$((RECEIVED % 2000)) # of the first packet of the flow only

# A witness's event that is lost is counted, and one that comes is not: hence without.
subtest "a reader that is stopped: received + lost = offered, to the event"
trace -q --buffer 1 --no-witness
reader=$(child_named nftrace-reader)
kill -STOP "$reader"
assert_within 5 "the reader stops" is_stopped "$reader"
flood 5000
kill -CONT "$reader"
stop
assert_status 5
((LOST > 0)) || fail "nothing was lost: the test is too small"
assert_equal "events received and lost" $((5000 * per_packet + nat)) $((RECEIVED + LOST))

subtest "after the loss the run goes on"
trace -q --buffer 1 --no-witness
reader=$(child_named nftrace-reader)
kill -STOP "$reader"
assert_within 5 "the reader stops" is_stopped "$reader"
flood 5000
kill -CONT "$reader"
assert_within 10 "a packet is shown" has_line '^[A-Z]+ +#' "$OUT"
# What begins too soon after the loss may have lost its beginning: until one has not.
singles=0
whole_again() {
	singles=$((singles + 1))
	flood 1 $((100 + singles))
	wait_for 1 has_line "length $((100 + singles)) .*=>" "$OUT" &&
		has_line "^DELIVERED .* length $((100 + singles)) .*=>" "$OUT"
}
assert_within 10 "a packet is complete" whole_again
# No more at a time than this buffer has room for.
for _ in {1..8}; do
	flood 50
	assert_read
done
stop
assert_equal "events received and lost" $(((5400 + singles) * per_packet + (9 + singles) * nat)) \
	$((RECEIVED + LOST))
assert_equal "complete at the end" 400 "$(tail -n 400 "$OUT" | grep -c '^DELIVERED ')"

subtest "memory: 10 MB at most, and the same after 200 and 20,000 packets"
trace
flood 200 32 2000
all_shown() { [[ $(grep -c "^=> " "$OUT") = 200 ]]; }
assert_within 10 "200 packets" all_shown
few=$(reader_peak)
for _ in {1..22}; do
	flood 900
	assert_read
done
stop_at=$(reader_peak)
stop
# A sanitizer's own memory comes on top.
((stop_at < ${SANITIZE:+2 *} 10 * 1024)) || fail "the reader takes $stop_at KiB"
((stop_at - few < 1024)) || fail "it grew from $few to $stop_at KiB"

subtest "no event is lost in the burst that the default rate lets through"
run_nftrace lo --dry-run -4 -p udp --dport 9
burst=$(sed -n 's/.*--limit-burst \([0-9]*\).*/\1/p' "$OUT" | head -n 1)
rate=$(sed -n 's/.*--limit \([0-9]*\)\/sec.*/\1/p' "$OUT" | head -n 1)
((burst >= 50 && burst >= rate)) || fail "burst $burst at $rate/s"
start_nftrace lo -v -4 -t 60 -q --no-drops -p udp --dport 9
flood "$burst"
stop
assert_text "$burst packets traced: $burst DELIVERED" "$ERR"

subtest "rates that the kernel's limit match holds exactly"
for rate in 1000 500 250 200 125 100 50 40 25 20 10 8 5 4 2 1; do
	# What is not a divisor of 10,000 is saved as another rate.
	in_ns lo iptables-legacy -t raw -A keep-out -m limit --limit $rate/sec
	in_ns lo iptables-legacy -t raw -S keep-out | grep -q -- "--limit $rate/sec" ||
		fail "$rate/s becomes $(in_ns lo iptables-legacy -t raw -S keep-out | tail -n 1)"
	in_ns lo iptables-legacy -t raw -D keep-out -m limit --limit $rate/sec
done

# table_of N: a filter table with so many rules
table_of() {
	ns_new "t$1"
	"$TESTS/bench/rules.sh" "$1" | in_ns "t$1" iptables-legacy-restore
}
subtest "the default rate follows the tables' size"
for n in 1000 10000 40000; do
	table_of $n
	run_nftrace "t$n" --dry-run -4 -p udp --dport 9
	rates+=" $(sed -n 's/.*--limit \([0-9]*\)\/sec --limit-burst \([0-9]*\).*/\1+\2/p' "$OUT" | head -n 1)"
done
# A tenth of a CPU over any 4 s, 20 us a packet and 0.1 us for each entry that is walked
assert_equal "rates and bursts for 1,000, 10,000 and 40,000 rules" "500+500 50+50 10+41" "${rates# }"

subtest "arming on 10,000 rules: memory of all processes below iptables-legacy-save's"
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer's own memory is more than that"
else
	meter=$BUILD/tests/bench/meter
	save=$(in_ns t10000 "$meter" -m iptables-legacy-save)
	ours=$(in_ns t10000 "$meter" -m -w ' armed: ' "$NFTRACE" -4 -t 60 -p udp --dport 9)
	((ours > 0 && ours < save)) || fail "$ours KiB, and iptables-legacy-save $save KiB"
fi

subtest "one dump a table until armed, whatever its chains"
# A file a process, as a call that another one's interrupts is no line; put in order by time.
in_ns t10000 strace -ff -ttt -qq -e trace=getsockopt,write -o "$SCRATCH/calls" \
	timeout -s INT $((20 * PATIENCE)) "$NFTRACE" -4 -t 200ms -p udp --dport 9 >/dev/null 2>&1
dumps=$(sort -n "$SCRATCH"/calls.* | sed '/nftrace: armed/q' | grep -c 'GET_ENTRIES, "filter')
assert_equal "dumps of filter" 1 "$dumps"

subtest "a smaller buffer than was asked for is said"
run_in_user_namespace() {
	unshare -Urn --map-root-user env LOCK="$SCRATCH/xtables.lock2" bash -c '
		ip link set lo up
		XTABLES_LOCKFILE=$LOCK iptables-legacy -w -t raw -L >/dev/null &&
		XTABLES_LOCKFILE=$LOCK timeout -s INT $((20 * PATIENCE)) "$0" -4 -t 500ms -p udp --dport 9' "$NFTRACE"
}
if unshare -Urn true 2>/dev/null; then
	run_in_user_namespace >"$OUT" 2>"$ERR"
	assert_grep '^nftrace: note: the kernel gives a receive buffer of [0-9]+ KiB instead of 64 MiB' "$ERR"
else
	skip "no user namespaces here"
fi
