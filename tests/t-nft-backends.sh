#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-backends: rulesets of real machines in legacy tables and in nft: the same packets meet the same rules.
# TIMEOUT: 480
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
PACKETS=${SOAK:+300}
PACKETS=${PACKETS:-45}
. "$TESTS/rulesets.sh"
. "$TESTS/numbers.sh"

# What both cannot say in the same words is no difference:
# - raw of legacy comes into being for the trace: only tables of the file count;
# - legacy prints "-m udp" behind "-p udp" only when it was said so, and the order of a
#   rule's parts is not the same; rules are compared by their sorted words;
# - iptables-nft runs security at priority 150, behind nat, where the kernel's own table has 50:
#   what security's rules did is compared last;
# - "statistic --mode random" decides anew each time: it is left out of the rules;
# - the end of a user chain is an event without a text in both;
# - answers are left out: their ports are conntrack's choice, and nft copies no packet that
#   an ICMP error quotes;
# - a SYN that is sent again, on a slow machine, meets no nat: the first one counts.
stories() { # FILE: one line a packet: headers, rules in order, fate and its rule
	local tables= line
	while IFS= read -r line; do [[ $line != "*"* ]] || tables+=" ${line#"*"}"; done <"$1"
	# Patterns are awk's: jq compiles one anew for each value.
	jq -r '[.headers, .packet, .fate, (.by | if . then .table, .chain, .rule else "", "", "" end),
		(.events[] | select(.rule != null) | .table, .chain, .rule)] | @tsv' "$OUT" >"$SCRATCH/told"
	awk -F '\t' -v OFS='\t' -v tables="$tables " '
		# The words of a rule in order; what is in quotes is one.
		function words(rule,   rest, w, n, i, word, all) {
			if (rule in sorted) return sorted[rule]
			for (rest = rule; match(rest, /"[^"]*"|[^ ]+/); rest = substr(rest, RSTART + RLENGTH)) {
				w = substr(rest, RSTART, RLENGTH)
				if (w == "-m" || w == "udp" || w == "tcp") continue
				for (i = ++n; i > 1 && word[i - 1] > w; i--) word[i] = word[i - 1]
				word[i] = w
			}
			for (i = 1; i <= n; i++) all = all (i > 1 ? " " : "") word[i]
			return sorted[rule] = all
		}
		function ports(text,   out) {
			while (match(text, /\.(3[2-9]|[4-6][0-9])[0-9][0-9][0-9]([^0-9A-Za-z_]|$)/)) {
				out = out substr(text, 1, RSTART - 1) ".port"
				text = substr(text, RSTART + 6)
			}
			return out text
		}
		{
			syn = $1 ~ /Flags \[S\]/
			if (!syn && $1 !~ /^[^(]*: UDP/) next
			one = $1
			sub(/(win|options).*/, "", one)
			if (seen[syn ? one : $2]++) next
			said = last = ""
			for (i = 7; i <= NF; i += 3) {
				if (!index(tables, " " $i " ")) continue
				event = $i " " $(i + 1) " " words($(i + 2))
				if ($i == "security") last = last " | " event
				else said = said " | " event
			}
			said = substr(said last, 4)
			if (said == "") next
			head = ports($1)
			sub(/ seq [0-9:]+,?/, "", head)
			sub(/ ack [0-9]+,?/, "", head)
			sub(/(win|options).*/, "", head)
			print head, said, $3, $4 == "" ? "" : $4 " " $5 " " words($6)
		}' "$SCRATCH/told" >"$SCRATCH/stories"
	spawn sort "$SCRATCH/stories"
}

# by_their_numbers: rules of iptables-nft have the numbers that iptables-nft counts
by_their_numbers() {
	in_ns r "$XT-nft-save" 2>/dev/null >"$SCRATCH/save"
	number_rules <"$SCRATCH/save" >"$SCRATCH/numbered"
	printed_numbers "$SCRATCH/record" >"$SCRATCH/printed"
	are_rules "a number of another rule" "$SCRATCH/numbered" "$SCRATCH/printed"
	typed r "$XT-nft" "$SCRATCH/printed"
	json_numbers "$OUT" >"$SCRATCH/printed"
	are_rules "a number of another rule in --json" "$SCRATCH/numbered" "$SCRATCH/printed"
}

# one_run FILE BACKEND: the stories of the file's packets in $SCRATCH/BACKEND
one_run() {
	router "$1"
	load_rules "$1" "$2" || fail "$XT-$2-restore ${1##*/}"
	start_nftrace r "-$FAMILY" --all --rate 0 --json --pcap "$SCRATCH/record" -t 100
	send
	stop_nftrace INT
	[[ $2 != nft ]] || by_their_numbers
	assert_no_grep 'events?, [1-9][0-9]* lost' "$ERR"
	stories "$SCRATCH/loading" >"$SCRATCH/$2"
	ns_del a r b
}

for file in "$TESTS"/rulesets/*.save; do
	case ${file##*/} in *exotic-extensions*) continue ;; esac
	subtest "${file##*/}"
	common=$SCRATCH/common.save
	case ${file##*/} in ip6-*) common=$SCRATCH/ip6-common.save ;; esac
	rm -f "$SCRATCH"/*common.ipsets
	[[ ! -e ${file%.save}.ipsets ]] || cp "${file%.save}.ipsets" "${common%.save}.ipsets"
	sed -E 's/-m statistic --mode random --probability [0-9.]+ //' "$file" >"$common"
	one_run "$common" nft
	# What nft's iptables refused is left out of both.
	cp "$SCRATCH/loading" "$common"
	one_run "$common" legacy
	assert_same "the stories in nft, beside those in legacy tables," "$SCRATCH/legacy" "$SCRATCH/nft"
	awk -F '\t' '{ n = split($2, rule, / [|] /); for (i = 1; i <= n; i++) all += !seen[rule[i]]++ }
		END { print "# " NR " packets, " all + 0 " rules" }' "$SCRATCH/nft"
done

subtest "enough numbers of rules"
note "$NUMBERS numbers are those of iptables-nft"
((NUMBERS >= 500)) || fail "only $NUMBERS"
