#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-mixed: Calico's rules in legacy tables, kube-proxy's NAT in iptables-nft, a native inet table: one story.
#
# UPDATE=1 tests/run nft-mixed writes the expected file anew: read the difference.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 5353 tcp 10.2.0.2 8443 udp fd00:2::2 5353 tcp fd00:2::2 8443
load r "$TESTS/nft/mixed-legacy4.save" "$TESTS/nft/mixed-legacy6.save"
in_ns r iptables-nft-restore <"$TESTS/nft/mixed-nft4.save" || fail "iptables-nft-restore"
in_ns r ip6tables-nft-restore <"$TESTS/nft/mixed-nft6.save" || fail "ip6tables-nft-restore"
in_ns r nft -f "$TESTS/nft/mixed.nft" || fail "nft -f"
save_rules r "$SCRATCH/before"

service() { # ADDRESS: to the service's port, and to one that a policy denies
	talk a udp "$1" 53 from 20053 wait 60 2>/dev/null
	talk a udp "$1" 54 from 20054 wait 60 2>/dev/null
	talk a tcp "$1" 443 from 20443 wait 20000 || fail "the service does not answer"
}

subtest "one story for each packet, both families"
start_nftrace r -t 30 --rate 0 -i eth0 -p udp --or -i eth0 -p tcp --syn
assert_within 20 "the rules are read" has_line 'both active' "$ERR"
assert_grep '^nftrace: legacy: [0-9]+ rules in [0-9]+ tables; nft: .*, 2 of iptables-nft: both active' "$ERR"
service 10.96.0.10
service fd00:96::10
for a in 10.2.0.2 fd00:2::2; do
	for port in 9 10 11 12; do talk a udp $a $port from $((20000 + port)) wait 60 2>/dev/null; done
done
for a in 10.1.0.1 fd00:1::1; do talk a udp $a 99 from 20099 wait 60 2>/dev/null; done
stop_nftrace INT
assert_status 0
normalise "$OUT" >"$SCRATCH/mixed"
assert_expected "the trace" "$TESTS/expected/nft-mixed.txt" "$SCRATCH/mixed"
assert_no_grep nftrace_ "$OUT"
# DNAT is in tables of both families: libnftables finds it for one, and says so.
assert_no_grep 'warning' "$ERR"
assert_restored_but_counters r "$SCRATCH/before"

subtest "--read gives it back"
start_nftrace r -t 30 -c 1 --rate 0 --pcap "$SCRATCH/mixed.pcapng" -i eth0 -p udp --dport 54
talk a udp 10.96.0.10 54 from 20054 wait 60 2>/dev/null
end_nftrace
assert_text '  only in nft: ip nat:PREROUTING,KUBE-SERVICES,KUBE-SVC-DENIED' "$OUT"
assert_text '  only in iptables-legacy: raw:PREROUTING,cali-PREROUTING filter:FORWARD,cali-FORWARD,cali-tw-eth0' "$OUT"
assert_reads_back r "$SCRATCH/mixed.pcapng"

subtest "a chain of one name in both is none that only one has"
in_ns r nft "add table ip filter; add chain ip filter cali-FORWARD"
start_nftrace r -t 30 -c 1 --rate 0 -i eth0 -p udp --dport 54
talk a udp 10.96.0.10 54 from 20054 wait 60 2>/dev/null
end_nftrace
assert_text '  only in iptables-legacy: raw:PREROUTING,cali-PREROUTING filter:FORWARD,cali-tw-eth0' "$OUT"
in_ns r nft delete table ip filter

subtest "the same as JSON"
start_nftrace r -t 30 -c 1 --rate 0 --json -i eth0 -p udp --dport 54
talk a udp 10.96.0.10 54 from 20054 wait 60 2>/dev/null
end_nftrace
story() { jq -r "$1" "$OUT"; }
assert_equal "fate" "DROP legacy filter cali-tw-eth0" \
	"$(story '[.fate, .by.backend, .by.table, .by.chain] | join(" ")')"
assert_equal "backends" "legacy nft" \
	"$(story '[.events[].backend] | unique | join(" ")')"
