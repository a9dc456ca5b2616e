#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-run-dir: /run cannot take what is noted there: what cannot be recorded is not changed.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"

# A shell's words that make /run so, in a mount namespace of their own.
rooms=("no space" "hardly any space" "no inodes" "read-only" "a dangling link" "a file")
declare -A make=(
	["no space"]='mount -t tmpfs -o size=4k tmpfs /run; echo >/run/other'
	["hardly any space"]='mount -t tmpfs -o size=8k tmpfs /run; echo >/run/other'
	["no inodes"]='mount -t tmpfs -o nr_inodes=1 tmpfs /run'
	["read-only"]='mount -t tmpfs -o ro tmpfs /run'
	["a dangling link"]='mount -t tmpfs tmpfs /run; ln -s /run/nowhere /run/nftrace'
	["a file"]='mount -t tmpfs tmpfs /run; echo >/run/nftrace'
)

# in_room ROOM ARGS...: a run there, and whether /run is as before
in_room() {
	in_ns lo unshare --mount bash -c "${make[$1]}"'
		find /run -printf "%p %l %s\n" >"$0"
		"$@"
		status=$?
		find /run -printf "%p %l %s\n" | cmp - "$0" >&2 || status=99
		exit $status' "$SCRATCH/listing" "$NFTRACE" "${@:2}" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}

for room in "${rooms[@]}"; do
	subtest "$room: the logger cannot be recorded"
	in_room "$room" -t 1 -p udp --dport 9
	assert_status 1
	assert_grep 'error: recording the logger in /run/nftrace: ' "$ERR"
	assert_restored lo "$before"
done

# Then there is no logger to put back, and counters outlive one of two processes without a file.
in_ns lo sysctl -qw net.netfilter.nf_log.2=nfnetlink_log net.netfilter.nf_log.10=nfnetlink_log
save_rules lo "$before"
for room in "${rooms[@]}"; do
	subtest "$room: nothing to record"
	in_room "$room" -t 100ms -p udp --dport 9
	assert_status 3
	assert_grep '4 rules inserted, 4 removed' "$ERR"
	assert_restored lo "$before"
done

subtest "the lock file on a file system without room"
in_ns lo env -u XTABLES_LOCKFILE unshare --mount bash -c 'mount -t tmpfs -o ro tmpfs /run; "$@"' bash \
	"$NFTRACE" -t 1 -p udp --dport 9 >"$OUT" 2>"$ERR" </dev/null
STATUS=$?
assert_status 1
assert_grep 'lock file /run/xtables.lock cannot be opened: Read-only' "$ERR"
assert_restored lo "$before"

subtest "a lock file that is a link is the file that it leads to"
ln -s "$XTABLES_LOCKFILE" "$SCRATCH/link"
exec {held}>"$XTABLES_LOCKFILE"
flock $held
XTABLES_LOCKFILE=$SCRATCH/link run_nftrace lo -w 0 -t 1 -p udp --dport 9
exec {held}>&-
assert_status 4
assert_restored lo "$before"
