#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-completion: bash completes nftrace's options, extensions' options, and values.
. "$(dirname "$0")/lib.sh"

. "$TREE/src/cli/nftrace.bash" || fail "it cannot be sourced"
mkdir "$SCRATCH/bin"
ln -s "$NFTRACE" "$SCRATCH/bin/nftrace"
PATH=$SCRATCH/bin:$PATH

# completes WORDS... : the last one; the answers, sorted, on one line. Bash breaks words at "=".
completes() {
	local word

	COMP_WORDS=()
	for word; do
		if [[ $COMP_WORDBREAKS = *=* && $word = *=* ]]; then
			COMP_WORDS+=("${word%%=*}" = "${word#*=}")
		else
			COMP_WORDS+=("$word")
		fi
	done
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_nftrace 2>/dev/null
	printf '%s\n' "${COMPREPLY[@]}" | sort -u | paste -sd ' '
}

iptables-legacy -t nat -A PREROUTING -p udp --dport 9 -j ACCEPT
nft 'table inet faraway { chain from-lan { }; }'
while IFS='|' read -r line expected; do
	[[ -n $line ]] || continue
	subtest "$line<TAB>"
	read -ra words <<<"$line"
	[[ $line != *' ' ]] || words+=('')
	assert_equal "the answers" "$expected" "$(completes "${words[@]}")"
done <<'EOT'
nftrace --cou|--count
nftrace --dpo|
nftrace -p udp --dpo|--dport
nftrace -p udp --sp|--sport
nftrace -p tcp -m multiport --dport|--dport --dports
nftrace -m connt|conntrack
nftrace -m conntrack --ctsta|--ctstate --ctstatus
nftrace -m conntrack --ctstate EST|ESTABLISHED
nftrace -m mac --mac|--mac-source
nftrace -6 -m hl --hl-|--hl-eq --hl-gt --hl-lt
nftrace -m comment --comment --json --js|--json
nftrace --append|
nftrace --flu|
nftrace -m TRAC|
nftrace --chain P|PREROUTING
nftrace --backend n|nft
nftrace -t 20 -p udp --only dr|drop
nftrace -p udp --only drop,rej|drop,reject
nftrace -p udp --only drop,!ta|drop,!table=
nftrace -p udp --only table=na|nat
nftrace -p udp --only drop,table=far|faraway
nftrace -p udp --only chain=PRERO|PREROUTING
nftrace -p udp --only !chain=from-l|from-lan
nftrace -p udp --only drop,in=l|lo
nftrace -p udp --only in=lo --js|--json
nftrace -p udp --only state=INV|INVALID
nftrace -p udp --only ch|chain= changed
nftrace -d 8.8.8.8 --netns /nowher|
nftrace -p udp --or -p tcp --sy|--syn
nftrace --dest|--destination
EOT

subtest "nftrace -m <TAB>: every match that is installed"
folder=$(pkg-config --variable=xtlibdir xtables)
for file in "$folder"/lib{xt,ipt,ip6t}_[a-z]*.so; do
	name=${file##*/lib*t_}
	echo "${name%.so}"
done | grep -vx standard | sort -u | paste -sd ' ' >"$SCRATCH/matches"
assert_equal "the matches" "$(cat "$SCRATCH/matches")" "$(completes nftrace -m '')"

subtest "nftrace -i <TAB>"
assert_equal "the interfaces" "$(cd /sys/class/net && ls | sort -u | paste -sd ' ')" \
	"$(completes nftrace -i '')"

subtest "nftrace -d 8.8.8.8 -- <TAB>: commands"
[[ " $(completes nftrace -d 8.8.8.8 -- tru) " = *" true "* ]] || fail "not 'true'"

subtest "in a real shell"
if command -v expect >/dev/null; then
	# shellcheck disable=SC2016 # Tcl's words
	SOURCE=$TREE/src/cli/nftrace.bash expect -c '
		set timeout 10
		spawn -noecho bash --norc --noprofile
		send "PS1=ready:; . \$SOURCE\r"
		expect "ready:"
		expect "ready:"
		send "nftrace -p udp --dpo\t"
		expect -re "nftrace -p udp --dport "
		send "\003"
		expect "ready:"
		send "exit\r"
		expect eof' >"$SCRATCH/terminal" 2>&1 </dev/null
	assert_grep 'nftrace -p udp --dport ' "$SCRATCH/terminal"
else
	skip "no expect"
fi

subtest "make install brings it along, and make uninstall takes it away"
# What check-run has just linked: a test builds nothing.
make -s -C "$TREE" -o nftrace install DESTDIR="$SCRATCH/root" PREFIX=/usr >"$SCRATCH/make" 2>&1 ||
	{ fail "make install ends with $?"; show make "$SCRATCH/make"; }
for file in sbin/nftrace share/man/man8/nftrace.8 share/bash-completion/completions/nftrace; do
	[[ -s $SCRATCH/root/usr/$file ]] || fail "no $file"
done
make -s -C "$TREE" uninstall DESTDIR="$SCRATCH/root" PREFIX=/usr
assert_equal "files left" "" "$(find "$SCRATCH/root" -type f)"
