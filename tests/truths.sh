# SPDX-License-Identifier: GPL-2.0-or-later
# truths.sh: what is sent through which rules and judged by truth.sh, whoever holds the rules.
# shellcheck shell=bash
# To be sourced after truth.sh. SHARE makes it less. TCP may send a segment again: no order is judged.

SHARE=1

frames() { # DESTINATION ARGS...
	send a frame 10.1.0.2/4004 "$1/10" dev eth0 mac "$mac" "${@:2}"
}

# ---- a router

truth_router() {
	local address end counted longest
	lab_router
	one_by_one a/eth0 r/eth0 r/eth1 b/eth0
	settle a eth0 r eth0 r eth1 b eth0
	spell_all r
	mac=$(ns_ip r -o link show eth0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')
	for address in 10.2.0.2 fd00:2::2; do
		sink b udp $address 9
		sink b tcp $address 11
	done
	for address in 10.1.0.1 fd00:1::1; do
		sink r udp $address 9
		sink r tcp $address 11
	done

	subtest "$BACKEND: UDP forwarded, v4 and v6, three senders"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 3 count $((N * 300 / SHARE)) rate 700
	send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 3 count $((N * 300 / SHARE)) rate 700
	send a udp fd00:1::2/4003 fd00:2::2/9 base 2 step 3 count $((N * 300 / SHARE)) rate 700
	judge enter=eth0/in leave=eth1/out drop=$DROP streams=3

	subtest "$BACKEND: UDP forwarded at full speed, three senders"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 3 count $((N * 500 / SHARE))
	send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 3 count $((N * 500 / SHARE))
	send a udp fd00:1::2/4003 fd00:2::2/9 base 2 step 3 count $((N * 500 / SHARE))
	judge enter=eth0/in leave=eth1/out drop=$DROP streams=3

	subtest "$BACKEND: identical to the last bit that is seen, 1,000 a second"
	trace r -i eth0 -p udp
	frames 10.2.0.2 base 0 step 1 count $((N * 500 / SHARE)) rate 1000
	judge enter=eth0/in leave=eth1/out drop=$DROP marked=0

	subtest "$BACKEND: identical to the last bit, into the node and to nowhere"
	sink r udp 10.1.0.1 10
	trace r -i eth0 -p udp
	frames 10.1.0.1 base 0 step 1 count $((N * 200 / SHARE)) rate 1000
	judge enter=eth0/in fate=DELIVERED drop=$DROP marked=0
	trace r -i eth0 -p udp
	frames 10.99.0.1 base 0 step 1 count $((N * 200 / SHARE)) rate 1000
	judge enter=eth0/in fate=LOST marked=0

	subtest "$BACKEND: identical, full speed"
	trace r -i eth0 -p udp
	frames 10.2.0.2 base 0 step 1 count $((N * 1000 / SHARE))
	judge enter=eth0/in leave=eth1/out drop=$DROP marked=1

	# Of two that are on two CPUs at the same step nobody can say which is which: they are marked.
	subtest "$BACKEND: identical, full speed, from both CPUs at once"
	trace r -i eth0 -p udp
	frames 10.2.0.2 base 0 step 2 count $((N * 500 / SHARE))
	frames 10.2.0.2 base 1 step 2 count $((N * 500 / SHARE))
	judge enter=eth0/in leave=eth1/out drop=$DROP marked=40

	subtest "$BACKEND: nowhere to go: LOST"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.99.0.1/9 base 0 step 2 count $((N * 100 / SHARE)) rate 500
	send a udp fd00:1::2/4003 fd00:99::1/9 base 1 step 2 count $((N * 100 / SHARE)) rate 500
	judge enter=eth0/in leave=eth1/out fate=LOST streams=2

	subtest "$BACKEND: UDP into the node"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.1.0.1/9 base 0 step 2 count $((N * 300 / SHARE))
	send a udp fd00:1::2/4003 fd00:1::1/9 base 1 step 2 count $((N * 300 / SHARE))
	judge enter=eth0/in fate=DELIVERED drop=$DROP streams=2

	subtest "$BACKEND: UDP from the node"
	trace r --chain OUTPUT -p udp
	send r udp 10.2.0.1/4001 10.2.0.2/9 base 0 step 3 count $((N * 300 / SHARE))
	send r udp 10.2.0.1/4002 10.2.0.2/9 base 1 step 3 count $((N * 300 / SHARE))
	send r udp fd00:2::1/4003 fd00:2::2/9 base 2 step 3 count $((N * 300 / SHARE))
	judge sent=0,1,$((N * 900 / SHARE)) leave=eth1/out fate=SENT drop=$DROP streams=3

	subtest "$BACKEND: UDP over loopback"
	trace r --chain OUTPUT -p udp
	send r udp 10.2.0.1/4001 10.1.0.1/9 base 0 step 3 count $((N * 300 / SHARE))
	send r udp 10.2.0.1/4002 10.1.0.1/9 base 1 step 3 count $((N * 300 / SHARE))
	send r udp fd00:2::1/4003 fd00:1::1/9 base 2 step 3 count $((N * 300 / SHARE))
	judge sent=0,1,$((N * 900 / SHARE)) fate=DELIVERED drop=$DROP streams=3

	# No stamps there, and two processes may be at any step: marked or right.
	subtest "$BACKEND: identical from the node, by two processes"
	trace r --chain OUTPUT -p udp
	send r udp 10.2.0.1/4001 10.2.0.2/9 base 0 step 2 count $((N * 300 / SHARE))
	send r udp 10.2.0.1/4001 10.2.0.2/9 base 1 step 2 count $((N * 300 / SHARE))
	judge sent=0,1,$((N * 600 / SHARE)) leave=eth1/out fate=SENT drop=$DROP marked=60 streams=2

	subtest "$BACKEND: identical over loopback, by two processes"
	trace r --chain OUTPUT -p udp
	send r udp 10.2.0.1/4001 10.1.0.1/9 base 0 step 2 count $((N * 300 / SHARE))
	send r udp 10.2.0.1/4001 10.1.0.1/9 base 1 step 2 count $((N * 300 / SHARE))
	judge sent=0,1,$((N * 600 / SHARE)) fate=DELIVERED drop=$DROP marked=60 streams=2

	subtest "$BACKEND: multicast from the node: on the wire, and back to itself"
	ns_ip r addr add 239.1.1.1/32 dev eth1 autojoin
	ns_ip r route add 239.0.0.0/8 dev eth1 src 10.2.0.1
	sink r udp 239.1.1.1 9
	trace r --chain OUTPUT -p udp
	send r udp 10.2.0.1/4001 239.1.1.1/9 base 0 step 1 count $((N * 100 / SHARE)) rate 500
	judge sent=0,1,$((N * 100 / SHARE)) leave=eth1/out fate=SENT,DELIVERED copies=2 drop=$DROP marked=60 streams=1
	ns_ip r addr del 239.1.1.1/32 dev eth1
	ns_ip r route del 239.0.0.0/8

	subtest "$BACKEND: ICMP and ICMPv6 echo forwarded, and their replies"
	trace r -p icmp --or -p icmpv6
	send a icmp 10.1.0.2 10.2.0.2 base 0 step 2 count $((N * 200 / SHARE)) rate 700
	send a icmp fd00:1::2 fd00:2::2 base 1 step 2 count $((N * 200 / SHARE)) rate 700
	judge enter=eth0/in enter=eth1/in leave=eth1/out leave=eth0/out drop=$DROP

	subtest "$BACKEND: ICMP and ICMPv6 echo into the node, and its answers"
	trace r -p icmp --or -p icmpv6
	send a icmp 10.1.0.2 10.1.0.1 base 0 step 2 count $((N * 200 / SHARE)) rate 700
	send a icmp fd00:1::2 fd00:1::1 base 1 step 2 count $((N * 200 / SHARE)) rate 700
	judge enter=eth0/in enter=eth0/out leave=eth0/out fate=DELIVERED,SENT drop=$DROP

	subtest "$BACKEND: fragments, each a packet"
	trace r -i eth0 -s 10.1.0.2 --or -i eth0 -s fd00:1::2
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 8 count $((N * 100 / SHARE)) size 3500 pieces 3 rate 500
	send a udp fd00:1::2/4003 fd00:2::2/9 base 4 step 8 count $((N * 100 / SHARE)) size 3500 pieces 3 rate 500
	judge enter=eth0/in leave=eth1/out drop=$DROP

	drop_none r
	subtest "$BACKEND: TCP forwarded from a workload behind a veth"
	trace r -i eth0 -p tcp
	send a tcp 10.1.0.2/5001 10.2.0.2/11 base 0 step 3 count $((N * 400 / SHARE))
	send a tcp 10.1.0.2/5002 10.2.0.2/11 base 1 step 3 count $((N * 400 / SHARE))
	send a tcp fd00:1::2/5003 fd00:2::2/11 base 2 step 3 count $((N * 400 / SHARE))
	judge enter=eth0/in leave=eth1/out

	subtest "$BACKEND: TCP into the node"
	trace r -i eth0 -p tcp
	send a tcp 10.1.0.2/5004 10.1.0.1/11 base 0 step 2 count $((N * 400 / SHARE))
	send a tcp fd00:1::2/5005 fd00:1::1/11 base 1 step 2 count $((N * 400 / SHARE))
	judge enter=eth0/in fate=DELIVERED

	subtest "$BACKEND: TCP from the node"
	trace r -p tcp -d 10.2.0.2 --or -p tcp -d fd00:2::2
	send r tcp 10.2.0.1/5006 10.2.0.2/11 base 0 step 2 count $((N * 400 / SHARE))
	send r tcp fd00:2::1/5007 fd00:2::2/11 base 1 step 2 count $((N * 400 / SHARE))
	judge enter=eth1/out leave=eth1/out fate=SENT

	no_offload r lo
	one_by_one r/lo
	subtest "$BACKEND: TCP over loopback"
	trace r -p tcp --dport 11
	send r tcp 10.2.0.1/5010 10.1.0.1/11 base 0 step 3 count $((N * 300 / SHARE))
	send r tcp 10.2.0.1/5011 10.1.0.1/11 base 1 step 3 count $((N * 300 / SHARE))
	send r tcp fd00:2::1/5012 fd00:1::1/11 base 2 step 3 count $((N * 300 / SHARE))
	judge enter=lo/in fate=DELIVERED

	subtest "$BACKEND: TCP that is sent again: one in twenty is dropped"
	in_ns r iptables-$FILTER_BY -I FORWARD -p tcp -m statistic --mode nth --every 20 --packet 0 -j DROP
	trace r -i eth0 -p tcp
	send a tcp 10.1.0.2/5008 10.2.0.2/11 base 0 step 2 count $((N * 200 / SHARE))
	send a tcp 10.1.0.2/5009 10.2.0.2/11 base 1 step 2 count $((N * 200 / SHARE))
	judge enter=eth0/in leave=eth1/out fate=FORWARDED,DROP
	assert_grep '[1-9][0-9]* DROP' "$ERR"
	in_ns r iptables-$FILTER_BY -D FORWARD 1

	subtest "$BACKEND: held by user space for a moment"
	in_ns r iptables-$FILTER_BY -I FORWARD -p udp -j NFQUEUE --queue-num 7
	background r nfq "$TOOLS/nfq" 7 accept
	NFQ_PID=$BG_PID
	wait_for 5 says_ready "$SCRATCH/nfq" || fail "nfq does not start"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 2 count $((N * 100 / SHARE)) rate 200
	send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 2 count $((N * 100 / SHARE)) rate 200
	# Several of one flow may be held at a time, and verdicts need not come in order.
	judge enter=eth0/in leave=eth1/out marked=100
	in_ns r iptables-$FILTER_BY -D FORWARD 1
	kill $NFQ_PID
	assert_within 5 "nfq ends" is_gone $NFQ_PID

	# What was not split is one packet: as many journeys as the TRACE rules counted.
	subtest "$BACKEND: bundles of segments"
	for end in a/eth0 r/eth0 r/eth1 b/eth0; do
		in_ns ${end%/*} ethtool -K ${end#*/} tso on gso on gro on tx on rx on >/dev/null 2>&1
		ns_ip ${end%/*} link set dev ${end#*/} gso_max_segs 65535
	done
	server b echo tcp 10.2.0.2 12
	start_nftrace r -v -t 60 --rate 0 --json -i eth0 -p tcp
	talk a tcp 10.2.0.2 12 size 60000 count 10 wait 20000 || fail "no echo"
	stop_nftrace INT
	assert_status 0
	counted=$(grep -Eo 'TRACE rules counted [0-9]+' "$ERR" | grep -Eo '[0-9]+$')
	assert_equal "journeys" "$counted" "$(wc -l <"$OUT")"
	longest=$(jq .length "$OUT" | sort -n | tail -n 1)
	((longest > 3000)) || fail "the longest has $longest bytes"
	note "$_name: $counted packets for 600,000 bytes, the longest of $longest"
	no_offload a eth0
	no_offload r eth0 eth1
	no_offload b eth0
	one_by_one a/eth0 r/eth0 r/eth1 b/eth0
}

# ---- with conntrack and NAT, through the same router

truth_nat() {
	drop_again r
	in_ns r iptables-$NAT_BY-restore <<EOT
*nat
-A PREROUTING -d 10.1.0.1/32 -p udp -m udp --dport 20 -j DNAT --to-destination 10.2.0.2:9
-A PREROUTING -d 10.1.0.1/32 -p tcp -m tcp --dport 20 -j DNAT --to-destination 10.2.0.2:11
-A POSTROUTING -p udp -m udp --sport 4101 -j SNAT --to-source 10.2.0.1:6000
-A POSTROUTING -p udp -m udp --sport 4103 -j SNAT --to-source 10.2.0.1:6001
-A POSTROUTING -p tcp -m tcp --sport 5103 -j SNAT --to-source 10.2.0.1:6001
-A POSTROUTING -p udp -m udp --sport 4104 -j MASQUERADE
-A OUTPUT -d 10.1.0.9/32 -p udp -j DNAT --to-destination 10.2.0.2:9
COMMIT
EOT
	in_ns r ip6tables-$NAT_BY-restore <<EOT
*nat
-A PREROUTING -d fd00:1::1/128 -p udp -m udp --dport 20 -j DNAT --to-destination [fd00:2::2]:9
-A POSTROUTING -p udp -m udp --sport 4105 -j MASQUERADE
COMMIT
EOT

	# What rules change on the way
	in_ns r iptables-$MANGLE_BY-restore -n <<'EOT'
*mangle
-I PREROUTING -p udp -j TTL --ttl-inc 3
-I PREROUTING -p udp -j MARK --set-xmark 0x5/0xff
-I FORWARD -p udp -j TOS --set-tos 0x10/0x3f
-I POSTROUTING -p udp -j MARK --set-xmark 0x0/0xff
-I FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 700
COMMIT
EOT

	subtest "$BACKEND: SNAT, DNAT, both, and masqueraded"
	trace r -i eth0 -p udp
	send a udp 10.1.0.2/4101 10.2.0.2/9 base 0 step 5 count $((N * 200 / SHARE))
	send a udp 10.1.0.2/4102 10.1.0.1/20 base 1 step 5 count $((N * 200 / SHARE))
	send a udp 10.1.0.2/4103 10.1.0.1/20 base 2 step 5 count $((N * 200 / SHARE))
	send a udp 10.1.0.2/4104 10.2.0.2/9 base 3 step 5 count $((N * 200 / SHARE))
	send a udp fd00:1::2/4105 fd00:1::1/20 base 4 step 5 count $((N * 200 / SHARE))
	judge enter=eth0/in leave=eth1/out drop=$DROP streams=5

	subtest "$BACKEND: from the node with DNAT"
	trace r --chain OUTPUT -p udp
	send r udp 10.2.0.1/4106 10.1.0.9/9 base 0 step 2 count $((N * 200 / SHARE))
	send r udp 10.2.0.1/4107 10.2.0.2/9 base 1 step 2 count $((N * 200 / SHARE))
	judge sent=0,1,$((N * 400 / SHARE)) leave=eth1/out fate=SENT drop=$DROP streams=2

	subtest "$BACKEND: fragments put together by conntrack, v4"
	trace r -i eth0 -s 10.1.0.2
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 8 count $((N * 100 / SHARE)) size 3500 pieces 3 rate 500
	send a udp 10.1.0.2/4002 10.2.0.2/9 base 4 step 8 count $((N * 100 / SHARE)) size 3500 pieces 3 rate 500
	judge sent=0,4,$((N * 200 / SHARE)) leave=eth1/out drop=$DROP

	subtest "$BACKEND: fragments put together by conntrack, v6"
	trace r -i eth0 -s fd00:1::2
	send a udp fd00:1::2/4001 fd00:2::2/9 base 0 step 8 count $((N * 100 / SHARE)) size 3500 rate 500
	send a udp fd00:1::2/4002 fd00:2::2/9 base 4 step 8 count $((N * 100 / SHARE)) size 3500 rate 500
	judge sent=0,4,$((N * 200 / SHARE)) drop=$DROP

	drop_none r
	subtest "$BACKEND: TCP with both SNAT and DNAT"
	trace r -i eth0 -p tcp
	send a tcp 10.1.0.2/5103 10.1.0.1/20 base 0 step 2 count $((N * 300 / SHARE))
	send a tcp 10.1.0.2/5101 10.2.0.2/11 base 1 step 2 count $((N * 300 / SHARE))
	judge enter=eth0/in leave=eth1/out
	ns_del a r b
}

# ---- a bridge

truth_bridge() {
	local address rate marked
	lab_bridge
	settle a eth0 b eth0 c eth0 br br0
	spell_all br
	for address in 10.5.0.2 fd00:5::2; do sink b udp $address 9; done

	subtest "$BACKEND: bridged"
	# Always all of them: of a few packets, two pairs that are marked are more than 2 %.
	trace br -p udp -s 10.5.0.1 --or -p udp -s fd00:5::1
	send a udp 10.5.0.1/4001 10.5.0.2/9 base 0 step 3 count $((N * 200))
	send a udp 10.5.0.1/4002 10.5.0.2/9 base 1 step 3 count $((N * 200))
	send a udp fd00:5::1/4003 fd00:5::2/9 base 2 step 3 count $((N * 200))
	judge enter=port-a/in leave=port-b/out drop=$DROP streams=3

	subtest "$BACKEND: ICMP and ICMPv6 echo over a bridge, and their replies"
	trace br -p icmp --or -p icmpv6 -s fd00:5::1 -d fd00:5::2 --or -p icmpv6 -s fd00:5::2 -d fd00:5::1
	send a icmp 10.5.0.1 10.5.0.2 base 0 step 2 count $((N * 100 / SHARE)) rate 500
	send a icmp fd00:5::1 fd00:5::2 base 1 step 2 count $((N * 100 / SHARE)) rate 500
	judge enter=port-a/in enter=port-b/in leave=port-b/out leave=port-a/out drop=$DROP

	# Events of nft have no stamp that would tell whose copy it is: time does, unless the reader
	# comes late and sees several packets at once.
	rate=700 marked=0
	[[ $BACKEND = legacy ]] || rate=20 marked=100
	subtest "$BACKEND: flooded by a bridge: copies are branches"
	sink br udp 10.5.0.255 9
	trace br -p udp -s 10.5.0.1
	send a udp 10.5.0.1/4001 10.5.0.255/9 base 0 step 1 count $((N * 100 / SHARE)) rate $rate
	judge enter=port-a/in leave=port-b/out leave=port-c/out fate=FORWARDED,DELIVERED copies=3 drop=$DROP marked=$marked streams=1

	drop_none br
	subtest "$BACKEND: TCP over a bridge"
	for address in 10.5.0.2 fd00:5::2; do sink b tcp $address 11; done
	one_by_one a/eth0 br/port-a br/port-b b/eth0
	trace br -p tcp -s 10.5.0.1 --or -p tcp -s fd00:5::1
	send a tcp 10.5.0.1/5001 10.5.0.2/11 base 0 step 3 count $((N * 200 / SHARE))
	send a tcp 10.5.0.1/5002 10.5.0.2/11 base 1 step 3 count $((N * 200 / SHARE))
	send a tcp fd00:5::1/5003 fd00:5::2/11 base 2 step 3 count $((N * 200 / SHARE))
	judge enter=port-a/in leave=port-b/out
	ns_del a b c br
}
