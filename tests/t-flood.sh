#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-flood: memory stays bounded at full speed, whatever becomes of the packets; -c is exact.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

LONG=3 SHORT=1
[[ -z ${SOAK-} ]] || LONG=10 SHORT=10
LIMIT_KB=65536
# A sanitizer's own memory comes on top, but for what it keeps of freed blocks.
if [[ -n ${SANITIZE-} ]]; then
	LIMIT_KB=$((2 * LIMIT_KB))
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}quarantine_size_mb=4
fi

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

# one_is_lost PORT: another is seen whole, as no events are lost any more
one_is_lost() {
	in_ns a "$TOOLS/flood" 10.99.0.1 "$1" 1 64 >/dev/null
	has_line '^LOST ' "$OUT"
}

# bounded ADDRESS PORT SECONDS FATE [LOST-PORT]: behind the flood one of that port is waited for, as
# lost ones amid it are INCOMPLETE where the host cannot read it
bounded() {
	local used
	start_nftrace r -t 120 --rate 0 -i eth0 -p udp -q
	flood "$1" "$2" "$3"
	used=$(peak "$NFTRACE_PID" $(pgrep -P "$NFTRACE_PID"))
	[[ -z ${5-} ]] || assert_within 20 "one is LOST" one_is_lost "$5"
	stop_nftrace INT
	assert_grep "[1-9][0-9]* packets? traced.* $4" "$ERR"
	note "$_name: $(<"$SCRATCH/sent") packets, $used KiB"
	((used > 0 && used < LIMIT_KB)) || fail "$used KiB of memory"
}

subtest "dropped by a rule"
bounded 10.2.0.2 9 $SHORT DROP

subtest "lost: each stays under way until it was silent for long"
bounded 10.99.0.1 9 $LONG LOST 9

subtest "lost after 150 events each"
bounded 10.99.0.1 12 $SHORT LOST 12

subtest "forwarded"
bounded 10.2.0.2 10 $SHORT FORWARDED

# Whoever comes behind a lost one waits until it has been silent: so many, and no more.
subtest "forwarded, and now and then one is lost"
background a trickle "$TOOLS/flood" 10.99.0.1 10 0 64 100 $((60 * PATIENCE))
bounded 10.2.0.2 10 $SHORT FORWARDED 10
assert_grep '[1-9][0-9]* LOST' "$ERR"
kill "$BG_PID"
assert_within 10 "the trickle ends" is_gone "$BG_PID"

subtest "asked of user space again and again"
background r nfq "$TOOLS/nfq" 7 repeat 2000000000
wait_for 5 says_ready "$SCRATCH/nfq" || fail "nfq does not start"
bounded 10.1.0.1 11 $SHORT QUEUE

# are_exact N PORT FATE...: N packets were printed, each complete and with its port's fate, for
# certain
are_exact() {
	local count=$1 fates=$2
	assert_equal "packets printed" "$count" "$(wc -l <"$OUT")"
	assert_equal "complete ones" "$count" \
		"$(jq -r 'select(.complete and .fate != "INCOMPLETE") | .packet' "$OUT" | wc -l)"
	assert_equal "the last number" "$count" "$(tail -n 1 "$OUT" | jq .packet)"
	assert_equal "other fates, or likely ones" "" "$(jq -r --argjson of "$fates" \
		'select(.fate != $of[.headers | capture("\\.(?<port>[0-9]+): ").port] or .reason)
		| "\(.packet) \(.fate) \(.reason) \(.headers)"' "$OUT" | head -n 3)"
}
FATES='{"9":"DROP","10":"FORWARDED"}'

# end_floods: of floods, which may have ended
end_floods() {
	local pid
	kill "${floods[@]}" 2>/dev/null
	for pid in "${floods[@]}"; do assert_within 10 "the flood ends" is_gone "$pid"; done
}

# exactly N ARGS...: none besides, whatever comes. Where more comes than the host can read, so that
# the kernel's word on some is not, they are likely, and that is said.
exactly() {
	local count=$1 floods=() port likely
	shift
	# Until the run ends.
	start_nftrace r -t 60 --rate 0 -c "$count" --json "$@"
	for port in 9 10; do
		background a "flood-$port" "$TOOLS/flood" 10.2.0.2 $port 0 64 0 "${SANITIZE:-1000}"
		floods+=("$BG_PID")
	done
	end_nftrace 10
	end_floods
	likely=$(jq -r 'select(.reason // "" | startswith("likely: what")) | .packet' "$OUT" | wc -l)
	note "$_name: $likely likely"
	assert_status $((likely ? 5 : 0))
	# Which of the two reasons a packet has hangs on when the reader came to it.
	assert_equal "likely ones that are said" "$likely" "$(grep -Eo '[0-9]+ (packets? (is|are) told|that came just then)' "$ERR" |
		awk '{ n += $1 } END { print n + 0 }')"
	assert_no_grep 'events were lost' "$ERR"
	jq -c 'if .reason // "" | startswith("likely") then .reason = null else . end' "$OUT" \
		>"$SCRATCH/certain" && cp "$SCRATCH/certain" "$OUT"
	are_exact "$count" "$FATES"
}

