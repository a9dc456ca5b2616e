#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-turns: the lock is given to who wants it and taken back; the run's rules keep their place.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
server lo echo udp 10.9.0.1 7
udp7=(-p udp -d 10.9.0.1 --dport 7)
before=$SCRATCH/before

fresh() {
	in_ns lo iptables-legacy-restore -c <"$TESTS/host/all-tables.save"
	save_rules lo "$before"
}
# iptables itself (1.8.9) sets policies' counters to zero, so all are left out here.
assert_as_before() { assert_restored_but_counters lo "$before"; }
wait_taken() { assert_within 5 "the lock is taken back" lock_is_held; }
# rules CHAIN: of raw, with counters
rules() { in_ns lo iptables-legacy-save -c -t raw | grep -- "-A $1 "; }
first_is_ours() { [[ $(rules "$1" | head -n 1) = *nftrace:*TRACE ]]; }
has_been() { grep -Eq "$1" "$ERR"; }

# On a busy machine the processes alone take longer.
limit=$((5 * PATIENCE))
[[ -z ${SOAK-} ]] || limit=$((2 * PROMISE))
subtest "iptables -w 60: 20 of 20 have the lock, with SOAK within 2 s; each is seen off"
fresh
start_nftrace lo -t 60 -q --rate 0 "${udp7[@]}"
assert_grep 'armed: .*lock is held, and given to whoever wants it' "$ERR"
for ((n = 1; n <= 20; n++)); do
	in_ns lo timeout $limit iptables-legacy -w 60 -I FORWARD -s 10.7.7.$n -j DROP || fail "$n: status $?"
	# Who comes before is given the same turn, and it is counted once.
	wait_taken
	talk lo udp 10.9.0.1 7
done
for ((n = 1; n <= 20; n++)); do
	in_ns lo timeout $limit iptables-legacy -w 60 -D FORWARD -s 10.7.7.$n -j DROP || fail "-D $n: status $?"
	wait_taken
done
stop_nftrace INT
assert_grep '^nftrace: pid [0-9]+ \(iptables-legacy -w 60 -I .*, started by .*\) waits for the xtables lock: it was given to it for [0-9.]+ s$' "$ERR"
assert_equal "lines that name them" 3 "$(grep -c 'it was given to it' "$ERR")"
assert_grep 'iptables-legacy, started by timeout \(last: pid [0-9]+\) had the xtables lock 40 times' "$ERR"
assert_equal "packets" 20 "$(grep -c '^[A-Z]* *#' "$OUT")"
assert_as_before

subtest "who would not wait has the lock at once, 20 of 20"
fresh
start_nftrace lo -t 60 "${udp7[@]}"
for ((n = 1; n <= 20; n++)); do
	in_ns lo flock -n "$XTABLES_LOCKFILE" true || fail "$n: status $?"
	((n % 5)) || wait_taken
done
assert_no_grep 'did not wait' "$ERR"
stop_nftrace INT
assert_status 3
assert_grep '; tables as before; lock held [0-9.]+ s, and given to others ([5-9]|1[0-9]|20) times' "$ERR"
assert_as_before

subtest "rules put before the run's: it moves back to the top, with what it has counted"
start_nftrace lo -t 60 -q --rate 0 "${udp7[@]}"
for n in 1 2 3; do
	talk lo udp 10.9.0.1 7
done
counted=$(rules OUTPUT | head -n 1 | cut -d ' ' -f 1)
assert_grep '^\[3:' <(echo "$counted")
in_ns lo iptables-legacy -w 60 -t raw -I OUTPUT -s 10.7.7.1 -j DROP
assert_within 5 "back at the top" first_is_ours OUTPUT
assert_equal "its counter" "$counted" "$(rules OUTPUT | head -n 1 | cut -d ' ' -f 1)"
assert_within 5 "it is said" has_been 'put before the run.s own in raw of iptables, by pid [0-9]+ \(iptables-legacy .*moved back to the top'
talk lo udp 10.9.0.1 7
in_ns lo iptables-legacy -w 60 -t raw -D OUTPUT -s 10.7.7.1 -j DROP
stop_nftrace INT
assert_grep 'rules counted 8 packets' "$ERR"
assert_equal "packets" 4 "$(grep -c '^[A-Z]* *#' "$OUT")"
assert_as_before

