#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-link-bridge: rules of family bridge: they trace and drop ahead of IP's hooks, between and behind them.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/link.sh"

lab_bridge
settle a eth0 br port-a b eth0 br port-b

subtest "bridge traces, with bridge-nf-call-iptables: no packet is incomplete"
if in_ns br nft 'table bridge b { chain p { type filter hook prerouting priority -300; meta nftrace set 1; }; }' 2>/dev/null; then
	in_ns br nft 'table inet t { chain f { type filter hook forward priority 0; counter; }; chain i { type filter hook input priority 0; counter; }; }'
	start_nftrace br -t 60
	assert_grep 'nft has a trace rule that is not ours: bridge b p: meta nftrace set 1$' "$ERR"
	for to in 10.5.0.2 fd00:5::2 10.5.0.9 fd00:5::9; do
		in_ns a ping -q -c 2 -i 0.1 $to >/dev/null || fail "no answer from $to"
	done
	stop_nftrace INT
	assert_status 0
	assert_grep '^#.* echo request' "$OUT"
	assert_grep '^#.* echo reply' "$OUT"
	assert_no_grep '^=> INCOMPLETE' "$OUT"

	subtest "bridge traces what comes to no hook of IP: told, as far as it is known"
	in_ns br sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0
	in_ns br nft 'table bridge b { chain f { type filter hook forward priority 10; udp dport 54 drop; }; }'
	for to in 10.5.0.2 fd00:5::2; do talk a udp $to 7 wait 1 2>/dev/null; done
	start_nftrace br -t 60 --pcap "$SCRATCH/link.pcapng" --only 'drop,unknown,delivered'
	for to in 10.5.0.2 fd00:5::2; do
		for port in 54 55; do in_ns a "$TOOLS/flood" $to $port 1 8 >/dev/null; done
	done
	in_ns a ping -q -c 1 10.5.0.9 >/dev/null || fail "no answer"
	stop_nftrace INT
	assert_equal "dropped" 2 "$(grep -c '^=> DROP by nft bridge b:f:rule:handle [0-9]*  "udp dport 54 drop"$' "$OUT")"
	assert_equal "told" "54x2 55x2" "$(told <(grep UDP "$OUT"))"
	assert_equal "bridged" "UNKNOWN after BRIDGE: no hook of ip, ip6 or inet saw it go on" \
		"$(grep -A 9 '^#.*\.55: ' "$OUT" | sed -n 's/^=> //p' | sort -u)"
	assert_equal "delivered: one packet" 1 "$(grep -c '^#.*> 10.5.0.9: ICMP echo request' "$OUT")"
	assert_grep '^=> DELIVERED' "$OUT"
	round_trip

	subtest "bridge traces arp: that it is no packet of IP is said"
	ns_ip a neigh flush dev eth0
	start_nftrace br -t 60
	in_ns a ping -q -c 1 10.5.0.2 >/dev/null || fail "no answer"
	stop_nftrace INT
	assert_grep 'note: [0-9]+ events of frames that are no packets of IP \(arp and the like\) are not shown' "$ERR"
	assert_no_grep '^#.*(\[\|ip\]|arp)' "$OUT"
	in_ns br nft delete chain bridge b f
	in_ns br sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1

	subtest "bridge traces: beside an expression it is left out"
	start_nftrace br -t 60 -p udp --dport 9
	in_ns a ping -q -c 1 fd00:5::2 >/dev/null || fail "no answer"
	in_ns a "$TOOLS/flood" fd00:5::2 9 1 8 >/dev/null
	stop_nftrace INT
	assert_status 0
	assert_equal "told" "9x1" "$(told "$OUT")"
	assert_no_grep '^=> INCOMPLETE' "$OUT"
	assert_grep 'note: [0-9]+ packets that only rules of others traced were left out' "$ERR"
else
	skip "no such family in this kernel"
fi

# Without an event of nft at IP's hooks nothing has told the packet's trace id.
subtest "bridge drops what only iptables-legacy sees: at output, ahead of FORWARD, behind it"
in_ns br nft flush ruleset
if in_ns br nft -f - 2>/dev/null <<-'X'; then
	table bridge b {
		chain o { type filter hook output priority -200; udp dport 51 drop; }
		chain f { type filter hook forward priority -200; udp dport 52 drop; }
		chain p { type filter hook postrouting priority 0; udp dport 53 drop; }
	}
X
	for iptables in iptables ip6tables; do
		for chain in FORWARD OUTPUT; do in_ns br $iptables-legacy -A $chain -j ACCEPT; done
	done
	start_nftrace br -t 60 --pcap "$SCRATCH/link.pcapng" -p udp --dport 50:59
	for to in 10.5.0.2 fd00:5::2; do
		in_ns br "$TOOLS/flood" $to 51 1 8 >/dev/null
		for port in 52 53 54; do in_ns a "$TOOLS/flood" $to $port 1 8 >/dev/null; done
	done
	stop_nftrace INT
	assert_equal "told" "51x2 52x2 53x2 54x2" "$(told "$OUT")"
	assert_equal "fates" "51 DROP by nft bridge b:o:rule, 52 DROP by nft bridge b:f:rule, 53 DROP by nft bridge b:p:rule, 54 FORWARDED out br0" \
		"$(awk '/^#/ { match($0, /\.5[0-9]: /); port = substr($0, RSTART + 1, 2) } sub(/^=> /, "") { sub(/:handle .*| PHYSOUT=.*| \(port .*/, ""); print port, $0 }' "$OUT" | sort -u | paste -sd , | sed 's/,/, /g')"
	assert_no_grep '^=> DROP .*hands it to iptables' "$OUT"
	round_trip
	for iptables in iptables ip6tables; do in_ns br $iptables-legacy -F; done
else
	skip "no such family in this kernel"
fi

subtest "bridge drops what it forwards: DROP by that rule"
in_ns br nft flush ruleset
if in_ns br nft 'table bridge b { chain f { type filter hook forward priority 10; udp dport 54 drop; }; }' 2>/dev/null; then
	in_ns br nft 'table inet t { chain f { type filter hook forward priority 0; counter; }; chain s { type filter hook postrouting priority 0; counter; }; }'
	start_nftrace br -t 60 --flat -p udp --dport 50:59
	for port in 54 55; do in_ns a "$TOOLS/flood" fd00:5::2 $port 1 8 >/dev/null; done
	ends() { (($(grep -c 'nft inet t:s:policy' "$OUT") == 1 && $(grep -c 'nft bridge b:f:rule' "$OUT") == 1)); }
	assert_within 5 "one went on, one was dropped" ends
	stop_nftrace INT
	assert_status 0
	assert_grep '2 packets traced: 1 DROP, 1 FORWARDED' "$ERR"
	assert_grep '  1 by nft bridge b:f:rule:handle [0-9]+  "udp dport 54 drop"' "$ERR"
else
	skip "no such family in this kernel"
fi
