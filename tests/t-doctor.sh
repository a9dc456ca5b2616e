#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-doctor: --doctor sees what is wrong, changes nothing, and its status says how bad it is.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
quiet=(-p udp --dport 9)

# doctor STATUS [REGEX]: run it; nothing is changed by it
doctor() {
	save_rules lo "$SCRATCH/before-doctor"
	run_nftrace lo --doctor
	assert_status "$1"
	[[ -z ${2-} ]] || assert_grep "$2" "$ERR"
	save_rules lo "$SCRATCH/after"
	assert_same "rules and loggers" "$SCRATCH/before-doctor" "$SCRATCH/after"
}

ns_new bare_nft
subtest "all is well: 0, and not even the lock file comes into being"
rm -f "$XTABLES_LOCKFILE"
doctor 0
[[ ! -e $XTABLES_LOCKFILE ]] || fail "the lock file was created"
[[ ! -e /run/nftrace ]] || fail "/run/nftrace was created"
assert_no_grep 'warning|error' "$ERR"
assert_grep 'ok: logger of ipv6: nf_log_ipv6' "$ERR"
# A kernel before 5.12 refuses the flag: such a table would be everybody's.
owners='none, this kernel has no nf_tables whose tables have owners'
! in_ns bare_nft nft 'table ip probe { flags owner; }' 2>/dev/null || owners='nf_tables is there'
assert_text "ok: witness chains: $owners" "$ERR"

subtest "rules are counted, and those of both backends are a note"
in_ns lo nft 'table inet own { chain in { type filter hook input priority 5; udp dport 2009 drop; }; }' || fail nft
run_nftrace lo --doctor
assert_status 0
assert_grep "ok: iptables: $(in_ns lo iptables-legacy-save | grep -c '^-A') rules? in $(in_ns lo cat /proc/net/ip_tables_names | wc -l) legacy tables?$" "$ERR"
assert_grep 'note: rules of iptables-legacy and of nft are both in force: a packet must pass both' "$ERR"
in_ns lo nft delete table inet own

subtest "where each of the backends drops"
ns_new both
in_ns both iptables-legacy-restore <<'RULES'
*filter
:INPUT DROP [0:0]
:user - [0:0]
-A INPUT -p udp --dport 9 -j ACCEPT
-A user -p udp --dport 2009 -j DROP
-A user -p udp --dport 2010 -j REJECT
COMMIT
RULES
run_nftrace both --doctor
assert_no_grep 'drops or rejects' "$ERR"
in_ns both nft 'table inet own { chain in { type filter hook input priority 5; udp dport 2009 drop; udp dport 2010 reject; accept; }; }' || fail nft
run_nftrace both --doctor
assert_status 0
assert_grep 'note: iptables-legacy drops or rejects in filter:INPUT \(policy\), filter:user \(2 rules\)$' "$ERR"
assert_grep 'note: nft drops or rejects in inet own:in \(2 rules\)$' "$ERR"
in_ns both nft 'flush chain inet own in; add chain inet own in { policy drop; }' || fail nft
run_nftrace both --doctor
assert_grep 'note: nft drops or rejects in inet own:in \(policy\)$' "$ERR"
in_ns both nft 'add chain inet own in { policy accept; }' || fail nft
run_nftrace both --doctor
assert_grep 'note: no rule of nft drops or rejects$' "$ERR"

# The judge: does iptables list what is in force?
subtest "a table of iptables-nft that another program wrote into"
ns_new mixed
in_ns mixed iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT
run_nftrace mixed --doctor
assert_no_grep 'refuses to list' "$ERR"
in_ns mixed nft 'add set ip filter bad { type ipv4_addr; }; add rule ip filter INPUT ip saddr @bad drop' || fail nft
in_ns mixed iptables-nft -S >"$SCRATCH/listed" 2>&1 && grep -q -e '-j DROP' "$SCRATCH/listed" && ! grep -q bad "$SCRATCH/listed" ||
	! in_ns mixed iptables-nft -S >/dev/null 2>&1 || fail "iptables lists it rightly: is this a test?"
