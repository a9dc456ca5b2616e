#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-reader: the process that reads strangers' packets, while it does, can do nothing else.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
server lo echo udp 10.9.0.1 7
# What stands behind its standard input is none of its business.
echo secret >"$SCRATCH/typed"
cat >"$SCRATCH/fed" <<-END
	#!/bin/sh
	exec "$NFTRACE" "\$@" <"$SCRATCH/typed"
END
chmod +x "$SCRATCH/fed"
NFTRACE=$SCRATCH/fed start_nftrace lo -t 60 -c 1 -p udp --dport 7
reader=$(reading_child)
[[ -n $reader ]] || { fail "no reader"; exit 1; }
status=$SCRATCH/status
cp "/proc/$reader/status" "$status"

subtest "four uids and gids that are not 0, no groups"
if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	for ids in Uid Gid; do
		read -r _ a b c d < <(grep "^$ids:" "$status")
		for id in $a $b $c $d; do
			((id > 0)) || fail "$ids: $a $b $c $d"
		done
	done
	assert_grep '^Groups:[[:space:]]*$' "$status"
else
	skip "no other uid here"
fi

subtest "no capability, no_new_privs, a filter"
for set in CapInh CapPrm CapEff CapAmb; do
	assert_grep "^$set:[[:space:]]*0+$" "$status"
done
assert_grep '^NoNewPrivs:[[:space:]]*1$' "$status"
assert_grep '^Seccomp:[[:space:]]*2$' "$status"

subtest "it has neither the lock nor a file of the run"
ls -l "/proc/$reader/fd" >"$SCRATCH/fds"
assert_no_grep 'lock|/run/|nftrace|/proc' "$SCRATCH/fds"
assert_equal "descriptors beside 0, 1, 2 (group 0, stamps, names, supervisor)" 4 \
	"$(grep -c 'socket:' "$SCRATCH/fds")"

subtest "of the standard files it has stdout alone"
assert_equal "stdin" /dev/null "$(readlink "/proc/$reader/fd/0")"
assert_equal "stdout" "$OUT" "$(readlink "/proc/$reader/fd/1")"
if [[ -z ${SANITIZE-} ]]; then
	assert_equal "stderr" /dev/null "$(readlink "/proc/$reader/fd/2")"
fi

subtest "the keeper has its lock, door, ledger, line, timers and nothing of the run's"
keeper=$(child_named nftrace-keeper)
# Through a descriptor of the script itself: what the caller has open is none of its business.
ls -l "/proc/$keeper/fd" | awk 'NF > 8 { print $NF, $(NF - 1), $(NF - 2) }' >"$SCRATCH/keepers"
assert_grep '^[^ ]*xtables.lock ' "$SCRATCH/keepers"
assert_grep '\.counters |nftrace-counters' "$SCRATCH/keepers"
assert_no_grep 'memfd:nftrace-(result|text)|pipe:|/out |/err |typed' "$SCRATCH/keepers"
assert_equal "sockets (the supervisor's line, nft's)" 2 "$(grep -c '^socket:' "$SCRATCH/keepers")"
assert_equal "files at all" "" "$(grep -Ev '^(/dev/null|socket:|anon_inode:\[?(timerfd|fanotify|inotify|eventfd)|[^ ]*(xtables.lock|counters))' "$SCRATCH/keepers")"

# all_refused READER: 77 when that cannot be found out here
all_refused() {
	"$TOOLS/inject" "$1" >"$SCRATCH/calls" || return
	for call in raw-socket raw6-socket packet-socket sysctl-open sysctl-old-open \
		replace-table fork kill tgkill ptrace unshare chroot setuid \
		code-memory shared-memory socket-option read-output read-output-64 receive-output nanosleep write-rules execve send-message \
		send-messages bpf io-uring userfaultfd perf write-others-memory take-others-file \
		splice copy-file bind connect clone3 keyring memfd duplicate name-file; do
		assert_grep "^$call EPERM$" "$SCRATCH/calls"
	done
}

