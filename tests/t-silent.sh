#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-silent: what no event tells: targets and matches that drop in silence, queues, conntrack's
# confirmation, and why nat was silent.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
borrow_kallsyms

lab_router
settle a eth0 r eth0 r eth1 b eth0
udp() { in_ns "$1" "$TOOLS/flood" "$2" "$3" 1 8 >/dev/null 2>&1; }
# What is told without the run's own chains and the kernel's own word.
without=(--no-witness --no-drops)
trace() { start_nftrace r -q -v -t 20 "${without[@]}" "$@"; }
stop() { stop_nftrace INT; }
# tells PORT "FATE WORDS": -q has the fate first, what tells more of it behind the arrow
tells() {
	local words=
	[[ $2 != *' '* ]] || words=" ${2#* }"
	assert_grep "^${2%% *} +#[0-9]+ .*[.]$1: .*=>$words" "$OUT"
}
legacy() { in_ns r "$1-legacy" "${@:2}" || fail "$*"; }
forget() {
	local table
	for table in raw mangle nat filter; do
		in_ns r iptables-legacy -t $table -F
		in_ns r iptables-legacy -t $table -X
	done
	in_ns r conntrack -F >/dev/null 2>&1
}
# Who of b has got what: the kernel's own count.
arrived() { in_ns b cat /proc/net/snmp | awk '/^Udp:/ { n = $3 } END { print n }'; }

# With no table but filter: what comes back from a queue is not seen again.
subtest "queues: nobody, a bypass, and who listens"
legacy iptables -A FORWARD -p udp --dport 1001 -j NFQUEUE --queue-num 5
legacy iptables -A FORWARD -p udp --dport 1002 -j NFQUEUE --queue-num 6 --queue-bypass
legacy iptables -A FORWARD -p udp --dport 1003 -j NFQUEUE --queue-num 7
legacy iptables -A FORWARD -p udp --dport 1004 -j NFQUEUE --queue-balance 5:7
before=$(arrived)
background r listener "$TOOLS/nfq" 7 accept
wait_for 5 grep -q '^ *7 ' "$(printf '/proc/%s/net/netfilter/nfnetlink_queue' "$BG_PID")" || fail "nobody listens"
trace -p udp --dport 1001:1003
udp a 10.2.0.2 1001
udp a 10.2.0.2 1002
udp a 10.2.0.2 1003
stop
# What the queue lets go comes when its listener has had a CPU.
have_arrived() { (($(arrived) == before + 2)); }
assert_within 10 "two datagrams come to b" have_arrived
tells 1001 'QUEUE to queue 5 by filter:FORWARD:1; likely: nobody listens on queue 5$'
tells 1002 "FORWARDED out eth1 by filter:FORWARD:2; nobody listens on queue 6, and the rule's bypass lets it pass; likely: no drop records$"
tells 1003 "UNKNOWN after FORWARD: pid $BG_PID \\(nfq\\) got it from queue 7, and no table here would see it come back$"
kill "$BG_PID"
assert_within 10 "the listener ends" is_gone "$BG_PID"
legacy iptables -t mangle -A POSTROUTING -j ACCEPT
background r listener "$TOOLS/nfq" 7 drop
wait_for 5 grep -q '^ *7 ' "$(printf '/proc/%s/net/netfilter/nfnetlink_queue' "$BG_PID")" || fail "nobody listens"
trace -p udp --dport 1002:1004
udp a 10.2.0.2 1002
udp a 10.2.0.2 1003
udp a 10.2.0.2 1004
stop
# Seen behind it, too: why the rules behind that one were not asked.
tells 1002 "FORWARDED out eth1 by filter:FORWARD:2; nobody listens on queue 6, and the rule's bypass lets it pass; likely: no drop records$"
tells 1003 "QUEUE to queue 7 by filter:FORWARD:3; likely: pid $BG_PID \\(nfq\\), which listens there, dropped it or holds it$"
# Which of them has it, a hash of the kernel's knows.
tells 1004 "QUEUE to queue 5:7 by filter:FORWARD:4; likely: pid $BG_PID \\(nfq\\) listens on queue 7, and nobody on queue 5: to which it went is not told$"
kill "$BG_PID"
forget

legacy iptables -A FORWARD -j ACCEPT

