#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# trace-later-fragment: nft's trace shows no header of an IPv6 fragment that is not the first.
#
# Versions: nftables 1.0.6-2+deb12u2 (Debian 12, amd64); kernel 6.18.
#
# A datagram of IPv6 comes in three fragments, to a host without conntrack, and a rule sets
# meta nftrace.  Of the first one nft monitor trace prints the IPv6 header.  Of the other two
# it prints none, and the first 20 bytes of that header as "@th": as a transport header.
# The same datagram of IPv4 has its addresses in each of the three lines.
#
# The trace shows the network header up to where the transport header begins.
# ipv6_find_hdr() leaves that offset at 0 for a packet in which there is none, so the one
# has no length, and the other begins at the packet's first byte.
. "$(dirname "$0")/debs.sh"

install_bookworm
in_root "$TMP/bookworm" bash -c '
	coproc other { exec unshare --net bash -c "echo; read -r
		ip addr add 192.0.2.1/24 dev v1; ip addr add 2001:db8::1/64 dev v1 nodad
		ip link set v1 up; echo; read -r
		head -c 3500 /dev/zero >/dev/udp/192.0.2.2/7
		head -c 3500 /dev/zero >/dev/udp/2001:db8::2/7; echo; read -r"; }
	read -r <&${other[0]}
	ip link add v0 type veth peer name v1 netns $other_PID
	ip addr add 192.0.2.2/24 dev v0
	ip addr add 2001:db8::2/64 dev v0 nodad
	ip link set v0 up
	echo >&${other[1]}
	read -r <&${other[0]}
	nft -f - <<-END
		table inet t {
			chain c {
				type filter hook prerouting priority raw
				meta l4proto ipv6-icmp accept
				ip frag-off & 0x3fff != 0 meta nftrace set 1
				exthdr frag exists meta nftrace set 1
			}
		}
	END
	nft monitor trace >"$1/trace" &
	monitor=$!
	listens() { awk "\$2 == 12 && \$4 !~ /^0*\$/" /proc/net/netlink | grep -q .; }
	until listens; do kill -0 $monitor || exit 3; done
	echo >&${other[1]}
	tries=0
	until [[ $(grep -c "verdict continue" "$1/trace") -ge 6 ]]; do
		((++tries <= 40)) || exit 3
		read -r -t 0.25 <> <(:) || :
	done
	kill $monitor
	echo >&${other[1]}' in_root "$TMP" 2>"$TMP/errors" ||
	{ cat "$TMP/errors" >&2; echo "the fragments were not traced" >&2; exit 2; }

lines() { grep -c "packet: .*$1" "$TMP/trace"; }
seen "fragments of IPv4 with their addresses" 3 "$(lines " ip saddr 192.0.2.1 ip daddr 192.0.2.2 ")"
seen "of IPv6" 1 "$(lines " ip6 saddr 2001:db8::1 ip6 daddr 2001:db8::2 ")"
seen "those whose transport header is that of IPv6" 2 "$(lines "ether type ip6 @th,0,160 0x6")"
exit $differs
