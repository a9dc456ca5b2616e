#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-json-timeout: in nft's JSON a timeout below a second is 0: read back, the set keeps its elements for ever.
#
# Versions: nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18.
#
# The kernel keeps times of sets and of conntrack in milliseconds, and nft takes and lists them so as
# text ("timeout 500ms", "timeout 1s500ms").  Its JSON has whole seconds, cut off.  So a ruleset
# that is saved by nft -j list ruleset and loaded by nft -j -f is another one: a set with a timeout of
# 500ms has none; a rule that adds an element for 700ms adds it for the time of the set, here an
# hour; and "ct expiration > 500ms" is "> 0s".  Both commands exit with 0 and say nothing.
. "$(dirname "$0")/debs.sh"

install_trixie
cat >"$TMP/rules.nft" <<'END'
table ip t {
	set short { type ipv4_addr; timeout 500ms; }
	set long { type ipv4_addr; flags dynamic,timeout; timeout 1h; }
	chain c {
		ct expiration > 500ms counter name "n"
		update @long { ip daddr timeout 700ms }
		update @long { ip saddr timeout 1500ms }
	}
	counter n { }
}
END
in_trixie bash -c '
	listed() {
		nft list ruleset >"$1/$2" || echo "list: $?"
		grep -E "timeout|expiration|update" "$1/$2" | sed "s/^[[:space:]]*//"
	}
	nft -f "$1/rules.nft"
	echo "exits with $?"
	listed "$1" text
	nft -j list ruleset >"$1/json"
	echo "exits with $?"
	# As text they come back.
	nft flush ruleset
	nft -f "$1/text"
	nft list ruleset | cmp - "$1/text" && echo "the same from text"
	nft flush ruleset
	nft -j -f "$1/json"
	echo "exits with $?"
	listed "$1" again
	nft add element ip t short "{ 192.0.2.1 }"
	nft list set ip t short | grep elements | sed "s/^[[:space:]]*//; s/expires [^ ]* /expires /"' \
	in_trixie "$TMP" >"$TMP/told" 2>"$TMP/said"

seen "the timeouts" 'exits with 0
timeout 500ms
flags dynamic,timeout
timeout 1h
ct expiration > 500ms counter name "n"
update @long { ip daddr timeout 700ms }
update @long { ip saddr timeout 1s500ms }
exits with 0
the same from text
exits with 0
flags timeout
flags dynamic,timeout
timeout 1h
ct expiration > 0s counter name "n"
update @long { ip daddr }
update @long { ip saddr timeout 1s }
elements = { 192.0.2.1 }' "$(<"$TMP/told")"
seen "nft says" "" "$(<"$TMP/said")"
exit $differs
