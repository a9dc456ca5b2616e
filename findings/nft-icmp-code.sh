#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-icmp-code: a rule that sets ICMP's code, loaded again from how nft lists it, breaks the checksum.
#
# Versions: nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18.
#
# "icmp code set 13" writes two bytes, type and code, as the kernel has to write a whole word of the
# checksum.  nft does not know that pair for a field again, and lists "@th,0,16 set @th,0,16 & 0xff0d
# | 0xd".  Of raw bytes nft does not know where their checksum is.  So the rule that is loaded from the
# list writes the same bytes and leaves the checksum as it was: the receiver counts InCsumErrors
# and drops what it accepted before.  nft says nothing; both lists are the same text.
. "$(dirname "$0")/debs.sh"

install_trixie
cat >"$TMP/rules.nft" <<'END'
table ip t {
	chain c {
		type filter hook output priority filter;
		icmp type destination-unreachable icmp code set 13
	}
}
END
in_trixie bash -c '
	ip link set lo up
	# snmp FIELD: of the counters of ICMP
	snmp() {
		awk -v field="$1" "/^Icmp:/ && !n { n = split(\$0, name); next }
			/^Icmp:/ { for (i = 1; i <= n; i++) if (name[i] == field) print \$i }" /proc/net/snmp
	}
	# Nobody listens there: the kernel answers with the code 3.
	try() {
		local got=$(snmp InMsgs) bad=$(snmp InCsumErrors) sent=$(snmp OutDestUnreachs)
		echo x >/dev/udp/127.0.0.1/9
		echo "$(($(snmp OutDestUnreachs) - sent)) sent, $(($(snmp InMsgs) - got)) came," \
			"$(($(snmp InCsumErrors) - bad)) with a wrong checksum"
	}
	nft -f "$1/rules.nft"
	echo "exits with $?"
	nft list ruleset >"$1/listed"
	grep set "$1/listed" | sed "s/^[[:space:]]*//"
	try
	nft flush ruleset
	nft -f "$1/listed"
	echo "exits with $?"
	nft list ruleset | cmp - "$1/listed" && echo "the same list"
	try' in_trixie "$TMP" >"$TMP/told" 2>"$TMP/said"

seen "the answers to a closed port" 'exits with 0
icmp type destination-unreachable @th,0,16 set @th,0,16 & 0xff0d | 0xd
1 sent, 1 came, 0 with a wrong checksum
exits with 0
the same list
1 sent, 1 came, 1 with a wrong checksum' "$(<"$TMP/told")"
seen "nft says" "" "$(<"$TMP/said")"
exit $differs
