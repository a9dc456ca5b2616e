#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hooks: at which hooks there are chains, of filter, of nat, both or none, legacy, nft's or both: packets told are packets sent.
# TIMEOUT: 900
#
# unit/journey_matrix_test.c goes through all of them in no time; this shows that the kernel
# does as is done there. SOAK=1 goes through all of nft's here as well, with PART=1/4 through a fourth.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
borrow_kallsyms

lab_router
settle a eth0 r eth0 r eth1 b eth0
addresses r lo 10.9.0.1/32 fd00:9::1/128
talk a udp 10.2.0.2 7 wait 1 2>/dev/null
for to in 10.2.0.2 fd00:2::2; do talk r udp $to 7 wait 1 2>/dev/null; done

declare -A HOOK=([p]=prerouting [i]=input [f]=forward [o]=output [s]=postrouting)
declare -A NAT=([p]="priority -100; policy accept; udp dport 9 redirect to :9"
	[o]="priority -100; policy accept; udp dport 9 redirect to :9"
	[i]="priority 100; policy accept; udp dport 1000-1099 counter"
	[s]="priority 100; policy accept; oifname eth1 masquerade")

# chains FILTER NAT PRIORITY: hooks by their letters
chains() {
	local i
	echo "flush ruleset"
	echo "table inet t {"
	for ((i = 0; i < ${#1}; i++)); do
		echo "chain f${1:i:1} { type filter hook ${HOOK[${1:i:1}]} priority $3; policy accept; }"
	done
	for ((i = 0; i < ${#2}; i++)); do
		echo "chain n${2:i:1} { type nat hook ${HOOK[${2:i:1}]} ${NAT[${2:i:1}]}; }"
	done
	echo "}"
}

# Twice by one socket: the first packet of a connection, and another. What an ICMP error
# to the first leaves behind fails one write.
say='for to; do
	exec 3<>/dev/udp/${to/,//}
	for i in 1 2; do echo x >&3 || echo x >&3; done
done 2>/dev/null'

# Forwarded, to the router, from it, and over its loopback: 16 packets.
packets() {
	in_ns a bash -c "$say" - {10.2.0.2,fd00:2::2},1000 {10.1.0.1,fd00:1::1},1001
	in_ns r bash -c "$say" - {10.2.0.2,fd00:2::2},1002 {10.9.0.1,fd00:9::1},1003
}

# judge: each packet is one story, and none is without an end; over loopback the rules count twice
judge() {
	assert_equal "packets told" "1000: 4 1001: 4 1002: 4 1003: 4" \
		"$(sed -nE 's/^#[0-9]+ .*\.(100[0-3]): UDP.*/\1/p' "$OUT" | sort | uniq -c |
		awk '{ printf "%s%s: %s", (NR > 1 ? " " : ""), $2, $1 }')"
	assert_grep 'the TRACE rules counted 20 packets' "$ERR"
	assert_no_grep '^=> (LOST|INCOMPLETE|STOLEN|DROP|QUEUE|REJECT)' "$OUT"
}

trace_them() {
	start_nftrace r -v --no-drops -t 30 --rate 0 -p udp --dport 1000:1003
	packets
	stop_nftrace INT
	judge
}

# host FILTER NAT [PRIORITY]
host() {
	subtest "${tables:+$tables and }nft filter ${1:-none}, nat ${2:-none}, priority ${3:-0}"
	in_ns r nft -f <(chains "$1" "$2" "${3:-0}") || fail "nft -f"
	trace_them
}

# some: those at which a packet has been told as two, or may be
some() {
	host f s
	host o s
	host "" s
	host i i
	host s p
	host "" o
	host fs ps 300
	host pifos pios
	host ifo is 300
	host i po
}

# all LETTERS: each set of them
all() {
	local n=$((1 << ${#1})) i k set
	for ((i = 0; i < n; i++)); do
		set=
		for ((k = 0; k < ${#1}; k++)); do
			((!(i >> k & 1))) || set+=${1:k:1}
		done
		echo "$set"
	done
}
each() {
	local filter nat
	while read -r filter; do
		while read -r nat; do
			[[ -n $filter$nat ]] && in_part || continue
			host "$filter" "$nat" $((RANDOM % 2 * 300))
		done < <(all pios)
	done < <(all pifos)
}

tables=
if [[ -n ${SOAK-} ]]; then each; else some; fi
# Of parts the first does what every run does.
[[ ${PART:-1/} = 1/* ]] || exit 0

for save in "*filter;-A FORWARD -i eth0 -j ACCEPT;COMMIT" "*mangle;-A INPUT -i nosuch -j DROP;COMMIT"; do
	subtest "iptables-nft: ${save%%;*}, nat POSTROUTING"
	in_ns r nft flush ruleset
	for family in iptables ip6tables; do
		in_ns r $family-nft-restore < <(tr ';' '\n' <<<"$save"
			printf '%s\n' '*nat' '-A POSTROUTING -o eth1 -j MASQUERADE' COMMIT) ||
			fail "$family-nft-restore"
	done
	trace_them
done

# Legacy tables stay: each is there from here on.
for table in filter nat mangle; do
	for family in iptables ip6tables; do
		in_ns r $family-legacy -w -t $table -S >/dev/null || fail "$family-legacy"
	done
	tables+=${tables:+, }$table
	subtest "$tables"
	in_ns r nft flush ruleset
	trace_them
	host f s
	host s i
done
