#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-link: rules of family netdev, and of inet's ingress: they trace and drop outside the hooks of IP.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/link.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
for to in 10.2.0.2 fd00:2::2; do talk a udp $to 7 wait 1 2>/dev/null; done
before=$SCRATCH/before

# assert_told PORTS: of the run that ended last
assert_told() {
	local ports
	into ports told "$OUT"
	assert_equal "told" "$1" "$ports"
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
	assert_told "7x2 8x2"
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
	assert_grep "note: nft $family n:i \\(ingress, priority 0\\) runs before the trace begins: what it does shows only where it traces itself" "$ERR"
	send_both 7 8 9
	stop_nftrace INT
	assert_status 0
	assert_told "8x2 9x2"
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
	assert_told "7x2 8x2"
	assert_equal "dropped" 2 "$(grep -c "^=> DROP by nft $family n:i:rule:handle [0-9]*  \"udp dport 8 drop\"$" "$OUT")"
	assert_equal "forwarded" 2 "$(grep -c '^=> FORWARDED out eth1' "$OUT")"
	round_trip
	assert_equal "last hooks" "INGRESS INGRESS" \
		"$(jq -r 'select(.fate == "DROP") | .last_hook' "$SCRATCH/again" | paste -sd ' ')"
done

# traces PORT: the blocks' TRACE lines of packets to a port, without what differs from family to family
traces() {
	awk -v p="\\.$1: " '/^#/ { on = $0 ~ p }
		on && /^TRACE/ { sub(/  ".*/, ""); sub(/handle [0-9]+/, "handle"); sub(/ ip6? /, " ip "); print }' "$OUT"
}

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
	assert_told "7x2"
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
	assert_told "7x2 8x2"
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
	assert_within 10 "tcpdump listens" has_line 'listening on' "$SCRATCH/receiver.err"
}
arrives() {
	local arrived
	into arrived ports_of '' "$SCRATCH/receiver"
	[[ $arrived = "$1" ]]
}

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
	assert_told "54x2 55x2"
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

	subtest "netdev ingress traces, and nobody has a table at IP's hooks: told, and what became of it"
	ns_new lone
	server lone echo udp 127.0.0.1 7 udp ::1 7
	in_ns lone nft 'table netdev n { chain i { type filter hook ingress device lo priority 0; udp dport 7 meta nftrace set 1; }; }'
	for more in "" --no-witness; do
		start_nftrace lone -t 60 $more
		for to in 127.0.0.1 ::1; do in_ns lone "$TOOLS/flood" $to 7 1 8 >/dev/null; done
		stop_nftrace INT
		assert_status 0
		fate=DELIVERED
		[[ -z $more ]] || fate="UNKNOWN after INGRESS: no hook of ip, ip6 or inet saw it go on"
		assert_equal "told $more" 2 "$(grep -cx "=> $fate" "$OUT")"
	done

	subtest "nothing traces: no expression is an error, whatever netdev holds"
	in_ns r nft 'table netdev n { chain i { type filter hook ingress device eth0 priority 0; counter; }; }'
	run_nftrace r -t 1
	assert_status 2
	assert_grep 'there is no TRACE rule in any table' "$ERR"
else
	skip "no such hook in this kernel"
fi

egress_drops "with tables of iptables-legacy"
