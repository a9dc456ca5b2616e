#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-scripts: the tests' own scripts: every wait is looked at, none sleeps, no failure gets lost.
. "$(dirname "$0")/lib.sh"

# statements FILE...: "FILE:LINE<tab>TEXT", a line for what a backslash or an operator carries on
statements() {
	awk 'FNR == 1 { text = "" }
		/^[[:space:]]*#/ { next }
		text == "" { at = FILENAME ":" FNR }
		{ text = text $0 }
		/\\$/ { sub(/\\$/, "", text); next }
		/(\|\||&&|\|)[[:space:]]*$/ { next }
		{ print at "\t" text; text = "" }' "$@"
}

# unheeded: on stdin statements; those whose wait_for may fail unseen
unheeded() {
	grep -P '\twait_for |.*[^_[:alnum:]"]wait_for [^"]' |
		grep -vP '\t\s*(if|elif|while|until|!|wait_for\(\))' |
		grep -vP 'wait_for .*(\|\||&&)'
}

# sleeping: those that pass time and wait for nothing. What is put in the background, or a
# program that is traced, sleeps for itself.
sleeping() {
	grep -P '(\t|;|&&|\|\||\bdo|\bthen)\s*(sleep\b(?!.*&\s*$)|read -[a-z]*t\b)'
}

# hasty: those that give a command so many seconds on any machine.
hasty() {
	grep -P '\btimeout( -[ks] \S+)*+ [\d.]+ '
}

# Reasons: "FILE TEXT", and why its time is no wait of a test's.
paces='
t-command.sh trap \"echo interrupted	the traced command, until it is interrupted
t-command.sh sleep 0.3; echo last word	the traced command, which outlives the trace
t-examples.sh while printf	the rate of a sender
t-legacy-changes.sh echo x >/dev/udp	the rate of a sender
t-legacy-changes.sh read -rt "$1"	the rate of a sender
t-nft-changes.sh echo x >/dev/udp	the rate of a sender
t-nft-changes.sh read -rt "$1"	the rate of a sender
t-order.sh read -rt 0.002	the rate of a sender
t-truth-changes.sh read -rt "$1"	the rate of another, who changes rules
t-nft-texts.sh sleep "$(<"$0")"; done	the rate of another, who changes rules'
# but_for_paces: on stdin what sleeping prints
but_for_paces() {
	local at text file mark why
	while IFS=$'\t' read -r at text; do
		while IFS=$'\t' read -r mark why; do
			file=${mark%% *}
			[[ -n $why && ${at%:*} = *"/$file" && $text = *"${mark#* }"* ]] && continue 2
		done <<<"$paces"
		printf '%s\t%s\n' "${at##*/}" "$text"
	done
}

mapfile -t scripts < <(ls "$TESTS"/t-*.sh | grep -v '/t-scripts\.sh$')
scripts+=("$TESTS"/{scenario,verdicts,ways,lab,truth,truths,rulesets,pcapng,demo}.sh)
mapfile -t -O ${#scripts[@]} scripts < <(
	find "$TESTS/verdicts" -name packets -o -name checks -o -name needs)
statements "${scripts[@]}" >"$SCRATCH/statements"

subtest "every wait is looked at"
(($(grep -c 'wait_for \|assert_within ' "$SCRATCH/statements") >= 100)) || fail "too few waits were found"
assert_equal "waits whose end nobody looks at" "" "$(unheeded <"$SCRATCH/statements")"

subtest "nothing sleeps"
assert_equal "sleeps" "" "$(sleeping <"$SCRATCH/statements" | but_for_paces)"

subtest "no command has a bound of time that a slow machine does not lengthen"
assert_equal "bounds" "" "$(hasty <"$SCRATCH/statements")"

subtest "the checks find what is wrong"
cat >"$SCRATCH/t-wrong.sh" <<'EOT'
wait_for 5 is_gone 1
	wait_for 5 \
		is_gone 2
