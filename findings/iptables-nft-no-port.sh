#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-nft-no-port: "! --dport 0:65535", which no packet matches, matches every packet of the protocol.
#
# Versions: iptables 1.8.9-2 (Debian 12) and 1.8.11-2 (Debian 13), amd64; kernel 6.18.
#
# iptables-nft 1.8.9 leaves a range of all ports out of the rule, and the "!" in front of it too:
# "-p udp ! --dport 0:65535 -j DROP" drops all of UDP, where iptables-legacy drops nothing.  But
# iptables-legacy 1.8.9 lists it without the range as well, so what it saved drops all of UDP once it is
# loaded again.  1.8.11 keeps and lists the range in both.
. "$(dirname "$0")/debs.sh"

install_bookworm
install_trixie
tried='
	send() { { echo x >/dev/udp/127.0.0.1/9; } 2>/dev/null && echo sent || echo refused; }
	ip link set lo up
	for option in --dport --sport; do
		"iptables-$1" -A OUTPUT -p udp ! "$option" 0:65535 -j DROP || continue
		"iptables-$1" -S OUTPUT | grep -e "^-A"
		send
		"iptables-$1-save" >"$2"
		"iptables-$1-restore" <"$2"
		send
		"iptables-$1" -F OUTPUT
	done'
kept='-A OUTPUT -p udp -m udp ! --dport 0:65535 -j DROP
sent
sent
-A OUTPUT -p udp -m udp ! --sport 0:65535 -j DROP
sent
sent'
for backend in legacy nft; do
	in_root "$TMP/bookworm" bash -c "$tried" "" "$backend" "$TMP/saved" >"$TMP/1.8.9-$backend" 2>/dev/null
	in_trixie bash -c "$tried" "" "$backend" "$TMP/saved" >"$TMP/1.8.11-$backend" 2>/dev/null
done
seen "iptables-legacy 1.8.9" '-A OUTPUT -p udp -m udp -j DROP
sent
refused
-A OUTPUT -p udp -m udp -j DROP
sent
refused' "$(<"$TMP/1.8.9-legacy")"
seen "iptables-legacy 1.8.11" "$kept" "$(<"$TMP/1.8.11-legacy")"
seen "iptables-nft 1.8.11" "$kept" "$(<"$TMP/1.8.11-nft")"
seen "iptables-nft 1.8.9" '-A OUTPUT -p udp -j DROP
refused
refused
-A OUTPUT -p udp -j DROP
refused
refused' "$(<"$TMP/1.8.9-nft")"
exit $differs
