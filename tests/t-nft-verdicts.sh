#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-verdicts: what decides a fate in nft's rules, a scenario each, through a router without legacy tables.
#
# What each scenario must print is in expected/nft-verdicts/NAME.txt. UPDATE=1 tests/run nft-verdicts
# writes those files anew: read the difference.
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/scenario.sh"

scenario_router nft-verdicts

# Instead of iptables' rules: what nft -f reads.
rules() {
	{ echo "flush ruleset"; cat; } >"$SCRATCH/rules"
	in_ns r nft -f "$SCRATCH/rules" || return 1
	in_ns r conntrack -F >/dev/null 2>&1
	return 0
}

# done_with: no table of ours is left, whatever the scenario was
done_with() {
	compare
	in_ns r nft list tables >"$SCRATCH/tables"
	assert_no_grep nftrace_ "$SCRATCH/tables"
}

scenario policy-drop <<'EOT'
table ip t {
	chain forward {
		type filter hook forward priority 0; policy drop;
		udp dport 1000 accept
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with

scenario jump-return <<'EOT'
table ip t {
	chain inner {
		udp dport 1000 return
		udp dport 1001 counter
	}
	chain outer {
		jump inner
		udp dport 1001 drop
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		jump outer
		udp dport 1002 return
		udp dport 1000 drop
	}
}
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
udp 10.2.0.2 1002
done_with

scenario goto <<'EOT'
table ip t {
	chain last {
		udp dport 1000 drop
	}
	chain middle {
		goto last
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1002 jump middle
		udp dport 1000-1001 goto last
		udp dport 1002 drop
	}
}
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
udp 10.2.0.2 1002
done_with

scenario verdict-map <<'EOT'
table inet t {
	chain other {
		udp dport 1002 drop
	}
	chain forward {
		type filter hook forward priority 0; policy drop;
		udp dport vmap { 1000 : accept, 1001 : drop, 1002 : jump other, 1003 : goto other, 1004 : return }
	}
}
EOT
trace 6 -i eth0 -p udp
for port in 1000 1001 1002 1003 1004 1005; do udp 10.2.0.2 $port; done
done_with

scenario reject <<'EOT'
table ip t {
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000 reject
		tcp dport 1001 reject with tcp reset
	}
}
EOT
trace 2 -i eth0
udp 10.2.0.2 1000
tcp 10.2.0.2 1001
done_with

# ---- queues, by iptables-nft: not every kernel has nft's own

iptables_rules() { # NAME, with what iptables-nft-restore reads on stdin
	scenario "$1" < <(echo)
	in_ns r iptables-nft-restore || fail "iptables-nft-restore"
}
queue=7
queued() {
	cat <<'EOT'
*mangle
-A POSTROUTING -p udp --dport 1000
COMMIT
*filter
-A FORWARD -p udp --dport 1000 -j NFQUEUE --queue-num 7
-A FORWARD -p udp --dport 1001 -j NFQUEUE --queue-num 8 --queue-bypass
-A FORWARD -p udp
COMMIT
EOT
}
iptables_rules queue-no-listener < <(queued)
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with

iptables_rules queue-accept < <(queued)
listener accept
trace 1 -i eth0 -p udp
udp 10.2.0.2 1000
done_with
no_listener

iptables_rules queue-drop < <(queued)
listener drop
trace 1 -i eth0 -p udp
udp 10.2.0.2 1000
done_with
no_listener

# ---- copies

# The rule, the chains and the packet of t-verdicts.sh: of the copy the same changes are shown. nft
# tells of the rule when its copy is on its way: hence whose they are is not known, and that alone.
iptables_rules tee <<'EOT'
*raw
:PREROUTING ACCEPT
:OUTPUT ACCEPT
COMMIT
*mangle
:PREROUTING ACCEPT
:INPUT ACCEPT
:FORWARD ACCEPT
:OUTPUT ACCEPT
:POSTROUTING ACCEPT
-A PREROUTING -i eth0 -p udp --dport 1001 -j TEE --gateway 10.2.0.2
COMMIT
*filter
:INPUT ACCEPT
:FORWARD ACCEPT
:OUTPUT ACCEPT
COMMIT
EOT
trace 1 -p udp -s 10.1.0.2
udp 10.1.0.1 1001
done_with
changes() { sed -n 's/^  //p' "$1" | sed 's/^(unknown) //' >"$2"; }
changes "$TESTS/expected/verdicts/tee.txt" "$SCRATCH/legacy"
changes "$SCRATCH/got" "$SCRATCH/nft"
assert_same "the copy's changes" "$SCRATCH/legacy" "$SCRATCH/nft"

# ---- several at one hook

scenario several-tables <<'EOT'
table ip one {
	chain forward {
		type filter hook forward priority -10; policy accept;
		udp dport 1000-1001 accept
	}
}
table ip two {
	chain forward {
		type filter hook forward priority 10; policy accept;
		udp dport 1001 drop
	}
}
table inet three {
	chain forward {
		type filter hook forward priority 20; policy accept;
		udp dport 1002 drop
	}
}
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
udp 10.2.0.2 1002
done_with

scenario same-priority <<'EOT'
table ip one {
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000 counter
	}
}
table inet two {
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1001 drop
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with

# Nat at the last hook alone: whether it comes nobody knows before it does, or stays silent.
scenario masquerade-alone <<'EOT'
table ip t {
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000 counter
	}
	chain output {
		type filter hook output priority 0; policy accept;
	}
	chain postrouting {
		type nat hook postrouting priority 100; policy accept;
		oifname "eth1" masquerade
	}
}
EOT
trace 3 -p udp --dport 1000:1001
udp 10.2.0.2 1000
udp 10.2.0.2 1000
talk r udp 10.2.0.2 1001 from 21001 wait 20 2>/dev/null
done_with
assert_text 'the TRACE rules counted 3 packets' "$ERR"