assert_equal "numbers and handles" "" \
	"$(story '.events[] | select(.kind == "rule") |
		select(.number == null or ((.backend == "nft") != (.handle != null))) | .rule')"
assert_equal "DNAT" "10.96.0.10.54 > 10.2.0.2.9 by nft KUBE-SVC-DENIED" \
	"$(story '. as $p | .changes[] | select(.field == "dst") |
		"\(.from) > \(.to) by \($p.events[.event - 1] | .backend + " " + .chain)"')"

subtest "events one by one are those of the kernel, in its order"
start_nftrace r -t 30 --rate 0 --flat -i eth0 -p udp --or -i eth0 -p tcp --syn
talk a udp 10.96.0.10 54 from 20054 wait 60 2>/dev/null
flat_is_done() { grep -q 'cali-tw-eth0:rule' "$OUT"; }
assert_within 10 "the packet's last event" flat_is_done
stop_nftrace INT
sed -n '/^# IN=eth0 10.1.0.2.20054/,/^=>/p' "$SCRATCH/mixed" | grep '^TRACE' >"$SCRATCH/block"
assert_same "the events" "$SCRATCH/block" "$OUT"

subtest "a rule of nft that logs what an event would be"
in_ns r nft -f - <<'EOT'
table ip forger {
	chain forward {
		type filter hook forward priority -10; policy accept;
		udp dport 12 log prefix "TRACE: mangle:FORWARD:policy:1 " group 0 queue-threshold 1
	}
}
EOT
# What is forged is another packet's event, or so it looks: the books cannot balance. Without a
# threshold the kernel keeps it for up to a second, and it may come behind the end.
ANY_TRACES=1
start_nftrace r -t 30 --rate 0 -i eth0 -p udp
assert_within 20 "the rules are read" has_line 'both active' "$ERR"
assert_text 'pretend to be trace events: ip forger forward: udp dport 12 log prefix "TRACE: mangle:FORWARD:policy:1 " group 0' "$ERR"
talk a udp 10.2.0.2 12 from 20012 wait 60 2>/dev/null
assert_within 10 "the packet" has_line '^=>' "$OUT"
stop_nftrace INT
assert_equal "events in doubt" 2 "$(grep -cxF '  (doubtful) an NFLOG rule here logs with this very prefix' "$OUT")"
assert_grep 'note: the packets told account for 1 match more .*: packets are doubtful$' "$ERR"
unset ANY_TRACES
in_ns r nft delete table ip forger

subtest "the summary names rules of both"
start_nftrace r -t 30 -c 2 --rate 0 -q -i eth0 -p udp
talk a udp 10.2.0.2 9 from 20009 wait 60 2>/dev/null
talk a udp 10.2.0.2 11 from 20011 wait 60 2>/dev/null
end_nftrace
assert_text '  1 by filter:cali-tw-eth0:rule:2  "-A cali-tw-eth0 -p udp -m udp --dport 9' "$ERR"
assert_text '  1 by nft inet node:forward:rule:handle 5  "udp dport 11 drop"' "$ERR"

