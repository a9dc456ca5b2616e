#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-witness: chains of the run's own at the end of every hook: what they prove, and that nobody sees them.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

# new_router: one without any table; b counts what comes by source and port
new_router() {
	local ns
	if [[ -n ${_router-} ]]; then
		ns_del a r b
		_namespaces=()
	fi
	_router=1
	lab_router
	settle a eth0 r eth0 r eth1 b eth0
	in_ns b nft -f - <<-'X'
		table inet seen {
			set from { typeof udp sport . udp dport; flags dynamic; size 1000; }
			chain in {
				type filter hook prerouting priority -400
				update @from { udp sport . udp dport counter }
			}
		}
	X
}
# arrived PORT: at b; the source ports of what did, so many times
arrived() {
	in_ns b nft list set inet seen from | grep -Eo "[0-9]+ \. $1 counter packets [0-9]+" |
		awk '{ print $1 "x" $6 }' | sort | paste -sd ' '
}
flood() { in_ns "$1" "$TOOLS/flood" "$2" "$3" 1 8 >/dev/null; }
tables() { in_ns r nft list tables 2>/dev/null | grep -c nftrace_; }

# traced N ARGS... -- COMMAND...: N packets, as JSON, of what COMMAND sends
traced() {
	local args=()
	while [[ $1 != -- ]]; do args+=("$1"); shift; done
	shift
	start_nftrace r -t 20 --json --no-drops -c "${args[@]}"
	"$@"
	end_nftrace 10
	assert_no_grep 'left_|nftrace_[0-9]' "$OUT"
	(($(tables) == 0)) || fail "a table is left"
}
fates() { jq -r '"\(.fate) \(.last_hook) \(.fate_out // "-")"' "$OUT" | paste -sd ';'; }
reasons() { jq -r '.reason // "-"' "$OUT" | paste -sd ';'; }
# sources: each change of the source: of which packet, by whom, to what
sources() { jq -r '.packet as $n | .changes[] | select(.field == "src") | "#\($n) \(.maker) \(.to)"' "$OUT" | paste -sd ';'; }

# to_everywhere: forwarded, for this host, and without a route, in both families
to_everywhere() {
	flood a 10.2.0.2 1000; flood a fd00:2::2 1000
	flood a 10.1.0.1 1000; flood a fd00:1::1 1000
	flood a 10.77.0.2 1000; flood a fd00:77::2 1000
}
everywhere=(6 -i eth0 -p udp --dport 1000)

subtest "raw alone: each packet's end is known"
new_router
in_ns r iptables-legacy -t raw -S >/dev/null
in_ns r ip6tables-legacy -t raw -S >/dev/null
traced "${everywhere[@]}" -- to_everywhere
assert_equal "fates" "FORWARDED POSTROUTING eth1;FORWARDED POSTROUTING eth1;DELIVERED INPUT -;DELIVERED INPUT -;LOST PREROUTING -;LOST PREROUTING -" "$(fates)"
assert_equal "what does not reach b" "" "$(arrived 1001)"
(($(arrived 1000 | wc -w) == 2)) || fail "b got $(arrived 1000)"

subtest "they start no connection tracking"
assert_equal "connections" 0 "$(in_ns r cat /proc/sys/net/netfilter/nf_conntrack_count)"

subtest "sent by this host"
traced 2 -o eth1 -p udp --dport 1002 -- eval 'flood r 10.2.0.2 1002; flood r fd00:2::2 1002'
assert_equal "fates" "SENT POSTROUTING eth1;SENT POSTROUTING eth1" "$(fates)"

subtest "--no-witness: no table, and only what the tables tell"
start_nftrace r -t 20 --json --no-drops --no-witness -c "${everywhere[@]}"
(($(tables) == 0)) || fail "there is a table"
to_everywhere
end_nftrace 10
assert_equal "fates" "$(printf 'UNKNOWN PREROUTING -;%.0s' {1..6})" "$(fates);"

subtest "rules of nft that come meanwhile, and are not shown, may have dropped it"
start_nftrace r -t 20 --json --no-drops -c 1 -4 -i eth0 -p udp --dport 1005
in_ns r nft 'add table ip late; add chain ip late f { type filter hook forward priority 0; }; add rule ip late f udp dport 1005 drop'
flood a 10.2.0.2 1005
end_nftrace 10
assert_equal "fates" "UNKNOWN PREROUTING -" "$(fates)"
assert_equal "reason" "after PREROUTING: nft has rules here that are not seen" "$(reasons)"
in_ns r nft delete table ip late

