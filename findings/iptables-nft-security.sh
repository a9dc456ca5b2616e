#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-nft-security: the same security rule sees another source address in iptables-nft.
#
# Versions: iptables 1.8.9-2, nftables 1.0.6-2+deb12u2 (Debian 12, amd64); kernel 6.18.
#
# The kernel's own security table has priority 50 (NF_IP_PRI_SECURITY), the chains that
# iptables-nft makes for it have 150.  nat's INPUT stands between them, at 100.  So a rule
# in security INPUT that names the address of before nat's SNAT matches with
# iptables-legacy, and one that names the new address matches with iptables-nft.
. "$(dirname "$0")/debs.sh"

install_bookworm
cat >"$TMP/rules" <<'END'
*nat
-A INPUT -p udp --dport 7 -j SNAT --to-source 192.0.2.9
COMMIT
*security
-A INPUT -p udp --dport 7 -s 192.0.2.1
-A INPUT -p udp --dport 7 -s 192.0.2.9
COMMIT
END
# in BACKEND: packets that the two rules of security counted, "OLD NEW"
in_backend() {
	in_root "$TMP/bookworm" bash -c '
		coproc sender { exec unshare --net bash -c "echo; read -r; ip addr add 192.0.2.1/24 dev v1
			ip link set v1 up; read -r; echo x >/dev/udp/192.0.2.2/7; echo"; }
		read -r <&${sender[0]}
		ip link add v0 type veth peer name v1 netns $sender_PID
		ip addr add 192.0.2.2/24 dev v0
		ip link set v0 up
		"iptables-$1-restore" <"$2/rules"
		printf "\n\n" >&${sender[1]}
		read -r <&${sender[0]}
		counted() {
			"iptables-$1" -t security -vnxL INPUT | awk "/dpt:7/ { print \$1 }" | paste -sd " "
		}
		# The packet may wait for the link, or for its neighbour.
		for ((i = 0; i < 500; i++)); do
			[[ $(counted "$1") != "0 0" ]] && break
		done
		counted "$1"
		nft list chains 2>/dev/null | grep -A1 "chain INPUT" | sed -n "s/.*priority \(.*\); .*/\1/p" |
			paste -sd " " >"$2/priorities"' in_backend "$1" "$TMP"
}
seen "iptables-legacy: the old source, the new one" "1 0" "$(in_backend legacy)"
seen "iptables-nft: the old source, the new one" "0 1" "$(in_backend nft)"
seen "priorities of nat INPUT and security INPUT there" "100 150" "$(<"$TMP/priorities")"
exit $differs
