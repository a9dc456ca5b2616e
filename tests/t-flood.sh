#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-flood: memory stays bounded at full speed, whatever becomes of the packets; -c is exact.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

LONG=3 SHORT=1
[[ -z ${SOAK-} ]] || LONG=10 SHORT=10
LIMIT_KB=65536
# A sanitizer's own memory comes on top.
[[ -z ${SANITIZE-} ]] || LIMIT_KB=$((2 * LIMIT_KB))

lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns r iptables-legacy-restore <<EOT
*raw
:many -
-A PREROUTING -p udp -m udp --dport 12 -j many
$(for ((i = 0; i < 150; i++)); do echo "-A many -p udp"; done)
COMMIT
*mangle
COMMIT
*filter
-A FORWARD -p udp -m udp --dport 9 -j DROP
-A FORWARD -p udp -m udp --dport 10 -j ACCEPT
-A INPUT -p udp -m udp --dport 11 -j NFQUEUE --queue-num 7
COMMIT
EOT

# peak: most memory that each process of the run ever had, in KiB. The receive
# buffer is the kernel's.
peak() { # PID...
	local pid
	for pid; do sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"; done |
		awk '{ n += $1 } END { print n + 0 }'
}

flood() { # ADDRESS PORT SECONDS
	in_ns a "$TOOLS/flood" "$1" "$2" 0 64 0 "$3" >"$SCRATCH/sent"
}

# bounded ADDRESS PORT SECONDS FATE
bounded() {
	local used
	start_nftrace r -t 120 --rate 0 -i eth0 -p udp -q
	flood "$1" "$2" "$3"
	used=$(peak "$NFTRACE_PID" $(pgrep -P "$NFTRACE_PID"))
	stop_nftrace INT
	assert_grep "[1-9][0-9]* packets? traced.* $4" "$ERR"
	note "$_name: $(<"$SCRATCH/sent") packets, $used KiB"
	((used > 0 && used < LIMIT_KB)) || fail "$used KiB of memory"
}

subtest "dropped by a rule"
bounded 10.2.0.2 9 $SHORT DROP

subtest "lost: each stays under way until it was silent for long"
bounded 10.99.0.1 9 $LONG LOST

subtest "lost after 150 events each"
bounded 10.99.0.1 12 $SHORT LOST

subtest "forwarded"
bounded 10.2.0.2 10 $SHORT FORWARDED

# Whoever comes behind a lost one waits until it has been silent: so many, and no more.
subtest "forwarded, and now and then one is lost"
background a trickle "$TOOLS/flood" 10.99.0.1 10 0 64 100 $((SHORT + 2))
bounded 10.2.0.2 10 $SHORT FORWARDED
assert_grep '[1-9][0-9]* LOST' "$ERR"
assert_within 10 "the trickle ends" is_gone "$BG_PID"

subtest "asked of user space again and again"
background r nfq "$TOOLS/nfq" 7 repeat 2000000000
wait_for 5 says_ready "$SCRATCH/nfq" || fail "nfq does not start"
bounded 10.1.0.1 11 $SHORT QUEUE

# exactly N: complete, with a fate, and none besides, whatever comes
exactly() { # N ARGS...
	local count=$1 floods=() port
	shift
	# Until the run ends. What comes behind the last one counts as lost as well: a sanitizer's
	# reader is so slow that there is much of it, and there is room for a second of flood.
	start_nftrace r -t 60 --rate 0 ${SANITIZE:+--buffer 512} -c "$count" --json "$@"
	for port in 9 10; do
		background a "flood-$port" "$TOOLS/flood" 10.2.0.2 $port 0 64 0 "${SANITIZE:-1000}"
		floods+=("$BG_PID")
	done
	end_nftrace 10
	kill "${floods[@]}" 2>/dev/null
	wait "${floods[@]}" 2>/dev/null
	assert_status 0
	assert_equal "packets printed" "$count" "$(wc -l <"$OUT")"
	assert_equal "complete ones" "$count" \
		"$(jq -r 'select(.complete and .fate != "INCOMPLETE") | .packet' "$OUT" | wc -l)"
	assert_equal "the last number" "$count" "$(tail -n 1 "$OUT" | jq .packet)"
}

subtest "-c 1, and a flood"
exactly 1 -p udp
subtest "-c 1000, and a flood"
exactly 1000 -p udp
subtest "-c 10 with --only, and a flood"
exactly 10 -p udp --only drop
assert_equal "others than DROP" "" "$(jq -r .fate "$OUT" | grep -vx DROP)"
