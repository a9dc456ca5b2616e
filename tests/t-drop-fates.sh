#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-drop-fates: what the kernel's drop records make of fates, end to end; judged by counters and receivers.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
borrow_kallsyms

need_records
lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 udp fd00:2::2 7
server r local udp 10.1.0.1 7
for version in '' 6; do
	in_ns r ip${version}tables-legacy-restore <<'EOT' || fail "restore"
*raw
COMMIT
*mangle
-A FORWARD -p udp --dport 4007 -j ACCEPT
COMMIT
*filter
:cut -
-A FORWARD -p tcp -j cut
-A FORWARD -p udp --dport 4008 -j DROP
-A cut -p tcp -m tcp --dport 80 -j ACCEPT
COMMIT
EOT
done
talk a udp 10.2.0.2 7 && talk a udp fd00:2::2 7 || fail "the networks do not work"

# What of these settings is not there by default.
known r eth1 "$(mac_of b eth0)" 10.2.0.2 fd00:2::2
# Who does not answer is given up when we say so, and not before it was told what went to him.
in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=1 net.ipv4.neigh.eth1.retrans_time_ms=600000 \
	net.ipv6.neigh.eth1.retrans_time_ms=600000
n=0
for type in prohibit blackhole unreachable; do
	n=$((n + 1))
	ns_ip r route add $type 10.77.$n.0/24
	ns_ip r -6 route add $type fd00:77:$n::/64
done
ns_ip r link set eth1 mtu 1400
addresses a lo 10.2.0.77/32
in_ns r nft -f - <<'EOT' || fail "nft"
table netdev t {
	chain e {
		type filter hook egress device "eth1" priority 0;
		udp dport 4007 drop;
	}
}
EOT
# An IPv4 frame to port 4006: TC_ACT_SHOT, all others go on.
drop_4006='6,40 0 0 12,21 0 3 2048,40 0 0 36,21 0 1 4006,6 0 0 2,6 0 0 4294967295,'
in_ns r tc qdisc add dev eth1 clsact &&
	in_ns r tc filter add dev eth1 egress bpf da bytecode "$drop_4006" || fail "tc"

udp() { talk a udp "$1" "$2" from $((20000 + $2)) wait 1 "${@:3}" 2>/dev/null; return 0; }
# counter NAME: of r's UDP, both families
counter() {
	in_ns r awk -v name="$1" '$1 == "Udp:" { if (!n) { for (i = 2; i <= NF; i++) if ($i == name) n = i } else sum += $n }
		$1 == "Udp6" name { sum += $2 } END { print sum + 0 }' /proc/net/snmp /proc/net/snmp6
}
# told PATTERN: how many packets were told of so
told() { grep -Ec -- "$1" "$OUT"; }

start_nftrace r -t 60 --rate 0 -q --pcap "$SCRATCH/all.pcapng" -p udp --dport 4001:4999

subtest "nobody listens: as many as the kernel counts"
before=$(counter NoPorts)
udp 10.1.0.1 4001
udp fd00:1::1 4001
udp 10.1.0.1 4001
assert_equal "NoPorts" 3 $(($(counter NoPorts) - before))
assert_within 15 "they are told" has_line '^LOST .*fd00:1::1.4001' "$OUT"
assert_equal "nobody listens" 3 "$(told '^LOST .* => after INPUT: no rule dropped it; kernel: NO_SOCKET at __udp[46]_lib_rcv: nobody listens on udp 4001$')"

subtest "routing's reasons, with the setting that says the same"
talk a udp 10.2.0.2 4002 source 10.2.0.77 wait 1 2>/dev/null
udp 10.99.0.1 4002
for n in 1 2 3; do
	udp 10.77.$n.9 4002
	udp fd00:77:$n::9 4002
done
udp 10.2.0.2 4003 size 1390
udp fd00:2::2 4003 size 1390
assert_within 15 "they are told" has_line 'fd00:2::2.4003' "$OUT"
lost=' => after PREROUTING: no rule dropped it; kernel:'
assert_equal "rp_filter" 1 "$(told "^LOST .*10.2.0.77.*$lost IP_RPFILTER at ip_rcv_finish_core; rp_filter=1 of eth0: the route back to 10.2.0.77 is not through it$")"
assert_equal "no route" 1 "$(told "^LOST .*10.99.0.1.4002.*$lost IP_INNOROUTES at ip_error; there is no route to 10.99.0.1$")"
assert_equal "routes of a type, IPv4" 3 "$(told "^LOST .*10.77.[123].9.*$lost NOT_SPECIFIED at ip_error; .*(prohibit|blackhole|unreachable)")"
assert_equal "routes of a type, IPv6" 3 "$(told "^LOST .*fd00:77:[123]::9.4002.*$lost [A-Z_]+ at (ip6_pkt_|dst_discard)[a-z_]*[:;] ")"
assert_equal "too long" 2 "$(told "^LOST .*$lost PKT_TOO_BIG at ip6?_forward; it is longer than the MTU of eth1 \(1400\) and must not be fragmented$")"

