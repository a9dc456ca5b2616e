#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-loss: events are lost: how many is right to the event, and no fate is made up.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
spell_all r
for port in 9 10; do sink b udp 10.2.0.2 $port; done

# Each packet a rule is hit by is one event; the TRACE rule itself is none.
offered() {
	in_ns r iptables-legacy-save -c |
		sed -n '/-j TRACE/d; s/^\[\([0-9]*\):.* -A .*/\1/p' |
		awk '{ n += $1 } END { print n + 0 }'
}
zero() {
	local table
	for table in raw mangle filter; do in_ns r iptables-legacy -t $table -Z; done
}
count_of() { grep -Eo "[0-9]+ $1" "$ERR" | head -n 1 | cut -d ' ' -f 1; }

# burst BASE COUNT: from two senders with different flows
burst() {
	_senders=()
	send a udp 10.1.0.2/4001 10.2.0.2/9 base "$1" step 2 count "$2"
	send a udp 10.1.0.2/4002 10.2.0.2/10 base $(($1 + 1)) step 2 count "$2"
	sent_all
}

# lossy SCENARIO...: with the smallest buffer; WITNESS=no: only legacy tables make events
lossy() {
	local reader
	zero
	BUFFER=1 trace r -i eth0 -p udp ${WITNESS:+--no-witness}
	reader=$(child_named nftrace-reader)
	"$@"
	# How many of one scenario cannot be told apart hangs on which events happen to be lost: 0 to a
	# quarter. Their fates are judged as well; of all scenarios together there may be one in five.
	judge enter=eth0/in leave=eth1/out drop=$DROP lossy=1 marked=50
	count_marked
	assert_status 5
	local lost events
	lost=$(count_of lost) events=$(count_of 'events?,')
	# A witness's event is none that is counted, unless it is lost.
	[[ -n ${WITNESS-} ]] || ((events + lost >= $(offered))) ||
		fail "received $events and lost $lost of $(offered)"
	[[ -z ${WITNESS-} ]] || assert_equal "received and lost" "$(offered)" $((events + lost))
	((lost > 100)) || fail "only $lost events lost"
}

in_the_middle() {
	local i
	for ((i = 0; i < 3 * N; i++)); do
		burst $((i * 2000)) 50
		kill -STOP "$reader"
		burst $((i * 2000 + 200)) 200
		kill -CONT "$reader"
		burst $((i * 2000 + 800)) 100
	done
}

at_the_end() {
	burst 0 50
	kill -STOP "$reader"
	burst 200 200
	kill -CONT "$reader"
}

silence_behind() {
	at_the_end
	# Longer than what a journey is waited for.
	wait_for 5 grep -q INCOMPLETE "$OUT" || fail "no journey is closed as incomplete"
}

subtest "the reader is held up again and again"
lossy in_the_middle
subtest "the same, where only legacy tables make events"
WITNESS=no lossy in_the_middle
subtest "the last events are lost"
WITNESS=no lossy at_the_end
subtest "the last events are lost, and silence follows"
lossy silence_behind

subtest "at most one packet in five cannot be told apart, all in all"
note "$MARKED of $JUDGED"
((JUDGED >= 5000)) || fail "only $JUDGED packets were judged"
((MARKED * 5 <= JUDGED)) || fail "$MARKED of $JUDGED are marked"
