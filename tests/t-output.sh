#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-output: the forms of output beside the block: -q, -v, --flat, and when each comes out.
#
# Expected: expected/output/NAME.txt; UPDATE=1 tests/run output writes them anew.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/scenario.sh"

scenario_router output
tracked=1
in_ns r iptables-legacy -t raw -S >/dev/null
in_ns r iptables-legacy -t mangle -S >/dev/null
some_rules() {
	rules <<-'EOT'
		*raw
		-A PREROUTING -p udp --dport 1001 -j MARK --set-mark 0x5
		COMMIT
		*filter
		:c -
		-A FORWARD -j c
		-A c -p udp --dport 1001 -j DROP
		COMMIT
	EOT
}
# What no two runs have in common: Ethernet addresses and IP ids, besides.
compare() {
	stop_nftrace INT
	normalise "$OUT" | sed -E 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g; s/\bid [0-9]+/id N/
		s/[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}/TIME/' >"$SCRATCH/got"
	assert_expected "the output" "$EXPECTED/$_name.txt" "$SCRATCH/got"
}
two_packets() {
	udp 10.2.0.2 1001
	udp 10.2.0.2 7 wait 20000
}

for form in quiet verbose flat flat-verbose; do
	subtest "$form"
	some_rules
	case $form in
	quiet) start_nftrace r -t 20 -i eth0 -p udp -q ;;
	verbose) start_nftrace r -t 20 -i eth0 -p udp -v ;;
	flat) start_nftrace r -t 20 -i eth0 -p udp --flat ;;
	flat-verbose) start_nftrace r -t 20 -i eth0 -p udp --flat -v ;;
	esac
	two_packets
	compare
done

subtest "only events on stdout with --flat"
start_nftrace r -t 20 -i eth0 -p udp --flat
two_packets
stop_nftrace INT
assert_equal "other lines" 0 "$(grep -vc '^TRACE: [a-z]*:[^ ]*:\(rule\|return\|policy\):[0-9]*\(  ".*"\)\?$' "$OUT")"
start_nftrace r -t 20 -i eth0 -p udp
two_packets
stop_nftrace INT
grep '^TRACE:' "$OUT" >"$SCRATCH/block"
start_nftrace r -t 20 -i eth0 -p udp --flat
two_packets
stop_nftrace INT
assert_same "the plain list" "$OUT" "$SCRATCH/block"

subtest uid
some_rules
start_nftrace r -t 20 --chain OUTPUT -p udp -v
udp_from r 10.2.0.2 1002
compare

subtest "each packet comes out as soon as its story is over"
start_nftrace r -t 20 -i eth0 -p udp -q
udp 10.2.0.2 1001
assert_within 2 "the drop is printed" has_line '^DROP' "$OUT"
udp 10.2.0.2 7 wait 20000
assert_within 2 "the one that went on is printed" has_line '^FORWARDED' "$OUT"
udp 192.0.2.1 1003
assert_within 3 "the lost one is printed" has_line '^LOST .*there is no route' "$OUT"
is_gone "$NFTRACE_PID" && fail "nftrace has ended before"
stop_nftrace INT

subtest "a packet that goes round in a queue is bounded"
rules <<'EOT'
*filter
-A FORWARD -p udp --dport 1001 -j NFQUEUE --queue-num 3
COMMIT
EOT
background r nfq "$TOOLS/nfq" 3 repeat 3000
wait_for 5 in_ns r grep -qE "^ +3 " /proc/net/netfilter/nfnetlink_queue || fail "no listener"
start_nftrace r -v -t 30 -c 1 -i eth0 -p udp --rate 0
udp 10.2.0.2 1001
end_nftrace 20
assert_status 0
assert_equal "lines of events" 512 "$(grep -c '^TRACE:' "$OUT")"
assert_grep '^  \.\.\. [0-9]+ more events \.\.\.$' "$OUT"
assert_equal "fate" '=> FORWARDED out eth1; accepted by filter:FORWARD:rule:1  "-A FORWARD -p udp -m udp --dport 1001 -j NFQUEUE --queue-num 3"' "$(tail -n 1 "$OUT")"
more=$(sed -n 's/^  \.\.\. \([0-9]*\) more.*/\1/p' "$OUT")
assert_grep " $((512 + more)) events, 0 lost" "$ERR"
((more >= 2480)) || fail "only $more events are left out"
kill $BG_PID

subtest bridge-ports
ns_del a r b
if lab_bridge; then
	settle a eth0 br port-a br port-b b eth0
	server b bridged udp 10.5.0.2 7
	in_ns br iptables-legacy -t filter -A FORWARD -p udp --dport 9 -j DROP
	in_ns br iptables-legacy -t raw -S >/dev/null
	in_ns br iptables-legacy -t mangle -S >/dev/null
	talk a udp 10.5.0.2 7 || fail "the bridge does not work"
	start_nftrace br -4 -t 20 -s 10.5.0.1 -p udp -v
	talk a udp 10.5.0.2 9 from 20009 wait 50 2>/dev/null
	talk a udp 10.5.0.2 7 from 20007
	compare
	start_nftrace br -4 -t 20 -s 10.5.0.1 -p udp --json
	talk a udp 10.5.0.2 7 from 20007
	stop_nftrace INT
	assert_schema Packet "$OUT"
	assert_equal "ports" "port-a port-b" "$(jq -r '[.events[] | .physin, .physout] | map(strings) | unique | join(" ")' "$OUT")"
else
	skip "no bridge with br_netfilter in this kernel"
fi