subtest "behind the last hook: tc, and a rule of nft's egress"
udp 10.2.0.2 4006
udp 10.2.0.2 4007
assert_within 15 "they are told" has_line '2.4007' "$OUT"
assert_equal "tc" 1 "$(told '^LOST .*10.2.0.2.4006.* => out eth1 after (POSTROUTING|FORWARD): no rule dropped it; kernel: TC_EGRESS at __dev_queue_xmit: a filter of tc dropped it$')"
assert_equal "nft's egress" 1 "$(told '^(LOST|DROP) .*10.2.0.2.4007.*=> (in|behind|by) .*(NETFILTER_DROP at nft_do_chain|egress|netdev)')"

subtest "a rule's DROP is a rule's DROP, and what goes on goes on"
udp 10.2.0.2 4008
udp 10.2.0.2 4009
assert_within 15 "they are told" has_line '2.4009' "$OUT"
assert_equal "DROP" 1 "$(told '^DROP .*4008: UDP.* by filter:FORWARD:2( .*)?$')"
assert_equal "FORWARDED" 1 "$(told '^FORWARDED .*4009: UDP.* out eth1( by .*)?$')"

subtest "a neighbour that does not answer: told when it is known"
udp 10.2.0.99 4010
udp fd00:2::99 4010
both_went() { [[ $(told '^FORWARDED .*[.]4010: ') = 2 ]]; }
assert_within 15 "both are told" both_went
for address in 10.2.0.99 fd00:2::99; do ns_ip r neigh del $address dev eth1; done
late='after all, [0-9]+\.[0-9] s later: kernel: (NEIGH_FAILED|NOT_SPECIFIED) at neigh_invalidate: its next hop does not answer \(out eth1\)'
both_late() { [[ $(told "^LOST +#[0-9]+ +$late$") = 2 ]]; }
assert_within 20 "two lines" both_late
for address in 10.2.0.99 fd00:2::99; do
	number=$(sed -nE "s/^FORWARDED +(#[0-9]+) .* $address\.4010.* out eth1( by .*)?\$/\1/p" "$OUT")
	assert_equal "of $address" 1 "$(told "^LOST +$number +$late$")"
done
stop_nftrace INT
assert_status 0

subtest "the summary counts what became of them in the end"
total=$(grep -vc ' after all, ' "$OUT") forwarded=$(($(told '^FORWARDED') - 2)) lost=$(told '^LOST')
assert_grep " $total packets traced: .*$forwarded FORWARDED" "$ERR"
assert_grep " $lost LOST" "$ERR"
assert_grep 'nftrace:   3 lost; kernel: NO_SOCKET at __udp4_lib_rcv|nftrace:   2 lost; kernel: NO_SOCKET at __udp4_lib_rcv: nobody listens on udp 4001$' "$ERR"
assert_grep 'note: 2 packets were lost after they were told of' "$ERR"

subtest "a recording gives each form again, what came late in its place"
cp "$OUT" "$SCRATCH/live"
run_nftrace r --read "$SCRATCH/all.pcapng" -q
assert_same "-q" "$SCRATCH/live" "$OUT"
run_nftrace r --read "$SCRATCH/all.pcapng" --json
cp "$OUT" "$SCRATCH/json"
jq -c 'select(.late)' "$OUT" >"$SCRATCH/late"
jq -c 'select(.late | not)' "$OUT" >"$SCRATCH/packets"
assert_schema Late "$SCRATCH/late"
assert_schema Packet "$SCRATCH/packets"
assert_equal "fates of the late ones" "LOST LOST" "$(jq -r 'select(.late) | .fate' "$OUT" | paste -sd ' ')"
assert_equal "which were" 2 "$(jq -s '[.[] | select(.late).late] as $late | [.[] | select(.packet as $n | $late | index($n))] | length' "$OUT")"
run_nftrace r --read "$SCRATCH/all.pcapng" --json --pcap "$SCRATCH/again.pcapng"
run_nftrace r --read "$SCRATCH/again.pcapng" --json
assert_same "a copy of the recording" "$SCRATCH/json" "$OUT"
run_nftrace r --read "$SCRATCH/all.pcapng" -q --only lost
assert_equal "no late line of what is not printed" 0 "$(told 'after all')"
assert_grep 'note: 2 packets that --only had left out were lost later; the first: .*4010: UDP.*: kernel: (NEIGH_FAILED|NOT_SPECIFIED) at neigh_invalidate' "$ERR"
run_nftrace r --read "$SCRATCH/all.pcapng" -q --only drop
assert_no_grep 'had left out' "$ERR"

