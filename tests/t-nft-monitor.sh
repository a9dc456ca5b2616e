#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-monitor: --read of what `nft monitor trace` and xtables-monitor print: the same packets, texts and fates as a live run.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

HERE=$TESTS/read
EVERY=$([[ ${SOAK:-} ]] && echo 1 || echo 9)

lab_loopback
server lo echo udp 10.9.0.1 7

# by_port: "PORT FATE RULE" of each UDP packet, of a -q output
by_port() { sed -nE 's/^([A-Z]+) .* > [0-9a-f.:]+\.([0-9]+): UDP, length [0-9]+( in lo)? =>( out lo)?( (as|to) [0-9a-f.:]+( to [0-9a-f.:]+)? \([^)]*\))?( by (nft inet [a-z]+:[a-z]+( handle [0-9]+)?))?.*/\2 \1 \9/p' "$1" | sed 's/ $//'; }

for version in 1.0.6 1.1.3; do
	subtest "as nft $version prints it, with the rules"
	run_nftrace lo --read "$HERE/nft-$version.txt" --rules "$HERE/nft-$version.rules" -q -v
	assert_status 0
	by_port "$OUT" >"$SCRATCH/told"
	assert_same "packets" - "$SCRATCH/told" <<-'X'
	7 DELIVERED nft inet fw:last handle 17
	1001 DROP nft inet fw:in handle 10
	1002 REJECT nft inet fw:in handle 11
	1005 DROP nft inet fw:in
	1007 DROP nft inet fw:in
	1009 DROP nft inet fw:in
	1010 DROP nft inet fw:in
	1011 DROP nft inet fw:out handle 20
	1012 DROP nft inet fw:in
	1999 DROP nft inet fw:in
	7 DELIVERED nft inet fw:last handle 17
	X
	assert_grep '^nftrace: 156 events, 0 lost$' "$ERR"
	run_nftrace lo --read "$HERE/nft-$version.txt" --rules "$HERE/nft-$version.rules"
	assert_grep '^TRACE: nft inet fw:last:rule:handle 17  "udp dport 7 counter accept comment "the last one""$' "$OUT"
	assert_grep '^  mark 0x0 -> 0x7$' "$OUT"
	assert_grep '^  dst 127\.0\.0\.1\.1012 -> 127\.0\.0\.2\.1013$' "$OUT"
	assert_grep '^#.* 127\.0\.0\.1\.[0-9]+ > 127\.0\.0\.1\.80: Flags \[S\], ' "$OUT"
	assert_grep '^#.* 127\.0\.0\.1 > 127\.0\.0\.1: ICMP echo reply, id ' "$OUT"

	subtest "the same without the rules: verdicts and texts, and what they prove"
	run_nftrace lo --read "$HERE/nft-$version.txt" -q
	assert_status 0
	assert_equal "drops" "1001 1002 1005 1007 1009 1010 1011 1013 1999" "$(by_port "$OUT" | sed -nE 's/^([0-9]+) (DROP|REJECT) .*/\1/p' | paste -sd ' ')"
	assert_no_grep '^(DELIVERED|FORWARDED|SENT|LOST|STOLEN|QUEUE)' "$OUT"
	assert_grep '^UNKNOWN .* => after OUTPUT: the rules are not known \(--rules FILE\)' "$OUT"
	assert_grep '^REJECT .*[.]1002: .* => by nft inet fw:in( |$)' "$OUT"
	run_nftrace lo --read "$HERE/nft-$version.txt" --only reject
	assert_grep '^=> REJECT by nft inet fw:in:rule  "udp dport 1002 counter reject comment "no x""$' "$OUT"

	subtest "damaged"
	"$UNIT/mutation_tool" -"$EVERY" "$HERE/nft-$version.txt" "$HERE/nft-$version.rules" >"$OUT" 2>&1 || { cat "$OUT"; fail "false claims"; }
	grep '^#' "$OUT"
done

