#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-causes: why a packet that no rule dropped did not go on: asked about the addresses, the mark
# and the frame that it had then. What the host would not have done is never given as a cause.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
borrow_kallsyms

lab_router
settle a eth0 r eth0 r eth1 b eth0
udp() { in_ns "$1" "$TOOLS/flood" "$2" "$3" 1 8 >/dev/null 2>&1; }
# frame MAC HEX...: from a
frame() { in_ns a "$TOOLS/frame" eth0 "$@" || fail "no frame was sent"; }
# trace ARGS...: on r, a line for each packet, until stop
# What is told without the run's own chains and the kernel's own word.
without=(--no-witness --no-drops)
trace() { start_nftrace r -q -t 20 "${without[@]}" "$@"; }
stop() { stop_nftrace INT; }
# tells PORT REGEX: the line of the packet to that port
tells() {
	local fate=${2%% *}
	assert_grep "^$fate .*[.]$1: .*${2#"$fate"}" "$OUT"
}
# legacy FAMILY-COMMAND LINE...: rules of iptables; forget: all of them away
legacy() { in_ns r "$1-legacy" "${@:2}" || fail "$*"; }
forget() {
	local table
	for table in nat mangle filter; do
		in_ns r iptables-legacy -t $table -F
		in_ns r ip6tables-legacy -t $table -F
	done
}

# A hook is looked at from both sides: what is not lost is seen again.
legacy iptables -A FORWARD -j ACCEPT
legacy ip6tables -A FORWARD -j ACCEPT

# Before anything here needs connections: conntrack puts fragments together ahead of all tables.
subtest "a fragment that stays alone"
trace -p udp --dport 1004
# UDP to port 1004 of r itself, the first 16 bytes of more
frame "$(mac_of r eth0)" 45000024 00042000 40110000 0a010002 0a010001 07d103ec 00200000 00000000 00000000
stop
assert_grep '^LOST .* => after PREROUTING: .*likely: it is a fragment, which waited' "$OUT"

subtest "behind a DNAT: the new destination is asked about"
ns_ip r route add 203.0.113.10/32 via 10.2.0.2
legacy iptables -t nat -A PREROUTING -p udp --dport 1001 -j DNAT --to-destination 203.0.113.98
legacy iptables -t nat -A PREROUTING -p udp --dport 1002 -j DNAT --to-destination 203.0.113.98:80
legacy iptables -t nat -A PREROUTING -p udp --dport 1003 -j DNAT --to-destination 203.0.113.97-203.0.113.98
legacy iptables -t nat -A PREROUTING -p udp --dport 1004 -m comment --comment "--to-destination 10.9.9.9" -j DNAT --to-destination 203.0.113.98
legacy iptables -t nat -A OUTPUT -p udp --dport 1005 -j DNAT --to-destination 203.0.113.98
legacy ip6tables -t nat -A PREROUTING -p udp --dport 1006 -j DNAT --to-destination '[fd00:98::1]:80'
trace -p udp -m multiport --dports 1001:1006
udp a 203.0.113.10 1001
udp a 203.0.113.12 1002
udp a 203.0.113.12 1003
udp a 203.0.113.12 1004
udp r 203.0.113.10 1005
udp a fd00:98::2 1006
stop
new='203\.0\.113\.98 \(its destination since nat'
tells 1001 "LOST .*likely: there is no route to $new:PREROUTING:rule:1\\)$"
tells 1002 "LOST .*likely: there is no route to $new:PREROUTING:rule:2\\)$"
tells 1003 "LOST after PREROUTING: no rule dropped it$"
tells 1004 "LOST .*likely: there is no route to $new:PREROUTING:rule:4\\)$"
tells 1005 "LOST .*likely: there is no route to $new:OUTPUT:rule:1\\)$"
tells 1006 "LOST .*likely: there is no route to fd00:98::1 \\(its destination since nat:PREROUTING:rule:1\\)$"
assert_grep '4 lost, likely: there is no route to|1 lost, likely: there is no route to 203' "$ERR"
ns_ip r route add 203.0.113.98/32 via 10.2.0.2
trace -p udp --dport 1002
udp a 203.0.113.12 1002
stop
tells 1002 FORWARDED
ns_ip r route del 203.0.113.98/32

subtest "nat of a connection that is known: conntrack is asked"
ns_ip r route add 203.0.113.98/32 via 10.2.0.2
legacy iptables -t nat -A PREROUTING -p icmp -j DNAT --to-destination 203.0.113.98
talk a udp 203.0.113.12 1002 from 2002 wait 1 2>/dev/null
in_ns a ping -c 1 -W 1 -e 77 203.0.113.13 >/dev/null
ns_ip r route del 203.0.113.98/32
trace -m mark --mark 0
talk a udp 203.0.113.12 1002 from 2002 wait 1 2>/dev/null
in_ns a ping -c 1 -W 1 -e 77 203.0.113.13 >/dev/null
stop
assert_grep '^LOST .*echo request.*likely: there is no route to 203\.0\.113\.98 \(its destination since conntrack.s nat\)$' "$OUT"
tells 1002 "LOST .*likely: there is no route to 203\\.0\\.113\\.98 \\(its destination since conntrack's nat\\)$"
in_ns r conntrack -F >/dev/null 2>&1
forget

