#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-fold: the folded block: where it is the default, how wide it is, its colours, what it keeps.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/pcapng.sh"

lab_loopback
FILE=$SCRATCH/made.pcapng
rule() { echo "TRACE: filter:$1:rule:$2  \"-A $1 $3\""; }
blocks() {
	pcapng_head
	pcapng_packet "$(printf '%s\n' "TRACE: raw:PREROUTING:rule:1  \"-A PREROUTING -j MARK --set-xmark 0x7/0xff\"" \
		"$(rule INPUT 1 '-j first-chain-of-a-long-name')" \
		"$(rule first-chain-of-a-long-name 1 '-j third')" \
		"TRACE: filter:third:return:1" \
		"$(rule first-chain-of-a-long-name 2 '-p udp -m udp --dport 53 -j second-chain-of-a-long-name')" \
		"$(rule second-chain-of-a-long-name 9 '-m comment --comment "cali:6gwbT8clXdHdC1b1" -m comment --comment "漢字 by a person" -j DROP')")" \
		"nftrace/1 host=h netns=1 family=ipv4 e,ieth0 e,ieth0 e,ieth0 e,ieth0 e,ieth0 e,ieth0 c,0,rule,mark,0,7 f,DROP,INPUT,b5"
}
blocks >"$FILE"

# on_terminal COLUMNS WORDS...: what a terminal of that width gets; expect is one
on_terminal() {
	local columns=$1
	shift
	env -u COLUMNS TERM="${TERMINAL-xterm}" WORDS="$NFTRACE --read $FILE $* 2>/dev/null" STTY="columns $columns" expect -c '
		set stty_init $env(STTY)
		set timeout 120
		log_user 1
		spawn -noecho bash -c $env(WORDS)
		expect eof' 2>/dev/null | tr -d '\r' >"$OUT"
}
columns() { LC_ALL=C.UTF-8 wc -L <"$OUT"; }

subtest "what it says"
COLUMNS=120 run_nftrace lo --read "$FILE" --fold
assert_same "the block" - <(sed -E 's/   [0-9:.]+$/   TIME/' "$OUT") <<'X'
#1 DROP       10.0.0.1.80 > 10.0.0.2.81: tcp S   in eth0   TIME
   by filter:second-chain-of-a-long-name:9  -j DROP  "漢字 by a person" [Calico]
   via filter:first-chain-of-a-long-name:2  -p udp --dport 53 -j second-chain-of-a-long-name
   raw     PREROUTING:1  -j MARK   mark 0x0 -> 0x7
   filter  INPUT:1 > first-chain-of-a-long-name:2 > second-chain-of-a-long-name:9
   (2 events without effect folded: --full)
X

subtest "elsewhere all events are told, whatever the width"
COLUMNS=40 run_nftrace lo --read "$FILE"
assert_equal "events" 6 "$(grep -c '^TRACE: ' "$OUT")"
cp "$OUT" "$SCRATCH/full"
COLUMNS=40 run_nftrace lo --read "$FILE" --full
assert_same "--full" "$SCRATCH/full" "$OUT"

if command -v expect >/dev/null; then
	subtest "on a terminal it is the default, as wide as that"
	for wide in 60 80 100 140; do
		on_terminal $wide --color never
		assert_grep '^#1 DROP  ' "$OUT"
		assert_no_grep '^TRACE|^=>' "$OUT"
		(($(columns) <= wide)) || fail "$(columns) columns on a terminal of $wide"
		tr -s ' \n' ' ' <"$OUT" | sed -E 's/[0-9:]+\.[0-9]{6}//; s/  +/ /g; s/ $//' >"$SCRATCH/words.$wide"
	done
	for wide in 60 80 100; do
		# The time may stand in another line.
		assert_same "nothing is cut at $wide" <(tr ' ' '\n' <"$SCRATCH/words.140" | sort) <(tr ' ' '\n' <"$SCRATCH/words.$wide" | sort)
	done
	on_terminal 100 --full --color never
	assert_equal "events with --full" 6 "$(grep -c '^TRACE: ' "$OUT")"
	on_terminal 100 -v --color never
	assert_equal "events with -v" 6 "$(grep -c '^TRACE: ' "$OUT")"

	subtest "COLUMNS goes before the terminal's width"
	NFTRACE="env COLUMNS=50 $NFTRACE" on_terminal 140 --color never
	assert_grep '^#1 DROP' "$OUT"
	(($(columns) <= 50)) || fail "$(columns) columns"
	NFTRACE="env COLUMNS=-5 $NFTRACE" on_terminal 60 --color never
	(($(columns) <= 60)) || fail "$(columns) columns, of a COLUMNS that is none"

	subtest "colours, and who wants none"
	on_terminal 100
	assert_text $'\e[1;31mDROP\e[0m' "$OUT"
	assert_text $'\e[1m   mark 0x0 -> 0x7\e[0m' "$OUT"
	NO_COLOR='' on_terminal 100
	assert_text $'\e[1;31mDROP' "$OUT"
	for setting in NO_COLOR=1 TERMINAL=dumb; do
		(export "${setting?}"; on_terminal 100)
		assert_text 'DROP' "$OUT"
		assert_equal "escapes with $setting" 0 "$(grep -c $'\e' "$OUT")"
		(export "${setting?}"; on_terminal 100 --color always)
		assert_text $'\e[1;31mDROP' "$OUT"
	done
	# Neither yellow, cyan, white nor dark blue: each is unreadable on some ground.
	assert_equal "colours that some cannot read" "" "$(grep -oE $'\e\\[(1;)?(33|36|34|37|97|93|96)m' "$OUT" | cat -v)"
else
	skip "no expect"
fi

subtest "what was recorded folds as it did live"
in_ns lo iptables-legacy -t raw -S >/dev/null
in_ns lo iptables-legacy -N a
in_ns lo iptables-legacy -A INPUT -j a
in_ns lo iptables-legacy -A a -p udp --dport 7 -m comment --comment "no echo" -j DROP
in_ns lo iptables-legacy -t mangle -A OUTPUT -p udp -j MARK --set-mark 5
in_ns lo iptables-legacy -t mangle -A OUTPUT -p udp -j CONNMARK --save-mark
in_ns lo nft 'table inet t { chain sub { meta mark 5 meta mark set 6; }; chain out { type filter hook output priority 10; udp dport { 7, 8 } jump sub; counter accept; }; }' || fail "nft"
start_nftrace lo -t 20 -c 4 --fold --pcap "$SCRATCH/live.pcapng" -p udp
for port in 7 8; do
	talk lo udp 10.9.0.1 $port from 2000$port wait 20 2>/dev/null
	talk lo udp fd00:9::1 $port from 2000$port wait 20 2>/dev/null
done
end_nftrace 15
cp "$OUT" "$SCRATCH/live"
run_nftrace lo --read "$SCRATCH/live.pcapng" --fold
assert_same "the blocks" "$SCRATCH/live" "$OUT"
assert_grep '^   by filter:a:1  -p udp --dport 7 -j DROP  "no echo"$' "$OUT"
assert_grep '^   filter +INPUT:1 > a:1$' "$OUT"
assert_grep 'nft inet t +out handle [0-9]+ > sub handle [0-9]+ .*mark 0x[05] -> 0x6$|mark 0x5 -> 0x6' "$OUT"
# What it did to the connection shows in no event behind it.
assert_equal "who saved the mark" 2 "$(grep -c ' OUTPUT:2 .*-j CONNMARK --save-mark' "$OUT")"
