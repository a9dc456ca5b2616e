#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-option-kind: nft does not read back how it lists a TCP option that is matched by its first byte.
#
# Versions: nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18.
#
# A rule matches a TCP option raw, "tcp option @8,0,8 8" (option 8, timestamp, its byte 0).
# nft takes it and lists it as "tcp option timestamp kind 8": the word "kind" is in the names
# of the parts of an option, and not in the grammar.  nft list ruleset > FILE; nft -f FILE ends
# with a syntax error, and none of the rules in it come back.  The second byte, "@8,8,8",
# is listed as "tcp option timestamp length 8", and that is read.
. "$(dirname "$0")/debs.sh"

install_trixie
in_trixie bash -c '
	for byte in 0 8; do
		nft flush ruleset
		nft add table ip t
		nft add chain ip t c
		nft add rule ip t c tcp option "@8,$byte,8" 8
		nft list ruleset >"$1/list"
		sed -n "s/^\t\t//p" "$1/list"
		nft flush ruleset
		nft -f "$1/list" 2>&1 | sed -n "s/^[^ ]* //p" | head -n 1
		nft list ruleset | grep -c "tcp option"
	done' in_trixie "$TMP" >"$TMP/told" 2>"$TMP/errors"

seen "listed, what reading it back says, and the rules that are there then" \
"tcp option timestamp kind 8
Error: syntax error, unexpected newline
0
tcp option timestamp length 8
1" "$(<"$TMP/told")"
seen "other errors" "" "$(<"$TMP/errors")"
exit $differs
