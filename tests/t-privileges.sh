#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-privileges: what is missing is said in a sentence of its own, and nothing is changed.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
words=(-t 1 -p udp --dport 9)
# Where nobody may read it too.
cp "$NFTRACE" /run/program

# run_as WRAPPER... : nftrace in lo behind a command; STATUS, OUT, ERR
run_as() {
	timeout -k 1 $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- "$@" /run/program "${words[@]}" \
		>"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}

assert_refused() { # REGEX
	assert_status 1
	assert_grep "$1" "$ERR"
	(($(wc -l <"$ERR") <= 4)) || { fail "more than a sentence"; show stderr "$ERR"; }
	assert_restored lo "$before"
}

subtest "not root"
chmod 666 "$XTABLES_LOCKFILE" 2>/dev/null
if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	run_as setpriv --reuid 65534 --regid 65534 --clear-groups
	assert_refused 'root|CAP_NET_ADMIN'
else
	skip "no other uid here"
fi

subtest "setuid: refused, as the environment names libraries to load"
if setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	cp /run/program /run/setuid && chmod 4755 /run/setuid
	timeout $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- env XTABLES_LIBDIR=/run/evil setpriv \
		--reuid 65534 --regid 65534 --clear-groups /run/setuid "${words[@]}" \
		>"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	assert_refused 'XTABLES_LIBDIR.*setuid'
else
	skip "no other uid here"
fi

subtest "file capabilities: refused too"
if command -v setcap >/dev/null && [[ -e /run/setuid ]] &&
	cp /run/program /run/capable && setcap cap_net_admin,cap_net_raw+ep /run/capable; then
	timeout $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- setpriv --reuid 65534 --regid 65534 \
		--clear-groups /run/capable "${words[@]}" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
	assert_refused 'file capabilities'
else
	skip "no setcap, or no other uid"
fi

subtest "root without CAP_NET_ADMIN"
run_as setpriv --bounding-set -net_admin --inh-caps -net_admin
assert_refused 'CAP_NET_ADMIN'

subtest "root without CAP_NET_RAW"
run_as setpriv --bounding-set -net_raw --inh-caps -net_raw
assert_refused 'CAP_NET_RAW|CAP_NET_ADMIN'

# ---- what is there is enough, with fewer fences or as many

# traces_with TEXT CAPS...: a packet is traced by a run with these capabilities alone; TEXT is
# what is said of the reader, "" that nothing is
traces_with() {
	local text=$1 caps
	caps=-all$(printf ',+%s' "${@:2}")
	NFTRACE=$SCRATCH/bound
	cat >"$NFTRACE" <<-END
		#!/bin/sh
		exec setpriv --clear-groups --bounding-set=$caps --inh-caps=-all /run/program "\$@"
	END
	chmod +x "$NFTRACE"
	save_rules lo "$before"
	start_nftrace lo -t 20 -c 1 -p udp --dport 7 || return
	reader=$(reading_child)
	cp "/proc/$reader/status" "$SCRATCH/status"
	run_nftrace_doctor
	talk lo udp 10.9.0.1 7
	end_nftrace 10
	assert_status 0
	for set in CapInh CapPrm CapEff CapAmb; do
		assert_grep "^$set:[[:space:]]*0+$" "$SCRATCH/status"
	done
	assert_grep '^NoNewPrivs:[[:space:]]*1$' "$SCRATCH/status"
	assert_grep '^Seccomp:[[:space:]]*2$' "$SCRATCH/status"
	if [[ $text ]]; then
		assert_text "note: the reader keeps $text; it has no capability" "$ERR"
		assert_text "ok: the reader keeps $text; it has no capability" "$SCRATCH/doctor"
	else
		assert_no_grep 'the reader keeps' "$ERR"
		assert_text "ok: the reader gives up every privilege" "$SCRATCH/doctor"
	fi
	assert_restored_but_counters lo "$before"
}
# While the trace runs: of its own, it changes nothing.
run_nftrace_doctor() {
	timeout -k 1 $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- "$NFTRACE" --doctor >/dev/null \
		2>"$SCRATCH/doctor" </dev/null
}
server lo echo udp 10.9.0.1 7
if ! setpriv --reuid 65534 --regid 65534 --clear-groups true 2>/dev/null; then
	subtest "CAP_NET_ADMIN and CAP_NET_RAW are enough"
	skip "no other uid here"
else
	subtest "CAP_NET_ADMIN and CAP_NET_RAW are enough: the reader keeps the user, and it is said"
	traces_with "user 0, group 0 (CAP_SETUID and CAP_SETGID are missing)" net_admin net_raw
	assert_grep '^Uid:[[:space:]]*0' "$SCRATCH/status"

	subtest "without CAP_SETGID: groups stay, the user does not"
	traces_with "group 0 (CAP_SETGID is missing)" net_admin net_raw setuid
	assert_grep '^Uid:[[:space:]]*65534' "$SCRATCH/status"

	subtest "without CAP_SETUID: the user stays, groups do not"
	traces_with "user 0 (CAP_SETUID is missing)" net_admin net_raw setgid
	assert_grep '^Gid:[[:space:]]*65534' "$SCRATCH/status"

	subtest "with both, as the manual's manifest has them: nothing is kept"
	mapfile -t capabilities < <(sed -nE 's/^ +add: \[(.*)\]$/\1/p' "$TREE/man/nftrace.8" |
		tr 'A-Z,' 'a-z ' | xargs -n 1)
	assert_equal "capabilities" "net_admin net_raw setuid setgid" "${capabilities[*]}"
	traces_with "" "${capabilities[@]}"

	# With a group beside its own.
	subtest "--read, too, says what its reader keeps"
	setpriv --bounding-set=-all --inh-caps=-all --groups 4 /run/program \
		--read "$TESTS/read/dmesg.log" >"$OUT" 2>"$ERR"
	STATUS=$?
	assert_status 0
	assert_text "note: the reader keeps user 0, group 0, its groups (CAP_SETUID" "$ERR"
fi
NFTRACE=/run/program
save_rules lo "$before"

subtest "a logger that cannot be set: /proc/sys is read-only, as in a container"
# shellcheck disable=SC2016 # the inner shell's words
run_as unshare --mount bash -c 'mount --bind /proc/sys /proc/sys &&
	mount -o remount,bind,ro /proc/sys || exit 99
	exec "$@"' bash
if [[ $STATUS = 99 ]]; then
	skip "/proc/sys cannot be mounted here"
else
	assert_refused 'nf_log|logger'
fi

subtest "a lock file that cannot be made"
XTABLES_LOCKFILE=/nowhere/lock run_as env
assert_refused '/nowhere/lock'

if [[ -n ${SANITIZE-} ]]; then
	subtest "a kernel that lacks something"
	skip "a sanitizer's runtime has to be preloaded first"
	exit 0
fi
lacking() {
	run_as env LD_PRELOAD="$BUILD/tests/preload/lacks.so" LACKS="$1"
}

subtest "a kernel without the raw table"
lacking raw
assert_refused 'raw'

subtest "a kernel without the TRACE target"
lacking TRACE
assert_refused 'TRACE'

subtest "a kernel without the time match: a warning, no deadline"
lacking time
assert_status 3
assert_grep 'time|deadline' "$ERR"
assert_restored lo "$before"

subtest "a kernel without the match asked for"
words=(-t 1 -p udp -m length --length 100)
lacking length
[[ $STATUS = [12] ]] || fail "exit status $STATUS"
assert_text "length" "$ERR"
assert_restored lo "$before"
