#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-logged: a log that says of a packet that it was dropped, when it was not, gets a note.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 b eth0
server b udp udp 10.2.0.2 7
told() { (($(grep -c '^=> ' "$OUT") >= $1)); }
one() { talk a udp 10.2.0.2 "$1" from 20000 wait 1 2>/dev/null; }

rules_legacy() {
	in_ns r iptables-legacy-restore <<'RULES' || fail "iptables-legacy-restore"
*filter
-A FORWARD -p udp -m udp --dport 1001 -j LOG --log-prefix "FW DROP: "
-A FORWARD -p udp -m udp --dport 1002 -j NFLOG --nflog-group 5 --nflog-prefix "in-Deny-all"
-A FORWARD -p udp -m udp --dport 1003 -j LOG --log-prefix "dropbear "
-A FORWARD -p udp -m udp --dport 1004 -m comment --comment "--log-prefix drop" -j LOG --log-prefix "ACCEPT "
-A FORWARD -p udp -m udp --dport 1005 -j LOG --log-prefix "[BLOCK] "
-A FORWARD -p udp -m udp --dport 1005 -j DROP
COMMIT
RULES
}
rules_nft() {
	in_ns r iptables-legacy -F FORWARD
	in_ns r nft 'table ip fw { chain pass { type filter hook forward priority 0;
		udp dport 1001 log prefix "FW DROP: "; udp dport 1002 log prefix "in-Deny-all" group 5; udp dport 1003 log prefix "dropbear ";
		udp dport 1004 log prefix "ACCEPT " comment "log prefix drop"; udp dport 1005 log prefix "[BLOCK] "; udp dport 1005 drop; }; }' || fail nft
}
place_legacy() { echo "filter:FORWARD:rule:$1"; }
place_nft() { echo "nft ip fw:pass:rule:handle $(($1 + 1))"; }

for by in legacy nft; do
	rules_$by
	subtest "$by: a prefix that says drop or deny, of a packet that went on"
	start_nftrace r -4 -t 60 --rate 0 --backend $by --pcap "$SCRATCH/logged.pcapng" -p udp
	for port in 1001 1002 1003 1004 1005; do one $port; done
	assert_within 10 "all are told" told 5
	stop_nftrace INT
	grep '^=> ' "$OUT" >"$SCRATCH/fates"
	assert_text "(logged as \"FW DROP: \" by $(place_$by 1), and not dropped)" "$SCRATCH/fates"
	assert_grep '\(logged as "?in-Deny-all"? by '"$(place_$by 2)"', and not dropped\)' "$SCRATCH/fates"
	assert_equal "notes" 2 "$(grep -c '(logged as' "$SCRATCH/fates")"
	assert_equal "drops" 1 "$(grep -c '^=> DROP' "$SCRATCH/fates")"

	subtest "$by: folded, read back, and masked"
	run_nftrace r --read "$SCRATCH/logged.pcapng" --fold
	assert_equal "notes" 2 "$(grep -c '^ *(logged as ' "$OUT")"
	COLUMNS=300 run_nftrace r --read "$SCRATCH/logged.pcapng" -q
	assert_equal "notes of -q" 2 "$(grep -c '^FORWARDED.*(logged as .*, and not dropped)' "$OUT")"
	run_nftrace r --read "$SCRATCH/logged.pcapng" --json
	assert_schema Packet "$OUT"
	assert_equal "objects" 'FW DROP: 
in-Deny-all' "$(jq -r 'select(.logged) | .logged.prefix' "$OUT")"
	assert_equal "its rule" true "$(jq -s '[.[] | select(.logged) | .logged.rule.rule] | .[0] | contains("1001")' "$OUT")"
	run_nftrace r --read "$SCRATCH/logged.pcapng" --masked --json
	assert_no_grep 'Deny-all|FW DROP' "$OUT"
	run_nftrace r --read "$SCRATCH/logged.pcapng" --masked
	assert_no_grep 'Deny-all|FW DROP' "$OUT"
done