subtest "inside a hook: by a match, at conntrack's confirmation"
in_ns r conntrack -F >/dev/null 2>&1
in_ns r iptables-legacy -t nat -A POSTROUTING -o eth1 -p udp --dport 4011 -j MASQUERADE --to-ports 4000-4000 --random-fully
start_nftrace r -4 -t 60 --rate 0 --json -p udp --dport 4011 --or -p tcp --dport 80
talk a udp 10.2.0.2 4011 from 21001 wait 1 2>/dev/null
talk a udp 10.2.0.2 4011 from 21002 wait 1 2>/dev/null
clashes() { in_ns r conntrack -S | grep -o 'insert_failed=[0-9]*' | awk -F = '{ n += $2 } END { print n + 0 }'; }
assert_within 15 "they are told" has_line '21002 > 10.2.0.2.4011' "$OUT"
stop_nftrace INT
jq -r '[.fate, .last_hook, .drop.reason // "-", .drop.location // "-"] | join(" ")' "$OUT" >"$SCRATCH/fates"
printf 'FORWARDED POSTROUTING - -\nLOST POSTROUTING NETFILTER_DROP nf_hook_slow\n' >"$SCRATCH/want"
assert_same "the clash" "$SCRATCH/want" "$SCRATCH/fates"
assert_equal "conntrack's count" 1 "$(clashes)"
assert_equal "why" 1 "$(jq -r .reason "$OUT" | grep -c 'likely: conntrack could not confirm the connection')"

subtest "inside a hook: nat, which lets no ICMP redirect pass"
ns_ip r route add 203.0.113.0/24 via 10.1.0.66 dev eth0
start_nftrace r -4 -t 60 --rate 0 -q -p icmp
udp 203.0.113.9 4012
assert_within 15 "it is told" has_line 'ICMP redirect to 10.1.0.66' "$OUT"
stop_nftrace INT
assert_grep '^LOST .* in OUTPUT: .*; kernel: NETFILTER_DROP at nf_hook_slow; likely: nat lets no ICMP redirect pass about a connection' "$OUT"

subtest "without records all is as it was"
start_nftrace r -t 60 --rate 0 -q --no-drops -p udp --dport 4001
udp 10.1.0.1 4001
assert_within 15 "it is told" has_line '^DELIVERED ' "$OUT"
stop_nftrace INT
assert_no_grep 'kernel:' "$OUT"

subtest "without the kernel's word: what went on is only likely, in every form, and that is said"
note='note: DELIVERED, FORWARDED and SENT are only likely: .* \(--no-drops\)$'
likely='likely: no drop records'
for words in --no-drops ''; do
	start_nftrace r -t 20 -c 1 -q $words -p udp --dport 4901
	udp 10.2.0.2 4901
	end_nftrace 10
	assert_status 0
	assert_grep "^FORWARDED .* out eth1( by .*)?${words:+; $likely}\$" "$OUT"
	if [[ $words ]]; then assert_grep "$note" "$ERR"; else assert_no_grep likely "$ERR"; fi
done
# two: one to b, one that r itself sends, one to a socket of r
two() {
	udp 10.2.0.2 4902
	talk r udp 10.2.0.2 4902 wait 1 2>/dev/null
	talk a udp 10.1.0.1 7 wait 20000
}
for form in --full --fold --json --flat; do
	start_nftrace r --no-drops -4 -t 20 --rate 0 $form --pcap "$SCRATCH/unheard" -p udp -m multiport --dports 4902,7
	two
	stop_nftrace INT
	assert_status 0
	"$NFTRACE" --read "$SCRATCH/unheard" $form >"$SCRATCH/again" 2>/dev/null
	case $form in
	--full) assert_equal "blocks" 3 "$(grep -cE "^=> (FORWARDED out eth1|SENT out eth1|DELIVERED)(; .*)?; $likely\$" "$OUT")" ;;
	--fold) assert_equal "lines" 3 "$(grep -cx "   $likely" "$OUT")" ;;
	--json)
		assert_equal "reasons" "DELIVERED $likely FORWARDED $likely SENT $likely" \
			"$(jq -r '.fate, .reason' "$OUT" | paste - - | sort | paste -sd ' ' | tr '\t' ' ')"
		jq -r '[.fate, .reason]' "$OUT" >"$SCRATCH/live"
		jq -r '[.fate, .reason]' "$SCRATCH/again" >"$SCRATCH/read"
		assert_same "read back" "$SCRATCH/live" "$SCRATCH/read"
		;;
	--flat) assert_no_grep likely "$OUT" ;;
	esac
	[[ $form != --f[uo]* ]] || assert_same "read back" "$OUT" "$SCRATCH/again"
done

subtest "without the kernel's word: --expect takes what is likely"
for fate in forwarded delivered; do
	start_nftrace r --no-drops -t 20 -c 1 -q --expect $fate -p udp --dport 4903
	udp 10.2.0.2 4903
	end_nftrace 10
	if [[ $fate = forwarded ]]; then assert_status 0; else assert_status 6; fi
done
