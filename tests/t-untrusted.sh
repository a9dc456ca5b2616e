#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-untrusted: what strangers write into packets, rules and names drives no terminal and breaks no line.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

# Escapes, a line break, C1 controls in UTF-8 and as bytes, no UTF-8 at all, writing from
# right to left, quotes. Names have no blanks.
evil=$'\e]0;pwned\a\e[2J\xc2\x9b31m\x9b1m\xff\xe2\x80\xae"\\'
name=$'e\e[1m\xe2\x80\xae'
chain=$'c\e[31m"\\\xff'
comment=$'say\n\rTRACE: filter:INPUT:rule:9\t'$evil

ns_new a
ns_new b
veth a eth0 b "$name"
addresses a eth0 10.3.0.1/24
addresses b "$name" 10.3.0.2/24
settle a eth0
in_ns b iptables-legacy -N "$chain" || { fail "no such chain name"; exit 1; }
in_ns b iptables-legacy -A INPUT -j "$chain"
in_ns b iptables-legacy -A "$chain" -p udp -m comment --comment "$comment" -j DROP
in_ns b iptables-legacy -t raw -A PREROUTING -p icmp -m comment --comment "$comment" -j TRACE

# A DNS question whose name is the text, split into labels as DNS has it.
label() { printf '\\x%02x' "$(printf %s "$1" | wc -c)"; printf %s "$1" | od -An -v -tx1 | sed 's/ /\\x/g' | tr -d '\n'; }
question() {
	printf '\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00'
	# shellcheck disable=SC2059 # escapes made above
	printf "$(label "$evil")$(label $'line\nbreak')$(label $'\t\r\b\x7f')\\x00\\x00\\x01\\x00\\x01"
}
question >"$SCRATCH/question"
# shellcheck disable=SC2016 # the inner shell's words
ask() { in_ns a bash -c 'cat "$1" >/dev/udp/10.3.0.2/53' bash "$SCRATCH/question"; }

# traced ARGS...: a run that sees one such packet
traced() {
	start_nftrace b -t 20 -c 1 "$@" -p udp --dport 53
	ask
	end_nftrace 10
	assert_status 0
	assert_harmless "$OUT"
	assert_harmless "$ERR"
}

subtest "blocks"
traced
grep -Evq '^(#[0-9]+ |TRACE: |=> |  |$)' "$OUT" && fail "a line of another form: $(grep -Evm1 '^(#[0-9]+ |TRACE: |=> |  |$)' "$OUT")"
assert_text 'IN=e\x1b[1m\xe2\x80\xae ' "$OUT"
assert_text 'TRACE: filter:c\x1b[31m"\\xff:rule:1  "' "$OUT"
assert_text '\x0a\x0dTRACE: filter:INPUT:rule:9\x09\x1b]0;pwned\x07' "$OUT"
assert_grep 'DNS 4660\+? .*A\?' "$OUT"
assert_equal "fates" 1 "$(grep -c '^=> DROP' "$OUT")"
assert_text 'TRACE rule that is not ours' "$ERR"

subtest "verbose"
traced -v
subtest "one line a packet"
traced -q
assert_equal "lines" 1 "$(wc -l <"$OUT")"
subtest "flat"
traced --flat
grep -vq '^TRACE: ' "$OUT" && grep -Evq '^([0-9:.]+ |TRACE: )' "$OUT" && fail "a line of another form"

subtest "JSON"
traced --json
assert_equal "lines" 1 "$(wc -l <"$OUT")"
jq -e . "$OUT" >/dev/null || fail "not JSON"
assert_equal "the fate" DROP "$(jq -r .fate "$OUT")"
jq -r '.by.rule' "$OUT" >"$SCRATCH/rule"
# What was UTF-8 comes back as it was; bytes that were not, as characters of that number.
grep -qF $'\e]0;pwned\a\e[2J\xc2\x9b31m\xc2\x9b1m\xc3\xbf\xe2\x80\xae' "$SCRATCH/rule" ||
	fail "the comment is not in it: $(cat -v "$SCRATCH/rule")"
assert_equal "the interface" "$name" "$(jq -r .in "$OUT")"

subtest "flat JSON"
traced --json --flat
jq -e . "$OUT" >/dev/null || fail "not JSON"

