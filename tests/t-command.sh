#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-command: nftrace ... -- COMMAND: its first packet, its lock, its terminal, its end.
#
# TIMEOUT: 300
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
server lo echo udp 10.9.0.1 7
before=$SCRATCH/before
save_rules lo "$before"
udp7=(-p udp -d 10.9.0.1 --dport 7)
one_packet=("$TOOLS/talk" udp 10.9.0.1 7 wait 20000)

subtest "the command's very first packet, every time"
runs=${SOAK:+100}
for ((i = 0; i < ${runs:-12}; i++)); do
	run_nftrace lo -q "${udp7[@]}" -- "${one_packet[@]}"
	assert_status 0 || break
	assert_grep '^DELIVERED +#1 ' "$OUT" || break
	assert_grep 'the command ended with status 0' "$ERR" || break
done
assert_restored_but_counters lo "$before"

subtest "its status is a line; the run's is of the trace"
run_nftrace lo "${udp7[@]}" -- bash -c 'exit 7'
assert_status 3
assert_grep 'the command ended with status 7' "$ERR"
run_nftrace lo "${udp7[@]}" -- bash -c 'kill -9 $$'
assert_grep 'the command was ended by signal 9' "$ERR"
assert_restored_but_counters lo "$before"

subtest "it ends soon after the command, not at -t"
begun=$EPOCHREALTIME
LIMIT=20 run_nftrace lo -t 30 "${udp7[@]}" -- true
assert_status 3
assert_promised 5 "$begun"

subtest "how many processes a run takes"
# processes NS ARGS...: that a run starts, itself among them
processes() {
	local before after
	read -r before </proc/sys/kernel/ns_last_pid
	in_ns "$1" "$NFTRACE" "${@:2}" -- true >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	read -r after </proc/sys/kernel/ns_last_pid
	started=$((after - before))
}
ns_new n
in_ns n nft 'table inet t { chain c { type filter hook input priority 0; }; }'
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer has threads of its own"
elif [[ ! -r /proc/sys/kernel/ns_last_pid ]]; then
	skip "this kernel does not tell the last process's number"
else
	# Itself, keeper, reader, COMMAND; drop records, and for each family words and tables.
	processes lo "${udp7[@]:0:2}" --dport 7
	assert_status 3
	((started <= 7)) || fail "$started where iptables has the rules"
	# The same, and the texts of nft's rules.
	processes n "${udp7[@]:0:2}" --dport 7
	assert_status 3
	((started <= 8)) || fail "$started where nft has the rules"
fi

subtest "it does not run before the trace is armed, nor when it cannot be"
exec {held}>"$XTABLES_LOCKFILE"
flock $held
run_nftrace lo -w 0 "${udp7[@]}" -- touch "$SCRATCH/ran"
exec {held}>&-
assert_status 4
assert_grep 'the command was not run' "$ERR"
[[ ! -e $SCRATCH/ran ]] || fail "it ran"
assert_restored_but_counters lo "$before"

subtest "a command that nobody finds: exit 2, nothing changed"
run_nftrace lo "${udp7[@]}" -- no-such-command
assert_status 2
assert_text "no-such-command" "$ERR"
assert_no_grep 'Trying to acquire' "$ERR"

subtest "a file that cannot be executed"
echo 'not a program' >"$SCRATCH/plain"
run_nftrace lo "${udp7[@]}" -- "$SCRATCH/plain"
assert_status 3
assert_text "$SCRATCH/plain" "$ERR"
assert_grep 'ended with status 126' "$ERR"

subtest "it inherits standard files and what the shell gave, and nothing of nftrace's"
fds='ls -l /proc/$$/fd | sed -nE "s/.* ([0-9]+ -> .*)/\\1/p" | grep -Ev "^[0-2] |/proc/|pipe:"'
in_ns lo bash -c "$fds" 4</dev/zero >"$SCRATCH/without"
run_nftrace lo "${udp7[@]}" -- bash -c "$fds" 4</dev/zero
assert_grep '^4 -> /dev/zero$' "$OUT"
assert_same "its descriptors" "$SCRATCH/without" "$OUT"

subtest "what it prints does not come between results that a program reads"
words=(bash -c 'echo words of the command; "$@"' words "${one_packet[@]}")
run_nftrace lo --json "${udp7[@]}" -- "${words[@]}"
assert_equal "objects" object "$(jq -r type "$OUT" 2>&1 | sort -u)"
assert_grep '^words of the command$' "$ERR"
run_nftrace lo -q --pcap - "${udp7[@]}" -- "${words[@]}"
assert_equal "what it begins with" 0a0d0d0a "$(od -An -tx1 -N4 "$OUT" | tr -d " ")"
assert_grep '^words of the command$' "$ERR"
for words_go in "--report -" --markdown; do
	# shellcheck disable=SC2086
	run_nftrace lo $words_go "${udp7[@]}" -- "${words[@]}"
	assert_no_grep '^words of the command' "$OUT"
	assert_grep '^words of the command$' "$ERR"
