#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-drop-gaps: drop records for which there was no room: no firm fate of a packet that may lack one.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

need_records
lab_router
settle a eth0 r eth0 r eth1 b eth0
server r local udp 10.1.0.1 9
in_ns r iptables-legacy -t filter -S >/dev/null
start_nftrace r -4 -t 60 --rate 0 --buffer 64 --json -i eth0 -p udp

# flood PORT COUNT [ADDRESS]
flood() { in_ns a "$TOOLS/flood" "${3:-10.1.0.1}" "$1" "$2" 32 >/dev/null; }
# seen PORT: of a packet for it something has been told
seen() { grep -q "> 10\.1\.0\.1\.$1: " "$OUT"; }
count() { jq -c "select(.headers | test(\"[.]$1: \")) | $2" "$OUT" | wc -l; }

subtest "what came while records were lost"
# More than the ring holds of those that nobody takes, while nobody reads it.
flood 9 10
assert_within 10 "the first are told" seen 9
reader=$(child_named nftrace-reader)
kill -STOP "$reader"
flood 10 4000
# What drops these is gone when the host is asked.
ns_ip r route add prohibit 10.77.0.0/24
flood 11 300 10.77.0.1
ns_ip r route del prohibit 10.77.0.0/24
ns_ip r route add 10.77.0.0/24 via 10.2.0.2
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
unknown=$(count 11 'select(.fate == "UNKNOWN" and (.reason | test("^after PREROUTING: lost, or taken: what the kernel tells of lost packets was incomplete just then$")))')
lost=$(count 11 'select(.fate == "LOST" and .drop)')
note "not seen again: $unknown UNKNOWN, $lost LOST"
((unknown > 100)) || fail "$unknown UNKNOWN: not enough to judge by"
assert_equal "UNKNOWN, or LOST as the kernel says" 300 $((unknown + lost))

subtest "who came before and behind is told for certain"
assert_equal "DELIVERED" 20 "$(count 9 'select(.fate == "DELIVERED" and .reason == null)')"

subtest "the summary says how many"
doubted=$((likely + unknown))
assert_grep "the kernel told why it lost $doubted packets, and there was no room for that: $doubted that came just then are told as likely, or as UNKNOWN$" "$ERR"
