#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-beside: runs on nft side by side, and others' trace rules: each shows its own packets.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
before=$SCRATCH/before

# load_nft: what the packets meet, of iptables-nft and of nft itself
load_nft() {
	in_ns r iptables-nft -A FORWARD -p udp --dport 8 -j DROP
	in_ns r ip6tables-nft -A FORWARD -p udp --dport 8 -j DROP
	in_ns r nft -f - <<-'X'
		table inet fw {
			chain pre { type filter hook prerouting priority 0; udp dport 7 counter; }
			chain forward { type filter hook forward priority 10; udp dport { 7, 9, 10 } counter accept; }
		}
	X
}
load_nft
save_rules r "$before"

# The kernel's own word on whose packet is which: nft's monitor, which knows no nftrace.
judge() {
	background r monitor nft monitor trace
	monitor=$BG_PID
	assert_within 5 "the monitor listens" listens_to_trace
}
# Its socket must not be taken for the next one's.
end_judge() {
	kill "$monitor"
	assert_within 10 "the monitor ends" is_gone "$monitor"
}
# A socket of NETLINK_NETFILTER (12) has joined group 9 (NFNLGRP_NFTRACE): bit 8.
listens_to_trace() {
	in_ns r awk '$2 == 12 && $4 ~ /[13579bdf]..$/ { found = 1 } END { exit !found }' /proc/net/netlink
}
# traced_by PID: ids of packets that a rule of this run has traced; traced_at_all: of all
traced_by() {
	sed -nE "s/^trace id ([0-9a-f]+) (ip|ip6) nftrace_[0-9]+_$1_\\S+ (prerouting|output)\\S* (unknown )?rule.*/\\2 \\1/p" \
		"$SCRATCH/monitor" | sort -u
}
traced_at_all() { sed -nE 's/^trace id ([0-9a-f]+) (ip6?|inet) .*/\1/p' "$SCRATCH/monitor" | sort -u; }
judged() { # N: the judge has heard of so many packets, and of the last one to its end
	(($(traced_at_all | wc -l) == $1))
}

# told OUT: ports of the packets that are told there, how often each
told() { sed -nE 's/^#.* > \S+\.([0-9]+): .*/\1/p' "$1" | sort -n | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd ' '; }

# end_of OUT ERR PID: of the run; its packets are those of the judge, by number
end_of() {
	OUT=$1 ERR=$2 NFTRACE_PID=$3
	stop_nftrace INT
	assert_status 0
	assert_equal "packets of the run in ${1##*/}" "$(traced_by "$3" | wc -l)" "$(grep -c '^#' "$1")"
	assert_no_grep 'nftrace_[0-9]' "$1"
	assert_no_grep 'INCOMPLETE|UNKNOWN' "$1"
	assert_no_grep 'more than the TRACE rules|rules were changed' "$2"
}

subtest "two runs: each its own, and what both trace"
judge
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
start_nftrace r -t 60 -p udp -m multiport --dports 7,8
one=$NFTRACE_PID
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
start_nftrace r -t 60 -p udp -m multiport --dports 7,9
two=$NFTRACE_PID
assert_grep "another run of nftrace \\(pid $one\\) traces here as well: what only it traces is left out" "$ERR"
send_both 7 8 9 10
assert_within 5 "all are traced" judged 6
assert_within 5 "the earlier run says so, too" grep -Eq \
	"another run of nftrace \\(pid $two\\) traces here as well: what only it traces is left out" "$SCRATCH/err1"
end_of "$SCRATCH/out2" "$SCRATCH/err2" "$two"
assert_equal "told" "7x2 9x2" "$(told "$OUT")"
assert_grep "note: 2 packets of another trace \\(nftrace pid $one\\) were left out" "$ERR"
end_of "$SCRATCH/out1" "$SCRATCH/err1" "$one"
assert_equal "told" "7x2 8x2" "$(told "$OUT")"
assert_grep "note: 2 packets of another trace \\(nftrace pid $two\\) were left out" "$ERR"
end_judge
assert_restored_but_counters r "$before"

subtest "runs that come and go beside one: it shows its own, event by event"
OUT=$SCRATCH/flat ERR=$SCRATCH/flat.err
start_nftrace r -t 60 --flat -p udp --dport 7
one=$NFTRACE_PID
for n in 1 2 3; do
	OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
	start_nftrace r -t 60 -c 2 -p udp --dport 9
	send_both 9 7
	end_nftrace 10
	assert_status 0
	assert_equal "told by run $n" "9x2" "$(told "$OUT")"
done
OUT=$SCRATCH/flat ERR=$SCRATCH/flat.err NFTRACE_PID=$one
all_seven() { (($(grep -c 'TRACE: nft inet fw:pre:rule:handle [0-9]*  "udp dport 7 ' "$OUT") == 6)); }
assert_within 5 "all of the first are there" all_seven
stop_nftrace INT
assert_status 0
assert_grep '6 packets traced' "$ERR"
assert_grep 'note: 6 packets of other runs of nftrace were left out' "$ERR"
assert_no_grep '\.9: ' "$OUT"
assert_restored_but_counters r "$before"