iptables_rules masquerade-alone-iptables <<'EOT'
*mangle
-A POSTROUTING -o nosuch -j MARK --set-mark 1
COMMIT
*filter
-A FORWARD -i eth0 -j ACCEPT
COMMIT
*nat
-A POSTROUTING -o eth1 -j MASQUERADE
COMMIT
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with
assert_text 'the TRACE rules counted 2 packets' "$ERR"

# The first to translate is the last that is asked.
scenario nat-at-input-alone <<'EOT'
table ip t {
	chain input {
		type filter hook input priority 0; policy accept;
	}
	chain first {
		type nat hook input priority 90; policy accept;
		udp dport 1000 snat to 10.1.0.9
	}
	chain second {
		type nat hook input priority 100; policy accept;
		udp dport 1001 counter
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.1.0.1 1000
udp 10.1.0.1 1001
done_with

scenario nat <<'EOT'
table ip t {
	chain prerouting {
		type nat hook prerouting priority -90; policy accept;
		udp dport 1000 dnat to 10.2.0.2:7
		udp dport 1001 redirect to :7
	}
	chain mangle {
		type filter hook forward priority -150; policy accept;
		meta mark set 0x10
		ip ttl set 33
	}
	chain postrouting {
		type nat hook postrouting priority 110; policy accept;
		udp dport 7 masquerade
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.1.0.1 1000
udp 10.2.0.2 1001
done_with

scenario local-out <<'EOT'
table inet t {
	chain output {
		type filter hook output priority 0; policy accept;
		udp dport 1001 drop
	}
	chain postrouting {
		type filter hook postrouting priority 0; policy accept;
		udp dport 1002 drop
	}
}
EOT
trace 3 --chain OUTPUT -p udp --dport 1000:1002
for port in 1000 1001 1002; do talk r udp 10.2.0.2 $port from 2$port wait 20 2>/dev/null; done
done_with

scenario trace-reset <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority 0; policy accept;
	}
	chain input {
		type filter hook input priority 0; policy accept;
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000 meta nftrace set 0
		udp dport 1000 drop
		udp dport 1001 drop
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with

# Not traced for a part of its way, and one packet all the same.
scenario trace-on-again <<'EOT'
table ip t {
	chain early {
		type filter hook prerouting priority 0; policy accept;
		counter
	}
	chain middle {
		type filter hook prerouting priority 5; policy accept;
		udp dport 1000 meta nftrace set 0
	}
	chain late {
		type filter hook prerouting priority 10; policy accept;
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000 meta nftrace set 1
		udp dport 1000 drop
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with
assert_grep 'nftrace: 2 packets traced: 1 DROP, 1 FORWARDED$' "$ERR"

scenario no-route <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority 0; policy accept;
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
	}
	chain input {
		type filter hook input priority 0; policy accept;
	}
}
EOT
trace 1 -i eth0 -p udp
udp 192.0.2.1 1000
done_with

# nft tells of a rule when it is done: the copy's events come before it.
scenario dup <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority raw; policy accept;
		udp dport 1000 dup to 10.2.0.2 device "eth1"
	}
	chain output {
		type filter hook output priority 0; policy accept;
		udp dport 1000 counter
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000-1001 drop
	}
}
EOT
trace 2 -i eth0 -p udp --pcap "$SCRATCH/dup.pcapng"
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with
assert_reads_back r "$SCRATCH/dup.pcapng"

# The copy passes the same chain, in the midst of the packet's own way through it.
scenario dup-on-the-way-out <<'EOT'
table ip t {
	chain forward {
		type filter hook forward priority 0; policy accept;
	}
	chain postrouting {
		type filter hook postrouting priority 0; policy accept;
		udp dport 1000 dup to 10.2.0.2
		counter
	}
}
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1000
done_with

# ---- what is beside the hooks of IP

# Some are not in every kernel: those that are.
other_families() {
	echo 'table netdev n { chain ingress { type filter hook ingress device "eth0" priority 0; udp dport 1002 drop; }; }'
	echo 'table netdev n { chain egress { type filter hook egress device "eth1" priority 0; counter; }; }'
	echo 'table arp a { chain input { type filter hook input priority 0; counter; }; }'
	echo 'table bridge b { chain forward { type filter hook forward priority 0; counter; }; }'
	echo 'table ip d { flags dormant; chain forward { type filter hook forward priority 0; policy drop; }; }'
}
scenario other-families <<'EOT'
table inet t {
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1001 drop
	}
}
EOT
while IFS= read -r line; do in_ns r nft "$line" 2>/dev/null || note "not here: $line"; done < <(other_families)
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with

# A foreign trace rule at ingress: nothing there is a packet of its own.
if in_ns r nft 'table inet try { chain ingress { type filter hook ingress device "eth0" priority 0; }; }' 2>/dev/null; then
	scenario ingress <<'EOT'
table inet t {
	chain called {
		udp dport 1000-1001 counter
	}
	chain ingress {
		type filter hook ingress device "eth0" priority 0; policy accept;
		udp dport 1000-1001 meta nftrace set 1
		jump called
		udp dport 1001 drop
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000 counter
		jump called
	}
}
EOT
	trace 2 -i eth0 -p udp
	udp 10.2.0.2 1001
	udp 10.2.0.2 1000
	udp 10.2.0.2 1002
	done_with
	assert_grep 'note: nft inet t:ingress \(ingress, priority 0\) runs before the trace begins: what it does is not shown' "$ERR"
	assert_grep 'nftrace: 2 packets traced' "$ERR"
else
	subtest ingress
	skip "family inet has no ingress in this kernel"
fi

# ---- sets that packets fill, chains without a name, what a state or a route decides

scenario dynamic-set <<'EOT'
table ip t {
	set seen {
		type ipv4_addr . inet_service
		flags dynamic,timeout
		timeout 1m
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		ip saddr . udp dport @seen drop
		udp dport { 1000, 1001 } add @seen { ip saddr . udp dport }
		udp dport 1002 meter rare { ip saddr limit rate 1/minute burst 1 packets } accept
		udp dport 1002 drop
	}
}
EOT
trace 5 -i eth0 -p udp
for port in 1000 1000 1001 1002 1002; do udp 10.2.0.2 $port; done
done_with

scenario chain-without-a-name <<'EOT'
table ip t {
	chain forward {
		type filter hook forward priority 0; policy accept;
		udp dport 1000-1002 jump {
			udp dport 1000 accept
			udp dport 1001 drop
			counter
		}
		udp dport 1002 goto {
			counter
		}
		udp dport 1002 drop
	}
}
EOT
trace 3 -i eth0 -p udp
for port in 1000 1001 1002; do udp 10.2.0.2 $port; done
done_with

scenario untracked <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority raw; policy accept;
		udp dport 1000 notrack
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		ct state untracked drop
	}
}
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
done_with