kill 3; wait_for 5 is_gone 3
wait_for 5 is_gone 4 ||
	fail "4"
if wait_for 5 is_gone 5; then
sleep 1
	read -rt 0.04 <>"$SCRATCH/pause"
while :; do sleep 0.1; done
sleep 60 &
in_ns lo timeout -k 1 20 true
timeout 5 true
timeout $((5 * PATIENCE)) true
EOT
statements "$SCRATCH/t-wrong.sh" >"$SCRATCH/wrong"
assert_equal "waits" "1 2 4" \
	"$(unheeded <"$SCRATCH/wrong" | sed 's/.*wrong.sh:\([0-9]*\).*/\1/' | paste -sd ' ')"
assert_equal "bounds" "12 13" \
	"$(hasty <"$SCRATCH/wrong" | sed 's/.*wrong.sh:\([0-9]*\).*/\1/' | paste -sd ' ')"
assert_equal "sleeps" "8 9 10" \
	"$(sleeping <"$SCRATCH/wrong" | but_for_paces | sed 's/.*wrong.sh:\([0-9]*\).*/\1/' | paste -sd ' ')"

subtest "what the runner begins first is there"
sed -n '/^LONGEST=(/,/)$/p' "$TESTS/run" | tr -d '()' | sed 's/^LONGEST=//' | xargs -n 1 >"$SCRATCH/first"
(($(wc -l <"$SCRATCH/first") >= 10)) || fail "$(wc -l <"$SCRATCH/first") names were found"
while read -r name; do
	[[ -e $TESTS/t-$name.sh ]] || fail "there is no t-$name.sh"
done <"$SCRATCH/first"

subtest "a runner that is told to end takes its tests along"
mkdir -p "$SCRATCH/tree/tests"
cp "$TESTS/run" "$TESTS/sandbox" "$SCRATCH/tree/tests"
# shellcheck disable=SC2016 # the script's own words
echo 'tail -f /dev/null & echo begun >"$SLOW"; tail -f "$SLOW"' >"$SCRATCH/tree/tests/t-slow.sh"
SLOW=$SCRATCH/slow "$SCRATCH/tree/tests/run" slow >"$SCRATCH/told" 2>&1 &
runner=$!
later $runner
assert_within 10 "the test begins" pgrep -f "tail -f $SCRATCH/slow"
kill -TERM $runner
assert_within 20 "the runner ends" is_gone $runner
wait $runner
assert_equal "its exit status" 143 $?
assert_equal "what is left of its test" "" "$(pgrep -f "$SCRATCH/(slow|tree)")"

subtest "a test whose keeper is killed has failed, and nobody waits for it"
rm "$SCRATCH/slow"
SLOW=$SCRATCH/slow "$SCRATCH/tree/tests/run" slow >"$SCRATCH/told" 2>&1 &
runner=$!
later $runner
assert_within 10 "the test begins" pgrep -f "tail -f $SCRATCH/slow"
read -ra children <"/proc/$runner/task/$runner/children"
read -ra grandchildren <"/proc/${children[0]}/task/${children[0]}/children"
kill -KILL "${children[0]}"
kill -TERM "${grandchildren[@]}"
assert_within 20 "the runner ends" is_gone $runner
wait $runner
assert_equal "its exit status" 1 $?
assert_grep '^FAIL  t-slow .*1 of 1 failed' "$SCRATCH/told"
assert_grep '^0 passed, 1 failed$' "$SCRATCH/told"
assert_within 10 "nothing is left of its test" eval '! pgrep -f "$SCRATCH/(slow|tree)"'

subtest "the README names what lies here"
for entry in "$TESTS"/*; do
	name=${entry##*/}
	[[ $name != t-*.sh && $name != README.rst ]] || continue
	[[ ! -d $entry ]] || name+=/
	grep -qF "\`\`$name\`\`" "$TESTS/README.rst" || fail "nothing is said of $name"
done

# ---- what lib.sh makes of a script