subtest "nft's dnat, native and by a map"
in_ns r nft -f - <<'NFT'
table ip t {
	chain pre {
		type nat hook prerouting priority -100;
		udp dport 1001 dnat to 203.0.113.98
		udp dport 1002 dnat to 203.0.113.98:80
		dnat to udp dport map { 1003 : 203.0.113.98 }
	}
	chain input { type filter hook input priority 0; }
	chain forward { type filter hook forward priority 0; }
}
NFT
trace -4 -p udp -m multiport --dports 1001:1003
udp a 203.0.113.10 1001
udp a 203.0.113.12 1002
udp a 203.0.113.12 1003
stop
tells 1001 "LOST .*likely: there is no route to 203\\.0\\.113\\.98 \\(its destination since nft ip t:pre:rule:handle [0-9]+\\)$"
tells 1002 "LOST .*likely: there is no route to 203\\.0\\.113\\.98 "
assert_no_grep '1003: .*likely' "$OUT"
in_ns r nft delete table ip t
ns_ip r route del 203.0.113.10/32

subtest "to 127.0.0.1, which nobody gets to from outside"
legacy iptables -t nat -A PREROUTING -p udp --dport 1001 -j DNAT --to-destination 127.0.0.1:7
trace -p udp --dport 1001
udp a 10.1.0.1 1001
stop
tells 1001 'LOST .*likely: 127\.0\.0\.1 \(its destination since nat:PREROUTING:rule:1\) is a loopback address \(net\.ipv4\.conf\.eth0\.route_localnet=0\)$'
in_ns r sysctl -qw net.ipv4.conf.eth0.route_localnet=1
legacy iptables -A INPUT -j ACCEPT
trace -p udp --dport 1001
udp a 10.1.0.1 1001
stop
tells 1001 DELIVERED
in_ns r sysctl -qw net.ipv4.conf.eth0.route_localnet=0
forget

subtest "to ::1, which nobody gets to from outside either"
legacy ip6tables -t nat -A PREROUTING -p udp --dport 1001 -j DNAT --to-destination '[::1]:7'
trace -p udp --dport 1001
udp a fd00:1::1 1001
stop
tells 1001 'LOST .*likely: ::1 \(its destination since nat:PREROUTING:rule:1\) is the loopback address: what came in by another interface than lo does not get there$'
forget

# But for the rule each goes on: r has a route to where it is sent.
subtest "an ip rule refuses it, and no route"
legacy iptables -A FORWARD -j ACCEPT
legacy ip6tables -A FORWARD -j ACCEPT
# refused FAMILY PORT TO RULE...: one packet while there is that ip rule
refused() {
	ns_ip r "$1" rule add priority 100 "${@:4}" || fail "ip rule ${*:4}"
	udp a "$3" "$2"
	assert_within 5 "the packet to $2 is told of" grep -q "[.]$2: " "$OUT"
	ns_ip r "$1" rule del priority 100 "${@:4}"
}
trace -p udp -m multiport --dports 1001:1007
refused -4 1001 10.2.0.2 from 10.1.0.2 unreachable
refused -4 1002 10.2.0.2 to 10.2.0.0/24 prohibit
refused -4 1003 10.2.0.2 iif eth0 blackhole
refused -6 1004 fd00:2::2 iif eth0 unreachable
refused -4 1005 10.2.0.2 from 10.1.0.3 unreachable
# Behind table main, which has a route to b, and none to elsewhere.
ns_ip r rule add priority 40000 unreachable
udp a 10.2.0.2 1006
udp a 203.0.113.99 1007
assert_within 5 "the packet to 1007 is told of" grep -q '[.]1007: ' "$OUT"
ns_ip r rule del priority 40000 unreachable
stop
tells 1001 'LOST .*likely: ip rule 100 from 10\.1\.0\.2 unreachable refuses it$'
tells 1002 'LOST .*likely: ip rule 100 to 10\.2\.0\.0/24 prohibit refuses it$'
tells 1003 'LOST .*likely: ip rule 100 iif eth0 blackhole refuses it$'
tells 1004 'LOST .*likely: ip rule 100 iif eth0 unreachable refuses it$'
tells 1005 FORWARDED
tells 1006 FORWARDED
tells 1007 'LOST .*likely: ip rule 40000 unreachable refuses it$'
forget

subtest "a group that is not joined is not for this host"
ns_ip a route add 224.0.0.0/4 dev eth0
for forward in 1 0; do
	in_ns r sysctl -qw net.ipv4.ip_forward=$forward net.ipv6.conf.all.forwarding=$forward
	trace -p udp --dport 5353
	udp a 224.0.0.251 5353
	udp a ff02::fb%eth0 5353
	udp a 224.0.0.1 5353
	stop
	tells 5353 'LOST after PREROUTING: not for this host: group 224\.0\.0\.251 is not joined on eth0$'
	tells 5353 'LOST after PREROUTING: not for this host: group ff02::fb is not joined on eth0$'
	assert_no_grep '^LOST .*likely' "$OUT"
	assert_grep '^DELIVERED .*224.0.0.1.5353: ' "$OUT"
	assert_grep '1 not for this host: group' "$ERR"
