#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-ipset: what a rule asks a set of ipset for is asked as well; the judge is the kernel's own match.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
in_ns lo ipset create probe hash:ip 2>/dev/null || skip_all "no ipset in this kernel"

# Elements with the packets' values, beside them, as exceptions, of another family; none at all.
# Of what this kernel has no type there is none.
while read -r line; do
	# shellcheck disable=SC2086
	in_ns lo ipset $line 2>/dev/null
done <<'END'
create i4 hash:ip counters
add i4 10.9.0.1
create i4o hash:ip
add i4o 10.9.0.2
create masked hash:ip netmask 24
add masked 10.9.0.0
create i6 hash:ip family inet6
add i6 fd00:9::1
create n4 hash:net counters
add n4 10.0.0.0/8
add n4 10.9.0.0/24 nomatch
create n4in hash:net
add n4in 10.9.0.0/16
create n6 hash:net family inet6
add n6 fd00::/16
create all hash:net
add all 0.0.0.0/1
create ip hash:ip,port
add ip 10.9.0.1,udp:2000
add ip 10.9.0.1,tcp:2001
add ip 10.9.0.1,icmp:8/0
add ip 10.9.0.1,gre:0
create ip6 hash:ip,port family inet6
add ip6 fd00:9::1,udp:2000
add ip6 fd00:9::1,icmpv6:128/0
add ip6 fd00:9::1,59:0
create np hash:net,port
add np 10.9.0.0/16,udp:30000
add np 10.9.0.0/24,udp:2000 nomatch
create ipi hash:ip,port,ip
add ipi 10.9.0.1,udp:2000,10.9.0.1
create ipn hash:ip,port,net
add ipn 10.9.0.1,udp:2000,10.9.0.0/24
create npn hash:net,port,net
add npn 10.9.0.0/24,udp:2000,10.9.0.0/24
create nn hash:net,net
add nn 10.9.0.0/24,10.9.0.0/16
create ni hash:net,iface
add ni 10.9.0.0/24,lo
create nie hash:net,iface
add nie 10.9.0.0/24,eth0
create im hash:ip,mark
add im 10.9.0.1,0x5
create b bitmap:ip range 10.9.0.0/24
add b 10.9.0.1
create bfar bitmap:ip range 10.8.0.0/24
add bfar 10.8.0.1
create bp bitmap:port range 1000-3000
add bp 2000
create both list:set
add both i4o
add both i6
add both ip
create none list:set
create plain4 list:set
add plain4 n4
create old hash:ip timeout 600
add old 10.9.0.1
END

# asks 4|6: SET WORDS NOMATCH, of that family's sets and of lists
asks() {
	local set words
	for set in $(in_ns lo ipset list -n); do
		case $set in
		both|none|plain4) ;;
		*6) [[ $1 = 6 ]] || continue ;;
		*) [[ $1 = 4 ]] || continue ;;
		esac
		for words in src dst src,dst dst,src src,src dst,dst src,dst,dst dst,dst,src src,src,src dst,src,src,src; do
			echo "$set $words 0"
		done
		case $set in n4*|np|ni|all|n6|both|i4|ipn) printf '%s 1\n' "$set src,dst" "$set dst,dst,dst" ;; esac
	done >"$SCRATCH/asked"
}

# rules: one without a target for each
rules() {
	echo "*raw"
	while read -r set words nomatch; do
		[[ $nomatch = 0 ]] && nomatch= || nomatch=--return-nomatch
		echo "-A PREROUTING -m set --match-set $set $words $nomatch"
	done <"$SCRATCH/asked"
	echo COMMIT
}

# met COMMAND: "in" or "out" of each rule
met() { in_ns lo "$1-legacy-save" -c -t raw | sed -nE 's/^\[0:0\] -A .*/out/p; s/^\[[1-9][0-9]*:.*\] -A .*/in/p'; }

