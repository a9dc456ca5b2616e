#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-list-nat6: nft list ruleset leaves out the targets of ip6tables-nft's NAT rules where those of IPv4 come first.
#
# Versions: iptables 1.8.9-2, nftables 1.0.6-2+deb12u2 (Debian 12, amd64); kernel 6.18.
#
# ip6tables-nft adds "-p udp --dport 5 -j MASQUERADE"; iptables-nft the same for IPv4.
# nft list table ip6 nat prints the rule with "masquerade".  nft list ruleset prints that
# of IPv4 so, and of IPv6 nothing behind the counter; on standard error it says "XT target
# MASQUERADE not found", and it exits with 0.  nft -f takes that listing back without a
# warning: then the rule counts, and no packet of IPv6 is translated any more.  SNAT, DNAT
# and REDIRECT are no better.
#
#   list table ip6 nat:  udp dport 5 counter packets 0 bytes 0 masquerade
#   list ruleset:        udp dport 5 counter packets 0 bytes 0
. "$(dirname "$0")/debs.sh"

install_bookworm
in_root "$TMP/bookworm" bash -c '
	for program in iptables ip6tables; do
		address=192.0.2.1
		[[ $program = iptables ]] || address=2001:db8::1
		$program-nft -t nat -A POSTROUTING -p udp --dport 5 -j MASQUERADE
		$program-nft -t nat -A POSTROUTING -p udp --dport 6 -j SNAT --to-source $address
		$program-nft -t nat -A PREROUTING -p udp --dport 7 -j DNAT --to-destination $address
		$program-nft -t nat -A PREROUTING -p udp --dport 8 -j REDIRECT --to-ports 9
	done
	rules() { sed -n "/^table ip6 nat/,\$s/^\t\t\(udp dport.*[^ ]\) *$/\1/p" | sort; }
	nft list table ip6 nat 2>/dev/null | rules >"$1/table"
	nft list ruleset >"$1/list" 2>"$1/warned"
	echo $? >"$1/status"
	rules <"$1/list" >"$1/ruleset"
	nft flush ruleset
	nft -f "$1/list" >"$1/back" 2>&1
	echo $? >>"$1/status"
	ip6tables-nft -t nat -S 2>&1 | grep "^-A" | sort >"$1/rules"' in_root "$TMP"

seen "the table of IPv6 by itself" "udp dport 5 counter packets 0 bytes 0 masquerade
udp dport 6 counter packets 0 bytes 0 snat to 2001:db8::1
udp dport 7 counter packets 0 bytes 0 dnat to 2001:db8::1
udp dport 8 counter packets 0 bytes 0 redirect to :9" "$(<"$TMP/table")"
seen "the same in the ruleset" "udp dport 5 counter packets 0 bytes 0
udp dport 6 counter packets 0 bytes 0
udp dport 7 counter packets 0 bytes 0
udp dport 8 counter packets 0 bytes 0" "$(<"$TMP/ruleset")"
seen "what is said of it" "XT target DNAT not found
XT target MASQUERADE not found
XT target REDIRECT not found
XT target SNAT not found" "$(grep '^XT' "$TMP/warned" | sort)"
seen "what is said when that is read" "" "$(<"$TMP/back")"
seen "exit status of both" "0
0" "$(<"$TMP/status")"
seen "IPv6's rules then" "-A POSTROUTING -p udp -m udp --dport 5
-A POSTROUTING -p udp -m udp --dport 6
-A PREROUTING -p udp -m udp --dport 7
-A PREROUTING -p udp -m udp --dport 8" "$(<"$TMP/rules")"
exit $differs
