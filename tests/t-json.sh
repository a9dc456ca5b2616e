#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-json: every line of --json is an object of the manual's schema, whatever rules and packets hold.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

subtest "the schema itself"
against_schema Packet /dev/null
assert_equal "objects" "Asked Change Changed Condition Conntrack Continues Copy Doubt Drop Element Event Fact Fate Late Logged Nat Near Only Owner Packet Pair Report Rest Rule Side" "$(jq -r 'keys | join(" ")' "$SCRATCH/schema.json")"

lab_loopback
server lo echo udp 10.9.0.1 7
# Quotes, backslashes, tabs and other controls, UTF-8, and bytes that are none.
comment=$'say \\"hi\\" \\\\ \t\x01\x7f caf\xc3\xa9 \xff\xfe end'
in_ns lo iptables-legacy-restore <<EOT || fail "iptables-restore"
*raw
-A OUTPUT -p udp --dport 1001 -m comment --comment "$comment" -j DROP
-A OUTPUT -p udp --dport 1002 -m comment --comment "$(printf 'only \xe9\xa9 latin')"
COMMIT
*filter
-A INPUT -p udp --dport 1003 -j REJECT
-A INPUT -p udp --dport 1004 -j NFQUEUE --queue-num 9
-A OUTPUT -p udp --dport 1005 -j DROP
COMMIT
EOT
in_ns lo iptables-legacy -t mangle -N 'co:lon"quote\'
in_ns lo iptables-legacy -t mangle -A OUTPUT -p udp --dport 7 -j 'co:lon"quote\'
in_ns lo iptables-legacy -t mangle -A 'co:lon"quote\' -j MARK --set-mark 0xdeadbeef
in_ns lo ip6tables-legacy -S >/dev/null
traffic() {
	talk lo udp 10.9.0.1 7 from 20007 wait 20000 || fail "no echo"
	local port
	for port in 1001 1002 1003 1004 1005; do
		talk lo udp 10.9.0.1 $port from 2$port wait 20 2>/dev/null
	done
	talk lo udp fd00:9::1 1001 wait 20 2>/dev/null
	talk lo tcp 10.9.0.1 1006 from 21006 wait 100 2>/dev/null
	# A name with quotes, controls and bytes of every kind.
	in_ns lo bash -c 'printf "\x12\x34\1\0\0\1\0\0\0\0\0\0\7a\"\\\\\1\x1b\xff\xc3\0\0\1\0\1" >/dev/udp/10.9.0.1/53'
}

subtest "packets"
start_nftrace lo -t 30 --no-drops --all --rate 0 --json
traffic
stop_nftrace INT
assert_schema Packet "$OUT"
assert_equal "lines" "$(jq -n '[inputs] | length' "$OUT")" "$(wc -l <"$OUT")"
cp "$OUT" "$SCRATCH/packets"
assert_equal "fates" "DELIVERED DROP QUEUE REJECT" \
	"$(jq -r 'select(.family == "ipv4" and .fate != "SENT") | .fate' "$OUT" | sort -u | paste -sd ' ')"
(($(wc -l <"$OUT") >= 9)) || fail "only $(wc -l <"$OUT") packets"

subtest "bytes come back as they were"
# Where no byte is UTF-8, each is \u00XX: the text is that of iptables-save read as Latin-1.
in_ns lo iptables-legacy-save -t raw | iconv -f latin1 -t utf8 | grep 'dport 1002' >"$SCRATCH/want"
jq -r '.events[] | select(.rule // "" | test("dport 1002")) | .rule' "$SCRATCH/packets" | sort -u >"$SCRATCH/got"
assert_same "the rule" "$SCRATCH/want" "$SCRATCH/got"
jq -r '.events[] | select(.rule // "" | test("dport 1001")) | .rule' "$SCRATCH/packets" | sort -u >"$SCRATCH/got"
in_ns lo iptables-legacy-save -t raw | grep -a 'dport 1001' | sed $'s/\xff\xfe/\xc3\xbf\xc3\xbe/' >"$SCRATCH/want"
assert_same "the rule" "$SCRATCH/want" "$SCRATCH/got"
assert_equal "chain" 'co:lon"quote\' "$(jq -r 'first(.events[] | select(.chain | test("quote")) | .chain)' "$SCRATCH/packets" | head -n 1)"
assert_equal "payload" "4500 45c0" "$(jq -r 'select(.family == "ipv4") | .payload[:4]' "$SCRATCH/packets" | sort -u | paste -sd ' ')"

