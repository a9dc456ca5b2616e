# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for nftrace: the program itself knows what can follow.
# shellcheck shell=bash

# _nftrace_words: COMP_WORDS, where bash breaks words at "=", whole again, up to the one typed
_nftrace_words() {
	local word i

	before=()
	for ((i = 1; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 1)) && [[ $word = =* || ${COMP_WORDS[i - 1]} = = ]]; then
			before[-1]+=$word
		else
			before+=("$word")
		fi
	done
	current=${before[-1]}
	unset 'before[-1]'
}

# _nftrace_command: behind "--": as if the line began there
_nftrace_command() {
	local i

	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} != -- ]] || break
	done
	if declare -F _command_offset >/dev/null; then
		_command_offset $((i + 1))
	elif ((i + 1 == COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -c -- "$current")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
	fi
}

_nftrace() {
	local current value
	local -a before

	_nftrace_words
	mapfile -t COMPREPLY < <("${COMP_WORDS[0]}" "--complete=$current" "${before[@]}" 2>/dev/null | sort -u)
	value=$current
	[[ $current != --*=* ]] || value=${current#*=}
	case ${COMPREPLY[0]-} in
	@command)
		_nftrace_command
		;;
	@user)
		mapfile -t COMPREPLY < <(compgen -u -- "$value")
		;;
	@file)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$value")
		;;
	*)
		_nftrace_trim
		;;
	esac
}

# What stands before the last "=" is a word of its own to bash.
_nftrace_trim() {
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
	[[ $COMP_WORDBREAKS != *=* || $current != *=* ]] ||
		COMPREPLY=("${COMPREPLY[@]#"${current%=*}="}")
}
complete -F _nftrace nftrace
