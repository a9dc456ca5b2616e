#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-read: --read gives back what a live run printed, from the pcapng that it wrote beside.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 1011 udp fd00:2::2 7 tcp fd00:2::2 1011
load r "$TESTS/trace/router4.save" "$TESTS/trace/router6.save"
# Texts that have to be escaped on a terminal.
in_ns r iptables-legacy -t raw -A PREROUTING -m comment --comment $'bell\a and \e[31mred' || fail "comment"
in_ns r iptables-legacy -t raw -A PREROUTING -m comment --comment $'byte \xff, \\x41, ü' || fail "comment"

udp() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 60 2>/dev/null; }
# udp_both PORT...: from a to b, by both families, one after the other
udp_both() {
	local port lines=
	for port; do
		lines+="udp 10.2.0.2 $port from $((20000 + port)) wait 60"$'\n'"udp fd00:2::2 $port from $((20000 + port)) wait 60"$'\n'
	done
	lines+=${END-}
	talk a each <<<"${lines%$'\n'}" 2>/dev/null
}
traffic() {
	# Of the last there is no route: LOST, with its cause.
	END=$'udp 10.1.0.1 3001 from 23001 wait 60\nudp 10.99.0.1 1001 from 21001 wait 60\n' \
		udp_both 7 1001 1002 1003 1004 1005 1006 1008 1009
	udp r 10.2.0.2 4001
	talk a tcp 10.2.0.2 1011 from 21011 || fail "1011 does not answer"
}
PCAP=$SCRATCH/trace.pcapng

# found FILE: what the summary says of the packets: fates, and drops by rule
found() { sed -nE '/^nftrace: [0-9]+ packets? traced/,/^nftrace: ([0-9]+ events?|note|warning)/{ s/(packets? traced[^;]*);.*/\1/; /packets? traced|^nftrace:   [0-9]+ by/p }' "$1"; }

# same FORM...: live with --pcap, then the file alone
same() {
	subtest "live and read again: ${*:-default}"
	start_nftrace r -t 30 --rate 0 "$@" --pcap "$PCAP" -p udp --or -p tcp
	"${TRAFFIC:-traffic}"
	stop_nftrace INT
	assert_status 0
	[[ -s $OUT ]] || fail "nothing was printed"
	found "$ERR" >"$SCRATCH/found"
	assert_reads_back r "$PCAP" "$@"
	assert_status 0
	[[ "$*" = *--only* ]] || assert_same "what was found" "$SCRATCH/found" <(found "$ERR")
}

# Where much is going on a cause is for the summary only. It is asked once, and
# all packets alike have it from then on: one more is sent when none has it yet.
explained() {
	! grep -Eq '^=> LOST .*no route' "$OUT" || return 0
	(($(grep -c '^=> LOST ' "$OUT") < lost)) || { udp a 10.99.0.1 1001; lost=$((lost + 1)); }
	return 1
}
traffic_explained() {
	local lost=1
	traffic
	assert_within 20 "a packet without a route has its cause" explained
}

TRAFFIC=traffic_explained same
cp "$PCAP" "$SCRATCH/all.pcapng"
cp "$SCRATCH/live" "$SCRATCH/blocks"
assert_grep '^=> LOST .*no route' "$SCRATCH/blocks"
# The same policy in both families: each line says which.
for family in ipv4 ipv6; do
	assert_grep "by filter:FORWARD:policy:[0-9]+  \"-P FORWARD DROP\" \\($family\\)$" "$SCRATCH/found"
done
same -q
same -v
same --json
same --only drop,reject
same --only table=nat --json

subtest "live and read again: --flat"
# One packet after the other: events do not come mixed, so both have one order.
start_nftrace r -t 30 --rate 0 --flat --pcap "$PCAP" -p udp
printf 'udp 10.2.0.2 %d from 2%04d wait 60\n' 7 7 1001 1001 1003 1003 1005 1005 1008 1008 | talk a each 2>/dev/null
stop_nftrace INT
assert_status 0
cp "$OUT" "$SCRATCH/live"
assert_grep '^TRACE: ' "$SCRATCH/live"
found "$ERR" >"$SCRATCH/found"
run_nftrace r --flat --read "$PCAP"
assert_status 0
assert_same "what was read" "$SCRATCH/live" "$OUT"
assert_same "what was found" "$SCRATCH/found" <(found "$ERR")

subtest "a file written again is the same file"
run_nftrace r --read "$SCRATCH/all.pcapng" --pcap "$SCRATCH/again.pcapng"
assert_status 0
cmp "$SCRATCH/all.pcapng" "$SCRATCH/again.pcapng" || fail "they differ"

