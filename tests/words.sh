# SPDX-License-Identifier: GPL-2.0-or-later
# words.sh: expressions of expressions.txt in chains of raw, many at once; for t-words and t-nft-words.
# shellcheck shell=bash
# To be sourced with families and words: of each expression; what they are called is their index.

# name_of N: in chain, the name of that line's chain; a $() would be a process each
name_of() { printf -v chain 'L%04d' "$1"; }

# records: all of them, as unit/words_tool.c reads them
records() {
	local i chain argv
	for i in "${!words[@]}"; do
		eval "argv=(${words[i]})"
		name_of "$i"
		printf '%s\0' "$chain" "${families[i]}" "${#argv[@]}" "${argv[@]}"
	done
}

# empty_chains COMMAND: one of raw for each
empty_chains() {
	local i chain
	{
		echo '*raw'
		for i in "${!words[@]}"; do name_of "$i"; echo ":$chain - [0:0]"; done
		echo COMMIT
	} | "$1-legacy-restore"
}

# put COMMAND LINE...: into raw, as many at once as the kernel and the extensions take; the others
# are in left
put() {
	local command=$1 half=$((($# - 1) / 2)) text
	shift
	(($#)) || return 0
	printf -v text '%s\n' '*raw' "$@" COMMIT
	"$command-legacy-restore" -n <<<"$text" 2>/dev/null && return
	(($# > 1)) || { left+=("$1"); return; }
	put "$command" "${@:1:half}"
	put "$command" "${@:half + 1}"
}

# lines_of FAMILY INDEX...: in lines, the rule of each of these, as iptables-restore reads it
lines_of() {
	local i word chain argv
	lines=()
	for i in "${@:2}"; do
		[[ ${families[i]} = "$1" ]] || continue
		eval "argv=(${words[i]})"
		name_of "$i"
		lines+=("-A $chain")
		for word in "${argv[@]}"; do
			word=${word//\\/\\\\}
			lines[-1]+=" \"${word//\"/\\\"}\""
		done
	done
}
export -f name_of empty_chains put lines_of