done
forwarding r
# What others are asked for goes to groups that only they have joined.
trace -6 -p icmpv6 -d ff02::1:ff00:77
in_ns a ping -6 -c 1 -W 1 -I eth0 fd00:1::77 >/dev/null 2>&1
stop
assert_grep '^LOST .* => after PREROUTING: not for this host: group ff02::1:ff00:77 is not joined on eth0$' "$OUT"

subtest "the way back, and the mark that it needs"
# ARP, too, asks for the way back.
ns_ip a neigh replace 10.1.0.1 lladdr "$(mac_of r eth0)" dev eth0
in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=1
ns_ip a addr add 10.7.0.2/32 dev eth0
ns_ip r rule add fwmark 0x7 lookup 77
ns_ip r route add 10.7.0.0/24 dev eth0 table 77
ns_ip r route add 10.7.0.0/24 dev eth1
legacy iptables -t mangle -A PREROUTING -p udp --dport 1001 -j MARK --set-mark 0x7
trace -p udp -m multiport --dports 1001,1002
talk a udp 10.2.0.2 1001 source 10.7.0.2 wait 1 2>/dev/null
talk a udp 10.2.0.2 1002 source 10.7.0.2 wait 1 2>/dev/null
stop
tells 1001 'LOST .*likely: rp_filter of eth0: the route back to 10\.7\.0\.2 is through it only with the mark 0x7 \(net\.ipv4\.conf\.eth0\.src_valid_mark=0\)$'
tells 1002 'LOST .*likely: rp_filter=1 of eth0: the route back to 10\.7\.0\.2 is not through it$'
in_ns r sysctl -qw net.ipv4.conf.eth0.src_valid_mark=1
trace -p udp --dport 1001
talk a udp 10.2.0.2 1001 source 10.7.0.2 wait 1 2>/dev/null
stop
tells 1001 FORWARDED
in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.eth0.src_valid_mark=0
forget

subtest "ip rules that ask for the port, or the protocol"
# 10.1.0.2 > 203.0.113.1, UDP to port 1001, with a TTL of 1
dies() { frame "$(mac_of r eth0)" 4500001c 00044000 01110000 0a010002 cb007101 07d1 03e9 0008 0000; }
ns_ip r route add 203.0.113.0/24 via 10.2.0.2 table 78
for by in "ipproto udp dport 1001" "ipproto udp"; do
	# shellcheck disable=SC2086
	ns_ip r rule add $by lookup 78
	trace -p udp --dport 1001
	dies
	stop
	tells 1001 'LOST .*likely: its ttl of 1 ran out$'
	# shellcheck disable=SC2086
	ns_ip r rule del $by lookup 78
done

subtest "a source route, and a frame for many"
to=$(mac_of r eth0)
legacy ip6tables -A FORWARD -j ACCEPT
legacy iptables -A FORWARD -j ACCEPT
trace -p udp -m multiport --dports 1001:1003
# 10.1.0.2 > 10.2.0.2, UDP to port 1001: loose source route to itself, and padding
frame "$to" 47000024 00014000 40110000 0a010002 0a020002 83070404 00000000 07d1 03e9 0008 0000
# the same to port 1002 without one, to all
frame ff:ff:ff:ff:ff:ff 4500001c 00024000 40110000 0a010002 0a020002 07d1 03ea 0008 0000
frame "$to" 4500001c 00034000 40110000 0a010002 0a020002 07d1 03eb 0008 0000
stop
tells 1001 'LOST .*likely: it has a source route, and net\.ipv4\.conf\.eth0\.accept_source_route or that of all is 0$'
tells 1002 'LOST .*likely: its frame was sent to many'
tells 1003 FORWARDED

subtest "IPsec: a policy without a state"
if ns_ip r xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir out tmpl src 10.2.0.1 dst 10.2.0.2 proto esp mode tunnel 2>/dev/null; then
	trace -p udp --dport 1001
	udp a 10.2.0.2 1001
	stop
	tells 1001 'LOST .*likely: a policy of xfrm \(IPsec\) wants it encrypted, and there is no state for that$'
	ns_ip r xfrm policy flush
	ns_ip r xfrm policy add src 10.1.0.0/24 dst 10.2.0.0/24 dir fwd tmpl src 10.1.0.2 dst 10.1.0.1 proto esp mode tunnel
	trace -p udp --dport 1001
	udp a 10.2.0.2 1001
	stop
	tells 1001 'LOST .*likely: a policy of xfrm \(IPsec\) lets only what came encrypted be forwarded$'
	ns_ip r xfrm policy flush
	trace -p udp --dport 1001
	udp a 10.2.0.2 1001
	stop
	tells 1001 FORWARDED
else
	skip "no xfrm in this kernel"
fi
