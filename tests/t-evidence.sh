#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-evidence: where the kernel tells of each drop: which witness chains are left, and what silence means.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

need_records
lab_router
settle a eth0 r eth0 r eth1 b eth0
send() { in_ns "$1" "$TOOLS/flood" "$2" "$3" 1 8 >/dev/null; }
# witnesses ARGS...: hooks with a chain in a run of these arguments
witnesses() {
	start_nftrace r -4 -t 20 "$@" -p udp --dport 9
	WITNESSES=$(in_ns r nft list ruleset | grep -o 'chain left_[a-z]*' | sed 's/.*left_//' | paste -sd ' ')
	stop_nftrace INT
}
all='prerouting input forward output postrouting'

# traced ARGS... -- COMMAND...: the fates of what COMMAND sends
traced() {
	local args=()
	while [[ $1 != -- ]]; do args+=("$1"); shift; done
	shift
	start_nftrace r -4 -t 20 --json -c "${args[@]}"
	"$@"
	end_nftrace 10
	FATES=$(jq -r '"\(.fate) \(.fate_out // "-")"' "$OUT" | paste -sd ';')
}
# everywhere: forwarded, for this host, where nobody listens, without a route
everywhere() {
	send a 10.2.0.2 9
	send a 10.1.0.1 9
	send a 10.1.0.1 10
	send a 10.77.0.2 9
}
fates='FORWARDED eth1;DELIVERED -;LOST -;LOST -'
server r local udp 10.1.0.1 9

subtest "raw alone: where a packet goes from PREROUTING"
in_ns r iptables-legacy -t raw -S >/dev/null
witnesses
assert_equal "witnesses" "input forward" "$WITNESSES"
traced 4 -i eth0 -p udp --dport 9:10 -- everywhere
assert_equal "fates" "$fates" "$FATES"

# pieces ARGS...: three each to an open port and a closed one. Nothing tracks connections here, so they
# come through PREROUTING; the last one goes on as the whole.
pieces() {
	traced 6 -i eth0 -s 10.1.0.2 "$@" -- in_ns a bash -c "
		'$TOOLS/talk' udp 10.1.0.1 9 size 4000 wait 5000 && '$TOOLS/talk' udp 10.1.0.1 10 size 4000 wait 1
		true"
	assert_status 0
	assert_equal "fates of the fragments" "UNKNOWN -;UNKNOWN -;DELIVERED -;UNKNOWN -;UNKNOWN -;LOST -" "$FATES"
	assert_equal "why" 4 "$(grep -c '"reason":"[^"]*it is a fragment, which waited' "$OUT")"
	assert_equal "who frees it" NO_SOCKET "$(jq -r 'select(.fate == "LOST").drop.reason' "$OUT")"
	assert_equal "who changes it" "" "$(jq -r '.changes[] | select(.field != "length") | "\(.maker) \(.field)"' "$OUT")"
	assert_no_grep ' lost, likely|doubtful' "$ERR"
}
subtest "raw alone: what was neither seen nor told of was taken, not lost"
pieces

subtest "a table at INPUT and FORWARD: none"
in_ns r iptables-legacy -t filter -S >/dev/null
witnesses
assert_equal "witnesses" "" "$WITNESSES"
traced 4 -i eth0 -p udp --dport 9:10 -- everywhere
assert_equal "fates" "$fates" "$FATES"
assert_grep '"reason":"[^"]*NO_SOCKET' "$OUT"

subtest "fragments: the whole that INPUT sees is the last one's"
pieces --backend legacy
in_ns r nft 'add table ip n; add chain ip n in { type filter hook input priority 0; }; add rule ip n in udp dport 9-10 counter accept'
pieces --backend nft
pieces
in_ns r nft delete table ip n

subtest "without drop records: at each hook"
witnesses --no-drops
assert_equal "witnesses" "$all" "$WITNESSES"

subtest "nat may choose another source"
in_ns r nft 'add table ip n; add chain ip n post { type nat hook postrouting priority 100; }; add rule ip n post udp dport 9 snat to 10.2.0.1:4444'
witnesses
assert_equal "witnesses" "postrouting" "$WITNESSES"
traced 1 -i eth0 -p udp --dport 9 -- send a 10.2.0.2 9
assert_equal "fates" "FORWARDED eth1" "$FATES"
assert_equal "source" "10.2.0.1.4444" "$(jq -r '.changes[] | select(.field == "src").to' "$OUT")"
in_ns r nft delete table ip n

subtest "the route of what is sent may be chosen anew"
in_ns r nft 'add table ip n; add chain ip n out { type route hook output priority 0; }'
witnesses
assert_equal "witnesses" "postrouting" "$WITNESSES"
in_ns r nft delete table ip n

subtest "a program listens on a queue: with nft's trigger at each hook"
background r nfq "$TOOLS/nfq" 3 accept
nfq=$BG_PID
assert_within 5 "the queue's listener starts" in_ns r grep -qE '^ +3 ' /proc/net/netfilter/nfnetlink_queue
witnesses --backend nft
assert_equal "witnesses" "$all" "$WITNESSES"
kill "$nfq"
wait "$nfq" 2>/dev/null

subtest "SYNPROXY takes packets at the ends of hooks"
if in_ns r iptables-legacy -A FORWARD -p tcp --dport 80 -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY 2>/dev/null; then
	witnesses
	assert_equal "witnesses" "$all" "$WITNESSES"
	in_ns r iptables-legacy -F FORWARD
else
	skip "no SYNPROXY in this kernel"
fi
