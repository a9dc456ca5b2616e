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
	else assert_no_grep 'has not answered yet|sends on' "$ERR"; fi
}

subtest "a neighbour that answers: no note"
server b echo udp 10.2.0.2 7
talk a udp 10.2.0.2 7
noted '' 10.2.0.2

subtest "the run ends while a neighbour is asked for its address"
noted '10.2.0.77 on eth1 has not answered yet: what is FORWARDED or SENT to it' 10.2.0.77

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