# Chains that the first run has not read yet: its supervisor cannot read them while it is stopped.
subtest "behind conntrack, with replies and NAT, when the other's chains are not read yet"
in_ns r nft 'table ip n { chain s { type nat hook postrouting priority 100; oifname eth1 masquerade; }; chain d { type nat hook prerouting priority -100; udp dport 17 redirect to :7; }; }'
in_ns r iptables-nft -A INPUT -j ACCEPT
for ns in b r; do server $ns echo-$ns udp 10.2.0.$([[ $ns = b ]] && echo 2 || echo 1) 7; done
judge
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
start_nftrace r -4 -t 60 --replies -p udp --dport 7
one=$NFTRACE_PID
kill -STOP "$one"
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
start_nftrace r -4 -t 60 -p udp -m conntrack --ctstate NEW
two=$NFTRACE_PID
for n in 1 2; do talk a udp 10.2.0.2 7; done
talk a udp 10.2.0.1 7
assert_within 5 "all are traced" judged 6
kill -CONT "$one"
end_of "$SCRATCH/out2" "$SCRATCH/err2" "$two"
assert_equal "questions" 3 "$(grep -c '^#.* > 10\.2\.0\.[12]\.7: ' "$OUT")"
assert_grep "note: 3 packets of another trace \\(nftrace pid $one\\) were left out" "$ERR"
end_of "$SCRATCH/out1" "$SCRATCH/err1" "$one"
assert_equal "questions and answers" 6 "$(grep -c '^#' "$OUT")"
end_judge
in_ns r nft delete table ip n
in_ns r iptables-nft -D INPUT 1

subtest "rules of others trace: what only they trace is left out, before and after ours"
in_ns r nft add rule inet fw pre udp dport '{ 7, 10 }' meta nftrace set 1
in_ns r nft 'add chain inet fw first { type filter hook prerouting priority -400; }'
in_ns r nft add rule inet fw first udp dport 9 meta nftrace set 1
judge
start_nftrace r -t 60 -p udp -m multiport --dports 7,9
one=$NFTRACE_PID
assert_within 20 "the rules are read" has_line 'is not ours' "$ERR"
assert_grep 'nft has a trace rule that is not ours; what only it traces is left out: inet fw pre: ' "$ERR"
send_both 7 9 10
assert_within 5 "all are traced" judged 6
end_of "$OUT" "$ERR" "$one"
assert_equal "told" "7x2 9x2" "$(told "$OUT")"
assert_grep 'note: 2 packets that only rules of others traced were left out' "$ERR"
end_judge

subtest "no expression: all that rules of others trace, a run's as well"
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
start_nftrace r -t 60
one=$NFTRACE_PID
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
start_nftrace r -t 60 -c 2 -p udp --dport 8
send_both 10 8
end_nftrace 10
assert_status 0
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1 NFTRACE_PID=$one
stop_nftrace INT
assert_equal "told" "8x2 10x2" "$(told "$OUT")"
assert_no_grep 'INCOMPLETE|nftrace_[0-9]' "$OUT"

subtest "over loopback, where a packet has two ids"
lab_loopback
in_ns lo iptables-nft -A INPUT -p udp --dport 4 -j DROP
in_ns lo iptables-nft -t nat -A POSTROUTING -j ACCEPT
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1
start_nftrace lo -t 60 -p udp
one=$NFTRACE_PID
OUT=$SCRATCH/out2 ERR=$SCRATCH/err2
run_nftrace lo -t 10 -p icmp -- ping -q -c 3 -i 0.01 127.0.0.1
assert_status 0
assert_equal "packets of the second" 6 "$(grep -c '^#' "$OUT")"
OUT=$SCRATCH/out1 ERR=$SCRATCH/err1 NFTRACE_PID=$one
stop_nftrace INT
assert_status 3
[[ ! -s $OUT ]] || fail "the first shows the second's packets"
assert_grep 'note: [0-9]+ packets of another trace \(nftrace pid [0-9]+\) were left out' "$ERR"
assert_grep 'nothing was traced: no packet matched' "$ERR"

subtest "TRACE rules in raw, and a rule of nft that others trace by"
in_ns r nft flush ruleset
load_nft
in_ns r iptables-legacy -A FORWARD -p udp --dport 11 -j ACCEPT
in_ns r nft insert rule inet fw forward udp dport '{ 7, 10 }' meta nftrace set 1
start_nftrace r -4 -t 60 -p udp -m multiport --dports 7,9,11
assert_within 20 "the rules are read" has_line 'is not ours' "$ERR"
assert_grep 'nft has a trace rule that is not ours; what only it traces is left out' "$ERR"
send_both 7 9 10 11
assert_within 5 "the last one is told" has_line '\.11: ' "$OUT"
stop_nftrace INT
assert_status 0
assert_equal "told" "7x1 9x1 11x1" "$(told "$OUT")"
assert_grep '3 packets traced: 3 FORWARDED' "$ERR"
assert_grep 'note: [13] packets? that only rules of others traced (was|were) left out' "$ERR"
