#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-expect: --expect: exit status 0 only if every packet had that fate, late ones as well.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
borrow_kallsyms

lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns r iptables-legacy-restore <<'RULES'
*raw
COMMIT
*filter
-A FORWARD -p udp --dport 1002 -j DROP
-A FORWARD -p udp --dport 1003 -j REJECT
COMMIT
RULES
server b sink udp 10.2.0.2 1001
known r eth1 "$(mac_of b eth0)" 10.2.0.2
# Who does not answer is given up when we say so, and not before it was told what went to him.
in_ns r sysctl -qw net.ipv4.neigh.eth1.retrans_time_ms=600000
is_told() { (($(wc -l <"$OUT") >= $1)); }

# run STATUS PORTS WORDS...: a run in which a packet to each port comes
run() {
	local status=$1 ports=$2 port n=0
	shift 2
	start_nftrace r -4 -t 60 --rate 0 --json --pcap "$SCRATCH/run.pcapng" "$@" -p udp
	for port in $ports; do
		talk a udp 10.2.0.2 "$port" from 20000 wait 1 2>/dev/null
		n=$((n + 1))
	done
	[[ "$*" = *--only* ]] || assert_within 10 "all are told" is_told $n
	stop_nftrace INT
	assert_status "$status"
	# The same of a recording.
	run_nftrace r "$@" --read "$SCRATCH/run.pcapng" --json
	[[ ! -s $SCRATCH/run.pcapng ]] || assert_status "${READ_STATUS:-$status}"
}

subtest "all had it"
run 0 "1001 1001" --expect forwarded
assert_no_grep 'expected' "$ERR"
run 0 "1002" --expect DROP
subtest "one of several fates"
run 0 "1001 1002" --expect forwarded,drop

subtest "another came: the first is named"
run 6 "1001 1002 1001 1003" --expect forwarded
number=$(jq 'select(.fate == "DROP").packet' "$OUT")
assert_grep 'error: expected FORWARDED, but #'"$number"' is DROP: 10\.1\.0\.2\.20000 > 10\.2\.0\.2\.1002: UDP, length [0-9]+ \(2 in all\)$' "$ERR"
run 6 "1001 1003" --expect drop,reject
assert_grep 'error: expected DROP or REJECT, but #1 is FORWARDED: ' "$ERR"

subtest "--only: of those that it lets through"
run 0 "1001 1002" --only drop --expect drop
run 6 "1001 1002" --only 'drop,forwarded' --expect drop
READ_STATUS=3
run 3 "1001" --only drop --expect drop
assert_grep 'nothing was found|--only left out every packet' "$ERR"
subtest "nothing came"
run 3 "" --expect forwarded
unset READ_STATUS

for by in legacy nft; do
	ns_new "$by"
	addresses "$by" lo 10.9.0.1/32
	in_ns "$by" iptables-$by-restore <<'RULES' || fail "iptables-$by-restore"