subtest "TPROXY: without a listener it drops, with one the way must be there"
legacy iptables -t mangle -A PREROUTING -p udp --dport 1001:1002 -j TPROXY --on-port 5001 --tproxy-mark 0x1/0x1
legacy iptables -t mangle -A PREROUTING -p tcp --dport 1003 -j TPROXY --on-port 5003 --tproxy-mark 0x1/0x1
legacy iptables -A INPUT -j ACCEPT
trace -m multiport -p udp --dports 1001:1003
udp a 10.2.0.2 1001
stop
tells 1001 'DROP by mangle:PREROUTING:1; likely: nothing listens on port 5001 \(udp\)$'
assert_grep '1 dropped, likely: nothing listens on port 5001' "$ERR"
assert_grep '1 by mangle:PREROUTING:rule:1' "$ERR"
server r plain udp 0.0.0.0 5001
trace -p udp --dport 1001
udp a 10.2.0.2 1001
stop
tells 1001 'DROP by mangle:PREROUTING:1; likely: what listens on port 5001 \(udp\) is not transparent \(IP_TRANSPARENT\)$'
kill "$BG_PID"
assert_within 5 "the listener ends" is_gone "$BG_PID"
server r tproxy transparent udp 0.0.0.0 5001
trace -p udp --dport 1002
udp a 10.2.0.2 1002
stop
tells 1002 'LOST after PREROUTING: .*; likely: something listens on port 5001, but no ip rule leads mark 0x1 to a route of type local$'
ns_ip r rule add fwmark 0x1 lookup 100
ns_ip r route add local default dev lo table 100
trace -p udp --dport 1002
udp a 10.2.0.2 1002
stop
tells 1002 DELIVERED
kill "$BG_PID"
forget

subtest "MASQUERADE and REDIRECT without an address"
legacy iptables -A FORWARD -j ACCEPT
legacy iptables -t nat -A POSTROUTING -o eth1 -p udp --dport 1001 -j MASQUERADE
legacy iptables -t nat -A PREROUTING -p udp --dport 1002 -j REDIRECT --to-ports 7
trace -p udp --dport 1001:1002
udp a 10.2.0.2 1001
udp a 10.2.0.2 1002
stop
tells 1001 'FORWARDED out eth1'
tells 1002 'DELIVERED'
ns_ip a neigh replace 10.1.0.1 lladdr "$(mac_of r eth0)" dev eth0
ns_ip r neigh replace 10.2.0.2 lladdr "$(mac_of b eth0)" dev eth1
ns_ip r addr del 10.2.0.1/24 dev eth1
ns_ip r route add 10.2.0.0/24 dev eth1
ns_ip r addr del 10.1.0.1/24 dev eth0
in_ns r conntrack -F >/dev/null 2>&1
before=$(arrived)
trace -p udp --dport 1001:1002
udp a 10.2.0.2 1001
udp a 10.2.0.2 1002
stop
assert_equal "datagrams that came to b" "$before" "$(arrived)"
tells 1001 'DROP by nat:POSTROUTING:1; likely: no interface has an address'
tells 1002 'DROP by nat:PREROUTING:1; likely: eth0 has no address'
ns_ip r addr add 10.1.0.1/24 dev eth0
ns_ip r route del 10.2.0.0/24 dev eth1
ns_ip r addr add 10.2.0.1/24 dev eth1
forget

subtest "a match that drops: in a chain that was called, and between two tables"
legacy iptables -N CH
legacy iptables -A FORWARD -p tcp -j CH
legacy iptables -A FORWARD -p udp -m hashlimit --hashlimit-upto 1000/s --hashlimit-mode dstport --hashlimit-htable-size 1 --hashlimit-htable-max 1 --hashlimit-htable-expire 600000 --hashlimit-name "x$$" -j ACCEPT
legacy iptables -A CH -m comment --comment "-m hashlimit" -j MARK --set-mark 1
legacy iptables -A CH -p tcp -m tcp --dport 1001 -j ACCEPT
trace -p tcp
# ports, and no more of a TCP header: a match for TCP cannot read it
in_ns a "$TOOLS/frame" eth0 "$(mac_of r eth0)" 4500001c 00014000 40060000 0a010002 0a020002 07d103e9 00000001
stop
assert_grep '^DROP .* => by a match inside filter:CH \(tcp of rule 2\)$' "$OUT"
legacy iptables -t mangle -A FORWARD -p tcp --dport 1003 --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1000
trace -p tcp --dport 1003
# a SYN whose header is longer than the packet
in_ns a "$TOOLS/frame" eth0 "$(mac_of r eth0)" 45000028 00014000 40060000 0a010002 0a020002 07d103eb 00000001 00000000 f0020000 00000000
stop
tells 1003 'DROP by mangle:FORWARD:1; likely: its target could not change it$'
legacy iptables -t mangle -F
legacy iptables -t mangle -A FORWARD -j ACCEPT
trace -p udp --dport 1001:1002
udp a 10.2.0.2 1001
udp a 10.2.0.2 1002
stop
tells 1001 FORWARDED
tells 1002 'DROP by a match inside filter:FORWARD \(hashlimit of rule 2\)$'
assert_no_grep 'no rule dropped' "$OUT"
forget

subtest "the same of iptables-nft has an event, and a rule that says ACCEPT"
in_ns r iptables-nft -A FORWARD -p udp -m hashlimit --hashlimit-upto 1000/s --hashlimit-mode dstport --hashlimit-htable-size 1 --hashlimit-htable-max 1 --hashlimit-htable-expire 600000 --hashlimit-name "y$$" -j ACCEPT
trace -4 -p udp --dport 1001:1002
udp a 10.2.0.2 1001
udp a 10.2.0.2 1002
stop
tells 1002 'DROP by nft ip filter:FORWARD:1; its match dropped it$'
in_ns r iptables-nft -F

