#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-diff: --diff of a connection that works and one that does not: what parts them is named first.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
ns_new c
veth c eth0 r eth2
addresses c eth0 10.3.0.2/24 fd00:3::2/64
addresses r eth2 10.3.0.1/24 fd00:3::1/64
ns_ip c route add default via 10.3.0.1
ns_ip c route add default via fd00:3::1
settle a eth0 r eth0 r eth1 b eth0 c eth0 r eth2
known r eth1 "$(mac_of b eth0)" 10.2.0.2 fd00:2::2
known r eth2 "$(mac_of c eth0)" 10.3.0.2 fd00:3::2
known r eth0 "$(mac_of a eth0)" 10.1.0.2 fd00:1::2
known a eth0 "$(mac_of r eth0)" 10.1.0.1 fd00:1::1
known c eth0 "$(mac_of r eth2)" 10.3.0.1 fd00:3::1

# udp_from NS ADDRESS PORT / udp ADDRESS PORT: one datagram, from a
udp_from() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 1 2>/dev/null; return 0; }
udp() { udp_from a "$@"; }

# in_router COMMAND...: functions as well, as what they call is run there
for program in nft iptables-{legacy,nft} ip6tables-{legacy,nft} ipset conntrack ip; do
	eval "$program() { used[$program]=1; in_ns r $program \"\$@\"; }"
done
declare -A used=()
in_router() {
	"$@" >"$SCRATCH/rules.log" 2>&1 || {
		fail "the rules of $host: $*"
		show "what was said" "$SCRATCH/rules.log"
	}
}

no_rules() {
	[[ -z ${used[nft]-}${used[iptables-nft]-}${used[ip6tables-nft]-} ]] || in_ns r nft flush ruleset
	empty_all r ip
	empty_all r ip6
	[[ -z ${used[ipset]-} ]] || in_ns r ipset destroy >/dev/null 2>&1
	in_ns r conntrack -F >/dev/null 2>&1
	used=()
}

# record WHICH: a recording of what becomes of the host's packet
record() {
	no_rules
	in_router "$1"
	start_nftrace r --no-drops -t 10 -c 1 -q --pcap "$SCRATCH/$host.$1" -p udp
	if [[ $1 = bad ]]; then packet_bad; else packet; fi
	end_nftrace 10
	assert_status 0
}

# diff_of ARGS...: STATUS, OUT, ERR
diff_of() {
	spawn -d "$NFTRACE" "$@" >"$OUT" 2>"$ERR" </dev/null
	STATUS=$?
}

hosts=("$TESTS"/diff/*)
for file in "${hosts[@]}"; do
	host=${file##*/}
	IFS= read -r title <"$file"
	subtest "$host: ${title#'# '}"
	packet_bad() { packet; }
	undo() { :; }
	. "$file"
	record good
	record bad
	in_router undo
	diff_of --diff "$SCRATCH/$host.good" "$SCRATCH/$host.bad"
	assert_status 1
	mapfile -n 3 three <"$OUT"
	printf %s "${three[@]}" >"$SCRATCH/first"
	printf %s "${three[1]-}" >>"$SCRATCH/sentences"
	assert_grep "$NAMES" "$SCRATCH/first"
	[[ -z ${VERBOSE-} ]] || show "$host" "$OUT"
done

subtest "an event without effect is no difference to be named"
head -n 4 <("$NFTRACE" --diff "$SCRATCH/replaced-legacy4.good" "$SCRATCH/replaced-legacy4.bad") >"$SCRATCH/first"
assert_grep '^   \([0-9]+ events the same, and in 1 place others without effect\)$' "$SCRATCH/first"

# of HOST WHICH: the recording of it
of() { echo "$SCRATCH/$1.$2"; }
G=$(of port-iptables-nft4 good) B=$(of port-iptables-nft4 bad)

subtest "a recording and itself: one line, and 0"
diff_of --diff "$G" "$G"
assert_status 0
assert_equal "what is printed" "the same way: 1 pair of packets" "$(cat "$OUT")"
assert_equal "what is said" "" "$(cat "$ERR")"
diff_of --diff "$G" "$G" -q
assert_status 0
assert_grep '^SAME     #1 \| #1  FORWARDED  10\.1\.0\.2\.20007 > ' "$OUT"

subtest "on a terminal the fates are folded, and nothing is wider than it is"
for columns in 80 100 140; do
	script -qec "stty cols $columns; $NFTRACE --diff $SCRATCH/${hosts[0]##*/}.good $SCRATCH/${hosts[0]##*/}.bad" "$SCRATCH/terminal" >/dev/null </dev/null
	sed -E 's/\x1b\[[0-9;]*[mK]//g; s/\r//; /^Script /d' "$SCRATCH/terminal" >"$SCRATCH/screen"
	assert_grep '^   A  FORWARDED out eth1$' "$SCRATCH/screen"
	assert_grep '^   B  DROP$' "$SCRATCH/screen"
	assert_grep '^      by ' "$SCRATCH/screen"
	(($(wc -L <"$SCRATCH/screen") <= columns)) || show "wider than $columns" "$SCRATCH/screen"
	(($(wc -L <"$SCRATCH/screen") <= columns)) || fail "wider than $columns"