# judged NAME COMMAND TOOL-ARGS...: what was met by the packet just sent, and what is asked
judged() {
	met "$2" >"$SCRATCH/met"
	in_ns lo "$UNIT/ipset_tool" "${@:3}" <"$SCRATCH/asked" >"$SCRATCH/told" || fail "ipset_tool ends with $?"
	paste -d ' ' "$SCRATCH/asked" "$SCRATCH/met" >"$SCRATCH/right"
	paste -d ' ' "$SCRATCH/asked" "$SCRATCH/told" >"$SCRATCH/mine"
	# Nobody needs to know of all of them; what is known must be so.
	note "$1: $(cut -d ' ' -f 4 "$SCRATCH/mine" | sort | uniq -c | paste -sd ' ')"
	show "$1: wrong" <(join -j 1 <(sed 's/ /_/; s/ /_/' "$SCRATCH/right" | sort) <(sed 's/ /_/; s/ /_/' "$SCRATCH/mine" | sort) |
		awk '$3 != "?" && $2 != $3' | tee "$SCRATCH/wrong")
	[[ ! -s $SCRATCH/wrong ]] || fail "$1: $(wc -l <"$SCRATCH/wrong") of them are told otherwise than the kernel did"
}

# enough ROWS IN: were so many known, and so many of them met?
enough() {
	(($(grep -vc '?$' "$SCRATCH/mine") >= $1 && $(grep -c ' in$' "$SCRATCH/mine") >= $2)) ||
		fail "too few are known: $(cut -d ' ' -f 4 "$SCRATCH/mine" | sort | uniq -c | paste -sd ' ')"
}

subtest "UDP, IPv4: the same as the kernel's match"
asks 4
in_ns lo iptables-legacy-restore < <(rules) || fail "rules"
talk lo udp 10.9.0.1 2000 from 30000 source 10.9.0.1 wait 1 2>/dev/null
before=$(in_ns lo ipset list i4 | grep '^10')
judged "UDP, IPv4" iptables 4 17 10.9.0.1 10.9.0.1 30000 2000 lo - 0
enough 150 60

subtest "counters of a set are not touched"
assert_equal "element" "$before" "$(in_ns lo ipset list i4 | grep '^10')"

subtest "ICMP, IPv4"
asks 4
in_ns lo iptables-legacy-restore < <(rules) || fail "rules"
in_ns lo ping -q -c 1 -W 1 10.9.0.1 >/dev/null
judged "ICMP" iptables 4 1 10.9.0.1 10.9.0.1 2048 2048 lo - 0
enough 120 40

subtest "UDP, IPv6"
asks 6
in_ns lo ip6tables-legacy-restore < <(rules) || fail "rules"
talk lo udp fd00:9::1 2000 from 30000 source fd00:9::1 wait 1 2>/dev/null
judged "UDP, IPv6" ip6tables 6 17 fd00:9::1 fd00:9::1 30000 2000 lo - 0
enough 50 15

# raw_packet FAMILY PROTO ADDRESS: of a protocol without ports, with some bytes
raw_packet() {
	in_ns lo python3 -c '
import socket, sys
family, proto, address = sys.argv[1:]
family = socket.AF_INET if family == "4" else socket.AF_INET6
s = socket.socket(family, socket.SOCK_RAW, int(proto))
s.bind((address, 0))
s.sendto(bytes(8), (address, 0))' "$@"
}

subtest "protocols without ports, and where the kernel looks for none"
for what in "4 47 10.9.0.1" "6 59 fd00:9::1"; do
	read -r family proto address <<<"$what"
	[[ $family = 4 ]] && command=iptables || command=ip6tables
	asks "$family"
	in_ns lo $command-legacy-restore < <(rules) || fail "rules"
	raw_packet "$family" "$proto" "$address" || fail "protocol $proto"
	judged "protocol $proto" $command "$family" "$proto" "$address" "$address" 0 0 lo - 0
	enough 20 5
done

in_ns lo iptables-legacy -t raw -F
in_ns lo ip6tables-legacy -t raw -F
near() { jq -r '.near[] | "\(.rule.chain):\(.rule.number // .rule.handle) \(.failed): \(.value) \(.how)"' "$OUT"; }

