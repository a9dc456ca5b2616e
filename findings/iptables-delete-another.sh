#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-delete-another: iptables -D deletes the rule of another helper or label, the first that there is.
#
# Versions: iptables 1.8.11-2 (Debian 13, amd64); kernel 6.18.
#
# Rules that differ in nothing but the name of -m helper, or the label of -m connlabel: iptables -D
# of one deletes the first of them, and exits with 0.  iptables -C finds a rule for a name that no
# rule has, also with "!" or --set where no rule has these.  So it is with
# iptables-legacy and with iptables-nft, and with ebtables-nft for all that its options --stp-* say.
# Rules of -m mark are told apart, and ebtables' of --vlan-*.
. "$(dirname "$0")/debs.sh"

install_trixie
for backend in legacy nft; do
	in_trixie bash -c '
		i=iptables-$1
		# alike MATCH FIRST SECOND THIRD: three rules, of which the last is to go
		alike() {
			"$i" -F
			"$i" -A FORWARD $1 $2 -j ACCEPT
			"$i" -A FORWARD $1 $3 -j DROP
			"$i" -A FORWARD $1 $4 -j DROP
			"$i" -D FORWARD $1 $4 -j DROP
			echo "$4 deleted: $?"
			"$i" -S FORWARD | grep -e "^-A"
		}
		there() { "$i" -C FORWARD "$@" -j DROP; echo "$* there: $?"; }
		alike "-m helper --helper" ftp sip irc
		there -m helper --helper tftp
		there -m helper ! --helper irc
		alike "-m connlabel --label" 11 22 33
		there -m connlabel --label 44
		there -m connlabel ! --label 33
		there -m connlabel --label 33 --set
		alike "-m mark --mark" 0x16 0x17 0x18' in_trixie "$backend" >"$TMP/told" 2>/dev/null
	seen "rules of iptables-$backend" 'irc deleted: 0
-A FORWARD -m helper --helper ftp -j ACCEPT
-A FORWARD -m helper --helper irc -j DROP
-m helper --helper tftp there: 0
-m helper ! --helper irc there: 0
33 deleted: 0
-A FORWARD -m connlabel --label "11" -j ACCEPT
-A FORWARD -m connlabel --label "33" -j DROP
-m connlabel --label 44 there: 0
-m connlabel ! --label 33 there: 0
-m connlabel --label 33 --set there: 0
0x18 deleted: 0
-A FORWARD -m mark --mark 0x16 -j ACCEPT
-A FORWARD -m mark --mark 0x17 -j DROP' "$(<"$TMP/told")"
done
in_trixie bash -c '
	alike() {
		ebtables-nft -F
		ebtables-nft -A FORWARD $1 "$2" -j ACCEPT
		ebtables-nft -A FORWARD $1 "$3" -j DROP
		ebtables-nft -A FORWARD $1 "$4" -j DROP
		ebtables-nft -D FORWARD $1 "$4" -j DROP
		echo "$4 deleted: $?"
		ebtables-nft-save | grep -e "^-A"
	}
	alike "-d BGA --stp-root-prio" 11 22 33
	alike "-p 802_1Q --vlan-id" 11 22 33' in_trixie >"$TMP/told" 2>/dev/null
seen "rules of ebtables-nft" '33 deleted: 0
-A FORWARD -d BGA --stp-root-prio 11 -j ACCEPT
-A FORWARD -d BGA --stp-root-prio 33 -j DROP
33 deleted: 0
-A FORWARD -p 802_1Q --vlan-id 11 -j ACCEPT
-A FORWARD -p 802_1Q --vlan-id 22 -j DROP' "$(<"$TMP/told")"
exit $differs
