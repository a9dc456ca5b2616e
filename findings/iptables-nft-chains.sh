#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-nft-chains: iptables-nft lists base chains, with policies, that the kernel does not have.
#
# Versions: iptables 1.8.9-2, nftables 1.0.6-2+deb12u2 (Debian 12, amd64).
#
# `iptables-nft -t nat -A POSTROUTING ...` makes that one base chain.  Yet -S then
# prints "-P PREROUTING ACCEPT", "-P INPUT ACCEPT" and "-P OUTPUT ACCEPT" as well;
# nft knows none of them.
#
# `iptables-nft -t nat -P PREROUTING ACCEPT`, which asks for what -S has printed,
# makes the chain: the same listing then stands for another ruleset.
. "$(dirname "$0")/debs.sh"

install_bookworm
in_root "$TMP/bookworm" bash -c '
	chains() { nft list table ip nat 2>/dev/null | sed -n "s/^.chain \(.*\) {/\1/p" | paste -sd " "; }
	iptables-nft -t nat -A POSTROUTING -o dummy0 -j MASQUERADE
	iptables-nft -t nat -S >"$1/listed"
	chains >"$1/made"
	iptables-nft -t nat -P PREROUTING ACCEPT
	iptables-nft -t nat -S >"$1/listed-2"
	chains >"$1/made-2"' in_root "$TMP"

listing="-P PREROUTING ACCEPT
-P INPUT ACCEPT
-P OUTPUT ACCEPT
-P POSTROUTING ACCEPT
-A POSTROUTING -o dummy0 -j MASQUERADE"
seen "what -S lists" "$listing" "$(<"$TMP/listed")"
seen "the chains that there are" "POSTROUTING" "$(<"$TMP/made")"
seen "what -S lists behind -P PREROUTING ACCEPT" "$listing" "$(<"$TMP/listed-2")"
seen "the chains that there are then" "POSTROUTING PREROUTING" "$(<"$TMP/made-2")"
exit $differs
