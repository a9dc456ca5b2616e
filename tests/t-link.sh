#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-link: rules of families bridge and netdev, and inet's ingress: they trace and drop outside the hooks of IP.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
for to in 10.2.0.2 fd00:2::2; do talk a udp $to 7 wait 1 2>/dev/null; done
before=$SCRATCH/before

told() { sed -nE 's/^#.* > \S+\.([0-9]+): .*/\1/p' "$1" | sort -n | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd ' '; }

# round_trip: the recording of a run with --pcap tells what the run told; JSON in "again"
round_trip() {
	"$NFTRACE" --read "$SCRATCH/link.pcapng" >"$SCRATCH/again" 2>/dev/null
	assert_same "the recording" "$OUT" "$SCRATCH/again"
	"$NFTRACE" --read "$SCRATCH/link.pcapng" --json >"$SCRATCH/again" 2>/dev/null
	assert_schema Packet "$SCRATCH/again"
}

tables() {
	in_ns r nft -f - <<-'X'
		table ip t { chain f { type filter hook forward priority 0; counter; }; }
		table ip6 t { chain f { type filter hook forward priority 0; counter; }; }
	X
}
# tracer TABLE-WORDS CHAIN-WORDS: at ingress of eth0; fails where this kernel has no such hook
tracer() { in_ns r nft "table $1 { chain i { type filter hook ingress device eth0 priority 0; udp dport { 7, 8 } meta nftrace set 1; }; }"; }

# follows: no expression; each packet is whole
follows() {
	save_rules r "$before"
	start_nftrace r -t 60
	assert_grep "nft has a trace rule that is not ours: $1 i: udp dport \\{ 7, 8 \\} meta nftrace set 1" "$ERR"
	send_both 7 8 9
	stop_nftrace INT
	assert_equal "begun there" 4 "$(grep -A 1 '^#' "$OUT" | grep -c "^TRACE: nft $1:i:rule:handle [0-9]*  \"udp dport")"
	assert_status 0
	assert_equal "told" "7x2 8x2" "$(told "$OUT")"
	assert_equal "forwarded" 4 "$(grep -c '^=> FORWARDED out eth1' "$OUT")"
	assert_restored_but_counters r "$before"
}

for family in netdev inet; do
	subtest "$family ingress traces: no expression follows it"
	in_ns r nft flush ruleset
	tables
	tracer "$family n" 2>/dev/null || { skip "no such hook in this kernel"; continue; }
	follows "$family n"

	subtest "$family ingress traces: beside an expression it is left out"
	start_nftrace r -t 60 -p udp -m multiport --dports 8,9
	assert_grep "nft has a trace rule that is not ours; what only it traces is left out: $family n i: " "$ERR"
	send_both 7 8 9
	stop_nftrace INT
	assert_status 0
	assert_equal "told" "8x2 9x2" "$(told "$OUT")"
	assert_no_grep '^=> INCOMPLETE' "$OUT"
	assert_grep 'note: 2 packets that only rules of others traced were left out' "$ERR"
done

for family in netdev inet; do
	subtest "$family ingress traces and drops: said, with no expression"
	in_ns r nft flush ruleset
	tables
	tracer "$family n" 2>/dev/null || { skip "no such hook in this kernel"; continue; }
	in_ns r nft add rule $family n i udp dport 8 drop
	start_nftrace r -t 60 --pcap "$SCRATCH/link.pcapng"
	send_both 8 7
	stop_nftrace INT
	assert_status 0
	assert_equal "told" "7x2 8x2" "$(told "$OUT")"
	assert_equal "dropped" 2 "$(grep -c "^=> DROP by nft $family n:i:rule:handle [0-9]*  \"udp dport 8 drop\"$" "$OUT")"
	assert_equal "forwarded" 2 "$(grep -c '^=> FORWARDED out eth1' "$OUT")"
	round_trip
	assert_equal "last hooks" "INGRESS INGRESS" \
		"$(jq -r 'select(.fate == "DROP") | .last_hook' "$SCRATCH/again" | paste -sd ' ')"
done