subtest "what is filtered out of the whole is what --only prints live"
run_nftrace r --read "$SCRATCH/all.pcapng" --only drop -q
grep -c '=> DROP' "$SCRATCH/blocks" >"$SCRATCH/drops"
assert_equal "drops" "$(cat "$SCRATCH/drops")" "$(wc -l <"$OUT")"
run_nftrace r --read "$SCRATCH/all.pcapng" -c 3
assert_equal "packets" 3 "$(grep -c '^#' "$OUT")"

subtest "without privileges, from a pipe"
if ((EUID == 0)) && [[ -z $(in_ns r cat /proc/self/uid_map | awk '$3 == 1') ]]; then
	chmod 755 "$SCRATCH"
	cp "$NFTRACE" /run/nftrace-copy
	setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \
		/run/nftrace-copy --read - <"$SCRATCH/all.pcapng" >"$OUT" 2>"$ERR"
	STATUS=$?
	assert_status 0
	assert_same "the blocks" "$SCRATCH/blocks" "$OUT"
else
	skip "no other uid here"
fi

subtest "a selection made by editcap"
if command -v editcap >/dev/null; then
	editcap -r "$SCRATCH/all.pcapng" "$SCRATCH/some.pcapng" 1-5
	run_nftrace r --read "$SCRATCH/some.pcapng" -q
	assert_status 0
	run_nftrace r --read "$SCRATCH/all.pcapng" -q
	n=$(wc -l <"$OUT")
	run_nftrace r --read "$SCRATCH/some.pcapng" -q
	m=$(wc -l <"$OUT")
	((m > 0 && m < n)) || fail "$m of $n packets"
else
	skip "no editcap"
fi

subtest "cut off anywhere: the packets before, and a word"
size=$(stat -c %s "$SCRATCH/all.pcapng")
for at in 3 27 100 $((size / 2)) $((size - 1)); do
	head -c "$at" "$SCRATCH/all.pcapng" >"$SCRATCH/cut.pcapng"
	run_nftrace r --read "$SCRATCH/cut.pcapng"
	((STATUS == 5 || (at < 4 && STATUS == 3))) || fail "cut at $at: status $STATUS"
	head -c "$(stat -c %s "$OUT")" "$SCRATCH/blocks" | cmp -s - "$OUT" || fail "cut at $at: other blocks"
done
assert_grep 'warning: .*/cut.pcapng is cut off or damaged at byte [0-9]+' "$ERR"

subtest "texts in doubt"
# A forged prefix: an NFLOG rule says what a trace event would.
in_ns r iptables-legacy -t raw -I PREROUTING 1 -p udp -j NFLOG --nflog-prefix "TRACE: raw:PREROUTING:policy:6 "
start_nftrace r -t 30 --rate 0 --json --pcap "$PCAP" -p udp
udp a 10.2.0.2 1001
stop_nftrace INT
assert_grep '"doubt":"' "$OUT"
assert_reads_back r "$PCAP" --json

subtest "rules of nft, and of both backends"
in_ns r nft -f - <<-'X' || fail "nft"
	table inet fw {
		map verdicts { type inet_service : verdict; elements = { 1001 : drop } }
		chain in {
			type filter hook forward priority 10; policy accept;
			meta mark set 0x7
			udp dport vmap @verdicts
			udp dport 1002 reject
			jump last
		}
		chain last { udp dport 7 counter accept comment "the last one"; }
	}
	X
for form in "" --json; do
	start_nftrace r -t 30 --rate 0 $form --pcap "$PCAP" -p udp
	udp_both 7 1001 1002 1008
	stop_nftrace INT
	assert_status 0
	cp "$OUT" "$SCRATCH/live"
	assert_grep 'TRACE: nft inet fw:|"backend":"nft"' "$SCRATCH/live"
	run_nftrace r $form --read "$PCAP" --graph "$SCRATCH/ways.dot"
	assert_same "what was read ($form)" "$SCRATCH/live" "$OUT"
done
assert_grep '>fw inet<' "$SCRATCH/ways.dot"
in_ns r nft delete table inet fw

subtest "files of others"
run_nftrace r --read /nowhere
assert_status 1
printf '\xd4\xc3\xb2\xa1\2\0\4\0' >"$SCRATCH/old.pcap"
run_nftrace r --read "$SCRATCH/old.pcap"
assert_status 1
assert_grep 'is a pcap file without journeys' "$ERR"
for forms in "--flat --json" "--flat -v"; do
	run_nftrace r $forms --read "$SCRATCH/all.pcapng"
	assert_status 2
	assert_grep "does not hold a packet's headers at each event" "$ERR"
done

