#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-taken: what others take away from a run is noticed, said, put back once; exit status 5.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
in_ns lo iptables-legacy -A INPUT -p udp --dport 9 -j DROP
in_ns lo ip6tables-legacy -A INPUT -p udp --dport 9 -j DROP
# It was created by a run that is over, as on every host but for the first time.
in_ns lo iptables-legacy -t raw -S >/dev/null
in_ns lo ip6tables-legacy -t raw -S >/dev/null
in_ns lo sysctl -qw net.netfilter.nf_log.2=nf_log_ipv4 net.netfilter.nf_log.10=nf_log_ipv6
before=$SCRATCH/before
save_rules lo "$before"

# send [ADDRESS] [COUNT]: to a port whose packets are dropped
send() { talk lo udp "${1:-10.9.0.1}" 9 wait 1 count "${2:-1}" >/dev/null; }
set_logger() { in_ns lo sysctl -qw "net.netfilter.nf_log.$1=$2"; }
logger_is() { [[ $(in_ns lo cat "/proc/sys/net/netfilter/nf_log/$1") = "$2" ]]; }
told() { grep -c '^=> ' "$OUT"; }
tells() { (($(told) >= $1)); }

for family in 2 10; do
	[[ $family = 2 ]] && name=ipv4 address=10.9.0.1 || name=ipv6 address=fd00:9::1
	subtest "the logger of $name is changed: said, put back once, and at the end it is what they chose"
	start_nftrace lo -t 60 -p udp --dport 9
	set_logger $family NONE
	assert_within 5 "it is put back" logger_is $family nfnetlink_log
	assert_grep "warning: somebody else set the logger of $name to NONE: it is set to nfnetlink_log again" "$ERR"
	send $address
	assert_within 5 "packets are traced again" tells 1
	set_logger $family "nf_log_$name"
	assert_within 5 "the second time it is said" \
		grep -q "warning: somebody else set the logger of $name to nf_log_$name once more: it is left so" "$ERR"
	logger_is $family "nf_log_$name" || fail "it was put back twice"
	stop_nftrace INT
	assert_status 5
	assert_grep "others took the logger of $name from this run: " "$ERR"
	assert_restored_but_counters lo "$before"
	[[ ! -e /run/nftrace ]] || fail "left: $(ls /run/nftrace)"
done

