#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-option-hints: what is said to be needed before an option of any extension brings it along, for iptables too.
. "$(dirname "$0")/lib.sh"
. "$TESTS/each.sh"

ns_new hints
folder=$(pkg-config --variable=xtlibdir xtables)
for family in 4 6; do
	"$UNIT/names_tool" $family "${folder:-/usr/lib/xtables}" || fail "names_tool ends with $?"
done | sort -u >"$SCRATCH/all"
cut -d ' ' -f 1 "$SCRATCH/all" | sort -u >"$SCRATCH/names"
in_ns hints "$UNIT/hints_tool" <"$SCRATCH/names" >"$SCRATCH/hints" || fail "hints_tool ends with $?"

declare -A owners=()	# of an option, with a blank before and behind each
while read -r name owner; do owners[$name]="${owners[$name]- }$owner "; done <"$SCRATCH/all"

# alternatives NEEDS: in may, what may be typed
alternatives() {
	case $1 in
	*", and -m multiport,") may=("-p tcp -m multiport" "-p udp -m multiport") ;;
	*) mapfile -t may <<<"${1// or /$'\n'}" ;;
	esac
}

# Does iptables, of either family, know the option behind these words? All are asked in one go.
declare -A asked=()
while IFS='|' read -r name needs; do
	[[ $needs = -[mp]\ * ]] || continue
	alternatives "$needs"
	for words in "${may[@]}"; do
		for command in iptables ip6tables; do
			# shellcheck disable=SC2086
			to_run $command-legacy -t raw -A PREROUTING $words "--$name"
			asked["$command $words --$name"]=$TO_RUN
		done
	done
done <"$SCRATCH/hints"
run_each hints

# brought NAME WORDS: one of the two does; one that could not be asked does not
brought() {
	local command
	for command in iptables ip6tables; do
		ran "${asked["$command $2 --$1"]}"
		[[ $STATUS != [0-4] ]] || _contains "unknown option \"--$1\"" "$ERR" || return 0
	done
	return 1
}

matches=0 targets=0
while IFS='|' read -r name needs; do
	subtest "--$name: $needs"
	[[ $needs = -[mpj]\ * ]] || { fail "no hint, and it is of${owners[$name]}"; continue; }
	[[ $needs != *"--"* ]] || fail "it names an option"
	if [[ $needs = "-j "* ]]; then
		((++targets))
		for owner in ${needs//-j /}; do
			[[ $owner = or || ${owners[$name]} = *" $owner "* ]] || fail "$owner has no such option"
		done
		[[ ! ${owners[$name]} =~ \ [a-z] ]] || fail "it is of a match, too:${owners[$name]}"
		continue
	fi
	((++matches))
	alternatives "$needs"
	for words in "${may[@]}"; do
		owner=${words##* }
		[[ $owner != icmpv6 ]] || owner=icmp6
		[[ ${owners[$name]} = *" $owner "* ]] || fail "$owner has no such option"
		brought "$name" "$words" || fail "iptables does not know it behind $words"
	done
done <"$SCRATCH/hints"

subtest "enough of everything"
note "$matches options of matches, $targets of targets"
((matches >= 200 && targets >= 80)) || fail "that is too few"
