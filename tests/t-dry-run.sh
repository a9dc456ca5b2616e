#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-dry-run: what --dry-run prints is what a run inserts, and iptables takes it unchanged.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
ns_new scratch
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
in_ns lo ipset create friends hash:ip
in_ns scratch ipset create friends hash:ip

# Less what differs from run to run: owner (end, pid, start, nonce) and deadline.
less_the_run() {
	sed -E 's/nftrace:[^" ]+/nftrace:OWNER/; s/--datestop [^ ]+/--datestop END/' "$1"
}

# rules_of FAMILY FILE: --dry-run's lines of one family
rules_of() { sed -n "s/^$1: //p" "$2"; }

# round_trip COMMAND FILE: through restore and save of an empty raw table
round_trip() {
	{ echo '*raw'; rules_of "$1" "$2"; echo COMMIT; } >"$SCRATCH/in"
	in_ns scratch "$1-legacy-restore" <"$SCRATCH/in" || fail "$1-restore refuses"
	in_ns scratch "$1-legacy-save" -t raw | grep '^-A' >"$SCRATCH/back"
	# Chain by chain, as save prints them.
	{ rules_of "$1" "$2" | grep '^-A PREROUTING'
	  rules_of "$1" "$2" | grep '^-A OUTPUT'; } >"$SCRATCH/wanted"
	assert_same "$1-legacy-save of --dry-run's rules" "$SCRATCH/wanted" "$SCRATCH/back"
}

while read -r line; do
	subtest "$line"
	eval "words=($line)"
	# Somebody has the lock: --dry-run must not care.
	flock "$XTABLES_LOCKFILE" true
	exec {held}>"$XTABLES_LOCKFILE"
	flock $held
	LIMIT=5 run_nftrace lo --dry-run "${words[@]}"
	exec {held}>&-
	assert_status 0
	cp "$OUT" "$SCRATCH/dry"
	bad=$(grep -Evc '^ip6?tables: -A (PREROUTING|OUTPUT) .*--comment "?nftrace:[^ ]*"? -j TRACE$' \
		"$SCRATCH/dry")
	((bad == 0)) || { fail "$bad lines are no such rules"; show "--dry-run" "$SCRATCH/dry"; }
	[[ -s $SCRATCH/dry ]] || fail "it prints nothing"
	assert_restored lo "$before"
	grep -q '^iptables:' "$SCRATCH/dry" && round_trip iptables "$SCRATCH/dry"
	grep -q '^ip6tables:' "$SCRATCH/dry" && round_trip ip6tables "$SCRATCH/dry"

	start_nftrace lo -t 30 "${words[@]}" || continue
	for command in iptables ip6tables; do
		in_ns lo "$command-legacy-save" -t raw | grep -- '-j TRACE$' |
			sed "s/^/$command: /"
	done >"$SCRATCH/real"
	assert_same "the rules of a real run" <(less_the_run "$SCRATCH/dry" | sort) \
		<(less_the_run "$SCRATCH/real" | sort)
	stop_nftrace INT
	assert_restored lo "$before"
done <<'EOT'
-i cali123 -d 8.8.8.8
-p udp --dport 53
-p tcp --dport 443 --tcp-flags SYN,ACK SYN ! -s 10.0.0.0/8
-s 10.1.0.1,10.2.0.0/16 -d 10.3.0.3,10.4.0.4
-d fd00::/16 -p tcp --dport 80
-p icmp --icmp-type echo-request
-6 -p icmpv6 --icmpv6-type echo-request
-m comment --comment "it's \"quoted\" \\ here" -p udp
-m set --match-set friends src -p udp
-o eth9 -m mark --mark 0x10/0xff
--chain OUTPUT -m owner --uid-owner 0
-m mac --mac-source 02:00:00:00:00:01
--rate 100/s -p udp --sport 1000:2000
--rate 0 -p udp
-p tcp --dport 80 --or -p tcp --dport 443 --or -s 10.9.9.9
--all
EOT
