#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-vmap: which verdict a verdict map gave, and which element: what the kernel says when it is asked for that key.
#
# The judges are nft monitor trace, of the same packets, for the verdicts, and nft get element for
# the elements, which looks the key up in the kernel as a packet does.
. "$(dirname "$0")/lib.sh"
unset -f jq	# which writes an object as it stands; gojq sorts its keys
. "$TESTS/lab.sh"
. "$TESTS/numbers.sh"

lab_loopback
server lo echo udp 10.9.0.1 7 udp fd00:9::1 7

# Maps as kube-proxy has them, and others; each but the last says that the packet goes on.
maps() { # FAMILY ADDRESS-TYPE DADDR NET
	cat <<-END
	table $1 k {
		map services {
			type $2 . inet_proto . inet_service : verdict
			elements = { $3 . udp . 7 comment "default/web:http" : goto web,
				     $3 . tcp . 7 comment "default/web:https" : goto none }
		}
		map nodeports {
			type inet_proto . inet_service : verdict
			elements = { udp . 7 : continue, udp . 8 : drop }
		}
		map nets {
			type $2 : verdict
			flags interval
			elements = { $4 comment "this net" : jump other, * : continue }
		}
		map both {
			type $2 . inet_service : verdict
			flags interval
			elements = { $4 . 5-9 : jump other, $4 . 10-20 comment "no" : drop }
		}
		map ports {
			type inet_service : verdict
			flags interval
			elements = { 1-6 : drop, 7-19 comment "small  ones" : continue }
		}
		map names {
			type ifname : verdict
			flags interval
			elements = { "eth*" : drop, "lo" comment "-> drop \\ 'x'" : continue }
		}
		map marked {
			type mark : verdict
			flags interval
			elements = { 0x10-0x1f comment "marked" : continue }
		}
		map touched {
			type inet_service : verdict
		}
		chain other {
		}
		chain none {
			reject
		}
		chain web {
			numgen random mod 1 vmap { 0 : jump other }
			ip protocol . th dport vmap @nodeports
		}
		chain services {
			$1 daddr . meta l4proto . th dport vmap @services
		}
		chain out {
			type filter hook output priority 0
			meta mark set 0x12 mark vmap @marked
			$1 daddr vmap @nets
			$1 daddr . udp dport vmap @both
			udp dport vmap @ports
			oifname vmap @names
			oif vmap { lo : continue }
			ct state vmap { established : continue, new : continue, invalid : drop }
			fib daddr type vmap { local : continue, unicast : drop }
			udp dport vmap { 7 : continue, 8-10 : drop }
			jump services
		}
		chain in {
			type filter hook input priority 0
			udp dport vmap @touched
		}
	}
	END
}
maps ip ipv4_addr 10.9.0.1 10.9.0.0/24 >"$SCRATCH/maps"
maps ip6 ipv6_addr fd00:9::1 fd00:9::/64 | sed 's/ip protocol/meta l4proto/' >"$SCRATCH/maps6"
in_ns lo nft -f "$SCRATCH/maps" && in_ns lo nft -f "$SCRATCH/maps6" || fail "nft -f"

# monitor: what the kernel tells of the next run's packets
monitor() {
	background lo monitor nft monitor trace
	MONITOR_PID=$BG_PID
	assert_within 10 "the monitor listens" hears_traces
}
# hears_traces: a socket there is in the group of nf_tables' trace events, the ninth
hears_traces() {
	in_ns lo awk '$2 == 12 && substr($4, 6, 1) ~ /[13579bdf]/ { found = 1 }
		END { exit !found }' /proc/net/netlink
}

