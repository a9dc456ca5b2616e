#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-drop-gaps: drop records for which there was no room: no firm fate of a packet that may lack one.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server r local udp 10.1.0.1 9
in_ns r iptables-legacy -t filter -S >/dev/null
start_nftrace r -4 -t 60 --rate 0 --buffer 64 --json -i eth0 -p udp
if grep -q 'no drop records' "$ERR"; then
	stop_nftrace INT
	skip_all "$(grep -o 'no drop records.*' "$ERR")"
fi

flood() { in_ns a "$TOOLS/flood" 10.1.0.1 "$1" "$2" 32 >/dev/null; }
# seen PORT: of a packet for it something has been told
seen() { grep -q "> 10\.1\.0\.1\.$1: " "$OUT"; }
count() { jq -c "select(.headers | test(\"> 10.1.0.1.$1: \")) | $2" "$OUT" | wc -l; }

subtest "what came while records were lost"
# More than the ring holds of those that nobody takes, while nobody reads it.
flood 9 10
assert_within 10 "the first are told" seen 9
reader=$(child_named nftrace-reader)
kill -STOP "$reader"
flood 10 4000
kill -CONT "$reader"
assert_within 30 "all of them are told" eval '(($(grep -c "> 10\.1\.0\.1\.10: " "$OUT") == 4000))'
flood 9 10
assert_within 10 "what came behind them is told" eval '(($(grep -c "> 10\.1\.0\.1\.9: " "$OUT") == 20))'
stop_nftrace INT
assert_status 5
lost=$(count 10 'select(.fate == "LOST" and .drop.reason == "NO_SOCKET")')
likely=$(count 10 'select(.fate == "DELIVERED" and (.reason | test("^likely: what the kernel tells")))')
note "$lost LOST, $likely likely DELIVERED"
((lost > 1000 && likely > 500)) || fail "$lost and $likely: not enough to judge by"
assert_equal "one or the other" 4000 $((lost + likely))

subtest "who came before and behind is told for certain"
assert_equal "DELIVERED" 20 "$(count 9 'select(.fate == "DELIVERED" and .reason == null)')"

subtest "the summary says how many"
assert_grep "the kernel told why it lost $likely packets, and there was no room for that: $likely that came just then and seem to have gone on are told as likely" "$ERR"
