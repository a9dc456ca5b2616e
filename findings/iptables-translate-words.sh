#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-translate-words: iptables-translate leaves words of three matches out, and says nothing.
#
# Versions: iptables 1.8.11-2, nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18.
#
# What it translates, and what becomes of it:
#
#   -m multiport ! --ports 80,443               the "!" is gone: the ports themselves match
#   -m addrtype --src-type X --dst-type Y       the source's type alone is asked for
#   -m conntrack --ctstate NEW,DNAT             "ct status dnat": NEW does not match any more
#
# Each exits with 0 and gives a rule that nft takes, where what it cannot translate comes out
# as a comment ("nft # -A ...").  Judged by the counters of the kernel: the words in
# iptables-legacy, their translation in a chain of nft at the same hook, and one packet
# through both.
. "$(dirname "$0")/debs.sh"

install_trixie
in_trixie bash -c '
	ip link set lo up
	nft add table ip filter
	nft add chain ip filter OUTPUT "{ type filter hook output priority 0; }"
	# both WORDS PORT: "LEGACY NFT": which of the two counted a packet to that port
	both() {
		local rule legacy nft
		iptables-legacy -F OUTPUT
		nft flush chain ip filter OUTPUT
		eval "iptables-legacy -A OUTPUT $1 -j ACCEPT"
		rule=$(eval "iptables-translate -A OUTPUT $1 -j ACCEPT") || echo "refused"
		echo "$rule"
		eval "nft ${rule#nft }"
		echo x >"/dev/udp/127.0.0.1/$2"
		legacy=$(iptables-legacy -nvxL OUTPUT | awk "/ACCEPT/ && ! /policy/ { print \$1 }")
		nft=$(nft list chain ip filter OUTPUT | sed -nE "s/.*counter packets ([0-9]+).*/\1/p")
		echo "iptables $legacy, translated $nft"
	}
	both "-p udp -m multiport ! --ports 80,443" 80
	both "-p udp -m multiport ! --ports 80,443" 9
	both "-p udp -m addrtype --src-type LOCAL --dst-type MULTICAST" 9
	both "-p udp --dport 9 -m conntrack --ctstate NEW,DNAT" 9
' 2>"$TMP/errors" >"$TMP/told"

seen "translations and counters" \
"nft 'add rule ip filter OUTPUT ip protocol udp udp sport . udp dport { 0-65535 . 80, 80 . 0-65535, 0-65535 . 443, 443 . 0-65535 } counter accept'
iptables 0, translated 1
nft 'add rule ip filter OUTPUT ip protocol udp udp sport . udp dport { 0-65535 . 80, 80 . 0-65535, 0-65535 . 443, 443 . 0-65535 } counter accept'
iptables 1, translated 0
nft 'add rule ip filter OUTPUT ip protocol udp fib saddr type local counter accept'
iptables 0, translated 1
nft 'add rule ip filter OUTPUT udp dport 9 ct status dnat counter accept'
iptables 1, translated 0" "$(<"$TMP/told")"
seen "on standard error" "" "$(<"$TMP/errors")"
exit $differs
