#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-route: by which rule of policy routing a packet went, and what mark and TOS made of its way.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

# a - r - b, and a second cable r - b: what has mark 7 goes through it
lab_router
veth r eth2 b eth1
addresses r eth2 10.3.0.1/24 fd00:3::1/64
addresses b eth1 10.3.0.2/24 fd00:3::2/64
addresses b lo 10.9.9.9/32 fd00:9::9/128
settle a eth0 r eth0 r eth1 b eth0 r eth2 b eth1
in_ns r sysctl -qw net.ipv4.conf.all.rp_filter=0
for dev in eth0 eth1 all; do in_ns b sysctl -qw net.ipv4.conf.$dev.rp_filter=0; done
ns_ip r route add default via 10.2.0.2
ns_ip r -6 route add default via fd00:2::2
ns_ip r route add default via 10.3.0.2 table 79
ns_ip r -6 route add default via fd00:3::2 table 79
for f in -4 -6; do
	ns_ip r $f rule add pref 100 fwmark 0x70/0xf0 lookup 79
	ns_ip r $f rule add pref 101 from all iif eth9 lookup 79
	ns_ip r $f rule add pref 102 fwmark 7 lookup 79
done
for to in 10.9.9.9 fd00:9::9; do talk a udp $to 7 wait 1 2>/dev/null; in_ns r "$TOOLS/flood" $to 7 1 8; done >/dev/null
for to in 10.3.0.2 fd00:3::2; do in_ns r ping -q -c 1 $to >/dev/null; done

# The judge: by which interface b got it.
listen() {
	background b got tcpdump --immediate-mode -lnni any udp and dst portrange 50-59
	listener=$BG_PID
	assert_within 10 "tcpdump listens" has_line 'listening on' "$SCRATCH/got.err"
}
got() { sed -nE 's/^\S+ (eth[01]) +In .* > \S+\.([0-9]+): .*/\2 \1/p' "$SCRATCH/got" | sort | uniq -c | awk '{ print $2 " " $3 "x" $1 }' | paste -sd ' '; }
arrived() { [[ $(got) = "$1" ]]; }
both() { for to in 10.9.9.9 fd00:9::9; do in_ns "$1" "$TOOLS/flood" $to "$2" 1 8 >/dev/null; done; }
routed() { grep -E '^  \(routing\)' "$OUT" | sort | uniq -c | sed -E 's/^ *//; s/ via \S+/ via GW/' | sort | paste -sd '|'; }

# rerouted WHAT IPTABLES: only mangle's OUTPUT stands; 54 is marked, 55 is refused its new way
rerouted() {
	local f
	for f in ip ip6; do
		in_ns r "${f}tables-$1" -t mangle -A OUTPUT -p udp --dport 54 -j MARK --set-mark 7
		in_ns r "${f}tables-$1" -t mangle -A OUTPUT -p udp --dport 55 -j MARK --set-mark 8
	done
	start_nftrace r -t 60 -p udp --dport 50:59 "${@:3}"
	for port in 54 55 56; do both r $port; done
	assert_within 5 "what is routed again arrives" arrived "$2"
	stop_nftrace INT
	# An old interface would be a lie; that of one that is refused as well.
	assert_equal "54 and 55 are not SENT by the old way" "" \
		"$(awk '/^#/ { head = $0 } /^=> SENT out eth1/ && head ~ /\.5[45]: / { print head, $0 }' "$OUT")"
	assert_equal "55 is not SENT" 0 "$(grep -A 20 '\.55: ' "$OUT" | awk '/^#/ { on = /\.55: / } on && /^=> SENT/' | wc -l)"
	# What had no mark when it was routed first was not routed by one.
	assert_equal "by the mark only behind OUTPUT" "" \
		"$(grep -E '^  \(routing\) out eth1, by ip rule 102' "$OUT")"
	assert_equal "56 is SENT" 2 "$(awk '/^#/ { on = /\.56: / } on && /^=> SENT out eth1/' "$OUT" | wc -l)"
}
new_way() {
	assert_equal "routed again" 2 "$(grep -Ec '^  \(routing\) out eth1 -> eth2, by ip rule 102 fwmark 0x7 lookup 79: default via \S+ \(asked now\)$' "$OUT")"
	assert_equal "by the new way" 2 "$(awk '/^#/ { on = /\.54: / } on && /^=> SENT out eth2/' "$OUT" | wc -l)"
}
for f in -4 -6; do ns_ip r $f rule add pref 103 fwmark 8 unreachable; done

