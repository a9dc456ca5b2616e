#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-short-headers: a run's own rules drop no packet that they cannot read, where nft traces.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
for to in 10.2.0.2 fd00:2::2; do talk a udp $to 7 wait 1 2>/dev/null; done
in_ns r nft 'table inet t { chain f { type filter hook forward priority 0; counter; }; }'

# The judge: who gets them, with and without a run.
listen() {
	background b got tcpdump --immediate-mode -lnni eth0 "(ip or ip6) and (src 10.1.0.2 or src fd00:1::2) and not (icmp6 and ip6[40] >= 128)"
	listener=$BG_PID
	assert_within 10 "tcpdump listens" has_line 'listening on' "$SCRATCH/got.err"
}
stubs() { # protocol and bytes: too few for the match, and for multiport too
	local stub
	for stub in "6 6" "6 2" "17 4" "132 6" "33 6" "50 4" "51 6"; do
		in_ns a "$TOOLS/stub" 10.2.0.2 $stub
		in_ns a "$TOOLS/stub" fd00:2::2 $stub
	done
	in_ns a "$TOOLS/stub" 10.2.0.2 1 4
}
# What this kernel has no match for is left out.
words=(-p tcp --dport 80)
for more in "-p udp --dport 80" "-p icmp --icmp-type 8" "-p tcp -m multiport --dports 1,2" "-p sctp --dport 80" "-p dccp --dport 80" "-p esp --espspi 5" "-p ah --ahspi 5"; do
	read -ra try <<<"$more"
	run_nftrace r --dry-run "${try[@]}"
	((STATUS)) || words+=(--or "${try[@]}")
done
note "${words[*]}"

subtest "without a run they are forwarded"
listen
stubs
all() { (($(wc -l <"$SCRATCH/got") == 15)); }
assert_within 5 "all arrive" all
kill "$listener"

subtest "and beside one"
listen
start_nftrace r -t 60 "${words[@]}"
stubs
assert_within 5 "all arrive" all || show "what arrived" "$SCRATCH/got"
for to in 10.2.0.2 fd00:2::2; do in_ns a "$TOOLS/flood" $to 80 1 8 >/dev/null; done
stop_nftrace INT
assert_grep '2 packets traced: 2 FORWARDED' "$ERR"
