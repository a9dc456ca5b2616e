#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-truth: every event in the right journey, every journey one packet, every fate right.
#
# Packets carry a serial number where nftrace cannot see it (tools/serial.h), and are alike
# otherwise. The rules spell the number in every table by which of them are hit; a capture at
# the interfaces sees it. tools/truth.c joins the three.
# TIMEOUT: 600
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

N=1
[[ -z ${SOAK-} ]] || N=10
DROP=13	# the low four bits of what the filter table drops

# spell TABLE CHAIN...: rules of one table, in iptables-restore's form
spell() {
	local table=$1 chain d bit at='196=0x6e667472 && 200&' target
	shift
	echo "*$table"
	echo ":spell -"
	for chain; do
		for d in {0..15}; do
			echo "-A $chain -m u32 --u32 \"${at}0xf=$d\" -j spell"
		done
	done
	for bit in {4..19}; do
		printf -- '-A spell -m u32 --u32 "200&0x%x=0x%x"\n' $((1 << bit)) $((1 << bit))
	done
	for d in {0..15}; do
		target=ACCEPT
		[[ $table != filter || $d != "$DROP" ]] || target=DROP
		echo "-A spell -m u32 --u32 \"200&0xf=$d\" -j $target"
	done
	echo COMMIT
}

spell_all() { # NS [without raw]
	{
		[[ -n ${2-} ]] || spell raw PREROUTING OUTPUT
		spell mangle PREROUTING INPUT FORWARD OUTPUT POSTROUTING
		spell filter INPUT FORWARD OUTPUT
	} >"$SCRATCH/spell"
	in_ns "$1" iptables-legacy-restore <"$SCRATCH/spell" || fail "iptables-restore"
	in_ns "$1" ip6tables-legacy-restore <"$SCRATCH/spell" || fail "ip6tables-restore"
}

# watch NS: serials at its interfaces from here on
watch() {
	background "$1" seen "$TOOLS/serial_watch"
	WATCH_PID=$BG_PID
	wait_for 5 grep -qx ready "$SCRATCH/seen" || fail "the watcher does not start"
}

