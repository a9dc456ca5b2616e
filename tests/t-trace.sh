#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-trace: what is printed for packets through a router, into it and out of it, line by line.
#
# UPDATE=1 tests/run trace writes the expected files anew: read the difference.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 1011 udp fd00:2::2 7 tcp fd00:2::2 1011
load r "$TESTS/trace/router4.save" "$TESTS/trace/router6.save"
# What one run makes conntrack know the next one meets.
in_ns r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3600
save_rules r "$SCRATCH/before"

# A kernel before 5.12 has no tables that go with their owner, others none of nft for IPv4: no witness
# stands behind nat there, so that what SNAT drew is seen by nobody.
ns_new bare_nft
in_ns bare_nft nft 'table ip probe { flags owner; }' 2>/dev/null || no_witness=1

# unseen FILE: what is expected without a witness
unseen() {
	awk '
	/^# / { dst = "" }
	/^TRACE: / { rule = $2 }
	/^  dst / { dst = "; " substr($0, 3) }
	/^  src / && rule ~ /^nat:POSTROUTING:/ { next }
	/^=> .* as .*SNAT by / {
		sub(/, SNAT by/, "); SNAT by")
		sub(/ as [^(]*\(SNAT by/, "; SNAT by") || sub(/ as [^(]*\(DNAT by/, dst " (DNAT by")
		sub(/\); accepted by/, ", to what was not seen; accepted by")
	}
	{ print }' "$1"
}

# compare NAME: with the expected file, and each rule with iptables-save's own text
compare() {
	local expected=$TESTS/expected/$1.txt
	[[ ! ${no_witness-} ]] || { unseen "$expected" >"$SCRATCH/unseen"; expected=$SCRATCH/unseen; }
	normalise "$OUT" >"$SCRATCH/$1"
	assert_expected "the trace" "$expected" "$SCRATCH/$1"
	sed -n 's/^TRACE: .*  "\(-A .*\)"$/\1/p' "$SCRATCH/$1" | sort -u >"$SCRATCH/texts"
	{ in_ns r iptables-legacy-save; in_ns r ip6tables-legacy-save; } |
		grep '^-A' | sort -u >"$SCRATCH/rules"
	assert_equal "texts that are no rule" "" "$(comm -23 "$SCRATCH/texts" "$SCRATCH/rules")"
}

udp() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 60 2>/dev/null; }

subtest "forwarded and local in"
start_nftrace r --no-drops -t 30 --rate 0 -i eth0 -p udp --or -i eth0 -p tcp --syn
while read -r b r; do
	for port in 7 1001 1002 1003 1004 1005 1006 1008 1009; do udp a "$b" $port; done
	for port in 1010 3001 3002 3003 3004; do udp a "$r" $port; done
	talk a tcp "$b" 1007 from 21007 wait 100 2>/dev/null && fail "1007 answers"
	talk a tcp "$b" 1011 from 21011 || fail "1011 does not answer"
done <<'EOT'
10.2.0.2 10.1.0.1
fd00:2::2 fd00:1::1
EOT
stop_nftrace INT
assert_status 0
compare router-in
assert_restored_but_counters r "$SCRATCH/before"

subtest "local out"
start_nftrace r --no-drops -t 30 --rate 0 --chain OUTPUT -p udp -m multiport --dports 7,4001:4003
for b in 10.2.0.2 fd00:2::2; do
	for port in 7 4001 4002 4003; do udp r $b $port; done
done
stop_nftrace INT
assert_status 0
# SNAT to its own address: a's connections have the port already, and conntrack draws another.
sed -i -E -e 's/^(  src (\S+)\.20007 -> \2\.)[0-9]+$/\1DRAWN/' \
	-e 's/^(=> SENT out eth1 as \S+\.)[0-9]+ > /\1DRAWN > /' "$OUT"
compare router-out
assert_restored_but_counters r "$SCRATCH/before"

subtest "every event that the kernel reports, and none besides"
# The kernel's own words, from a TRACE rule made by hand and another listener.
if command -v tcpdump >/dev/null && command -v tshark >/dev/null; then
	for command in iptables ip6tables; do
		in_ns r $command-legacy -t raw -I PREROUTING -i eth0 -p udp -j TRACE
	done
	start_nftrace r --no-drops -t 30
	udp a 10.2.0.2 1001
	udp a fd00:2::2 1006
	stop_nftrace INT
	normalise "$OUT" | sed -n 's/^\(TRACE: [^ ]*\).*/\1/p' >"$SCRATCH/ours"
	in_ns r sysctl -qw net.netfilter.nf_log.2=nfnetlink_log net.netfilter.nf_log.10=nfnetlink_log
	background r tcpdump tcpdump -i nflog:0 -U -w /run/trace.pcap
	assert_within 10 "tcpdump listens" has_line 'listening on' "$SCRATCH/tcpdump.err"
	udp a 10.2.0.2 1001
	udp a fd00:2::2 1006
	kill -INT $BG_PID
	assert_within 5 "tcpdump ends" is_gone $BG_PID
	tshark -r /run/trace.pcap -T fields -e nflog.prefix 2>/dev/null |
		sed 's/ *$//' >"$SCRATCH/kernel"
	[[ -s $SCRATCH/kernel ]] || fail "the other listener saw nothing"
	assert_same "the list of events" "$SCRATCH/kernel" "$SCRATCH/ours"
else
	skip "no tcpdump or tshark"
fi