subtest "-c 1, and a flood"
exactly 1 -p udp
subtest "-c 1000, and a flood"
exactly 1000 -p udp
subtest "-c 10 with --only, and a flood"
exactly 10 -p udp --only drop
assert_equal "others than DROP" "" "$(jq -r .fate "$OUT" | grep -vx DROP)"

# What comes behind the last of the packets that were asked for is nobody's concern: here
# nothing is read until more has come than the socket and the drop records' ring have room for.
ns_new from n to
veth from eth0 n eth0
veth n eth1 to eth0
forwarding n
addresses from eth0 10.1.0.2/24
addresses n eth0 10.1.0.1/24
ns_ip from route add default via 10.1.0.1
addresses n eth1 10.2.0.1/24
known n eth1 "$(mac_of to eth0)" 10.2.0.2
settle from eth0 n eth0 n eth1 to eth0
in_ns n nft -f - <<EOT
table inet t {
	chain way { type filter hook forward priority 0; udp dport 9 drop; udp dport 10 accept; }
	# So many that they are read behind "armed": the run's own last change of nft's rules is over then.
	chain unused { $(printf 'tcp dport %d accept; ' {1..120}) }
}
EOT
declare -A SENDER=([r]=a [n]=from)

# has the run's socket had to drop events?
socket_lost() {
	awk '$2 == 12 && $9 > 0 { lost = 1 } END { exit !lost }' "/proc/$NFTRACE_PID/net/netlink"
}
# packets that have come to the run's network
received() { awk '$1 == "eth0:" { print $3 }' "/proc/$NFTRACE_PID/net/dev"; }
# no_room_r BEFORE: nor in the ring for 2700 drop records, as half of the 10000 are dropped
no_room_r() { socket_lost && (($(received) - $1 > 10000)); }
# nft's events have no stamps: which of them the ring's records are of is not known once some are
# lost, so that what goes on is only likely where records are lost as well.
no_room_n() { socket_lost; }
# late NS N: which have come when the reader begins; GOES_ON: more come meanwhile
late() {
	local point=$SCRATCH/late port floods=() before rate=3000
	# The socket is full long before the ring.
	[[ $1 = r || -n ${GOES_ON-} ]] || rate=500
	rm -f "$point" "$point.once"
	NFTRACE=$WITH_POINTS NFTRACE_TESTPOINT=before-reader NFTRACE_TESTPOINT_FILE=$point \
		launch_nftrace "$1" -t 60 --rate 0 --buffer 16 -4 -c "$2" --json -p udp
	assert_within 20 "nobody reads yet" test -s "$point"
	[[ $1 = r ]] || wait_armed || return
	before=$(received)
	# Of what goes on behind the last drop that the ring has room for it proves nothing.  So what
	# goes on is sent first, and neither so fast that two that have a CPU in turn would each
	# send hundreds without the other.
	for port in 10 9; do
		background "${SENDER[$1]}" "flood-$port" "$TOOLS/flood" 10.2.0.2 $port 0 64 $rate 1000
		floods+=("$BG_PID")
	done
	assert_within 60 "events are lost" "no_room_$1" "$before"
	[[ -n ${GOES_ON-} ]] || kill "${floods[@]}"
	rm -f "$point"
	end_nftrace 30
	end_floods
}
# are_first PORT: what was printed of it is numbered 0, 1, 2 ... in the payload
are_first() {
	jq -r --arg port "$1" 'select(.headers | contains(".\($port): ")) | .payload[56:64]' "$OUT" |
		awk '{ n = sprintf("%08x", NR - 1) } $1 != n { print $1, "not", n; exit }'
}

for ns in r n; do
	for count in 1 1000; do
		subtest "-c $count, more has come than there is room for ($ns)"
		late $ns $count
		assert_status 0
		are_exact $count "$FATES"
		for port in 9 10; do
			assert_equal "out of order on port $port" "" "$(are_first $port)"
		done
		assert_no_grep 'warning' "$ERR"
	done

	subtest "events are lost before the last that is asked for ($ns)"
	GOES_ON=1 late $ns 20000
	assert_status 5
	assert_grep 'warning: events were lost' "$ERR"
	assert_equal "packets printed" 20000 "$(wc -l <"$OUT")"
done
