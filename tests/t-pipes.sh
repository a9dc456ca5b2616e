#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-pipes: behind a pipe on a terminal: no status line in another program's screen, no torn line.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
command -v script >/dev/null || skip_all "no script(1)"
export TERM=xterm-256color

lab_loopback
server lo echo udp 10.9.0.1 7
in_ns lo iptables-legacy -A INPUT -p udp --dport 1001 -j DROP
screen=$SCRATCH/screen		# every byte that the terminal gets
# A pager's screen does not show that it is armed.
armed_there() { grep -aq 'nftrace: armed' "$screen" || { [[ $1 = *less* ]] && rules_are_in; }; }
rules_are_in() { (($(own_rules lo) > 0)); }
status='[0-9.]+/900 s +[0-9]+ packets?'

less_shows_the_end() { tr '\r' '\n' <"$screen" | grep -aq '(END)'; }

# type_line REST: nftrace with REST behind it, as a shell on a terminal runs it; two packets,
# a DROP and a DELIVERED; then its pid gets SIGINT, unless it has ended
type_line() {
	local pid line="$NFTRACE -t 900 --rate 0 --chain OUTPUT -p udp --dport 1001 --or -p udp --dport 7 $1"

	: >"$screen"
	background lo typed script -qefc "$line" "$screen"
	assert_within 20 "armed: $1" armed_there "$1"
	pid=$(pgrep -x nftrace | head -n 1)
	for port in 1001 7 1001; do
		talk lo udp 10.9.0.1 $port from 2$port wait 1 2>/dev/null
	done
	[[ -z ${2-} ]] || assert_within 10 "'$2' comes: $1" grep -aEq "$2" "${3:-$screen}"
	kill -INT "$pid" 2>/dev/null
	assert_within 15 "it ends: $1" is_gone "$BG_PID"
	tr -d '\r' <"$screen" >"$OUT"
}
no_status() { assert_equal "status lines" 0 "$(grep -Eac "$status" "$screen")"; }

subtest "on the terminal itself, or with results in a file: a status line"
type_line "" "$status"
type_line ">$SCRATCH/file" "$status"
assert_grep '^=> DROP' "$SCRATCH/file"
assert_no_grep $'\r|\e' "$SCRATCH/file"
subtest "one packet, two packets"
assert_no_grep '[^0-9]1 packets|[^0-9]1 events' "$OUT"

subtest "| jq"
type_line "--json | jq --unbuffered -r '\"it was \" + .fate'" 'it was DELIVERED'
no_status
assert_equal "lines of jq's" "it was DROP it was DELIVERED it was DROP" "$(grep '^it was [A-Z]*$' "$OUT" | paste -sd ' ')"

subtest "| grep"
type_line "| grep --line-buffered '^=> '" '=> DELIVERED'
no_status
assert_equal "lines of grep's" 3 "$(grep -Ec '^=> (DROP|DELIVERED)' "$OUT")"

subtest "| head: it ends by itself, and says why"
type_line "| head -n 1" 'stopped: nobody reads'
no_status
assert_equal "lines of head's" 1 "$(grep -c '^#1 ' "$OUT")"
assert_grep '^nftrace: stopped: nobody reads standard output any more$' "$OUT"

subtest "| less: what it shows is its own"
type_line "| LESSSECURE=1 less -X -E" '#3 '
no_status
# Where nothing comes for four seconds a later less says so itself, and takes it back: "Waiting for data...".
shown() { sed $'s/\r\e\\[K\e\\[7m[^\r]*\r\e\\[K//; s/\e\\[[?0-9;]*[a-zA-Z]//g; s/\e=//g; s/\r//g' "$1"; }
assert_equal "heads of packets" 3 "$(shown "$screen" | grep -Ec '^#[123] ')"

# The screen of a pager is its own until it ends; then the run's words stand below.
subtest "| less, a screen of its own: nothing of the run is drawn into it"
: >"$screen"
mkfifo "$SCRATCH/keys"
exec 8<>"$SCRATCH/keys"
in_ns lo env --default-signal LESSSECURE=1 LESS= script -qefc "$NFTRACE -t 900 --rate 0 --chain OUTPUT -p udp --dport 7 | less" "$screen" <&8 >/dev/null 2>&1 &
typed=$!
later $typed
assert_within 20 "it is armed" rules_are_in
talk lo udp 10.9.0.1 7 from 20007 wait 20000 || fail "no answer"
assert_within 10 "less shows the packet" grep -aq '=> DELIVERED' "$screen"
kill -INT "$(pgrep -x nftrace | head -n 1)"
assert_within 10 "the rules are gone" is_clean lo
assert_within 10 "less sees the end" less_shows_the_end
cp "$screen" "$SCRATCH/while"
printf q >&8
assert_within 10 "it ends" is_gone "$typed"
exec 8>&-
assert_equal "words of the run in less' screen" "" "$(tr '\r' '\n' <"$SCRATCH/while" | grep -a 'stopped\|packet traced\|all removed')"
tail -c +$(($(stat -c %s "$SCRATCH/while") + 1)) "$screen" | tr -d '\r' >"$OUT"
assert_grep '^nftrace: 1 packet traced: 1 DELIVERED' "$OUT"

subtest "| cat, with a command: its words are not torn"
background lo typed script -qefc "$NFTRACE -p udp --dport 7 --json -- bash -c 'echo word; echo x >/dev/udp/10.9.0.1/7' | cat" "$screen"
assert_within 20 "it ends" is_gone "$BG_PID"
tr -d '\r' <"$screen" >"$OUT"
no_status
assert_grep '^word$' "$OUT"
assert_equal "objects" object "$(grep '^{' "$OUT" | jq -r type 2>&1 | sort -u)"
