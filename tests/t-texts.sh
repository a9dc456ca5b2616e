#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-texts: every rule of every table of real rulesets: its text is iptables-legacy-save's, byte for byte.
. "$(dirname "$0")/lib.sh"

# refused_rule NS COMMAND LINE: the first rule that the kernel refuses of the table whose COMMIT
# that line of $SCRATCH/loading is
refused_rule() {
	local begin last middle refused=$3
	begin=$(sed -n "1,$3{/^\*/=}" "$SCRATCH/loading" | tail -n 1)
	last=$begin
	while ((refused - last > 1)); do
		middle=$(((last + refused) / 2))
		if { sed -n "$begin,${middle}p" "$SCRATCH/loading"; echo COMMIT; } |
			in_ns "$1" "$2-legacy-restore" 2>/dev/null; then
			last=$middle
		else
			refused=$middle
		fi
	done
	echo "$refused"
}

# load_lenient NS COMMAND FILE: all of it but what this kernel refuses
load_lenient() {
	local line left=20
	cp "$3" "$SCRATCH/loading"
	while ! in_ns "$1" "$2-legacy-restore" <"$SCRATCH/loading" 2>"$SCRATCH/refusal"; do
		line=$(sed -nE 's/.*(line|line:) ([0-9]+).*/\2/p' "$SCRATCH/refusal" | tail -n 1)
		[[ -n $line ]] && ((left-- > 0)) || { fail "$2-restore ${3##*/}"; return 1; }
		# A rule that only the kernel refuses fails at the table's COMMIT.
		[[ $(sed -n "${line}p" "$SCRATCH/loading") != COMMIT ]] || line=$(refused_rule "$1" "$2" "$line")
		note "left out: $(sed -n "${line}p" "$SCRATCH/loading")"
		sed -i "${line}s/.*/#/" "$SCRATCH/loading"
	done
}

# saved NS: all that iptables-legacy-save says of rules and policies, table by table
saved() {
	local command
	for command in iptables ip6tables; do
		in_ns "$1" $command-legacy-save 2>/dev/null |
			sed -nE "s/^:([^ ]+) (ACCEPT|DROP) .*/-P \1 \2/; /^(\*|-)/s/^/$command /p"
	done
}

n=0
tables() { in_ns "$1" cat /proc/net/ip_tables_names /proc/net/ip6_tables_names | wc -l; }

for file in "$TESTS"/rulesets/*.save; do
	case ${file##*/} in ip6-*) continue ;; esac
	ns=t$((++n))
	ns_new $ns
	# Beside each ruleset of IPv4 one of IPv6, in turn.
	sixes=("$TESTS"/rulesets/ip6-*.save)
	six=${sixes[n % ${#sixes[@]}]}
	[[ ${file##*/} != exotic-extensions* ]] || six=$TESTS/rulesets/ip6-exotic-extensions.save
	subtest "${file##*/} and ${six##*/}"
	for sets in "${file%.save}.ipsets" "${six%.save}.ipsets"; do
		[[ ! -e $sets ]] || in_ns $ns ipset restore <"$sets" || fail "ipset restore $sets"
	done
	load_lenient $ns iptables "$file"
	load_lenient $ns ip6tables "$six"
	saved $ns >"$SCRATCH/saved"
	in_ns $ns "$UNIT/texts_tool" >"$SCRATCH/ours" || fail "texts_tool ends with $?"
	rules=$(grep -ac ' -A ' "$SCRATCH/saved")
	note "$rules rules in $(tables $ns) tables"
	((rules >= $(grep -c '^-A' "$file") - 20)) || fail "only $rules rules are loaded"
	assert_same "the text" "$SCRATCH/saved" "$SCRATCH/ours"
	[[ ${file##*/} != exotic-extensions* ]] || cp "$SCRATCH/saved" "$SCRATCH/exotic"
	ns_del $ns
done

subtest "enough extensions"
extensions=$(grep -oE -- ' -(m|j) [A-Za-z0-9_]+' "$SCRATCH/exotic" | sort -u |
	grep -Ecv -- '-j (ACCEPT|DROP|RETURN|QUEUE|a|col)$')
note "$extensions different extensions"
((extensions >= 90)) || fail "$extensions different extensions"
