#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-silent-bridge: what becomes of a bridged packet where no rule of iptables tells: a rule of nft's
# family bridge, a port that sends nothing back, or does not forward, or not to that one.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_bridge || skip_all "no br_netfilter in this kernel"
settle a eth0 br port-a b eth0 br port-b
udp() { in_ns "$1" "$TOOLS/flood" "$2" "$3" 1 8 >/dev/null 2>&1; }
# What is told without the run's own chains and the kernel's own word.
without=(--no-witness --no-drops)
trace() { start_nftrace br -q -t 20 "${without[@]}" "$@"; }
stop() { stop_nftrace INT; }
# tells PORT "FATE WORDS": -q has the fate first, what tells more of it behind the arrow
tells() {
	local words=
	[[ $2 != *' '* ]] || words=" ${2#* }"
	assert_grep "^${2%% *} +#[0-9]+ .*[.]$1: .*=>$words" "$OUT"
}
in_ns br iptables-legacy -A FORWARD -j ACCEPT
in_ns br iptables-legacy -A INPUT -j ACCEPT
in_ns a ping -c 1 -W 2 10.5.0.2 >/dev/null || fail "the bridge carries nothing"

subtest "a rule of nft's family bridge, whose events are not read"
if in_ns br nft 'table bridge n { chain f { type filter hook forward priority -200; udp dport 1001 drop; }; }' 2>/dev/null; then
	trace -4 --backend legacy -p udp --dport 1001:1002
	udp a 10.5.0.2 1001
	udp a 10.5.0.2 1002
	stop
	assert_no_grep '1001: .*(LOST|FORWARDED|DELIVERED)' "$OUT"
	tells 1001 'UNKNOWN after PREROUTING: nft.* rules .*not seen'
	tells 1002 'FORWARDED'
	assert_grep "note: 1 table of nft's families bridge and netdev can drop packets .* is not seen in this run" "$ERR"
	in_ns br nft delete table bridge n
else
	skip "no family bridge in this kernel"
fi

subtest "back through the port by which it came in: hairpin mode"
in_ns br iptables-legacy -t nat -A PREROUTING -p udp --dport 1001:1002 -j DNAT --to-destination 10.5.0.1
in_ns br sysctl -qw net.ipv4.ip_forward=1
in_ns br ping -c 1 -W 2 10.5.0.1 >/dev/null || fail "a does not answer"
trace -4 -p udp --dport 1001
udp a 10.5.0.9 1001
stop
tells 1001 'LOST after PREROUTING: no rule dropped it; likely: 10\.5\.0\.1 \(its destination since nat:PREROUTING:rule:1\) is behind the bridge port port-a by which it came in, and hairpin mode is off there$'
if records_can_be; then
	start_nftrace br -q -t 20 -4 -p udp --dport 1001
	udp a 10.5.0.9 1001
	stop
	tells 1001 'LOST after PREROUTING: no rule dropped it; kernel: [A-Z_]+ at br_[a-z_]+; 10\.5\.0\.1 .* and hairpin mode is off there$'
fi
ns_ip br link set port-a type bridge_slave hairpin on
trace -4 -p udp --dport 1002
udp a 10.5.0.9 1002
stop
tells 1002 FORWARDED
in_ns br iptables-legacy -t nat -F

# Beside nftrace b counts what comes.
subtest "ports that do not forward, and two that are isolated"
for n in {1001..1004}; do in_ns b iptables-legacy -t raw -A PREROUTING -p udp --dport "$n"; done
port() { ns_ip br link set "$1" type bridge_slave "$2" "$3" || fail "$*"; }
# told PORT: one packet to it, and its line while the ports are as they are
told() {
	udp a 10.5.0.2 "$1"
	assert_within 5 "the packet to $1 is told of" grep -q "[.]$1: " "$OUT"
}
trace -4 -p udp -m multiport --dports 1001:1004
port port-b state 1
told 1001
port port-b state 3
port port-a state 2
told 1002
port port-a state 3
port port-a isolated on
told 1003
port port-b isolated on
told 1004
port port-a isolated off
port port-b isolated off
stop
behind='10\.5\.0\.2 is behind the bridge port port-b,'
tells 1001 "LOST after PREROUTING: no rule dropped it; likely: $behind which does not forward \\(state listening\\)\$"
tells 1002 'LOST after PREROUTING: no rule dropped it; likely: the bridge port port-a by which it came in does not forward \(state learning\)$'
tells 1003 FORWARDED
tells 1004 "LOST after PREROUTING: no rule dropped it; likely: $behind and that is isolated from port-a, by which it came in \\(both are isolated\\)\$"
for n in {1001..1004}; do
	assert_equal "packets to $n that came to b" $((n == 1003)) "$(in_ns b iptables-legacy -t raw -nvxL PREROUTING | awk -v to="dpt:$n" '$0 ~ to { print $1 }')"
done
