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

# judged BEFORE AFTER TOLD: of iptables-save -c before and after, and of what was told: into files of
# $SCRATCH the rules whose counters rose, and how often each was told; whose counter says something
# else; the rules that number_rules makes of BEFORE and AFTER, and the numbers that were told; in TOTALS
# packets that miss events, rules that rose, and how many of them are in user chains and accept, or drop.
judged() {
	read -ra TOTALS < <(awk -v FS='[ \t]' -v to="$SCRATCH/" '
		function is_told(what, place) { return (what, place) in told ? told[what, place] : 0 }
		# TABLE CHAIN NUMBER; a policy has the number behind the last.
		function note(place) {
			if (!(place in known)) order[++places] = place
			known[place]
		}
		function counts(place, packets) { count[file, place] = packets; note(place) }
		function ends(  chain) {
			for (chain in policy) counts(table " " chain " " rules[chain] + 1, policy[chain])
			delete policy; delete rules
		}
		BEGIN {
			split("risen events fates accepted unaccepted unasked numbers numbered1 numbered2", list, " ")
			for (i in list) printf "" >(to list[i])
		}
		FNR == 1 { file++ }
		file == 3 { what = $1; sub(/^[^\t]*\t/, ""); told[what, $0]++
			if (what == "event") note($0)
			if (what == "incomplete") incomplete++
			if (what == "unaccepted" || what == "unasked" || what == "numbers" && told[what, $0] == 1) print >(to what)
			next }
		/^\*/ { table = substr($1, 2) }
		/^:/ && $2 != "-" { split($3, c, /[\[:]/); policy[substr($1, 2)] = c[2] }
		/^\[/ {
			split($1, c, /[\[:]/)
			place = table " " $3 " " ++rules[$3]
			counts(place, c[2])
			print place, substr($0, index($0, " ") + 1) >(to "numbered" file)
			if ($3 ~ /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/) next
			if (/ -j ACCEPT( |$)/) accepts[place]
			if (/ -j (DROP|REJECT)( |$)/) drops[place]
		}
		/^COMMIT/ { ends() }
		END {
			for (i = 1; i <= places; i++) {
				place = order[i]
				if (n = is_told("event", place)) print place, n >(to "events")
				rise = (1, place) in count && (2, place) in count ? count[2, place] - count[1, place] : 0
				if (rise <= 0) continue
				risen++
				print place, rise >(to "risen")
				if ((n = is_told("fate", place)) && n != rise) print place, n, rise >(to "fates")
				if ((n = is_told("accepted", place)) > rise) print place, n, rise >(to "accepted")
				accept += place in accepts
				drop += place in drops
			}
			print incomplete + 0, risen + 0, accept + 0, drop + 0
		}' "$@")
}

# Two own rules: at the top of PREROUTING and OUTPUT. Ends of user chains have no counter.
number='(if .table == "raw" and (.chain == "PREROUTING" or .chain == "OUTPUT") then .number - 1 else .number end)'
# all_told: of each packet, as "WHAT<tab>VALUE"
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
			"unasked\t\(.)"),
		('"$JSON_NUMBERS"' | "numbers\t\(.)")' "$OUT"
}
# none WHAT FILE: it is empty
none() { [[ ! -s $2 ]] || fail "$1: $(<"$2")"; }

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
			fail "$XT-legacy-restore ${file##*/}"
		fi
		ns_del a r b
		continue
	fi
	start_nftrace r "-$FAMILY" --all --rate 0 --json --pcap "$SCRATCH/record" -t 100
	in_ns r "$XT-legacy-save" -c >"$SCRATCH/before"
	send
	stop_nftrace INT
	in_ns r "$XT-legacy-save" -c >"$SCRATCH/after"
	assert_no_grep 'events?, [1-9][0-9]* lost' "$ERR"
	# What was read of a packet behind its story, on a busy machine, is no other packet.
	grep ',"late":' "$OUT" >>"$SCRATCH/late" && sed -i '/,"late":/d' "$OUT"
	spawn cat "$OUT" >>"$SCRATCH/all"
	all_told >"$SCRATCH/told" || fail "jq"
	judged "$SCRATCH/before" "$SCRATCH/after" "$SCRATCH/told"
	assert_same "what was traced, beside what was counted," "$SCRATCH/risen" "$SCRATCH/events"
	none "fates whose rule did not count them" "$SCRATCH/fates"
	assert_equal "packets that miss events" 0 "${TOTALS[0]}"
	# Who let it pass has counted it, and says so; who led there asks for something.
	none "who let more pass than they counted" "$SCRATCH/accepted"
	none "packets that nobody let pass" "$SCRATCH/unaccepted"
	none "rules that led there and ask for nothing" "$SCRATCH/unasked"
	printed_numbers "$SCRATCH/record" >"$SCRATCH/printed"
	are_rules "a number that was another rule's during the trace" "$SCRATCH/numbered1" "$SCRATCH/printed"
	are_rules "a number that is another rule's behind it" "$SCRATCH/numbered2" "$SCRATCH/numbers"
	mapfile -t packets <"$OUT"
	note "${#packets[@]} packets, ${TOTALS[1]} rules hit; in user chains ${TOTALS[2]} that accept, ${TOTALS[3]} that drop or reject"
	((accepted += TOTALS[2], dropped += TOTALS[3]))
	ns_del a r b
done

subtest "all that was told is of the manual's schema"
assert_schema Packet "$SCRATCH/all"
[[ ! -s $SCRATCH/late ]] || assert_schema Late "$SCRATCH/late"

subtest "enough of both kinds"
note "rules hit in user chains: $accepted accept, $dropped drop or reject"
note "$NUMBERS numbers are those of iptables"
((NUMBERS >= 500)) || fail "only $NUMBERS numbers of rules"
((accepted >= 12 && dropped >= 8)) || fail "only $accepted accepting and $dropped dropping rules in user chains"