subtest "a mark set in OUTPUT makes the kernel choose again: only iptables-nft's mangle"
listen
rerouted nft "54 eth1x2 56 eth0x2" --no-witness
assert_equal "54 is not known to be SENT" 2 "$(awk '/^#/ { on = /\.54: / } on && /^=> UNKNOWN after OUTPUT: a rule there changed its mark/' "$OUT" | wc -l)"
in_ns r nft flush ruleset
kill "$listener"

subtest "the same with a witness at POSTROUTING: by the new way"
listen
rerouted nft "54 eth1x2 56 eth0x2"
new_way
in_ns r nft flush ruleset
kill "$listener"

subtest "a mark set in PREROUTING chooses the way: the rule is named, asked now"
in_ns r iptables-legacy -t mangle -A PREROUTING -p udp --dport 51 -j MARK --set-mark 7
in_ns r ip6tables-legacy -t mangle -A PREROUTING -p udp --dport 51 -j MARK --set-mark 7
in_ns r iptables-legacy -P FORWARD ACCEPT
in_ns r ip6tables-legacy -P FORWARD ACCEPT
in_ns r iptables-legacy-save >/dev/null
listen
start_nftrace r -t 60 --pcap "$SCRATCH/way.pcapng" -p udp --dport 50:59
both a 51
both a 52
assert_within 5 "both ways" arrived "51 eth1x2 52 eth0x2"
stop_nftrace INT
assert_status 0

assert_equal "ways" 4 "$(grep -c '^  (routing) out eth' "$OUT")"
assert_equal "by the mark" 2 "$(grep -Ec '^  \(routing\) out eth2, by ip rule 102 fwmark 0x7 lookup 79: default via (10.3.0.2|fd00:3::2) \(asked now\)$' "$OUT")"
assert_equal "what nobody asks is not told" 2 "$(grep -c '^  (routing) out eth1$' "$OUT")"
"$NFTRACE" --read "$SCRATCH/way.pcapng" >"$SCRATCH/again" 2>/dev/null
assert_same "the recording" "$OUT" "$SCRATCH/again"
"$NFTRACE" --read "$SCRATCH/way.pcapng" --json >"$SCRATCH/again" 2>/dev/null
assert_schema Packet "$SCRATCH/again"
assert_equal "of each" "by ip rule 102 fwmark 0x7 lookup 79 x2, by ip rule 32766 lookup main x2" \
	"$(jq -r .way "$SCRATCH/again" | sed 's/:.*//' | sort | uniq -c | awk '{ n = $1; $1 = ""; print substr($0, 2) " x" n }' | paste -sd , | sed 's/,/, /g')"

subtest "-v: the way of each packet, of what this host sends as well"
start_nftrace r -t 60 -v -p udp --dport 50:59
both a 52
both r 53
stop_nftrace INT
assert_equal "forwarded" 2 "$(grep -Ec '^  \(routing\) out eth1, by ip rule 32766 lookup main: default via \S+ \(asked now\)$' <(grep -A 99 '\.52: ' "$OUT" | grep -B 99 -m 2 '^=>'))"
assert_equal "in all" 4 "$(grep -Ec '^  \(routing\) out eth1, by ip rule 32766 lookup main: default via \S+ \(asked now\)$' "$OUT")"

subtest "the same of iptables-legacy, whose mangle sees it at POSTROUTING"
for f in ip ip6; do in_ns r ${f}tables-legacy -t mangle -F; done
kill "$listener"
listen
rerouted legacy "54 eth1x2 56 eth0x2"
new_way

# IPv4's tables local and main are one in the kernel while nobody has made a policy rule:
# b has none of its own, r has. An entry of that type that stands in main is main's.
subtest "to an address of its own: by table local, in a namespace with policy rules and without"
for f in ip ip6; do
	for ns in b r; do in_ns $ns ${f}tables-nft -A OUTPUT -p udp -j ACCEPT; done
done
ns_ip b route add local 10.99.0.0/24 dev lo table main
for ns in b r; do
	start_nftrace $ns -t 60 -v --backend nft --chain OUTPUT -p udp --dport 57
	case $ns in
	b) to="10.9.9.9 fd00:9::9 10.99.0.7" ;;
	r) to="10.1.0.1 fd00:1::1" ;;
	esac
	for address in $to; do in_ns $ns "$TOOLS/flood" $address 57 1 8 >/dev/null; done
	stop_nftrace INT
	for address in $to; do
		case $address in
		10.99.*) table="32766 lookup main: 10.99.0.0/24" ;;
		*:*) table="0 lookup local: $address/128" ;;
		*) table="0 lookup local: $address/32" ;;
		esac
		assert_equal "$ns to $address" "  (routing) out lo, by ip rule $table (asked now)" \
			"$(awk -v to="> $address.57: " '/^#/ { on = index($0, to) } on && /out lo, by/' "$OUT")"
	done
done
