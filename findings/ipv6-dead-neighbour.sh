#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ipv6-dead-neighbour: of a neighbour that does not answer the kernel names the reason for IPv4 alone.
#
# Versions: iproute2 6.1.0-3 (Debian 12, amd64); kernel 6.18.
#
# Two packets wait for the address of a neighbour that is not there, one of IPv4 and one of
# IPv6.  After three seconds the kernel gives both up in the same function.  The tracepoint
# kfree_skb says NEIGH_FAILED of the first and NOT_SPECIFIED of the second: who counts drops
# by reason has none of IPv6's dead neighbours among NEIGH_FAILED, and must ask for the
# function's name.
. "$(dirname "$0")/debs.sh"

install_bookworm
unpack "$TMP/bookworm" <<'END'
1204b29e916e836267096d0b9d778106752f821ebde0d281539008b4386d9070 i/iproute2/iproute2_6.1.0-3_amd64.deb
5e7505ef77ebc84ad0203411e4afdeb8a98f40fb7f78f013aa4dd8710e49f8ed libb/libbpf/libbpf1_1.1.2-0+deb12u1_amd64.deb
619add379c606b3ac6c1a175853b918e6939598a83d8ebadf3bdfd50d10b3c8c e/elfutils/libelf1_0.188-2.1_amd64.deb
8d684c673e7483802a5c447834b0df6fce006eb3a7109e1be412f5ad425bb24f libc/libcap2/libcap2_2.66-4+deb12u3+b1_amd64.deb
END
in_root "$TMP/bookworm" bash -c '
	set -e
	ip=$2/sbin/ip
	mkdir "$1/tracing"
	mount -t tracefs none "$1/tracing"
	own=$1/tracing/instances/dead-neighbour.$$
	mkdir "$own"
	trap "echo 0 >\"$own/events/skb/kfree_skb/enable\"; rmdir \"$own\"" EXIT
	$ip link add v1 type veth peer name v2
	$ip link set v1 up
	$ip link set v2 up
	$ip addr add 192.0.2.1/24 dev v1
	$ip addr add 2001:db8::1/64 dev v1 nodad
	echo 1 >"$own/events/skb/kfree_skb/enable"
	given_up() { grep "protocol=$1 location=neigh_invalidate" "$own/trace"; }
	tries=0
	until given_up 2048 >"$1/ipv4" && given_up 34525 >"$1/ipv6"; do
		((++tries <= 60)) || exit 3
		echo x >/dev/udp/192.0.2.77/9 || :
		echo x >/dev/udp/2001:db8::77/9 || :
		read -r -t 0.25 <> <(:) || :
	done 2>/dev/null' in_root "$TMP" "$TMP/bookworm" ||
	{ echo "no tracefs here, or nothing was given up" >&2; exit 2; }

reasons() { sed 's/.* reason: //' "$1" | sort -u; }
seen "of IPv4" NEIGH_FAILED "$(reasons "$TMP/ipv4")"
seen "of IPv6" NOT_SPECIFIED "$(reasons "$TMP/ipv6")"
exit $differs
