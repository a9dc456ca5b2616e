#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-rulesets: packets through rulesets of real machines: every event and every fate is a rule whose
# own counter rose, once for each packet; and its number is the one by which iptables knows it.
#
# Everything that moves in the router is traced, so the kernel's counters must say the same.
# TIMEOUT: 360
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

PACKETS=${SOAK:+600}
PACKETS=${PACKETS:-90}

. "$TESTS/rulesets.sh"
. "$TESTS/numbers.sh"

# counters: TABLE CHAIN NUMBER PACKETS of every rule and policy, from iptables-save
counters() {
	in_ns r $(xt legacy-save) -c | awk '
		/^\*/ { table = substr($1, 2); delete rules; next }
		/^:/ { split($3, c, /[\[:]/); policy[substr($1, 2)] = c[2]; kind[substr($1, 2)] = $2; next }
		/^\[/ { split($1, c, /[\[:]/); rules[$3]++; print table, $3, rules[$3], c[2]; next }
		/^COMMIT/ { for (p in policy) if (kind[p] != "-") print table, p, rules[p] + 1, policy[p]
			delete policy; delete kind }' | sort
}

# risen BEFORE AFTER: TABLE CHAIN NUMBER PACKETS of those that rose
risen() {
	join -j 1 -t $'\t' <(sed 's/ \([0-9]*\)$/\t\1/' "$1" | sort) <(sed 's/ \([0-9]*\)$/\t\1/' "$2" | sort) |
		awk -F '\t' '$3 > $2 { print $1, $3 - $2 }' | sort
}

# Two own rules: at the top of PREROUTING and OUTPUT. Ends of user chains have no counter.
number='(if .table == "raw" and (.chain == "PREROUTING" or .chain == "OUTPUT") then .number - 1 else .number end)'
# all_told: of each packet, as "WHAT<tab>VALUE"; told WHAT: the values
all_told() {
	jq -r 'def place: "\(.table) \(.chain) \('"$number"')";
		(.events[] | select(.rule != null) | "event\t\(place)"),
		(select(.fate == "DROP" or .fate == "REJECT") | .by | "fate\t\(place)"),
		(select(.fate == "INCOMPLETE") | "incomplete\t\(.packet)"),
		(select(.accepted_by) | .accepted_by | "accepted\t\(place)"),
		({ "DELIVERED": "INPUT", "FORWARDED": "FORWARD", "SENT": "OUTPUT" }[.fate] as $hook |
			select($hook and any(.events[]; .table == "filter" and .chain == $hook)) |
			select(.accepted_by.table == "filter" and
				(.accepted_by.rule | test(" -j ACCEPT$|^-P [A-Z]+ ACCEPT$")) | not) | "unaccepted\t\(.packet)"),
		(.via, .marked_via | select(.) | .rule |
			select(test("^-A [^ ]+( -m comment --comment (\"([^\"\\\\]|\\\\.)*\"|[^ ]+))?( -[jg] [^ ]+)?$")) |
			"unasked\t\(.)")' "$OUT"
}
told() { sed -n "s/^$1\t//p" "$SCRATCH/told"; }
tally() { sort | uniq -c | awk '{ print $2, $3, $4, $1 }' | sort; }

# user_chain VERDICTS: of the risen rules in user chains, how many have such a target
user_chain() {
	in_ns r $(xt legacy-save) | awk -v verdicts="$1" '
		/^\*/ { table = substr($1, 2); delete n; next }
		/^-A/ { n[$2]++; if (match($0, " -j (" verdicts ")( |$)") &&
			$2 !~ /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/) print table, $2, n[$2] }' | sort >"$SCRATCH/verdicts"
	cut -d ' ' -f 1-3 "$SCRATCH/risen" | sort | comm -12 - "$SCRATCH/verdicts" | wc -l
}

accepted=0 dropped=0
for file in "$TESTS"/rulesets/*.save; do
	case ${file##*/} in *exotic-extensions*) continue ;; esac
	subtest "${file##*/}"
	router "$file"
	if ! load_rules "$file"; then
		# -m owner takes no uid that the namespace of a user does not have.
		if grep -q uid-owner "$file" && (($(awk '{ print $3 }' /proc/self/uid_map) == 1)); then
			skip "it speaks of users that are not here"
		else
			fail "$(xt legacy-restore) ${file##*/}"
		fi
		ns_del a r b
		continue
	fi
	start_nftrace r "-$FAMILY" --all --rate 0 --json --pcap "$SCRATCH/record" -t 100
	in_ns r $(xt legacy-save) | number_rules >"$SCRATCH/numbered"
	counters >"$SCRATCH/before"
	send
	stop_nftrace INT
	counters >"$SCRATCH/after"
	assert_no_grep 'events?, [1-9][0-9]* lost' "$ERR"
	assert_schema Packet "$OUT"
	risen "$SCRATCH/before" "$SCRATCH/after" >"$SCRATCH/risen"
	all_told >"$SCRATCH/told" || fail "jq"
	told event | tally >"$SCRATCH/events"
	assert_same "what was traced, beside what was counted," "$SCRATCH/risen" "$SCRATCH/events"
	told fate | tally >"$SCRATCH/fates"
	join -j 1 -t $'\t' <(sed 's/ \([0-9]*\)$/\t\1/' "$SCRATCH/fates") \
		<(sed 's/ \([0-9]*\)$/\t\1/' "$SCRATCH/risen") | awk -F '\t' '$2 != $3' >"$SCRATCH/wrong"
	assert_equal "fates whose rule did not count them" "" "$(cat "$SCRATCH/wrong")"
	assert_equal "packets that miss events" 0 "$(told incomplete | wc -l)"
	# Who let it pass has counted it, and says so; who led there asks for something.
	told accepted | tally >"$SCRATCH/accepted"
	join -j 1 -t $'\t' <(sed 's/ \([0-9]*\)$/\t\1/' "$SCRATCH/accepted") \
		<(sed 's/ \([0-9]*\)$/\t\1/' "$SCRATCH/risen") | awk -F '\t' '$2 > $3' >"$SCRATCH/wrong"
	assert_equal "who let more pass than they counted" "" "$(cat "$SCRATCH/wrong")"
	assert_equal "packets that nobody let pass" "" "$(told unaccepted)"
	assert_equal "rules that led there and ask for nothing" "" "$(told unasked)"
	printed_numbers "$SCRATCH/record" >"$SCRATCH/printed"
	are_rules "a number that was another rule's during the trace" "$SCRATCH/numbered" "$SCRATCH/printed"
	in_ns r $(xt legacy-save) | number_rules >"$SCRATCH/numbered"
	json_numbers "$OUT" >"$SCRATCH/printed"
	are_rules "a number that is another rule's behind it" "$SCRATCH/numbered" "$SCRATCH/printed"
	a=$(user_chain 'ACCEPT') d=$(user_chain 'DROP|REJECT')
	note "$(wc -l <"$OUT") packets, $(wc -l <"$SCRATCH/risen") rules hit; in user chains $a that accept, $d that drop or reject"
	((accepted += a, dropped += d))
	ns_del a r b
done

subtest "enough of both kinds"
note "rules hit in user chains: $accepted accept, $dropped drop or reject"
note "$NUMBERS numbers are those of iptables"
((NUMBERS >= 500)) || fail "only $NUMBERS numbers of rules"
((accepted >= 12 && dropped >= 8)) || fail "only $accepted accepting and $dropped dropping rules in user chains"
