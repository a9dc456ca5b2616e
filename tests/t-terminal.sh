#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-terminal: what a person sees at a real terminal (tmux): colours, the status line, resizing, Ctrl-C, Ctrl-Z.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
command -v tmux >/dev/null || skip_all "no tmux"
export TMUX_TMPDIR=$SCRATCH TERM=screen-256color

lab_loopback
server lo echo udp 10.9.0.1 7
in_ns lo iptables-legacy -A INPUT -p udp --dport 1001 -j DROP
in_ns lo iptables-legacy -t raw -S >/dev/null
in_ns lo ip6tables-legacy -t raw -S >/dev/null
save_rules lo "$SCRATCH/before"

tm() { tmux -L nftrace "$@"; }
# The pane is an interactive shell in the network: job control is as a person has it.
in_ns lo env -u TMUX tmux -L nftrace -f /dev/null new-session -d -x 100 -y 40 'PS1="ready\$ " exec bash --norc -i' ||
	skip_all "tmux does not start"
later "$(tm display-message -p '#{pid}')"
tm set-option -g default-terminal screen-256color >/dev/null

screen() { tm capture-pane -p; }	# as text
colours() { tm capture-pane -p -e; }	# with its escape sequences
sees() { screen | grep -Eq -- "$1"; }
assert_sees() { # REGEX [SECONDS]
	wait_for "${2:-10}" sees "$1" && return 0
	fail "the screen does not show '$1'"
	screen | sed 's/^/#   | /'
}
type_line() { tm send-keys -l "$1"; tm send-keys Enter; }
udp() { talk lo udp 10.9.0.1 "$1" from $((20000 + $1)) wait 50 2>/dev/null; return 0; }
begin() { # ARGS...
	type_line "PS1='ready\$ '; clear"
	assert_sees '^ready\$ *$'
	type_line "$NFTRACE $*"
	assert_sees 'nftrace: armed'
}

subtest "colours by fate"
begin -t 900 --rate 0 --chain OUTPUT -p udp --dport 1000:1001 --or -p udp --dport 7
assert_sees '^[0-9.]+/900 s +0 packets +0 events +0 lost'
udp 1001
udp 7
assert_sees '^#1 DROP +10\.9\.0\.1\.'
assert_sees '^   by filter:INPUT:1  -p udp --dport 1001 -j DROP$'
assert_sees '^#2 DELIVERED +10\.9\.0\.1\.'
# tmux says besides that the colours behind are the usual ones.
colours | sed $'s/\e\\[[34]9m//g' >"$SCRATCH/colours"
# tmux writes attributes in an order of its own: bold and red; green.
grep '#1' "$SCRATCH/colours" | grep -Eq $'\e\\[1m(#1 )?\e\\[31mDROP' || fail "DROP is not bold red: $(grep '#1' "$SCRATCH/colours" | cat -v)"
grep 'DELIVERED' "$SCRATCH/colours" | grep -q $'\e\[32mDELIVERED' || fail "DELIVERED is not green: $(grep 'DELIVERED' "$SCRATCH/colours" | cat -v)"

subtest "the status line counts, and stands below the results"
assert_sees '^[0-9.]+/900 s +2 packets +[0-9]+ events +0 lost'
assert_equal "status lines" 1 "$(screen | grep -Ec ' s +[0-9]+ packets')"
# Nothing is written behind it, and no result has lost its beginning.
assert_equal "results" "#1 DROP,   by,   (,#2 DELIVERED,   (" \
	"$(screen | grep -Eo '^(#[12] [A-Z]+|   by|   \()' | paste -sd ,)"

subtest "a narrower terminal"
tm resize-window -x 30 -y 40
assert_sees '^[0-9.]+/900 s +2 packets' 10
udp 7
assert_sees '#3 DELIVERED'
sleep_until() { [[ $(screen | grep -Ec '^[0-9.]+/900 s +3 pack') = 1 ]]; }
assert_within 10 "one status line, cut to the width" sleep_until
tm resize-window -x 100 -y 40
assert_within 10 "the whole of it again" sees '^[0-9.]+/900 s +3 packets +[0-9]+ events +0 lost$'

subtest "Ctrl-C"
pid=$(pgrep -x nftrace | head -n 1)
tm send-keys C-c
assert_sees 'stopped by Ctrl-C after [0-9]+\.[0-9] s'
assert_sees '3 packets traced'
type_line 'echo status $?'
assert_sees '^status 0$'
assert_equal "status lines below the results" 0 "$(screen | sed '1,/packets traced/d' | grep -Ec '^[0-9.]+/900 s')"
assert_restored_but_counters lo "$SCRATCH/before"
is_gone "$pid" || fail "it still runs"

