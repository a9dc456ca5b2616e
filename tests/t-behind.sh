#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-behind: what is FORWARDED or SENT, and may come elsewhere, or nowhere: a note says so.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns r iptables-legacy -A FORWARD -j ACCEPT

# noted NOTE: of the first packet from a to that address, with which the run ends
noted() {
	start_nftrace r -t 20 -c 1 -q -p udp --dport 7
	talk a udp "$2" 7 wait 200 2>/dev/null
	end_nftrace 10
	assert_status 0
	assert_grep '^FORWARDED' "$OUT"
	if [[ $1 ]]; then assert_grep "^nftrace: note: $1" "$ERR"
	else assert_no_grep 'has not answered yet|sends on|is a tunnel' "$ERR"; fi
}

# Who has not answered is said of every run, for a while.
forget() { ns_ip r neigh del "$1" dev eth1; }
given_up() { [[ $(ns_ip r neigh show dev eth1) = *"$1 "*FAILED* ]]; }

# Nobody is given up before a run has ended, however long that takes.
in_ns r sysctl -qw net.ipv4.neigh.eth1.retrans_time_ms=600000
subtest "a neighbour that answers: no note"
server b echo udp 10.2.0.2 7
talk a udp 10.2.0.2 7
noted '' 10.2.0.2

subtest "the run ends while a neighbour is asked for its address"
noted '10.2.0.77 on eth1 has not answered yet: what is FORWARDED or SENT to it' 10.2.0.77
forget 10.2.0.77

subtest "it ends as the neighbour is given up, and nobody reads what the kernel told of that"
in_ns r sysctl -qw net.ipv4.neigh.eth1.mcast_solicit=1 net.ipv4.neigh.eth1.retrans_time_ms=100
start_nftrace r -t 20 --no-drops -q -p udp --dport 7
talk a udp 10.2.0.78 7 wait 200 2>/dev/null
assert_within 5 "the neighbour is given up" given_up 10.2.0.78
stop_nftrace INT
# Two seconds behind that it was just now, and not long ago.
if [[ $(ns_ip r -s neigh show 10.2.0.78 dev eth1) =~ used\ [0-9]+/[0-9]+/[012]\ ?probes ]]; then
	assert_grep '^nftrace: note: 10.2.0.78 on eth1 has not answered yet' "$ERR"
else
	skip "the run took long to end"
fi

forget 10.2.0.78

subtest "out of a tunnel: what carries it is another packet of this host's"
ns_ip r link add vx7 type vxlan id 7 dev eth1 remote 10.2.0.2 dstport 4790
ns_ip r link set vx7 up
ns_ip r addr add 10.7.0.1/24 dev vx7
ns_ip r neigh add 10.7.0.2 lladdr 02:00:00:00:07:02 dev vx7
noted 'vx7 is a tunnel \(vxlan\): .* they are traced by -p udp --dport 4790$' 10.7.0.2
noted '' 10.2.0.2

subtest "a filter of tc sends on by another device"
ns_ip r link add other type veth peer name beyond
ns_ip r link set other up
ns_ip r link set beyond up
if in_ns r tc qdisc add dev eth1 clsact 2>/dev/null && in_ns r tc filter add dev eth1 egress \
	protocol all u32 match u32 0 0 action mirred egress redirect dev other 2>/dev/null; then
	noted 'a filter of tc \(u32\) on eth1 sends on by other what it fits' 10.2.0.2
else
	skip "no tc (clsact, u32, mirred) in this kernel"
fi