# shown: in elements, those that nft prints on stdin, as nftrace does.  Of marks that are a prefix
# some nft print that, others the range.
shopt -s extglob
shown() {
	local text= i of_comment='^(.*) comment (".*") : ([^:]*)$'
	IFS= read -rd '' text
	text=${text//[$'\n\t']/}
	text=${text##*'elements = {'*( )}
	text=${text%%*( )\}*}
	mapfile -t elements <<<"${text//,+( )/$'\n'}"
	for i in "${!elements[@]}"; do
		text=${elements[i]/#'0x00000010/28 '/0x00000010-0x0000001f }
		if [[ $text =~ $of_comment ]]; then
			text="${BASH_REMATCH[1]} ${BASH_REMATCH[2]} -> ${BASH_REMATCH[3]}"
		else
			text=${text/ : / -> }
		fi
		elements[i]=$text
	done
}
# asked FAMILY MAP KEY: in want, the element that the kernel finds for it.  Of a range nft get element
# prints only the first key: the whole element is the one of the map with the same comment.
asked() {
	local found element
	want=
	in_ns lo nft get element "$1" k "$2" "{ $3 }" >"$SCRATCH/nft"
	shown <"$SCRATCH/nft"
	found=${elements[0]}
	((${#elements[@]} == 1)) || fail "nft get element $1 k $2 { $3 } finds ${#elements[@]}"
	in_ns lo nft list map "$1" k "$2" >"$SCRATCH/nft"
	shown <"$SCRATCH/nft"
	for element in "${elements[@]}"; do
		[[ $element != *" ${found#* }"* ]] || want+=${want:+$'\n'}$element
	done
	want=${want:-$found}
}
# told RULE: in said, what stands behind its event, each once, by OUT's lines
told() {
	local i k
	said=
	for i in "${!lines[@]}"; do
		[[ ${lines[i]} = *"\"$1\""* ]] || continue
		for ((k = i; k < i + 3 && k < ${#lines[@]}; k++)); do
			[[ ${lines[k]} =~ ^'  verdict map: '(.*) ]] || continue
			[[ $'\n'$said$'\n' = *$'\n'"${BASH_REMATCH[1]}"$'\n'* ]] || said+=${said:+$'\n'}${BASH_REMATCH[1]}
		done
	done
}
# is_told WHAT WANTED RULE
is_told() {
	told "$3"
	assert_equal "$1" "$2" "$said"
}

# told_of FAMILY RULE MAP KEY: the same element, by both
told_of() {
	asked "$1" "$3" "$4"
	[[ -n $want ]] || fail "nft get element $1 k $3 { $4 }"
	is_told "$2" "$want" "$2"
}

judge() { # FAMILY DADDR
	local lines
	mapfile -t lines <"$OUT"
	told_of "$1" "$1 daddr . meta l4proto . th dport vmap @services" services "$2 . udp . 7"
	told_of "$1" "$1 daddr vmap @nets" nets "$2"
	told_of "$1" "$1 daddr . udp dport vmap @both" both "$2 . 7"
	told_of "$1" "udp dport vmap @ports" ports 7
	told_of "$1" "meta mark set 0x00000012 meta mark vmap @marked" marked 0x12
	is_told oifname "\"lo\" \"-> drop \\ 'x'\" -> continue" "oifname vmap @names"
	is_told "what nothing tells, by its verdict" "0 -> jump other" "numgen random mod 1 vmap { 0 : jump other }"
	is_told oif '"lo" -> continue' 'oif vmap { "lo" : continue }'
	is_told "fib" "local -> continue" "fib daddr type vmap { unicast : drop, local : continue }"
	is_told "two of this verdict" "continue" "ct state vmap { invalid : drop, established : continue, new : continue }"
	is_told "a map without a name" "7 -> continue" "udp dport vmap { 7 : continue, 8-10 : drop }"
}

for family in ip ip6; do
	daddr=10.9.0.1
	[[ $family = ip ]] || daddr=fd00:9::1
	subtest "$family: maps of all kinds"
	monitor
	start_nftrace lo -t 20 -c 1 --backend nft -p udp --dport 7
	talk lo udp $daddr 7 >/dev/null || fail "no answer"
	end_nftrace 10
	assert_status 0
	judge $family $daddr
	subtest "$family: each rule has the handle that nft prints"
	printed_handles "$OUT" >"$SCRATCH/printed"
	in_ns lo nft -a -s -t list ruleset | handle_rules >"$SCRATCH/numbered"
	are_rules "a handle of another rule" "$SCRATCH/numbered" "$SCRATCH/printed"
	((NUMBERS >= 10)) || fail "$NUMBERS handles"
	subtest "$family: the verdicts are those of nft monitor trace"
	assert_within 5 "nft monitor trace has them all" grep -q 'vmap @nodeports\|meta l4proto . th dport' "$SCRATCH/monitor"
	kill "$MONITOR_PID"
	assert_within 10 "the monitor ends" is_gone "$MONITOR_PID"
	sed -nE 's/^.* rule (.*vmap .*) \(verdict (.*)\)$/\1: \2/p' "$SCRATCH/monitor" | sort -u >"$SCRATCH/verdicts"
	sed -nE '/^TRACE:/{s/^.*  "(.*)"$/\1/;h}; /^  verdict map:/{s/.* -> //;s/^  verdict map: //;H;x;s/\n/: /p}' "$OUT" |
		sort -u >"$SCRATCH/told"
	show "nft monitor trace" "$SCRATCH/verdicts"
	(($(wc -l <"$SCRATCH/told") >= 12)) || fail "$(wc -l <"$SCRATCH/told") verdicts are told"
	comm -23 "$SCRATCH/told" "$SCRATCH/verdicts" >"$SCRATCH/differ"
	[[ ! -s $SCRATCH/differ ]] || { show "only nftrace's" "$SCRATCH/differ"; fail "others"; }
done

# element COMMAND...: changes of the map @touched, in one transaction
element() { in_ns lo nft "$@" || fail "nft $*"; }
# fates N: so many are printed
fates() { (($(grep -c '^=> ' "$OUT") >= $1)); }
send() { talk lo udp 10.9.0.1 7 wait 20 >/dev/null 2>&1; assert_within 10 "packet $1 is printed" fates "$1"; }

subtest "elements that come and go during the trace"
element add element ip k touched '{ 9 comment "another" : drop }'
start_nftrace lo -t 30 -c 5 --backend nft -p udp --dport 7
send 1
element add element ip k touched '{ 7 comment "first" : drop }'
send 2
element "delete element ip k touched { 7 }; add element ip k touched { 7 comment \"second\" : drop }"
send 3
element "delete element ip k touched { 7 }; add element ip k touched { 7 : goto none }"
send 4
element "delete element ip k touched { 7 }; add element ip k touched { 7 comment \"$(printf 'a\033[31mb')\" : drop }"
send 5
end_nftrace 10
BY='nft ip k:in:rule:handle [0-9]+  "udp dport vmap @touched"'
grep '^=> ' "$OUT" >"$SCRATCH/fates"
show "the fates" "$SCRATCH/fates"
assert_grep '^=> DELIVERED' <(sed -n 1p "$SCRATCH/fates")
assert_grep "^=> DROP by $BY: 7 \"first\"\$" <(sed -n 2p "$SCRATCH/fates")
assert_grep "^=> DROP by $BY: 7 \"second\"\$" <(sed -n 3p "$SCRATCH/fates")
assert_grep "^=> REJECT by nft ip k:none:rule" <(sed -n 4p "$SCRATCH/fates")
assert_grep '^  verdict map: 7 -> goto none$' "$OUT"
assert_grep "^=> DROP by $BY: 7 \"a.x1b\\[31mb\"\$" <(sed -n 5p "$SCRATCH/fates")

subtest "--json, -q, and all of it from a recording"
record=$SCRATCH/record.pcapng
run_nftrace lo -t 20 -c 1 --backend nft --json --pcap "$record" -p udp --dport 7 -- \
	"$TOOLS/talk" udp 10.9.0.1 7 wait 20
cp "$OUT" "$SCRATCH/json"
jq -c '.events[] | select(.rule == "udp dport vmap @ports") | [.verdict, .element]' "$OUT" >"$SCRATCH/got"
assert_text '["continue",{"key":"7-19","comment":"small  ones"}]' "$SCRATCH/got"
jq -c '.events[] | select(.rule == "oif vmap { \"lo\" : continue }") | [.verdict, .element]' "$OUT" >"$SCRATCH/got"
assert_text '["continue",{"key":"\"lo\"","comment":null}]' "$SCRATCH/got"
jq -c '.events[] | select(.kind != "rule" or (.rule | contains(" vmap ") | not)) | [.verdict, .element]' "$OUT" |
	sort -u >"$SCRATCH/got"
assert_text '[null,null]' "$SCRATCH/got"
"$NFTRACE" --read "$record" --json >"$SCRATCH/again"
assert_same "--json of the recording" "$SCRATCH/json" "$SCRATCH/again"
"$NFTRACE" --read "$record" >"$SCRATCH/block"
assert_grep '^  verdict map: 7-19 "small  ones" -> continue$' "$SCRATCH/block"
"$NFTRACE" --read "$record" -q >"$SCRATCH/line"
assert_grep '^DROP .* by nft ip k:in handle [0-9]+: 7 "a.x1b\[31mb"' "$SCRATCH/line"

subtest "a map that was touched while the packet was held: no element is told"
in_ns lo iptables-nft -t mangle -A POSTROUTING -p udp --dport 7 -j NFQUEUE --queue-num 3
background lo nfq "$TOOLS/nfq" 3 rewrite 2
assert_within 5 "the queue's listener starts" in_ns lo grep -qE "^ +3 " /proc/net/netfilter/nfnetlink_queue
start_nftrace lo -t 30 -c 2 --backend nft -p udp --dport 7
talk lo udp 10.9.0.1 7 wait 20 >/dev/null 2>&1
assert_within 5 "the packet is in the queue" in_ns lo grep -qE "^ +3 +[0-9]+ +1 " /proc/net/netfilter/nfnetlink_queue
element "delete element ip k nodeports { udp . 7 }; add element ip k nodeports { udp . 7 comment \"new\" : continue }"
talk lo udp 10.9.0.1 7 wait 20 >/dev/null 2>&1
end_nftrace 10
grep -A 1 '@nodeports' "$OUT" | sed -n 's/^  verdict map: //p' >"$SCRATCH/got"
assert_equal "what is told of both" 'continue, udp . 7 "new" -> continue' "$(paste -sd , "$SCRATCH/got" | sed 's/,/, /')"

subtest "a service without endpoints: each form names it"
in_ns lo iptables-nft -t mangle -F POSTROUTING
element "flush map ip k touched; add element ip k touched { 7 comment \"default/web:dns\" : goto none }"
run_nftrace lo -t 20 -c 1 --backend nft --pcap "$record" -p udp --dport 7 -- "$TOOLS/talk" udp 10.9.0.1 7 wait 20
VIA='via nft ip k:in:rule:handle [0-9]+  "udp dport vmap @touched": 7 "default/web:dns"'
assert_grep "^=> REJECT by nft ip k:none:rule:handle [0-9]+  \"reject\"; $VIA" "$OUT"
assert_grep "  1 by nft ip k:none:rule:handle [0-9]+  \"reject\"; $VIA\$" "$ERR"
"$NFTRACE" --read "$record" -q >"$SCRATCH/line"
assert_grep '^REJECT .* via nft ip k:in handle [0-9]+: 7 "default/web:dns"' "$SCRATCH/line"
"$NFTRACE" --read "$record" --fold >"$SCRATCH/folded"
assert_grep '@touched: 7 "default/web:dns" -> goto none' "$SCRATCH/folded"

subtest "whose service it was the element tells, of each packet its own"
in_ns lo nft flush ruleset
in_ns lo nft -f - <<'END' || fail "nft -f"
table ip kube-proxy {
	map no-endpoint-services {
		type ipv4_addr . inet_proto . inet_service : verdict
		elements = { 10.9.0.1 . udp . 1080 comment "shop/cart:http" : goto reject-chain,
			     10.9.0.1 . udp . 1081 comment "shop/web" : goto reject-chain,
			     10.9.0.1 . udp . 1082 : goto reject-chain }
	}
	chain filter-output {
		type filter hook output priority filter; policy accept;
		ip daddr . meta l4proto . th dport vmap @no-endpoint-services
	}
	chain reject-chain {
		reject
	}
}
END
start_nftrace lo -t 30 --rate 0 -c 5 --json --pcap "$record" -p udp --dport 1080:1082
for port in 1080 1081 1082 1080 1081; do talk lo udp 10.9.0.1 $port wait 1 2>/dev/null; done
end_nftrace 10
assert_equal "owners" "shop/cart:http shop/web null shop/cart:http shop/web" \
	"$(jq -r .owner.object "$OUT" | paste -sd ' ')"
assert_grep '^nftrace:   2 kube-proxy: shop/cart:http$' "$ERR"
for form in --full --fold -q; do
	"$NFTRACE" --read "$record" $form 2>/dev/null >"$SCRATCH/told"
	assert_equal "$form" "[kube-proxy: shop/cart:http] [kube-proxy: shop/web] [kube-proxy] [kube-proxy: shop/cart:http] [kube-proxy: shop/web]" \
		"$(grep -o '\[kube-proxy[^]]*\]' "$SCRATCH/told" | paste -sd ' ')"
	"$NFTRACE" --read "$record" $form --masked 2>/dev/null >"$SCRATCH/told"
	assert_no_grep 'shop|cart' "$SCRATCH/told"
done