subtest "events"
start_nftrace lo -t 30 --all --rate 0 --json --flat
traffic
stop_nftrace INT
assert_schema Report "$OUT"
assert_equal "lines" "$(jq -n '[inputs] | length' "$OUT")" "$(wc -l <"$OUT")"
(($(wc -l <"$OUT") >= 30)) || fail "only $(wc -l <"$OUT") events"

subtest "events of nft"
if in_ns lo nft 'table inet t { chain "a" { type filter hook output priority 10; udp dport 1006 drop comment "say \\\"hi\\\""; }; chain b { type filter hook input priority 10; udp dport 7 meta mark set 0x9 accept; }; }' 2>/dev/null ||
	in_ns lo nft 'table inet t { chain a { type filter hook output priority 10; udp dport 1006 drop; }; chain b { type filter hook input priority 10; udp dport 7 meta mark set 0x9 accept; }; }'; then
	for form in "" --flat; do
		start_nftrace lo -t 30 --all --rate 0 --json $form
		traffic
		talk lo udp 10.9.0.1 1006 wait 20 2>/dev/null
		stop_nftrace INT
		case $form in
		--flat) assert_schema Report "$OUT" ;;
		*)
			assert_schema Packet "$OUT"
			assert_equal "who dropped it" "nft inet t a" "$(jq -r 'select(.by.backend == "nft" and .fate == "DROP") |
				.by | "\(.backend) \(.nft_family) \(.table) \(.chain)"' "$OUT" | sort -u)"
			;;
		esac
		grep -q '"backend":"nft"' "$OUT" || fail "no event of nft"
	done
	in_ns lo nft delete table inet t
else
	skip "no nft"
fi

subtest "the check finds what is wrong"
line=$(head -n 1 "$SCRATCH/packets")
while IFS=$'\t' read -r change error; do
	jq -c "$change" <<<"$line" >"$SCRATCH/changed"
	got=$(against_schema Packet "$SCRATCH/changed" | head -n 1)
	[[ $got = *"$error"* ]] || fail "after $change: '$got' instead of '$error'"
done <<'EOT'
.extra = 1	Packet.extra: unknown
del(.reason)	Packet.reason: missing
.length = "5"	Packet.length: "5" is not integer|null
.fate = "GONE"	Packet.fate: "GONE" is not
.time = "now"	Packet.time: not time
.payload = "4x"	Packet.payload: not hex
.events[0].mark = 0	Packet.events[0].mark: not 0xHEX
.events[0].more = null	Packet.events[0].more: unknown
del(.events[0].rule)	Packet.events[0].rule: missing
.schema = 1	Packet.schema: not 2
.changes = [{}]	Packet.changes[0].event: missing
EOT
sed 's/^{/{"schema":2,/' <<<"$line" >"$SCRATCH/changed"
assert_equal "a member twice" "line 1: a member twice: schema" "$(against_schema Packet "$SCRATCH/changed")"
echo "${line%\}}" >"$SCRATCH/changed"
[[ $(against_schema Packet "$SCRATCH/changed") = "line 1: "* ]] || fail "half an object is none"

subtest "names of interfaces are the names, whatever bytes are in them"
# What iptables-save would not know is the kernel's own: all but blanks, slashes and colons.
dev=lo
for name in $'q"u\\o' $'gr\xc3\xbcn' $'c\x01\x1b[31m' $'b\xff\xe9'; do
	ns_ip lo link set "$dev" down
	ns_ip lo link set "$dev" name "$name" || fail "no interface '$name'"
	dev=$name
	ns_ip lo link set "$dev" up
	start_nftrace lo -t 20 -c 1 --json --pcap "$SCRATCH/name.pcapng" -p udp --dport 7
	talk lo udp 10.9.0.1 7 wait 20000
	end_nftrace
	assert_schema Packet "$OUT"
	# Bytes that are no UTF-8 are the character of that number.
	want=$name
	iconv -f utf8 -t utf8 <<<"$name" >/dev/null 2>&1 || want=$(iconv -f latin1 -t utf8 <<<"$name")
	assert_equal "the events' interfaces" "$want" \
		"$(jq -r '.events[] | .in, .out | values' "$OUT" | sort -u)"
	assert_equal "the fate's interface" "$want" "$(jq -r '.fate_out // .out' "$OUT")"
	assert_reads_back lo "$SCRATCH/name.pcapng" --json
done