# traces PORT: the blocks' TRACE lines of packets to a port, without what differs from family to family
traces() { awk -v p="\\.$1: " '/^#/ { on = $0 ~ p } on && /^TRACE/' "$OUT" | sed -E 's/  ".*//; s/handle [0-9]+/handle/; s/ ip6? / ip /'; }

subtest "rules ahead of IP's hooks and behind them: events in the order in which they happened"
in_ns r nft flush ruleset
tables
if in_ns r nft -f - 2>/dev/null <<-'X'; then
	table netdev n {
		chain i { type filter hook ingress device eth0 priority 0; udp dport 7 meta nftrace set 1; udp dport 7 meta mark set 5; jump d; }
		chain d { udp dport 7 counter; }
		chain e { type filter hook egress device eth1 priority 0; udp dport 7 meta mark set 6; }
	}
	table inet n { chain i { type filter hook ingress device eth0 priority 1; udp dport 7 counter; }; }
X
	start_nftrace r -t 60 --pcap "$SCRATCH/link.pcapng"
	send_both 7
	stop_nftrace INT
	assert_equal "told" "7x2" "$(told "$OUT")"
	one="TRACE: nft netdev n:i:rule:handle TRACE: nft netdev n:i:rule:handle TRACE: nft netdev n:i:rule:handle TRACE: nft netdev n:d:rule:handle TRACE: nft netdev n:d:return TRACE: nft netdev n:i:policy"
	one+=" TRACE: nft inet n:i:rule:handle TRACE: nft inet n:i:policy"
	one+=" TRACE: nft ip t:f:rule:handle TRACE: nft ip t:f:policy"
	one+=" TRACE: nft netdev n:e:rule:handle TRACE: nft netdev n:e:policy"
	assert_equal "events" "$one $one" "$(traces 7 | paste -sd ' ')"
	assert_equal "marks" "  mark 0x0 -> 0x5 x2,  mark 0x5 -> 0x6 x2" \
		"$(grep -E '^  mark' "$OUT" | sort | uniq -c | awk '{ n = $1; $1 = ""; print " " $0 " x" n }' | paste -sd ,)"
	assert_equal "forwarding" 2 "$(grep -c '^  (forwarding) ttl 64 -> 63' "$OUT")"
	assert_equal "routing" 2 "$(grep -c '^  (routing) out eth1' "$OUT")"
	assert_equal "forwarded" 2 "$(grep -c '^=> FORWARDED out eth1' "$OUT")"
	round_trip
	assert_equal "families" "inet ip ip6 netdev" "$(jq -r '.events[].nft_family' "$SCRATCH/again" | sort -u | paste -sd ' ')"

	subtest "the same, beside an expression: whose packet it is has been somewhere before"
	start_nftrace r -t 60 --only table=n -p udp --dport 7:9
	send_both 7 8
	stop_nftrace INT
	assert_equal "told" "7x2 8x2" "$(told "$OUT")"
	assert_equal "events" "$one $one" "$(traces 7 | paste -sd ' ')"
	assert_equal "not traced before" 0 "$(traces 8 | grep -c ':i:')"
	assert_equal "but behind" 2 "$(traces 8 | grep -c 'netdev n:e:')"

	subtest "2000 packets in a buffer that is used again and again: none has another's events"
	start_nftrace r -t 60 -q --pcap "$SCRATCH/link.pcapng"
	in_ns a "$TOOLS/flood" 10.2.0.2 7 2000 8 >/dev/null
	stop_nftrace INT
	assert_grep '2000 packets traced: 2000 FORWARDED' "$ERR"
	"$NFTRACE" --read "$SCRATCH/link.pcapng" --json 2>/dev/null |
		jq -c '[.events[] | .chain]' | sort | uniq -c >"$SCRATCH/ways"
	assert_equal "ways" '2000 ["i","i","i","d","d","i","i","i","f","f","e","e"]' "$(sed 's/^ *//' "$SCRATCH/ways")"
else
	skip "no such hook in this kernel"
fi

# The judge of what is dropped: who should receive it.
receiver() {
	background b receiver tcpdump --immediate-mode -lnni eth0 udp and dst portrange 50-59
	receiver=$BG_PID
	assert_within 10 "tcpdump listens" grep -q 'listening on' "$SCRATCH/receiver.err"
}
arrived() { sed -nE 's/.* > \S+\.([0-9]+): .*/\1/p' "$SCRATCH/receiver" | sort | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd ' '; }
arrives() { [[ $(arrived) = "$1" ]]; }

