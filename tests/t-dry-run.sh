#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-dry-run: what --dry-run prints is what a run inserts, and iptables takes it unchanged.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/each.sh"

lab_loopback
ns_new scratch
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
in_ns lo ipset create friends hash:ip
in_ns scratch ipset create friends hash:ip

# less_the_run FAMILY LINE...: appended to less; less what differs from run to run: owner (end, pid, start,
# nonce) and deadline
less=()
less_the_run() {
	local line
	for line in "${@:2}"; do
		[[ ! $line =~ nftrace:[^\"\ ]+ ]] || line=${line/"${BASH_REMATCH[0]}"/nftrace:OWNER}
		[[ ! $line =~ --datestop\ [^\ ]+ ]] || line=${line/"${BASH_REMATCH[0]}"/--datestop END}
		less+=("$1: $line")
	done
}

# rules_of FAMILY: in rules, --dry-run's lines of one family, of those in dry
rules_of() {
	local line
	rules=()
	for line in "${dry[@]}"; do [[ $line != "$1: "* ]] || rules+=("${line#"$1: "}"); done
}

lines=()
while read -r line; do lines+=("$line"); done <<'EOT'
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

# Somebody has the lock: --dry-run must not care.
exec {held}>"$XTABLES_LOCKFILE"
flock $held
for line in "${lines[@]}"; do
	eval "words=($line)"
	to_run "$NFTRACE" --dry-run "${words[@]}"
	to_run "$TOOLS/state"
done
run_each lo
exec {held}>&-
read -ra host <"$before.state"

# What it prints goes through restore and save of an empty raw table.
states=() statuses=() outs=() errs=()
for i in "${!lines[@]}"; do
	ran $((2 * i + 1))
	read -r states[i] _ <"$OUT"
	ran $((2 * i))
	statuses[i]=$STATUS outs[i]=$OUT errs[i]=$ERR
	mapfile -t dry <"$OUT"
	for command in iptables ip6tables; do
		rules_of $command
		printf '%s\n' '*raw' "${rules[@]}" COMMIT >"$SCRATCH/in.$i.$command"
		((${#rules[@]})) || continue
		to_run "$command-legacy-restore" "$SCRATCH/in.$i.$command"
		to_run "$command-legacy-save" -t raw
	done
done
run_each scratch

# round_trip COMMAND: of its rules, by the next two commands that have been run
n=0
round_trip() {
	local line wanted=() back=()
	rules_of "$1"
	((${#rules[@]})) || return 0
	# Chain by chain, as save prints them.
	for line in "${rules[@]}"; do [[ $line != "-A PREROUTING"* ]] || wanted+=("$line"); done
	for line in "${rules[@]}"; do [[ $line != "-A OUTPUT"* ]] || wanted+=("$line"); done
	ran $((n++))
	[[ $STATUS = 0 ]] || fail "$1-restore refuses"
	ran $((n++))
	while read -r line; do [[ $line != -A* ]] || back+=("$line"); done <"$OUT"
	assert_equal "$1-legacy-save of --dry-run's rules" "$(printf '%s\n' "${wanted[@]}")" "$(printf '%s\n' "${back[@]}")"
}

rule='^ip6?tables: -A (PREROUTING|OUTPUT) .*--comment "?nftrace:[^ ]*"? -j TRACE$'
for i in "${!lines[@]}"; do
	line=${lines[i]}
	subtest "$line"
	STATUS=${statuses[i]} ERR=${errs[i]}
	assert_status 0
	mapfile -t dry <"${outs[i]}"
	((${#dry[@]})) || fail "it prints nothing"
	for line in "${dry[@]}"; do [[ $line =~ $rule ]] || fail "no such rule: $line"; done
	assert_equal "the host's state" "${host[0]}" "${states[i]}"
	round_trip iptables
	round_trip ip6tables

	OUT=$SCRATCH/out ERR=$SCRATCH/err
	eval "words=(${lines[i]})"
	start_nftrace lo -t 30 "${words[@]}" || continue
	less=()
	for command in iptables ip6tables; do
		rules_of $command
		less_the_run $command "${rules[@]}"
	done
	printf '%s\n' "${less[@]}" | sort >"$SCRATCH/dry"
	less=()
	for command in iptables ip6tables; do
		in_ns lo "$command-legacy-save" -t raw >"$SCRATCH/real"
		mapfile -t real <"$SCRATCH/real"
		for line in "${real[@]}"; do [[ $line != *'-j TRACE' ]] || less_the_run $command "$line"; done
	done
	printf '%s\n' "${less[@]}" | sort >"$SCRATCH/real"
	assert_same "the rules of a real run" "$SCRATCH/dry" "$SCRATCH/real"
	stop_nftrace INT
	assert_restored lo "$before"
done
