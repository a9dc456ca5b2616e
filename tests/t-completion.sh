#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-completion: bash, zsh and fish complete nftrace's options, extensions' options, and values.
. "$(dirname "$0")/lib.sh"

. "$TREE/src/cli/nftrace.bash" || fail "it cannot be sourced"
mkdir "$SCRATCH/bin"
ln -s "$NFTRACE" "$SCRATCH/bin/nftrace"
PATH=$SCRATCH/bin:$PATH

# completes WORDS... : the last one; in answers these, sorted, on one line. Bash breaks words at "=".
completes() {
	local word sorted=() i

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
	if ((${#COMPREPLY[@]} > 9)); then
		mapfile -t sorted < <(printf '%s\n' "${COMPREPLY[@]}" | sort -u)
		COMPREPLY=()
	fi
	for word in "${COMPREPLY[@]}"; do
		for ((i = ${#sorted[@]}; i > 0; i--)); do [[ ${sorted[i - 1]} > $word ]] || break; done
		((i > 0)) && [[ ${sorted[i - 1]} = "$word" ]] || sorted=("${sorted[@]:0:i}" "$word" "${sorted[@]:i}")
	done
	answers=${sorted[*]}
}

iptables-legacy -t nat -A PREROUTING -p udp --dport 9 -j ACCEPT
nft 'table inet faraway { chain from-lan { }; }'
ip netns add "nft$$-near"
_namespaces+=("nft$$-near")
ip link add cable0 type veth peer name cable1 netns "nft$$-near"
# Whose name drives a terminal, or the shell that has it in its line, is not among the answers.
ip link add $'cab\e[1m' type veth peer name cable2 netns "nft$$-near"
ends=0
for name in 'cab$(id)' 'cab`id`' 'cab;id' 'cab&id' 'cab|id' 'cab>id' "cab'id" 'cab"id' 'cab\id' 'cab!id' 'cab*' 'cab{1,2}'; do
	ip link add "$name" type veth peer name "end$((++ends))" netns "nft$$-near" || fail "no interface $name"
done

cat >"$SCRATCH/lines" <<EOT
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
nftrace --backend |auto legacy nft
nftrace --backend=l|legacy
nftrace --only=drop,ta|drop,table=
nftrace --only=drop,chain=from-l|from-lan
nftrace --expect drop,re|drop,reject
nftrace -p udp -i cab|cable0
nftrace --netns nft$$-n|nft$$-near
nftrace --netns nft$$-near -i cab|cable1 cable2
nftrace --netns nft$$-near --only chain=from-l|
nftrace ho|host
nftrace -p udp host 10.0.0.1 an|and
nftrace --filter po|port portrange
nftrace -m conntrack --ctstate NEW,EST|NEW,ESTABLISHED
EOT

while IFS='|' read -r line expected; do
	subtest "$line<TAB>"
	read -ra words <<<"$line"
	[[ $line != *' ' ]] || words+=('')
	completes "${words[@]}"
	assert_equal "the answers" "$expected" "$answers"
done <"$SCRATCH/lines"

# Other shells break no words at "=": what stands before it is a part of each answer.
while IFS='|' read -r line expected; do
	last=${line##* } whole=()
	[[ $last = *=* ]] && last=${last%=*}= || last=
	for word in $expected; do whole+=("$last$word"); done
	echo "$line|${whole[*]}"
done <"$SCRATCH/lines" >"$SCRATCH/whole"

subtest "zsh: the same"
if command -v zsh >/dev/null; then
	cat >"$SCRATCH/driver.zsh" <<-'EOT'
		compadd() {
			while [[ $1 != -- ]]; do shift; done
			shift
			for word; do [[ $word != ${PREFIX}* ]] || print -r -- $word; done
		}
		_normal() { print -r -- "normal $CURRENT $words"; }
		_users() { print users; }
		_files() { print files; }
		compset() { :; }
		while IFS='|' read -r line expected; do
			words=("${(@s: :)line}")
			CURRENT=$#words PREFIX=$words[-1]
			answers=("${(@f)$(source $1)}")
			answers=(${(ou)answers})
			print -r -- "$line|$answers"
		done
	EOT
	{ cat "$SCRATCH/whole"; printf '%s\n' 'nftrace --user r|users' 'nftrace --read x|files' 'nftrace -p udp -- ping -c|normal 2 ping -c'; } >"$SCRATCH/wanted"
	zsh -f "$SCRATCH/driver.zsh" "$TREE/src/cli/nftrace.zsh" <"$SCRATCH/wanted" >"$SCRATCH/zsh" 2>&1
	assert_same "the answers" "$SCRATCH/wanted" "$SCRATCH/zsh"
else
	skip "no zsh"
fi

subtest "fish: the same"
if command -v fish >/dev/null; then
	cat >"$SCRATCH/driver.fish" <<-'EOT'
		source $argv[1]
		while read -d '|' -l line expected
			printf '%s|%s\n' $line (complete -C $line | string replace -r '\t.*' '' | sort -u | string join ' ')
		end
	EOT
	{ cat "$SCRATCH/whole"; printf '%s\n' 'nftrace -p udp -- tru|true truncate'; } >"$SCRATCH/wanted"
	HOME=$SCRATCH fish --no-config "$SCRATCH/driver.fish" "$TREE/src/cli/nftrace.fish" <"$SCRATCH/wanted" >"$SCRATCH/fish" 2>&1
	assert_same "the answers" "$SCRATCH/wanted" "$SCRATCH/fish"
else
	skip "no fish"
fi

subtest "nftrace -m <TAB>: every match that is installed"
folder=$(pkg-config --variable=xtlibdir xtables)
for file in "$folder"/lib{xt,ipt,ip6t}_[a-z]*.so; do
	name=${file##*/lib*t_}
	echo "${name%.so}"
done | grep -vx standard | sort -u | paste -sd ' ' >"$SCRATCH/matches"
completes nftrace -m ''
assert_equal "the matches" "$(cat "$SCRATCH/matches")" "$answers"

subtest "nftrace -i <TAB>"
completes nftrace -i ''
assert_equal "the interfaces" "$(ip -o link | sed -E 's/^[0-9]+: ([^:@]*).*/\1/' | grep -x '[[:alnum:]]*' | sort -u | paste -sd ' ')" \
	"$answers"

subtest "nftrace -d 8.8.8.8 -- <TAB>: commands"
completes nftrace -d 8.8.8.8 -- tru
[[ " $answers " = *" true "* ]] || fail "not 'true'"

# Prompts come from files: what is typed before a shell reads would show twice.
subtest "in a real shell"
if command -v expect >/dev/null; then
	printf 'PS1=ready:\n. %q\n' "$TREE/src/cli/nftrace.bash" >"$SCRATCH/bashrc"
	# shellcheck disable=SC2016 # Tcl's words
	RC=$SCRATCH/bashrc expect -c '
		set timeout 120
		spawn -noecho bash --noprofile --rcfile $env(RC) -i
		expect "ready:"
		send "nftrace -p udp --dpo\t"
		expect "rt "
		send "\025exit\r"
		expect eof' >"$SCRATCH/terminal" 2>&1 </dev/null
	assert_grep 'nftrace -p udp --dport ' "$SCRATCH/terminal"
else
	skip "no expect"
fi

subtest "in a real zsh"
if command -v expect >/dev/null && command -v zsh >/dev/null; then
	mkdir "$SCRATCH/functions" "$SCRATCH/home"
	cp "$TREE/src/cli/nftrace.zsh" "$SCRATCH/functions/_nftrace"
	cat >"$SCRATCH/home/.zshrc" <<-'EOT'
		fpath=($SCRATCH/functions $fpath)
		autoload -Uz compinit
		compinit -u -D
		PS1=ready:
	EOT
	HOME=$SCRATCH/home ZDOTDIR=$SCRATCH/home expect -c '
		set timeout 120
		spawn -noecho zsh -d
		expect "ready:"
		send "nftrace -p udp --dpo\t"
		expect "rt "
		send -- "9 --only=dr\t"
		expect "op "
		send "\025exit\r"
		expect eof' >"$SCRATCH/terminal" 2>&1 </dev/null
	assert_grep 'nftrace -p udp --dport ' "$SCRATCH/terminal"
	assert_grep '9 --only=drop ' "$SCRATCH/terminal"
else
	skip "no expect, or no zsh"
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
