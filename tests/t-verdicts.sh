#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-verdicts: every verdict and target that decides a fate, a scenario each, through a router.
#
# What each scenario must print is in expected/verdicts/NAME.txt. UPDATE=1 tests/run verdicts
# writes those files anew: read the difference.
# TIMEOUT: 180
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

. "$TESTS/scenario.sh"

scenario_router verdicts

# ---- only raw: nobody would see the packet go on

scenario raw-only <<'EOT'
*raw
-A PREROUTING -p udp --dport 1001 -j DROP
COMMIT
EOT
trace 4 -i eth0 -p udp --or -o eth1 -p udp --dport 1002
udp 10.2.0.2 1000
udp 10.2.0.2 1001
udp 192.0.2.1 1002
talk r udp 10.2.0.2 1002 from 21002 wait 20 2>/dev/null
compare

# ---- raw and nat: nat is asked for new connections only

scenario raw-nat-established <<'EOT'
*raw
COMMIT
*nat
-A PREROUTING -p udp --dport 1000 -j DNAT --to-destination 10.2.0.2:7
-A OUTPUT -p udp --dport 1005 -j DNAT --to-destination 10.2.0.2:7
COMMIT
EOT
talk a udp 10.1.0.1 1000 from 21000 wait 1000 || fail "no DNAT"
# Sent out elsewhere than it was to go when OUTPUT saw it: nobody tells where.
talk r udp 10.1.0.2 1005 from 21005 wait 1000 || fail "no DNAT"
trace 3 -i eth0 -p udp --or -p udp --dport 1005
talk r udp 10.1.0.2 1005 from 21005 wait 1000 || fail "no DNAT"
talk a udp 10.1.0.1 1000 from 21000 wait 1000 || fail "no DNAT"
udp 10.2.0.2 1001
compare

# ---- all tables from here on

tracked=1

scenario drop-unconditional-end <<'EOT'
*raw
COMMIT
*mangle
COMMIT
*filter
:c -
-A FORWARD -j c
-A c -p tcp -j ACCEPT
-A c -j DROP
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

scenario drop-unconditional-middle <<'EOT'
*filter
:c -
-A FORWARD -j c
-A c -j DROP
-A c -p udp -j ACCEPT
-A c -j ACCEPT
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

scenario drop-builtin-middle <<'EOT'
*filter
-A FORWARD -p tcp -j ACCEPT
-A FORWARD -j DROP
-A FORWARD -j ACCEPT
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

scenario accept-unconditional-middle <<'EOT'
*filter
:c -
-A FORWARD -j c
-A FORWARD -j DROP
-A c -j ACCEPT
-A c -j DROP
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

scenario return-user <<'EOT'
*filter
:c -
:d -
-A FORWARD -j c
-A FORWARD -p udp --dport 1002 -j ACCEPT
-A FORWARD -j DROP
-A c -j d
-A c -p udp --dport 1001
-A d -p udp --dport 1001 -j RETURN
-A d -j RETURN
-A d -j DROP
COMMIT
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1002
compare

scenario return-builtin <<'EOT'
*filter
:FORWARD DROP
-A FORWARD -p udp --dport 1001 -j RETURN
-A FORWARD -p udp --dport 1002 -j ACCEPT
-A FORWARD -j RETURN
-A FORWARD -j ACCEPT
COMMIT
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1002
udp 10.2.0.2 1003
compare

scenario goto <<'EOT'
*filter
:c -
:g -
:h -
-A FORWARD -p udp --dport 1001 -g g
-A FORWARD -p udp --dport 1002 -j c
-A FORWARD -p udp --dport 1003 -g h
-A FORWARD -p udp -j ACCEPT
-A FORWARD -j DROP
-A c -g g
-A c -j DROP
-A g -m comment --comment "falls off"
-A h -j c
COMMIT
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1002
udp 10.2.0.2 1003
compare

scenario policies <<'EOT'
*mangle
:INPUT DROP
COMMIT
*filter
:FORWARD DROP
:OUTPUT DROP
COMMIT
EOT
trace 3 -p udp -m multiport --dports 1001:1003
udp 10.1.0.1 1001
udp 10.2.0.2 1002
talk r udp 10.2.0.2 1003 from 21003 wait 20 2>/dev/null
compare