subtest "two connections and one port: conntrack cannot confirm the second"
legacy iptables -t nat -A POSTROUTING -o eth1 -p udp -j MASQUERADE --to-ports 4000-4000
before=$(arrived)
trace -p udp --dport 1001
talk a udp 10.2.0.2 1001 from 2001 wait 1 2>/dev/null
wait_for 5 grep -q FORWARDED "$OUT" || fail "the first one is not told of"
talk a udp 10.2.0.2 1001 from 2002 wait 1 2>/dev/null
stop
assert_equal "datagrams that came to b" $((before + 1)) "$(arrived)"
assert_grep '^FORWARDED .* 10\.1\.0\.2\.2001 > .*=> out eth1 \(MASQUERADE by nat:POSTROUTING:1, not seen\) by filter:FORWARD; likely: no drop records$' "$OUT"
assert_grep '^UNKNOWN .* 10\.1\.0\.2\.2002 > .*=> after POSTROUTING: likely dropped by conntrack, .*\(insert_failed\)$' "$OUT"
assert_grep 'note: conntrack dropped 1 first packet of connections meanwhile' "$ERR"
forget

subtest "why nat was silent"
legacy iptables -t nat -N KUBE
legacy iptables -t nat -A PREROUTING -j KUBE
trace -p udp --dport 1001
udp a 10.2.0.2 1001
stop
legacy iptables -t raw -A PREROUTING -p udp --dport 1001 -j CT --notrack
legacy iptables -t nat -A POSTROUTING -p udp --dport 1009 -j MASQUERADE
trace -p udp --dport 1001
udp a 10.2.0.2 1001
stop
assert_grep 'note: 1 packet passed nat without an event: untracked by raw:PREROUTING:rule:1$' "$ERR"
legacy iptables -t raw -A OUTPUT -p udp --dport 1001 -j CT --notrack
trace -p udp --dport 1001
udp a 10.2.0.2 1001
udp r 10.2.0.2 1001
stop
assert_grep 'note: 2 packets passed nat without an event: untracked by raw:PREROUTING:rule:1 and other rules$' "$ERR"
legacy iptables -t raw -F
talk a udp 10.2.0.2 1001 from 2001 wait 1 2>/dev/null
trace -p udp --dport 1001
talk a udp 10.2.0.2 1001 from 2001 wait 1 2>/dev/null
stop
assert_grep 'note: 1 packet passed nat without an event: nat is asked for the first packet of a connection, and not for what is untracked or invalid$' "$ERR"
# In a namespace where nothing needs connections there are none.
lab_loopback lo
in_ns lo iptables-legacy -t nat -N KUBE
in_ns lo iptables-legacy -t nat -A OUTPUT -j KUBE
in_ns lo iptables-legacy -A OUTPUT -j ACCEPT
start_nftrace lo -q -t 20 "${without[@]}" -p udp --dport 1001
udp lo 10.9.0.1 1001
stop
assert_grep 'passed nat without an event: nat works on connections, and conntrack had none here whenever it was looked at \(four times a second\)$' "$ERR"
# A refused connection is over at once, and had one all the same.
in_ns lo iptables-legacy -t nat -A OUTPUT -p tcp --dport 1001 -j REDIRECT --to-ports 1002
start_nftrace lo -q -v -t 20 "${without[@]}" -p tcp --dport 1001 --or -p tcp --sport 1002
talk lo tcp 10.9.0.1 1001 2>/dev/null
stop
assert_grep 'REDIRECT by nat:OUTPUT:2' "$OUT"
assert_grep 'passed nat without an event: nat is asked for the first packet of a connection' "$ERR"
# Of its answer alone nothing is seen that shows a connection: none is denied.
start_nftrace lo -q -t 20 "${without[@]}" -p tcp --sport 1001:1002
talk lo tcp 10.9.0.1 1001 2>/dev/null
stop
assert_grep '^[0-9a-zA-Z]+ +#1 ' "$OUT"
assert_no_grep 'tracked none' "$ERR"

subtest "a listening socket that has no room: its packet is DELIVERED, and nobody answers"
background lo full python3 -S -c '
import signal, socket
listens = socket.socket()
listens.bind(("10.9.0.1", 1003))
listens.listen(0)
callers = [socket.socket() for _ in range(2)]
for caller in callers:
	caller.setblocking(False)
	try:
		caller.connect(("10.9.0.1", 1003))
	except BlockingIOError:
		pass
print("ready", flush=True)
signal.pause()
'
assert_within 10 "its queue is full" says_ready "$SCRATCH/full"
start_nftrace lo -q -t 20 -p tcp --dport 1003 --syn
talk lo tcp 10.9.0.1 1003 wait 1 2>/dev/null
stop
assert_grep '^DELIVERED .*[.]1003: ' "$OUT"
assert_grep 'note: [0-9]+ times? meanwhile, traced or not, a listening socket of TCP had no room ' "$ERR"
