# SPDX-License-Identifier: GPL-2.0-or-later
# scenario.sh: rules, a few packets through a router, and what must be printed of them.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh. Expected: expected/FOLDER/NAME.txt; UPDATE=1 writes them.

# scenario_router FOLDER: a - r - b, with servers, rules and nftrace in r
scenario_router() {
	EXPECTED=$TESTS/expected/$1
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
	local table chain
	cat >"$SCRATCH/wanted"
	for table in $(in_ns r cat /proc/net/ip_tables_names 2>/dev/null); do
		echo "*$table"
		for chain in $(in_ns r iptables-legacy -t "$table" -S | sed -n 's/^-P \([^ ]*\).*/\1/p'); do
			echo ":$chain ACCEPT"
		done
		echo COMMIT
	done >"$SCRATCH/rules"
	cat "$SCRATCH/wanted" >>"$SCRATCH/rules"
	in_ns r iptables-legacy-restore <"$SCRATCH/rules" || return 1
	# Connections of the scenario before are none of this one's.
	[[ -z ${tracked-} ]] || in_ns r conntrack -F >/dev/null 2>&1
}

# scenario NAME: one of its own, rules on stdin
scenario() {
	subtest "$1"
	rules || fail "iptables-restore"
}

# trace N ARGS...: until N packets are complete
trace() {
	start_nftrace r -t 20 -c "$@"
}

# udp DESTINATION PORT [ARGS...]: one datagram from host a
udp() {
	talk a udp "$1" "$2" from $((20000 + $2)) wait 20 "${@:3}" 2>/dev/null
	return 0
}

tcp() {
	talk a tcp "$1" "$2" from $((20000 + $2)) wait 100 "${@:3}" 2>/dev/null
	return 0
}

# listener VERDICT...: of queue $queue, 3 if that is not set / no_listener: none any more
listener() {
	background r nfq "$TOOLS/nfq" "${queue:-3}" "$@"
	NFQ_PID=$BG_PID
	wait_for 5 in_ns r grep -qE "^ +${queue:-3} " /proc/net/netfilter/nfnetlink_queue ||
		fail "the queue's listener does not start"
}
no_listener() { kill "$NFQ_PID"; assert_within 5 "the queue's listener ends" is_gone "$NFQ_PID"; }

# Blocks in the order of their times, less what no two runs have in common.
normalise() {
	awk '/^#[0-9]+ / { key = $2; n++ } { printf "%s\t%06d\t%s\n", key, NR, $0 }' "$OUT" |
		sort -t $'\t' -k1,1 -k2,2n | cut -f3- |
		sed -E 's/^#[0-9]+ [0-9:.]+ /# /
			s/\bseq [0-9:]+/seq N/; s/\back [0-9]+/ack N/; s/\bwin [0-9]+/win N/
			s/TS val [0-9]+ ecr [0-9]+/TS val N ecr N/
			s/__chain[0-9]+/__chainN/'
}

# compare [TRACES]: what was printed with what should have been; so many TRACE rules are others'
compare() {
	local expected=$EXPECTED/$_name.txt
	end_nftrace 15
	normalise >"$SCRATCH/got"
	[[ -z ${UPDATE-} ]] || cp "$SCRATCH/got" "$expected"
	assert_same "the trace" "$expected" "$SCRATCH/got"
	assert_equal "TRACE rules left" "${1:-0}" "$(own_rules r)"
}
