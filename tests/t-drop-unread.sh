#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-drop-unread: packets told before their drop records were read: likely DELIVERED, never for certain.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"

need_records
lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns b iptables-legacy -A INPUT -p udp -j DROP
in_ns r iptables-legacy -t filter -S >/dev/null

# trace_full: a run, and in front of it a socket that takes no more than a few
trace_full() {
	sink r udp 10.1.0.1 9 4096
	SINK=$BG_PID
	kill -STOP "$SINK"
	start_nftrace r -4 -t 120 --rate 0 --buffer 512 --json -i eth0 -p udp
	_senders=()
}
# judge_full N: of N packets to that socket those that it has not got are LOST, or not told for certain
judge_full() {
	local got told lost
	kill -CONT "$SINK"
	kill -INT "$SINK"
	assert_within 10 "the sink ends" is_gone "$SINK"
	kill -INT "$NFTRACE_PID"
	end_nftrace 60
	got=$(awk '$1 == "sink/in"' "$SCRATCH/sink-10.1.0.1-9" | wc -l)
	to_full() { jq -c "select(.late | not) | select(.headers | test(\"> 10.1.0.1.9: \")) | $1" "$OUT" | wc -l; }
	told=$(to_full 'select(.fate == "DELIVERED" and .reason == null)')
	likely=$(to_full 'select(.fate == "DELIVERED" and ((.reason // "") | test("^likely: what the kernel tells")))')
	lost=$(to_full 'select(.fate == "LOST" and .drop.reason == "SOCKET_RCVBUFF")')
	note "$got of $1 received; $told DELIVERED, $likely likely DELIVERED, $lost LOST"
	assert_equal "all told" "$1" $((told + likely + lost))
	((told <= got)) || fail "$told DELIVERED for certain, and only $got received"
	((lost <= $1 - got)) || fail "$lost LOST, and $got received"
	((got < $1 / 2)) || fail "the socket took $got of $1"
}

subtest "more in the socket than can wait for its records"
trace_full
reader=$(reading_child)
kill -STOP "$reader"
send a udp 10.1.0.2/4001 10.1.0.1/9 base 100000 count 1500
sent_all
in_ns a "$TOOLS/flood" 10.2.0.2 7 17000 32 >/dev/null
kill -CONT "$reader"
judge_full 1500
assert_status 5
((likely > 1000)) || fail "only $likely went before their records were read"
unread=$(sed -nE 's/.*warning: what the kernel tells of lost packets was not read in time, as so much came or this host is too busy: ([0-9]+) packets are told as likely, or as UNKNOWN$/\1/p' "$ERR")
((unread >= likely)) || fail "the summary says ${unread:-nothing}"

# Some seconds: that is how long a record waits for a name.
[[ -n ${SOAK-} ]] || exit 0
subtest "the function's name does not come"
export NFTRACE_TESTPOINT=before-symbols NFTRACE_TESTPOINT_FILE=$SCRATCH/at NFTRACE=$WITH_POINTS
trace_full
send a udp 10.1.0.2/4001 10.1.0.1/9 base 200000 count 1500
sent_all
assert_within 20 "the helper is asked" test -e "$SCRATCH/at"
assert_within 60 "all of them are told" eval '(($(wc -l <"$OUT") >= 1500))'
rm -f "$SCRATCH/at"
judge_full 1500
