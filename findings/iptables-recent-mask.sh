#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-recent-mask: a rule of -m recent is not found by the words with which iptables -S lists it.
#
# Versions: iptables 1.8.11-2 (Debian 13, amd64); kernel 6.18.
#
# "-m recent --set" is listed as "-m recent --set --name DEFAULT --mask 255.255.255.255 --rsource".
# iptables -C and -D with these words find no rule (exit 1), with the short ones they do.  A rule
# that was inserted with the long words is listed in the same way, and is found by the long ones alone;
# so it is with a rule that iptables-restore took from iptables-save.  Two rules of one text
# are two, and which words delete one hangs on which words made it.  For -m recent of ip6tables the
# long words find it.
. "$(dirname "$0")/debs.sh"

install_trixie
short="-m recent --set"
long="--name DEFAULT --mask 255.255.255.255 --rsource"
for backend in legacy nft; do
	in_trixie bash -c '
		ask() { "$1" -C FORWARD $2; echo "$3: $?"; }
		i=iptables-$1
		"$i" -A FORWARD $2
		"$i" -S FORWARD | grep -e "^-A"
		ask "$i" "$2" "short, by short"
		ask "$i" "$2 $3" "short, by long"
		"$i-save" >"$4/saved"
		"$i-restore" <"$4/saved"
		"$i" -S FORWARD | grep -e "^-A"
		ask "$i" "$2" "restored, by short"
		ask "$i" "$2 $3" "restored, by long"
		i=ip6tables-$1
		"$i" -A FORWARD $2
		"$i" -S FORWARD | grep -e "^-A"
		ask "$i" "$2" "IPv6, by short"
		ask "$i" "$2 --name DEFAULT --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource" \
			"IPv6, by long"' \
		in_trixie "$backend" "$short" "$long" "$TMP" >"$TMP/told" 2>/dev/null
	seen "-m recent of iptables-$backend" "-A FORWARD $short $long
short, by short: 0
short, by long: 1
-A FORWARD $short $long
restored, by short: 1
restored, by long: 0
-A FORWARD $short --name DEFAULT --mask ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff --rsource
IPv6, by short: 0
IPv6, by long: 0" "$(<"$TMP/told")"
done
exit $differs
