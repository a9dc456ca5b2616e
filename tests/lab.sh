# SPDX-License-Identifier: GPL-2.0-or-later
# lab.sh: the topologies of network namespaces that tests and demo use (README.rst draws them).
# shellcheck shell=bash
# To be sourced after lib.sh, which gives ns_new, in_ns and ns_ip.

# no_offload NS IFACE...: a packet is a packet, not 64 KiB of segments
no_offload() { prepare "$1" "${@/#/plain:}"; }

# veth {NS IFACE NS IFACE}...: cables between two namespaces each, both ends up
veth() {
	local lines= words=()
	while (($# > 0)); do
		lines+="link add $2 netns nft$$-$1 type veth peer name $4 netns nft$$-$3"$'\n'
		words+=("/run/netns/nft$$-$1" plain:"$2" up:"$2" "/run/netns/nft$$-$3" plain:"$4" up:"$4")
		shift 4
	done
	spawn ip -batch - <<<"$lines" && spawn "$TOOLS/prepare" "${words[@]}"
}

# addresses NS IFACE ADDRESS/BITS...
addresses() {
	local ns=$1 dev=$2 address lines=
	shift 2
	for address; do
		lines+="addr add $address dev $dev"
		[[ $address != *:* ]] || lines+=" nodad"
		lines+=$'\n'
	done
	ns_ip "$ns" -batch - <<<"$lines"
}

# mac_of NS IFACE
mac_of() { ns_ip "$1" -o link show "$2" | sed 's/.*ether \([0-9a-f:]*\).*/\1/'; }

# known NS DEV MAC ADDRESS...: neighbours that need not be asked
known() {
	local lines
	printf -v lines "neigh replace %s lladdr $3 dev $2 nud permanent\n" "${@:4}"
	ns_ip "$1" -batch - <<<"$lines"
}

forwarding() { # NS
	prepare "$1" net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# lab_loopback [NS]: one namespace with lo alone
lab_loopback() {
	ns_new "${1:-lo}"
	addresses "${1:-lo}" lo 10.9.0.1/32 fd00:9::1/128
}

# lab_router: host a - router r - host b
lab_router() {
	ns_new a r b
	veth a eth0 r eth0 r eth1 b eth0
	forwarding r
	ns_ip r -batch - <<-EOT
		addr add 10.1.0.1/24 dev eth0
		addr add fd00:1::1/64 dev eth0 nodad
		addr add 10.2.0.1/24 dev eth1
		addr add fd00:2::1/64 dev eth1 nodad
	EOT
	ns_ip a -batch - <<-EOT
		addr add 10.1.0.2/24 dev eth0
		addr add fd00:1::2/64 dev eth0 nodad
		route add default via 10.1.0.1
		route add default via fd00:1::1
	EOT
	ns_ip b -batch - <<-EOT
		addr add 10.2.0.2/24 dev eth0
		addr add fd00:2::2/64 dev eth0 nodad
		route add default via 10.2.0.1
		route add default via fd00:2::1
	EOT
}

# lab_calico: workload wl - node - upstream host up, wired as Calico does it:
# the workload's only neighbour is 169.254.1.1 (fe80::ecee:eeff:feee:eeee),
# which nobody has: the node answers for it by proxy ARP.
lab_calico() {
	ns_new wl node up
	veth wl eth0 node cali123 node eth0 up eth0
	ns_ip node link set cali123 address ee:ee:ee:ee:ee:ee
	ns_ip node addr flush dev cali123
	addresses node cali123 fe80::ecee:eeff:feee:eeee/64
	addresses wl eth0 10.244.1.17/32 fd00:244:1::17/128
	addresses node eth0 192.168.50.2/24 fd00:50::2/64
	addresses up eth0 192.168.50.1/24 fd00:50::1/64
	addresses up lo 8.8.8.8/32 2001:4860:4860::8888/128
	forwarding node
	prepare node net.ipv4.conf.cali123.proxy_arp=1 net.ipv4.neigh.cali123.proxy_delay=0
	ns_ip wl -batch - <<-EOT
		route add 169.254.1.1 dev eth0 scope link
		route add default via 169.254.1.1 dev eth0
		route add default via fe80::ecee:eeff:feee:eeee dev eth0
	EOT
	ns_ip node -batch - <<-EOT
		route add 10.244.1.17 dev cali123 scope link
		route add fd00:244:1::17 dev cali123
		route add default via 192.168.50.1
		route add default via fd00:50::1
	EOT
	ns_ip up -batch - <<-EOT
		route add 10.244.0.0/16 via 192.168.50.2
		route add fd00:244::/32 via fd00:50::2
	EOT
}

# lab_bridge: hosts a, b, c on a bridge whose packets iptables sees
lab_bridge() {
	local ns n=0
	ns_new a b c br
	ns_ip br link add br0 type bridge forward_delay 0
	prepare br net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1 || return 1
	for ns in a b c; do
		veth "$ns" eth0 br "port-$ns"
		ns_ip br link set "port-$ns" master br0
		addresses "$ns" eth0 "10.5.0.$((++n))/24" "fd00:5::$n/64"
	done
	addresses br br0 10.5.0.9/24 fd00:5::9/64
	ns_ip br link set br0 up
}

# settle {NS IFACE}...: wait until the cables carry something
settle() {
	local words=()
	while (($# > 1)); do
		words+=("/run/netns/nft$$-$1" carries:"$2")
		shift 2
	done
	spawn "$TOOLS/prepare" "${words[@]}" || fail "a cable stays down"
}

# server NS NAME ARGS...: an echo server in the background, returns when it listens
server() {
	background "$1" "$2" "$TOOLS/talk" serve "${@:3}"
	wait_for 5 says_ready "$SCRATCH/$2" || fail "echo server $2 does not start"
}

# talk NS ARGS...: a client, see tools/talk.c
talk() {
	in_ns "$1" "$TOOLS/talk" "${@:2}"
}

# send_both PORT...: from a of lab_router, one packet to each port of b, of both families
send_both() {
	local port
	for port; do
		in_ns a "$TOOLS/flood" 10.2.0.2 "$port" 1 8 >/dev/null
		in_ns a "$TOOLS/flood" fd00:2::2 "$port" 1 8 >/dev/null
	done
}