done

subtest "--read A --diff B is --diff A B, and -q a line a pair"
diff_of --diff "$G" "$B"
cp "$OUT" "$SCRATCH/block"
diff_of --read "$G" --diff "$B"
assert_status 1
assert_same "--read A --diff B" "$SCRATCH/block" "$OUT"
diff_of --diff "$G" "$B" -q
assert_status 1
assert_equal "lines" 1 "$(wc -l <"$OUT")"
assert_grep '^DIFFERS  #1 \| #1  FORWARDED \| DROP  .*  port: --dport 7 of ' "$OUT"

subtest "packets of several recordings in one: by flow, what is left over is told"
mergecap -F pcapng -a -w "$SCRATCH/many" "$G" "$(of mark-legacy4 bad)" "$(of mark-legacy4 good)" "$G" 2>/dev/null ||
	fail "mergecap"
diff_of --diff "$SCRATCH/many" "$G"
assert_status 1
assert_grep '^only in A: 2 packets$' "$OUT"
assert_grep '^the same way: 1 pair of packets$' "$OUT"

subtest "the source that SNAT chose, and one recording does not know, is no difference"
host=unseen
good() { iptables-legacy -t nat -A POSTROUTING -o eth1 -j SNAT --to-source 10.2.0.9; }
for way in "" --no-witness; do
	no_rules
	in_router good
	start_nftrace r --no-drops $way -t 10 -c 1 -q --pcap "$SCRATCH/$host$way" -p udp
	udp 10.2.0.2 7
	end_nftrace 10
	assert_status 0
	"$NFTRACE" --read "$SCRATCH/$host$way" --full >"$SCRATCH/$host$way.block" 2>/dev/null
done
assert_grep '^=> .* as 10\.2\.0\.9\.' "$SCRATCH/$host.block"
assert_grep '^=> .* by nat:POSTROUTING:rule:1, to what was not seen' "$SCRATCH/$host--no-witness.block"
diff_of --diff "$SCRATCH/$host" "$SCRATCH/$host--no-witness"
assert_no_grep 'went on as|translated to' "$OUT"
diff_of --diff "$SCRATCH/$host--no-witness" "$SCRATCH/$host"
assert_no_grep 'went on as|translated to' "$OUT"
no_rules

subtest "--only chooses among the packets of both"
diff_of --diff "$TESTS/data/earlier-legacy.pcapng" "$TESTS/data/earlier-nft.pcapng" --only drop -q
assert_status 1
assert_equal "pairs" 2 "$(wc -l <"$OUT")"
assert_equal "pairs of drops" 2 "$(grep -cE '^DIFFERS +#[0-9]+ \| #[0-9]+  DROP  ' "$OUT")"