# script LINE...: one of these lines, in this sandbox; its output in $SCRATCH/told
script() {
	{ printf '. %q\n' "$TESTS/lib.sh"; printf '%s\n' "$@"; } >"$SCRATCH/script.sh"
	mkdir -p "$SCRATCH/of-script"
	SCRATCH=$SCRATCH/of-script bash "$SCRATCH/script.sh" >"$SCRATCH/told" 2>&1
	STATUS=$?
	rm -rf "$SCRATCH/of-script"
}
# fails_with REGEX: the script that ran last has failed, and says so
fails_with() {
	((STATUS != 0)) || fail "status 0"
	assert_grep "^not ok $1" "$SCRATCH/told"
	assert_no_grep '^ok' "$SCRATCH/told"
}

subtest "a failure in a subshell is no success"
script 'subtest one' 'for i in 1 2; do fail $i; done | sort -u >/dev/null' 'subtest two'
fails_with 'one: in a subshell, where nobody hears it: fail 1'
script 'subtest one' 'got=$(assert_equal x 1 2)' 'subtest two'
fails_with "one: in a subshell.* x: expected '1', got '2'"
script 'subtest one' '(skip "not here")' 'subtest two'
fails_with 'one: in a subshell.* skip not here'

subtest "a wait that comes to nothing fails"
script 'subtest one' 'assert_within 0.1 "nothing" false'
fails_with 'one: not within 0.1 s: nothing'
script 'subtest one' 'wait_for 0.05 false' 'echo "$?"' 'wait_for 20 true; echo "$?"'
assert_equal "wait_for" "1 0 ok one" "$(paste -sd ' ' "$SCRATCH/told")"

# shellcheck disable=SC2016 # the script's own words
for how in builtin function; do
	subtest "a command is started as the shell would start it: its status, output, words to it and network ($how)"
	[[ $how = builtin ]] || export SPAWN=/nowhere
	script 'type -t spawn' 'ns_new x' 'subtest one' \
		'spawn bash -c "exit 7"; assert_equal status 7 $?' \
		'spawn bash -c "kill -KILL \$\$" 2>/dev/null; assert_equal "by a signal" 137 $?' \
		'spawn /no/such 2>/dev/null; (($? == 126 || $? == 127)) || fail "no such command: $?"' \
		'in_ns x ip -o link >"$SCRATCH/x"; assert_equal lines 1 "$(wc -l <"$SCRATCH/x")"' \
		'assert_equal read a "$(echo a | spawn cat)"' \
		'FOO="b c" spawn bash -c "echo \$FOO" >"$SCRATCH/x"; assert_equal environment "b c" "$(<"$SCRATCH/x")"' \
		'into said spawn printf "%s\n\n" "d  e"; assert_equal into "d  e" "$said"' \
		'into said false && fail "false"; assert_equal nothing "" "$said"' \
		'spawn -t 1 bash -c "tail -f /dev/null & wait" & wait $!; assert_equal "too late" 124 $?; assert_equal "left" "" "$(pgrep -f "tail -f /dev/null")"' \
		'spawn -t 60 true || fail "in time"; spawn -t 60 bash -c "exit 9"; assert_equal "in time" 9 $?' \
		'trap "" USR1; spawn grep -q "^SigIgn:.*[2367abef].." /proc/self/status || fail "USR1 is not ignored"' \
		'echo old >"$SCRATCH/tail"; background x tail tail -f /dev/null; [[ /proc/$BG_PID/ns/net -ef $(ns_path x) ]] || fail network' \
		'assert_equal new "" "$(<"$SCRATCH/tail")"' \
		'kill -INT $BG_PID; assert_within 5 "it ends" is_gone $BG_PID'
	assert_equal "what it says" "$how ok one" "$(paste -sd ' ' "$SCRATCH/told")"
done
unset SPAWN

