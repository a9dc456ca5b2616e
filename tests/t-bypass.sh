#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-bypass: when nothing is traced, what could have taken the packets is named.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
load r "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
server b echo udp 10.2.0.2 7

# traced_or_not: a packet from a to b, and what nftrace on r says
traced_or_not() {
	start_nftrace r -v -t 20 -c 1 -p udp --dport 7
	talk a udp 10.2.0.2 7 wait 200 2>/dev/null
	stop_nftrace INT 2>/dev/null	# it may have ended
}
# taken NOTE: the packet does not reach the rules, and that line says who can have it
taken() {
	traced_or_not
	assert_status 3
	assert_grep 'no packet matched' "$ERR"
	assert_grep "note: $1" "$ERR"
	# So does --doctor, before anybody wonders.
	run_nftrace r --doctor
	cat "$OUT" "$ERR" >"$SCRATCH/both"
	assert_grep "$1" "$SCRATCH/both"
}
# seen: nothing is in the way any more
seen() {
	traced_or_not
	assert_status 0
	assert_no_grep 'XDP|BPF|tc \(|netdev|flowtable|bridged|IPVS' "$ERR"
}

subtest "nothing there: nothing is said"
seen
run_nftrace r -t 100ms -p udp --dport 9
assert_status 3
assert_grep 'no packet matched' "$ERR"
assert_no_grep 'XDP|BPF|tc \(|netdev|flowtable|bridged|IPVS' "$ERR"

# swallowed NOTE ARGS...: by a program that is there until its stdin ends
swallowed() {
	local pid hold
	rm -f "$SCRATCH/hold"
	mkfifo "$SCRATCH/hold"
	in_ns r "$TOOLS/xdp" eth0 "${@:2}" <"$SCRATCH/hold" >"$SCRATCH/xdp" 2>&1 &
	pid=$!
	later $pid
	exec {hold}>"$SCRATCH/hold"
	wait_for 5 eval "grep -q ready '$SCRATCH/xdp' || is_gone $pid"
	if grep -q ready "$SCRATCH/xdp"; then
		taken "$1"
		exec {hold}>&-
		wait $pid
		seen
	else
		exec {hold}>&-
		skip "not here: $(cat "$SCRATCH/xdp")"
	fi
}

subtest "an XDP program that drops, by its name"
swallowed 'the XDP program swallow \(id [0-9]+\) on eth0 sees packets before iptables'

subtest "a program of tc that drops, without a qdisc"
swallowed 'the BPF program swallow \(id [0-9]+\) on eth0 \(tcx ingress\) sees packets before iptables' tcx

# A program of classic BPF, for want of other classifiers: return TC_ACT_SHOT.
for qdisc in clsact ingress; do
	subtest "tc ($qdisc) with a filter that drops"
	if in_ns r tc qdisc add dev eth0 $qdisc 2>/dev/null &&
		in_ns r tc filter add dev eth0 ingress protocol ip bpf da bytecode '1,6 0 0 2,' 2>/dev/null; then
		taken "tc \\($qdisc\\) on eth0 sees packets before iptables"
		in_ns r tc qdisc del dev eth0 $qdisc
		seen
	else
		skip "no tc ($qdisc) with BPF in this kernel"
	fi
done

subtest "nft's chain at ingress, and one at egress"
if in_ns r nft 'table netdev n { chain early { type filter hook ingress device "eth0" priority 0; udp dport 7 drop; }; }' 2>/dev/null; then
	taken "nft's netdev n:early \\(ingress\\) sees packets before iptables"
	in_ns r nft 'delete table netdev n; table netdev n { chain late { type filter hook egress device "eth1" priority 0; }; }' &&
		run_nftrace r -t 100ms -p udp --dport 9 &&
		assert_grep "nft's netdev n:late \\(egress\\) sees packets behind iptables" "$ERR"
	in_ns r nft delete table netdev n
	seen
