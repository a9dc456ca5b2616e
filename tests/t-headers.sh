#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-headers: of bridges, copies, forwarding and of nft's scarce bytes it is told what they are.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback

# ---- nft copies 20 bytes of what is behind IP's header

in_ns lo nft 'table inet t { chain o { type filter hook output priority 0; counter; }; }'
subtest "nft: no options of TCP are there, and nothing is said to be cut off"
start_nftrace lo -t 60 --rate 0 --chain OUTPUT -p tcp --dport 5203 --or -p udp --dport 53
talk lo tcp 10.9.0.1 5203 wait 10 2>/dev/null
talk lo udp 10.9.0.1 53 wait 10 2>/dev/null
stop_nftrace INT
assert_grep ' > 10.9.0.1.5203: Flags \[S\], seq [0-9]+, win [0-9]+, length 0$' "$OUT"
assert_no_grep '\[\|' "$OUT"

# hop_by_hop BYTES: an empty datagram whose header has so many bytes of options
hop_by_hop() {
	in_ns lo python3 - "$1" <<-'X'
		import socket, sys
		s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
		length = int(sys.argv[1])
		s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_HOPOPTS,
		             bytes([0, length // 8 - 1, 1, length - 4]) + bytes(length - 4))
		s.bind(("fd00:9::1", 4000))
		s.sendto(b"hello", ("fd00:9::1", 5300 + length))
	X
}

subtest "nft: a hop-by-hop header hides no port of UDP's"
start_nftrace lo -6 -t 60 --rate 0 --chain OUTPUT --json -d fd00:9::1
hop_by_hop 8
hop_by_hop 16
stop_nftrace INT
for n in 8 16; do
	assert_text "\"headers\":\"fd00:9::1.4000 > fd00:9::1.$((5300 + n)): HBH UDP, length 5\",\"length\":$((40 + n + 13))," "$OUT"
done

in_ns lo nft flush ruleset

in_ns lo iptables-legacy -A OUTPUT -p tcp
subtest "uid: the sender's"
start_nftrace lo -4 -t 60 --rate 0 -v --chain OUTPUT -p tcp --dport 5204
server lo uid tcp 10.9.0.1 5204
talk lo tcp 10.9.0.1 5204 || fail "no answer"
stop_nftrace INT
assert_grep '^#.* OUT=lo .* > 10.9.0.1.5204: Flags \[S\].*, uid 0$' "$OUT"

ns_del lo

# ---- forwarding takes one from the TTL, rules do what they do

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b tcp tcp 10.2.0.2 7

# ttl RULES...: what is said of the TTL of one packet
ttl() {
	in_ns r nft flush ruleset
	in_ns r nft "table ip t { $* }" || fail "nft"
	start_nftrace r -4 -t 60 -i eth0 -p udp --dport 9
	in_ns a "$TOOLS/flood" 10.2.0.2 9 1 8 >/dev/null
	stop_nftrace INT
	grep -E '^  .*ttl' "$OUT" | paste -sd ,
}
before='chain p { type filter hook prerouting priority 0; counter;'
behind='chain f { type filter hook forward priority 0;'

subtest "TTL: what is left of the difference behind forwarding is the rule's"
assert_equal "set 63" "  ttl 64 -> 63,  (forwarding) ttl 63 -> 62" "$(ttl "$before ip ttl set 63; }; $behind counter; };")"
assert_equal "set 65" "  ttl 64 -> 65,  (forwarding) ttl 65 -> 64" "$(ttl "$before ip ttl set 65; }; $behind counter; };")"
assert_equal "set behind it" "  (forwarding) ttl 64 -> 63,  ttl 63 -> 10" "$(ttl "$before }; $behind ip ttl set 10; };")"
assert_equal "by none" "  (forwarding) ttl 64 -> 63" "$(ttl "$before }; $behind counter; };")"
assert_equal "by one of two" "  (unknown) ttl 64 -> 33,  (forwarding) ttl 33 -> 32" \
	"$(ttl "$before ip ttl set 20; ip ttl set 33; }; $behind counter; };")"

subtest "uid: none of a packet that a socket here has received"
in_ns r nft flush ruleset
in_ns r nft 'table ip t { chain i { type filter hook input priority 0; counter; }; }'
in_ns r iptables-legacy -A INPUT -p tcp
server r here tcp 10.1.0.1 5205
start_nftrace r -4 -t 60 --rate 0 -v -p tcp --dport 5205
talk a tcp 10.1.0.1 5205 || fail "no answer"
stop_nftrace INT
assert_grep '^#.* > 10.1.0.1.5205: Flags \[\.\]' "$OUT"
assert_no_grep ', uid' "$OUT"
in_ns r iptables-legacy -F

# ---- copies, each line of whose