subtest "changed once: the end restores what they chose, not what was there before"
start_nftrace lo -4 -t 60 -p udp --dport 9
set_logger 2 NONE
assert_within 5 "it is put back" logger_is 2 nfnetlink_log
assert_within 5 "the record knows it" grep -qx 'ipv4 NONE' /run/nftrace/*
stop_nftrace INT
assert_status 5
assert_grep 'others took the logger of ipv4 from this run \(it was put back\)' "$ERR"
logger_is 2 NONE || fail "the logger is $(loggers lo)"
set_logger 2 nf_log_ipv4
assert_restored_but_counters lo "$before"

subtest "nothing was traced for that reason: that is what is said"
NFTRACE=$WITH_POINTS
export NFTRACE_TESTPOINT=before-undo NFTRACE_TESTPOINT_FILE=$SCRATCH/hook
start_nftrace lo -4 -t 60 -p udp --dport 9
kill -INT "$NFTRACE_PID"
assert_within 10 "it is about to end" test -s "$NFTRACE_TESTPOINT_FILE"
set_logger 2 nf_log_ipv4
send
rm "$NFTRACE_TESTPOINT_FILE"
end_nftrace
assert_status 5
assert_grep 'somebody else set the logger of ipv4 to nf_log_ipv4: it is left so' "$ERR"
assert_grep 'nothing was traced .2 packets matched.: others took away what the trace needs' "$ERR"
assert_restored_but_counters lo "$before"
rm -f "$NFTRACE_TESTPOINT_FILE.once"

subtest "all are killed while it is put back: the next run finds everything"
NFTRACE_TESTPOINT=keeper-logger-again
start_nftrace lo -4 -t 60 -p udp --dport 9
pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
set_logger 2 NONE
assert_within 5 "the keeper is at it" test -s "$NFTRACE_TESTPOINT_FILE"
kill -STOP "${pids[@]}"
kill -KILL "${pids[@]}"
wait "$NFTRACE_PID" 2>/dev/null
assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
unset NFTRACE_TESTPOINT
rm -f "$NFTRACE_TESTPOINT_FILE"*
run_nftrace lo --cleanup
assert_status 0
logger_is 2 NONE || fail "the logger is $(loggers lo)"
set_logger 2 nf_log_ipv4
assert_restored_but_counters lo "$before"

subtest "the books: rules of others trace what these did not count"
start_nftrace lo -4 -t 60 --no-lock -p udp --dport 10
without_lock lo iptables-legacy -t raw -I OUTPUT -p udp --dport 9 -j TRACE
send
assert_within 5 "the packet is told" tells 1
ANY_TRACES=1 stop_nftrace INT
# Whether the run has looked at raw since, on a busy machine, or comes to know at its end.
if grep -Eq 'texts of its rules in the last .* may be wrong|met rules that were just being changed' "$ERR"; then assert_status 5; else assert_status 0; fi
assert_grep 'note: the packets told account for 1 match more than the TRACE rules counted \(0\): others changed rules' "$ERR"
in_ns lo iptables-legacy -t raw -F

# ---- nft's own table: the owner's flag forbids it to others; kernels before 5.12 have no such flag

NFTRACE=$BUILD/nftrace
lab_loopback nft
load_nft() {
	in_ns nft nft -f - <<-'X'
		table inet fw {
			chain in {
				type filter hook input priority filter; policy accept;
				udp dport 9 drop
			}
		}
	X
}
load_nft
save_rules nft "$before"
table() { in_ns nft nft list tables | sed -n 's/^table \(ip nftrace_.*\)/\1/p'; }
is_there() { [[ -n $(table) ]]; }
traces() { (($(in_ns nft nft list table $(table) | grep -c 'nftrace set 1') == $1)); }
takings=("delete table %s" "flush table %s" "flush chain %s output" "add table %s { flags dormant; }")
take() {
	local words
	# shellcheck disable=SC2059
	printf -v words "$1" "$(table)"
	in_ns nft nft "$words" 2>/dev/null
}

subtest "a table with an owner: nobody else can take it"
start_nftrace nft -4 -t 60 -p udp --dport 9
for taking in "${takings[@]}" "add rule %s output drop" "delete chain %s output"; do
	take "$taking" && fail "$taking: done"
done
talk nft udp 10.9.0.1 9 wait 1 >/dev/null
assert_within 5 "the packet" tells 1
stop_nftrace INT
assert_status 0
assert_no_grep 'somebody else|others' "$ERR"
assert_restored_but_counters nft "$before"

[[ -z ${SANITIZE-} ]] || exit 0 # the sanitizers' runtime has to come first in a process
printf '#!/bin/bash\nexport LD_PRELOAD=%q\nexec %q "$@"\n' "$BUILD/tests/preload/old_nft.so" "$NFTRACE" >"$SCRATCH/old"
chmod +x "$SCRATCH/old"
NFTRACE=$SCRATCH/old
for taking in "${takings[@]}"; do
	subtest "a table without an owner: ${taking/\%s/TABLE}"
	start_nftrace nft -4 -t 60 -p udp --dport 9
	take "$taking" || fail "it is refused"
	assert_within 5 "it is said" has_line 'somebody else .* the nft table of this run for ipv4: it is put in again' "$ERR"
	assert_within 5 "it is put in again" traces 2
	talk nft udp 10.9.0.1 9 wait 1 >/dev/null
	assert_within 5 "the packet" tells 1
	stop_nftrace INT
	assert_status 5
	assert_grep '^nftrace: 1 packet traced: 1 DROP; stopped by Ctrl-C after [0-9.]+ s; all removed$' "$ERR"
	assert_grep 'counted 2 packets' "$ERR"
	assert_grep 'others took the nft table for ipv4 from this run \(it was put back\)' "$ERR"
	assert_restored_but_counters nft "$before"
done

subtest "... twice: the second time it is only said, and at the end so"
start_nftrace nft -4 -t 60 -p udp --dport 9
take "delete table %s"
assert_within 5 "it is put in again" is_there
take "delete table %s"
assert_within 5 "it is said" has_line 'emptied or deleted the nft table .* once more: it is left so' "$ERR"
is_there && fail "it is there again"
stop_nftrace INT
assert_status 5
assert_grep 'nothing was traced .0 packets matched.: others took away' "$ERR"
assert_restored_but_counters nft "$before"

subtest "... the table that only makes nft report what TRACE rules trace"
in_ns nft iptables-legacy -A INPUT -p udp --dport 10 -j DROP
in_ns nft iptables-legacy -t raw -S >/dev/null
save_rules nft "$before"
start_nftrace nft -4 -t 60 -p udp --dport 9
take "delete table %s"
assert_within 5 "it is put in again" is_there
talk nft udp 10.9.0.1 9 wait 1 >/dev/null
assert_within 5 "nft's rule is reported" has_line '^=> DROP by nft inet fw:in' "$OUT"
stop_nftrace INT
assert_status 5
assert_restored_but_counters nft "$before"
