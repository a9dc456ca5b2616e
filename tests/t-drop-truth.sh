#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-drop-truth: of packets all alike the lost ones are those that the receiver did not get, by their serials.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"

need_records
lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns r iptables-legacy -A INPUT -p udp --dport 11 -j DROP
in_ns r ip6tables-legacy -A INPUT -p udp --dport 11 -j DROP
# With SOAK=1 more than 20,000 drops.
COUNT=1200
[[ -z ${SOAK-} ]] || COUNT=6000
base=0 sinks=()
for address in 10.1.0.1 fd00:1::1; do
	sink r udp $address 9 200000
	sinks+=("$BG_PID")
done
_senders=()
start_nftrace r -v -t 120 --rate 0 --json --snaplen 256 --buffer 64 -i eth0 -p udp

subtest "two flows beside each other: a full buffer, a closed port, a rule"
# The receiver is stopped and goes on: which packets find room is the kernel's business.
kill -STOP "${sinks[@]}"
for to in 10.1.0.1 fd00:1::1; do
	[[ $to = *:* ]] && from=fd00:1::2 || from=10.1.0.2
	send a udp $from/4001 $to/9 base $((base += 100000)) count "$COUNT" rate 500
	send a udp $from/4002 $to/10 base $((base += 100000)) count "$COUNT" rate 500
	send a udp $from/4003 $to/11 base $((base += 100000)) count $((COUNT / 4)) rate 125
done
sent_all
kill -CONT "${sinks[@]}"
kill -INT "${sinks[@]}"
for pid in "${sinks[@]}"; do assert_within 10 "the receiver ends" is_gone "$pid"; done
kill -INT "$NFTRACE_PID"
end_nftrace 100
assert_grep ', 0 lost; the TRACE rules counted' "$ERR"

# Each packet's serial, from the bytes at SERIAL_AT that nftrace compares with nothing.
jq -r 'select(.late | not) | [(.payload | .[400:408]), .fate, (.drop.reason // "-"), (.ambiguous // false),
	((.reason // "") | test("^likely: what the kernel tells of lost packets"))] | join(" ")' "$OUT" >"$SCRATCH/told"
jq -r 'select(.late) | .late' "$OUT" >"$SCRATCH/late"
awk -v n="$(wc -l <"$SCRATCH/late")" 'BEGIN { print n + 0 }' >"$SCRATCH/lates"
declare -A word
while read -r hex fate reason ambiguous likely; do
	echo $((16#$hex)) "$fate" "$reason" "$ambiguous" "$likely"
done <"$SCRATCH/told" | sort -n >"$SCRATCH/by-serial"
cat "$SCRATCH"/sink-*-9 | awk '$1 == "sink/in" { print $2 }' | sort -n >"$SCRATCH/received"

# judge_drops: of those of one kind that are not marked each is right. Where the machine is so slow
# that records get lost, or come too late, DELIVERED is likely; where some got lost, which is said, a
# rule's DROP may be without one.
awk -v late="$(<"$SCRATCH/lates")" -v lost="$(grep -c 'and there was no room for that' "$ERR")" '
	FNR == NR { received[$1] = 1; next }
	{
		kind = int($1 / 100000) % 3; n++
		want = received[$1] ? "DELIVERED -" : "LOST SOCKET_RCVBUFF"
		if (kind == 2) want = "LOST NO_SOCKET"
		if (kind == 0) want = "DROP NETFILTER_DROP"
		if ($4 == "true") marked++
		else if ($5 == "true") { likely++; if ($2 != "DELIVERED") { wrong++; print "serial " $1 ": likely " $2 > "/dev/stderr" } }
		else {
			sure[want]++
			if ($2 " " $3 != want && !(lost && kind == 0 && $2 " " $3 == "DROP -")) { wrong++; if (wrong < 10) print "serial " $1 ": " $2 " " $3 ", not " want > "/dev/stderr" }
		}
		seen[want]++
	}
	END { print n + 0, wrong + 0, marked + 0, late + 0, seen["DELIVERED -"] + 0, likely + 0,
		sure["DELIVERED -"] + 0, sure["LOST SOCKET_RCVBUFF"] + 0 }' \
	"$SCRATCH/received" "$SCRATCH/by-serial" >"$SCRATCH/judged" 2>"$SCRATCH/wrong"
read -r n wrong marked late delivered likely sure full <"$SCRATCH/judged"
note "$n packets: $wrong wrong, $marked marked, $likely likely, $late late; $delivered delivered, $sure of them told for certain, $full found the buffer full"
show "the wrong ones" "$SCRATCH/wrong"
assert_equal "packets told" $((2 * (2 * COUNT + COUNT / 4))) "$n"
# A record that comes behind the printing is told by a line of its own.
((wrong <= late)) || fail "$wrong wrong, and $late told later"
[[ -z ${SOAK-} ]] || ((n - delivered >= 20000)) || fail "$((n - delivered)) drops"
((full > 50 && sure > 50)) || fail "$full lost and $sure delivered: not enough to judge by"
# With SOAK the machine is idle, and its reader in time.
[[ -z ${SOAK-} ]] || ((likely < n / 50)) || fail "$likely of $n are only likely"
((marked < n / 50)) || fail "$marked of $n are marked"