subtest "a line that should not be there is found, in a few and in many"
# shellcheck disable=SC2016 # the script's own words
for lines in 3 40 41 300; do
	script "seq $lines >\"\$SCRATCH/lines\"" 'subtest one' 'assert_no_grep "^4|x$" "$SCRATCH/lines"' \
		"subtest two" "assert_no_grep '^$lines\\b' \"\$SCRATCH/lines\""
	((lines > 3)) || assert_grep '^ok one$' "$SCRATCH/told"
	assert_grep "^not ok two: a line like .*: $lines\$" "$SCRATCH/told"
done

subtest "a script that ends early, or by an unset variable, has failed"
script 'subtest one' 'exit 3'
fails_with 'one: the script ended here, status 3'
script 'subtest one' ': $nothing_of_that_name'
fails_with 'one: the script ended here'

subtest "a process that is gone, stopped or a zombie"
script 'subtest one' 'tail -f /dev/null & pid=$!' 'is_gone $pid && fail "gone"' \
	'kill -STOP $pid; assert_within 5 stopped is_stopped $pid' \
	'kill -KILL $pid; assert_within 5 gone is_gone $pid' 'wait $pid 2>/dev/null' \
	'is_gone $pid || fail "there"' 'is_gone "" || fail "no pid"' "! is_stopped \$pid || fail stopped"
assert_grep '^ok one$' "$SCRATCH/told"

subtest "a host is as before where nothing differs, and else it is not"
# shellcheck disable=SC2016 # the script's own words
script 'n=0
	# host: another one, whose state is written down
	host() {
		ns_new h$((++n))
		in_ns h$n iptables-legacy -A INPUT -s 127.0.0.1 -j ACCEPT
		in_ns h$n ip6tables-legacy -A INPUT -s ::1 -j ACCEPT
		save_rules h$n "$SCRATCH/$n"
	}
	for what in true "iptables-legacy -A OUTPUT -j ACCEPT" "iptables-legacy -P FORWARD DROP" \
		"ip6tables-legacy -A OUTPUT -j ACCEPT" "ip6tables-legacy -D INPUT 1" "iptables-legacy -t nat -L" \
		"sysctl -qw net.netfilter.nf_log.10=nfnetlink_log" "nft add table ip x" "ping -q -c 1 127.0.0.1"; do
		host
		subtest "$what"
		in_ns h$n $what >/dev/null
		assert_restored h$n "$SCRATCH/$n"
		subtest "$what, counters"
		assert_restored_but_counters h$n "$SCRATCH/$n"
	done'
grep -E '^(ok|not ok) ' "$SCRATCH/told" | sed 's/: .*//' >"$SCRATCH/judged"
assert_equal "as before" "ok true|ok true, counters|ok ping -q -c 1 127.0.0.1, counters" \
	"$(grep '^ok' "$SCRATCH/judged" | paste -sd '|')"
assert_equal "not as before" 15 "$(grep -c '^not ok' "$SCRATCH/judged")"

subtest "make matrix that is ended takes its target along, whatever root that is in"
matrix=$SCRATCH/tree/tests/matrix
mkdir -p "$matrix"
cp "$TESTS/matrix/run" "$matrix/"
cat >"$matrix/image" <<'E2'
#!/bin/bash
unshare --pid --fork --kill-child bash -c 'touch "$CACHE/begun"; exec tail -f /dev/null' &
echo $! >"$CACHE/pid"
wait
touch "$CACHE/over"
E2
chmod +x "$matrix/image"
for signal in TERM HUP; do
	export CACHE=$SCRATCH/cache.$signal
	mkdir "$CACHE"
	"$matrix/run" image deb >/dev/null 2>&1 &
	matrix_run=$!
	assert_within 10 "the target runs" test -e "$CACHE/begun"
	inside=$(pgrep -P "$(<"$CACHE/pid")")
	kill -$signal $matrix_run
	assert_within 10 "$signal ends it" is_gone $matrix_run
	assert_within 10 "and its target" is_gone "$(<"$CACHE/pid")"
	assert_within 10 "and what runs there" is_gone "$inside"
	[[ ! -e $CACHE/over ]] || fail "the target went on"
done