subtest "what an attacker would do, done by a debugger: every call refused"
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer needs a wider filter"
else
	all_refused "$reader"
	case $? in
	77) skip "only for x86-64" ;;
	0)
		# Here the kernel does nothing: no filter could know.
		in_ns lo ip addr show dev lo >"$SCRATCH/addresses"
		assert_no_grep '10\.66\.0\.66' "$SCRATCH/addresses"
		;;
	*) fail "the debugger failed" && show calls "$SCRATCH/calls" ;;
	esac
fi

subtest "and reads on"
talk lo udp 10.9.0.1 7
end_nftrace 10
assert_status 0
assert_grep '^=> DELIVERED' "$OUT"
assert_restored_but_counters lo "$before"

subtest "no name in the environment opens the filter"
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer needs a wider filter"
else
	LD_PRELOAD=/nonexistent/vgpreload_x.so start_nftrace lo -t 60 -p udp --dport 7 2>/dev/null
	all_refused "$(reading_child)"
	case $? in
	77) skip "only for x86-64" ;;
	esac
	stop_nftrace INT
fi

subtest "the same calls in a process with privileges succeed"
background lo free sleep 6000
assert_within 5 "it sleeps" grep -q '^[0-9]* (sleep) S' "/proc/$BG_PID/stat"
"$TOOLS/inject" "$BG_PID" >"$SCRATCH/calls"
if [[ $? = 77 ]]; then
	skip "only for x86-64"
else
	for call in raw-socket sysctl-open fork kill code-memory shared-memory; do
		assert_grep "^$call [0-9]+$" "$SCRATCH/calls"
	done
	# A table that fits its name would be taken: this one is looked at.
	assert_no_grep '^replace-table EPERM$' "$SCRATCH/calls"
fi

