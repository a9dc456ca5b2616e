#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hand-made: nftrace without an expression shows what TRACE rules of others report.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
server lo echo udp 10.9.0.1 7

subtest "no TRACE rules: an error that says what to type"
save_rules lo "$before"
run_nftrace lo -t 1
[[ $STATUS = [12] ]] || fail "exit status $STATUS"
assert_grep 'nftrace .*-(p|d|i|-all)' "$ERR"
assert_restored lo "$before"

in_ns lo iptables-legacy -t raw -A OUTPUT -p udp --dport 7 -j TRACE
save_rules lo "$before"

subtest "their events, and not a rule of nftrace's own"
start_nftrace lo -t 20
assert_equal "TRACE rules" 1 "$(own_rules lo)"
talk lo udp 10.9.0.1 7
assert_within 5 "a packet is shown" has_line '^=> ' "$OUT"
stop_nftrace INT
assert_status 0
assert_grep '^TRACE: raw:OUTPUT:policy:3  "-P OUTPUT ACCEPT"$' "$OUT"
assert_grep '^TRACE: filter:OUTPUT:policy:1  "-P OUTPUT ACCEPT"$' "$OUT"
assert_grep '^TRACE: filter:INPUT:policy:2  "-P INPUT ACCEPT"$' "$OUT"
assert_restored_but_counters lo "$before"

subtest "the same rule is named when nftrace has an expression of its own"
start_nftrace lo -t 20 -p udp --dport 9
stop_nftrace INT
assert_text "-A OUTPUT -p udp -m udp --dport 7 -j TRACE" "$ERR"
assert_restored_but_counters lo "$before"
