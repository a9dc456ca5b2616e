#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# iptables-policy-counters: iptables-legacy 1.8.9 sets every policy's counters to 0 with any change of the table.
#
# Versions: iptables 1.8.9-2 (Debian 12, amd64) and 1.8.11-2 (Debian 13); kernel 6.18.
#
# A table with policies that have counted 10, 20 and 30 packets and a rule that has counted 40.  With
# 1.8.9 whatever changes the table at all, be it -N or -E of an empty chain, or -Z of another chain, leaves
# the rules' counters and sets those of all three policies to 0; what only asks leaves them.  With 1.8.11
# they all go on, but for that of the chain whose policy is set.  So by 1.8.9 a policy that counts less
# than before tells that somebody changed the table, and by 1.8.11 nothing does: who adds a rule and
# deletes it leaves the counters as they were.
. "$(dirname "$0")/debs.sh"

install_bookworm
install_trixie
changes() {
	local words
	for words in "-I FORWARD -j ACCEPT" "-N two" "-P INPUT DROP" "-D OUTPUT 1" "-Z one" "-E one two" \
		"-C OUTPUT -p udp"; do
		printf '%s\n' '*filter' ':INPUT ACCEPT [10:1000]' ':FORWARD ACCEPT [20:2000]' \
			':OUTPUT ACCEPT [30:3000]' ':one -' '[40:4000] -A OUTPUT -p udp' COMMIT |
			"$1-legacy-restore" -c
		# shellcheck disable=SC2086
		"$1-legacy" $words
		echo "$words:$("$1-legacy-save" -c -t filter |
			sed -nE 's/^:[A-Z]+ [A-Z]+ \[([0-9]+):.*/ \1/p; s/^\[([0-9]+):.*-p udp.*/, \1/p' | tr -d '\n')"
	done
}
export -f changes
for ip in iptables ip6tables; do
	in_root "$TMP/bookworm" bash -c 'changes "$1"' in_root $ip >"$TMP/told"
	seen "policies' counters by $ip 1.8.9" '-I FORWARD -j ACCEPT: 0 0 0, 40
-N two: 0 0 0, 40
-P INPUT DROP: 0 0 0, 40
-D OUTPUT 1: 0 0 0
-Z one: 0 0 0, 40
-E one two: 0 0 0, 40
-C OUTPUT -p udp: 10 20 30, 40' "$(<"$TMP/told")"
	in_trixie bash -c 'changes "$1"' in_trixie $ip >"$TMP/told"
	seen "policies' counters by $ip 1.8.11" '-I FORWARD -j ACCEPT: 10 20 30, 40
-N two: 10 20 30, 40
-P INPUT DROP: 0 20 30, 40
-D OUTPUT 1: 10 20 30
-Z one: 10 20 30, 40
-E one two: 10 20 30, 40
-C OUTPUT -p udp: 10 20 30, 40' "$(<"$TMP/told")"
done
exit $differs
