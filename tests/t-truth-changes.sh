#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-truth-changes: rules of both backends change under 2,000 packets a second; t-truth's judge, who knows each by a serial.
# TIMEOUT: 1200
#
# What is not doubtful spells its own serial by the rules that it was told to have met, in the order in
# which it came, and went where the wire has seen it go. As many are doubtful as serials are missing.
# On a host this busy a few may be UNKNOWN, of which nftrace says that it had not read what became of
# them: no more than it says, and with SOAK at most one in a thousand.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"

# Of each backend's rules. A run has as many serials as some seven minutes have packets: a thousand
# changes are four runs of 250.
CHANGES=${CHANGES:-${SOAK:+250}}
[[ -n $CHANGES ]] || skip_all "it takes long: SOAK=1, or CHANGES=20"
RUNS=${RUNS:-${SOAK:+4}}

lab_router
settle a eth0 r eth0 r eth1 b eth0
for address in 10.2.0.2 fd00:2::2; do sink b udp $address 9; done
talk a udp 10.2.0.2 33 wait 50 2>/dev/null
talk a udp fd00:2::2 33 wait 50 2>/dev/null

# moved N: what spells stands N rules further down
moved() {
	local i
	spell filter FORWARD >"$SCRATCH/filter"
	echo "*filter"
	echo ":spell -"
	for ((i = 0; i < $1; i++)); do printf -- '-A %s -p 254 -m comment --comment %d\n' spell $i FORWARD $i; done
	grep -- ^-A "$SCRATCH/filter"
	echo COMMIT
}
# moved_nft N: the same by nft, in one transaction: no rule has the handle that it had
moved_nft() {
	local i bit d at='@nh,1568,32 0x6e667472 @nh,1600,32'
	printf '%s; ' "flush chain inet t forward" "flush chain inet t spell"
	for ((i = 0; i < $1; i++)); do printf 'add rule inet t %s meta l4proto 254 counter; ' spell forward; done
	for d in {0..15}; do
		printf 'add rule inet t forward %s & 0xf == %d jump spell comment "0xc8&0xf=0x%x"; ' "$at" "$d" "$d"
	done
	for bit in {4..19}; do
		printf 'add rule inet t spell %s & 0x%x == 0x%x comment "0xc8&0x%x=0x%x"; ' "$at" \
			$((1 << bit)){,,,}
	done
	for d in {0..15}; do
		printf 'add rule inet t spell %s & 0xf == %d return comment "0xc8&0xf=0x%x"; ' "$at" "$d" "$d"
	done
	echo
}
for ((n = 0; n < 4; n++)); do
	moved $n >"$SCRATCH/filter$n"
	moved_nft $n >"$SCRATCH/nft$n"
done

mkfifo "$SCRATCH/commands"
in_ns r nft -i <"$SCRATCH/commands" >/dev/null 2>"$SCRATCH/nft.err" &
later $!
exec 9>"$SCRATCH/commands"
echo 'table inet t { chain spell { }; chain forward { type filter hook forward priority -150; }; }' >&9

change_legacy() { # N
	in_ns r iptables-legacy-restore -w <"$SCRATCH/filter$(($1 % 4))" || fail "iptables-restore"
	in_ns r ip6tables-legacy-restore -w <"$SCRATCH/filter$(($1 % 4))" || fail "ip6tables-restore"
}
change_nft() { cat "$SCRATCH/nft$(($1 % 4))" >&9; }
is_there() { in_ns r nft list chain inet t spell | grep -q '0xc8&0xf=0xf'; }
change_legacy 0
change_nft 0
assert_within 20 "nft's rules" is_there

# The rate of who changes rules: so many seconds
pace() { [[ -z $1 ]] || read -rt "$1" <>"$PAUSE_FIFO"; }

# certain_again: a hundred packets more were told of which nothing is doubtful; each is read once
certain_again() { ((_certain += $(grep -vc '"doubt":' <&$_told_fd), _certain >= 100)); }
settled() {
	_certain=0
	assert_within 20 "packets are certain $1" certain_again
}

# senders: 2,100 a second, until they are ended
senders() {
	send a udp 10.1.0.2/4001 10.2.0.2/9 base 0 step 3 count 300000 rate 700
	send a udp 10.1.0.2/4002 10.2.0.2/9 base 1 step 3 count 300000 rate 700
	send a udp fd00:1::2/4003 fd00:2::2/9 base 2 step 3 count 300000 rate 700
}

# changing DOUBTFUL HOW-MANY PACE WORDS...: so many changes of each backend's rules
changing() {
	local i begun ms packets _told_fd
	trace r -i eth0 -p udp "${@:4}"
	exec {_told_fd}<"$OUT"
	begun=${EPOCHREALTIME/./}
	senders
	settled "before"
	for ((i = 1; i <= $2; i++)); do
		change_legacy $i
		pace "$3"
		change_nft $((i + 1))
		pace "$3"
		((i % 10)) || settled "after change $i"
	done
	exec {_told_fd}<&-
	kill "${_senders[@]}"
	sent_all
	ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
	judge enter=eth0/in leave=eth1/out drop=$DROP streams=3 doubtful="$1" unread=said
	[[ -z ${SOAK-} ]] || ((UNREAD * 1000 <= $(grep -c . "$OUT"))) || fail "$UNREAD were not read"
	packets=$(sed -nE 's/.*rules counted ([0-9]+) packets?$/\1/p' "$ERR")
	assert_equal "packets told" "$packets" "$(grep -vc '"late":' "$OUT")"
	note "$packets packets in $ms ms: $((packets * 1000 / ms)) a second"
	[[ -z ${SOAK-} ]] || ((packets * 1000 / ms >= 2000 / SLOWER)) || fail "fewer than 2,000 a second"
	((packets - $(sed -nE 's/.* ([0-9]+) doubtful$/\1/p' "$SCRATCH/verdict") >= 10 * $2)) ||
		fail "too few are not doubtful"
	assert_grep 'the nft rules were changed [0-9]+ times during the trace, by nft' "$ERR"
	assert_grep 'note: table filter of ip6?tables was changed' "$ERR"
	[[ ! -s $SCRATCH/nft.err ]] || fail "$(head -n 1 "$SCRATCH/nft.err")"
}

for ((run = 1; run <= ${RUNS:-1}; run++)); do
	subtest "$CHANGES times each, as fast as it goes: the lock is given${RUNS:+, $run of $RUNS}"
	changing 100 $CHANGES ""

	subtest "$CHANGES times each, as fast as it goes: the lock is free${RUNS:+, $run of $RUNS}"
	changing 100 $CHANGES "" --no-lock
done

# Each change of legacy's rules is two, of both families.
if [[ -n ${SOAK-} ]]; then
	for lock in --no-lock ""; do
		subtest "two changes a second${lock:+, $lock}: at most one packet in a hundred is doubtful"
		# shellcheck disable=SC2086 # none or one
		changing 1 30 0.7 $lock
	done
fi
