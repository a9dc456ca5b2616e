#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-run-dir: /run cannot take what is noted there, or others have written it: what cannot be
# recorded is not changed, and what this user has not written is not acted on.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"

# A shell's words that make /run so, in a mount namespace of their own.
rooms=("no space" "hardly any space" "no inodes" "read-only" "a dangling link" "a file" "a link"
	"open to others" "another user's")
# Those in which somebody else could write what the next run acts on.
not_ours=" a dangling link, a file, a link, open to others, another user's,"
declare -A make=(
	["no space"]='mount -t tmpfs -o size=4k tmpfs /run; echo >/run/other'
	["hardly any space"]='mount -t tmpfs -o size=8k tmpfs /run; echo >/run/other'
	["no inodes"]='mount -t tmpfs -o nr_inodes=1 tmpfs /run'
	["read-only"]='mount -t tmpfs -o ro tmpfs /run'
	["a dangling link"]='mount -t tmpfs tmpfs /run; ln -s /run/nowhere /run/nftrace'
	["a file"]='mount -t tmpfs tmpfs /run; echo >/run/nftrace'
	["a link"]='mount -t tmpfs tmpfs /run; mkdir -m 700 /run/mine; ln -s mine /run/nftrace'
	["open to others"]='mount -t tmpfs tmpfs /run; mkdir /run/nftrace; chmod 1777 /run/nftrace'
	["another user's"]='mount -t tmpfs tmpfs /run; mkdir -m 755 /run/nftrace; chown 1 /run/nftrace'
)

# can_be ROOM: ends the subtest where one uid is all that there is
can_be() {
	[[ $1 != "another user's" ]] || chown 1 "$SCRATCH/mine" 2>/dev/null || {
		skip "no other uid here"
		return 1
	}
}
: >"$SCRATCH/mine"
assert_told() { # ROOM
	[[ $not_ours != *" $1,"* ]] ||
		assert_grep 'warning: /run/nftrace is not a folder to which only this user can write' "$ERR"
}

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
	can_be "$room" || continue
	in_room "$room" -t 1 -p udp --dport 9
	assert_status 1
	assert_grep 'error: recording the logger in /run/nftrace: ' "$ERR"
	assert_told "$room"
	assert_restored lo "$before"
done

# Then there is no logger to put back, and counters outlive one of two processes without a file.
in_ns lo sysctl -qw net.netfilter.nf_log.2=nfnetlink_log net.netfilter.nf_log.10=nfnetlink_log
save_rules lo "$before"
for room in "${rooms[@]}"; do
	subtest "$room: nothing to record"
	can_be "$room" || continue
	in_room "$room" -v -t 100ms -p udp --dport 9
	assert_status 3
	assert_grep '4 rules inserted, 4 removed' "$ERR"
	assert_told "$room"
	assert_restored lo "$before"
done

subtest "the lock file on a file system without room"
in_ns lo env -u XTABLES_LOCKFILE unshare --mount bash -c 'mount -t tmpfs -o ro tmpfs /run; "$@"' bash \
	"$NFTRACE" -t 1 -p udp --dport 9 >"$OUT" 2>"$ERR" </dev/null
STATUS=$?
assert_status 1
assert_grep 'lock file /run/xtables.lock cannot be opened: Read-only' "$ERR"
assert_restored lo "$before"

# doctor_in SHELL-WORDS ARGS...: --doctor where these have been run, with the lock in $SCRATCH/room
mkdir "$SCRATCH/room"
doctor_in() {
	in_ns lo env XTABLES_LOCKFILE="$SCRATCH/room/lock" unshare --mount bash -c 'cd "$SCRATCH/room" && '"$1"' &&
		exec "$0" --doctor' "$NFTRACE" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	assert_status "$2"
	assert_grep "$3" "$ERR"
}
subtest "--doctor: a lock file that is not there, and could not be made"
while IFS='|' read -r made words; do
	doctor_in "$made" 1 "error: the lock file $SCRATCH/room/lock cannot be made: $words"
	assert_no_grep 'lock .* is free' "$ERR"
	rm -f "$SCRATCH/room/lock"
