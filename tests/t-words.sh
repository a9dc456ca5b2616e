#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-words: every expression of expressions.txt: the rule that iptables makes of it, or both refuse.
. "$(dirname "$0")/lib.sh"

ns_new words
in_ns words ipset create friends hash:ip
in_ns words ipset create friends6 hash:ip family inet6
in_ns words ipset create nets hash:net,iface
in_ns words iptables-legacy -t mangle -A INPUT -j RATEEST --rateest-name meter \
	--rateest-interval 250ms --rateest-ewmalog 500ms || fail "no rate estimator"

# Line by line: family, words, expectation. A chain L0001 ... a line.
families=() words=() wanted=()
while IFS= read -r line; do
	[[ $line =~ ^([46])\ \;\ (.*)\ \;\ (OK|FAIL|EITHER|KERNEL|LESS|MORE)$ ]] || continue
	families+=("${BASH_REMATCH[1]}")
	words+=("${BASH_REMATCH[2]}")
	wanted+=("${BASH_REMATCH[3]}")
done <"$TESTS/expressions.txt"
# name_of N: in chain, the name of that line's chain; a $() would be a process each
name_of() { printf -v chain 'L%04d' "$1"; }

records() {
	local i chain
	for i in "${!words[@]}"; do
		eval "argv=(${words[i]})"
		name_of "$i"
		printf '%s\0' "$chain" "${families[i]}" "${#argv[@]}" "${argv[@]}"
	done
}

# Run in the namespace; each result on a line of its own: "L0001 refused", or nothing.
iptables_side() {
	local i command chain
	for command in iptables ip6tables; do
		{
			echo '*raw'
			for i in "${!words[@]}"; do name_of "$i"; echo ":$chain - [0:0]"; done
			echo COMMIT
		} | $command-legacy-restore
	done
	for i in "${!words[@]}"; do
		command=iptables-legacy
		name_of "$i"
		[[ ${families[i]} = 4 ]] || command=ip6tables-legacy
		eval "argv=(${words[i]})"
		$command -t raw -A "$chain" "${argv[@]}" -j TRACE 2>/dev/null ||
			echo "$chain refused"
	done
	iptables-legacy-save -t raw
	ip6tables-legacy-save -t raw
	# What reaches a chain of raw from a hook must be good there.
	for i in "${hooked[@]}"; do
		command=iptables-legacy
		name_of "$i"
		[[ ${families[i]} = 4 ]] || command=ip6tables-legacy
		for hook in PREROUTING OUTPUT; do
			$command -t raw -A $hook -j "$chain" 2>/dev/null && echo "holds $chain $hook"
		done
	done
}

# Those by which it is told which chain can hold a match: the first of each match, and all of
# those that it depends on what they say.
hooked=()
declare -A known=()
for i in "${!words[@]}"; do
	[[ ${wanted[i]} =~ ^(OK|EITHER)$ && ${words[i]} = *"-m "* && ! ${words[i]} =~ (^| )-[io] ]] || continue
	match=${words[i]##*-m } match=${match%% *}
	[[ -z ${known[${families[i]}$match]-} || $match =~ ^(addrtype|policy|physdev|devgroup)$ ]] || continue
	known[${families[i]}$match]=1
	hooked+=("$i")
done

export -f iptables_side name_of
export XTABLES_LOCKFILE
declare -p words families hooked >"$SCRATCH/arrays"
in_ns words bash -c '. "$1"; iptables_side' iptables "$SCRATCH/arrays" >"$SCRATCH/iptables.raw"
grep -a -E '^(-A )?L[0-9]{4} ' "$SCRATCH/iptables.raw" | sort >"$SCRATCH/iptables"

subtest "the parser ends by itself"
records >"$SCRATCH/records"
in_ns words "$UNIT/words_tool" <"$SCRATCH/records" >"$SCRATCH/ours.raw" 2>"$SCRATCH/ours.err" ||
	{ fail "status $?"; show stderr "$SCRATCH/ours.err"; }
sed 's/^\(L[0-9]* refused\):.*/\1/' "$SCRATCH/ours.raw" | sort >"$SCRATCH/ours"

# What either side says of a line: the rules, or "refused".
answers() { # FILE
	awk '{ name = $1 == "-A" ? $2 : $1; sub(/^(-A )?L[0-9]* /, "")
		all[name] = all[name] $0 "|" } END { for (n in all) print n, all[n] }' "$1"
}
declare -A theirs=() ours=()
while read -r chain answer; do theirs[$chain]=$answer; done < <(answers "$SCRATCH/iptables")
while read -r chain answer; do ours[$chain]=$answer; done < <(answers "$SCRATCH/ours")