subtest "joined, wrapped, masked, out of pages"
# alike NAME LOG RULES FILE: FILE is read as LOG is
alike() {
	run_nftrace lo --read "$2" --rules "$3"
	cp "$OUT" "$SCRATCH/as-it-was"
	run_nftrace lo --read "$4" --rules "$3"
	assert_same "$1" "$SCRATCH/as-it-was" "$OUT"
}
for log in nft-1.1.3 xtables-1.8.11; do
	tr '\n' ' ' <"$HERE/$log.txt" >"$SCRATCH/joined"
	alike "$log joined" "$HERE/$log.txt" "$HERE/$log.rules" "$SCRATCH/joined"
	assert_grep 'note: [0-9]+ entries stood on the line of another$' "$ERR"
	tr -d '\n' <"$HERE/$log.txt" >"$SCRATCH/joined"
	alike "$log joined without a blank" "$HERE/$log.txt" "$HERE/$log.rules" "$SCRATCH/joined"
	awk '{ printf "%s%s", $0, NR % 2 ? " " : "\n" }' "$HERE/$log.txt" >"$SCRATCH/joined"
	alike "$log, each second line joined" "$HERE/$log.txt" "$HERE/$log.rules" "$SCRATCH/joined"
	fold -w 80 "$HERE/$log.txt" >"$SCRATCH/wrapped"
	run_nftrace lo --read "$SCRATCH/wrapped" --rules "$HERE/$log.rules" -q
	assert_status 5
	assert_no_grep '^(DELIVERED|FORWARDED|SENT|LOST|STOLEN|QUEUE)' "$OUT"
	assert_grep 'warning: [0-9]+ TRACE lines are cut off or damaged' "$ERR"
done
log=$HERE/nft-1.1.3.txt rules=$HERE/nft-1.1.3.rules
run_nftrace lo --read "$log" --rules "$rules" -q
assert_no_grep 'twice' "$ERR"
cat "$log" "$log" >"$SCRATCH/twice"
run_nftrace lo --read "$SCRATCH/twice" --rules "$rules" -q
assert_grep 'note: [0-9]+ packets were printed with the id and the headers of one before: the text may hold them twice$' "$ERR"
# What a comment says is no entry, and its quote is not closed where a line was cut.
sed 's/nftrace set 1/nftrace set 1 comment "x trace id 5 inet fw in rule drop (verdict drop)"/' "$log" >"$SCRATCH/comment"
run_nftrace lo --read "$SCRATCH/comment" -q
assert_no_grep 'cut off|stood on the line' "$ERR"
assert_equal "packets" "$(grep -o '^trace id [0-9a-f]*' "$log" | sort -u | wc -l)" "$(wc -l <"$OUT")"
entry='trace id 0000002a inet fw in'
printf '%s rule iifname "lo%s rule tcp dport 22 drop (verdict drop)\n' "$entry" "$entry" >"$SCRATCH/cut"
run_nftrace lo --read "$SCRATCH/cut"
assert_status 5
assert_grep '^TRACE: nft inet fw:in:rule  "tcp dport 22 drop"$' "$OUT"
assert_grep 'warning: 1 TRACE line is cut off or damaged' "$ERR"
# As word processors and pages set quotes, and as a page's source has them.
sed -E 's/"([^"]*)"/“\1”/g' "$log" >"$SCRATCH/quotes"
alike "other quotes" "$log" "$rules" "$SCRATCH/quotes"
sed 's/"/\&quot;/g; s/>/\&gt;/g' "$log" >"$SCRATCH/quotes"
alike "a page's source" "$log" "$rules" "$SCRATCH/quotes"
# A name in others, and an address that is none, are damage; one that is hidden is not.
head='ip daddr 10.2.0.2 ip ttl 63 ip id 1 ip protocol udp ip length 33 udp sport 20007 udp dport 7 udp length 13'
for bad in "iif 'lo' ip saddr 10.1.0.2" 'iif "lo" ip saddr 10.1.0' 'iif "lo"' 'iif "lo" ip saddr 10.1.0.2 ip saddr 10.1.0.3'; do
	printf '%s packet: %s %s\n%s rule meta nftrace set 1 (verdict continue)\n%s rule udp dport 7 drop (verdict drop)\n' \
		"$entry" "$bad" "$head" "$entry" "$entry" >"$SCRATCH/damaged"
	run_nftrace lo --read "$SCRATCH/damaged" -q
	assert_status 5
	assert_grep '^INCOMPLETE' "$OUT"
