#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-limits: a helper or a file that a limit ends is told by that limit, and nothing is left behind.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"

# killed SIGNAL WORDS ARGS...: a run whose first helper this ends
killed() {
	local sig=$1 words=$2 helper
	shift 2
	rm -f "$SCRATCH/hook" "$SCRATCH/hook.once"
	export NFTRACE_TESTPOINT=${POINT-helper-job} NFTRACE_TESTPOINT_FILE=$SCRATCH/hook
	NFTRACE=$WITH_POINTS launch_nftrace lo "$@"
	unset NFTRACE_TESTPOINT NFTRACE_TESTPOINT_FILE
	assert_within 10 "a helper is at work" test -s "$SCRATCH/hook"
	read -r helper _ <"$SCRATCH/hook"
	kill "-$sig" "$helper"
	end_nftrace 20
	assert_status 1
	assert_text "$words" "$ERR"
	rm -f "$SCRATCH/hook"
	assert_restored lo "$before"
}
while IFS='|' read -r sig words; do
	subtest "SIG$sig for a helper that reads rules, for one that reads the expression, and for --doctor's"
	# Of either family's, whose helper comes first.
	POINT=before-texts killed "$sig" "tables cannot be read: $words" --no-drops -t 1 -p udp --dport 9
	killed "$sig" "error: $words" --dry-run -p udp --dport 9
	assert_no_grep 'name server|armed' "$ERR"
	killed "$sig" "error: the reader could not give up its privileges: $words" --doctor
done <<'END'
KILL|the helper was ended by signal 9 (Killed): somebody, or the kernel for want of memory (dmesg)
XCPU|the helper was ended by signal 24 (CPU time limit exceeded): a limit of CPU time (ulimit -t)
SYS|the helper was ended by signal 31 (Bad system call): a filter of system calls (seccomp)
END

# limited LIMIT ARGS...: nftrace within it, which is none of what it says
limited() {
	timeout -k 1 $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- bash -c "ulimit $1"' && exec "$@"' bash \
		"$NFTRACE" "${@:2}" </dev/null 2>&1 >"$OUT" | cat >"$ERR"
	STATUS=${PIPESTATUS[0]}
}
subtest "ulimit -f: no signal ends anybody, files are too large"
for kib in 0 10 1000; do
	limited "-f $kib" -t 1 -p udp --dport 9
	assert_status 1
	assert_grep '^nftrace: error: .*: File too large' "$ERR"
	assert_no_grep 'memory: Cannot|name server' "$ERR"
	assert_restored lo "$before"
	limited "-f $kib" --doctor
	assert_status 1
	assert_grep '^nftrace: error: the rules of iptables cannot be read: File too large' "$ERR"
	limited "-f $kib" --cleanup
	assert_status 0
done

# The packets of each file are kept in memory that has a file's limit.
subtest "ulimit -f: of two files that differ at their ends --diff does not compare the beginnings"
for side in a b; do
	awk -v side="$side" '/ ID=4711 / { line[n++] = $0 }
		END {
			for (id = 1; id <= 300; id++)
				for (i = 0; i < n; i++) {
					text = line[i]
					gsub(/ ID=4711 /, " ID=" id " ", text)
					gsub(/ SPT=[0-9]+ /, " SPT=" 20000 + id " ", text)
					if (id < 300 || side == "a" || i < n / 2)
						print text
				}
		}' "$TESTS/read/dmesg.log" >"$SCRATCH/$side.log"
done
limited "-f 100000" --diff "$SCRATCH/a.log" "$SCRATCH/b.log"
assert_status 1
limited "-f 100" --diff "$SCRATCH/a.log" "$SCRATCH/b.log"
assert_status 2
assert_text "error: the packets of $SCRATCH/a.log cannot be kept to be compared: File too large" "$ERR"
assert_no_grep . "$OUT"

subtest "ulimit -f is the command's as it was"
limited "-f 1000000" -t 5 -p udp --dport 9 -- grep SigIgn /proc/self/status
ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' "$OUT")
(((0x$ignored >> 24 & 1) == 0)) || fail "it ignores SIGXFSZ: $ignored"

subtest "ulimit -n: too many open files, whoever opens one too many"
for ((files = 4, too_few = 0; files < 60; files++, too_few++)); do
	limited "-n $files" -t 1 -p udp --dport 9 -- true
	assert_restored lo "$before"
	((STATUS == 1)) || break
	assert_grep '^nftrace: error: .*: Too many open files' "$ERR"
done
assert_status 3	# armed, and nothing came
((too_few >= 8)) || fail "$too_few limits were too low"

if [[ -n ${SANITIZE-} ]]; then
	subtest "ulimit -v"
	skip "a sanitizer takes all addresses"
	exit 0
fi
subtest "ulimit -v: no memory"
limited "-v 50000" -t 1 -p udp --dport 9
assert_status 1
assert_grep '^nftrace: error: .*: Cannot allocate memory' "$ERR"
assert_restored lo "$before"
