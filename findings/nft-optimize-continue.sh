#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-optimize-continue: nft -o merges a rule that continues with a later one that drops, and drops no more.
#
# Versions: nftables 1.1.3-1 (Debian 13, amd64); kernel 6.18.
#
# Two rules: "ip daddr 127.0.0.1 udp dport 9 continue" (it only goes on to the next rule) and
# "ip daddr 127.0.0.0/30 udp dport 9 drop".  A packet to 127.0.0.1 port 9 meets both, and is
# dropped.  nft -o -f makes one rule of them, "ip daddr . udp dport vmap { 127.0.0.1 . 9 :
# continue, 127.0.0.0/30 . 9 : drop }": a map gives one verdict for a packet, so the same packet
# goes on behind the rule.  It says "Merging:" and exits with 0.  With one condition in place
# of two, nft sees that the intervals overlap, and refuses to merge.
. "$(dirname "$0")/debs.sh"

install_trixie
for conditions in two one; do
	port=" udp dport 9"
	[[ $conditions = two ]] || port=
	cat >"$TMP/$conditions.nft" <<-END
		table ip t {
			chain c {
				type filter hook output priority filter; policy accept;
				ip daddr 127.0.0.1$port continue
				ip daddr 127.0.0.0/30$port drop
			}
		}
	END
done
in_trixie bash -c '
	ip link set lo up
	send() { { echo x >"/dev/udp/$1/9"; } 2>/dev/null && echo "$1 sent" || echo "$1 refused"; }
	for option in "" -o; do
		echo "nft $option -f"
		nft flush ruleset
		nft $option -f "$1/two.nft" >"$1/said$option" 2>&1
		echo "exits with $?"
		send 127.0.0.1; send 127.0.0.2
	done
	nft list ruleset | grep vmap | sed "s/^[[:space:]]*//"
	echo "one condition"
	nft -o -f "$1/one.nft" >"$1/one" 2>&1
	echo "exits with $?"
	grep -o "Error: .*" "$1/one" | head -n 1' in_trixie "$TMP" >"$TMP/told" 2>/dev/null

seen "what is dropped" "nft  -f
exits with 0
127.0.0.1 refused
127.0.0.2 refused
nft -o -f
exits with 0
127.0.0.1 sent
127.0.0.2 refused
ip daddr . udp dport vmap { 127.0.0.1 . 9 : continue, 127.0.0.0/30 . 9 : drop }
one condition
exits with 1
Error: conflicting intervals specified" "$(<"$TMP/told")"
seen "nft -f says" "" "$(<"$TMP/said")"
seen "nft -o -f says" 1 "$(grep -c "^Merging:" "$TMP/said-o")"
seen "... of errors or warnings" 0 "$(grep -ciE "error|warning" "$TMP/said-o")"
exit $differs