*raw
:raw-own - [0:0]
-A OUTPUT -p udp -m udp --dport 2009 -j raw-own
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:first - [0:0]
:lonely-in - [0:0]
:mine - [0:0]
:inner - [0:0]
:empty - [0:0]
:lonely - [0:0]
-A OUTPUT -p udp -m udp --dport 2001 -j ACCEPT
-A OUTPUT -p udp -m udp --dport 2002 -g first
-A OUTPUT -p udp -m udp --dport 2003:2004 -j mine
-A OUTPUT -p udp -m udp --dport 2005 -j empty
-A first -j DROP
-A INPUT -j lonely-in
-A mine -p udp -m udp --dport 2004 -j inner
-A inner -j ACCEPT
COMMIT
RULES
	# chain STATUS PORT CHAIN: what is said when a packet to this port is expected there
	chain() {
		start_nftrace "$by" -4 -t 60 -c 1 --rate 0 --json --expect "chain=$3" -o lo -p udp
		talk "$by" udp 10.9.0.1 "$2" from 20000 wait 1 2>/dev/null
		end_nftrace
		assert_status "$1"
	}
	said() { assert_text "nftrace:   $1" "$ERR"; }
	subtest "$by: a chain that is expected, and why the packet did not come there"
	chain 0 2003 mine
	assert_no_grep expected "$ERR"
	chain 0 2004 'inn*'
	chain 0 2005 empty
	chain 0 2003 "lonely,chain=mine"
	chain 0 2003 filter:mine
	chain 0 2005 'filter:emp*'
	chain 6 2001 mine
	assert_grep 'error: expected chain mine, to which #1 did not come \((SENT|DELIVERED|LOST|UNKNOWN)\): 10\.9\.0\.1\.20000 > 10\.9\.0\.1\.2001: UDP, length [0-9]+ \(1 in all\)$' "$ERR"
	said 'it left chain OUTPUT of filter at rule 1 (-A OUTPUT -p udp -m udp --dport 2001 -j ACCEPT), ahead of rule 3, which leads there: -A OUTPUT -p udp -m udp --dport 2003:2004 -j mine'
	chain 6 2002 mine
	said 'it left chain OUTPUT of filter at rule 2 (-A OUTPUT -p udp -m udp --dport 2002 -g first), ahead of rule 3,'
	chain 6 2006 mine
	said 'it came to chain OUTPUT of filter, and rule 3, which leads there, did not match: -A OUTPUT -p udp -m udp --dport 2003:2004 -j mine'
	chain 6 2003 inner
	said 'it came to chain mine of filter, and rule 1, which leads there, did not match: -A mine -p udp -m udp --dport 2004 -j inner'
	chain 6 2006 inner
	said 'it came to chain OUTPUT of filter, and rule 3, which leads there, did not match:'
	chain 6 2006 raw-own
	said 'it came to chain OUTPUT of raw, and rule 1, which leads there, did not match: -A OUTPUT -p udp -m udp --dport 2009 -j raw-own'
	chain 6 2006 FORWARD
	said 'chain FORWARD of filter is at a hook that it did not pass'
	chain 6 2002 lonely-in
	said 'chain INPUT of filter, which leads there, is at a hook that it did not pass'
	chain 6 2006 mien
	said "there is no such chain here: did you mean 'mine'?"
	chain 6 2006 filter:inner
	said 'it came to chain OUTPUT of filter, and rule 3, which leads there, did not match:'
	chain 6 2003 raw:mine
	said "there is no such chain here: did you mean 'mine'?"
	run_nftrace "$by" --expect chain= -p udp
	assert_status 2
done

# A wrong "all is well" would be the worst of all.
subtest "lost only later, behind a line that said FORWARDED"
start_nftrace r -4 -t 60 --rate 0 --json --pcap "$SCRATCH/late.pcapng" --expect forwarded -p udp
talk a udp 10.2.0.99 1001 wait 1 2>/dev/null
assert_within 10 "it is told" is_told 1
ns_ip r neigh del 10.2.0.99 dev eth1
assert_within 20 "it is told that it was lost" has_line '"late":1,' "$OUT"
stop_nftrace INT
assert_status 6
assert_grep 'error: expected FORWARDED, but #1 is LOST: .* > 10\.2\.0\.99\.1001: UDP' "$ERR"
run_nftrace r --read "$SCRATCH/late.pcapng" --expect forwarded
assert_status 6
run_nftrace r --read "$SCRATCH/late.pcapng" --expect lost
assert_status 0
run_nftrace r --read "$SCRATCH/late.pcapng" --expect lost,forwarded
assert_status 0

subtest "the same, left out by --only: it is told that there was one"
run_nftrace r --read "$SCRATCH/late.pcapng" --only lost
assert_grep 'note: 1 packet that --only had left out was lost later; the first: .* > 10\.2\.0\.99\.1001: UDP, .*: kernel: NEIGH_FAILED' "$ERR"
run_nftrace r --read "$SCRATCH/late.pcapng" --only drop
assert_no_grep 'had left out' "$ERR"
run_nftrace r --read "$SCRATCH/late.pcapng" --only 'lost,!out=eth1'
assert_no_grep 'had left out' "$ERR"

subtest "INCOMPLETE is not another fate, and nothing is certain"
cat >"$SCRATCH/cut.log" <<'LOG'
TRACE: filter:FORWARD:policy:3 IN=eth0 OUT=eth1 SRC=10.1.0.2 DST=10.2.0.2 LEN=33 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=UDP SPT=20000 DPT=1001 LEN=13
LOG
in_ns r iptables-legacy-save >"$SCRATCH/rules"
run_nftrace r --read "$SCRATCH/cut.log" --rules "$SCRATCH/rules" --expect forwarded
assert_grep '=> INCOMPLETE' "$OUT"
assert_status 5

subtest "what is no fate"
for word in nowhere drop,nowhere nat ''; do
	run_nftrace r --expect "$word" -p udp
	assert_status 2
	assert_text "is no fate that --expect knows" "$ERR"
done
run_nftrace r --expect drop --flat -p udp
assert_status 2
