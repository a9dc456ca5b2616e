#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-changes: nft's rules are added, replaced and deleted during the trace, tables made anew.
# TIMEOUT: 1200
#
# The judge needs nothing of ours: each rule accepts one port, so a packet can only have met a
# rule that names its own port. Any other text was not in force at the event.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/traffic.sh"

ROUNDS=100
PAUSE=0.004	# between six packets
[[ -z ${SOAK-} ]] || ROUNDS=1000 PAUSE=0.001

lab_loopback

# One nft for all changes: they come as fast as another tool's would.
mkfifo "$SCRATCH/commands"
in_ns lo nft -i <"$SCRATCH/commands" >/dev/null 2>"$SCRATCH/nft.err" &
later $!
exec 9>"$SCRATCH/commands"

# change COMMAND...: one transaction, and some packets before the next
change() {
	echo "$*" >&9
	[[ -z $TRAFFIC ]] || some_rounds 12
}

# listed: the chain, in chain; last: the handle of its last rule that accepts
listed() {
	into chain in_ns lo nft -a list chain ip t out || return
	last=
	[[ ! $chain =~ .*'accept # handle '([0-9]+) ]] || last=${BASH_REMATCH[1]}
}
# in_force PORT: the last change was that of this rule
in_force() { listed && [[ $chain = *"udp dport $1 accept"* ]]; }

# is_changed PORT HANDLE: and the rule of that handle is deleted
is_changed() { in_force "$1" && [[ $chain != *"# handle $2"$'\n'* ]]; }

# load_table PORT...: made anew in one transaction: its handles start again
load_table() {
	local rules=
	for port; do rules+=" udp dport $port accept;"; done
	change "add table ip t; delete table ip t; table ip t { chain out {" \
		"type filter hook output priority 0; policy accept; $rules }; };"
}

# breathe I: after every tenth change, until texts are shown again: the rules could be read
has_texts() {
	spawn tail -n 20 "$OUT" >"$SCRATCH/tail"
	grep -q '"rule":"udp dport' "$SCRATCH/tail"
}
breathe() { (($1 % 10)) || assert_within 20 "texts after change $1" has_texts; }