# A call that is missing in the filter shows as EPERM, and perhaps nowhere else.
subtest "nothing that it needs is refused"
# watched NAME NS ARGS...: a run whose processes with a filter, so many as FILTERS says, are
# looked at
watched() {
	local name=$1 ns=$2
	shift 2
	rm -f "$SCRATCH"/calls.*
	# A file a process: where they are mixed, one's call is cut in two by another's.
	timeout -k 1 $((40 * PATIENCE)) nsenter --net="$(ns_path "$ns")" -- strace -ff -qq -o "$SCRATCH/calls" \
		"$NFTRACE" "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	assert_status 0
	awk -v want="${FILTERS:-1}" 'FNR == 1 { on = 0 }
		/SECCOMP_SET_MODE_FILTER.*\{len=.* = 0$/ { on = 1; n++; next }
		on && / EPERM /
		on && !/exited|exit_group|killed/ { calls++ }
		END { if (n != want) print n " filters"; if (!calls) print "no call" }' \
		"$SCRATCH"/calls.* >"$SCRATCH/refused"
	assert_equal "refused: $name" "" "$(head -n 3 "$SCRATCH/refused")"
}
# One packet, from a command that comes to an end.
one=(-- "$TOOLS/talk" udp 10.9.0.1 7)
if ! command -v strace >/dev/null || [[ -n ${SANITIZE-} ]]; then
	skip "no strace, or a sanitizer's filter"
else
	watched blocks lo -4 -p udp --dport 7 "${one[@]}"
	for form in -q -v --flat --json "--flat --json"; do
		# shellcheck disable=SC2086 # one or two words
		watched "$form" lo -4 $form -p udp --dport 7 "${one[@]}"
	done
	watched files lo -4 --pcap "$SCRATCH/a.pcapng" --graph "$SCRATCH/a.dot" -p udp --dport 7 \
		"${one[@]}"
	watched pcapng lo --read "$SCRATCH/a.pcapng" --json
	# Two helpers read the rules.
	FILTERS=3 watched "a log" lo --read "$TESTS/read/dmesg.log" --rules "$TESTS/read/router.save" -v
	in_ns lo nft add table ip fw
	in_ns lo nft add chain ip fw in '{ type filter hook input priority 0; }'
	in_ns lo nft add rule ip fw in udp dport 7 counter accept
	watched "both backends" lo -4 -p udp --dport 7 "${one[@]}"
	# A link of its own, and what the kernel tells of it, comes while it reads.
	watched "interfaces that come and go" lo -4 -p udp --dport 7 -- sh -c \
		"ip link add d0 type veth peer d1; ip link del d0; exec $TOOLS/talk udp 10.9.0.1 7"
	watched "nft" lo -4 --backend nft --replies -p udp --dport 7 "${one[@]}"
fi

subtest "an interface has the name that it has when the packet passes, in files as well"
start_nftrace lo -4 -t 60 -c 2 --json --pcap "$SCRATCH/names.pcapng" -p udp --dport 7
talk lo udp 10.9.0.1 7
assert_within 5 "the first one is told" grep -q '"number":1,' "$OUT"
ns_ip lo link set lo down
ns_ip lo link set lo name before
ns_ip lo link set before name behind up
talk lo udp 10.9.0.1 7
end_nftrace 10
assert_status 0
assert_equal "names" "lo behind " "$(grep -o '"out":"[^"]*"' "$OUT" | cut -d '"' -f 4 | uniq | tr '\n' ' ')"
assert_reads_back lo "$SCRATCH/names.pcapng" --json
LC_ALL=C grep -aqP '\x02\x00\x06\x00behind\x00\x00' "$SCRATCH/names.pcapng" ||
	fail "pcapng's own interfaces have the old name alone"
ns_ip lo link set behind down
ns_ip lo link set behind name lo up

# ---- memory: strangers say what has to be kept

subtest "a file that asks for more memory than the reader may have is read up to there"
awk 'BEGIN { for (i = 0; i < 40000; i++)
	printf "n kernel: [ 1550.%06d] TRACE: raw:PREROUTING:rule:%d IN=eth0 OUT= SRC=10.1.0.2 " \
		"DST=10.1.0.1 LEN=28 TTL=64 ID=%d PROTO=UDP SPT=4001 DPT=443 LEN=8\n", i, i + 1, i }' \
	>"$SCRATCH/log"
run_nftrace lo --read "$SCRATCH/log" -q
assert_status 0
cp "$OUT" "$SCRATCH/whole"
assert_equal "packets of the whole" 40000 "$(wc -l <"$OUT")"
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer's memory has no bound"
else
	(
		ulimit -d 65000
		run_nftrace lo --read "$SCRATCH/log" -q
		echo "$STATUS" >"$SCRATCH/ended"
	)
	STATUS=$(<"$SCRATCH/ended")
	assert_status 5
	assert_grep 'takes more memory than the reader may have .*behind byte [1-9][0-9]* was not read' "$ERR"
	# More of those under way may be in what was not read.
	grep -v '=> INCOMPLETE' "$OUT" >"$SCRATCH/before-there"
	n=$(wc -l <"$SCRATCH/before-there")
	assert_same "the packets before" <(head -n "$n" "$SCRATCH/whole") "$SCRATCH/before-there"
	((n > 1000)) || fail "only $n of them"
fi

subtest "it has a bound of its own"
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer's memory has no bound"
else
	save_rules lo "$before"
	start_nftrace lo -t 60 -4 -p udp --dport 7
	reader=$(reading_child)
	bound=$(awk '/^Max data size/ { print $4 }' "/proc/$reader/limits")
	((bound >= 1 << 30 && bound < 1 << 31)) || fail "Max data size $bound"

	subtest "a run that comes there ends, says so, and the host is as before"
	# Who is the same user may lower it.
	prlimit --pid "$reader" --data=1 2>/dev/null ||
		setpriv --reuid 65534 --regid 65534 --clear-groups prlimit --pid "$reader" --data=1 ||
		fail "the bound cannot be lowered"
	sends_and_ends() {
		talk lo udp 10.9.0.1 7
		is_gone "$NFTRACE_PID"
	}
	assert_within 20 "it ends" sends_and_ends
	end_nftrace
	assert_status 1
	assert_text "the reader needs more memory than it may have (1024 MiB" "$ERR"
	assert_restored_but_counters lo "$before"
fi