# Handles are not positions once a rule has been deleted, and iptables takes positions.
subtest "a rule of iptables-nft has the number that iptables takes, others their handle"
lab_loopback n
for port in 1 2 3 4 5; do in_ns n iptables-nft -A INPUT -p udp --dport 200$port -j DROP; done
in_ns n iptables-nft -D INPUT 1
in_ns n nft 'table inet own { chain in { type filter hook input priority 5; udp dport 2009 drop; }; }' || fail nft
start_nftrace n -t 30 --rate 0 -v --pcap "$SCRATCH/n.pcapng" -p udp --chain PREROUTING
for port in 2003 2009; do talk n udp 10.9.0.1 $port wait 10 2>/dev/null; done
# Whoever puts one in front of it moves it.
moved() { talk n udp 10.9.0.1 2003 wait 20 2>/dev/null; grep -q '^=> DROP by nft ip filter:INPUT:rule:3  "-A INPUT -p udp -m udp --dport 2003 -j DROP"' "$OUT"; }
in_ns n iptables-nft -I INPUT -p udp --dport 2000 -j ACCEPT
assert_within 20 "the rule's new number" moved
stop_nftrace INT
assert_equal "what iptables says is there" "-A INPUT -p udp -m udp --dport 2003 -j DROP" "$(in_ns n iptables-nft -S INPUT 3)"
handle=$(in_ns n nft -a list chain ip filter INPUT 2>/dev/null | sed -n 's/.*dport 2003 .* handle //p')
own=$(in_ns n nft -a list chain inet own in 2>/dev/null | sed -n 's/.*dport 2009 .* handle //p')
assert_grep '^TRACE: nft ip filter:INPUT:rule:2  "-A INPUT -p udp -m udp --dport 2003 -j DROP"$' "$OUT"
assert_grep "^    mark 0x0 in lo handle $handle\$" "$OUT"
assert_grep "^=> DROP by nft inet own:in:rule:handle $own  \"udp dport 2009 drop\"\$" "$OUT"
assert_grep '^    mark 0x0 in lo position 1$' "$OUT"
in_ns n "$NFTRACE" --read "$SCRATCH/n.pcapng" --json >"$SCRATCH/n.json" 2>"$ERR"
assert_equal "number and handle" "2 $handle,1 $own" "$(jq -r '.by | "\(.number) \(.handle)"' "$SCRATCH/n.json" | head -n 2 | paste -sd ,)"
assert_equal "the rule's numbers" "2 3" "$(jq -r "select(.by.handle == $handle and .by.table == \"filter\") | .by.number" "$SCRATCH/n.json" | uniq | paste -sd ' ')"
# It is one rule for all that.
assert_equal "lines of the summary" 2 "$(grep -c '^nftrace:   [0-9]* by ' "$ERR")"

subtest "legacy alone, and rules of nft that come meanwhile: it is said"
ns_new late
ns_ip late link set lo up
in_ns late iptables-legacy -A INPUT -j ACCEPT
start_nftrace late -4 -t 30 -q -p udp --dport 2003
in_ns late "$TOOLS/flood" 127.0.0.1 2003 1 8 >/dev/null 2>&1
stop_nftrace INT
assert_no_grep '(tables|rules) of nft (came|were)' "$ERR"
start_nftrace late -4 -t 30 -q -p udp --dport 2003
in_ns late nft 'table inet own { chain in { type filter hook input priority 5; udp dport 2003 drop; }; }' || fail nft
in_ns late "$TOOLS/flood" 127.0.0.1 2003 1 8 >/dev/null 2>&1
stop_nftrace INT
assert_grep '^(nftrace: )?note: tables of nft came while this run went on, which had been without: what their rules do is not seen in it$' "$ERR"
assert_no_grep '^DELIVERED' "$OUT"
in_ns late nft delete table inet own
start_nftrace late -4 -t 30 -q -p udp --dport 2003
in_ns late nft 'table inet own { chain in { type filter hook input priority 5; udp dport 2003 drop; }; }' || fail nft
in_ns late "$TOOLS/flood" 127.0.0.1 2003 1 8 >/dev/null 2>&1
in_ns late nft delete table inet own
stop_nftrace INT
assert_grep '^(nftrace: )?note: rules of nft were changed while this run went on, which traces none, and may have come and gone: what they did is not seen in it$' "$ERR"

subtest "legacy alone: the run's own table of witness chains, which goes in late, is no such change"
export NFTRACE_TESTPOINT=nft-before-commit NFTRACE_TESTPOINT_FILE=$SCRATCH/late
NFTRACE=$WITH_POINTS launch_nftrace late -4 -t 30 -q --no-drops -p udp --dport 2003
assert_within 20 "the table is about to go in" test -s "$SCRATCH/late"
assert_within 20 "the reader is there" child_named nftrace-reader >/dev/null
rm "$SCRATCH/late"
unset NFTRACE_TESTPOINT NFTRACE_TESTPOINT_FILE
wait_armed
in_ns late "$TOOLS/flood" 127.0.0.1 2003 1 8 >/dev/null 2>&1
stop_nftrace INT
assert_text "1 packet traced" "$ERR"
assert_no_grep '(tables|rules) of nft (came|were)' "$ERR"