# all_told: "PORT packet FATE" of each packet, "PORT event RULE DOUBT" of each rule that it met
all_told() {
	jq -r '.headers as $headers | [$headers, "packet", .fate],
		(.events[] | select(.backend == "nft" and .kind == "rule") |
			[$headers, "event", (.rule // "none"), (.doubt // "-")]) | @tsv' "$OUT" |
		with_ports >"$SCRATCH/told"
}
# judge: "EVENTS RIGHT WRONG MARKED": texts of rules beside the packets' own ports
judge() {
	awk -F '\t' '$2 != "event" { next }
			{ n++ }
			$3 == "none" && $4 == "gone" { marked++; next }
			index($3, "udp dport " $1 " ") { right++; next }
			{ wrong++; if (wrong < 5) print "# " $0 >"/dev/stderr" }
			END { print n + 0, right + 0, wrong + 0, marked + 0 }' "$SCRATCH/told"
}

# verdict: what the judge says of the run that ended last
verdict() {
	all_told
	judge >"$SCRATCH/judged"
	read -r events right wrong marked <"$SCRATCH/judged"
	note "$events events: $right with the right text, $marked marked, $wrong wrong"
	assert_equal "wrong texts" 0 "$wrong"
	((right > 100)) || fail "only $right texts were shown"
	if ((marked)); then
		assert_status 5
		assert_grep "warning: [0-9]+ events? of nft rules that were gone" "$ERR"
	else
		assert_status 0
	fi
	# A packet that met a chain twice, or half made, may be incomplete, but none is lost: of
	# what passes OUTPUT, and comes back over loopback, the end is known but where chains change.
	# They are sent one behind the other, round and round.
	assert_equal "packets out of order" 0 "$(awk '$2 != "packet" { next }
		last && $1 != (last == 2005 ? 2000 : last + 1) { n++ } { last = $1 } END { print n + 0 }' "$SCRATCH/told")"
	fates=$(awk '$2 == "packet" { print $3 }' "$SCRATCH/told" | sort -u | grep -vxE 'INCOMPLETE|SENT|UNKNOWN|DELIVERED' | paste -sd,)
	assert_equal "fates that cannot be" "" "$fates"
}

load_table 2000 2001
assert_within 20 "the first table" in_force 2001

subtest "a table made anew $ROUNDS times"
start_nftrace lo -t 900 --no-drops --rate 0 --buffer 512 --json -p udp --chain OUTPUT
traffic
for ((i = 1; i <= ROUNDS; i++)); do
	load_table $((2000 + i % 6)) $((2000 + (i + 3) % 6))
	breathe $i
done
assert_within 20 "the last change" in_force $((2000 + (i - 1) % 6))
stop_traffic
stop_nftrace INT
verdict
# All by one process, which has a pid.
assert_grep "^nftrace: the nft rules were changed $ROUNDS times during the trace, by nft \\(pid [0-9]+\\)\$" "$ERR"

subtest "rules added, replaced and deleted $ROUNDS times"
start_nftrace lo -t 900 --no-drops --rate 0 --buffer 512 --json -p udp --chain OUTPUT
traffic
listed || fail "nft list chain"
for ((i = 1; i <= (ROUNDS + 2) / 3; i++)); do
	gone=$last
	change replace rule ip t out handle "$gone" udp dport $((2000 + i % 6)) accept
	change insert rule ip t out udp dport $((2000 + (i + 1) % 6)) accept
	change delete rule ip t out handle "$gone"
	assert_within 20 "the change" is_changed $((2000 + (i + 1) % 6)) "$gone"
	breathe $i
done
stop_traffic
stop_nftrace INT
verdict

# 170 rounds with pauses of 3 ms take half a second at least: two changes a second at most.
if [[ -n ${SOAK-} ]]; then
	subtest "two changes a second: at most one packet in a hundred is doubtful"
	PAUSE=0.003
	load_table 2000 2001
	assert_within 20 "the table" in_force 2001
	start_nftrace lo -t 900 --no-drops --rate 0 --buffer 512 --json -p udp --chain OUTPUT
	traffic
	for ((i = 1; i <= 60; i++)); do
		change insert rule ip t out udp dport $((2000 + i % 6)) accept
		some_rounds 170
	done
	stop_traffic
	stop_nftrace INT
	verdict
	packets=$(wc -l <"$OUT")
	doubtful=$(jq -r 'select(any(.events[]; .doubt) or .fate == "INCOMPLETE") | .packet' "$OUT" | wc -l)
	note "$packets packets, $doubtful doubtful"
	((doubtful * 100 <= packets)) || fail "$doubtful of $packets"
fi

subtest "after the changes"
start_nftrace lo -t 100 --no-drops --rate 0 -p udp --dport 2003 --chain OUTPUT
load_table 2002 2004
load_table 2005 2003
# Certain again as soon as the rules have been read: wait for a packet that shows it.
shown() {
	talk lo udp 10.9.0.1 2003 wait 50 2>/dev/null
	grep -q '"udp dport 2003 accept"' "$OUT"
}
assert_within 20 "the text of a new rule" shown
stop_nftrace INT

# What it counts moves with each packet, and each reading shows it anew.
subtest "a rule that drops is one rule, however often the rules are read again, or it is replaced"
load_table 2000
assert_within 20 "the table" in_force 2000
change add rule ip t out udp dport 2003 counter drop
is_there() {
	listed && [[ $chain =~ 'dport 2003 '[^$'\n']*'drop # handle '([0-9]+) ]] && drop=${BASH_REMATCH[1]}
}
assert_within 20 "the rule" is_there
start_nftrace lo -t 100 --no-drops --rate 0 --graph "$SCRATCH/ways.dot" -p udp --dport 2003 --chain OUTPUT
# drops TEXT: so many by a rule of this text, in dropped
drops() { into dropped grep -c "=> DROP by nft ip t:out:rule:handle [0-9]*  \"udp dport 2003 $1drop\"" "$OUT"; }
# one_more TEXT: dropped by a rule of this text, which was read since the last change
one_more() {
	in_ns lo bash -c 'echo x >/dev/udp/10.9.0.1/2003' 2>/dev/null
	drops "$1"
	((dropped > before))
}
for ((i = 0; i < 8; i++)); do
	drops "counter "
	before=$dropped
	change add rule ip t out udp dport $((3000 + i)) counter accept
	assert_within 20 "a drop after change $i" one_more "counter "
done
before=0
change replace rule ip t out handle "$drop" udp dport 2003 drop
assert_within 20 "a drop by what replaced it" one_more ""
stop_nftrace INT
dropped=$(grep -c '^=> DROP' "$OUT")
grep -E '^nftrace:   [0-9]+ by ' "$ERR" >"$SCRATCH/by"
assert_equal "rules that dropped" 1 "$(wc -l <"$SCRATCH/by")"
assert_grep "^nftrace:   $dropped by nft ip t:out:rule:handle [0-9]+  \"udp dport 2003 drop\" \(replaced during the trace\)\$" "$SCRATCH/by"
assert_equal "its rows in the graph" 1 "$(grep -c '>handle [0-9]*</FONT>.*>udp dport 2003' "$SCRATCH/ways.dot")"

# A message behind all that waited tells it as much as an empty socket does.
subtest "a reader that never finds its socket empty"
load_table 2000
assert_within 20 "the table" in_force 2000
background lo flood "$TOOLS/flood" 10.9.0.1 2003 0 64 300 100000
flood=$BG_PID
NFTRACE=$WITH_POINTS NFTRACE_TESTPOINT=never-empty start_nftrace lo -t 100 --no-drops --rate 0 --json -p udp --chain OUTPUT
change add rule ip t out udp dport 2003 accept
assert_within 20 "the text of a new rule" has_line '"udp dport 2003 accept"' "$OUT"
change insert rule ip t out udp dport 2003 counter
assert_within 20 "the text of another" has_line '"udp dport 2003 counter' "$OUT"
kill "$flood"
stop_nftrace INT

save_rules lo "$SCRATCH/now"
assert_no_grep 'nftrace_' "$SCRATCH/now"
