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

edges() { # FILE: "FROM TO COUNT COLOUR LABEL" a line, of what dot has understood
	dot -Tjson0 "$1" | jq -r '(.objects | map({ (._gvid | tostring): .name }) | add) as $name | .edges[]? |
		"\($name[.tail | tostring]) \($name[.head | tostring]) \(.tooltip | split(" ")[0]) \(.color) \(if (.label // "") == "" then "-" else .label end)"'
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
done < <(sed -n 's/^nftrace: [0-9]* packets traced: \([^;]*\);.*/\1/p' "$ERR" | tr ',' '\n')
# What comes into a rule goes out of it.
awk '{ come[$2] += $3; go[$1] += $3 }
	END { for (n in come) if (n ~ /^n/ && come[n] != go[n]) print n, come[n], go[n] }' \
	"$SCRATCH/edges" >"$SCRATCH/leaks"
assert_equal "rules where packets vanish" "" "$(cat "$SCRATCH/leaks")"

subtest "a number stands on an edge where it is not that of the rule it comes from, and nowhere else"
awk '{ left[$1] += $3; count[NR] = $3; from[NR] = $1; label[NR] = $5 }
	END { for (i = 1; i <= NR; i++) {
		expected = count[i] == left[from[i]] ? "-" : count[i]
		if (label[i] != expected) print from[i], count[i], label[i]
		if (label[i] == "-") bare++ }
		if (!bare || bare == NR) print "all are alike" }' "$SCRATCH/edges" >"$SCRATCH/labels"
assert_equal "numbers on edges" "" "$(cat "$SCRATCH/labels")"

subtest "an edge has the colour of the fate to which all lead that went there"
# From the ends backwards: what can be reached from an edge is one colour, or it is nobody's.
awk '{ from[NR] = $1; to[NR] = $2; is[NR] = $4 }
	END { for (i = 1; i <= NR; i++) if (to[i] ~ /^fate/) want[i, is[i]] = 1
		do { more = 0
			for (i = 1; i <= NR; i++) for (j = 1; j <= NR; j++) if (to[i] == from[j])
				for (c in colours) if ((j, c) in want && !((i, c) in want)) { want[i, c] = 1; more = 1 }
		} while (more)
		for (i = 1; i <= NR; i++) if (is[i] != "gray40" && !((i, is[i]) in want)) print i, is[i] }
	BEGIN { colours["red"]; colours["darkgreen"]; colours["darkorange"] }' "$SCRATCH/edges" >"$SCRATCH/colours"
assert_equal "colours that no fate has" "" "$(cat "$SCRATCH/colours")"
for colour in red darkgreen gray40; do
	assert_grep "^start .* $colour |^n[0-9]* .* $colour " "$SCRATCH/edges"
done
assert_no_grep '^[^ ]* fate[0-9]* [0-9]* gray40' "$SCRATCH/edges"

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

subtest "--graph FILE.svg: the picture, its owner's alone, as dot draws it from the graph"
run_nftrace r --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/new.svg"
assert_status 0
assert_equal "mode" 600 "$(stat -c %a "$SCRATCH/new.svg")"
assert_same "the picture" <(dot -Tsvg "$SCRATCH/again.dot") "$SCRATCH/new.svg"
run_nftrace r --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/new.svg" --pcap "$SCRATCH/new.svg"
assert_status 2

subtest "... of a run"
start_nftrace r -t 30 --rate 0 --graph "$SCRATCH/run.svg" -p udp
udp a 10.2.0.2 1001
stop_nftrace INT
assert_status 0
assert_grep 'title>start&#45;&gt;n0</title' "$SCRATCH/run.svg"
assert_grep '</svg>' "$SCRATCH/run.svg"

DOT_PROGRAM=$(command -v dot)
no_dot() { # ARGS...: nftrace, where there is no graphviz
	unshare -m bash -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' _ "$SCRATCH/empty" "$DOT_PROGRAM" \
		"$NFTRACE" "$@" >"$OUT" 2>"$ERR"
	STATUS=$?
}
: >"$SCRATCH/empty"

subtest "... where there is no graphviz: the graph, and what to do"
no_dot --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/other.svg"
assert_status 0
assert_grep "graphviz.* is not here: $SCRATCH/other.dot gets the graph.*apt-get install graphviz, then dot -Tsvg" "$ERR"
assert_same "the graph" "$SCRATCH/again.dot" "$SCRATCH/other.dot"
[[ ! -e $SCRATCH/other.svg ]] || fail "there is an empty picture"
echo mine >"$SCRATCH/other.dot"
no_dot --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/other.svg"
assert_status 2
assert_equal "what was there" mine "$(cat "$SCRATCH/other.dot")"

subtest "... and where it fails: the old picture stays, the graph is kept"
printf '#!/bin/sh\ncat >/dev/null\nexit 1\n' >"$SCRATCH/empty"
chmod 755 "$SCRATCH/empty"
echo old >"$SCRATCH/kept.svg"
no_dot --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/kept.svg"
assert_status 1
assert_grep "error: $SCRATCH/kept.svg was not drawn: graphviz has failed; the graph is in $SCRATCH/kept.dot" "$ERR"
assert_equal "the old picture" old "$(cat "$SCRATCH/kept.svg")"
assert_same "the graph" "$SCRATCH/again.dot" "$SCRATCH/kept.dot"

subtest "who draws has no privileges, no descriptors and no environment of the run's"
cat >"$SCRATCH/empty" <<'EOF'
#!/bin/sh
grep -E '^(Uid|CapEff|NoNewPrivs|SigBlk)' /proc/self/status
tr '\0' '\n' </proc/self/environ
ls -l /proc/self/fd
EOF
no_dot --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/who.svg"
who=$SCRATCH/who.svg
assert_grep '^CapEff:.*0000000000000000' "$who"
assert_grep '^NoNewPrivs:.*1' "$who"
assert_grep '^SigBlk:.*0000000000000000' "$who"
assert_equal "environment" "LC_ALL=C PATH=/usr/bin:/bin" "$(grep = "$who" | grep -v ^PWD= | sort | paste -sd ' ')"
assert_equal "descriptors" "/dev/null /memfd:nftrace-picture" \
	"$(sed -n 's/.* -> \(.*\)/\1/p' "$who" | grep -v '^/proc/\|^/tmp/#' | sed 's/ (deleted)//' | sort -u | paste -sd ' ')"
if (($(awk 'END { print $3 }' /proc/self/uid_map) > 1)); then
	assert_grep '^Uid:	65534	65534	65534	65534' "$who"
fi
