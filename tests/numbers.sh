# SPDX-License-Identifier: GPL-2.0-or-later
# numbers.sh: are the numbers that were printed of rules those by which iptables and nft know them?
# shellcheck shell=bash
# To be sourced after lib.sh.

# number_rules: TABLE CHAIN NUMBER TEXT of what iptables-save prints, with or without counters, which is
# as iptables -S counts
number_rules() {
	awk '/^\*/ { t = substr($1, 2); delete n } { sub(/^\[[0-9:]+\] /, "") } /^-A/ { print t, $2, ++n[$2], $0 }'
}

# printed_numbers RECORDING: the same of the TRACE lines in it, each once
printed_numbers() {
	spawn "$NFTRACE" --read "$1" 2>/dev/null >"$SCRATCH/.read"
	sed -nE 's/^TRACE: (nft ip6? )?([^: ]+):([^ ]+):(rule|return|policy):([0-9]+)  "(-A .*)"$/\2 \3 \5 \6/p' "$SCRATCH/.read" >"$SCRATCH/.numbers"
	spawn sort -u "$SCRATCH/.numbers"
}

# json_numbers FILE: the same of --json, as they are when nftrace's own rules are out
JSON_NUMBERS='.events[], (.by // empty) | select(.rule // "" | startswith("-A ")) |
	select(.number) | "\(.table) \(.chain) \(.number - (.own_before // 0)) \(.rule)"'
json_numbers() {
	jq -r "$JSON_NUMBERS" "$1" >"$SCRATCH/.numbers"
	spawn sort -u "$SCRATCH/.numbers"
}

# are_rules WHAT NUMBERED FILE: each line of FILE is one of NUMBERED; how many there are is added to NUMBERS
NUMBERS=0
are_rules() {
	local wrong
	awk 'FILENAME == ARGV[1] { known[$0]; next } { n++ } !($0 in known)
		END { print n + 0 }' "$2" "$3" >"$SCRATCH/.wrong"
	mapfile -t wrong <"$SCRATCH/.wrong"
	((NUMBERS += wrong[-1]))
	unset 'wrong[-1]'
	[[ ${#wrong[@]} = 0 ]] || { fail "$1: $wrong"; printf '#   | %s\n' "${wrong[@]}"; }
}

# typed NS TOOL FILE: what was printed is what "-S CHAIN N" prints, and "-D CHAIN N" deletes that rule.
# TOOL is iptables-nft or the like; of some of FILE's lines
typed() {
	local table chain number text before some line shown like
	mapfile -tn 3 some <"$3"
	for line in "${some[@]}"; do
		read -r table chain number text <<<"$line"
		into shown in_ns "$1" "$2" -t "$table" -S "$chain" "$number"
		assert_equal "-t $table -S $chain $number" "$text" "$shown"
	done
	((${#some[@]})) || return 0
	like_it "$@"
	before=$like
	in_ns "$1" "$2" -t "$table" -D "$chain" "$number" || fail "-t $table -D $chain $number"
	like_it "$@"
	assert_equal "the rule behind -t $table -D $chain $number" $((before - 1)) $like
}
# like_it NS TOOL: how many rules of that table have that text, in like
like_it() {
	local line lines
	in_ns "$1" "$2" -t "$table" -S >"$SCRATCH/.like"
	mapfile -t lines <"$SCRATCH/.like"
	like=0
	for line in "${lines[@]}"; do [[ $line != "$text" ]] || ((++like)); done
}

# printed_handles FILE / handle_rules: FAMILY TABLE CHAIN HANDLE TEXT of its TRACE lines; of
# what nft -a -s -t list prints
printed_handles() {
	sed -nE 's/^TRACE: nft ([a-z0-9]+) ([^: ]+):([^ ]+):(rule|return|policy):handle ([0-9]+)  "(.*)"$/\1 \2 \3 \5 \6/p' "$1" | sort -u
}
handle_rules() {
	awk '/^table/ { t = $2 " " $3 } /^\tchain/ { c = $2 }
		/^\t\t.* # handle [0-9]+$/ { h = $NF; sub(/^\t\t/, ""); sub(/ # handle [0-9]+$/, ""); print t, c, h, $0 }'
}