else
	skip "no family netdev in this kernel"
fi

subtest "a bridge whose packets iptables does not see"
if ns_ip r link add br9 type bridge 2>/dev/null; then
	in_ns r sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null
	run_nftrace r -t 100ms -p udp --dport 9
	assert_grep 'only bridged by br9' "$ERR"
	if in_ns r sysctl -qw net.bridge.bridge-nf-call-iptables=1 2>/dev/null; then
		run_nftrace r -t 100ms -p udp --dport 9
		assert_no_grep 'bridged' "$ERR"
	fi
	ns_ip r link del br9
else
	skip "no bridges in this kernel"
fi

subtest "nft's chain of a bridge"
if in_ns r nft 'table bridge n { chain f { type filter hook forward priority 0; }; }' 2>/dev/null; then
	run_nftrace r -t 100ms -p udp --dport 9
	assert_grep "nft's bridge n:f sees what is bridged" "$ERR"
	in_ns r nft delete table bridge n
	seen
else
	skip "no family bridge in this kernel"
fi

subtest "a flowtable"
if in_ns r nft 'add table ip t; add flowtable ip t fast { hook ingress priority 0; devices = { eth0 }; }' 2>/dev/null; then
	run_nftrace r -t 100ms -p udp --dport 9
	assert_grep 'the flowtable fast' "$ERR"
	# Of the flows whose first packets are seen it takes the rest.
	traced_or_not
	assert_status 0
	assert_grep 'note: the flowtable fast' "$ERR"
	in_ns r nft delete table ip t
	seen
else
	skip "no flowtables in this kernel"
fi

subtest "IPVS"
[[ -e /proc/net/ip_vs ]] || modprobe ip_vs 2>/dev/null
if [[ ! -e /proc/net/ip_vs ]]; then
	skip "no IPVS in this kernel"
elif ! command -v ipvsadm >/dev/null; then
	skip "no ipvsadm"
else
	in_ns r ipvsadm -A -u 10.9.9.9:7 && in_ns r ipvsadm -a -u 10.9.9.9:7 -r 10.2.0.2 -m
	run_nftrace r -t 100ms -p udp --dport 9
	assert_grep 'IPVS takes packets' "$ERR"
	traced_or_not
	assert_grep 'note: IPVS takes packets' "$ERR"
	# What is for one of its services leaves INPUT, and is sent on from OUTPUT: one packet.
	in_ns r ipvsadm -A -u 10.1.0.1:7 && in_ns r ipvsadm -a -u 10.1.0.1:7 -r 10.2.0.2 -m
	start_nftrace r --json -t 20 -c 1 -p udp -d 10.1.0.1 --dport 7
	talk a udp 10.1.0.1 7 wait 200 2>/dev/null
	stop_nftrace INT 2>/dev/null
	assert_equal "fates" SENT "$(jq -r .fate "$OUT" | paste -sd ' ')"
	assert_equal "chains of mangle" "PREROUTING INPUT OUTPUT POSTROUTING" \
		"$(jq -r '.events[] | select(.table == "mangle") | .chain' "$OUT" | paste -sd ' ')"
	# Of one without a server nothing is sent on: it is delivered to nobody.
	in_ns r ipvsadm -A -u 10.1.0.1:8
	start_nftrace r -q -t 20 -c 1 -p udp -d 10.1.0.1 --dport 8
	talk a udp 10.1.0.1 8 wait 200 2>/dev/null
	stop_nftrace INT 2>/dev/null
	assert_grep '^(STOLEN .* => after INPUT: IPVS has a service at 10.1.0.1 port 8$|DROP )' "$OUT"
	in_ns r ipvsadm -C
	seen
fi

subtest "nothing of this is said when packets were traced"
traced_or_not
assert_status 0
assert_no_grep 'no packet matched' "$ERR"
assert_grep 'note: answers are traced only if they match' "$ERR"
