#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-answers: --replies says of which connections no answer was seen, in any backend, through NAT.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 b eth0
server b udp udp 0.0.0.0 7
server b udp6 udp :: 7
server b tcp tcp 0.0.0.0 7
# Port 9 hears all and says nothing.
in_ns b iptables-legacy -A INPUT -p udp --dport 9 -j DROP
in_ns b iptables-legacy -A INPUT -p tcp --dport 99 -j DROP
in_ns b iptables-legacy -A INPUT -p icmp --icmp-type echo-request -s 10.2.0.1 -m length --length 1000: -j DROP

rules_legacy() {
	in_ns r iptables-legacy-restore <<'RULES'
*nat
-A PREROUTING -d 10.9.9.9/32 -p udp -m udp --dport 80 -j DNAT --to-destination 10.2.0.2:7
-A PREROUTING -d 10.9.9.9/32 -p udp -m udp --dport 81 -j DNAT --to-destination 10.2.0.2:9
-A POSTROUTING -o eth1 -j MASQUERADE
COMMIT
*filter
-A FORWARD -p udp -m udp --dport 666 -j DROP
COMMIT
RULES
}
rules_nft() {
	in_ns r nft 'table ip fw {
		chain pre { type nat hook prerouting priority -100; ip daddr 10.9.9.9 udp dport 80 dnat to 10.2.0.2:7; ip daddr 10.9.9.9 udp dport 81 dnat to 10.2.0.2:9; }
		chain post { type nat hook postrouting priority 100; oifname "eth1" masquerade; }
		chain pass { type filter hook forward priority 0; udp dport 666 drop; }
	}' || fail nft
}

told() { (($(wc -l <"$OUT") >= $1)); }
# run PACKETS WORDS...: a run in which the function `traffic` sends
run() {
	local n=$1
	shift
	start_nftrace r -t 60 --rate 0 --json --replies "$@"
	traffic
	assert_within 10 "$n packets are told" told "$n"
	stop_nftrace INT
	assert_status 0
}
udp() { talk a udp "$1" "$2" from "$3" wait "${4:-20000}" 2>/dev/null; }

for by in legacy nft; do
	rules_$by
	subtest "$by: all are answered: nothing is said"
	traffic() {
		udp 10.9.9.9 80 20001 || fail "no echo"
		talk a tcp 10.2.0.2 7 >/dev/null || fail "no TCP"
		in_ns a ping -c 2 -i 0.2 -W 2 10.2.0.2 >/dev/null || fail "no ping"
	}
	run 8 -4 -s 10.1.0.2
	assert_no_grep 'no answer' "$ERR"
	assert_grep '^\{.*10\.2\.0\.2\.7 > ' "$OUT"

	# An error is an answer; what the router drops needs none.
	subtest "$by: some are not, and the first of them is named"
	traffic() {
		udp 10.9.9.9 80 20001
		udp 10.2.0.2 1234 20002 2000
		udp 10.2.0.2 666 20003 1
		udp 10.9.9.9 81 20004 1
		udp 10.9.9.9 81 20004 1
		udp 10.2.0.2 9 20005 1
		in_ns a ping -c 1 -s 1200 -W 1 10.2.0.2 >/dev/null
	}
	run 9 -4 -s 10.1.0.2
	assert_equal "the error is told" 1 "$(jq -r .headers "$OUT" | grep -c 'ICMP .*port.* unreachable')"
	assert_grep 'note: no answer to 3 of 5 connections was seen \(behind conntrack, until the end\): the first one.s question is 10\.1\.0\.2\.20004 > 10\.9\.9\.9\.81: UDP, length [0-9]+$' "$ERR"

	subtest "$by: a handshake that nobody answers"
	traffic() { ! talk a tcp 10.2.0.2 99 wait 300 2>/dev/null; }
	run 1 -4 -p tcp --dport 99
	assert_grep 'note: no answer to 1 of 1 connection was seen .*: the first one.s question is 10\.1\.0\.2\.[0-9]+ > 10\.2\.0\.2\.99: .*S' "$ERR"
	in_ns r iptables-legacy -t nat -F
	in_ns r iptables-legacy -F
	[[ $by = legacy ]] || in_ns r nft delete table ip fw
done

subtest "IPv6"
in_ns r ip6tables-legacy -A FORWARD -p udp -j ACCEPT
traffic() { talk a udp fd00:2::2 7 from 20001 || fail "no echo"; talk a udp fd00:2::2 9 from 20002 wait 1000 2>/dev/null; }
run 4 -6 -s fd00:1::2 -p udp
assert_no_grep 'no answer' "$ERR"
in_ns b ip6tables-legacy -A INPUT -p udp --dport 9 -j DROP
run 3 -6 -s fd00:1::2 -p udp
assert_grep 'note: no answer to 1 of 2 connections .* is fd00:1::2\.20002 > fd00:2::2\.9: UDP' "$ERR"

subtest "without --replies nothing is known of answers; nor with -c of the last one's"
in_ns r iptables-legacy -A FORWARD -p udp -j ACCEPT
start_nftrace r -4 -t 60 -p udp --dport 9
udp 10.2.0.2 9 20001 1
assert_within 10 "it is told" grep -q FORWARDED "$OUT"
stop_nftrace INT
assert_no_grep 'no answer' "$ERR"
start_nftrace r -4 -t 60 -c 1 --replies -p udp --dport 9
udp 10.2.0.2 9 20001 1
end_nftrace
assert_no_grep 'no answer' "$ERR"

subtest "--masked: how many, and not who"
traffic() { udp 10.2.0.2 9 20001 1; }
run 1 -4 --masked -p udp --dport 9
assert_grep 'note: no answer to 1 of 1 connection was seen \(behind conntrack, until the end\)$' "$ERR"

subtest "of what is untracked no answer can be known"
in_ns r iptables-legacy -t raw -A PREROUTING -p udp -j CT --notrack
start_nftrace r -4 -t 60 --replies -p udp --dport 9
udp 10.2.0.2 9 20001 1
assert_within 10 "it is told" grep -q FORWARDED "$OUT"
stop_nftrace INT
assert_no_grep 'no answer' "$ERR"
assert_grep 'note: answers to 1 packet are not traced: --replies knows them by conntrack, which does not track it$' "$ERR"
in_ns r iptables-legacy -t raw -D PREROUTING -p udp -j CT --notrack

# a has the answer, and conntrack made another connection of it.
subtest "a question that is in a zone of conntrack, and its answer in none"
in_ns r iptables-legacy -t raw -A PREROUTING -i eth0 -p udp -j CT --zone 1
start_nftrace r -4 -t 60 --replies -p udp --dport 7
udp 10.2.0.2 7 20009 || fail "no echo"
assert_within 10 "it is told" grep -q FORWARDED "$OUT"
stop_nftrace INT
assert_grep 'note: no answer to 1 of 1 connection was seen' "$ERR"
assert_grep 'note: 1 of these was put into a zone of conntrack by a rule: an answer that is in another one is of no connection there, and not known as one$' "$ERR"
in_ns r iptables-legacy -t raw -D PREROUTING -i eth0 -p udp -j CT --zone 1

subtest "by rules in raw nothing is said: they do not find all answers"
start_nftrace r -4 -t 60 --backend legacy --replies -p udp --dport 9
udp 10.2.0.2 9 20001 1
assert_within 10 "it is told" grep -q FORWARDED "$OUT"
stop_nftrace INT
assert_no_grep 'no answer' "$ERR"
