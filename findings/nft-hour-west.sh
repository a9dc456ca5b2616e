#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-hour-west: nft loads "13:00"-"17:00" in one time zone, and refuses the same file in another.
#
# Versions: nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18.
#
# A rule of the afternoon, "meta hour "13:00"-"17:00"", loads in Berlin and in New York.  Eight hours
# west of UTC nft says "Range negative size" and exits with 1: it turns hours into UTC, where
# that is 21:00-01:00, and does not take what goes past midnight there; nor in a set.  Of the night,
# "22:00"-"02:00", it is Berlin's that is refused, as 21:00-01:00 again.  So which ruleset can be
# loaded hangs on the TZ of whoever loads it.  Two ranges, to the second before UTC's midnight and
# from there, are taken.
. "$(dirname "$0")/debs.sh"

install_trixie
in_trixie bash -c '
	load() {
		printf "table ip t {\n chain c {\n meta hour %s\n }\n}\n" "$2" >"$tmp/nft"
		nft flush ruleset
		TZ=$1 nft -f "$tmp/nft" >"$tmp/said" 2>&1 && echo "$1: $2" ||
			echo "$1: $2: exits with $?, $(grep -o "Error: .*" "$tmp/said")"
	}
	tmp=$1
	for zone in CET-1 EST+5 PST+8; do
		load $zone "\"13:00\"-\"17:00\""
		load $zone "{ \"09:00\"-\"12:00\", \"13:00\"-\"17:00\" }"
		load $zone "\"22:00\"-\"02:00\""
	done
	load PST+8 "\"13:00\"-\"15:59:59\""
	load PST+8 "\"16:00\"-\"17:00\""' in_trixie "$TMP" >"$TMP/told" 2>/dev/null

seen "what is loaded" 'CET-1: "13:00"-"17:00"
CET-1: { "09:00"-"12:00", "13:00"-"17:00" }
CET-1: "22:00"-"02:00": exits with 1, Error: Range negative size
EST+5: "13:00"-"17:00"
EST+5: { "09:00"-"12:00", "13:00"-"17:00" }
EST+5: "22:00"-"02:00"
PST+8: "13:00"-"17:00": exits with 1, Error: Range negative size
PST+8: { "09:00"-"12:00", "13:00"-"17:00" }: exits with 1, Error: Range negative size
PST+8: "22:00"-"02:00"
PST+8: "13:00"-"15:59:59"
PST+8: "16:00"-"17:00"' "$(<"$TMP/told")"
exit $differs
