#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-numbers: whoever types the number of a rule that was printed means that rule, when the run is over as well.
#
# In raw the kernel counts the run's own rules; t-rulesets, t-nft-backends and t-vmap have all others.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
for tables in iptables ip6tables; do
	in_ns lo $tables-legacy -t raw -A PREROUTING -p udp --dport 9 -j ACCEPT
	in_ns lo $tables-legacy -t raw -A PREROUTING -p udp --dport 7 -j DROP
done

# is_rule WHAT NUMBER: behind the run, of raw's PREROUTING
is_rule() {
	assert_equal "number '$2' of $1" "-A PREROUTING -p udp -m udp --dport 7 -j DROP" \
		"$(in_ns lo $TABLES-legacy -t raw -S PREROUTING "${2:-0}")"
}
# number PATTERN FILE: the number in it, each one that there is
number() { sed -nE "s/^.*$1.*\$/\\1/p" "$2" | sort -u; }

for TABLES in iptables ip6tables; do
	to=10.9.0.1
	[[ $TABLES = iptables ]] || to=fd00:9::1
	subtest "$TABLES: each form's number, when nftrace's rules are out"
	run_nftrace lo -t 20 -c 1 -p udp --dport 7 --chain PREROUTING --pcap "$SCRATCH/record" \
		--graph "$SCRATCH/graph" --report "$SCRATCH/page.html" -- "$TOOLS/talk" udp $to 7 wait 20
	assert_grep '^TRACE: raw:PREROUTING:rule:3  ' "$OUT"
	is_rule "the fate" "$(number '^=> DROP by raw:PREROUTING:rule:3  ".*" \(([0-9]+) without nftrace.s rules\)' "$OUT")"
	is_rule "the summary" "$(number 'raw:PREROUTING:rule:([0-9]+)  ' "$ERR")"
	is_rule "the graph" "$(number '"TOP"><FONT COLOR="red">([0-9]+)<.*--dport 7 ' "$SCRATCH/graph")"
	is_rule "the page" "$(number '>raw:PREROUTING:rule:([0-9]+)<' "$SCRATCH/page.html")"
	"$NFTRACE" --read "$SCRATCH/record" --json >"$SCRATCH/json"
	is_rule "--json" "$(jq '.by | .number - .own_before' "$SCRATCH/json")"
	"$NFTRACE" --read "$SCRATCH/record" -v >"$SCRATCH/verbose"
	is_rule "-v" "$(number "^    .*number without nftrace's rules ([0-9]+)" "$SCRATCH/verbose")"
done
