#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-port-above-65535: "-p udp --dport 99999" is a rule of port 34463, without a word.
#
# Versions: iptables 1.8.9-2 (Debian 12) and 1.8.11-2 (Debian 13), amd64; glibc 2.36; kernel 6.18.
#
# Who mistypes a port of udp gets a rule of another one, its number modulo 65536: "--dport 65536:70000"
# is 0:4464. Options of libxtables' own kind of ports (udp; tcp has a parser of its own, and refuses)
# hand what is no number up to 65535 to getaddrinfo(3) as a service's name, which takes it for a number
# and keeps its lower 16 bits.
. "$(dirname "$0")/debs.sh"

install_bookworm
install_trixie
tried='
	for port in 99999 65536:70000; do
		for protocol in udp tcp; do
			"iptables-$1" -A OUTPUT -p "$protocol" --dport "$port" -j DROP
			echo "$protocol $port: $?"
		done
	done
	"iptables-$1" -S OUTPUT | grep -e "^-A"'
told='udp 99999: 0
tcp 99999: 2
udp 65536:70000: 0
tcp 65536:70000: 2
-A OUTPUT -p udp -m udp --dport 34463 -j DROP
-A OUTPUT -p udp -m udp --dport 0:4464 -j DROP'
for backend in legacy nft; do
	seen "iptables-$backend 1.8.9" "$told" \
		"$(in_root "$TMP/bookworm" bash -c "$tried" "" "$backend" 2>/dev/null)"
	seen "iptables-$backend 1.8.11" "$told" \
		"$(in_trixie bash -c "$tried" "" "$backend" 2>/dev/null)"
done
exit $differs
