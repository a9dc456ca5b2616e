#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-legacy-changes: iptables' rules are changed during the trace; what is shown is what was met.
# TIMEOUT: 1200
#
# Two judges that need nothing of ours. While rules change under traffic each rule accepts one
# port, so that a packet can only have met a rule that names its own. Between changes each text
# is held against what iptables itself says of that table, chain and number.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/traffic.sh"

CHANGES=45 RESTORES=12
PAUSE=0.004	# between six packets
[[ -z ${SOAK-} ]] || CHANGES=1000 RESTORES=1000 PAUSE=0.001

lab_loopback
server lo echo udp 10.9.0.1 7 udp fd00:9::1 7

# by FAMILY WORDS...: iptables or ip6tables, with the lock that the run knows
declare -A prefix=([4]='' [6]=6) address=([4]=10.9.0.1 [6]=fd00:9::1)
by() { in_ns lo "ip${prefix[$1]}tables-legacy" -w "${@:2}"; }
restore() { in_ns lo "ip${prefix[$1]}tables-legacy-restore" -w; }

# ---- after each change the packets have its texts, word for word

# rules_of: "FAMILY TABLE CHAIN NUMBER TEXT" of the last packet's events, with iptables' own text
# of that place below; the run's own rule is the first one in each chain of raw.
last_texts() {
	spawn tail -n 1 "$OUT" >"$SCRATCH/last"
	jq -r --argjson n "$1" 'select(.packet == $n) | .family as $f | .events[] |
		select(.rule) | [$f, .table, .chain, .number, .doubt // "sure", .rule] | @tsv' "$SCRATCH/last" >"$SCRATCH/texts"
}
# text_now CHAIN NUMBER SAVED: in NOW; the policy has the number behind the last rule's
text_now() {
	local line policy= n=0
	now=
	while IFS= read -r line; do
		[[ $line != *'-j TRACE'* || $line != *nftrace:* ]] || continue
		case $line in
		":$1 "*) policy=${line#* } policy="-P $1 ${policy%% *}" ;;
		"-A $1 "*) ((++n != $2)) || { now=$line; return; } ;;
		esac
	done <<<"$3"
	((n + 1 != $2)) || now=$policy
}
# is_exact N: the packet of that number shows what iptables says now, and nothing in doubt
is_exact() {
	local family table chain number doubt text now rules=0
	local -A saved=()
	last_texts "$1"
	while IFS=$'\t' read -r family table chain number doubt text; do
		[[ $table:$chain != raw:OUTPUT ]] || ((number--))
		[[ -n ${saved[$table]-} ]] ||
			into "saved[$table]" in_ns lo "ip${prefix[${family#ipv}]}tables-legacy-save" -t "$table"
		text_now "$chain" "$number" "${saved[$table]}"
		[[ $doubt = sure && $text = "$now" ]] ||
			{ note "$table:$chain:$number ($doubt): $text"; return 1; }
		((++rules))
	done <"$SCRATCH/texts"
	((rules))
}
printed=0
one_more() {
	local lines
	mapfile -t lines <"$OUT"
	((${#lines[@]} == printed))
}
# packets FAMILY: until one is exact: the reading may be under way yet
exact_again() {
	local tries
	for tries in {1..20}; do
		talk lo udp "${address[$1]}" 7 wait 20000 >/dev/null || fail "no answer"
		((printed += 1))
		assert_within 5 "packet $printed" one_more
		! is_exact $printed || return 0
	done
	fail "not exact: $2"
}

# What somebody does to a table, $t, of family $f; each line is one change. What he empties in raw
# would be the run's own rule as well.
changes() {
	sed "$([[ $t != raw ]] || echo '/^printf/,$d')" <<-'EOT'
	by $f -t $t -I OUTPUT -p udp -m comment --comment first
	by $f -t $t -A OUTPUT -p udp --dport 7 -m comment --comment "with  blanks"
	by $f -t $t -N one
	by $f -t $t -A one -p udp -m comment --comment in-one
	by $f -t $t -I OUTPUT $behind -p udp -j one
	by $f -t $t -I one -p udp -j RETURN
	by $f -t $t -R one 1 -p udp --dport 7
	by $f -t $t -D OUTPUT -p udp -m comment --comment first
	by $f -t $t -F one
	by $f -t $t -N two
	by $f -t $t -A one -g two
	by $f -t $t -A two -p udp -j ACCEPT
	printf '%s\n' "*$t" ":OUTPUT ACCEPT" ":three -" "-A OUTPUT -p udp -j three" "-A three -p udp -m udp --dport 7" COMMIT | restore $f
	by $f -t $t -D OUTPUT 1
	EOT
}

# changes_in FAMILY TABLE [HOW MANY]: each met by the next packet
changes_in() {
	local f=$1 t=$2 change count=0 behind=2
	# In raw: behind the run's own rule.
	[[ $t != raw ]] || behind=3
	while read -r change; do
		eval "$change" || fail "$change"
		exact_again "$f" "$f $t: $change"
		((++count != ${3-0})) || break
	done < <(changes)
	note "$f $t: $count changes, $printed packets so far"
}

# told_as_counted: packets and events of the run that ended last
told_as_counted() {
	local told counted
	into told sed -nE 's/^nftrace: ([0-9]+) packets? traced.*/\1/p' "$ERR"
	into counted sed -nE 's/.* 0 lost; the TRACE rules counted ([0-9]+) packets?$/\1/p' "$ERR"
	assert_equal "packets told" "$counted" "$told"
}
# all_told: of the run that ended last; "PORT packet NUMBER FATE exact" (or doubtful) of each
# packet, "PORT event RULE DOUBT" of each rule of filter that it met, but for INPUT
all_told() {
	jq -r '.headers as $headers |
		[$headers, "packet", .packet, .fate,
			if any(.events[]; .doubt == "changed") then "doubtful" else "exact" end],
		(.events[] | select(.table == "filter" and .kind == "rule" and .chain != "INPUT") |
			[$headers, "event", (.rule // "none"), (.doubt // "-")]) | @tsv' "$OUT" |
		with_ports >"$SCRATCH/told"
}
# assert_fates: what passed OUTPUT is seen at INPUT; only what met a change need not be known
assert_fates() {
	assert_equal "fates" "" "$(awk '$2 == "packet" { print $4 }' "$SCRATCH/told" |
		grep -vxE 'DELIVERED|UNKNOWN' | sort | uniq -c)"
	assert_equal "fates in doubt without a doubtful rule" "" \
		"$(awk '$2 == "packet" && $4 == "UNKNOWN" && $5 == "exact" { print $3 }' "$SCRATCH/told")"
}

for f in 4 6; do for t in raw mangle filter; do by $f -t $t -S >/dev/null; done; done

# empty: no rule of anybody
printf -v nothing '*%s\nCOMMIT\n' raw mangle filter
empty() {
	local f
	for f in 4 6; do restore $f <<<"$nothing" || fail "restore"; done
}
end_changes() {
	stop_nftrace INT
	all_told
	told_as_counted
	assert_fates
	assert_grep "note: table $1 of ip6?tables was changed \([0-9]+ rules then, [0-9]+ now\) by pid" "$ERR"
	empty
	printed=0
}

subtest "each change is met by the next packet: the lock is free"
start_nftrace lo -v -t 100 --no-lock --json -p udp --dport 7 --chain OUTPUT
changes_in 4 filter
changes_in 6 raw 6
# A table that comes into being has hooks of its own.
by 4 -t security -A OUTPUT -p udp -m comment --comment new
exact_again 4 "a new table"
end_changes filter
by 4 -t security -F

subtest "each change is met by the next packet: the lock is given"
start_nftrace lo -v -t 100 --json -p udp --dport 7 --chain OUTPUT
changes_in 6 mangle
changes_in 4 raw 6
end_changes mangle

# The lock's holder changes the rules behind a reading that nobody could wait for any longer, and is
# gone before the run looks who is there.
subtest "a change behind the reading, by who was there when it began"
by 4 -A OUTPUT -p udp -m comment --comment then
export NFTRACE_TESTPOINT_FILE=$SCRATCH/point
NFTRACE=$WITH_POINTS NFTRACE_TESTPOINT=tables-read \
	start_nftrace lo -v -t 100 --no-lock --json -p udp --dport 7 --chain OUTPUT
exec {lock}<"$XTABLES_LOCKFILE"
flock "$lock"
talk lo udp 10.9.0.1 7 wait 20000 >/dev/null || fail "no answer"
assert_within 10 "the tables are read" test -s "$NFTRACE_TESTPOINT_FILE"
XTABLES_LOCKFILE=$SCRATCH/another by 4 -R OUTPUT 1 -p udp -m comment --comment now
flock -u "$lock"
exec {lock}<&-
rm "$NFTRACE_TESTPOINT_FILE"
talk lo udp 10.9.0.1 7 wait 20000 >/dev/null || fail "no answer"
printed=2
assert_within 5 "packet 2" one_more
assert_equal "told of packet 2 as certain, though the rule was gone" "" \
	"$(jq -r 'select(.packet == 2) | .events[] | select((.rule // "") | contains("comment then")) |
		select(.doubt != "changed") | .rule' "$OUT")"
exact_again 4 "behind the reading"
stop_nftrace INT
empty
printed=0

# Packet 1 makes the reader ask, and packet 2 ask again, when nothing has changed since; what the second
# of two changes puts back is what the first one found, counters included.
subtest "rules changed and changed back before the tables are read"
rule_is() {
	printf '%s\n' '*filter' ':INPUT ACCEPT [5000:400000]' ':OUTPUT ACCEPT [5000:400000]' \
		"[0:0] -A OUTPUT -p udp -m comment --comment $1" COMMIT | in_ns lo iptables-legacy-restore -w -c
}
send() { in_ns lo bash -c 'echo x >/dev/udp/10.9.0.1/7'; }
rule_is then
start_nftrace lo -v -t 100 --no-lock --json -p udp --dport 7 --chain OUTPUT
kill -STOP "$NFTRACE_PID"
: <"$XTABLES_LOCKFILE"
send
rule_is meanwhile
send
rule_is then
kill -CONT "$NFTRACE_PID"
printed=2
assert_within 10 "packet 2" one_more
assert_equal "told of packet 2 as certain, though another rule was there" "" \
	"$(jq -r 'select(.packet == 2) | .events[] | select(.table == "filter" and .chain == "OUTPUT") |
		select(.doubt != "changed") | .rule' "$OUT")"
exact_again 4 "behind both"
stop_nftrace INT
empty
printed=0

# Packet 1 makes the reader ask.  The texts are read, behind the rules, for longer than an answer is
# waited for where nobody reads: packet 2 comes then, and waits as well.
subtest "rules that take long to be read"
halts() { assert_within 10 "$1" test -s "$NFTRACE_TESTPOINT_FILE"; }
by 4 -A OUTPUT -p udp -m comment --comment then
: >"$NFTRACE_TESTPOINT_FILE.once"
NFTRACE=$WITH_POINTS NFTRACE_TESTPOINT=before-texts \
	start_nftrace lo -4 -v -t 100 --no-lock --json -p udp --dport 7 --chain OUTPUT
rm "$NFTRACE_TESTPOINT_FILE.once"
by 4 -R OUTPUT 1 -p udp -m comment --comment now
send
halts "their texts are being read"
halted=${EPOCHREALTIME/./}
assert_within 10 "for long" eval '((${EPOCHREALTIME/./} - halted > 1700000))'
send
rm "$NFTRACE_TESTPOINT_FILE"
printed=2
assert_within 10 "packet 2" one_more
assert_equal "of packet 2 in doubt, though none but filter was changed" "" \
	"$(jq -r 'select(.packet == 2) | .events[] | select(.table != "filter" and .doubt) | .rule' "$OUT")"
exact_again 4 "rules that take long to be read"
stop_nftrace INT
empty
printed=0
unset NFTRACE_TESTPOINT_FILE

# ---- changes under traffic

# load_table PORT...: filter made anew, a rule a port, in OUTPUT or a chain
load_table() {
	local port chain=OUTPUT lines=$'*filter\n:INPUT ACCEPT\n:OUTPUT ACCEPT\n'
	(($1 % 2)) || { lines+=$':even -\n-A OUTPUT -p udp -j even\n'; chain=even; }
	for port; do lines+="-A $chain -p udp -m udp --dport $port -j ACCEPT"$'\n'; done
	restore 4 <<<"${lines}COMMIT"
}

# judge: "EVENTS RIGHT WRONG MARKED", and what was told of more or fewer packets than were counted
judge() {
	awk -F '\t' '$2 != "event" { next }
		{ n++ }
		$4 == "changed" { marked++; next }
		$3 ~ / -j even$/ { next }
		index($3, "--dport " $1 " ") { right++; next }
		{ wrong++; if (wrong < 5) print "# " $0 >"/dev/stderr" }
		END { print n + 0, right + 0, wrong + 0, marked + 0 }' "$SCRATCH/told"
}

# verdict: what the judge says of the run that ended last
verdict() {
	local events right wrong marked
	all_told
	read -r events right wrong marked < <(judge)
	packets=$(wc -l <"$OUT")
	doubtful=$(grep -c $'\tdoubtful$' "$SCRATCH/told")
	note "$packets packets, $doubtful doubtful; $events events: $right right, $marked marked, $wrong wrong"
	assert_equal "wrong texts" 0 "$wrong"
	((right > 10)) || fail "only $right texts were shown"
	told_as_counted
	assert_fates
	if ((doubtful)); then
		assert_status 5
		assert_grep "warning: $doubtful packets? met rules that were just being changed" "$ERR"
	else
		assert_status 0
	fi
}

run_traffic() {
	start_nftrace lo -v -t 300 --no-drops --rate 0 --buffer 512 --json -p udp -m multiport --dports 2000:2005 --chain OUTPUT "$@"
	traffic
}
# Such that met a rule of their port's: a third of them.
exact_again() {
	local exact
	into exact awk '!/"doubt":"changed"/ && / --dport / { n++ } END { print n + 0 }' "$OUT"
	((exact > 20))
}
# Nobody changes anything any more: what comes now is exact.
end_traffic() {
	assert_within 20 "packets are exact again" exact_again
	stop_traffic
	stop_nftrace INT
	verdict
}

subtest "a table restored $RESTORES times, as fast as it goes: the lock is free"
load_table 2000 2001
run_traffic --no-lock
for ((i = 1; i <= RESTORES; i++)); do
	load_table $((2000 + i % 6)) $((2000 + (i + 3) % 6)) || fail "restore"
	((i % 10)) || some_rounds 2
done
end_traffic

subtest "rules inserted, replaced and deleted: the lock is given"
load_table 2000 2001
run_traffic
for ((i = 1; 3 * i <= CHANGES + 2; i++)); do
	by 4 -I OUTPUT -p udp -m udp --dport $((2000 + i % 6)) -j ACCEPT
	some_rounds 2
	by 4 -R OUTPUT 1 -p udp -m udp --dport $((2000 + (i + 1) % 6)) -j ACCEPT
	some_rounds 2
	by 4 -D OUTPUT 1
	some_rounds 2
done
end_traffic

# 170 rounds with pauses of 3 ms take half a second at least: two changes a second at most.
if [[ -n ${SOAK-} ]]; then
	subtest "two changes a second: at most one packet in a hundred is doubtful"
	PAUSE=0.003
	load_table 2000 2001
	run_traffic
	for ((i = 1; i <= 60; i++)); do
		by 4 -I OUTPUT -p udp -m udp --dport $((2000 + i % 6)) -j ACCEPT
		some_rounds 170
		by 4 -D OUTPUT 1
		some_rounds 170
	done
	end_traffic
	((doubtful * 100 <= packets)) || fail "$doubtful of $packets"
fi
