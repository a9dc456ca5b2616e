#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-replies: --replies finds each answer, whatever NAT made of it, and nobody else's.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 b eth0
# A second workload behind the same interface, which talks to the same server.
addresses a eth0 10.1.0.3/24 fd00:1::3/64
ns_ip b addr add 10.2.0.7/24 dev eth0
server b udp udp 0.0.0.0 7
server b udp6 udp :: 8
server b udp9 udp 0.0.0.0 9
server b tcp tcp 0.0.0.0 7

# rules NAT...: the router's, with a count of what goes back to whom
rules() {
	in_ns r nft flush ruleset
	printf '%s\n' 'table inet fw {
		chain pass {
			type filter hook forward priority 0; policy accept;
			ip daddr 10.1.0.2 counter
			ip daddr 10.1.0.3 counter
			ip6 daddr fd00:1::2 counter
		}
	}' "$@" | in_ns r nft -f - || fail "nft -f"
}
counted() { in_ns r nft list chain inet fw pass | sed -nE "s/.*daddr $1 counter packets ([0-9]+).*/\1/p"; }

# headers: of all packets that were traced, one a line; the chain sees each once
headers() { jq -r 'select(any(.events[]; .chain == "pass")) | .headers' "$OUT"; }
traced_to() { headers | grep -cE "^$1 > "; }

# check WHO SERVER REPLIES: so many, told by the headers with which they came in
check() {
	local n
	n=$(counted "$1")
	note "$n answers came back to $1"
	((n == $3)) || fail "$n answers instead of $3 came back: is this what it should be?"
	n=$(traced_to "$2")
	((n == $3)) || { fail "$n of $3 answers are traced"; show "packets" <(headers); }
}

subtest "masquerading, two workloads to the same destination at once"
rules 'table ip nat { 
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "eth1" masquerade
	}
}'
start_nftrace r -4 -t 60 --json --replies -l 0 -s 10.1.0.2 -p udp --dport 7
talk a udp 10.2.0.2 7 source 10.1.0.3 from 5000 count 9 pause 5 &
talk a udp 10.2.0.2 7 source 10.1.0.2 from 5000 count 7 pause 5 || fail "no echo"
wait $!
assert_within 5 "all is printed" eval '(($(traced_to "10\.2\.0\.2\.7") >= 7))'
stop_nftrace INT
check 10.1.0.2 '10\.2\.0\.2\.7' 7
((n = $(traced_to '10\.1\.0\.2\.5000'), n == 7)) || fail "$n of 7 questions are traced"
(($(counted 10.1.0.3) == 9)) || fail "the other workload got no answers: this shows nothing"
! headers | grep '10\.1\.0\.3' || fail "the other workload's are traced"
(($(headers | wc -l) == 14)) || fail "$(headers | wc -l) packets instead of 14"
assert_grep "rules counted 14 packets" "$ERR"

subtest "SNAT to an address and a port; TCP"
rules 'table ip nat { 
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "eth1" ip protocol tcp snat to 10.2.0.1:40000-40100
	}
}'
start_nftrace r -4 -t 60 --json --replies -l 0 -s 10.1.0.2 -p tcp --dport 7
talk a tcp 10.2.0.2 7 source 10.1.0.3 count 2 || fail "no echo"
talk a tcp 10.2.0.2 7 source 10.1.0.2 count 3 || fail "no echo"
assert_within 5 "the last answer" eval '(($(traced_to "10\.2\.0\.2\.7") >= $(counted 10.1.0.2)))'
stop_nftrace INT
n=$(counted 10.1.0.2)
((n >= 5)) || fail "only $n answers"
check 10.1.0.2 '10\.2\.0\.2\.7' "$n"
! headers | grep '10\.1\.0\.3' || fail "the other workload's are traced"

subtest "a service: DNAT and masquerading; others go to its endpoint themselves"
ns_ip a route add 10.96.0.0/16 via 10.1.0.1
rules 'table ip nat { 
	chain pre {
		type nat hook prerouting priority dstnat;
		ip daddr 10.96.0.1 udp dport 80 dnat to 10.2.0.2:7
	}
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "eth1" masquerade
	}
}'
start_nftrace r -4 -t 60 --json --replies -l 0 -d 10.96.0.1 -p udp --dport 80
talk a udp 10.2.0.2 7 source 10.1.0.3 from 6000 count 5 pause 5 &
talk a udp 10.96.0.1 80 source 10.1.0.2 from 6000 count 6 pause 5 || fail "no echo"
wait $!
assert_within 5 "all is printed" eval '(($(traced_to "10\.2\.0\.2\.7") >= 6))'
stop_nftrace INT
check 10.1.0.2 '10\.2\.0\.2\.7' 6
(($(counted 10.1.0.3) == 5)) || fail "nobody else talked: this shows nothing"
(($(headers | wc -l) == 12)) || { fail "$(headers | wc -l) packets instead of 12"; show packets <(headers); }
assert_grep "rules counted 12 packets" "$ERR"

subtest "IPv6, masquerading"
rules 'table ip6 nat { 
	chain post {
		type nat hook postrouting priority srcnat;
		oifname "eth1" masquerade
	}
}'
start_nftrace r -6 -t 60 --json --replies -l 0 -s fd00:1::2 -p udp --dport 8
talk a udp fd00:2::2 8 source fd00:1::3 count 4 || fail "no echo"
talk a udp fd00:2::2 8 source fd00:1::2 count 5 || fail "no echo"
assert_within 5 "all is printed" eval '(($(traced_to "fd00:2::2\.8") >= 5))'
stop_nftrace INT
check fd00:1::2 'fd00:2::2\.8' 5
(($(headers | wc -l) == 10)) || { fail "$(headers | wc -l) packets instead of 10"; show packets <(headers); }
assert_grep "rules counted 10 packets" "$ERR"

subtest "the other way round: answers to what the server says first"
rules
start_nftrace r -4 -t 60 --json --replies -l 0 -s 10.2.0.2 -p udp --sport 7
talk a udp 10.2.0.2 7 source 10.1.0.2 from 7000 count 3 pause 20 || fail "no echo"
talk a udp 10.2.0.2 9 source 10.1.0.2 from 7001 count 3 || fail "no echo"
assert_within 5 "all is printed" eval '(($(wc -l <"$OUT") >= 5))'
stop_nftrace INT
# The first question came before anything that matches.
((n = $(traced_to '10\.1\.0\.2\.7000'), n == 2)) || fail "$n of 2 answers are traced"
! headers | grep '7001' || fail "another connection's packets are traced"
