#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# conntrack-save-mark: a connection that conntrack saved and loaded again has lost its mark.
#
# Versions: conntrack 1.4.8-2, iptables 1.8.11-2 (Debian 13, amd64); kernel 6.18.
#
# "conntrack -L -o save" writes a line for each connection, from which "conntrack -R" makes it again,
# for instance on a host that takes over.  Addresses, ports, state, status and zone come back.  The mark
# is not in the line, and nothing says so.  So a rule with "-m connmark --mark 7", which has
# matched the datagrams of that connection, does not match the next one, and what routes by the mark
# takes another way.
. "$(dirname "$0")/debs.sh"

install_trixie '
bfbb6d02ba2ba162da1a9caa0f0c280034b8f189799542bd39ca5b1bcaf768e0 c/conntrack-tools/conntrack_1.4.8-2_amd64.deb
'
in_trixie bash -c '
	ip link add va type veth peer name vb
	ip link set va up; ip link set vb up
	ip address add 10.0.0.1/24 dev va
	ip neighbour add 10.0.0.2 lladdr 02:00:00:00:00:02 dev va
	iptables-legacy -A OUTPUT -p udp -m connmark --mark 7
	iptables-legacy -A OUTPUT -p udp -m connmark --mark 0
	exec 5>/dev/udp/10.0.0.2/9
	send() {
		iptables-legacy -Z OUTPUT
		echo x >&5
		iptables-legacy -nvxL OUTPUT | awk "/connmark/ { print \"mark \" \$NF \": \" \$1 }"
	}
	entry() { conntrack -L -p udp 2>/dev/null | grep -o "dst=.*" | sed "s/[sd]port=[0-9]* //g; s/ use=.*//"; }
	echo "a first datagram"; send
	conntrack -U -p udp -d 10.0.0.2 -m 7 >/dev/null 2>&1; echo "marked"; entry; send
	conntrack -L -p udp -o save >"$1/save" 2>/dev/null; echo "saved: $?"
	sed "s/sport [0-9]*/sport N/; s/port-dst [0-9]*/port-dst N/; s/-t [0-9]*/-t N/" "$1/save"
	conntrack -F >/dev/null 2>&1; conntrack -R "$1/save" >/dev/null 2>&1; echo "loaded: $?"
	entry; send' in_trixie "$TMP" >"$TMP/told" 2>&1

seen "what the rules match" "a first datagram
mark 0x7: 0
mark 0x0: 1
marked
dst=10.0.0.2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 mark=7
mark 0x7: 1
mark 0x0: 0
saved: 0
-A -t N -u UNSET -s 10.0.0.1 -d 10.0.0.2 -r 10.0.0.2 -q 10.0.0.1 -p udp --sport N --dport 9 --reply-port-src 9 --reply-port-dst N
loaded: 0
dst=10.0.0.2 [UNREPLIED] src=10.0.0.2 dst=10.0.0.1 mark=0
mark 0x7: 0
mark 0x0: 1" "$(<"$TMP/told")"
exit $differs