done
# Of xtables-monitor's a rule that ends before it says what the verdict says.
for cut in 'DROP -A INPUT -p udp -j DR' 'DROP -A INPUT -p udp' 'ACCEPT -A INPUT -p udp -j A' \
	'JUMP:DOCKER -A INPUT -j DOCK' 'DROP -A INPUT -m comment --comment "x -j DROP'; do
	printf ' TRACE: 2 0000002a filter:INPUT:rule:0x3:%s  iptables -t filter %s\n' "${cut%% *}" "${cut#* }" >"$SCRATCH/damaged"
	run_nftrace lo --read "$SCRATCH/damaged" -q
	assert_grep 'warning: 1 TRACE line is cut off or damaged' "$ERR"
done
for hidden in 10.1.x.x CLIENT '<redacted>'; do
	sed "s/ip saddr 127.0.0.1/ip saddr $hidden/" "$log" >"$SCRATCH/hidden"
	run_nftrace lo --read "$SCRATCH/hidden" --rules "$rules" -q
	assert_status 0
	assert_grep 'note: 8[0-9] lines have masked addresses: what is hidden of them is shown as 0$' "$ERR"
done

subtest "an excerpt, quoted, of another's"
cat >"$SCRATCH/excerpt" <<'X'
> trace id efb1d592 inet fw4 raw_prerouting packet: iif "eth0.2" ip saddr 198.51.100.7 ip daddr 192.0.2.16 ip ttl 56 ip id 42100 ip protocol tcp ip length 60 tcp sport 40066 tcp dport 1234 tcp flags == syn tcp window 64240
> trace id efb1d592 inet fw4 raw_prerouting policy accept
> trace id efb1d592 inet fw4 input_wan rule jump drop_from_wan (verdict jump drop_from_wan)
> trace id efb1d592 inet fw4 drop_from_wan rule iifname "eth0.2" counter packets 1 bytes 60 drop (verdict drop)
X
run_nftrace lo --read "$SCRATCH/excerpt"
assert_status 5
assert_equal "packets" 1 "$(grep -c '^#' "$OUT")"
assert_grep "^=> INCOMPLETE: (its first events are missing|1 event lost)" "$OUT"
assert_grep '^TRACE: nft inet fw4:drop_from_wan:rule  "iifname "eth0.2" counter drop"$' "$OUT"
printf 'trace id efb1d592 inet fw4 input pol\n' >"$SCRATCH/excerpt"
run_nftrace lo --read "$SCRATCH/excerpt"
assert_status 5
assert_grep 'warning: 1 TRACE line is cut off or damaged' "$ERR"

subtest "with the connection of each packet, as nft 1.1.5 and later print it"
cat >"$SCRATCH/connections" <<'X'
trace id e6cd1810 inet fw in conntrack: ct direction original ct state new ct status confirmed ct id 2590150453
trace id e6cd1810 inet fw in packet: iif "lo" ip saddr 127.0.0.1 ip daddr 127.0.0.1 ip ttl 64 ip id 16110 ip protocol udp ip length 30 udp sport 41306 udp dport 5 udp length 10 udp checksum 65053
trace id e6cd1810 inet fw in rule meta nftrace set 1 (verdict continue)
trace id e6cd1810 inet fw in rule ct state new udp dport 5 drop (verdict drop)
trace id 71d19d6f inet fw in conntrack: ct direction reply ct state related ct status confirmed ct id 2758435715
trace id 71d19d6f inet fw in packet: iif "lo" ip saddr 127.0.0.1 ip daddr 127.0.0.1 ip ttl 64 ip id 60798 ip protocol icmp ip length 58 icmp type destination-unreachable icmp code 3
trace id 71d19d6f inet fw in rule meta nftrace set 1 (verdict continue)
trace id 71d19d6f inet fw in rule ct state related drop (verdict drop)
trace id 71d19d70 inet fw in conntrack: ct state invalid
trace id 71d19d70 inet fw in packet: iif "lo" ip saddr 127.0.0.1 ip daddr 127.0.0.1 ip ttl 64 ip id 60799 ip protocol udp ip length 30 udp sport 41306 udp dport 5 udp length 10
trace id 71d19d70 inet fw in rule meta nftrace set 1 (verdict continue)
trace id 71d19d70 inet fw in rule ct state invalid drop (verdict drop)
X
run_nftrace lo --read "$SCRATCH/connections" --json
assert_status 0
assert_no_grep 'damaged|lost' "$ERR"
assert_equal "states" 'DROP NEW original
DROP RELATED reply
DROP INVALID null' "$(jq -r '"\(.fate) \(.conntrack.state) \(.conntrack.direction)"' "$OUT")"

