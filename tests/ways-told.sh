# SPDX-License-Identifier: GPL-2.0-or-later
# ways-told.sh: for scripts: a router with rules of both backends and families, and packets that
# meet all that a run can know: NAT, jumps, returns, policies, a verdict map, marks, rejects,
# rules of programs, near misses, losses.
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

# told_traffic: a packet to each; an answer is waited for only where one comes
told_traffic() {
	in_ns a bash -c '
		talk() { "$0" udp "$1" "$2" from $((20000 + $2)) wait "$3" >/dev/null 2>&1; }
		for to in 10.2.0.2 fd00:2::2; do
			talk "$to" 7 2000
			for port in 100{1..6} 102{0..4}; do talk "$to" "$port" 1; done
		done
		for to in 10.1.0.1 fd00:1::1; do
			talk "$to" 1010 2000
			for port in 1007 1011; do talk "$to" "$port" 1; done
		done
		talk 10.99.0.1 1030 1' "$TOOLS/talk"
	talk r udp 10.2.0.2 7 from 20007 wait 2000 >/dev/null 2>&1
}