scenario reject <<'EOT'
*filter
-A INPUT -p udp --dport 1001 -j REJECT
-A FORWARD -p udp --dport 1002 -j REJECT --reject-with icmp-host-prohibited
-A FORWARD -p tcp --dport 1003 -j REJECT --reject-with tcp-reset
-A OUTPUT -p udp --dport 1004 -j REJECT
COMMIT
EOT
trace 4 -p udp -m multiport --dports 1001:1004 --or -p tcp --dport 1003
udp 10.1.0.1 1001
udp 10.2.0.2 1002
tcp 10.2.0.2 1003
talk r udp 10.2.0.2 1004 from 21004 wait 20 2>/dev/null
compare

scenario delivered-and-answered <<'EOT'
*filter
:INPUT DROP
-A INPUT -p udp --dport 7 -j ACCEPT
COMMIT
EOT
trace 2 -i eth0 -p udp --dport 7 --or -o eth0 -p udp --sport 7
udp 10.1.0.1 7 wait 1000
compare

# ---- user space decides

queue_rules() {
	rules <<-EOT
		*filter
		:c -
		-A FORWARD -p udp --dport 1001 -j c
		-A FORWARD -p udp -j DROP
		-A c -p udp $1
		-A c -j ACCEPT
		COMMIT
	EOT
}

subtest nfqueue-accept
queue_rules '-j NFQUEUE --queue-num 3'
listener accept
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare
no_listener

subtest nfqueue-drop
queue_rules '-j NFQUEUE --queue-num 3'
listener drop
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare
no_listener

subtest nfqueue-repeat
queue_rules '-j NFQUEUE --queue-num 3'
listener repeat 3
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare
no_listener

subtest nfqueue-rewritten
# Another packet than the one that was queued, and a rule of its own behind the queue.
queue_rules '-j NFQUEUE --queue-num 3'
in_ns r iptables-legacy -t mangle -A POSTROUTING -p udp -m comment --comment one
in_ns r iptables-legacy -t mangle -A POSTROUTING -p udp -m comment --comment two
listener rewrite 2
trace 2 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1001 from 21009
compare
assert_no_grep INCOMPLETE "$OUT"
no_listener

# Many at a time, of two flows, each alike but for its ports.
subtest nfqueue-rewritten-many
listener rewrite 60
start_nftrace r -t 20 -c 60 --rate 0 --json -i eth0 -p udp
for port in 30000 30001; do
	background a "send-$port" "$TOOLS/serial_send" udp 10.1.0.2/$port 10.2.0.2/1001 base 0 step 1 count 30 rate 1000
done
end_nftrace 20
for port in 30000 30001; do
	assert_equal "whole stories from port $port" 30 "$(jq -r "select(.fate == \"FORWARDED\" and
		(.events | length) == 8 and .ambiguous == null) | .headers" "$OUT" | grep -c "\.$port >")"
done
assert_within 5 "the sender ends" is_gone "$BG_PID"
no_listener

subtest nfqueue-late
# The verdict comes when the rules are out already.
queue_rules '-j NFQUEUE --queue-num 3'
listener late 600
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
wait_for 5 in_ns r grep -qE "^ +3 +[0-9]+ +1 " /proc/net/netfilter/nfnetlink_queue ||
	fail "no packet in the queue"
kill -INT "$NFTRACE_PID"
compare
no_listener

subtest nfqueue-no-listener
queue_rules '-j NFQUEUE --queue-num 4'
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

subtest nfqueue-bypass
queue_rules '-j NFQUEUE --queue-num 4 --queue-bypass'
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

subtest queue-verdict
queue_rules '-j QUEUE'
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

# ---- targets that send packets elsewhere

scenario redirect <<'EOT'
*nat
-A PREROUTING -i eth0 -p udp --dport 1001 -j REDIRECT --to-ports 7
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

scenario nat <<'EOT'
*nat
-A PREROUTING -p udp --dport 1001 -j DNAT --to-destination 10.2.0.2:7
-A PREROUTING -d 10.77.0.0/24 -j NETMAP --to 10.2.0.0/24
-A POSTROUTING -p udp --dport 7 -j MASQUERADE
-A POSTROUTING -p udp --dport 1003 -j SNAT --to-source 10.2.0.1:4444
COMMIT
EOT
trace 4 -i eth0 -p udp
udp 10.1.0.1 1001 wait 1000
udp 10.1.0.1 1001 wait 1000
udp 10.77.0.2 1002
udp 10.2.0.2 1003
compare

scenario tproxy <<'EOT'
*mangle
-A PREROUTING -i eth0 -p udp --dport 1001 -j TPROXY --on-port 9 --on-ip 10.1.0.1 --tproxy-mark 0x1/0x1
-A PREROUTING -i eth0 -p udp --dport 1002 -j TPROXY --on-port 10 --on-ip 10.1.0.1 --tproxy-mark 0x1/0x1
COMMIT
EOT
ns_ip r rule add fwmark 1 lookup 100
ns_ip r route add local default dev lo table 100
server r transparent transparent udp 10.1.0.1 9
trace 2 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1002
compare
kill $BG_PID
ns_ip r rule del fwmark 1 lookup 100