scenario reject-anywhere <<'EOT'
table inet t {
	chain elsewhere {
		udp dport 1001 drop
	}
	chain prerouting {
		type filter hook prerouting priority 0; policy accept;
		udp dport 1000 reject
		fib daddr type vmap { unicast : goto elsewhere, local : continue }
	}
	chain input {
		type filter hook input priority 0; policy accept;
		udp dport 1002 reject with icmpx admin-prohibited
	}
}
EOT
trace 3 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
udp 10.1.0.1 1002
done_with

scenario tproxy <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority mangle; policy accept;
		udp dport 1000 tproxy to :77 meta mark set 1 accept
	}
	chain input {
		type filter hook input priority 0; policy accept;
	}
}
EOT
server r transparent transparent udp 0.0.0.0 77
ns_ip r rule add fwmark 1 lookup 100
ns_ip r route add local default dev lo table 100
trace 1 -i eth0 -p udp
udp 10.2.0.2 1000
done_with
ns_ip r rule del fwmark 1 lookup 100

scenario synproxy <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority raw; policy accept;
		tcp dport 1011 tcp flags syn notrack
	}
	chain forward {
		type filter hook forward priority 0; policy accept;
		tcp dport 1011 ct state invalid,untracked synproxy mss 1460 wscale 7 timestamp sack-perm
	}
}
EOT
trace 1 -i eth0 -p tcp --syn
tcp 10.2.0.2 1011
done_with

