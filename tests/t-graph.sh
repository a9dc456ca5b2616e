#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-graph: --graph: dot accepts it, and its counts are the summary's.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

command -v dot >/dev/null || skip_all "no graphviz"
lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 udp fd00:2::2 7
load r "$TESTS/trace/router4.save" "$TESTS/trace/router6.save"
in_ns r iptables-legacy -t raw -A PREROUTING -m comment --comment $'quote \' \\ bell\a <b> &amp;' || fail "comment"
save_rules r "$SCRATCH/before"

udp() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 60 2>/dev/null; }
DOT=$SCRATCH/ways.dot

edges() { # FILE: "FROM TO COUNT" a line
	dot -Tplain "$1" | awk '$1 == "edge" { n = 4 + 2 * $4; print $2, $3, $(n + 1) }'
}

subtest "the graph of a run"
start_nftrace r -t 30 --rate 0 --graph "$DOT" -p udp
for port in 7 1001 1003 1004 1005 1006 1008; do
	for i in 1 2 3; do udp a 10.2.0.2 "$port"; done
	udp a fd00:2::2 "$port"
done
udp r 10.2.0.2 4001
stop_nftrace INT
assert_status 0
assert_restored_but_counters r "$SCRATCH/before"
packets=$(sed -n 's/^nftrace: \([0-9]*\) packets traced.*/\1/p' "$ERR")
((packets > 20)) || fail "only '$packets' packets"

subtest "dot draws it without a complaint"
dot -Tsvg "$DOT" >"$SCRATCH/ways.svg" 2>"$SCRATCH/dot.err" || fail "dot: status $?"
assert_equal "dot's complaints" "" "$(cat "$SCRATCH/dot.err")"
assert_grep '<svg ' "$SCRATCH/ways.svg"

subtest "the counts add up to the summary's"
edges "$DOT" >"$SCRATCH/edges"
count() { awk -v from="$1" -v to="$2" '$1 ~ from && $2 ~ to { n += $3 } END { print n + 0 }' "$SCRATCH/edges"; }
assert_equal "packets that begin" "$packets" "$(count '^start$' .)"
assert_equal "packets that end" "$packets" "$(count . '^fate')"
while read -r n fate; do
	node=$(sed -n "s/^	\(fate[0-9]*\) \[label=\"$fate\".*/\1/p" "$DOT")
	assert_equal "$fate" "$n" "$(count . "^$node\$")"
done < <(sed -n 's/^nftrace: [0-9]* packets traced: //p' "$ERR" | tr ',' '\n')
# What comes into a rule goes out of it.
awk '{ come[$2] += $3; go[$1] += $3 }
	END { for (n in come) if (n ~ /^n/ && come[n] != go[n]) print n, come[n], go[n] }' \
	"$SCRATCH/edges" >"$SCRATCH/leaks"
assert_equal "rules where packets vanish" "" "$(cat "$SCRATCH/leaks")"

subtest "a node for every rule of the blocks, in the boxes of its table and chain"
sed -n 's/^TRACE: \([^ ]*\).*/\1/p' "$OUT" | grep -c . >/dev/null || fail "no events"
expected=$(awk '/^#/ { v6 = / fd00:/ } /^TRACE: / { print v6, $0 }' "$OUT" | sort -u | wc -l)
assert_equal "nodes" "$expected" "$(grep -c '^			n[0-9]* \[' "$DOT")"
assert_grep 'label="filter ipv4"' "$DOT"
assert_grep 'label="filter ipv6"' "$DOT"
assert_grep 'label="pre:colon"' "$DOT"
assert_grep 'color=red' "$DOT"

subtest "the same graph from the recorded packets"
start_nftrace r -t 30 --rate 0 --pcap "$SCRATCH/trace.pcapng" --graph "$DOT" -p udp
for port in 7 1001 1005; do udp a 10.2.0.2 "$port"; done
stop_nftrace INT
run_nftrace r --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/again.dot"
assert_same "the edges" <(edges "$DOT" | awk '{ print $3 }' | sort) \
	<(edges "$SCRATCH/again.dot" | awk '{ print $3 }' | sort)

subtest "nothing traced: a graph without packets"
run_nftrace r -t 200ms --graph "$DOT" -p udp --dport 1
assert_status 3
assert_grep '"0 packets"' "$DOT"
dot -Tplain "$DOT" >/dev/null || fail "dot"
