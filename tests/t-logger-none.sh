#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-logger-none: where no logger was there is none afterwards, though the kernel has loaded one.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

[[ -z ${SANITIZE-} ]] || skip_all "a sanitizer's runtime has to be preloaded first"
lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
all_loggers() { in_ns lo head -v -n 1 /proc/sys/net/netfilter/nf_log/* 2>/dev/null; }
# empty: and the module is not there yet
empty() {
	rm -f "$LOADS_LOGGER"
	in_ns lo bash -c 'for f in /proc/sys/net/netfilter/nf_log/[0-9]*; do echo NONE >"$f"; done'
	all_loggers >"$SCRATCH/none"
}
in_ns lo cat /proc/sys/net/netfilter/nf_log/3 >/dev/null || skip_all "no loggers in this namespace"
export LOADS_LOGGER=$SCRATCH/module LD_PRELOAD=$BUILD/tests/preload/loads_logger.so
assert_none() { assert_same "the loggers" "$SCRATCH/none" <(all_loggers); }

# Without it nothing here could fail.
subtest "what asks for TRACE, or inserts it, fills the loggers"
empty
in_ns lo iptables-legacy -t raw -A PREROUTING -p udp --dport 9 -j TRACE
# Of older kernels each family's logger is a module of its own, and one of them is loaded.
other=NONE
! in_ns lo grep -q nf_log_ipv6 /proc/net/netfilter/nf_log || other=nf_log_ipv6
assert_equal "the loggers" "nf_log_ipv4 $other" "$(loggers lo)"
in_ns lo iptables-legacy -t raw -D PREROUTING -p udp --dport 9 -j TRACE

for when in asked inserted; do
	[[ $when = asked ]] || export LOADS_LATE=1
	for words in "-t 100ms -p udp --dport 9" "-4 -t 100ms -p udp --dport 9" \
		"--dry-run -p udp --dport 9" --doctor; do
		subtest "NONE before, NONE behind: $words (loaded when $when)"
		empty
		# shellcheck disable=SC2086 # several words
		run_nftrace lo $words
		assert_none
	done
done
unset LOADS_LATE

subtest "the run that everybody has killed: NONE by --cleanup"
empty
start_nftrace lo -t 30 -p udp --dport 9
assert_equal "the loggers" "nfnetlink_log nfnetlink_log" "$(loggers lo)"
pids=("$NFTRACE_PID" "$(child_named nftrace-keeper)" "$(child_named nftrace-reader)")
kill -STOP "${pids[@]}"
kill -KILL "${pids[@]}"
assert_within 5 "all are gone" eval '! pgrep "^nftrace"'
run_nftrace lo --cleanup
assert_status 0
assert_none

subtest "a logger that somebody sets meanwhile stays"
empty
start_nftrace lo -4 -t 30 -p udp --dport 9
in_ns lo bash -c 'echo nf_log_ipv6 >/proc/sys/net/netfilter/nf_log/10'
stop_nftrace INT
assert_equal "the loggers" "NONE nf_log_ipv6" "$(loggers lo)"