subtest "--json: an object a pair, with what the block says"
for file in "${hosts[@]}"; do
	host=${file##*/}
	diff_of --diff "$SCRATCH/$host.good" "$SCRATCH/$host.bad" --json
	assert_status 1
	spawn cat "$OUT" >>"$SCRATCH/objects"
	diff_of --diff "$SCRATCH/$host.bad" "$SCRATCH/$host.good" --json
	spawn cat "$OUT" >>"$SCRATCH/turned"
done
jq -r 'select(.diff == "pair") | if .same then error("same") else "   \(.text)" end' "$SCRATCH/objects" >"$SCRATCH/texts"
assert_same "what the blocks say" "$SCRATCH/sentences" "$SCRATCH/texts"
for way in objects turned; do
	jq -r 'select(.diff == "pair").differs' "$SCRATCH/$way" >"$SCRATCH/$way.differs"
done
assert_equal "hosts" "${#hosts[@]}" "$(wc -l <"$SCRATCH/objects.differs")"
assert_same "the other way round" "$SCRATCH/objects.differs" "$SCRATCH/turned.differs"
diff_of --diff "$SCRATCH/many" "$G" --json
cat "$OUT" >>"$SCRATCH/objects"
for kind in pair/Pair only/Only rule/Changed; do
	jq -c "select(.diff == \"${kind%/*}\")" "$SCRATCH/objects" >"$SCRATCH/kind"
	[[ -s $SCRATCH/kind ]] || fail "no ${kind%/*}"
	assert_schema "${kind#*/}" "$SCRATCH/kind"
done

subtest "--masked: no address and no name of the hosts"
for host in set-legacy6 interface-nft6 nat-legacy4; do
	for form in "" -q --json; do
		diff_of --diff "$SCRATCH/$host.good" "$SCRATCH/$host.bad" --masked $form
		assert_status 1
		assert_no_grep 'fd00:[1-3]::|10\.[123]\.0|match-set ok|eth[0-9]|f:way' "$OUT"
	done
done
diff_of --diff "$(of port-iptables-nft4 good)" "$B" --masked
assert_grep '^   port: --dport 7 of ' "$OUT"

# log PORT LAST: of a packet to this port, whose last event is that
log() {
	local chain n=0
	for chain in raw:PREROUTING:policy:2 filter:FORWARD:"$2"; do
		printf '[ 100.00000%d] TRACE: %s IN=eth0 OUT=%s MAC= SRC=10.1.0.2 DST=10.2.0.2 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=%d DF PROTO=TCP SPT=%d DPT=%d SEQ=1 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0 \n' \
			$((n++)) "$chain" "$([[ $chain = raw* ]] || echo eth1)" "$1" $((30000 + $1)) "$1"
	done
}
saved() { # PORT
	printf '%s\n' '*raw' ':PREROUTING ACCEPT [0:0]' '-A PREROUTING -p tcp -j TRACE' COMMIT \
		'*filter' ':FORWARD DROP [3:180]' "[1:60] -A FORWARD -p tcp -m tcp --dport $1 -j ACCEPT" COMMIT
}
subtest "logs against logs"
log 443 rule:1 >"$SCRATCH/good.log"
log 8443 policy:2 >"$SCRATCH/bad.log"
saved 443 >"$SCRATCH/443.save"
saved 444 >"$SCRATCH/444.save"
diff_of --diff "$SCRATCH/good.log" "$SCRATCH/bad.log" --rules "$SCRATCH/443.save"
assert_status 1
head -n 3 "$OUT" >"$SCRATCH/first"
assert_grep '^   port: --dport 443 of filter:FORWARD:rule:1, met by A, not by B; A: the packet.s is 443; B: the packet.s is 8443$' "$SCRATCH/first"
log 443 policy:2 >"$SCRATCH/bad.log"
diff_of --read "$SCRATCH/good.log" --rules "$SCRATCH/443.save" --diff "$SCRATCH/bad.log" --rules "$SCRATCH/444.save"
assert_status 1
head -n 3 "$OUT" >"$SCRATCH/first"
assert_text '   rule: filter:FORWARD:rule:1 "-A FORWARD -p tcp -m tcp --dport 443 -j ACCEPT" is another in B'"'"'s rules: "-A FORWARD -p tcp -m tcp --dport 444 -j ACCEPT"' "$SCRATCH/first"
diff_of --diff "$SCRATCH/good.log" "$SCRATCH/bad.log"
assert_status 1
assert_grep '^   rule: filter:FORWARD:rule:1 was met by A, not by B: events may be missing' "$OUT"

subtest "two rules of one chain whose numbers nobody tells: which are others, and no more"
diff_of --diff "$TESTS/read/nft-1.0.6.txt" "$TESTS/read/nft-1.1.3.txt"
assert_status 1
assert_grep '^   rule: A goes on to nft inet fw:in:rule "icmp type echo-request limit rate 5/second accept", B goes on to .* "icmp type echo-request limit rate 5/second burst 5 packets accept"$' "$OUT"

subtest "trouble: 2, a sentence, and nothing else"
: >"$SCRATCH/empty"
echo "no TRACE line" >"$SCRATCH/text"
head -c 100 "$G" >"$SCRATCH/cut"
tcpdump -r "$G" -w "$SCRATCH/old.pcap" 2>/dev/null
for bad in "$SCRATCH/none" "$SCRATCH/empty" "$SCRATCH/text" "$SCRATCH/cut" "$SCRATCH/old.pcap" "$SCRATCH"; do
	for pair in "$G $bad" "$bad $G"; do
		# shellcheck disable=SC2086
		diff_of --diff $pair
		assert_status 2
		[[ ! -s $OUT ]] || fail "on stdout, with $bad: $(<"$OUT")"
		assert_text "${bad##*/}" "$ERR"
	done
done
head -c -20 "$SCRATCH/many" >"$SCRATCH/cut"
diff_of --diff "$SCRATCH/cut" "$SCRATCH/cut"
assert_status 2
assert_grep 'cut is cut off or damaged at byte' "$ERR"
assert_grep '^nftrace: error: nothing differs in what could be read, which is not all$' "$ERR"
for words in "--diff $G" "--diff $G $B $B" "--diff $G $B -c 1" "--diff $G $B --pcap x" "--diff $G $B --fold"; do
	# shellcheck disable=SC2086
	diff_of $words
	assert_status 2
	assert_grep "^nftrace: error: .*--diff" "$ERR"
done
