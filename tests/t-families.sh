#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-families: no table comes into being that was not asked for.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

tables() { in_ns "$1" cat "/proc/net/ip$2_tables_names" 2>/dev/null | sort | paste -sd ' '; }
quiet=(-p udp --dport 9)

subtest "IPv4 tables only: none of IPv6 comes into being, and that is said"
ns_new v4
in_ns v4 iptables-legacy -A INPUT -i eth9 -j ACCEPT
in_ns v4 iptables-legacy -t raw -A PREROUTING -i eth9 -j ACCEPT
save_rules v4 "$SCRATCH/before"
run_nftrace v4 -t 1 "${quiet[@]}"
assert_status 3
assert_equal "IPv6 tables" "" "$(tables v4 6)"
assert_grep 'IPv6|ip6tables' "$ERR"
assert_restored v4 "$SCRATCH/before"

subtest "IPv6 tables only"
ns_new v6
in_ns v6 ip6tables-legacy -A INPUT -i eth9 -j ACCEPT
in_ns v6 ip6tables-legacy -t raw -A PREROUTING -i eth9 -j ACCEPT
save_rules v6 "$SCRATCH/before"
run_nftrace v6 -t 1 "${quiet[@]}"
assert_status 3
assert_equal "IPv4 tables" "" "$(tables v6 "")"
assert_restored v6 "$SCRATCH/before"

subtest "-6 asks for it: raw comes into being, and that is said"
ns_new asked
in_ns asked iptables-legacy -A INPUT -i eth9 -j ACCEPT
run_nftrace asked -6 -t 1 "${quiet[@]}"
assert_status 3
assert_equal "IPv6 tables" "raw" "$(tables asked 6)"
assert_equal "IPv4 tables" "filter" "$(tables asked "")"
assert_grep 'raw' "$ERR"
is_clean asked || fail "rules are left"

subtest "filter only: raw comes into being, and that is said"
ns_new filter
in_ns filter iptables-legacy -A INPUT -i eth9 -j ACCEPT
run_nftrace filter -t 1 "${quiet[@]}"
assert_status 3
assert_equal "IPv4 tables" "filter raw" "$(tables filter "")"
assert_grep 'raw' "$ERR"

subtest "--dry-run brings nothing into being"
ns_new dry
in_ns dry iptables-legacy -A INPUT -i eth9 -j ACCEPT
run_nftrace dry --dry-run "${quiet[@]}"
assert_status 0
assert_equal "IPv4 tables" "filter" "$(tables dry "")"
assert_equal "IPv6 tables" "" "$(tables dry 6)"

subtest "an expression of IPv4 leaves IPv6's tables alone"
ns_new both
load both "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
start_nftrace both -t 30 -d 10.9.9.9
assert_equal "rules" 2 "$(own_rules both)"
assert_equal "loggers" "nfnetlink_log nf_log_ipv6" "$(loggers both)"
stop_nftrace INT
assert_status 3

subtest "nftables rules only: one sentence, nothing created"
ns_new nft
if in_ns nft nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c counter'; then
	in_ns nft nft list ruleset >"$SCRATCH/before"
	run_nftrace nft -t 1 "${quiet[@]}"
	[[ $STATUS = 1 || $STATUS = 3 ]] || fail "exit status $STATUS"
	assert_grep 'nft' "$ERR"
	assert_equal "IPv4 tables" "" "$(tables nft "")"
	assert_equal "IPv6 tables" "" "$(tables nft 6)"
	in_ns nft nft list ruleset >"$SCRATCH/after"
	assert_same "the nft ruleset" "$SCRATCH/before" "$SCRATCH/after"
else
	skip "no nftables in this kernel"
fi

subtest "no rules at all: one sentence, nothing created"
ns_new empty
run_nftrace empty -t 1 "${quiet[@]}"
[[ $STATUS != 0 ]] || fail "exit status $STATUS"
[[ -s $ERR ]] || fail "not a word"
assert_equal "IPv4 tables" "" "$(tables empty "")"
assert_equal "IPv6 tables" "" "$(tables empty 6)"