# egress_drops WHERE: told as dropped where the receiver lacks it; in each form the same
egress_drops() {
	subtest "netdev egress drops, $1: DROP by that rule"
	in_ns r nft flush ruleset
	tables
	in_ns r nft 'table netdev n { chain e { type filter hook egress device eth1 priority 0; jump d; }; chain d { udp dport 54 counter drop; }; }' 2>/dev/null ||
		{ skip "no such hook in this kernel"; return; }
	receiver
	start_nftrace r -t 60 --pcap "$SCRATCH/link.pcapng" -p udp --dport 50:59
	send_both 54 55
	assert_within 5 "what is not dropped arrives" arrives "55x2"
	stop_nftrace INT
	kill "$receiver"
	assert_status 0
	assert_equal "told" "54x2 55x2" "$(told "$OUT")"
	assert_equal "fates" "54 DROP, 54 DROP, 55 FORWARDED, 55 FORWARDED" \
		"$(sed -nE 's/^#.* > \S+\.([0-9]+): .*/\1/p; s/^=> ([A-Z]+) .*/\1/p' "$OUT" | paste -d ' ' - - | sort | paste -sd , | sed 's/,/, /g')"
	local rule='netdev n:d:rule:handle [0-9]+  "udp dport 54 counter drop"$'
	assert_equal "by the rule" 2 "$(grep -Ec "^=> DROP by nft $rule" "$OUT")"
	assert_equal "and its event" 2 "$(grep -Ec "^TRACE: nft $rule" "$OUT")"
	assert_grep "  [12] by nft ${rule%\$}" "$ERR"
	round_trip
	assert_equal "families of the tables that drop" "netdev netdev" \
		"$(jq -r 'select(.fate == "DROP") | .by.nft_family' "$SCRATCH/again" | paste -sd ' ')"
}

egress_drops "only nft"

subtest "netdev ingress traces what only rules of iptables-legacy see"
in_ns r nft flush ruleset
if tracer "netdev n" 2>/dev/null; then
	for iptables in iptables ip6tables; do
		in_ns r $iptables-legacy -A FORWARD -p udp --dport 8 -j ACCEPT
	done
	follows "netdev n"
	in_ns r nft flush ruleset

	subtest "netdev ingress traces, and nobody has a table at IP's hooks: told without a fate"
	ns_new lone
	in_ns lone nft 'table netdev n { chain i { type filter hook ingress device lo priority 0; udp dport 7 meta nftrace set 1; }; }'
	start_nftrace lone -t 60
	for to in 127.0.0.1 ::1; do in_ns lone "$TOOLS/flood" $to 7 1 8 >/dev/null; done
	stop_nftrace INT
	assert_status 0
	assert_equal "told" 2 "$(grep -c '^=> UNKNOWN after INGRESS: no hook of ip, ip6 or inet saw it go on' "$OUT")"

	subtest "nothing traces: no expression is an error, whatever netdev holds"
	in_ns r nft 'table netdev n { chain i { type filter hook ingress device eth0 priority 0; counter; }; }'
	run_nftrace r -t 1
	assert_status 2
	assert_grep 'there is no TRACE rule in any table' "$ERR"
else
	skip "no such hook in this kernel"
fi

egress_drops "with tables of iptables-legacy"

for ns in a b; do ns_del $ns; done
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
	assert_equal "fates" "51 DROP by nft bridge b:o:rule, 52 DROP by nft bridge b:f:rule, 53 DROP by nft bridge b:p:rule, 54 FORWARDED out br0 PHYSOUT=port-b" \
		"$(awk '/^#/ { match($0, /\.5[0-9]: /); port = substr($0, RSTART + 1, 2) } sub(/^=> /, "") { sub(/:handle .*/, ""); print port, $0 }' "$OUT" | sort -u | paste -sd , | sed 's/,/, /g')"
	assert_grep 'note: 4 packets were bridged, not routed: .* net.bridge.bridge-nf-call-iptables=1' "$ERR"
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