# ---- matched, and no rule to be met: no less a packet than any other

scenario no-rule-met <<'EOT'
table ip t {
	chain input {
		type filter hook input priority 0; policy accept;
	}
}
EOT
trace 2 -p udp --dport 1000:1001 --pcap "$SCRATCH/none.pcapng"
udp 10.2.0.2 1000
talk r udp 10.2.0.2 1001 from 21001 wait 20 2>/dev/null
done_with
assert_status 0
assert_text 'note: 2 packets met no rule: no chain of nft is at the hooks that they passed' "$ERR"
assert_reads_back r "$SCRATCH/none.pcapng"
assert_status 0
run_nftrace r --read "$SCRATCH/none.pcapng" --json
assert_schema Packet "$OUT"
assert_equal "events" "0 0" "$(jq -r '.events | length' "$OUT" | paste -sd ' ')"

scenario no-route-and-no-prerouting <<'EOT'
table ip t {
	chain forward {
		type filter hook forward priority 0; policy accept;
	}
	chain input {
		type filter hook input priority 0; policy accept;
	}
}
EOT
trace 1 -i eth0 -p udp
udp 192.0.2.1 1000
done_with

scenario trace-reset-and-no-rule <<'EOT'
table ip t {
	chain prerouting {
		type filter hook prerouting priority 0; policy accept;
		udp dport 1000 meta nftrace set 0
	}
}
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1000
done_with

# More chains at one hook than their order can be known of: the last to decide is told, no more.
crowd() {
	local i
	for i in {1..70}; do
		echo "table inet t$i {"
		echo "	chain forward {"
		echo "		type filter hook forward priority $((i % 9)); policy accept;"
		[[ $i != 69 ]] || echo "		udp dport 1001 drop"
		echo "	}"
		echo "}"
	done
}
subtest "a crowd"
rules < <(crowd) || fail "nft -f"
trace 2 -i eth0 -p udp
udp 10.2.0.2 1000
udp 10.2.0.2 1001
end_nftrace 15
assert_equal "fates" "DROP by nft inet t69:forward:rule:2  \"udp dport 1001 drop\";UNKNOWN after FORWARD: too many chains of nft are at this hook to tell which is the last" \
	"$(sed -n 's/^=> //p' "$OUT" | sort | paste -sd ';')"
assert_equal "events of the first" 70 "$(awk '/^#/ { on = /1000: UDP/ } on && /^TRACE/' "$OUT" | wc -l)"
