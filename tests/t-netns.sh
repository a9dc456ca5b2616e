#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-netns: --netns by name, PID and path: that namespace's packets, and the host's lock left free.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

# Two namespaces that look the same from inside.
for ns in here there; do
	lab_loopback $ns
	load $ns "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
	server $ns echo-$ns udp 10.9.0.1 7
	save_rules $ns "$SCRATCH/before-$ns"
done
background there sleeper tail -f /dev/null
pid=$BG_PID
name=$(basename "$(ns_path there)")
inode=$(in_ns there stat -L -c %i /proc/self/ns/net)
is_in_there() { [[ $(readlink /proc/$pid/ns/net) = "net:[$inode]" ]]; }
assert_within 5 "a process in there" is_in_there

for word in "$name" "$pid" "$(ns_path there)" "/proc/$pid/ns/net"; do
	subtest "--netns ${word//$$/N}"
	start_nftrace here --json --netns "$word" -t 20 -p udp -d 10.9.0.1 --dport 7
	lock_is_free || fail "the host's lock is held"
	assert_equal "rules in here" 0 "$(own_rules here)"
	assert_equal "rules in there" 2 "$(own_rules there)"
	talk here udp 10.9.0.1 7
	talk there udp 10.9.0.1 7 from 7777
	assert_within 5 "a packet" test -s "$OUT"
	stop_nftrace INT
	assert_status 0
	assert_equal "packets" 1 "$(wc -l <"$OUT")"
	assert_grep '10\.9\.0\.1\.7777 > ' "$OUT"
	assert_grep "\"netns\":\"$inode\"" "$OUT"
	assert_restored_but_counters here "$SCRATCH/before-here"
	assert_restored_but_counters there "$SCRATCH/before-there"
	save_rules here "$SCRATCH/before-here"
done

subtest "--hold-lock holds the host's lock"
start_nftrace here --netns "$name" --hold-lock -t 20 -p udp --dport 9
lock_is_free && fail "it is free"
stop_nftrace INT
assert_restored here "$SCRATCH/before-here"

subtest "sets and --dry-run are of that namespace"
in_ns there ipset create friends hash:ip
run_nftrace here --netns "$name" --dry-run -m set --match-set friends src
assert_status 0
assert_text "--match-set friends src" "$OUT"
run_nftrace here --dry-run -m set --match-set friends src
assert_status 2

subtest "a command runs in there"
run_nftrace here -q --netns "$name" -p udp --dport 7 -- "$TOOLS/talk" udp 10.9.0.1 7 from 7778
assert_status 0
assert_grep '10\.9\.0\.1\.7778 > ' "$OUT"
run_nftrace here --netns "$pid" -p udp --dport 9 -- readlink /proc/self/ns/net
assert_text "net:[$inode]" "$OUT"

subtest "kill -9 of the supervisor: that namespace is put back"
save_rules there "$SCRATCH/before-there"
start_nftrace here --netns "$name" -t 20 -p udp --dport 9
kill -KILL "$NFTRACE_PID"
assert_within 2 "the namespace as it was" is_restored there "$SCRATCH/before-there"
wait "$NFTRACE_PID" 2>/dev/null
assert_restored here "$SCRATCH/before-here"

subtest "--cleanup and --doctor look in there"
in_ns there iptables-legacy -t raw -A OUTPUT -p udp --dport 5 -j TRACE
run_nftrace here --netns "$name" --doctor
cat "$OUT" "$ERR" >"$SCRATCH/both"
assert_text "--dport 5 -j TRACE" "$SCRATCH/both"
run_nftrace here --netns "$name" --cleanup
assert_status 0

subtest "a namespace without any table"
ns_new bare
run_nftrace here --netns "$(basename "$(ns_path bare)")" -t 1 -p udp
assert_status 3
assert_grep 'no table of iptables or nft is at the hooks of IP here' "$ERR"
assert_restored here "$SCRATCH/before-here"
