#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-xml-chains: through iptables-xml and iptables.xslt "-j X" becomes "-j callX" and "-g X" "-j gotoX".
#
# Versions: iptables 1.8.11-2, xsltproc 1.1.35-1.2+deb13u3 (Debian 13, amd64); kernel 6.18.
#
# iptables-xml makes XML of what iptables-save prints, and the style sheet that iptables brings with
# it makes rules of that again.  Targets, "!", several matches and "&" in a comment come back as they
# were.  Whatever leads to a chain of one's own does not, so iptables-restore takes no ruleset with
# such chains; but where there is a chain of the other name too, it loads, and packets go
# through that one.  Nor does a comment with a quotation mark, which loses its backslash; and a "-"
# at the beginning of a comment of one word becomes "--".
. "$(dirname "$0")/debs.sh"

install_trixie '
0853d3ae8cf51fbb9fddb9a885a6a2f5e9b37dd3bd5320344c14768e54a3c63a libx/libxslt/xsltproc_1.1.35-1.2+deb13u3_amd64.deb
c8e5a745ca3afaa079b01e0c00d80a241101d1ab840407fcd4bb423de3326160 libx/libxslt/libxslt1.1_1.1.35-1.2+deb13u3_amd64.deb
e0c6b63ce4602a036a526f60fe5e6c1586710688058d98fc1001b9b3147b7efd libx/libxml2/libxml2_2.12.7+dfsg+really2.9.14-2.1+deb13u3_amd64.deb
b38acab30f295bf1066a6632e31cbd0a1980f2924b38040cda131d5dea5384ec x/xz-utils/liblzma5_5.8.1-1+deb13u2_amd64.deb
8c27c342230503b73dfde629642c3b352e87b554e06d60cf58772f236a305ceb z/zlib/zlib1g_1.3.dfsg+really1.3.1-1+deb13u1_amd64.deb
f0eb41f8cb40896e0822e9ab65611e8383c12b721c76c54764f744abb4a8c247 libg/libgcrypt20/libgcrypt20_1.11.0-7+deb13u1_amd64.deb
22b95570fd41c113ef6f5651563b4d748292844baab1278a46eb940c1dec2322 libg/libgpg-error/libgpg-error0_1.51-4_amd64.deb
'
in_trixie bash -c '
	# back RULE: what becomes of this rule of chain a, and whether it is loaded again
	back() {
		echo
		printf "%s\n" "*filter" ":a - [0:0]" ":X - [0:0]" "${@:2}" "-A a $1" COMMIT | iptables-legacy-restore
		iptables-legacy-save -t filter >"$tmp/save"
		grep "^-A a" "$tmp/save"
		iptables-xml <"$tmp/save" >"$tmp/xml"
		xsltproc "$tmp/trixie/usr/share/iptables/iptables.xslt" "$tmp/xml" >"$tmp/back"
		sed -n "/^-A a/,\$p" "$tmp/back" | sed "/^COMMIT/,\$d"
		iptables-legacy-restore <"$tmp/back" 2>/dev/null && echo loaded || echo refused
	}
	tmp=$1
	back "-s 10.0.0.0/8 ! -i lo -p tcp -m tcp ! --dport 80 -m comment --comment \"a & b\" -j DROP"
	back "-j X"
	back "-j X" ":callX - [0:0]"
	back "-g X" ":gotoX - [0:0]"
	back "-m comment --comment \"the \\\"web\\\" host\" -j DROP"
	back "-m comment --comment \"-dmz\" -j DROP"' in_trixie "$TMP" >"$TMP/told" 2>&1

seen "what comes back" '
-A a -s 10.0.0.0/8 ! -i lo -p tcp -m tcp ! --dport 80 -m comment --comment "a & b" -j DROP
-A a -s 10.0.0.0/8 ! -i lo -p tcp -m tcp ! --dport 80 -m comment --comment "a & b" -j DROP
loaded

-A a -j X
-A a -j callX
refused

-A a -j X
-A a -j callX
loaded

-A a -g X
-A a -j gotoX
loaded

-A a -m comment --comment "the \"web\" host" -j DROP
-A a -m comment --comment "the "web" host" -j DROP
refused

-A a -m comment --comment -dmz -j DROP
-A a -m comment --comment  --dmz  -j DROP
loaded' "$(<"$TMP/told")"
exit $differs