run_nftrace mixed --doctor
assert_text "note: iptables -t filter -S refuses to list the table, or lists it wrongly: another program wrote 1 rule into it in nft's words, the first into chain INPUT (ip saddr @bad drop); nft list table ip filter shows them all" "$ERR"
# One that makes it refuse all of them.
in_ns mixed nft 'flush chain ip filter INPUT; delete set ip filter bad' || fail nft
in_ns mixed iptables-nft -A INPUT -p tcp --dport 22 -j ACCEPT
in_ns mixed nft 'add rule ip filter INPUT meta cgroup 5 ct state new log drop' || fail nft
! in_ns mixed iptables-nft -S >"$SCRATCH/listed" 2>&1 || fail "iptables lists it: is this a test?"
run_nftrace mixed --doctor
assert_text "note: iptables -t filter -S refuses to list the table, or lists it wrongly: another program wrote 1 rule into it in nft's words, the first into chain INPUT (meta cgroup 5 ct state new log drop); nft list table ip filter shows them all" "$ERR"
in_ns mixed nft 'table ip own { chain in { type filter hook input priority 5; ip saddr 10.0.0.1 drop; }; }' || fail nft
run_nftrace mixed --doctor
assert_no_grep 'table ip own' "$ERR"

subtest "extensions that are not where XTABLES_LIBDIR says: that is the cause"
XTABLES_LIBDIR=/nowhere run_nftrace lo --doctor
assert_status 1
assert_grep 'error: libxtables finds no extension for the target TRACE in XTABLES_LIBDIR=/nowhere: leave that out' "$ERR"
assert_no_grep 'modprobe' "$ERR"

subtest "the lock is busy: a warning that names the holder"
hold_lock
doctor 5 "held by pid (${HOLDERS[0]}|${HOLDERS[1]})"
let_go_of_lock

subtest "looking at the lock does not take it"
start_nftrace lo -t 30 "${quiet[@]}"
doctor 1 'NFLOG group 0 is taken by pid .*nftrace'
assert_grep 'warning: the xtables lock .* is busy' "$ERR"
stop_nftrace INT
assert_restored lo "$before"

subtest "what a dead run left: a warning, and --cleanup takes it away"
start_nftrace lo -t 30 "${quiet[@]}"
pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
kill -STOP "${pids[@]}"
kill -KILL "${pids[@]}"
assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
wait "$NFTRACE_PID" 2>/dev/null
doctor 5 'rules of a dead run .*--cleanup'
assert_grep 'left the logger of ipv4 changed; it was nf_log_ipv4' "$ERR"
run_nftrace lo --cleanup
assert_status 0
assert_grep '2 rules of a dead run .* removed' "$ERR"
assert_restored lo "$before"
[[ ! -e /run/nftrace ]] || fail "/run/nftrace is still there: $(ls /run/nftrace)"

subtest "--cleanup with nothing to do"
run_nftrace lo --cleanup
assert_status 0
assert_grep '^nftrace: cleaned up.*--netns' "$ERR"
assert_restored lo "$before"

subtest "somebody else traces"
in_ns lo iptables-legacy -t raw -A OUTPUT -p udp --dport 9 -j TRACE
doctor 5 'TRACE rule that is not ours.*dport 9 -j TRACE'
in_ns lo iptables-legacy -t raw -D OUTPUT -p udp --dport 9 -j TRACE

subtest "PID 1 of a namespace: a warning"
timeout $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- unshare --pid --fork --mount-proc \
	"$NFTRACE" --doctor >"$OUT" 2>"$ERR" </dev/null
STATUS=$?
assert_status 5
assert_grep 'warning: .*PID 1' "$ERR"

subtest "a namespace without tables stays one"
ns_new bare
run_nftrace bare --doctor
assert_status 0
assert_grep 'no table of iptables or nft: no rule decides' "$ERR"
[[ -z $(in_ns bare cat /proc/net/ip_tables_names /proc/net/ip6_tables_names 2>/dev/null) ]] ||
	fail "tables came into being"

subtest "no privileges: an error"
run_without() { nsenter --net="$(ns_path lo)" -- setpriv --bounding-set -net_admin,-net_raw \
	--inh-caps -net_admin,-net_raw "$NFTRACE" --doctor >"$OUT" 2>"$ERR" </dev/null; STATUS=$?; }
run_without
assert_status 1
assert_grep 'error: .*CAP_NET_ADMIN' "$ERR"

subtest "rules in another network namespace are found by --netns NAME --cleanup"
save_rules lo "$before"
start_nftrace lo -t 30 "${quiet[@]}"
pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
kill -STOP "${pids[@]}"
kill -KILL "${pids[@]}"
assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
wait "$NFTRACE_PID" 2>/dev/null
run_nftrace bare --cleanup
assert_status 0
assert_no_grep 'dead run.*removed' "$ERR"
assert_text 'nftrace --netns NAME --cleanup' "$ERR"
run_nftrace bare --netns "$(ns_path lo)" --cleanup
assert_status 0
assert_grep '2 rules of a dead run .* removed' "$ERR"
assert_restored lo "$before"
