# SPDX-License-Identifier: GPL-2.0-or-later
# each.sh: for scripts that run a program many times, and look at what it printed then.
# shellcheck shell=bash
# To be sourced after lib.sh. Nothing but the commands is started, one after the other:
#
#	to_run "$NFTRACE" -p udp	; TO_RUN is its number
#	run_each lo
#	ran 0				; STATUS, OUT and ERR as behind run_nftrace
# What one depends on of those before is in files, or in the namespace.

_to_run=() _statuses=()
TO_RUN=-1	# the number of the command that was noted last
_each=0		# how often there were some

# to_run COMMAND...: one more
to_run() {
	_to_run+=($# "$@")
	((++TO_RUN))
}

# run_each NS: all that were noted since the last time, which are numbered from 0 on
run_each() {
	local at=0 n
	((TO_RUN >= 0)) || { fail "nothing is to be run"; return; }
	((++_each))
	_statuses=()
	for ((n = 0; n <= TO_RUN; n++)); do
		spawn -d -n "/run/netns/nft$$-$1" "${_to_run[@]:at+1:_to_run[at]}" \
			>"$SCRATCH/each$_each.$n" 2>"$SCRATCH/each$_each.$n.err" </dev/null
		_statuses[n]=$?
		((at += _to_run[at] + 1))
	done
	_to_run=() TO_RUN=-1
}

# ran N: of the commands that run_each has run last, STATUS, OUT and ERR
ran() {
	STATUS=${_statuses[$1]-"none: it was not run"}
	OUT=$SCRATCH/each$_each.$1 ERR=$OUT.err
	_books
}