# flush_and_load: raw is another's work again, but for the run's rules
flush_and_load() {
	sed -n '/^\*raw/,/^COMMIT/p' "$TESTS/host/all-tables.save" >"$SCRATCH/raw.rules"
	without_lock lo iptables-legacy -t raw -F
	without_lock lo iptables-legacy-restore -n "$SCRATCH/raw.rules"
}
in_again() { first_is_ours PREROUTING && first_is_ours OUTPUT; }

subtest "raw is flushed: the run's rules are put back once, that is said, status 5"
start_nftrace lo -t 60 -q --rate 0 "${udp7[@]}"
talk lo udp 10.9.0.1 7
in_ns lo iptables-legacy -w 60 -t raw -F
assert_within 5 "they are put back" in_again
assert_within 5 "it is said" has_been '2 rules of the run were taken out of raw of iptables, by pid [0-9]+ \(iptables-legacy .*-F, started by .*put back'
talk lo udp 10.9.0.1 7
assert_within 5 "the packet is traced" eval '(($(grep -c "^[A-Z]* *#" "$OUT") == 2))'
in_ns lo iptables-legacy -w 60 -t raw -F
assert_within 5 "it is said" has_been 'once more, by pid .*not put back a second time'
sed -n '/^\*raw/,/^COMMIT/p' "$TESTS/host/all-tables.save" | in_ns lo iptables-legacy-restore -w 60 -c -n
stop_nftrace INT
assert_status 5
assert_grep 'rules counted at least 4 packets' "$ERR"
assert_grep '2 rules had been removed by somebody else' "$ERR"
assert_as_before

for how in --no-lock --hold-lock; do
	subtest "$how: who takes no lock, and takes the rules out, or puts others before"
	start_nftrace lo -t 60 $how "${udp7[@]}"
	without_lock lo iptables-legacy -t raw -I OUTPUT -s 10.7.7.1 -j DROP
	assert_within 5 "moved" first_is_ours OUTPUT
	flush_and_load
	assert_within 5 "put back" in_again
	stop_nftrace INT
	assert_status 5
	assert_as_before
done

subtest "a copy of the run's rules, restored during the run, is none too many"
start_nftrace lo -t 60 "${udp7[@]}"
in_ns lo iptables-legacy-save -t raw >"$SCRATCH/saved"
in_ns lo iptables-legacy-restore -w 60 -n <"$SCRATCH/saved"
own() { rules OUTPUT | grep -c nftrace:; }
assert_within 5 "one is left in OUTPUT" eval '(($(own) == 1))'
stop_nftrace INT
fresh

is_out() { ! in_ns lo iptables-legacy-save -t raw | grep -q nftrace:; }
subtest "the end comes while another has the lock: what the socket holds is not asked about buffer by buffer"
mkfifo "$SCRATCH/hold"
exec 7<>"$SCRATCH/hold"
start_nftrace lo -t 60 -q --rate 0 --buffer 64 --no-drops "${udp7[@]}"
in_ns lo flock "$XTABLES_LOCKFILE" bash -c 'touch "$1/has-it"; read -r _ <"$1/hold"' - "$SCRATCH" &
later $!
assert_within 5 "it has the lock" test -e "$SCRATCH/has-it"
reader=$(reading_child)
kill -STOP "$reader"
in_ns lo "$TOOLS/flood" 10.9.0.1 7 2000 32 >/dev/null
kill -INT "$NFTRACE_PID"
echo >&7
assert_within 20 "the rules are out" is_out
before_it=$(</proc/sys/kernel/ns_last_pid)
kill -CONT "$reader"
end_nftrace 20
begun=$(($(</proc/sys/kernel/ns_last_pid) - before_it))
# Two helpers for each reading of both families' tables.
((begun < 40)) || fail "$begun processes were started meanwhile"
assert_status 0
assert_equal "packets" 2000 "$(grep -c '^DELIVERED *#' "$OUT")"
fresh
