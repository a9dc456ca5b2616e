#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-pcap: --pcap: what other programs make of the file, and that it agrees with --json.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 1011 udp fd00:2::2 7 tcp fd00:2::2 1011
load r "$TESTS/trace/router4.save" "$TESTS/trace/router6.save"
save_rules r "$SCRATCH/before"
PCAP=$SCRATCH/trace.pcapng

udp() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 60 2>/dev/null; }
traffic() {
	for port in 7 1001 1003 1005 1008; do
		udp a 10.2.0.2 "$port"
		udp a fd00:2::2 "$port"
	done
	udp a 10.1.0.1 3001
	udp r 10.2.0.2 4001
	talk a tcp 10.2.0.2 1011 from 21011 || fail "1011 does not answer"
}
# Of each packet of the file what is asked below, separated by |, in one go: tshark takes a second to start.
FIELDS=(frame.number frame.time_epoch frame.interface_name frame.len ip.src ip.dst udp.srcport udp.dstport
	_ws.malformed _ws.expert.severity frame.comment)
# fields WHICH N...: of the packets these fields, counted from 1. WHICH: all, first or second; the second
# state of a translated packet says so in its comment.
fields() {
	awk -F '|' -v which="$1" -v list="${*:2}" '
		BEGIN { n = split(list, number, " ") }
		{
			comment = $0
			for (i = 1; i < 11; i++) sub(/^[^|]*\|/, "", comment)
			second = index(comment, "after address translation") > 0
			if (which != "all" && second != (which == "second")) next
			line = ""
			for (i = 1; i <= n; i++) line = line (i > 1 ? "|" : "") (number[i] == 11 ? comment : $number[i])
			print line
		}' "$SCRATCH/fields"
}
FIRST='not frame.comment contains "after address translation"'
ERROR=8388608	# a severity, as Wireshark numbers them

subtest "--pcap beside --json"
printf 'older\n' >"$PCAP"
start_nftrace r -t 30 --rate 0 --json --pcap "$PCAP" -p udp --or -p tcp --syn
traffic
stop_nftrace INT
assert_status 0
assert_restored_but_counters r "$SCRATCH/before"
packets=$(wc -l <"$OUT")
((packets > 10)) || fail "only $packets packets"

subtest "capinfos, editcap, tcpdump and tshark find no fault"
command -v tshark >/dev/null || skip_all "no tshark"
capinfos "$PCAP" >"$SCRATCH/capinfos" 2>&1 || fail "capinfos: $(tail -n 3 "$SCRATCH/capinfos")"
assert_grep '^File type: +Wireshark/\.\.\. - pcapng' "$SCRATCH/capinfos"
assert_grep '^File encapsulation: +Raw IP' "$SCRATCH/capinfos"
assert_grep '^Capture application: +nftrace [0-9]' "$SCRATCH/capinfos"
assert_grep 'Time precision = nanoseconds' "$SCRATCH/capinfos"
assert_grep "^Capture oper-sys: +$(uname -srm)\$" "$SCRATCH/capinfos"
assert_text "nftrace -t $((30 * PATIENCE)) --rate 0 --json --pcap $PCAP -p udp --or -p tcp --syn" "$SCRATCH/capinfos"
editcap "$PCAP" "$SCRATCH/copy.pcapng" 2>"$SCRATCH/editcap.err" || fail "editcap failed"
assert_equal "editcap's complaints" "" "$(cat "$SCRATCH/editcap.err")"
tcpdump -nr "$PCAP" >"$SCRATCH/tcpdump" 2>"$SCRATCH/tcpdump.err" || fail "tcpdump failed"
assert_equal "tcpdump's complaints" "" "$(grep -v '^reading from file' "$SCRATCH/tcpdump.err")"
tshark -r "$PCAP" -T fields -E separator='|' "${FIELDS[@]/#/-e}" >"$SCRATCH/fields" 2>"$SCRATCH/tshark.err"
assert_equal "tshark's complaints" "" "$(grep -v '^Running as' "$SCRATCH/tshark.err")"
assert_equal "tcpdump's packets" "$(wc -l <"$SCRATCH/fields")" "$(wc -l <"$SCRATCH/tcpdump")"
assert_equal "malformed packets" "" "$(fields all 9 10 1 | grep -E "^[^|]|[|,]$ERROR[|,]")"

subtest "each packet of --json, with its fate"
fields first 1 >"$SCRATCH/first"
assert_equal "packets" "$packets" "$(wc -l <"$SCRATCH/first")"
# Time to the microsecond, interface, length and bytes, as tshark reads them.
jq -r '[(.time | sub("\\.[0-9]+Z"; "Z") | fromdateiso8601 | tostring) + (.time | capture("(?<f>\\.[0-9]+)").f),
	.in // .out, (.length | tostring)] | join("|")' "$OUT" >"$SCRATCH/json"
fields first 2 3 4 |
	sed -E 's/^([0-9]+\.[0-9]{6})[0-9]*/\1/' >"$SCRATCH/pcap"
assert_same "time, interface, length" "$SCRATCH/json" "$SCRATCH/pcap"
jq -r '.payload' "$OUT" >"$SCRATCH/json"
tshark -r "$PCAP" -Y "$FIRST" -T json -x 2>/dev/null |
	jq -r '.[]._source.layers.frame_raw[0]' >"$SCRATCH/pcap"