# judge WANTED THEIRS OURS: in why, what is wrong
judge() {
	why=
	[[ -n $2 && -n $3 ]] || { why="no answer"; return; }
	case $1 in
	OK | LESS) [[ $2 != "refused|" ]] || why="iptables refuses it" ;;
	FAIL | KERNEL | MORE) [[ $2 = "refused|" ]] || why="iptables takes it" ;;
	esac
	case $1 in
	KERNEL) [[ $3 != "refused|" ]] || why+=" nftrace refuses it" ;;
	LESS) [[ $3 = "refused|" || ( $2 = "$3" && $3 != *" -i -"* ) ]] || why+=" nftrace takes it" ;;
	MORE) [[ $3 = *"-m bpf "* ]] || why+=" nftrace refuses it" ;;
	*) [[ $2 = "$3" ]] || why+=" not the same" ;;
	esac
}

for i in "${!words[@]}"; do
	name_of "$i"
	subtest "${families[i]} ; ${words[i]}"
	judge "${wanted[i]}" "${theirs[$chain]-}" "${ours[$chain]-}"
	[[ -n $why ]] || continue
	fail "$why"
	note "iptables: ${theirs[$chain]-}"
	note "nftrace:  $(grep -aF "$chain" "$SCRATCH/ours.raw")"
done

# What --dry-run goes by, as it asks no kernel.
in_ns words "$UNIT/words_tool" chains <"$SCRATCH/records" 2>/dev/null | sort >"$SCRATCH/chains"
holds() { sed -n "s/^holds $1 //p" "$SCRATCH/iptables.raw" | paste -sd ' '; }
for i in "${hooked[@]}"; do
	name_of "$i"
	[[ ${theirs[$chain]-} != "refused|" ]] || continue
	subtest "chains of ${families[i]} ; ${words[i]}"
	assert_equal "the chains" "$(holds "$chain")" \
		"$(sed -nE "s/^$chain( unchecked)?$//p; s/^$chain ([A-Z ]*[A-Z])( unchecked)?$/\1/p" "$SCRATCH/chains")"
done
for i in "${!words[@]}"; do
	[[ ${wanted[i]} = KERNEL ]] || continue
	subtest "only the kernel knows: ${families[i]} ; ${words[i]}"
	name_of "$i"
	assert_grep "^$chain .* unchecked$" "$SCRATCH/chains"
done
((${#hooked[@]} >= 60)) || fail "only ${#hooked[@]} were asked of the kernel"

in_ns words iptables-legacy-save >"$SCRATCH/before"
for i in "${!words[@]}"; do
	[[ ${wanted[i]} = KERNEL ]] || continue
	subtest "a run: ${families[i]} ; ${words[i]}"
	eval "argv=(${words[i]})"
	run_nftrace words "-${families[i]}" -t 1 --allow-side-effects "${argv[@]}"
	assert_status 2
	assert_grep 'refuses' "$ERR"
	in_ns words iptables-legacy-save >"$SCRATCH/after"
	assert_same "the rules" <(grep -a -v '^#' "$SCRATCH/before") \
		<(grep -a -v '^#' "$SCRATCH/after")
done

subtest "enough of everything"
matches=$(grep -ahoE -- ' -m [^ ]+' "$SCRATCH/iptables" | sort -u | wc -l)
refused=$(grep -ac ' refused$' "$SCRATCH/iptables")
note "${#words[@]} expressions, $matches matches, $refused refused"
((${#words[@]} >= 200)) || fail "${#words[@]} expressions"
((matches >= 60)) || fail "$matches different matches"
((3 * refused >= ${#words[@]})) || fail "$refused of ${#words[@]} are refused"
