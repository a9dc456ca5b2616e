#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-armed-early: a run is armed before its rules' texts are there; what it traces until then,
# whatever becomes of the rules meanwhile, is told as if they had been.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

NFTRACE=$WITH_POINTS
export NFTRACE_TESTPOINT=before-texts NFTRACE_TESTPOINT_FILE=$SCRATCH/hook
lab_loopback
lab_loopback n

many() { # FAMILY: 2100 rules, of which the last drops port 7
	echo '*filter'
	echo ':INPUT ACCEPT [0:0]'
	echo ':many - [0:0]'
	echo '-A INPUT -p udp --dport 7:8 -j many'
	seq -f '-A many -p udp --sport %.0f -j DROP' 20000 22098
	echo '-A many -p udp -m udp --dport 7 -m comment --comment "the last" -j DROP'
	echo 'COMMIT'
}
many | in_ns lo iptables-legacy-restore
{
	echo 'table ip t {'
	echo 'chain many {'
	seq -f 'udp sport %.0f drop' 20000 22098
	echo 'udp dport 7 drop comment "the last"'
	echo '}'
	echo 'chain in { type filter hook input priority 0; policy accept; udp dport 7-8 jump many; }'
	echo '}'
} | in_ns n nft -f - || fail "nft's rules"
last=$(in_ns n nft -a list chain ip t many | sed -n 's/.*"the last" # handle //p')

# held NS ARGS...: a run that is armed, and whose helper has read the rules and no text
held() {
	rm -f "$NFTRACE_TESTPOINT_FILE" "$NFTRACE_TESTPOINT_FILE.once"
	start_nftrace "$1" -4 "${@:2}" || return
	assert_within 20 "the helper is at the texts" test -s "$NFTRACE_TESTPOINT_FILE"
}
release() { rm -f "$NFTRACE_TESTPOINT_FILE"; }
send() { in_ns "$1" "$TOOLS/flood" 10.9.0.1 "$2" 1 8 >/dev/null 2>&1; }

packet() { sed -n "/^#$1 /,/^=>/p" "$OUT"; } # its block

declare -A text=(
	[lo]='-A many -p udp -m udp --dport 7 -m comment --comment "the last" -j DROP'
	[n]='udp dport 7 drop comment "the last"'
)
in_ns lo iptables-legacy-save -t filter | grep -qxF -- "${text[lo]}" || fail "what is expected is not there"

as_before() { ! { in_ns "$1" iptables-legacy-save && in_ns "$1" nft list ruleset; } 2>&1 | grep -q nftrace; }

# ends_late NS: legacy's host is put back at once, and the run ends when the texts are there.
# Nft's rules are waited for.
ends_late() {
	[[ $1 = n ]] || assert_within 10 "the host is put back" as_before "$1"
	release
	end_nftrace
}
# told_late NS: what was traced is told
told_late() {
	assert_status 0
	assert_text "${text[$1]}" "$OUT"
}

for ns in lo n; do
	subtest "$ns: events wait for the texts"
	held $ns -t 20 -c 1 -p udp --dport 7
	send $ns 7
	[[ ! -s $OUT ]] || fail "it was printed without a text"
	release
	end_nftrace
	assert_status 0
	assert_grep '^=> DROP' "$OUT"
	assert_text "${text[$ns]}" "$OUT"
	assert_no_grep '[1-9][0-9]* lost' "$ERR"

	subtest "$ns: the time is over before the texts are there"
	# Longer, until this machine sends before the end.
	for length in 1500ms 5 9; do
		held $ns -t $length -p udp --dport 7
		send $ns 7
		ends_late $ns
		[[ $STATUS = 3 ]] || break
	done
	told_late $ns

	for signal in INT TERM; do
		subtest "$ns: SIG$signal before the texts are there"
		held $ns -t 20 -p udp --dport 7
		send $ns 7
		kill -$signal $NFTRACE_PID
		ends_late $ns
		told_late $ns
	done

	subtest "$ns: the host is put back though texts do not come; a second interrupt ends the wait"
	held $ns -t 20 -p udp --dport 7
	send $ns 7
	kill -INT $NFTRACE_PID
	assert_within 10 "the host is put back" as_before $ns
	kill -INT $NFTRACE_PID 2>/dev/null
	end_nftrace
	release
	assert_status 5
	assert_grep "warning: the rules' texts were not there yet: what was traced is not shown; .*all removed" "$ERR"
	assert_no_grep 'nothing was traced|error: |traced: ' "$ERR"

	subtest "$ns: the helper is killed"
	held $ns -t 20 -p udp --dport 7
	kill -KILL "$(cut -d ' ' -f 1 "$NFTRACE_TESTPOINT_FILE")"
	end_nftrace
	release
	assert_status 1
	assert_grep 'error: .*rules.* cannot be read' "$ERR"

	subtest "$ns: the helper is stopped"
	held $ns -t 20 -c 1 -p udp --dport 7
	kill -STOP "$(cut -d ' ' -f 1 "$NFTRACE_TESTPOINT_FILE")"
	release
	send $ns 7
	end_nftrace
	assert_status 0
	assert_text "${text[$ns]}" "$OUT"

	subtest "$ns: the texts do not come at all"
	rm -f "$NFTRACE_TESTPOINT_FILE" "$NFTRACE_TESTPOINT_FILE.once"
	NFTRACE_TESTPOINT=before-texts:1 start_nftrace $ns -4 -p udp --dport 7
	end_nftrace
	release
	assert_status 1
	assert_grep "error: .*rules.* cannot be read: Connection timed out" "$ERR"

	subtest "$ns: a COMMAND goes at once"
	held $ns -t 20 -p udp --dport 7 -- "$TOOLS/flood" 10.9.0.1 7 1 8
	assert_within 5 "it has ended" eval '! pgrep -P $NFTRACE_PID flood'
	release
	end_nftrace
	assert_text "${text[$ns]}" "$OUT"
