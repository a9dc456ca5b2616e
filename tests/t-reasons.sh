#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-reasons: what the summary says about what is not to be seen: nothing matched, nothing was heard,
# a rate, nat's silence, --only; and what it counts.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
server lo echo udp 10.9.0.1 7
in_ns lo iptables-legacy-restore <<'EOT' || fail "iptables-restore"
*raw
COMMIT
*mangle
COMMIT
*nat
-A OUTPUT -p udp --dport 9 -j DNAT --to-destination 10.9.0.1:7
COMMIT
*filter
:c -
-A OUTPUT -p udp --dport 1001:1002 -j c
-A OUTPUT -p udp --dport 1003 -j NFQUEUE --queue-num 5
-A c -p udp --dport 1001 -j DROP
-A c -p udp --dport 1002 -j REJECT
COMMIT
EOT
udp() { talk lo udp 10.9.0.1 "$1" from $((20000 + $1)) wait "${3:-20}" count "${2:-1}" 2>/dev/null; return 0; }
out() { start_nftrace lo -4 -t 20 --chain OUTPUT -p udp -m multiport --dports "$@"; }

subtest "drops by rule, most first"
out 1001,1002,7 -v --rate 0
udp 1001 3
udp 1002
udp 1002
udp 7 1 20000
stop_nftrace INT
assert_status 0
assert_grep '6 packets traced: 3 DROP, 2 REJECT, 1 DELIVERED; stopped by Ctrl-C after [0-9.]+ s; all removed$' "$ERR"
grep -n 'nftrace:   [0-9]* by ' "$ERR" | cut -d: -f2- | sed 's/^nftrace: *//' >"$SCRATCH/drops"
cat >"$SCRATCH/want" <<'EOT'
3 by filter:c:rule:1  "-A c -p udp -m udp --dport 1001 -j DROP"
2 by filter:c:rule:2  "-A c -p udp -m udp --dport 1002 -j REJECT --reject-with icmp-port-unreachable"
EOT
sed -i 's/^ *//; s/.*:   //' "$SCRATCH/drops"
assert_same "the drops" "$SCRATCH/want" "$SCRATCH/drops"
assert_grep 'events, 0 lost; the TRACE rules counted 6 packets$' "$ERR"
assert_no_grep 'may have hidden|fits --only' "$ERR"

subtest "the likely cause, by number of packets"
out 1003 --rate 0 --no-drops
udp 1003 2
stop_nftrace INT
assert_grep '2 packets traced: 2 QUEUE; stopped by Ctrl-C after [0-9.]+ s; all removed$' "$ERR"
assert_grep 'nftrace:   2 queued, likely: nobody listens on queue 5$' "$ERR"
assert_equal "blocks with the cause" 2 "$(grep -c '^=> QUEUE to 5 by filter:OUTPUT:rule:2 .*; likely: nobody listens on queue 5$' "$OUT")"

subtest "nothing matched"
out 1999
stop_nftrace INT
assert_status 3
assert_grep 'nothing was traced: no packet matched' "$ERR"

subtest "matched, but the logger was changed by somebody"
for logger in NONE nf_log_ipv4; do
	out 1001
	in_ns lo sysctl -qw net.netfilter.nf_log.2=$logger
	udp 1001
	stop_nftrace INT
	assert_status 5
	assert_grep "somebody else set the logger of ipv4 to $logger" "$ERR"
	in_ns lo sysctl -qw net.netfilter.nf_log.2=nf_log_ipv4
done

subtest "the rate was reached"
out 1001 --rate 10/m
udp 1001 60 1
stop_nftrace INT
assert_grep 'note: the rate of 10/m, burst [0-9]+ may have hidden packets' "$ERR"

subtest "nat is silent for a connection that is known"
udp 9 1 20000
out 9 -v
udp 9 1 20000
stop_nftrace INT
assert_grep 'note: 1 packet passed nat without an event' "$ERR"
assert_grep '^  \(conntrack\) dst 10.9.0.1.9 -> 10.9.0.1.7$' "$OUT"

subtest "--only and what it leaves out"
out 1001,1002,7 --only reject,chain=c
udp 1001
udp 1002
udp 7 1 20000
stop_nftrace INT
assert_equal "fates" "=> REJECT" "$(grep -o '^=> [A-Z]*' "$OUT")"
assert_no_grep 'fits --only' "$ERR"
in_ns lo conntrack -F >/dev/null 2>&1
out 1001,7 -q --only table=nat,delivered
udp 1001
udp 7 1 20000
stop_nftrace INT
assert_equal "lines" 1 "$(grep -c . "$OUT")"
assert_grep '^DELIVERED ' "$OUT"
out 7 --only lost
udp 7 1 20000
stop_nftrace INT
assert_grep 'note: none of them fits --only' "$ERR"
assert_equal "lines" 0 "$(wc -l <"$OUT")"
run_nftrace lo --flat --only drop -p udp
assert_status 2