done <<'END'
mount -t tmpfs -o ro tmpfs .|Read-only file system
mount -t tmpfs -o nr_inodes=1 tmpfs .|No space left on device
ln -s nowhere/lock lock|it is a link to a file that is not there
mount -t tmpfs tmpfs .. && true|No such file or directory
END
[[ -z $(ls "$SCRATCH/room") ]] || fail "left: $(ls "$SCRATCH/room")"

subtest "--doctor: nothing can be noted"
for what in 'ro|Read-only file system' 'nr_inodes=1|No space left on device'; do
	doctor_in "mount -t tmpfs -o ${what%|*} tmpfs /run" 5 "warning: /run is not writable \(${what#*|}\)"
done

subtest "a lock file that is a link is the file that it leads to"
ln -s "$XTABLES_LOCKFILE" "$SCRATCH/link"
exec {held}>"$XTABLES_LOCKFILE"
flock $held
XTABLES_LOCKFILE=$SCRATCH/link run_nftrace lo -w 0 -t 1 -p udp --dport 9
exec {held}>&-
assert_status 4
assert_restored lo "$before"

subtest "a lock file that is a FIFO, which would wait for a writer, or a folder"
mkfifo "$SCRATCH/fifo"
mkdir "$SCRATCH/folder"
for words in "-t 1 -p udp --dport 9" --cleanup --doctor; do
	# shellcheck disable=SC2086 # words
	XTABLES_LOCKFILE=$SCRATCH/fifo LIMIT=10 run_nftrace lo $words
	assert_status 1
	assert_grep 'lock file .*/fifo cannot be opened: it is no regular file' "$ERR"
done
XTABLES_LOCKFILE=$SCRATCH/folder run_nftrace lo -t 1 -p udp --dport 9
assert_status 1
assert_grep 'lock file .*/folder cannot be opened: Is a directory' "$ERR"
assert_restored lo "$before"

subtest "a lock file that may not be read"
: >"$SCRATCH/unreadable"
chmod 0 "$SCRATCH/unreadable"
XTABLES_LOCKFILE=$SCRATCH/unreadable in_ns lo setpriv --bounding-set -dac_override,-dac_read_search \
	--inh-caps -dac_override,-dac_read_search "$NFTRACE" -t 1 -p udp --dport 9 >"$OUT" 2>"$ERR" </dev/null
STATUS=$?
assert_status 1
assert_grep 'lock file .*/unreadable cannot be opened: Permission denied' "$ERR"
assert_restored lo "$before"

subtest "a FIFO in place of a network namespace"
LIMIT=10 run_nftrace lo --netns "$SCRATCH/fifo" -t 1 -p udp --dport 9
((STATUS == 1 || STATUS == 2)) || fail "exit status $STATUS"
assert_grep "error: .*--netns .*/fifo" "$ERR"

# What a run noted that is over now: whoever finds it takes the run for dead.
in_ns lo sysctl -qw net.netfilter.nf_log.2=nf_log_ipv4 net.netfilter.nf_log.10=nfnetlink_log
start_nftrace lo -t 60 -p udp --dport 9
record=$(basename "$(ls -d /run/nftrace/*-????????????????)")
cp "/run/nftrace/$record" "$SCRATCH/record"
cp "/run/nftrace/$record.counters" "$SCRATCH/counters"
stop_nftrace INT
[[ ! -e /run/nftrace ]] || fail "/run/nftrace is still there"
assert_grep '^ipv4 nf_log_ipv4$' "$SCRATCH/record"
in_ns lo sysctl -qw net.netfilter.nf_log.2=nfnetlink_log