subtest "a policy that is another one in the rules: said, and its words are not told"
sed 's/\(hook input .*\)policy drop;/\1policy accept;/' "$HERE/nft-1.1.3.rules" >"$SCRATCH/other.rules"
run_nftrace lo --read "$HERE/nft-1.1.3.txt" --rules "$HERE/nft-1.1.3.rules" --json
fates_of() { jq -c '[.headers, .fate]' "$OUT"; }
fates_of >"$SCRATCH/truth"
run_nftrace lo --read "$HERE/nft-1.1.3.txt" --rules "$SCRATCH/other.rules" --json
assert_status 5
assert_same "fates" "$SCRATCH/truth" <(fates_of)
assert_equal "words of a policy that dropped" "" "$(jq -r 'select(.fate == "DROP") | .by.rule // "" | select(test("policy accept"))' "$OUT")"
assert_grep 'warning: --rules are not those that .*/nft-1.1.3.txt is of: line [0-9]+ says fw:in policy drop, and they have another; the policies of 1 chain are told without their words' "$ERR"

subtest "rules that nft did not know yet, and chains of a trace of nftrace's"
run='nftrace_1795971329_77_5935298_4026533099_9a298b4ee2e82e2b'
cat >"$SCRATCH/monitor" <<X
trace id 0000002a ip $run prerouting packet: iif "eth0" ip saddr 10.1.0.2 ip daddr 10.2.0.2 ip ttl 64 ip id 1 ip protocol udp ip length 33 udp sport 20007 udp dport 7 udp length 13
trace id 0000002a ip $run prerouting unknown rule handle 4 (verdict continue)
trace id 0000002a ip $run prerouting policy accept
trace id 0000002a inet fw forward packet: iif "eth0" oif "eth1" ip saddr 10.1.0.2 ip daddr 10.2.0.2 ip ttl 63 ip id 1 ip protocol udp ip length 33 udp sport 20007 udp dport 7 udp length 13
trace id 0000002a inet fw forward unknown rule handle 9 (verdict drop)
X
cat >"$SCRATCH/monitor.rules" <<X
table ip $run { # handle 8 progname nftrace-keeper
	flags owner
	chain prerouting { # handle 1
		type filter hook prerouting priority raw - 1; policy accept;
		meta l4proto udp counter packets 19 bytes 627 meta nftrace set 1 # handle 4
	}
}
table inet fw { # handle 2
	chain forward { # handle 3
		type filter hook forward priority filter; policy accept;
		tcp dport 80 accept # handle 5
		udp dport 7 counter packets 1 bytes 33 drop comment "no" # handle 9
	}
}
X
run_nftrace lo --read "$SCRATCH/monitor" --rules "$SCRATCH/monitor.rules" --json
assert_status 0
assert_equal "what decided" '["DROP","fw","forward",2,9,"udp dport 7 counter drop comment \"no\""]' \
	"$(jq -c '[.fate, (.by | .table, .chain, .number, .handle, .rule)]' "$OUT")"
