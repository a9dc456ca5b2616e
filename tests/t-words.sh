#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-words: every expression of expressions.txt: the rule that iptables makes of it, or both refuse.
. "$(dirname "$0")/lib.sh"
. "$TESTS/words.sh"
. "$TESTS/each.sh"

ns_new words
in_ns words ipset create friends hash:ip
in_ns words ipset create friends6 hash:ip family inet6
in_ns words ipset create nets hash:net,iface
in_ns words iptables-legacy -t mangle -A INPUT -j RATEEST --rateest-name meter \
	--rateest-interval 250ms --rateest-ewmalog 500ms || fail "no rate estimator"

# Line by line: family, words, expectation. A chain L0001 ... a line.
families=() words=() wanted=()
while IFS= read -r line; do
	[[ $line =~ ^([46])\ \;\ (.*)\ \;\ (OK|FAIL|EITHER|KERNEL|LESS|MORE|STRICT)$ ]] || continue
	families+=("${BASH_REMATCH[1]}")
	words+=("${BASH_REMATCH[2]}")
	wanted+=("${BASH_REMATCH[3]}")
done <"$TESTS/expressions.txt"

# Run in the namespace; each result on a line of its own: "L0001 refused", or nothing.
iptables_side() {
	local -A command=([4]=iptables [6]=ip6tables) refused=()
	local -a lines left=() taken=() calls=()
	local family i chain hook line
	for i in "${!words[@]}"; do
		[[ ${wanted[i]} != OK ]] || { taken+=("$i"); continue; }
		# Others one by one; run_each has done that.
		name_of "$i"
		[[ ${statuses[i]} = 0 ]] || echo "$chain refused"
	done
	# What should be taken is tried many at once.
	for family in 4 6; do
		lines_of $family "${taken[@]}"
		put "${command[$family]}" "${lines[@]/%/ -j TRACE}"
	done
	for line in "${left[@]}"; do echo "${line:3:5} refused"; done
	iptables-legacy-save -t raw
	ip6tables-legacy-save -t raw
	# What reaches a chain of raw from a hook must be good there.
	for family in 4 6; do
		calls=() left=() refused=()
		for i in "${hooked[@]}"; do
			name_of "$i"
			[[ ${families[i]} != "$family" ]] ||
				calls+=("-A PREROUTING -j $chain" "-A OUTPUT -j $chain")
		done
		put "${command[$family]}" "${calls[@]}"
		for line in "${left[@]}"; do refused[$line]=1; done
		for line in "${calls[@]}"; do
			[[ -n ${refused[$line]-} ]] || { read -r _ hook _ chain <<<"$line"; echo "holds $chain $hook"; }
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

export -f iptables_side
export XTABLES_LOCKFILE
declare -p words families wanted hooked >"$SCRATCH/arrays"
in_ns words bash -c '. "$1"; empty_chains iptables; empty_chains ip6tables' iptables "$SCRATCH/arrays"
declare -A command=([4]=iptables [6]=ip6tables)
number=()	# of what iptables is asked of a line
for i in "${!words[@]}"; do
	[[ ${wanted[i]} != OK ]] || continue
	name_of "$i"
	eval "argv=(${words[i]})"
	to_run "${command[${families[i]}]}-legacy" -t raw -A "$chain" "${argv[@]}" -j TRACE
	number[i]=$TO_RUN
done
run_each words
statuses=()
for i in "${!number[@]}"; do
	ran "${number[i]}"
	statuses[i]=$STATUS
done
declare -p statuses >>"$SCRATCH/arrays"
in_ns words bash -c '. "$1"; iptables_side' iptables "$SCRATCH/arrays" >"$SCRATCH/iptables.raw"
grep -a -E '^(-A )?L[0-9]{4} ' "$SCRATCH/iptables.raw" | sort >"$SCRATCH/iptables"

subtest "the parser ends by itself"
records >"$SCRATCH/records"
in_ns words "$UNIT/words_tool" chains <"$SCRATCH/records" >"$SCRATCH/ours.both" 2>"$SCRATCH/ours.err" ||
	{ fail "status $?"; show stderr "$SCRATCH/ours.err"; }
grep -av '^chains ' "$SCRATCH/ours.both" >"$SCRATCH/ours.raw"
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
	OK | LESS | STRICT) [[ $2 != "refused|" ]] || why="iptables refuses it" ;;
	FAIL | KERNEL | MORE) [[ $2 = "refused|" ]] || why="iptables takes it" ;;
	esac
	case $1 in
	KERNEL) [[ $3 != "refused|" ]] || why+=" nftrace refuses it" ;;
	LESS) [[ $3 = "refused|" || ( $2 = "$3" && $3 != *" -i -"* ) ]] || why+=" nftrace takes it" ;;
	STRICT) [[ $3 = "refused|" ]] || why+=" nftrace takes it" ;;
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
sed -n 's/^chains //p' "$SCRATCH/ours.both" | sort >"$SCRATCH/chains"
declare -A said=() held=()
while read -r chain answer; do
	answer=${answer%unchecked}
	said[$chain]+=${said[$chain]+/}${answer% }
done <"$SCRATCH/chains"
while read -r word chain hook; do
	[[ $word != holds ]] || held[$chain]+="${held[$chain]+ }$hook"
done <"$SCRATCH/iptables.raw"
for i in "${hooked[@]}"; do
	name_of "$i"
	[[ ${theirs[$chain]-} != "refused|" ]] || continue
	subtest "chains of ${families[i]} ; ${words[i]}"
	assert_equal "the chains" "${held[$chain]-}" "${said[$chain]-nothing is said}"
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
