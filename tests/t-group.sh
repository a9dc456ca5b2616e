#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-group: NFLOG group 0 is taken: by whom is said, and nothing is changed.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"

# listens NS: tcpdump has the group; where only one uid is mapped it gives up
listens() {
	background "$1" tcpdump tcpdump -Z root -i nflog:0 -w /dev/null
	tcpdump=$BG_PID
	listening_or_gone() {
		grep -q 'listening on' "$SCRATCH/tcpdump.err" || is_gone $tcpdump
	}
	assert_within 10 "tcpdump listens" listening_or_gone
	grep -q 'listening on' "$SCRATCH/tcpdump.err"
}

test_tcpdump() {
	subtest "tcpdump -i nflog:0 in the way"
	command -v tcpdump >/dev/null || { skip "no tcpdump"; return; }
	listens lo || { skip "tcpdump: $(tail -n 1 "$SCRATCH/tcpdump.err")"; return; }
	save_rules lo "$before"	# tcpdump has set the logger
	run_nftrace lo -w 0 -t 1 -p udp --dport 9
	assert_status 4
	assert_grep "\\b$tcpdump\\b" "$ERR"
	assert_text tcpdump "$ERR"
	assert_grep 'group 0' "$ERR"
	assert_restored lo "$before"

	subtest "the other goes on undisturbed"
	is_gone $tcpdump && fail "tcpdump is gone"
	kill -INT $tcpdump
	assert_within 5 "tcpdump ends" is_gone $tcpdump

	subtest "in another network namespace it is free"
	listens lo || fail "tcpdump does not listen"
	lab_loopback other
	in_ns other iptables-legacy -A INPUT -j ACCEPT
	run_nftrace other -t 1 -p udp --dport 9
	assert_status 3
	kill -INT $tcpdump
	assert_within 5 "tcpdump ends" is_gone $tcpdump
}
test_tcpdump

subtest "ulogd in the way"
if ! command -v ulogd >/dev/null; then
	skip "no ulogd"
else
	plugins=$(dirname "$(find /usr/lib -name ulogd_inppkt_NFLOG.so | head -n 1)")
	cat >"$SCRATCH/ulogd.conf" <<-END
		[global]
		logfile="$SCRATCH/ulogd.log"
		plugin="$plugins/ulogd_inppkt_NFLOG.so"
		plugin="$plugins/ulogd_raw2packet_BASE.so"
		plugin="$plugins/ulogd_filter_IFINDEX.so"
		plugin="$plugins/ulogd_filter_IP2STR.so"
		plugin="$plugins/ulogd_filter_PRINTPKT.so"
		plugin="$plugins/ulogd_output_LOGEMU.so"
		stack=log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,print1:PRINTPKT,emu1:LOGEMU
		[log1]
		group=0
		[emu1]
		file="$SCRATCH/ulogd.packets"
	END
	background lo ulogd ulogd -c "$SCRATCH/ulogd.conf"
	ulogd=$BG_PID
	assert_within 10 "ulogd listens" \
		in_ns lo awk '$1 == 0 { found = 1 } END { exit !found }' /proc/net/netfilter/nfnetlink_log
	save_rules lo "$before"
	run_nftrace lo -w 0 -t 1 -p udp --dport 9
	assert_status 4
	assert_grep "group 0 .* taken by pid $ulogd .*ulogd" "$ERR"
	is_gone $ulogd && fail "ulogd is gone"
	assert_restored lo "$before"
	kill -TERM $ulogd
	assert_within 5 "ulogd ends" is_gone $ulogd
fi