assert_equal "events" 1 "$(jq '.events | length' "$OUT")"
grep -v nftrace_ "$SCRATCH/monitor" >"$SCRATCH/excerpt"
run_nftrace lo --read "$SCRATCH/excerpt" --rules "$SCRATCH/monitor.rules" -q
assert_equal "its first events are missing" "INCOMPLETE" "$(awk '{ print $1 }' "$OUT")"
assert_status 5
printf 'trace id 2a inet fw forward unknown rule handle x (verdict drop)\n' >"$SCRATCH/excerpt"
run_nftrace lo --read "$SCRATCH/excerpt"
assert_status 5
assert_grep 'warning: 1 TRACE line is cut off or damaged' "$ERR"

subtest "rules that were nearly met"
cat >"$SCRATCH/monitor.rules" <<'X'
table inet tracer { # handle 1
	chain pre { # handle 1
		type filter hook prerouting priority -400; policy accept;
		meta nftrace set 1 # handle 2
	}
}
table inet fw { # handle 2
	set friends { # handle 9
		type ipv4_addr
		elements = { 10.1.0.9 }
	}

	chain called { # handle 7
		comment "asked to its end, which nft does not print"
		iifname "eth0" udp dport 99 counter packets 3 bytes 99 accept # handle 8
		ip saddr 10.1.0.3 accept # handle 10
		tcp dport 99 accept # handle 11
	}

	chain forward { # handle 3
		type filter hook forward priority filter; policy accept;
		iifname "eth1" udp dport 7 accept # handle 4
		counter packets 1 bytes 33 jump called # handle 5
		meta mark 0x00000001 udp dport 7 accept # handle 12
		ip daddr @friends udp dport 7 accept # handle 13
		udp dport 7 counter packets 1 bytes 33 drop comment "no" # handle 6
	}
}
X
head='ip saddr 10.1.0.2 ip daddr 10.2.0.2 ip ttl 63 ip id 1 ip protocol udp ip length 33 udp sport 20007 udp dport 7 udp length 13'
cat >"$SCRATCH/monitor" <<X
trace id 0000002a inet tracer pre packet: iif "eth0" $head
trace id 0000002a inet tracer pre rule meta nftrace set 1 (verdict continue)
trace id 0000002a inet tracer pre policy accept
trace id 0000002a inet fw forward packet: iif "eth0" oif "eth2" $head
trace id 0000002a inet fw forward rule counter packets 2 bytes 66 jump called (verdict jump called)
trace id 0000002a inet fw forward rule udp dport 7 counter packets 2 bytes 66 drop comment "no" (verdict drop)
X
near() { run_nftrace lo --read "$SCRATCH/monitor" --rules "$SCRATCH/monitor.rules" --json; jq -c '.near[] | [.rule.number, .rule.handle, .failed, .value, .how]' "$OUT"; }
near >"$SCRATCH/told"
assert_same "those" - "$SCRATCH/told" <<-'X'
[1,8,"udp dport 99","the packet's is 7","seen"]
[1,4,"iifname \"eth1\"","it came in by eth0","seen"]
[3,12,"meta mark 0x00000001",null,"eliminated"]
X
run_nftrace lo --read "$SCRATCH/monitor" --rules "$SCRATCH/monitor.rules" --fold --explain
assert_grep 'near: nft inet fw:forward handle 4  iifname "eth1": it came in by eth0$' "$OUT"
# A rule that was met says that this was no list of that moment.
sed -i 's/udp dport 7 counter packets 1/udp dport 8 counter packets 1/' "$SCRATCH/monitor.rules"
assert_equal "another rule there" "" "$(near)"
sed -i 's/udp dport 8 counter packets 1/udp dport 7 counter packets 1/; s/jump called #/jump { #/' "$SCRATCH/monitor.rules"
assert_equal "a chain that is not known" "" "$(near)"