scenario synproxy <<'EOT'
*raw
-A PREROUTING -i eth0 -p tcp --dport 1011 --syn -j CT --notrack
COMMIT
*filter
-A FORWARD -i eth0 -p tcp --dport 1011 -m conntrack --ctstate INVALID,UNTRACKED -j SYNPROXY --mss 1460
-A FORWARD -m conntrack --ctstate INVALID -j DROP
COMMIT
EOT
trace 1 -i eth0 -p tcp --syn
talk a tcp 10.2.0.2 1011 from 21011 wait 300 2>/dev/null
compare

scenario tee <<'EOT'
*mangle
-A PREROUTING -i eth0 -p udp --dport 1001 -j TEE --gateway 10.2.0.2
COMMIT
EOT
trace 1 -p udp -s 10.1.0.2
udp 10.1.0.1 1001
compare

# ---- the host itself decides

scenario rp-filter <<'EOT'
*mangle
COMMIT
EOT
in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=1 net.ipv4.conf.all.rp_filter=1
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001 source 10.99.0.1
compare
in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.rp_filter=0

scenario no-route <<'EOT'
*mangle
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 192.0.2.1 1001
compare

scenario forwarding-off <<'EOT'
*mangle
COMMIT
EOT
in_ns r sysctl -qw net.ipv4.ip_forward=0
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare
in_ns r sysctl -qw net.ipv4.ip_forward=1

scenario ttl-1 <<'EOT'
*mangle
COMMIT
EOT
in_ns a sysctl -qw net.ipv4.ip_default_ttl=1
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare
in_ns a sysctl -qw net.ipv4.ip_default_ttl=64

scenario blackhole <<'EOT'
*mangle
COMMIT
EOT
ns_ip r route add blackhole 198.51.100.0/24
ns_ip r route add prohibit 203.0.113.0/24
trace 2 -i eth0 -p udp
udp 198.51.100.1 1001
udp 203.0.113.1 1002
compare

scenario too-long <<'EOT'
*mangle
COMMIT
EOT
ns_ip r link set eth1 mtu 1300
trace 2 -i eth0 -p udp
udp 10.2.0.2 1001 size 1400
udp 10.2.0.2 1002 size 900
compare
ns_ip r link set eth1 mtu 1500

scenario source-is-ours <<'EOT'
*mangle
COMMIT
EOT
addresses a lo 10.2.0.1/32
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001 source 10.2.0.1
compare
ns_ip a addr del 10.2.0.1/32 dev lo

scenario ipv6-lost <<'EOT'
*mangle
COMMIT
EOT
in_ns r ip6tables-legacy -t mangle -S >/dev/null
trace 2 -6 -i eth0 -p udp
udp 2001:db8::1 1001
in_ns a sysctl -qw net.ipv6.conf.all.hop_limit=1 net.ipv6.conf.eth0.hop_limit=1
udp fd00:2::2 1002
compare
in_ns a sysctl -qw net.ipv6.conf.all.hop_limit=64 net.ipv6.conf.eth0.hop_limit=64

scenario ipv6-forwarding-off <<'EOT'
*mangle
COMMIT
EOT
in_ns r sysctl -qw net.ipv6.conf.all.forwarding=0
trace 1 -6 -i eth0 -p udp
udp fd00:2::2 1001
compare
in_ns r sysctl -qw net.ipv6.conf.all.forwarding=1

# A mark sends it another way, where there is none.
scenario output-no-route <<'EOT'
*mangle
-A OUTPUT -p udp --dport 1001 -j MARK --set-mark 7
COMMIT
EOT
ns_ip r rule add fwmark 7 prohibit
trace 1 --chain OUTPUT -p udp --dport 1001
talk r udp 10.2.0.2 1001 from 21001 wait 20 2>/dev/null
compare
ns_ip r rule del fwmark 7 prohibit

# As many connections as there may be, all assured: none makes room for another.
scenario conntrack-full <<'EOT'
*mangle
-A FORWARD -m conntrack --ctstate INVALID -j DROP
COMMIT
EOT
most=$(in_ns r cat /proc/sys/net/netfilter/nf_conntrack_max)
if ((most > 300000)); then
	skip "it takes $most connections to fill the table"
