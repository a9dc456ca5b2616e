#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-truth: t-truth's judge on nft's events, and on both backends in one trace.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"

lab_router
one_by_one a/eth0 r/eth0 r/eth1 b/eth0
settle a eth0 r eth0 r eth1 b eth0
for address in 10.2.0.2 fd00:2::2; do sink b udp $address 9; done
for address in 10.1.0.1 fd00:1::1; do sink r udp $address 9; done
mac=$(ns_ip r -o link show eth0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')

# tell BACKEND: the same packets for each
tell() {
	subtest "$1: forwarded, v4 and v6, three senders"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 3 count $((N * 200)) rate 500
	send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 3 count $((N * 200)) rate 500
	send a udp fd00:1::2/4003 fd00:2::2/9 base 2 step 3 count $((N * 200)) rate 500
	judge enter=eth0/in leave=eth1/out drop=$DROP

	subtest "$1: forwarded at full speed"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 2 count $((N * 400))
	send a udp fd00:1::2/4003 fd00:2::2/9 base 1 step 2 count $((N * 400))
	judge enter=eth0/in leave=eth1/out drop=$DROP

	subtest "$1: into the node, and identical to the last bit that is seen"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.1.0.1/9 base 0 step 2 count $((N * 200)) rate 500
	send a frame 10.1.0.2/4004 10.1.0.1/10 dev eth0 mac "$mac" \
		base 1 step 2 count $((N * 200)) rate 1000
	judge enter=eth0/in fate=DELIVERED drop=$DROP

	subtest "$1: out of the node"
	trace r --chain OUTPUT -p udp --dport 9
	send r udp 10.2.0.1/4001 10.2.0.2/9 base 0 step 2 count $((N * 200)) rate 500
	send r udp fd00:2::1/4003 fd00:2::2/9 base 1 step 2 count $((N * 200)) rate 500
	judge sent=0,1,$((N * 400)) leave=eth1/out fate=SENT drop=$DROP

	# Loopback makes another buffer of it, and so another id.
	subtest "$1: over loopback"
	trace r --chain OUTPUT -p udp --dport 9
	send r udp 10.2.0.1/4001 10.1.0.1/9 base 0 step 2 count $((N * 200)) rate 500
	send r udp fd00:2::1/4003 fd00:1::1/9 base 1 step 2 count $((N * 200)) rate 500
	judge sent=0,1,$((N * 400)) fate=DELIVERED drop=$DROP
}

spell_mangle | spell_by nft r
spell_filter | spell_by nft r
tell "nft"

# Both at every hook: mangle stays nft's, filter becomes legacy's.
in_ns r nft flush ruleset
spell_mangle | spell_by nft r
{ spell raw PREROUTING OUTPUT; spell_filter; } | spell_by legacy r
tell "both"