subtest "in no form of output"
start_nftrace r -t 20 --flat -v -p udp --dport 1003 --pcap "$SCRATCH/pcap" --graph "$SCRATCH/graph"
(($(tables) == 2)) || fail "$(tables) tables"
flood a 10.2.0.2 1003
assert_within 5 "the event" grep -q raw "$OUT"
stop_nftrace INT
assert_equal "events" 1 "$(wc -l <"$OUT")"
assert_no_grep 'left_' "$OUT"
! grep -aEq 'left_|nftrace_[0-9]' "$SCRATCH/pcap" "$SCRATCH/graph" || fail "in a file"
run_nftrace r -q --read "$SCRATCH/pcap"
assert_grep '^FORWARDED .* => out eth1( by (filter:FORWARD:1|nft ip6 t:f))?$' "$OUT"

subtest "kill -9 of all: no table"
start_nftrace r -t 60 -p udp --dport 1004
(($(tables) == 2)) || fail "$(tables) tables"
pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
kill -STOP "${pids[@]}"
kill -KILL "${pids[@]}"
wait "$NFTRACE_PID" 2>/dev/null
assert_within 5 "no table is left" eval '(($(tables) == 0))'
run_nftrace r --cleanup

# From here on as on a gateway, by whoever has the rules.
snat_legacy() {
	in_ns r iptables-legacy -t nat -A POSTROUTING -p udp --dport 1010 -j SNAT --to-source 10.2.0.1:4444
	in_ns r ip6tables-legacy -t nat -A POSTROUTING -p udp --dport 1010 -j SNAT --to-source '[fd00:2::1]:4444'
}
snat_nft() {
	in_ns r nft -f - <<-'X'
		table inet nat {
			chain post {
				type nat hook postrouting priority 100
				meta nfproto ipv4 udp dport 1010 snat ip to 10.2.0.1:4444
				meta nfproto ipv6 udp dport 1010 snat ip6 to [fd00:2::1]:4444
			}
			chain forward { type filter hook forward priority 0; }
		}
	X
}
# connections: two packets each, in both families
connections() {
	talk a udp 10.2.0.2 1010 from 4001 count 2 wait 1
	talk a udp fd00:2::2 1010 from 4001 count 2 wait 1
}
bypass_legacy() { in_ns r iptables-legacy -A FORWARD -p udp --dport 1011 -j NFQUEUE --queue-num 300 --queue-bypass; }
bypass_nft() { in_ns r iptables-nft -A FORWARD -p udp --dport 1011 -j NFQUEUE --queue-num 300 --queue-bypass; }

for backend in legacy nft; do
	subtest "$backend: the source that SNAT chose, and who did it"
	new_router
	snat_$backend
	traced 4 -i eth0 -p udp --dport 1010 -- connections
	assert_equal "fates" "$(printf 'FORWARDED POSTROUTING eth1;%.0s' {1..4})" "$(fates);"
	assert_equal "sources" "#1 rule 10.2.0.1.4444;#2 conntrack 10.2.0.1.4444;#3 rule fd00:2::1.4444;#4 conntrack fd00:2::1.4444" "$(sources)"
	assert_equal "what b got" "4444x4" "$(arrived 1010)"
	in_ns r conntrack -F 2>/dev/null
	start_nftrace r -q -t 20 -c 2 -4 -i eth0 -p udp --dport 1010
	talk a udp 10.2.0.2 1010 from 4002 count 2 wait 1
	end_nftrace 10
	assert_grep '^FORWARDED +#1 .* => out eth1 as 10\.2\.0\.1\.4444 \(SNAT by (nat:POSTROUTING:1|nft inet nat:post handle 3)\)$' "$OUT"
	assert_grep '^FORWARDED +#2 .* => out eth1 as 10\.2\.0\.1\.4444 \(src by conntrack\)$' "$OUT"

	subtest "$backend: a queue that nobody listens on, with bypass"
	bypass_$backend
	traced 1 -4 -i eth0 -p udp --dport 1011 -- flood a 10.2.0.2 1011
	assert_equal "fates" "FORWARDED POSTROUTING eth1" "$(fates)"
	assert_equal "packets at b" 1 "$(arrived 1011 | wc -w)"
done

