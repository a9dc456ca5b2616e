#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-changes: what changes a packet on its way stands under the rule that did it, or with its maker.
#
# What each scenario must print is in expected/changes/NAME.txt. UPDATE=1 tests/run changes
# writes those files anew: read the difference.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/scenario.sh"

scenario_router changes
in_ns r iptables-legacy -t mangle -S >/dev/null
in_ns r iptables-legacy -t filter -S >/dev/null
tracked=1

# ---- rules

# Several rules set the mark, one that could does not, and one that matches has no target.
scenario marks <<'EOT'
*raw
-A PREROUTING -p udp --dport 1001 -j MARK --set-mark 0x1
COMMIT
*mangle
:c -
-A PREROUTING -p udp --dport 1001 -j MARK --or-mark 0x10
-A PREROUTING -p udp --dport 1001 -j MARK --or-mark 0x10
-A PREROUTING -p udp --dport 1001 -j c
-A PREROUTING -p udp --dport 1001
-A FORWARD -p udp --dport 1001 -j MARK --set-xmark 0xf0/0xff
-A c -p udp -j MARK --and-mark 0xfffffffe
-A c -j MARK --or-mark 0x100
COMMIT
EOT
trace 1 -i eth0 -p udp
udp 10.2.0.2 1001
compare

scenario connmark <<'EOT'
*mangle
-A PREROUTING -j CONNMARK --restore-mark
-A PREROUTING -m mark ! --mark 0x0 -j ACCEPT
-A PREROUTING -j MARK --set-mark 0x2a
-A PREROUTING -j CONNMARK --save-mark
COMMIT
EOT
trace 2 -i eth0 -p udp --dport 1001
udp 10.2.0.2 1001
udp 10.2.0.2 1001
compare

scenario ttl-tos <<'EOT'
*mangle
-A PREROUTING -p udp --dport 1001 -j TTL --ttl-set 10
-A PREROUTING -p udp --dport 1002 -j TTL --ttl-dec 1
-A FORWARD -p udp --dport 1002 -j TTL --ttl-inc 5
-A FORWARD -p udp --dport 1001 -j TOS --set-tos 0x10/0xff
-A FORWARD -p udp --dport 1001 -j DSCP --set-dscp 46
COMMIT
EOT
trace 2 -i eth0 -p udp
udp 10.2.0.2 1001
udp 10.2.0.2 1002
compare

scenario mss <<'EOT'
*mangle
-A FORWARD -p tcp --dport 1011 --syn -j TCPMSS --set-mss 1200
-A FORWARD -p tcp --dport 1012 --syn -j TCPMSS --clamp-mss-to-pmtu
COMMIT
EOT
ns_ip r link set eth1 mtu 1300
trace 2 -i eth0 -p tcp --syn
tcp 10.2.0.2 1011
tcp 10.2.0.2 1012
compare
ns_ip r link set eth1 mtu 1500

# ---- conntrack

scenario dnat <<'EOT'
*nat
-A PREROUTING -d 10.1.0.1/32 -p udp --dport 1001 -j DNAT --to-destination 10.2.0.2:7
-A POSTROUTING -o eth1 -p udp --dport 7 -j MASQUERADE
COMMIT
EOT
# The reply and the second packet are translated by the connection, not by a rule.
trace 4 -p udp -m multiport --ports 7,1001
udp 10.1.0.1 1001 wait 20000
udp 10.1.0.1 1001 wait 20000
compare

# A mark that a rule before sets is the rule's; the address behind it is conntrack's.
scenario dnat-established-and-mark <<'EOT'
*mangle
-A PREROUTING -p udp --dport 1001 -j MARK --set-mark 1
COMMIT
*nat
-A PREROUTING -d 10.1.0.1/32 -p udp --dport 1001 -j DNAT --to-destination 10.2.0.2:7
COMMIT
EOT
udp 10.1.0.1 1001 wait 20000
trace 1 -i eth0 -p udp
udp 10.1.0.1 1001 wait 20000
compare

# ---- routing

scenario local-rerouted <<'EOT'
*mangle
-A OUTPUT -p udp --dport 1001 -j MARK --set-mark 7
COMMIT
*nat
-A OUTPUT -p udp --dport 1002 -j DNAT --to-destination 10.2.0.2:7
COMMIT
EOT
ns_ip r rule add fwmark 7 lookup 77
ns_ip r route add default via 10.1.0.2 table 77
trace 2 --chain OUTPUT -p udp -m multiport --dports 1001,1002
udp_from r 10.2.0.2 1001
udp_from r 10.1.0.2 1002
compare
ns_ip r rule del fwmark 7 lookup 77

# ---- copies: each changes what the first hook let go, and nothing of what another one did

scenario copies <<'EOT'
*mangle
-A PREROUTING -d 239.1.1.1/32 -p udp -j TTL --ttl-set 5
-A FORWARD -d 239.1.1.1/32 -o eth1 -j MARK --set-mark 1
-A FORWARD -d 239.1.1.1/32 -o eth2 -j MARK --set-mark 2
-A POSTROUTING -d 239.1.1.1/32 -o eth1
-A POSTROUTING -d 239.1.1.1/32 -o eth2
COMMIT
EOT
ns_new c
veth r eth2 c eth0
addresses r eth2 10.3.0.1/24
settle c eth0 r eth2
in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=0
ns_ip r addr add 239.1.1.1/32 dev eth0 autojoin
ns_ip a route add 239.0.0.0/8 dev eth0 src 10.1.0.2
background r mroute "$TOOLS/mroute" 10.1.0.2 239.1.1.1 eth0 eth1 eth2
if wait_for 5 says_ready "$SCRATCH/mroute"; then
	trace 1 -i eth0 -p udp
	udp 239.1.1.1 1001
	compare
else
	skip "this kernel does not forward multicast"
fi
