# SPDX-License-Identifier: GPL-2.0-or-later
# ways-told.sh: for scripts: a router with rules of both backends and families, and packets that
# meet all that a run can know: NAT, jumps, returns, policies, a verdict map, marks, rejects,
# rules of programs, near misses, losses. And, for who asks for it (told_odd_*), what is INVALID,
# in a set, in a queue, from where no way leads back to, on a bridge.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh.

# told_router [KIND]: lab_router, who answers in it, and both rules below
told_router() {
	told_hosts
	told_iptables "${1:-legacy}"
	told_nft
}

told_hosts() {
	lab_router
	settle a eth0 r eth0 r eth1 b eth0
	server b echo udp 10.2.0.2 7 udp fd00:2::2 7
}

# told_iptables KIND: rules of iptables-KIND, legacy or nft
told_iptables() {
	local kind=$1 program family to address
	for family in 4 6; do
		program=iptables to=10.2.0.2:7 address=10.1.0.1/32
		((family == 4)) || program=ip6tables to='[fd00:2::2]:7' address=fd00:1::1/128
		in_ns r "$program-$kind-restore" <<-END || fail "rules of IPv$family"
			*mangle
			:PREROUTING ACCEPT [0:0]
			-A PREROUTING -p udp -m udp --dport 1004 -j MARK --set-xmark 0x4/0xf
			COMMIT
			*nat
			:PREROUTING ACCEPT [0:0]
			:POSTROUTING ACCEPT [0:0]
			:DOCKER - [0:0]
			-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
			-A POSTROUTING -o eth1 -p udp -m udp --dport 1005 -j MASQUERADE
			-A DOCKER -d $address -p udp -m udp --dport 1010 -j DNAT --to-destination $to
			COMMIT
			*filter
			:INPUT ACCEPT [0:0]
			:FORWARD DROP [0:0]
			:DOCKER-USER - [0:0]
			:DOCKER-FORWARD - [0:0]
			:odd - [0:0]
			-A INPUT -p udp -m udp --dport 1007 -j DROP
			-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
			-A FORWARD -j DOCKER-USER
			-A FORWARD -j DOCKER-FORWARD
			-A FORWARD -p udp -m udp --dport 1003 -j REJECT
			-A FORWARD -p udp -m udp --dport 1004:1006 -j odd
			-A FORWARD -p udp -m udp --dport 7 -j ACCEPT
			-A FORWARD -p udp -m udp --sport 7 -j ACCEPT
			-A FORWARD -i eth0 -p udp -m udp --dport 1020:1029 -j ACCEPT
			-A DOCKER-USER -p udp -m udp --dport 1001 -j DROP
			-A DOCKER-USER -j RETURN
			-A DOCKER-FORWARD -p udp -m udp --dport 1002 -g odd
			-A odd -p udp -m udp --dport 1006 -j RETURN
			-A odd -m mark --mark 0x4/0xf -j DROP
			-A odd -i eth1 -p udp -m udp --dport 1002 -j ACCEPT
			-A odd -p udp -m udp --dport 1005 -j ACCEPT
			COMMIT
		END
	done
}

told_nft() {
	in_ns r nft -f - <<-'END' || fail "rules of nft"
		table inet fw {
			map ports {
				type inet_service : verdict
				elements = { 1021 comment "web" : drop, 1022 : jump deep }
			}
			chain deep {
				udp length 13 meta mark set 0x22 return
			}
			chain forward {
				type filter hook forward priority 10; policy accept;
				ct state established accept
				udp dport vmap @ports
				udp dport 1023 iifname "eth0" reject comment "no 1023"
				udp dport 1022 meta mark 0x22 drop
				iifname "eth1" udp dport 1024 accept
				udp dport 1024 drop
			}
		}
	END
}

# told_lines WAIT ADDRESS PORT...: packets to these, as talk reads them
told_lines() {
	local port
	for port in "${@:3}"; do echo "udp $2 $port from $((20000 + port)) wait $1"; done
}
# told_traffic: a packet to each; an answer is waited for only where one comes
told_traffic() {
	local to
	{
		for to in 10.2.0.2 fd00:2::2; do
			told_lines 20000 "$to" 7
			told_lines 1 "$to" 100{1..6} 102{0..4}
		done
		for to in 10.1.0.1 fd00:1::1; do
			told_lines 20000 "$to" 1010
			told_lines 1 "$to" 1007 1011
		done
		told_lines 1 10.99.0.1 1030
	} >"$SCRATCH/told.lines"
	in_ns a "$TOOLS/talk" each <"$SCRATCH/told.lines" >/dev/null 2>&1
	talk r udp 10.2.0.2 7 from 20007 wait 20000 >/dev/null 2>&1
}

# told_odd_hosts: of lab_router, behind told_hosts: r has a bridge with hosts c and d, sets, and
# takes no packets whose way back were another
told_odd_hosts() {
	local ns n=0
	ns_new c d
	ns_ip r link add br0 type bridge forward_delay 0
	in_ns r sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1 \
		net.ipv4.conf.eth0.rp_filter=1 || return 1
	for ns in c d; do
		veth "$ns" eth0 r "port-$ns"
		ns_ip r link set "port-$ns" master br0
		addresses "$ns" eth0 "10.5.0.$((++n))/24" "fd00:5::$n/64"
	done
	ns_ip r link set br0 up
	settle r br0 c eth0 d eth0
	known c eth0 "$(mac_of d eth0)" 10.5.0.2 fd00:5::2
	in_ns r ipset restore <<-END
		create odd4 hash:ip family inet
		add odd4 10.1.0.2
		create odd6 hash:ip family inet6
		add odd6 fd00:1::2
		create none4 hash:ip family inet
		create none6 hash:ip family inet6
	END
}