subtest "a packet's line that is missing where a chain begins"
sed -i 's/jump { #/jump called #/' "$SCRATCH/monitor.rules"
cat >>"$SCRATCH/monitor.rules" <<'X'
table inet late { # handle 3
	chain forward { # handle 1
		type filter hook forward priority 10; policy accept;
		iifname "eth1" udp dport 7 accept # handle 2
		udp dport 7 drop # handle 3
	}
}
X
sed -i 's/drop comment "no"/accept comment "no"/; s/verdict drop/verdict accept/' "$SCRATCH/monitor" "$SCRATCH/monitor.rules"
cat >>"$SCRATCH/monitor" <<X
trace id 0000002a inet late forward packet: iif "eth0" oif "eth2" $head
trace id 0000002a inet late forward rule udp dport 7 drop (verdict drop)
X
assert_equal "whole" '[1,2,"iifname \"eth1\"","it came in by eth0","seen"]' "$(near)"
assert_status 0
sed -i '/late forward packet/d' "$SCRATCH/monitor"
near >"$SCRATCH/told"
assert_equal "without it" "" "$(cat "$SCRATCH/told")"
assert_status 5
assert_grep ' 1 lost$' "$ERR"

# 1.8.9 has no text of rules of IPv6, and neither has a word for RETURN.
for version in 1.8.9 1.8.11; do
	subtest "as xtables-monitor $version prints it"
	run_nftrace lo --read "$HERE/xtables-$version.txt" --rules "$HERE/xtables-$version.rules" -q
	assert_status 0
	sed -nE 's/^([A-Z]+) .*\.([0-9]+): UDP, length 2( in lo)? =>( out lo)?( by (nft [a-z0-9]+ [a-z]+:[A-Z]+( handle [0-9]+)?))?.*/\2 \1 \6/p' "$OUT" | sed 's/ $//' >"$SCRATCH/told"
	assert_same "packets" - "$SCRATCH/told" <<-'X'
	7 DELIVERED nft ip filter:DOCKER handle 7
	1001 DROP nft ip filter:INPUT handle 3
	1002 REJECT nft ip filter:OUTPUT handle 6
	1003 DELIVERED nft ip filter:INPUT
	1004 DELIVERED nft ip filter:INPUT
	1001 DROP nft ip6 filter:OUTPUT handle 2
	X
	assert_no_grep 'INCOMPLETE|UNKNOWN' "$OUT"
	run_nftrace lo --read "$HERE/xtables-$version.txt" -v
	assert_grep '^TRACE: nft ip filter:DOCKER:rule:handle 9  "-A DOCKER -p udp -m udp --dport 1004 -j RETURN"$' "$OUT"
	sed '/filter:INPUT:rule:0x4/d' "$HERE/xtables-$version.txt" >"$SCRATCH/gap"
	run_nftrace lo --read "$SCRATCH/gap" --rules "$HERE/xtables-$version.rules" -q
	assert_status 5
	assert_no_grep '^DELIVERED .*\.7: UDP, length 2' "$OUT"
done

subtest "what nft here prints, beside a live run"
sed -e 's/ counter packets [0-9]* bytes [0-9]*/ counter/; s/ # handle [0-9]*//' "$HERE/nft-1.0.6.rules" >"$SCRATCH/rules.nft"
in_ns lo nft -f "$SCRATCH/rules.nft" || fail "rules"
background lo monitor nft monitor trace
monitor=$BG_PID
talk_to() { talk lo udp 10.9.0.1 "$1" from $((20000 + $1)) wait 60 2>/dev/null; }
listens() { talk_to 999; grep -q 'udp dport 999' "$SCRATCH/monitor"; }
assert_within 10 "the monitor listens" listens
in_ns lo nft -a list ruleset >"$SCRATCH/live.rules"
start_nftrace lo -t 30 --no-drops --no-witness --rate 0 -q
for port in 7 1001 1002 1005 1007 1009 1010 1011 1012 1999; do talk_to "$port"; done
stop_nftrace INT
by_port "$OUT" | grep -v '^999 ' >"$SCRATCH/live"
(($(wc -l <"$SCRATCH/live") > 8)) || fail "nothing live: $(cat "$ERR")"
printed() { [[ $(grep -c 'fw in packet.*udp dport 1999' "$SCRATCH/monitor") -ge 1 ]]; }
assert_within 10 "the monitor has printed all" printed
kill "$monitor"
run_nftrace lo --read "$SCRATCH/monitor" --rules "$SCRATCH/live.rules" -q
by_port "$OUT" | grep -v '^999 ' >"$SCRATCH/told"
assert_same "packets" "$SCRATCH/live" "$SCRATCH/told"
