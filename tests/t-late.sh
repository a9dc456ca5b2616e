#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-late: packets that user space holds until the TRACE rules are gone, and messages of others.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
server lo echo udp 10.9.0.1 7
in_ns lo iptables-legacy-restore <<'EOT'
*raw
-A PREROUTING -p udp -m comment --comment first -j MARK --set-mark 1
-A PREROUTING -p tcp -m comment --comment second -j MARK --set-mark 2
-A PREROUTING -p udp -m comment --comment third -j MARK --set-mark 3
COMMIT
*mangle
COMMIT
*filter
-A OUTPUT -p udp -m udp --dport 7 -j NFQUEUE --queue-num 7
-A INPUT -p udp -m udp --dport 8 -j NFLOG --nflog-prefix "not a trace"
COMMIT
EOT
# With another logger nothing would come any more, once it is put back.
in_ns lo sysctl -qw net.netfilter.nf_log.2=nfnetlink_log
background lo nfq "$TOOLS/nfq" 7 accept
nfq=$BG_PID
wait_for 5 says_ready "$SCRATCH/nfq" || fail "nfq does not start"
save_rules lo "$SCRATCH/before"

is_queued() { [[ $(in_ns lo awk '$1 == 7 { print $3 }' /proc/net/netfilter/nfnetlink_queue) -gt 0 ]]; }
is_let_go() { ! is_queued; }
# What the run says of raw's PREROUTING
rules_of_raw() {
	jq -r '.events[] | select(.table == "raw" and .chain == "PREROUTING") | .rule' "$OUT"
}

# While it drains the reader looks every 20 ms; before, nothing wakes it. Here it goes on until
# the packet has come.
look_at_reader() {
	local word number
	while read -r word number; do
		[[ $word != voluntary_ctxt_switches: ]] || woken=$number
	done <"/proc/$reader/status"
}
is_draining() { look_at_reader && ((woken > woken_before + 3)); }

subtest "held by NFQUEUE until the rules are gone: numbers without ours"
NFTRACE=$WITH_POINTS NFTRACE_TESTPOINT=draining NFTRACE_TESTPOINT_FILE=$SCRATCH/at \
	start_nftrace lo -t 30 --no-drops --json -p udp --dport 7
assert_equal "TRACE rules" 2 "$(own_rules lo)"
kill -STOP "$nfq"
in_ns lo "$TOOLS/flood" 10.9.0.1 7 1 32 >/dev/null
assert_within 5 "the packet is held" is_queued
reader=$(child_named nftrace-reader)
kill -INT "$NFTRACE_PID"
assert_within 10 "the rules are gone" test -s "$SCRATCH/at"
look_at_reader
woken_before=$woken
assert_within 5 "the reader drains" is_draining
kill -CONT "$nfq"
assert_within 5 "the packet has gone on" is_let_go
rm "$SCRATCH/at"
end_nftrace
assert_status 0
# Numbers 1, 3 and 4 would be ours, the second and the third in the snapshot.
in_ns lo iptables-legacy-save -t raw | grep -E 'first|third' >"$SCRATCH/expected"
echo "-P PREROUTING ACCEPT" >>"$SCRATCH/expected"
rules_of_raw >"$SCRATCH/got"
assert_same "raw's rules" "$SCRATCH/expected" "$SCRATCH/got"
assert_equal "fate" DELIVERED "$(jq -r .fate "$OUT")"
assert_equal "packets" 1 "$(wc -l <"$OUT")"
assert_restored_but_counters lo "$SCRATCH/before"

subtest "messages of others on group 0"
start_nftrace lo -t 30 --no-drops --json -p udp --dport 8
in_ns lo "$TOOLS/flood" 10.9.0.1 8 3 32 >/dev/null
stop_nftrace INT
assert_status 0
assert_equal "packets" 3 "$(wc -l <"$OUT")"
assert_grep '^nftrace: note: 3 messages of others on NFLOG group 0' "$ERR"
assert_equal "events" 33 "$(jq -r '.events[] | .rule' "$OUT" | wc -l)"
assert_equal "fates" "DELIVERED DELIVERED DELIVERED" "$(jq -r .fate "$OUT" | paste -sd ' ')"
assert_restored_but_counters lo "$SCRATCH/before"