done
run_nftrace lo --graph - "${udp7[@]}" -- "${words[@]}"
assert_equal "what dot says of it" "" "$(dot -Tplain -o "$SCRATCH/plain" "$OUT" 2>&1)"
assert_grep '^words of the command$' "$ERR"
run_nftrace lo -q "${udp7[@]}" -- "${words[@]}"
assert_grep '^words of the command$' "$OUT"

subtest "it runs in the namespace traced, with default signals"
run_nftrace lo "${udp7[@]}" -- bash -c 'readlink /proc/self/ns/net; grep Sig[BI] /proc/self/status'
assert_text "$(in_ns lo readlink /proc/self/ns/net)" "$OUT"
assert_grep 'SigBlk:.*0000000000000000' "$OUT"
# 32 and 33 are the C library's own: its posix_spawn() leaves them ignored.
ignored=$((16#$(awk '/SigIgn/ { print $2 }' "$OUT") & ~(3 << 31)))
((ignored == 0)) || fail "it ignores $(printf %x "$ignored")"

subtest "iptables -S, which waits for the lock, ends by itself"
LIMIT=15 run_nftrace lo -t 30 "${udp7[@]}" -- iptables-legacy -S INPUT
assert_grep '^-P INPUT' "$OUT"
assert_grep 'pid [0-9]+ \(iptables-legacy.*, started by nftrace\).* it was given to it' "$ERR"
assert_grep 'ended with status 0' "$ERR"
assert_status 3
assert_restored_but_counters lo "$before"

subtest "so does an iptables of a command's child"
LIMIT=15 run_nftrace lo -t 30 "${udp7[@]}" -- bash -c '(iptables-legacy -S INPUT; true); true'
assert_grep '^-P INPUT' "$OUT"
assert_status 3
assert_restored_but_counters lo "$before"

subtest "rules that the command changes are noticed"
LIMIT=15 run_nftrace lo -t 30 "${udp7[@]}" -- iptables-legacy -A INPUT -i eth9 -j ACCEPT
assert_status 3
assert_grep 'table filter of iptables was changed' "$ERR"
in_ns lo iptables-legacy -D INPUT -i eth9 -j ACCEPT
assert_restored_but_counters lo "$before"

subtest "at -t's end rules and lock go, and the command runs on"
launch_nftrace lo -t 1 "${udp7[@]}" -- bash -c 'echo $$ >"$0"; exec tail -f /dev/null' "$SCRATCH/pid"
wait_armed
end_nftrace 10
assert_status 3
assert_within 10 "the command runs" test -s "$SCRATCH/pid"
pid=$(cat "$SCRATCH/pid")
later "$pid"
assert_grep "the command runs on: pid $pid" "$ERR"
is_gone "$pid" && fail "the command was ended"
assert_restored_but_counters lo "$before"
kill -KILL "$pid"

subtest "a signal to nftrace ends the run, not the command; SIGINT is the command's"
launch_nftrace lo -t 30 "${udp7[@]}" -- bash -c 'echo $$ >"$0"; exec tail -f /dev/null' "$SCRATCH/pid2"
wait_armed
assert_within 5 "the command runs" test -s "$SCRATCH/pid2"
pid=$(cat "$SCRATCH/pid2")
later "$pid"
kill -INT "$NFTRACE_PID"
talk lo udp 10.9.0.1 7
assert_within 5 "a packet" has_line '^=> ' "$OUT"
is_gone "$NFTRACE_PID" && fail "SIGINT has ended it"
stop_nftrace TERM
assert_status 0
is_gone "$pid" && fail "the command was ended"
kill -KILL "$pid"
assert_restored_but_counters lo "$before"

subtest "kill -9 of nftrace before it is armed: the command never runs"
exec {held}>"$XTABLES_LOCKFILE"
flock $held
launch_nftrace lo -w 20 "${udp7[@]}" -- touch "$SCRATCH/ran"
assert_within 10 "it tries" has_line 'Trying to acquire' "$ERR"
kill -KILL "$NFTRACE_PID"
end_nftrace 2>/dev/null
assert_within 5 "all its processes end" eval '! pgrep "^nftrace"'
exec {held}>&-
[[ ! -e $SCRATCH/ran ]] || fail "it ran"

subtest "--user"
if setpriv --reuid nobody --clear-groups true 2>/dev/null; then
	run_nftrace lo "${udp7[@]}" --user nobody -- bash -c 'id -un; id -Gn; echo $USER $HOME'
	assert_status 3
	assert_equal "who runs" "nobody nogroup nobody /nonexistent" "$(paste -sd ' ' "$OUT")"
else
	skip "no other uid here"
fi

subtest "sudo -n true"
if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	run_nftrace lo "${udp7[@]}" -- sudo -n true
	assert_status 3
	assert_grep 'ended with status 0' "$ERR"
else
	skip "no sudo here"
fi

# ---- with a terminal

if ! command -v script >/dev/null || ! command -v expect >/dev/null; then
	subtest "a terminal"
	skip "no expect"
	exit 0
fi
# on_terminal COMMANDS: expect's, with nftrace's words in $nftrace; all that the terminal shows in OUT
on_terminal() {
	in_ns lo env NFTRACE_LINE="$NFTRACE ${udp7[*]}" expect -c "
		set timeout 120
		log_user 1
		set nftrace \$env(NFTRACE_LINE)
		$1
		expect eof
		puts \"status [lindex [wait] 3]\"" >"$OUT" 2>&1 </dev/null ||
		{ fail "expect ends with $?"; show "the terminal" "$OUT"; }
}

subtest "a command that reads the terminal"
# shellcheck disable=SC2016 # Tcl's words
on_terminal 'spawn -noecho {*}$nftrace -- head -n 1
	expect armed
	send "hello there\r"'
assert_equal "the line and its echo" 2 "$(grep -c '^hello there' "$OUT")"
assert_grep 'ended with status 0' "$OUT"
assert_grep '^status 3' "$OUT"

subtest "Ctrl-C is the command's"
# shellcheck disable=SC2016
on_terminal 'spawn -noecho {*}$nftrace -t 30 -- bash -c "trap \"echo interrupted; exit 5\" INT; echo ready; while :; do sleep 0.1; done"
	expect ready
	send "\003"'
assert_grep 'interrupted' "$OUT"
assert_grep 'ended with status 5' "$OUT"
assert_no_grep 'stopped by signal' "$OUT"

subtest "Ctrl-C for a command that knows nothing of it"
# shellcheck disable=SC2016
on_terminal 'spawn -noecho {*}$nftrace -t 30 -- bash -c "echo ready; exec tail -f /dev/null"
	expect ready
	send "\003"'
assert_grep 'ended by signal 2' "$OUT"
assert_restored_but_counters lo "$before"

subtest "Ctrl-Z ends the run"
# shellcheck disable=SC2016
on_terminal 'spawn -noecho {*}$nftrace -t 30 -- bash -c "echo ready; exec tail -f /dev/null"
	expect ready
	send "\032"'
assert_grep 'the command is stopped' "$OUT"
assert_restored_but_counters lo "$before"

subtest "results are held back until the command ends"
# shellcheck disable=SC2016
on_terminal 'spawn -noecho {*}$nftrace -q -t 30 -- bash -c "'"${one_packet[*]}"'; sleep 0.3; echo last word"
	expect "last word"'
assert_grep 'DELIVERED  #1 ' "$OUT"
assert_equal "what comes first" "last word" \
	"$(grep -aoE '(last word|#1 )' "$OUT" | head -n 1)"
assert_restored_but_counters lo "$before"

# held_whole LIMIT: what the terminal showed is whole records within the limit, and the rest is counted
held_whole() {
	tr -d '\r' <"$OUT" >"$SCRATCH/shown"
	grep '^[A-Z]* *#[0-9]* ' "$SCRATCH/shown" >"$SCRATCH/held"
	local shown left all
	shown=$(wc -l <"$SCRATCH/held")
	all=$(sed -nE 's/^nftrace: ([0-9]+) packets? traced.*/\1/p' "$SCRATCH/shown")
	left=$(sed -nE 's/^nftrace: warning: ([0-9]+) records? left out of the output: more came than is held back while a command runs$/\1/p' "$SCRATCH/shown")
	((shown > 0)) || fail "nothing is shown"
	assert_equal "shown and left out" "${all:-?}" "$((shown + ${left:-0}))"
	(($(wc -c <"$SCRATCH/held") <= $1)) || fail "$(wc -c <"$SCRATCH/held") bytes were held back"
	(($(wc -c <"$SCRATCH/held") > $1 - 200)) || fail "only $(wc -c <"$SCRATCH/held") bytes were held back"
	assert_no_grep '#.*#[0-9]+ ' "$SCRATCH/held"
	assert_grep '^status 5' "$SCRATCH/shown"
	assert_restored_but_counters lo "$before"
}

subtest "what is held back has a limit"
burst='for i in {1..40}; do echo >/dev/udp/10.9.0.1/7; done'
# shellcheck disable=SC2016
NFTRACE=$WITH_POINTS NFTRACE_HELD_MAX=2000 on_terminal 'spawn -noecho {*}$nftrace --color never -q -l 0 -t 30 -- bash -c "'"$burst"'"'
held_whole 2000
shown=$(wc -l <"$SCRATCH/held")
((shown < 40)) || fail "all 40 are shown"

if [[ -n ${SOAK-} ]]; then
	subtest "and that limit is 64 MiB"
	in_ns lo script -qec "$NFTRACE --color never -q -l 0 -t 120 -p udp -d 10.9.0.1 --dport 7 -- $TOOLS/flood 10.9.0.1 7 800000; echo status \$?" \
		/dev/null >"$OUT" 2>&1 </dev/null
	held_whole $((64 << 20))
fi
