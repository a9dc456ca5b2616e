#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-replace-handle: a rule that replaces another has its handle: a handle is no name of one rule.
#
# Versions: nftables 1.0.6-2+deb12u2 (Debian 12, amd64); kernel 6.18.
#
# The rule that is added here does not get the handle of the one that was deleted
# before.  `nft replace rule ... handle 2 ...` is told by the
# kernel as the deletion of one rule and the addition of another; both have
# handle 2.  So whoever keeps texts by handle (a trace has nothing but handles)
# must look at every message of a transaction, and in its order:
#
#   delete rule ip t c handle 2
#   add rule ip t c ip saddr 192.0.2.1 accept # handle 2
. "$(dirname "$0")/debs.sh"

install_bookworm
in_root "$TMP/bookworm" bash -c '
	handles() { nft -a list chain ip t c | sed -n "s/^\t\t\(.*\) # handle \([0-9]*\)$/\2 \1/p"; }
	nft "add table ip t; add chain ip t c; add rule ip t c tcp dport 1 accept; add rule ip t c drop"
	nft delete rule ip t c handle 3
	nft add rule ip t c drop
	handles >"$1/added"
	nft -a monitor >"$1/monitor" &
	monitor=$!
	# Until the monitor hears.
	for ((i = 0; i < 500; i++)); do
		nft add rule ip t c drop
		grep -q "add rule" "$1/monitor" && break
	done
	nft replace rule ip t c handle 2 ip saddr 192.0.2.1 accept
	for ((i = 0; i < 500; i++)); do
		nft list table ip t >/dev/null
		grep -q "192.0.2.1 accept" "$1/monitor" && break
	done
	kill $monitor
	handles | head -n 1 >"$1/replaced"' in_root "$TMP"

seen "handles of rules that are added" "2 tcp dport 1 accept
4 drop" "$(<"$TMP/added")"
seen "the handle of a rule that replaces" "2 ip saddr 192.0.2.1 accept" "$(<"$TMP/replaced")"
seen "what a monitor hears" "delete rule ip t c handle 2
add rule ip t c ip saddr 192.0.2.1 accept # handle 2" \
	"$(grep -B 1 '192.0.2.1 accept' "$TMP/monitor")"
exit $differs
