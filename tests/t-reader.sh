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
start_nftrace lo -t 60 -c 1 -p udp --dport 7
reader=$(child_named nftrace-reader)
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

subtest "what an attacker would do, done by a debugger: every call refused"
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer needs a wider filter"
else
	"$TOOLS/inject" "$reader" >"$SCRATCH/calls"
	case $? in
	77) skip "only for x86-64" ;;
	0)
		for call in raw-socket raw6-socket packet-socket sysctl-open sysctl-old-open \
			replace-table fork kill tgkill ptrace unshare chroot setuid \
			code-memory execve; do
			assert_grep "^$call EPERM$" "$SCRATCH/calls"
		done
		# Here the kernel itself refuses, or does nothing: no filter could know.
		assert_grep '^write-rules EACCES$' "$SCRATCH/calls"
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

subtest "the same calls in a process with privileges succeed"
background lo free sleep 60
assert_within 5 "it sleeps" grep -q '^[0-9]* (sleep) S' "/proc/$BG_PID/stat"
"$TOOLS/inject" "$BG_PID" >"$SCRATCH/calls"
if [[ $? = 77 ]]; then
	skip "only for x86-64"
else
	for call in raw-socket sysctl-open fork kill code-memory; do
		assert_grep "^$call [0-9]+$" "$SCRATCH/calls"
	done
	# A table that fits its name would be taken: this one is looked at.
	assert_no_grep '^replace-table EPERM$' "$SCRATCH/calls"
fi
