# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for nftrace: the program itself knows what can follow.
# shellcheck shell=bash

# Names of the host, where they are read without changing anything.
_nftrace_tables() {
	cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null
	timeout 2 nft list tables 2>/dev/null | sed -n 's/^table [a-z0-9]* //p'
}

_nftrace_chains() {
	timeout 2 nft list chains 2>/dev/null | sed -n 's/^[[:space:]]*chain \(.*\) {$/\1/p'
	timeout 2 iptables-legacy-save 2>/dev/null | sed -n 's/^:\([^ ]*\) .*/\1/p'
	timeout 2 ip6tables-legacy-save 2>/dev/null | sed -n 's/^:\([^ ]*\) .*/\1/p'
}

_nftrace_fates="drop reject delivered forwarded sent queue stolen lost unknown incomplete"

# _nftrace_only WORDS: what the last of words separated by commas can be
_nftrace_only() {
	local before='' word=$1 names

	[[ $word != *,* ]] || before=${word%,*},
	word=${word##*,}
	[[ $word != !* ]] || before=$before!
	word=${word#!}
	case $word in
	table=*) names=$(_nftrace_tables) ;;
	chain=*) names=$(_nftrace_chains) ;;
	in=* | out=*) names=$(cd /sys/class/net 2>/dev/null && ls) ;;
	state=*) names="INVALID NEW ESTABLISHED RELATED UNTRACKED" ;;
	*)
		names="$_nftrace_fates nat changed table= chain= in= out= state="
		word=
		;;
	esac
	[[ $word != *=* ]] || before=$before${word%%=*}=
	for word in $names; do
		echo "$before$word"
	done
}

# _nftrace_fate_list WORDS: the same of fates alone
_nftrace_fate_list() {
	local before='' word

	[[ $1 != *,* ]] || before=${1%,*},
	for word in $_nftrace_fates; do
		echo "$before$word"
	done
}

_nftrace_values() { # OPTION TYPED: what its value can be
	case $1 in
	only) _nftrace_only "$2" ;;
	expect) _nftrace_fate_list "$2" ;;
	in-interface | out-interface)
		(cd /sys/class/net 2>/dev/null && ls)
		;;
	protocol) echo "tcp udp icmp icmpv6 sctp esp ah all" ;;
	chain) echo "PREROUTING OUTPUT" ;;
	color) echo "auto always never" ;;
	backend) echo "auto legacy nft" ;;
	netns) (cd /run/netns 2>/dev/null && ls) ;;
	ctstate | state) echo "INVALID NEW ESTABLISHED RELATED UNTRACKED" ;;
	icmp-type) echo "echo-request echo-reply destination-unreachable time-exceeded" ;;
	tcp-flags) echo "SYN,ACK,FIN,RST ALL NONE" ;;
	esac
}

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

_nftrace() {
	local current line words
	local -a before

	COMPREPLY=()
	_nftrace_words
	mapfile -t words < <("${COMP_WORDS[0]}" --complete "${before[@]}" 2>/dev/null | sort -u)
	case ${words[0]-} in
	@command)
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
		;;
	@user | @uid-owner)
		mapfile -t COMPREPLY < <(compgen -u -- "$current")
		;;
	@pcap | @graph | @report | @read | @rules)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	@*)
		line=$(_nftrace_values "${words[0]#@}" "$current")
		mapfile -t COMPREPLY < <(compgen -W "$line" -- "$current")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$current")
		;;
	esac
	_nftrace_trim
}

# What stands before the last "=" is a word of its own to bash.
_nftrace_trim() {
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
	[[ $COMP_WORDBREAKS != *=* || $current != *=* ]] ||
		COMPREPLY=("${COMPREPLY[@]#"${current%=*}="}")
}
complete -F _nftrace nftrace