else
	awk -v n="$most" 'BEGIN { for (i = 0; i <= n; i++)
		printf "-I -p udp -s 10.%d.%d.1 -d 10.200.0.1 --sport %d --dport 7 -t 600 -u SEEN_REPLY,ASSURED\n",
			i / 65536 % 256, i / 256 % 256, 1000 + i % 256 }' >"$SCRATCH/connections"
	in_ns r conntrack -R "$SCRATCH/connections" >/dev/null 2>&1
	rm "$SCRATCH/connections"
	trace 1 -i eth0 -p udp
	udp 10.2.0.2 1001
	compare
	in_ns r conntrack -F >/dev/null 2>&1
fi

# ---- what is not ours

scenario foreign-trace <<'EOT'
*raw
-A PREROUTING -i eth0 -p udp --dport 1001 -j TRACE
COMMIT
*mangle
-A PREROUTING -i eth0 -p udp --dport 1002 -j MARK --set-mark 1
COMMIT
EOT
trace 2
udp 10.2.0.2 1001
udp 10.2.0.2 1002
udp 10.2.0.2 1001
compare 1

scenario forged <<'EOT'
*raw
-A PREROUTING -i eth0 -p udp --dport 1001 -j NFLOG --nflog-prefix "TRACE: raw:PREROUTING:policy:3 "
COMMIT
*filter
-A FORWARD -p udp --dport 1002 -j NFLOG --nflog-prefix "TRACE: filter:FORWARD:rule:2 "
-A FORWARD -p udp --dport 1002 -j ACCEPT
COMMIT
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1002
udp 10.2.0.2 1003
compare
assert_text 'pretend to be trace events: -A FORWARD -p udp -m udp --dport 1002 -j NFLOG' "$ERR"
assert_grep 'note: 2 messages of others on NFLOG group 0' "$ERR"
assert_status 0

# ---- numbers that are no longer those of the snapshot

# A packet over loopback is held at POSTROUTING until nftrace's rules are out,
# and enters raw PREROUTING when the numbers there are lower by one.
scenario late-renumbered <<'EOT'
*raw
-A PREROUTING -p udp --dport 7
-A PREROUTING -p udp --dport 7 -m comment --comment second
COMMIT
*mangle
-A POSTROUTING -p udp --dport 7 -j NFQUEUE --queue-num 3
COMMIT
EOT
in_ns r sysctl -qw net.netfilter.nf_log.2=nfnetlink_log
listener late 700
trace 1 -p udp --dport 7
talk r udp 10.1.0.1 7 from 20007 wait 20 2>/dev/null
wait_for 5 in_ns r grep -qE "^ +3 +[0-9]+ +1 " /proc/net/netfilter/nfnetlink_queue ||
	fail "no packet in the queue"
kill -INT "$NFTRACE_PID"
compare
no_listener
in_ns r sysctl -qw net.netfilter.nf_log.2=nf_log_ipv4

scenario changed-under-the-trace <<'EOT'
*filter
-A FORWARD -p udp --dport 1001 -j ACCEPT
COMMIT
EOT
trace 2 --no-lock -i eth0 -p udp
udp 10.2.0.2 1001
in_ns r iptables-legacy -I FORWARD -p tcp -j DROP
assert_within 10 "the change is noticed" grep -q 'table filter of iptables was changed' "$ERR"
udp 10.2.0.2 1001
compare
assert_status 5
in_ns r iptables-legacy -D FORWARD -p tcp -j DROP
start_nftrace r -t 20 --no-lock --flat -i eth0 -p udp
in_ns r iptables-legacy -I FORWARD -p udp -j DROP
assert_within 10 "the change is noticed" grep -q 'table filter of iptables was changed' "$ERR"
udp 10.2.0.2 1001
assert_within 5 "the event is marked" grep -q '^TRACE: filter:FORWARD:rule:1  ".*"  (doubtful)$' "$OUT"
stop_nftrace INT
assert_status 5

# ---- nft beside iptables: its drop has a rule, or the fate is not known

scenario nft-drops <<'EOT'
*filter
COMMIT
EOT
if in_ns r nft 'table inet later { chain f { type filter hook forward priority 10; udp dport 1001 drop; }; }'; then
	trace 2 -i eth0 -p udp
	udp 10.2.0.2 1001
	udp 10.2.0.2 1002
	compare
	subtest nft-drops-unseen
	trace 2 --backend legacy -i eth0 -p udp
	udp 10.2.0.2 1001
	udp 192.0.2.1 1002
	compare
	assert_grep 'note: nft has tables here, too; with --backend legacy' "$ERR"
	in_ns r nft delete table inet later
else
	skip "no nft"
fi
