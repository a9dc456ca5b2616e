#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-no-rules: a host without any table has an answer as well, and none afterwards that it had not.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
for to in 10.2.0.2 fd00:2::2; do talk a udp $to 7 wait 1 2>/dev/null; done
before=$SCRATCH/before
save_rules r "$before"
tables() { in_ns r bash -c 'cat /proc/net/ip_tables_names /proc/net/ip6_tables_names; nft list tables'; }
# one_each FATE-WORDS PORT: the packet to that port is told, without a rule
told() { sed -nE 's/^#.* > \S+\.([0-9]+): .*/\1/p' "$OUT" | sort -n | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd ' '; }

subtest "no table at all: each packet is told, by a table of nft that goes with the run"
start_nftrace r -t 60 --pcap "$SCRATCH/none.pcapng" -p udp --dport 7:9
assert_grep 'note: no table of iptables or nft is at the hooks of IP here' "$ERR"
assert_equal "tables" "table ip table ip6" "$(tables | sed -E 's/ nftrace_.*//' | paste -sd ' ')"
send_both 7 8
stop_nftrace INT
assert_status 0
assert_equal "told" "7x2 8x2" "$(told)"
assert_equal "by no rule" 0 "$(grep -Ec '^TRACE|^=> .* by ' "$OUT")"
assert_equal "which is said" 4 "$(grep -c '^  (no rule met)' "$OUT")"
assert_equal "its fate is known" 4 "$(grep -c '^=> FORWARDED out eth1' "$OUT")"
assert_restored r "$before"
assert_equal "tables" "" "$(tables)"
"$NFTRACE" --read "$SCRATCH/none.pcapng" >"$SCRATCH/again" 2>/dev/null
assert_same "the recording" "$OUT" "$SCRATCH/again"
"$NFTRACE" --read "$SCRATCH/none.pcapng" --json >"$SCRATCH/again" 2>/dev/null
assert_schema Packet "$SCRATCH/again"

subtest "without witnesses nothing shows what becomes of it"
start_nftrace r -t 60 --no-witness -p udp --dport 7:9
send_both 7
stop_nftrace INT
assert_status 0
assert_equal "told" "7x2" "$(told)"
assert_no_grep '^=> (DROP|REJECT|STOLEN|QUEUE|INCOMPLETE|SENT|DELIVERED)' "$OUT"

subtest "-4, -6: no table of iptables-legacy comes into being"
for f in 4 6; do
	run_nftrace r -$f -t 1 -p udp --dport 9
	assert_status 3
	assert_equal "tables" "" "$(tables)"
done

subtest "--dry-run, --doctor: nothing is wrong"
run_nftrace r --dry-run -p udp --dport 7
assert_status 0
assert_equal "chains" 4 "$(grep -Ec '^nft: ip6? (prerouting|output) ' "$OUT")"
run_nftrace r --doctor
assert_no_grep 'nothing to trace' "$OUT" "$ERR"
assert_grep 'no rule decides what becomes of a packet here' "$ERR"

subtest "only legacy is asked for, or nothing: an error, as before"
run_nftrace r --backend legacy -t 1 -p udp --dport 7
assert_status 1
assert_grep 'error: no firewall rules in this network namespace: nothing here can drop a packet' "$ERR"
run_nftrace r -t 1
assert_status 1
assert_equal "tables" "" "$(tables)"

subtest "what it sends to many and gets itself: that it goes out is told beside the copy's fate"
ns_ip r route add 224.0.0.0/4 dev eth1
for version in '' 6; do
	in_ns r ip${version}tables-legacy -A INPUT -p udp --dport 9 -j DROP
	in_ns b ip${version}tables-legacy -A INPUT -p udp --dport 9
done
# came: so many have come to b
came() { in_ns b bash -c 'iptables-legacy -nvxL INPUT; ip6tables-legacy -nvxL INPUT' | awk '/dpt:9/ { n += $1 } END { print n }'; }
for words in '' --no-witness --no-drops; do
	before=$(came)
	start_nftrace r -t 60 --json $words --pcap "$SCRATCH/many.pcapng" -p udp --dport 9
	talk r udp 224.0.0.1 9 wait 1 2>/dev/null
	talk r udp ff02::1%eth1 9 wait 1 2>/dev/null
	stop_nftrace INT
	assert_status 0
	came=$(($(came) - before))
	((came >= 2)) || fail "$came came to b"
	jq -r '[.fate, .by.chain, (.copies[] | .fate, .fate_out, (.reason // "" | test("^likely: ")))] | join(" ")' "$OUT" >"$SCRATCH/got"
	assert_equal "told" "DROP INPUT SENT eth1 true x$came" "$(sort "$SCRATCH/got" | uniq -c | awk '{ n = $1; $1 = ""; print substr($0, 2) " x" n }')"
	"$NFTRACE" --read "$SCRATCH/many.pcapng" --json >"$SCRATCH/again" 2>/dev/null
	assert_same "read back" <(jq '[.fate, .reason, .copies]' "$OUT") <(jq '[.fate, .reason, .copies]' "$SCRATCH/again")
	assert_schema Packet "$SCRATCH/again"
done