subtest "Ctrl-Z ends it as well"
begin -t 900 --rate 0 --chain OUTPUT -p udp --dport 7
pid=$(pgrep -x nftrace | head -n 1)
tm send-keys C-z
assert_sees 'stopped by signal 20'
assert_within 5 "it ends" is_gone "$pid"
assert_restored_but_counters lo "$SCRATCH/before"
type_line 'jobs; echo jobs done'
assert_sees '^jobs done$'
assert_equal "stopped jobs" 0 "$(screen | grep -Ec '^\[[0-9]+\].*Stopped')"
assert_equal "status lines left" 0 "$(screen | grep -Ec '^[0-9.]+/900 s')"

subtest "no colour"
begin -t 900 --rate 0 --color never -c 1 --chain OUTPUT -p udp --dport 7
udp 7
assert_sees '^#1 DELIVERED'
assert_equal "coloured lines" 0 "$(colours | grep '^#1\|^   ' | grep -c $'\e')"

subtest "long words of the run are broken between words, below where they begin"
tm resize-window -x 60 -y 40
type_line "PS1='ready\$ '; clear"
assert_sees '^ready\$ *$'
type_line "$NFTRACE --pcap - -p udp"
assert_sees '^ready\$ *$'
in_ns lo script -qec "$NFTRACE --pcap - -p udp" /dev/null | tr -d '\r' >"$SCRATCH/want"
screen | sed -n '/^nftrace: /,/^ready/{ /^ready/d; p }' >"$SCRATCH/lines"
(($(wc -l <"$SCRATCH/lines") > 1)) || fail "it is one line: $(<"$SCRATCH/lines")"
assert_equal "the words" "$(<"$SCRATCH/want")" "$(sed -E 's/^ +//' "$SCRATCH/lines" | paste -sd ' ')"
assert_equal "lines that begin elsewhere" "" "$(sed 1d "$SCRATCH/lines" | grep -v '^ \{9\}[^ ]')"

# at_terminal COLUMNS WORDS...: what nftrace writes to a terminal that is so wide
at_terminal() {
	env -u COLUMNS script -qec "stty cols $1; exec $NFTRACE ${*:2} --color always 2>$SCRATCH/words.err" /dev/null |
		tr -d '\r' | sed $'s/\e\\[[0-9;]*[mK]//g'
}
words_of() { tr -s ' \n' '\n\n' <"$1"; }

subtest "--full, -v, --flat and --diff: no word is broken, and a file has each line whole"
for words in "--read earlier-legacy.pcapng --full" "--read earlier-nft.pcapng --full" "--read earlier-nft.pcapng -v" \
	"--read earlier-legacy.pcapng --flat" "--diff earlier-legacy.pcapng earlier-nft.pcapng" \
	"--diff earlier-legacy.pcapng earlier-nft.pcapng -q"; do
	words=${words//earlier/$TESTS/data/earlier}
	# shellcheck disable=SC2086
	COLUMNS=60 "$NFTRACE" $words --explain >"$SCRATCH/plain" 2>/dev/null
	grep -q '.\{61\}' "$SCRATCH/plain" || fail "$words: no line of the file is wider"
	at_terminal 1000 "$words" >"$SCRATCH/room"
	# A terminal has other words for both fates (t-diff).
	if [[ $words = --diff*nft.pcapng ]]; then
		grep -q '.\{61\}' "$SCRATCH/room" || fail "$words: no line is wider where there is room"
	else
		assert_same "$words: where there is room" "$SCRATCH/plain" "$SCRATCH/room"
	fi
	at_terminal 60 "$words" >"$SCRATCH/lines"
	assert_same "$words: the words" <(words_of "$SCRATCH/room") <(words_of "$SCRATCH/lines")
	assert_equal "$words: lines that are too wide" "" "$(grep '.\{61\}' "$SCRATCH/lines" | grep ' *[^ ]\{1,60\} ')"
done

subtest "-q goes on below its packet, not below its fate"
in_ns lo "$NFTRACE" --read "$TESTS/data/earlier-legacy.pcapng" --color never -q 2>/dev/null | wc -l >"$SCRATCH/packets"
type_line "clear; $NFTRACE --read $TESTS/data/earlier-legacy.pcapng -q 2>/dev/null"
assert_sees '^LOST +#12 '
screen | sed '/^ready/d; /^$/d' >"$SCRATCH/lines"
assert_equal "fates" "$(<"$SCRATCH/packets")" "$(grep -cE '^[A-Z]+ +#' "$SCRATCH/lines")"
assert_equal "other lines" "" "$(grep -vE '^[A-Z]+ +#|^ {11}[^ ]' "$SCRATCH/lines")"
assert_equal "lines that end in front of what their last word is about" "" \
	"$(grep -E ' (as|by|in|out|to|via)$' "$SCRATCH/lines")"
tm kill-server
