#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-loop: a packet that is sent back again and again is a routing loop, one that comes twice is not.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 b eth0
forwarding b
for ns in r b; do
	in_ns $ns sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.eth0.send_redirects=0
done
in_ns r sysctl -qw net.ipv4.conf.eth1.rp_filter=0 net.ipv4.conf.eth1.send_redirects=0
in_ns r iptables-legacy -A FORWARD -p udp -j ACCEPT
in_ns r ip6tables-legacy -A FORWARD -p udp -j ACCEPT
# r says b, and b, whose default is r, says r.
ns_ip r route add 10.9.9.0/24 via 10.2.0.2
ns_ip r route add fd00:9::/64 via fd00:2::2
passed() { (($(grep -c '^FORWARDED' "$OUT") >= $1)); }

# With a TTL of 64 it comes to r 32 times, and ends at b.
subtest "IPv4: each pass is told, and in the end what it is"
start_nftrace r -4 -t 60 --rate 0 -q -d 10.9.9.9 -p udp
talk a udp 10.9.9.9 9 from 20001 wait 1 2>/dev/null
assert_within 20 "its TTL has come to an end" passed 32
stop_nftrace INT
assert_grep '^nftrace: warning: a routing loop: 1 packet came back and went the same way again; the first: in by eth1 and out by eth1 with TTL 62, and again with 60: 10\.1\.0\.2\.20001 > 10\.9\.9\.9\.9: UDP, length [0-9]+$' "$ERR"

subtest "IPv6, two packets, and --masked says how many"
start_nftrace r -6 -t 60 --rate 0 -q --masked -d fd00:9::9 -p udp
for port in 20001 20002; do talk a udp fd00:9::9 9 from $port wait 1 2>/dev/null; done
assert_within 20 "both have come to an end" passed 64
stop_nftrace INT
assert_grep '^nftrace: warning: a routing loop: 2 packets came back and went the same way again$' "$ERR"

# Through b, which sends it back, and then another way: a firewall beside the router does that.
subtest "sent through the host twice: no loop"
ns_ip r route del 10.9.9.0/24
ns_ip r route add 10.9.9.0/24 via 10.1.0.2
ns_ip r route add 10.9.9.0/24 via 10.2.0.2 table 7
ns_ip r rule add iif eth0 to 10.9.9.0/24 table 7
start_nftrace r -4 -t 60 --rate 0 -q -d 10.9.9.9 -p udp
talk a udp 10.9.9.9 9 from 20003 wait 1 2>/dev/null
assert_within 10 "it came twice" passed 2
stop_nftrace INT
assert_grep 'in eth1 .*out eth0' "$OUT"
assert_no_grep 'routing loop' "$ERR"