_senders=()
# send NS ARGS...: in the background; one CPU after the other
send() {
	local ns=$1
	shift
	background "$ns" "sender${#_senders[@]}" "$TOOLS/serial_send" "$@" cpu ${#_senders[@]}
	_senders+=("$BG_PID")
}

# trace NS ARGS...: nftrace and the watcher
trace() {
	_senders=()
	watch "$1"
	start_nftrace "$1" -t 300 --rate 0 --json --buffer 512 "${@:2}"
}

_all_gone() {
	local pid
	for pid in "${_senders[@]}"; do is_gone "$pid" || return 1; done
}

# judge NAME ARGS...: wait for the senders, end the rest, join
judge() {
	wait_for 240 _all_gone || fail "the senders do not end"
	stop_nftrace INT
	kill -INT "$WATCH_PID"
	wait_for 20 is_gone "$WATCH_PID"
	[[ ! -s $SCRATCH/seen.err ]] || fail "$(<"$SCRATCH/seen.err")"
	"$TOOLS/truth" "$OUT" "$SCRATCH/seen" "$@" >"$SCRATCH/verdict" 2>"$SCRATCH/verdict.err" ||
		fail "$(<"$SCRATCH/verdict")"
	note "$_name: $(<"$SCRATCH/verdict")"
	[[ -z $_why ]] || { show "the wrong ones" "$SCRATCH/verdict.err"; show "nftrace" "$ERR"; }
}

sink() { # NS PROTO ADDRESS PORT
	background "$1" "sink-$3-$4" "$TOOLS/serial_send" sink "${@:2}"
	wait_for 5 grep -qx ready "$SCRATCH/sink-$3-$4" || fail "the sink does not start"
}

lab_router
# TCP hands over bundles of segments, whatever offloads say; not here.
for end in a/eth0 r/eth0 r/eth1 b/eth0; do
	ns_ip ${end%/*} link set dev ${end#*/} gso_max_segs 1
done
settle a eth0 r eth0 r eth1 b eth0
spell_all r
for port in 9 10; do
	sink b udp 10.2.0.2 $port
	sink b udp fd00:2::2 $port
done

subtest "UDP forwarded, v4 and v6, three senders"
trace r -i eth0 -p udp
send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 3 count $((N * 300)) rate 700
send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 3 count $((N * 300)) rate 700
send a udp fd00:1::2/4003 fd00:2::2/9 base 2 step 3 count $((N * 300)) rate 700
judge enter=eth0/in leave=eth1/out drop=$DROP

subtest "UDP forwarded at full speed, three senders"
trace r -i eth0 -p udp
send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 3 count $((N * 500))
send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 3 count $((N * 500))
send a udp fd00:1::2/4003 fd00:2::2/9 base 2 step 3 count $((N * 500))
judge enter=eth0/in leave=eth1/out drop=$DROP

mac=$(ns_ip r -o link show eth0 | sed 's/.*ether \([0-9a-f:]*\).*/\1/')
frames() { # ARGS...
	send a frame 10.1.0.2/4004 10.2.0.2/10 dev eth0 mac "$mac" "$@"
}

subtest "identical to the last bit that is seen, 1,000 a second"
trace r -i eth0 -p udp
frames base 0 step 1 count $((N * 500)) rate 1000
judge enter=eth0/in leave=eth1/out drop=$DROP

subtest "identical, full speed"
trace r -i eth0 -p udp
frames base 0 step 1 count $((N * 1000))
judge enter=eth0/in leave=eth1/out drop=$DROP marked=1

# Of two that are on two CPUs at the same step nobody can say which is which: they are marked.
subtest "identical, full speed, from both CPUs at once"
trace r -i eth0 -p udp
frames base 0 step 2 count $((N * 500))
frames base 1 step 2 count $((N * 500))
judge enter=eth0/in leave=eth1/out drop=$DROP marked=40

subtest "ICMP and ICMPv6 echo forwarded, and their replies"
trace r -p icmp --or -p icmpv6
send a icmp 10.1.0.2 10.2.0.2 base 0 step 2 count $((N * 200)) rate 700
send a icmp fd00:1::2 fd00:2::2 base 1 step 2 count $((N * 200)) rate 700
judge enter=eth0/in enter=eth1/in leave=eth1/out leave=eth0/out drop=$DROP

sink b tcp 10.2.0.2 11
sink b tcp fd00:2::2 11
subtest "TCP forwarded from a workload behind a veth"
# A dropped segment would be sent again for ever.
in_ns r iptables-legacy -R spell 30 -m u32 --u32 "200&0xf=13" -j ACCEPT
in_ns r ip6tables-legacy -R spell 30 -m u32 --u32 "200&0xf=13" -j ACCEPT
trace r -i eth0 -p tcp
send a tcp 10.1.0.2/5001 10.2.0.2/11 base 0 step 3 count $((N * 400))
send a tcp 10.1.0.2/5002 10.2.0.2/11 base 1 step 3 count $((N * 400))
send a tcp fd00:1::2/5003 fd00:2::2/11 base 2 step 3 count $((N * 400))
judge enter=eth0/in leave=eth1/out

subtest "TCP into the node"
sink r tcp 10.1.0.1 11
sink r tcp fd00:1::1 11
trace r -i eth0 -p tcp
send a tcp 10.1.0.2/5004 10.1.0.1/11 base 0 step 2 count $((N * 400))
send a tcp fd00:1::2/5005 fd00:1::1/11 base 1 step 2 count $((N * 400))
judge enter=eth0/in fate=DELIVERED

subtest "TCP from the node"
trace r -p tcp -d 10.2.0.2 --or -p tcp -d fd00:2::2
send r tcp 10.2.0.1/5006 10.2.0.2/11 base 0 step 2 count $((N * 400))
send r tcp fd00:2::1/5007 fd00:2::2/11 base 1 step 2 count $((N * 400))
judge enter=eth1/out leave=eth1/out fate=SENT
