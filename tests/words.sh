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
# are in left. Who cannot read one says which; who refuses one only then that there is one.
put() { put_some "$1" '' "${@:2}"; }
# put_some COMMAND FAILS LINE...: with FAILS, all at once are known to be refused; 1 when any was
put_some() {
	local command=$1 fails=$2 text said at half status=0
	shift 2
	while (($#)) && [[ -z $fails ]]; do
		printf -v text '%s\n' '*raw' "$@" COMMIT
		"$command-legacy-restore" -n <<<"$text" 2>"$SCRATCH/.put" && return $status
		IFS= read -rd '' said <"$SCRATCH/.put"
		status=1 fails=1
		if [[ $said =~ 'Error occurred at line: '([0-9]+) ]]; then
			at=$((BASH_REMATCH[1] - 1)) fails=
			((at >= 1 && at <= $#)) || { fails=1; break; }
			left+=("${!at}")
			set -- "${@:1:at - 1}" "${@:at + 1}"
		fi
	done
	(($#)) || return $status
	(($# > 1)) || { left+=("$1"); return 1; }
	half=$(($# / 2))
	put_some "$command" '' "${@:1:half}" || fails=
	put_some "$command" "$fails" "${@:half + 1}"
	return 1
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
export -f name_of empty_chains put put_some lines_of