# sent ARGS...: a packet to the port 2000, and what was told
sent() {
	start_nftrace lo -p udp -d 10.9.0.1 --dport 2000 --sport 30000 -c 1 "$@"
	talk lo udp 10.9.0.1 2000 from 30000 source 10.9.0.1 wait 1 2>/dev/null
	end_nftrace
}

for kind in legacy nft; do
	subtest "$kind: near misses, with what sets hold now"
	in_ns lo iptables-$kind-restore <<'END' || fail "rules"
*filter
:IN - [0:0]
-A INPUT -p udp -m udp --dport 2000:2009 -j IN
-A IN -p udp -m set --match-set i4o src -j ACCEPT
-A IN -p udp -m set ! --match-set n4in dst -j ACCEPT
-A IN -p udp -m udp --dport 2002 -m set --match-set i4o src -j ACCEPT
-A IN -p udp -m udp --dport 2003 -m set --match-set i4 src -j ACCEPT
-A IN -j DROP
COMMIT
END
	sent --backend $kind --json
	assert_equal "what was near" "IN:1 -m set --match-set i4o src: 10.9.0.1 is not in it asked
IN:2 -m set ! --match-set n4in dst: 10.9.0.1 is in it asked
IN:4 --dport 2003: the packet's is 2000 seen" "$(near | sort)"
	assert_schema Packet "$OUT"
	sent --backend $kind --explain
	assert_text '         -m set --match-set i4o src: 10.9.0.1 is not in it now' "$OUT"
	sent --backend $kind --explain --masked
	assert_grep '^         -m set --match-set set-[0-9]+ src: 240[.0-9]* is not in it now$' "$OUT"

	subtest "$kind: the judge: with the element it is accepted"
	in_ns lo ipset add i4o 10.9.0.1
	sent --backend $kind
	assert_grep '^TRACE: .*filter:IN:rule:1 ' "$OUT"
	assert_no_grep '^=> DROP' "$OUT"
	in_ns lo ipset del i4o 10.9.0.1

	subtest "$kind: a set whose name reads like another's and more: nobody is asked"
	in_ns lo iptables-$kind-restore <<'END' || fail "rules"
*filter
-A INPUT -p udp -m udp --dport 2002 -m set --match-set i4 src -j ACCEPT
-A INPUT -p udp -m udp --dport 2000 -j DROP
COMMIT
END
	sent --backend $kind --json
	assert_equal "what was near" "INPUT:1 --dport 2002: the packet's is 2000 seen" "$(near)"
	in_ns lo ipset create "i4 src -m comment --comment" hash:ip
	in_ns lo iptables-$kind -R INPUT 1 -p udp -m udp --dport 2002 \
		-m set --match-set "i4 src -m comment --comment" src -j ACCEPT
	sent --backend $kind --json
	assert_equal "what was near" "" "$(near)"
	in_ns lo iptables-$kind -F
	# nft gives what a rule held back a while later.
	assert_within 10 "nobody holds it" in_ns lo ipset destroy "i4 src -m comment --comment"

	subtest "$kind: a rule in front whose set would take the changed packet is none to be led to"
	in_ns lo iptables-$kind-restore <<'END' || fail "rules"
*filter
-A INPUT -p udp -m set --match-set bp dst -m mark --mark 0x9 -j ACCEPT
-A INPUT -p udp -m udp --dport 2001 -m set --match-set ip src,dst -j DROP
-A INPUT -p udp -m udp --dport 2001 -j ACCEPT
-A INPUT -p udp -m udp --dport 2000 -j DROP
COMMIT
END
	sent --backend $kind --json
	assert_equal "what was near" "INPUT:1 --mark 0x9: the packet's is 0x0 seen
INPUT:3 --dport 2001: the packet's is 2000 seen" "$(near | sort)"
	in_ns lo ipset add ip 10.9.0.1,udp:2001
	sent --backend $kind --json
	assert_equal "what was near" "INPUT:1 --mark 0x9: the packet's is 0x0 seen" "$(near)"
	in_ns lo ipset del ip 10.9.0.1,udp:2001
	in_ns lo iptables-$kind -F
done