subtest "what the checks and the summary say"
run_nftrace b --doctor
assert_harmless "$ERR"
run_nftrace b -t 1 -p udp -m comment --comment "$evil" --dport 9
assert_harmless "$ERR"
run_nftrace b -t 1 -p "$evil"
assert_status 2
assert_harmless "$ERR"
run_nftrace b -t 1 --only "$evil" -p udp
assert_harmless "$ERR"

# ---- rules of nft: names, comments and prefixes hold any byte, line breaks among them

ns_new n
in_ns n ip link set lo up
# forge_rules TABLE CHAIN COMMENT: with escapes, and GOOD: that table's handle; a run sees the three rules and one of another table
forge_rules() {
	local good
	in_ns n nft 'flush ruleset'
	in_ns n nft 'table ip good { chain g { type filter hook output priority 1; udp dport 9 counter; }; }'
	good=$(in_ns n nft -a list table ip good | sed -n 's/^table ip good { # handle //p')
	python3 - "$1" "$2" "${3//GOOD/$good}" >"$SCRATCH/rules.json" <<-'END'
		import json, sys
		table, chain, comment = (a.encode().decode("unicode_escape") for a in sys.argv[1:4])
		add = [{"table": {"family": "ip", "name": table}},
			{"chain": {"family": "ip", "table": table, "name": chain, "type": "filter",
				"hook": "output", "prio": 0, "policy": "accept"}}]
		udp = {"match": {"op": "==", "right": 9,
			"left": {"payload": {"protocol": "udp", "field": "dport"}}}}
		add += [{"rule": {"family": "ip", "table": table, "chain": chain, "comment": c,
			"expr": [udp, {"counter": None}]}} for c in ("first", comment, "last")]
		print(json.dumps({"nftables": [{"add": a} for a in add]}))
	END
	in_ns n nft -j -f "$SCRATCH/rules.json" || fail "no such rules"
	start_nftrace n -4 -t 20 -c 1 -v --pcap "$SCRATCH/n.pcapng" --graph "$SCRATCH/n.dot" \
		--report "$SCRATCH/n.html" -p udp --dport 9
	in_ns n bash -c 'echo >/dev/udp/127.0.0.1/9'
	ANY_TRACES=1 end_nftrace 10
	tr -d '\t' <"$SCRATCH/n.dot" >"$SCRATCH/dot"
	assert_harmless "$OUT" "$ERR" "$SCRATCH/n.html" "$SCRATCH/dot"
}

subtest "rules of nft: each has its text"
forge_rules 't\x1b[1m"\\\n{' 'c\n\x1b[31m<b> { # handle 1' 'say\n\rTRACE: x\x1b[2J"\n\t}\n'
assert_status 0
assert_text 'rule:handle 2  "udp dport 9 counter comment "first""' "$OUT"
assert_text 'rule:handle 3  "udp dport 9 counter comment "say\x0a\x0dTRACE: x\x1b[2J"\x0a\x09}\x0a""' "$OUT"
assert_text 'rule:handle 4  "udp dport 9 counter comment "last""' "$OUT"
assert_text 'good:g:rule:handle 2  "udp dport 9 counter"' "$OUT"
for form in -q --json --fold --markdown --masked; do
	run_nftrace n --read "$SCRATCH/n.pcapng" "$form"
	assert_harmless "$OUT"
done

subtest "what looks like other rules is none: no text is another's, and it is said"
# Behind the end of its rule: the next rule; the chain's type, which takes the true end; another
# chain; another table.
for rest in '\t\taccept # handle 4\n' '\t\ttype filter hook output priority 0; policy drop;' \
	'\t}\n\tchain c { # handle 1\n\t\taccept # handle 2\n' \
	'\t}\n}\ntable ip good { # handle GOOD\n\tchain g { # handle 1\n\t\taccept # handle 2\n'; do
	forge_rules t c "x # handle 3\\n$rest"
	assert_no_grep '(rule:handle [0-9]+  "accept|policy drop)' "$OUT"
	assert_text "the texts of nft's rules cannot be had: a name, comment or prefix in them looks like rules" "$ERR"
done

subtest "the command line of who waits for the lock"
start_nftrace b -t 20 -p udp --dport 9
background b waiter bash -c "exec -a \"\$1\" flock $XTABLES_LOCKFILE true" bash "$evil"
assert_within 5 "it is named" has_line 'waits for the xtables lock' "$ERR"
stop_nftrace INT
assert_harmless "$ERR"
