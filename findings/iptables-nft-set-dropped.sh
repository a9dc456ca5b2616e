#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-nft-set-dropped: iptables-nft lists a rule with a set as one that matches every port.
#
# Versions: iptables 1.8.9-2, nftables 1.0.6-2+deb12u2 (Debian 12, amd64); kernel 6.18.
#
# nft adds a rule to a chain that iptables-nft has made: "tcp dport { 80, 443 } drop".
# iptables-nft -S prints it as "-p tcp -j DROP", without the ports and without a warning,
# and exits with 0; iptables-nft-save does the same.  Restored from that listing the chain
# drops all TCP.  With one port in place of the set the listing is right.
. "$(dirname "$0")/debs.sh"

install_bookworm
in_root "$TMP/bookworm" bash -c '
	iptables-nft -A FORWARD -p udp -j ACCEPT
	nft add rule ip filter FORWARD tcp dport "{ 80, 443 }" drop
	nft add rule ip filter FORWARD tcp dport 22 drop
	iptables-nft -S FORWARD >"$1/listed" 2>"$1/warned"
	echo $? >"$1/status"
	iptables-nft-save -t filter 2>>"$1/warned" | grep "^-A" >"$1/saved"
	nft list chain ip filter FORWARD 2>/dev/null | grep -c "tcp dport { 80, 443 } drop" >"$1/there"' in_root "$TMP"

seen "the rule in the kernel" 1 "$(<"$TMP/there")"
seen "what -S lists" "-P FORWARD ACCEPT
-A FORWARD -p udp -j ACCEPT
-A FORWARD -p tcp -j DROP
-A FORWARD -p tcp -m tcp --dport 22 -j DROP" "$(<"$TMP/listed")"
seen "what -save lists" "-A FORWARD -p udp -j ACCEPT
-A FORWARD -p tcp -j DROP
-A FORWARD -p tcp -m tcp --dport 22 -j DROP" "$(<"$TMP/saved")"
seen "its exit status" 0 "$(<"$TMP/status")"
seen "its warnings" "" "$(<"$TMP/warned")"
exit $differs
