#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-only: --only by fate, table, chain, interface, NAT and change; what is not there is said.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns r iptables-legacy-restore <<'RULES'
*raw
COMMIT
*mangle
-A FORWARD -p udp --dport 1003 -j MARK --set-mark 0x3
COMMIT
*nat
-A POSTROUTING -p udp --dport 1004 -j MASQUERADE
COMMIT
*filter
:work-drops -
:work -
-A INPUT -p udp --dport 1006 -j REJECT
-A FORWARD -p udp --dport 1002 -j work
-A FORWARD -p udp --dport 1007 -j work
-A work -p udp --dport 1002 -j work-drops
-A work-drops -j DROP
COMMIT
RULES
server b sink udp 10.2.0.2 1001
server r here udp 10.1.0.1 1005

# 1001 passes, 1002 is dropped, 1003 marked, 1004 masqueraded, 1005 delivered, 1006 rejected,
# 1007 comes back from a chain.
start_nftrace r -4 -t 60 --rate 0 --pcap "$SCRATCH/all.pcapng" -p udp --dport 1001:1007
for port in 1001 1002 1003 1004 1007; do
	talk a udp 10.2.0.2 $port from 20000 wait 1 2>/dev/null
done
for port in 1005 1006; do
	talk a udp 10.1.0.1 $port from 20000 wait 1 2>/dev/null
done
told() { (($(grep -c '^=> ' "$OUT") == 7)); }
assert_within 10 "seven packets are told" told
stop_nftrace INT
assert_status 0

# The words, and the ports of the packets that are told.
while IFS='|' read -r words ports; do
	subtest "--only $words"
	run_nftrace r --read "$SCRATCH/all.pcapng" --json --only "$words"
	assert_status 0
	assert_equal "ports" "$ports" "$(jq -r '.headers | capture("> [0-9.]+\\.100(?<d>[0-9]):").d' "$OUT" | sort | paste -sd ' ')"
done <<'WORDS'
drop|2
drop,reject|2 6
!drop|1 3 4 5 6 7
!drop,!reject|1 3 4 5 7
DROP,delivered|2 5
chain=work|2 7
chain=work*|2 7
chain=work-*|2
chain=*drops|2
chain=*or*|2 7
chain=FORWARD,table=mangle|1 2 3 4 7
chain=mangle:FORWARD|1 2 3 4 7
chain=filter:wor*,!chain=filter:work-drops|7
chain=nat:work|
table=nat,chain=FORWARD|
chain=work,!drop|7
chain=work,!chain=work-drops|7
!chain=work*,!chain=INPUT|1 3 4
chain=work,chain=INPUT|2 5 6 7
in=eth0|1 2 3 4 5 6 7
in=eth*|1 2 3 4 5 6 7
in=eth1|
!in=eth0|
out=eth1|1 2 3 4 7
out=*1|1 2 3 4 7
!out=eth1|5 6
out=eth1,drop|2
nat|4
!nat,forwarded|1 3 7
changed|3 4
!changed,out=eth1|1 2 7
changed,!nat|3
WORDS

subtest "what is no word of it"
for word in '!' 'chain=' 'in=' '!table=' 'natural' 'changed=1' 'nat=1' 'drop,!!drop' ','; do
	run_nftrace r --only "$word" -p udp
	assert_status 2
	assert_text "is nothing that --only knows" "$ERR"
done

notes() { sed -n 's/^nftrace: note: \(.*--\(only\|expect\).*\)/\1/p' "$ERR"; }

# notes_are WHAT EXPECTED WORDS: what a run with these words says of them, before it is ended
notes_are() {
	start_nftrace r -4 -t 60 "${OPTION:---only}" "$3" -p udp --dport 1001
	[[ -z $2 ]] || assert_within 20 "a note" eval '[[ -n $(notes) ]]'
	[[ -z $2 ]] || assert_equal "$1" "$2" "$(notes)"
	stop_nftrace INT
	assert_equal "$1" "$2" "$(notes)"
}

subtest "what is not there is said while it runs"
notes_are "of a chain" "there is no chain 'FORWRD' here, which --only names: did you mean 'FORWARD'?" chain=FORWRD
notes_are "in small letters" "there is no chain 'forward' here, which --only names: did you mean 'FORWARD'?" chain=forward
notes_are "of a table" "there is no table 'security' here, which --only names" '!table=security'
notes_are "of an interface" "there is no interface 'etho' here, which --only names: did you mean 'eth0'?" in=etho
notes_are "by a star" "there is no chain 'cali-*' here, which --only names" 'drop,chain=cali-*'
notes_are "elsewhere" "chain 'work' of --only is in none of the tables that it names" 'table=nat,chain=work'
notes_are "in another table" "there is no chain 'nat:work' here, which --only names: did you mean 'work'?" 'chain=nat:work'
notes_are "nothing of what is there" "" 'table=filter,chain=work*,in=eth*,out=lo,!chain=INPUT,drop'

OPTION=--expect notes_are "that is expected" "there is no chain 'FORWRD' here, which --expect names: did you mean 'FORWARD'?" \
	sent,chain=FORWRD
OPTION=--expect notes_are "that is expected, and there" "" 'chain=filter:FORWARD,chain=work*'

subtest "rules of nft"
in_ns r nft 'table inet fw { chain from-lan { }; }'
notes_are "a chain that is there" "" 'table=fw,chain=from-lan'
notes_are "one that is not" "there is no chain 'from-lam' here, which --only names: did you mean 'from-lan'?" 'chain=from-lam'
