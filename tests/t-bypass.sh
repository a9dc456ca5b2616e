#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-bypass: when nothing is traced, what could have taken the packets is named.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
nothing() { run_nftrace lo -t 100ms -p udp --dport 9; assert_status 3; }

subtest "nothing there: nothing is said"
nothing
assert_grep 'no packet matched' "$ERR"
assert_no_grep 'XDP|tc \(|flowtable|bridged|IPVS' "$ERR"

subtest "tc on an interface"
if in_ns lo tc qdisc add dev lo clsact 2>/dev/null; then
	nothing
	assert_grep 'note: tc \(clsact\) on lo' "$ERR"
	run_nftrace lo --doctor
	cat "$OUT" "$ERR" >"$SCRATCH/both"
	assert_grep 'tc \(clsact\) on lo' "$SCRATCH/both"
	in_ns lo tc qdisc del dev lo clsact
else
	skip "no clsact in this kernel"
fi

subtest "a bridge whose packets iptables does not see"
if ns_ip lo link add br9 type bridge 2>/dev/null; then
	in_ns lo sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null
	nothing
	assert_grep 'only bridged by br9' "$ERR"
	if in_ns lo sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null; then
		nothing
		assert_no_grep 'bridged' "$ERR"
	fi
	ns_ip lo link del br9
else
	skip "no bridges in this kernel"
fi

subtest "a flowtable"
if in_ns lo nft 'add table ip t; add flowtable ip t fast { hook ingress priority 0; devices = { lo }; }' 2>/dev/null; then
	nothing
	assert_grep 'the flowtable fast' "$ERR"
	in_ns lo nft delete table ip t
else
	skip "no flowtables in this kernel"
fi

subtest "nothing of this is said when packets were traced"
server lo echo udp 10.9.0.1 7
start_nftrace lo -c 1 -t 20 -p udp --dport 7
talk lo udp 10.9.0.1 7
end_nftrace
assert_status 0
assert_no_grep 'no packet matched' "$ERR"
assert_grep 'note: answers are traced only if they match' "$ERR"