subtest "dup: which lines are the copy's"
ns_new c
veth r eth2 c eth0
addresses r eth2 10.3.0.1/24
addresses c eth0 10.3.0.2/24
settle r eth2 c eth0
in_ns r nft flush ruleset
in_ns r nft 'table ip t { chain p { type filter hook prerouting priority 0; udp dport 9 counter dup to 10.3.0.2 device "eth2"; };
	chain s { type filter hook postrouting priority 0; oif eth1 counter; oif eth2 counter; }; }'
start_nftrace r -4 -t 60 -i eth0 -p udp --dport 9 --pcap "$SCRATCH/dup.pcapng"
in_ns a "$TOOLS/flood" 10.2.0.2 9 1 8 >/dev/null
stop_nftrace INT
# whose FILE: "0 eth1", "1 eth2": a rule of POSTROUTING, and under which mark
whose() { awk '/^  \(copy [0-9]+\)$/ { w = $2 + 0 } /^  \(the packet itself\)$/ { w = 0 } /"oif / { print w, $(NF - 1) }' "$1" | sort; }
assert_equal "the lines" '0 "eth1" 1 "eth2"' "$(whose "$OUT" | paste -sd ' ')"
assert_reads_back r "$SCRATCH/dup.pcapng"
run_nftrace r --read "$SCRATCH/dup.pcapng" --json
assert_schema Packet "$OUT"

# ---- bridged is not routed

subtest "nft: out of the interface where it came in, and routed"
in_ns r nft flush ruleset
in_ns r nft "table ip t { $before }; $behind counter; }; }"
ns_ip r route add 192.0.2.0/24 via 10.1.0.2
in_ns r sysctl -qw net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
start_nftrace r -4 -t 60 -i eth0 -p udp --dport 9
in_ns a "$TOOLS/flood" 192.0.2.1 9 1 8 >/dev/null
stop_nftrace INT
assert_grep '^  \(routing\) out eth0$' "$OUT"
assert_grep '^  \(forwarding\) ttl 64 -> 63$' "$OUT"

# Without conntrack they stay apart; the kernel's trace has no address of the later ones.
subtest "nft: fragments of IPv6, by which interfaces"
in_ns r nft flush ruleset
in_ns r nft "table ip6 t { $before }; $behind counter; }; }"
start_nftrace r -6 -t 60 -i eth0 -s fd00:1::2 -d fd00:2::2 --json
in_ns a "$TOOLS/serial_send" udp fd00:1::2/4001 fd00:2::2/9 base 4 count 1 size 3500 pieces 3 >/dev/null
stop_nftrace INT
assert_equal "each" "eth0 routing eth1,eth0 routing eth1,eth0 routing eth1" \
	"$(jq -r '.in + " " + (.changes[] | select(.field == "out") | .maker + " " + .to)' "$OUT" | paste -sd ,)"
ns_del a b c

lab_bridge || skip_all "no bridge with br_netfilter in this kernel"
settle a eth0 br port-a b eth0 br port-b
subtest "nft: bridged"
in_ns br nft "table ip t { $before }; $behind udp dport 10 drop; }; }"
start_nftrace br -4 -t 60 -p udp --dport 9:10
in_ns a "$TOOLS/flood" 10.5.0.2 9 1 8 >/dev/null
in_ns a "$TOOLS/flood" 10.5.0.2 10 1 8 >/dev/null
stop_nftrace INT
assert_equal "went on, and dropped: by a bridge" 2 "$(grep -c '^  (bridge) out br0$' "$OUT")"
assert_no_grep '^  \((routing|forwarding)\)' "$OUT"
assert_equal "where the drop is told, why iptables saw it" \
	'=> DROP by nft ip t:f:rule:handle N  "udp dport 10 drop" (bridged: bridge-nf-call-iptables hands it to iptables)' \
	"$(sed -n '/^=> DROP/s/handle [0-9]*/handle N/p' "$OUT")"

subtest "a legacy table: by which ports"
in_ns br nft flush ruleset
in_ns br iptables-legacy -P FORWARD DROP
start_nftrace br -4 -t 60 -p udp --dport 9 --json --pcap "$SCRATCH/bridge.pcapng"
in_ns a "$TOOLS/flood" 10.5.0.2 9 1 8 >/dev/null
stop_nftrace INT
assert_schema Packet "$OUT"
assert_equal "its maker" "bridge br0" "$(jq -r '.changes[] | select(.field == "out") | .maker + " " + .to' "$OUT")"
run_nftrace br --read "$SCRATCH/bridge.pcapng"
assert_grep '^#.* IN=br0 \(port port-a\) 10\.5\.0\.1' "$OUT"
assert_grep '^  \(bridge\) out br0 \(port port-b\)$' "$OUT"
assert_text '=> DROP by filter:FORWARD:policy:1  "-P FORWARD DROP" (bridged: bridge-nf-call-iptables hands it to iptables)' "$OUT"
