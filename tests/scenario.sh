# SPDX-License-Identifier: GPL-2.0-or-later
# scenario.sh: rules, a few packets through a router, and what must be printed of them.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh. Expected: expected/FOLDER/NAME.txt; UPDATE=1 writes them.

# scenario_router [FOLDER]: a - r - b, with servers, rules and nftrace in r
scenario_router() {
	EXPECTED=$TESTS/expected/${1-}
	lab_router
	settle a eth0 r eth0 r eth1 b eth0
	server b echo udp 10.2.0.2 7 tcp 10.2.0.2 1011
	server r local udp 10.1.0.1 7
	addresses a lo 10.99.0.1/32
	# Neighbours are known: no packet waits for an answer.
	talk a udp 10.2.0.2 7 || fail "the networks do not work"
}

# rules: on stdin what iptables-restore reads; all other tables that exist become empty.
rules() {
	local wanted
	IFS= read -rd '' wanted
	empty_all r ip "$wanted" || return 1
	# Connections of the scenario before are none of this one's.
	[[ -z ${tracked-} ]] || in_ns r conntrack -F >/dev/null 2>&1
}

# scenario NAME: one of its own, rules on stdin
scenario() {
	subtest "$1"
	rules || fail "iptables-restore"
}

# trace N ARGS...: until N packets are complete; what silence means, whatever the kernel says besides
trace() {
	start_nftrace r -t 20 --no-drops -c "$@"
}

# udp_from NS DESTINATION PORT [ARGS...] / udp DESTINATION...: one datagram, from host a
udp_from() {
	talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 20 "${@:4}" 2>/dev/null
	return 0
}
udp() { udp_from a "$@"; }

tcp() {
	talk a tcp "$1" "$2" from $((20000 + $2)) wait 100 "${@:3}" 2>/dev/null
	return 0
}

# listener QUEUE VERDICT... / no_listener: none any more
NFQ_PID=
listener() {
	background r nfq "$TOOLS/nfq" "$@"
	NFQ_PID=$BG_PID
	assert_within 5 "the queue's listener starts" \
		in_ns r grep -qE "^ +$1 " /proc/net/netfilter/nfnetlink_queue
}
# waits_in_queue QUEUE: a packet
waits_in_queue() {
	assert_within 5 "a packet is in the queue" \
		in_ns r grep -qE "^ +$1 +[0-9]+ +1 " /proc/net/netfilter/nfnetlink_queue
}
no_listener() {
	[[ -n $NFQ_PID ]] || return 0
	kill "$NFQ_PID"; assert_within 5 "the queue's listener ends" is_gone "$NFQ_PID"
	NFQ_PID=
}

# compare: what was printed with what should have been, and no TRACE rule is left
compare() {
	end_nftrace 15
	normalise "$OUT" >"$SCRATCH/got"
	assert_expected "the trace" "$EXPECTED/$_name.txt" "$SCRATCH/got"
	is_clean r || fail "TRACE rules are left"
}
