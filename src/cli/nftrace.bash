# SPDX-License-Identifier: GPL-2.0-or-later
# bash completion for nftrace: the program itself knows what can follow.
# shellcheck shell=bash

_nftrace_values() { # OPTION: what its value can be
	case $1 in
	in-interface | out-interface)
		(cd /sys/class/net 2>/dev/null && ls)
		;;
	protocol) echo "tcp udp icmp icmpv6 sctp esp ah all" ;;
	chain) echo "PREROUTING OUTPUT" ;;
	color) echo "auto always never" ;;
	backend) echo "auto legacy nft" ;;
	only) echo "drop reject delivered forwarded sent queue stolen lost unknown incomplete state=INVALID state=NEW" ;;
	netns) (cd /run/netns 2>/dev/null && ls) ;;
	ctstate | state) echo "INVALID NEW ESTABLISHED RELATED UNTRACKED" ;;
	icmp-type) echo "echo-request echo-reply destination-unreachable time-exceeded" ;;
	tcp-flags) echo "SYN,ACK,FIN,RST ALL NONE" ;;
	esac
}

_nftrace() {
	local current=${COMP_WORDS[COMP_CWORD]} line words
	local -a before=("${COMP_WORDS[@]:1:COMP_CWORD-1}")

	COMPREPLY=()
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
	@pcap | @graph | @read | @rules)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		;;
	@*)
		line=$(_nftrace_values "${words[0]#@}")
		mapfile -t COMPREPLY < <(compgen -W "$line" -- "$current")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "${words[*]}" -- "$current")
		;;
	esac
}
complete -F _nftrace nftrace
