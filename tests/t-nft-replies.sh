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
server b tcp6 tcp :: 8

# rules NAT...: the router's, with a count of what goes back to whom
rules() {
	in_ns r nft flush ruleset
	printf '%s\n' 'table inet fw {
		chain pass {
			type filter hook forward priority 0; policy accept;
			ip daddr 10.1.0.2 counter
			ip daddr 10.1.0.3 counter
			ip6 daddr fd00:1::2 counter
			ip6 daddr fd00:1::3 counter
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

# answered N: so many came back to the workload; all have been printed
answered() { assert_within 5 "all is printed" eval "((\$(traced_to '$there\.$port') >= $1))"; }
strangers() { ! headers | grep -F "$other." || fail "the other workload's are traced"; }

# Ports of their own: two first packets that NAT would give one tuple, on two CPUs, lose one.
# all_of FAMILY PORT WORKLOAD OTHER SERVER SERVICE NODE
all_of() {
	local family=$1 port=$2 one=$3 other=$4 to=$5 service=$6 node=$7 here there ip=ip sep n
	[[ $family = 4 ]] || ip=ip6
	here=${one//./\\.} there=${to//./\\.} sep="$to:$port"
	[[ $family = 4 ]] || sep="[$to]:$port"

	subtest "$ip: masquerading, two workloads to the same destination at once"
	rules "table $ip nat {
		chain post {
			type nat hook postrouting priority srcnat;
			oifname \"eth1\" masquerade
		}
	}"
	start_nftrace r "-$family" -v -t 60 --json --replies -l 0 -s "$one" -p udp --dport "$port"
	talk a udp "$to" "$port" source "$other" from 5001 count 9 pause 5 &
	talk a udp "$to" "$port" source "$one" from 5000 count 7 pause 5 || fail "no echo"
	wait $!
	answered 7
	stop_nftrace INT
	check "$one" "$there\.$port" 7
	((n = $(traced_to "$here\.5000"), n == 7)) || fail "$n of 7 questions are traced"
	(($(counted "$other") == 9)) || fail "the other workload got no answers: this shows nothing"
	strangers
	(($(headers | wc -l) == 14)) || fail "$(headers | wc -l) packets instead of 14"
	assert_grep "rules counted 14 packets" "$ERR"

	subtest "$ip: SNAT to an address and a port, two workloads at once; TCP"
	rules "table $ip nat {
		chain post {
			type nat hook postrouting priority srcnat;
			oifname \"eth1\" meta l4proto tcp snat to $node:40000-40100
		}
	}"
	start_nftrace r "-$family" -v -t 60 --json --replies -l 0 -s "$one" -p tcp --dport "$port"
	talk a tcp "$to" "$port" source "$other" count 2 &
	talk a tcp "$to" "$port" source "$one" count 3 || fail "no echo"
	wait $! || fail "no echo for the other"
	answered "$(counted "$one")"
	stop_nftrace INT
	n=$(counted "$one")
	((n >= 5)) || fail "only $n answers"
	(($(counted "$other") >= 4)) || fail "the other workload got no answers: this shows nothing"
	check "$one" "$there\.$port" "$n"
	strangers

	subtest "$ip: a service: DNAT and masquerading; others go to its endpoint themselves"
	rules "table $ip nat {
		chain pre {
			type nat hook prerouting priority dstnat;
			$ip daddr $service udp dport 80 dnat to $sep
		}
		chain post {
			type nat hook postrouting priority srcnat;
			oifname \"eth1\" masquerade
		}
	}"
	start_nftrace r "-$family" -v -t 60 --json --replies -l 0 -d "$service" -p udp --dport 80
	talk a udp "$to" "$port" source "$other" from 6001 count 5 pause 5 &
	talk a udp "$service" 80 source "$one" from 6000 count 6 pause 5 || fail "no echo"
	wait $!
	answered 6
	stop_nftrace INT
	check "$one" "$there\.$port" 6
	(($(counted "$other") == 5)) || fail "nobody else talked: this shows nothing"
	(($(headers | wc -l) == 12)) || { fail "$(headers | wc -l) packets instead of 12"; show packets <(headers); }
	assert_grep "rules counted 12 packets" "$ERR"
}

ns_ip a route add 10.96.0.0/16 via 10.1.0.1
ns_ip a route add fd00:96::/64 via fd00:1::1
all_of 4 7 10.1.0.2 10.1.0.3 10.2.0.2 10.96.0.1 10.2.0.1
all_of 6 8 fd00:1::2 fd00:1::3 fd00:2::2 fd00:96::1 "[fd00:2::1]"

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


subtest "rules of iptables-legacy, which masquerade: nft traces them as well, unasked"
in_ns r nft flush ruleset
in_ns r iptables-legacy -A FORWARD -d 10.1.0.2 || fail "no iptables-legacy"
in_ns r iptables-legacy -t nat -A POSTROUTING -o eth1 -j MASQUERADE
in_ns r iptables-legacy -t raw -S >/dev/null
start_nftrace r -4 -t 60 --json --replies -l 0 -s 10.1.0.2 -p udp --dport 7
talk a udp 10.2.0.2 7 source 10.1.0.2 from 5002 count 3 pause 5 || fail "no echo"
assert_within 5 "all is printed" eval '(($(wc -l <"$OUT") >= 6))'
stop_nftrace INT
assert_equal "questions and answers" "3 3" "$(jq -r '.in' "$OUT" | sort | uniq -c | awk '{ print $1 }' | paste -sd ' ')"
assert_equal "answers that iptables' rule saw" 3 "$(jq -r 'select(.in == "eth1" and any(.events[]; .backend == "legacy" and .chain == "FORWARD")) | .fate' "$OUT" | grep -c FORWARDED)"
assert_no_grep 'warning' "$ERR"

subtest "an expression of which no reply could be told by its addresses"
run_nftrace r --dry-run --replies -i eth0 -p icmp
assert_status 0