subtest "TPROXY to a socket, and no ip rule: it is not the target's"
new_router
in_ns r iptables-legacy -t mangle -A PREROUTING -p udp --dport 1020 -j TPROXY --on-port 9 --on-ip 10.1.0.1 --tproxy-mark 0x1/0x1
server r transparent transparent udp 10.1.0.1 9
in_ns r sysctl -qw net.ipv4.ip_forward=0
traced 1 -4 -i eth0 -p udp --dport 1020 -- flood a 10.2.0.2 1020
assert_equal "fates" "LOST PREROUTING -" "$(fates)"
assert_grep 'after PREROUTING: no rule dropped it' "$OUT"
in_ns r sysctl -qw net.ipv4.ip_forward=1

subtest "MASQUERADE without an address: the packet does not leave the hook"
in_ns r iptables-legacy -t nat -A POSTROUTING -o eth1 -j MASQUERADE
ns_ip r addr flush dev eth1 scope global
ns_ip r route add 10.2.0.0/24 dev eth1
ns_ip r addr flush dev eth0 scope global
ns_ip r addr add 10.1.0.1/24 dev eth0 scope link
ns_ip r neigh replace 10.2.0.2 lladdr "$(in_ns b cat /sys/class/net/eth0/address)" dev eth1
traced 1 -4 -i eth0 -p udp --dport 1021 -- flood a 10.2.0.2 1021
assert_equal "fates" "DROP POSTROUTING -" "$(fates)"
assert_grep '"by":\{[^}]*MASQUERADE' "$OUT"
assert_grep '"reason":"no interface has an address' "$OUT"
assert_equal "what b got" "" "$(arrived 1021)"

subtest "what a queue holds is not dropped by the run's end"
new_router
in_ns r iptables-legacy -A FORWARD -p udp --dport 1030 -j NFQUEUE --queue-num 3
background r nfq "$TOOLS/nfq" 3 accept
assert_within 5 "the queue's listener starts" in_ns r grep -qE "^ +3 " /proc/net/netfilter/nfnetlink_queue
kill -STOP $BG_PID
start_nftrace r -4 -t 20 -p udp --dport 1030
assert_grep 'note: programs listen on queues' "$ERR"
(($(tables) == 0)) || fail "there is a table"
flood a 10.2.0.2 1030
assert_within 5 "a packet is in the queue" in_ns r grep -qE '^ +3 +[0-9]+ +1 ' /proc/net/netfilter/nfnetlink_queue
stop_nftrace INT
kill -CONT $BG_PID
assert_within 5 "the packet arrives" eval '(($(arrived 1030 | wc -w) == 1))'

subtest "traced ahead of IP's hooks, where no table is: the end of the way all the same"
new_router
in_ns r nft -f - <<-'X'
	table netdev n {
		chain i {
			type filter hook ingress device "eth0" priority 0
			udp dport 1050 meta nftrace set 1
		}
	}
X
traced 1 -- flood a 10.2.0.2 1050
assert_equal "fates" "FORWARDED POSTROUTING eth1" "$(fates)"
assert_grep '"table":"n"' "$OUT"

subtest "two runs: neither sees the other's"
new_router
in_ns r iptables-legacy -A FORWARD -j ACCEPT
in_ns r nft 'add table ip6 t; add chain ip6 t f { type filter hook forward priority 0; }'
OUT=$SCRATCH/out4 ERR=$SCRATCH/err4
start_nftrace r -4 -t 60 -q --no-drops -i eth0 -p udp --dport 1040
four=$NFTRACE_PID
OUT=$SCRATCH/out6 ERR=$SCRATCH/err6
start_nftrace r -6 -t 60 -q --no-drops -i eth0 -p udp --dport 1040
six=$NFTRACE_PID
(($(tables) == 2)) || fail "$(tables) tables"
flood a 10.2.0.2 1040
flood a fd00:2::2 1040
assert_within 5 "both tell" eval '[[ -s $SCRATCH/out4 && -s $SCRATCH/out6 ]]'
for end in "4 $four" "6 $six"; do
	read -r which NFTRACE_PID <<<"$end"
	OUT=$SCRATCH/out$which ERR=$SCRATCH/err$which
	stop_nftrace INT
	assert_status 0
	assert_equal "packets" 1 "$(wc -l <"$OUT")"
	assert_grep '^FORWARDED .* => out eth1( by (filter:FORWARD:1|nft ip6 t:f))?; likely: no drop records$' "$OUT"
	assert_no_grep 'left_|nftrace_[0-9]' "$OUT"
done