# A shell's words that put something else in the place of a note; "$1": the true one, "$2": the place
declare -A put=(
	["a FIFO"]='mkfifo -m 600 "$2"'
	["a link to one"]='ln -s "$1" "$2"'
	["one with two names"]='cp "$1" "$2.x"; ln "$2.x" "$2"'
	["a folder"]='mkdir "$2"'
	["one that others can write"]='cp "$1" "$2"; chmod 666 "$2"'
	["another user's"]='cp "$1" "$2"; chown 1 "$2"'
	["something else"]='echo something else >"$2"'
)
declare -A put_counters=(
	["another version's"]='cp "$1" "$2"; printf "\377" | dd of="$2" bs=1 seek=8 conv=notrunc status=none'
	["another program's"]='{ head -c 8 /dev/zero; tail -c +9 "$1"; } >"$2"'
	["the beginning of one"]='head -c 20 "$1" >"$2"'
	["one without an owner"]='{ head -c 16 "$1"; head -c 500 /dev/zero; } >"$2"'
)

# is_left_alone WHAT WORDS KIND PLACE: --cleanup, --doctor and a run say so, and do nothing with it
is_left_alone() {
	subtest "$3: $1"
	can_be "$1" || return 0
	mkdir -m 700 /run/nftrace
	(umask 077; bash -c "$2" bash "$SCRATCH/$3" "/run/nftrace/$4") || fail "cannot be made"
	save_rules lo "$before"
	for words in --doctor --cleanup "-t 100ms -p udp --dport 9"; do
		# shellcheck disable=SC2086 # words
		LIMIT=10 run_nftrace lo $words
		assert_grep "warning: /run/nftrace/$4 is not what this version of nftrace writes there" "$ERR"
		case $words in
		--doctor) ((STATUS == 5 || STATUS == 1)) || fail "--doctor: exit status $STATUS" ;;
		--cleanup) assert_status 5 ;;
		*) assert_status 3 ;;
		esac
		[[ -e /run/nftrace/$4 ]] || fail "$words removed it"
		assert_restored lo "$before"
	done
	rm -rf /run/nftrace
}
for what in "${!put[@]}"; do
	is_left_alone "$what" "${put[$what]}" record "$record"
	is_left_alone "$what" "${put[$what]}" counters "$record.counters"
done
for what in "${!put_counters[@]}"; do
	is_left_alone "$what" "${put_counters[$what]}" counters "$record.counters"
done
is_left_alone "an empty one" ': >"$2"' record "$record"
is_left_alone "one with more behind it" '{ cat "$1"; head -c 5000 /dev/zero; } >"$2"' record "$record"

subtest "a record as it was is acted on"
mkdir -m 700 /run/nftrace
(umask 077; cp "$SCRATCH/record" "/run/nftrace/$record"; cp "$SCRATCH/counters" "/run/nftrace/$record.counters")
run_nftrace lo --cleanup
assert_status 0
assert_equal "loggers" "nf_log_ipv4 nfnetlink_log" "$(loggers lo)"
[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"

subtest "a logger that the kernel does not have: said, and the record stays for a later try"
in_ns lo sysctl -qw net.netfilter.nf_log.2=nfnetlink_log
mkdir -m 700 /run/nftrace
(umask 077; sed 's/^ipv4 .*/ipv4 no_such_logger/' "$SCRATCH/record" >"/run/nftrace/$record")
run_nftrace lo --cleanup
assert_status 1
assert_grep 'error: the logger of ipv4 cannot be put back to no_such_logger: .* stays' "$ERR"
assert_no_grep 'nothing of a dead run is left' "$ERR"
assert_equal "the record" "ipv4 no_such_logger" "$(grep ipv4 "/run/nftrace/$record")"
run_nftrace lo -t 100ms -p udp --dport 9
assert_grep 'error: the logger of ipv4 cannot be put back to no_such_logger' "$ERR"
assert_equal "the record" "ipv4 no_such_logger" "$(grep ipv4 "/run/nftrace/$record")"
(umask 077; cp "$SCRATCH/record" "/run/nftrace/$record")
run_nftrace lo --cleanup
assert_status 0
assert_equal "loggers" "nf_log_ipv4 nfnetlink_log" "$(loggers lo)"
[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