assert_same "the bytes" "$SCRATCH/json" "$SCRATCH/pcap"

subtest "comments: the journey as people read it"
# Each event and fate of the JSON is a line of the comments, and none is besides.
# tshark escapes quotes and backslashes in its own way: without backslashes.
jq -r '(.events[] | "TRACE: \(.table):\(.chain):\(.kind):\(.number)" +
		if .rule then "  \"\(.rule)\"" else "" end), "=> \(.fate)"' "$OUT" | tr -d '\\' >"$SCRATCH/json"
fields first 11 | sed 's/\\n/\n/g' | tr -d '\\' | sed 's/|*nftrace\/1 .*//; s/,nftrace\/1 .*//' |
	sed -nE '/^TRACE: /p; s/^(=> [A-Z]+).*/\1/p' >"$SCRATCH/pcap"
assert_same "the comments" "$SCRATCH/json" "$SCRATCH/pcap"

subtest "a second record when NAT changed the packet"
fields second 5 6 7 8 |
	sort >"$SCRATCH/pcap"
[[ -s $SCRATCH/pcap ]] || fail "there is none"
# Who knows best is the other side of the cable: what --json says it became.
jq -r 'select(any(.changes[]; .field == "src" or .field == "dst")) |
	[.headers | capture("^(?<s>[^ ]+) > (?<d>[^:]+):") | .s, .d] as [$s, $d] |
	reduce .changes[] as $c ({s: $s, d: $d};
		if $c.field == "src" then .s = $c.to elif $c.field == "dst" then .d = $c.to else . end) |
	select(.s | test(":") | not) |
	[(.s, .d | capture("^(?<a>.*)\\.(?<p>[0-9]+)$"))] |
	"\(.[0].a)|\(.[1].a)|\(.[0].p)|\(.[1].p)"' "$OUT" | sort >"$SCRATCH/json"
assert_same "the translated headers" "$SCRATCH/json" <(grep -v '^||' "$SCRATCH/pcap" | grep '|[0-9]*|[0-9]')

subtest "--pcap - goes into a pipe, alone"
run_nftrace r -t 1 --pcap - -p udp --dport 1
tshark -r "$OUT" >/dev/null 2>&1 || fail "tshark cannot read it"
assert_status 3

subtest "at a terminal the file holds no more than packets"
if command -v script >/dev/null; then
	start_terminal() {
		in_ns r script -qec "$NFTRACE -t 20 -c 2 --rate 0 --pcap $PCAP -p udp" /dev/null >"$OUT" 2>&1 </dev/null &
		later $!
		NFTRACE_PID=$!
	}
	start_terminal
	assert_within 20 "armed" has_line 'armed' "$OUT"
	udp a 10.2.0.2 1001
	udp a 10.2.0.2 1003
	wait_for 10 is_gone "$NFTRACE_PID" || fail "it does not end"
	capinfos "$PCAP" >"$SCRATCH/capinfos" 2>&1 || fail "capinfos: $(tail -n 3 "$SCRATCH/capinfos")"
	run_nftrace r --read "$PCAP" -q
	assert_status 0
	assert_equal "packets" 2 "$(wc -l <"$OUT")"
else
	skip "no script(1)"
fi

subtest "full disk: said, exit status 1, the host as before"
mkdir "$SCRATCH/small" && mount -t tmpfs -o size=4k tmpfs "$SCRATCH/small" ||
	skip "no tmpfs of a given size"
if [[ -n $_name ]]; then
	start_nftrace r -t 30 --rate 0 --pcap "$SCRATCH/small/trace.pcapng" -p udp
	traffic
	end_nftrace
	assert_status 1
	assert_grep 'writing .*/small/trace.pcapng: No space left on device' "$ERR"
	assert_restored_but_counters r "$SCRATCH/before"
	umount "$SCRATCH/small"
fi

subtest "a file that cannot be written: nothing is touched, nothing cut off"
run_nftrace r --pcap /nowhere/x.pcapng -p udp
assert_status 1
assert_grep "error: /nowhere/x.pcapng cannot be written" "$ERR"
printf 'older\n' >"$SCRATCH/kept"
exec 9>"$XTABLES_LOCKFILE"
flock 9
run_nftrace r -w 0 --pcap "$SCRATCH/kept" -p udp
assert_status 4
assert_equal "the older file" "older" "$(cat "$SCRATCH/kept")"
exec 9>&-

subtest "a new file is its owner's alone, one that was there keeps its permissions"
mkdir "$SCRATCH/modes"
: >"$SCRATCH/modes/old.pcapng"
chmod 664 "$SCRATCH/modes/old.pcapng"
for name in new old; do
	(
		umask 022
		run_nftrace r --read "$TESTS/read/dmesg.log" --pcap "$SCRATCH/modes/$name.pcapng" \
			--graph "$SCRATCH/modes/$name.dot"
	)
done
assert_equal "permissions" "new.dot 600, new.pcapng 600, old.dot 600, old.pcapng 664" \
	"$(cd "$SCRATCH/modes" && stat -c '%n %a' -- * | paste -sd , | sed 's/,/, /g')"
