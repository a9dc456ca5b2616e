#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-group: NFLOG group 0 is taken: by whom is said, and nothing is changed.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"

subtest "tcpdump -i nflog:0 in the way"
if ! command -v tcpdump >/dev/null; then
	skip "no tcpdump"
	exit 0
fi
background lo tcpdump tcpdump -i nflog:0 -w /dev/null
tcpdump=$BG_PID
assert_within 10 "tcpdump listens" grep -q 'listening on' "$SCRATCH/tcpdump.err"
save_rules lo "$before"	# tcpdump has set the logger
run_nftrace lo -t 1 -p udp --dport 9
assert_status 1
assert_grep "\\b$tcpdump\\b" "$ERR"
assert_text tcpdump "$ERR"
assert_grep 'group 0' "$ERR"
assert_restored lo "$before"

subtest "the other goes on undisturbed"
is_gone $tcpdump && fail "tcpdump is gone"
kill -INT $tcpdump
assert_within 5 "tcpdump ends" is_gone $tcpdump

subtest "in another network namespace it is free"
background lo tcpdump tcpdump -i nflog:0 -w /dev/null
assert_within 10 "tcpdump listens" grep -q 'listening on' "$SCRATCH/tcpdump.err"
lab_loopback other
in_ns other iptables-legacy -A INPUT -j ACCEPT
run_nftrace other -t 1 -p udp --dport 9
assert_status 3
