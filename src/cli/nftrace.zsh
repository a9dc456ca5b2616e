#compdef nftrace
# SPDX-License-Identifier: GPL-2.0-or-later
# zsh completion for nftrace: the program itself knows what can follow.

_nftrace() {
	local typed=${(Q)PREFIX} at
	local -a found open

	found=("${(@f)$("$words[1]" "--complete=$typed" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
	case ${found[1]-} in
	@command)
		at=${words[(i)--]}
		words=("${(@)words[at+1,-1]}")
		((CURRENT -= at))
		_normal
		;;
	@user | @file)
		[[ $typed != --*=* ]] || compset -P '--*='
		if [[ $found[1] = @user ]]; then _users; else _files; fi
		;;
	?*)
		# Behind "table=" a name follows, and no blank.
		open=(${(M)found:#*=})
		found=(${found:#*=})
		compadd -S '' -- $open
		compadd -- $found
		;;
	esac
}

_nftrace "$@"
