#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-twins: packets that are the same to the last bit, as an AF_PACKET sender makes them, from one
# CPU and from two at once: as many journeys as packets, and one story.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
for command in iptables ip6tables; do
	in_ns r $command-legacy-restore <<-'EOT' || fail "$command-restore"
	*raw
	-A PREROUTING -p udp -m comment --comment first
	-A PREROUTING -p udp -m comment --comment second
	COMMIT
	*mangle
	:c -
	-A PREROUTING -p udp -j c
	-A FORWARD -p udp -j c
	-A POSTROUTING -p udp -j c
	-A POSTROUTING -p udp -j MARK --set-xmark 0x0/0xff
	-A c -p udp -j MARK --set-xmark 0x1/0xff
	-A c -p tcp -j DROP
	-A c -p udp -j RETURN
	COMMIT
	*filter
	:last -
	-A FORWARD -p udp -m comment --comment first
	-A FORWARD -p udp --dport 9 -g last
	-A FORWARD -p udp --dport 10 -j DROP
	-A last -p udp -j ACCEPT
	COMMIT
	EOT
done
mac=$(ns_ip r -o link show eth0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')

# twins CPU DESTINATION/PORT COUNT PAUSE-US
twins() {
	background a "twins-$1" taskset -c "$1" "$TOOLS/twins" eth0 "$mac" 10.1.0.2 4000 \
		"${2%/*}" "${2#*/}" "$3" "$4"
	_senders+=("$BG_PID")
}

# told PACKETS FATE PERCENT: so many journeys, all one story, so many of them marked at most
told() {
	local marked stories
	sent_all
	stop_nftrace INT
	assert_status 0
	assert_equal "journeys" "$1" "$(wc -l <"$OUT")"
	# But for number and time there are few, and jq need not read all.
	awk '{ sub(/"packet":[0-9]+,"time":"[^"]*",/, "") } !seen[$0]++' "$OUT" >"$SCRATCH/kinds"
	assert_equal "fates" "$2" "$(jq -r .fate "$SCRATCH/kinds" | sort -u | paste -sd ' ')"
	marked=$(grep -c '"ambiguous":true' "$OUT")
	stories=$(grep -v '"ambiguous":true' "$SCRATCH/kinds" |
		jq -c '[[.events[] | [.table, .chain, .number, .mark, .in, .out]], .changes]' | sort -u | wc -l)
	assert_equal "stories" 1 "$stories"
	note "$_name: $marked of $1 marked"
	((marked * 100 <= $1 * $3)) || fail "$marked of $1 are marked"
}

start() {
	_senders=()
	start_nftrace r -t 100 --rate 0 --json --buffer 512 -i eth0 -p udp
}

subtest "1,000 a second"
start
twins 0 10.2.0.2/9 $((N * 500)) 1000
told $((N * 500)) FORWARDED 0

subtest "full speed"
start
twins 0 10.2.0.2/9 $((N * 3000)) 0
told $((N * 3000)) FORWARDED 1

# on_both DESTINATION/PORT COUNT FATE: so many from each of two CPUs
on_both() {
	start
	twins 0 "$1" "$2" 0
	twins 1 "$1" "$2" 0
	told $((2 * $2)) "$3" 1
}

# from_two NAME DESTINATION/PORT COUNT FATE: the same where there are two CPUs
from_two() {
	subtest "full speed, from two CPUs at once$1"
	if taskset -c 1 true 2>/dev/null; then
		on_both "${@:2}"
	else
		skip "no second CPU here"
	fi
}
from_two "" 10.2.0.2/9 $((N * 3000)) FORWARDED
from_two ", dropped" 10.2.0.2/10 $((N * 1000)) DROP
from_two ", to nowhere" 10.99.0.1/9 $((N * 500)) LOST
