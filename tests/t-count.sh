#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-count: -c, -t and the exit status that tells how a run ended.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
server lo echo udp 10.9.0.1 7 udp fd00:9::1 7

blocks() { grep -c '^#[0-9]' "$OUT"; }

subtest "-c 3 of ten packets"
start_nftrace lo -t 20 -c 3 -p udp --dport 7
for address in 10.9.0.1 fd00:9::1 10.9.0.1 fd00:9::1 10.9.0.1; do
	talk lo udp $address 7 count 2
done
end_nftrace 5
assert_status 0
assert_equal "packets printed" 3 "$(blocks)"
assert_equal "fates printed" 3 "$(grep -c '^=> ' "$OUT")"

# three_of PACKETS: sent in one burst
three_of() {
	local reader
	start_nftrace lo -t 20 -c 3 -p udp --dport 7
	# Nothing is read before all of them have come.
	reader=$(reading_child)
	kill -STOP "$reader"
	in_ns lo "$TOOLS/flood" 10.9.0.1 7 "$1" 32 >/dev/null
	kill -CONT "$reader"
	end_nftrace 5
	assert_status 0
	assert_equal "packets printed" 3 "$(blocks)"
}

subtest "-c 3 of three in one burst"
three_of 3

subtest "-c 3 of three hundred in one burst"
three_of 300
assert_grep '^nftrace: [0-9]+ packets traced, the first 3 printed: 3 DELIVERED; all removed$' "$ERR"

subtest "-c 5, and time comes first"
# Longer, until this machine sends all three before the end.
for length in 1 3 9; do
	start_nftrace lo -t $length -c 5 -p udp --dport 7
	talk lo udp 10.9.0.1 7 count 3
	end_nftrace 20
	[[ $(blocks) != 3 ]] || break
done
assert_status 0
assert_equal "packets printed" 3 "$(blocks)"
assert_text "stopped by time: 3 of 5" "$ERR"
assert_no_grep 'of them printed' "$ERR"

subtest "-t in fractions: 500ms"
start_nftrace lo -v -t 500ms -p udp --dport 9
end_nftrace 20
assert_status 3
assert_grep 'armed: .*capturing for 0\.5 s;' "$ERR"
# By its own clock, however late anybody looks.
held=$(sed -n 's/.*; lock held \([0-9]*\)\.\([0-9]\) s$/\1\2/p' "$ERR")
((10#${held:-0} >= 5)) || fail "it ended after ${held:-no} tenths of a second"

subtest "nothing traced: status 3 and the reason"
start_nftrace lo -t 1 -p udp --dport 9
end_nftrace 5
assert_status 3
[[ ! -s $OUT ]] || fail "something on stdout"
assert_grep 'no packet|nothing (was )?traced|0 packets' "$ERR"

subtest "-t raw is explained"
run_nftrace lo -t raw -p udp
assert_status 2
assert_text "-t is a duration here; nftrace always works in raw" "$ERR"