subtest "files of several runs in one, as mergecap makes it"
if command -v mergecap >/dev/null; then
	for i in 1 2; do
		# The second in another namespace: what it says of itself has to stay.
		in_ns b iptables-legacy -S >/dev/null
		start_nftrace $([[ $i = 1 ]] && echo r || echo b) -t 30 -c 3 --all --rate 0 --pcap "$SCRATCH/part$i.pcapng"
		udp a 10.2.0.2 7
		udp a 10.2.0.2 7
		end_nftrace
		assert_status 0
		run_nftrace r --read "$SCRATCH/part$i.pcapng" --json
		jq -c 'del(.packet)' "$OUT" >"$SCRATCH/part$i"
	done
	for how in "" -a; do
		mergecap $how -w "$SCRATCH/merged.pcapng" "$SCRATCH/part1.pcapng" "$SCRATCH/part2.pcapng" ||
			fail "mergecap $how"
		run_nftrace r --read "$SCRATCH/merged.pcapng" --json
		assert_status 0
		assert_equal "packets of mergecap $how" 6 "$(wc -l <"$OUT")"
		assert_same "the packets" <(sort "$SCRATCH/part1" "$SCRATCH/part2") <(jq -c 'del(.packet)' "$OUT" | sort)
		assert_equal "namespaces" 2 "$(jq -r .netns "$OUT" | sort -u | wc -l)"
		run_nftrace r --read "$SCRATCH/merged.pcapng" -v
		assert_equal "blocks" 6 "$(grep -c '^=> ' "$OUT")"
	done
else
	skip "no mergecap"
fi

subtest "no file is read and written, or written twice"
cp "$SCRATCH/all.pcapng" "$SCRATCH/kept.pcapng"
ln -sf kept.pcapng "$SCRATCH/link.pcapng"
run_nftrace r --read "$SCRATCH/kept.pcapng" --pcap "$SCRATCH/link.pcapng"
assert_status 2
assert_grep 'is read and would be written over' "$ERR"
printf 'TRACE: x\n' >"$SCRATCH/log"
in_ns r iptables-legacy-save >"$SCRATCH/kept.save"
cp "$SCRATCH/kept.save" "$SCRATCH/same.save"
run_nftrace r --read "$SCRATCH/log" --rules "$SCRATCH/kept.save" --graph "$SCRATCH/kept.save"
assert_status 2
cmp "$SCRATCH/all.pcapng" "$SCRATCH/kept.pcapng" || fail "the file is not what it was"
cmp "$SCRATCH/same.save" "$SCRATCH/kept.save" || fail "the rules are not what they were"
run_nftrace r -p udp --pcap "$SCRATCH/kept.pcapng" --graph "$SCRATCH/link.pcapng"
assert_status 2
assert_grep 'twice: standard output, --pcap, --graph and --report each need a file of their own' "$ERR"
cmp "$SCRATCH/all.pcapng" "$SCRATCH/kept.pcapng" || fail "the file is not what it was"
in_ns r "$NFTRACE" -p udp --pcap "$SCRATCH/both" >"$SCRATCH/both" 2>"$ERR"
assert_equal "exit status" 2 $?
run_nftrace r --read "$SCRATCH/kept.pcapng" --pcap /dev/null --graph /dev/null
assert_status 0

subtest "nothing in it: why"
# nothing FILE REASON
nothing() {
	run_nftrace r --read "$1"
	assert_status 3
	assert_grep "nothing was found: $2" "$ERR"
}
: >"$SCRATCH/empty"
nothing "$SCRATCH/empty" '.*/empty is empty'
nothing /dev/null '/dev/null is empty'
gzip -c "$TESTS/read/dmesg.log" >"$SCRATCH/log.gz"
nothing "$SCRATCH/log.gz" '.*: try zcat .*/log.gz \| nftrace --read -'
zcat "$SCRATCH/log.gz" | in_ns r "$NFTRACE" --read - -q >"$OUT" 2>"$ERR"
assert_equal "packets" 2 "$(wc -l <"$OUT")"
nothing "$TESTS/trace/router4.save" '.* has no TRACE line of the kernel'
if command -v editcap >/dev/null; then
	# The packets alone, as of another program.
	tcpdump -r "$SCRATCH/all.pcapng" -w "$SCRATCH/plain.pcap" 2>/dev/null
	editcap -F pcapng "$SCRATCH/plain.pcap" "$SCRATCH/plain.pcapng"
	nothing "$SCRATCH/plain.pcapng" 'no packet of .*/plain.pcapng has a journey'
fi
run_nftrace r --read "$SCRATCH"
assert_status 1
assert_grep 'error: reading .*: Is a directory' "$ERR"
assert_equal "words about it" 1 "$(wc -l <"$ERR")"