done
subtest "nft's rules are read long behind the end, where the keeper would have put the host back"
# Nobody takes the packets for another run's.  Once more where this machine was too slow.
for ms in 1500 5000 9000; do
	NFTRACE_TESTPOINT=before-nft held n -t ${ms}ms -p udp --dport 7
	send n 7
	late=$((SECONDS + ms / 1000 + 2))
	assert_within 20 "the keeper's time has come" eval '((SECONDS > late))'
	release
	end_nftrace
	[[ $STATUS = 3 ]] || grep -q 'were not there yet' "$ERR" || break
done
told_late n

for ns in lo n; do
	{ in_ns $ns iptables-legacy-save && in_ns $ns nft list ruleset; } 2>/dev/null >"$SCRATCH/after"
	assert_no_grep 'TRACE|nftrace' "$SCRATCH/after"
done

subtest "a rule of nft's becomes another before it is read: no text of it, or the right one"
held n -t 20 -c 2 -p udp --dport 7
send n 7
in_ns n nft replace rule ip t many handle "$last" udp dport 7 drop comment '"the next"'
send n 7
release
end_nftrace
assert_equal packets 2 "$(grep -c '^=> DROP' "$OUT")"
packet 1 | grep -q 'the next' && fail "the first packet met no such rule"
show "what was told" "$OUT"

for lock in '' --no-lock; do
	subtest "legacy's rule becomes another before its text is there ${lock:-with the lock}"
	held lo -t 20 -c 2 $lock -p udp --dport 7
	send lo 7
	in_ns lo iptables-legacy -w -R many 2100 -p udp --dport 7 -m comment --comment "the next" -j DROP ||
		fail "iptables -R"
	send lo 7
	release
	end_nftrace
	assert_equal packets 2 "$(grep -c '^=> DROP' "$OUT")"
	packet 1 | grep -q 'the next' && fail "the first packet met no such rule"
	packet 2 | grep 'the last' -A 1 | grep -q '(doubtful)' || ! packet 2 | grep -q 'the last' ||
		fail "the second packet met no such rule"
	assert_no_grep "by no rule's verdict" "$OUT"
	show "what was told" "$OUT"
	many | in_ns lo iptables-legacy-restore
done

# With fewer rules whoever may change them at once waits for the texts.
lab_loopback few
in_ns few iptables-legacy-restore <<'EOF'
*filter
:INPUT ACCEPT [0:0]
-A INPUT -p udp --dport 7 -m comment --comment "the only" -j DROP
COMMIT
EOF
only='-A INPUT -p udp -m udp --dport 7 -m comment --comment "the only" -j DROP'

subtest "few rules of legacy's: armed before the texts"
held few -t 20 -c 1 -p udp --dport 7
send few 7
release
end_nftrace
assert_status 0
assert_text "$only" "$OUT"

subtest "and a COMMAND that may change them comes behind the texts"
held few -t 20 -p udp --dport 7 -- test ! -e "$NFTRACE_TESTPOINT_FILE"
release
end_nftrace
assert_grep 'the command ended with status 0' "$ERR"

subtest "and so does who wants the lock"
held few -t 20 -c 2 -p udp --dport 7
send few 7
in_ns few iptables-legacy -w -R INPUT 1 -p udp --dport 7 -m comment --comment "the next" -j DROP &
release
wait $! || fail "iptables -R"
send few 7
end_nftrace
packet 1 | grep -qF -- "$only" || fail "the text of the first packet's rule is missing"
packet 1 | grep -q 'the next' && fail "the first packet met no such rule"
show "what was told" "$OUT"

# texts_first NS ARGS...: a run whose helper is at the texts is not armed
texts_first() {
	rm -f "$NFTRACE_TESTPOINT_FILE" "$NFTRACE_TESTPOINT_FILE.once"
	launch_nftrace "$1" -4 -t 20 -c 1 "${@:2}" -p udp --dport 7
	assert_within 20 "the helper is at the texts" test -s "$NFTRACE_TESTPOINT_FILE"
	assert_no_grep 'armed' "$ERR"
	release
	wait_armed
	send "$1" 7
	end_nftrace
	assert_status 0
}

subtest "where the lock is free the texts come first"
texts_first few --no-lock

subtest "and where nft has few rules, which whoever likes changes at once"
lab_loopback few2
in_ns few2 nft 'table ip t { chain in { type filter hook input priority 0; udp dport 7 drop; }; }'
texts_first few2
assert_text 'udp dport 7 drop' "$OUT"

subtest "some rules of nft's: armed before they are read, and a COMMAND behind their texts"
seq -f 'add rule ip t in udp sport %.0f drop' 20000 20110 | in_ns few2 nft -f - || fail "nft's rules"
held few2 -t 20 -p udp --dport 7 -- test ! -e "$NFTRACE_TESTPOINT_FILE"
release
end_nftrace
assert_grep 'the command ended with status 0' "$ERR"