# told_odd_programs: two that take packets from queues, in PROGRAMS; with them there are no
# witness chains for packets of iptables-legacy
told_odd_programs() {
	local n
	background r accepts "$TOOLS/nfq" 31 accept
	PROGRAMS=("$BG_PID")
	background r drops "$TOOLS/nfq" 32 drop
	PROGRAMS+=("$BG_PID")
	for n in 31 32; do assert_within 10 "who takes from queue $n" queue_is_taken "$n"; done
}
queue_is_taken() { in_ns r awk -v queue="$1" '$1 == queue { found = 1 } END { exit !found }' /proc/net/netfilter/nfnetlink_queue; }

# no_queue_holds: what was sent to them has been let go, or dropped
no_queue_holds() { in_ns r awk '$3 { held = 1 } END { exit held }' /proc/net/netfilter/nfnetlink_queue; }

# told_odd_iptables KIND: rules for their packets, in front of those of told_iptables
told_odd_iptables() {
	local kind=$1 family program
	for family in 4 6; do
		program=iptables
		((family == 4)) || program=ip6tables
		in_ns r "$program-$kind-restore" -n <<-END || fail "more rules of IPv$family"
			*filter
			:odd-ways - [0:0]
			-I FORWARD -p udp -m udp --dport 1040:1059 -j odd-ways
			-A odd-ways -m conntrack --ctstate INVALID -j DROP
			-A odd-ways -p udp -m udp --dport 1042 -m set --match-set odd$family src -j DROP
			-A odd-ways -p udp -m udp --dport 1043 -m set --match-set none$family src -j ACCEPT
			-A odd-ways -p udp -m udp --dport 1044 -j NFQUEUE --queue-num 31
			-A odd-ways -p udp -m udp --dport 1045 -j NFQUEUE --queue-num 32
			-A odd-ways -p udp -m udp --dport 1046 -j NFQUEUE --queue-num 33
			-A odd-ways -p udp -m udp --dport 1047 -j NFQUEUE --queue-num 33 --queue-bypass
			-A odd-ways -m physdev --physdev-in port-c --physdev-is-bridged -p udp -m udp --dport 1050 -j ACCEPT
			COMMIT
		END
	done
}

# told_odd_nft: sets of nft
told_odd_nft() {
	in_ns r nft -f - <<-'END' || fail "more rules of nft"
		table inet fw {
			set odd4 { type ipv4_addr; elements = { 10.1.0.2 }; }
			set odd6 { type ipv6_addr; elements = { fd00:1::2 }; }
			set none4 { type ipv4_addr; flags interval; elements = { 10.64.0.0/10 }; }
			chain odd {
				type filter hook forward priority 20; policy accept;
				udp dport 1026 ip saddr @odd4 drop
				udp dport 1026 ip6 saddr @odd6 drop
				udp dport 1027 ip saddr @none4 accept
				udp dport 1027 drop
			}
		}
	END
}

# told_udp FAMILY SOURCE TARGET PORT CHECKSUM: such a packet's bytes, in hex; of IPv4 an address is
# four bytes, of IPv6 16
told_udp() {
	local udp
	printf -v udp '%04x%04x0009%s78' $((20000 + $4)) "$4" "$5"
	if (($1 == 4)); then
		printf '4500001d%04x00004011 0000%s%s%s' "$4" "$2" "$3" "$udp" | tr -d ' '
	else
		printf '60000000000911%02x%s%s%s' 64 "$2" "$3" "$udp"
	fi
}

# told_odd_traffic: a packet to each; behind it no queue holds any
told_odd_traffic() {
	local mac to
	mac=$(mac_of r eth0)
	{
		for to in 10.2.0.2 fd00:2::2; do told_lines 1 "$to" 102{6,7} 104{2..7}; done
		told_lines 1 fd00:99::1 1030
	} >"$SCRATCH/told.lines"
	in_ns a "$TOOLS/talk" each <"$SCRATCH/told.lines" >/dev/null 2>&1
	in_ns a "$TOOLS/frame" eth0 "$mac" "$(told_udp 4 0a010002 0a020002 1041 dead)"
	in_ns a "$TOOLS/frame" eth0 "$mac" \
		"$(told_udp 6 fd000001000000000000000000000002 fd000002000000000000000000000002 1041 dead)"
	# From where no way leads back to over eth0.
	in_ns a "$TOOLS/frame" eth0 "$mac" "$(told_udp 4 0a020063 0a020002 1048 0000)"
	for to in 10.5.0.2 fd00:5::2; do told_lines 1 "$to" 1050 1051; done >"$SCRATCH/told.lines"
	in_ns c "$TOOLS/talk" each <"$SCRATCH/told.lines" >/dev/null 2>&1
	assert_within 10 "no queue holds a packet" no_queue_holds
}
