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
in_ns r iptables-legacy -t raw -A PREROUTING -m comment --comment $'quote \' \\ bell\a <b> &amp; \\New\\Go \xef\xbf\xbe' || fail "comment"
save_rules r "$SCRATCH/before"

udp() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 60 2>/dev/null; }
DOT=$SCRATCH/ways.dot

edges() { # FILE: "FROM TO COUNT COLOUR LABEL" a line, of what dot has understood
	dot -Tjson0 "$1" | jq -r '(.objects | map({ (._gvid | tostring): .name }) | add) as $name | .edges[]? |
		"\($name[.tail | tostring])\(if .tailport then ":" + .tailport else "" end) \($name[.head | tostring]) \(.tooltip | split(" ")[0]) \(.color) \(if (.label // "") == "" then "-" else .label end)"'
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

subtest "what it draws of a rule are the rule's words, whatever they mean to it"
cat >"$SCRATCH/drawn.py" <<'PYTHON'
import re, sys, xml.etree.ElementTree as xml
lines = set(re.findall(r"^TRACE: .*", open(sys.argv[1]).read(), re.M))
svg = xml.parse(sys.argv[2])
tips = [a.get("{http://www.w3.org/1999/xlink}title").replace("\u00a0", " ") for a in svg.iter("{http://www.w3.org/2000/svg}a")]
print(*(t for t in tips if t.startswith("TRACE: ") and t not in lines), sep="\n", end="")
print(sum(t.startswith("TRACE: ") for t in tips) > 10, any("New" in t for t in tips),
      any(t.text and "New" in t.text for t in svg.iter("{http://www.w3.org/2000/svg}text")))
PYTHON
assert_equal "tooltips of no event" "True True True" "$(python3 "$SCRATCH/drawn.py" "$OUT" "$SCRATCH/ways.svg")"

subtest "the counts add up to the summary's"
edges "$DOT" >"$SCRATCH/edges"
count() { awk -v from="$1" -v to="$2" '$1 ~ from && $2 ~ to { n += $3 } END { print n + 0 }' "$SCRATCH/edges"; }
assert_equal "packets that begin" "$packets" "$(count '^start$' .)"
assert_equal "packets that end" "$packets" "$(count . '^fate')"
while read -r n fate; do
	node=$(sed -n "s/^	\(fate[0-9]*\) \[label=\"$fate\".*/\1/p" "$DOT")
	assert_equal "$fate" "$n" "$(count . "^$node\$")"
done < <(sed -n 's/^nftrace: [0-9]* packets traced: \([^;]*\);.*/\1/p' "$ERR" | tr ',' '\n')

# The judge: what the blocks say of each rule, and of each step from one chain to another.
cat >"$SCRATCH/judge.py" <<'PYTHON'
import collections, html, re, sys
RED, GREEN = ("DROP", "REJECT"), ("DELIVERED", "FORWARDED", "SENT")
met, ways = collections.Counter(), {}
def chain(line, ip):
    place = line.split("  ")[0][len("TRACE: "):]
    return ip + " " + place.rsplit(":", 2)[0]
def way(start, end, fate):
    count, colours = ways.setdefault((start, end), [0, set()])
    ways[start, end][0] = count + 1
    colours.add("red" if fate in RED else "darkgreen" if fate in GREEN else "darkorange")
for block in open(sys.argv[1]).read().split("\n#"):
    events = re.findall(r"^TRACE: .*", block, re.M)
    ip = "ipv6" if " fd00:" in block.split("\n")[0] else "ipv4"
    fate = re.search(r"^=> (\w+)", block, re.M)[1]
    last, inside = "start", []
    for e in events:
        here = chain(e, ip)
        table = here.rsplit(":", 1)[0]
        inside = [c for c in inside if c.rsplit(":", 1)[0] == table]
        back = here in inside
        inside = inside[:inside.index(here) + 1] if back else inside + [here]
        if not re.match(r"TRACE: \S*:return:\d+$", e):
            met[ip, e] += 1
        if not back:
            way(last, here, fate)
        last = (ip, e)
    way(last, fate, fate)

rows, boxes, drawn = {}, {}, {}
dot = open(sys.argv[2]).read()
names = dict(re.findall(r'^\t(fate\d+) \[label="(\w+)"', dot, re.M)) | {"start": "start"}
for number, title, body in re.findall(r"^\t(c\d+) \[label=<<TABLE(.*)\n((?:\t\t<TR>.*\n)*)\t\t</TABLE>>\];", dot, re.M):
    table, ip, name = re.search(r'gray30">(\S+) (ipv[46])[^<]*</FONT><BR/><B>(.*?)</B>', title).groups()
    boxes[number] = ip + " " + html.unescape(table + ":" + name)
    for row in body.splitlines():
        tip, port, count = re.search(r'TOOLTIP="(.*?)">.*PORT="(r\d+)">(?:<FONT COLOR="red">)?(\d+)', row).groups()
        rows[number + ":" + port] = (ip, html.unescape(tip).replace("\\\\", "\\")), int(count)
        red = '<FONT COLOR="red">' in row
        ends_red = any((rows[number + ":" + port][0], f) in ways for f in RED)
        if red != ends_red:
            print("red or not:", tip)
for end in rows.values():
    if met.pop(end[0], 0) != end[1]:
        print("another count:", end)
for rest in met:
    print("no row:", rest)
for a, b, rest in re.findall(r"^\t(\S+) -> (\S+) \[(.*)\];", dot, re.M):
    count = int(re.search(r'tooltip="(\d+)', rest)[1])
    label = re.search(r'label="(\d+)"', rest)
    a = a[:-2] if a.endswith(":e") else a
    start = rows[a][0] if a in rows else names.get(a, boxes.get(a))
    all_of = rows[a][1] if a in rows else None
    key = start, names.get(b, boxes.get(b))
    if key not in ways:
        print("nobody went there:", key)
        continue
    n, colours = ways.pop(key)
    colour = colours.pop() if len(colours) == 1 else "gray40"
    if n != count or f", color={colour}," not in rest:
        print("another count or colour:", key, n, colour, rest)
    if all_of and (int(label[1]) if label else all_of) != count or label and count == all_of:
        print("label:", key, rest)
    drawn[colour] = drawn.get(colour, 0) + 1
for key in ways:
    if not (isinstance(key[0], tuple) and re.search(r":return:\d+$", key[0][1])):
        print("not drawn:", key)
print("drawn:", *(c for c in ("red", "darkgreen", "gray40") if c in drawn))
print("labels:", "label=\"" in "".join(re.findall(r"->.*", dot)))
PYTHON

subtest "a row for every rule of the blocks, with its packets, in the box of its chain; every way to another chain"
assert_equal "the judge" "drawn: red darkgreen gray40
labels: True" "$(python3 "$SCRATCH/judge.py" "$OUT" "$DOT")"
assert_grep '>filter ipv4</FONT>' "$DOT"
assert_grep '>filter ipv6</FONT>' "$DOT"
assert_grep '<B>pre:colon</B>' "$DOT"

subtest "the judge finds what is wrong"
wrong() { # SED WHAT
	sed -E "$1" "$DOT" >"$SCRATCH/wrong.dot"
	python3 "$SCRATCH/judge.py" "$OUT" "$SCRATCH/wrong.dot" | grep -q "$2" || fail "not found: $2"
}
wrong 's/^(\tc0:.*), color=[a-z0-9]*,/\1, color=pink,/' "another count or colour"
wrong 's/(PORT="r[0-9]*">)[0-9]*/\177/' "another count"
wrong '/^\tstart ->/d' "not drawn"
wrong '0,/^\t\t<TR>/{/^\t\t<TR>/d}' "no row"
wrong 's/(-> fate[0-9]* \[)tooltip/\1label="9", tooltip/' label

subtest "the same graph from the recorded packets"
start_nftrace r -t 30 --rate 0 --pcap "$SCRATCH/trace.pcapng" --graph "$DOT" -p udp
for port in 7 1001 1005; do udp a 10.2.0.2 "$port"; done
stop_nftrace INT
run_nftrace r --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/again.dot"
assert_same "the edges" <(edges "$DOT" | awk '{ print $3 }' | sort) \
	<(edges "$SCRATCH/again.dot" | awk '{ print $3 }' | sort)

subtest "rows of a chain of nft are in its order, whichever rule was met first"
in_ns r nft 'table ip order { chain pre { type filter hook prerouting priority 0; }; }' || fail "nft"
for port in 1001 1005 7; do in_ns r nft "add rule ip order pre udp dport $port counter" || fail "nft"; done
start_nftrace r -t 30 --rate 0 --graph "$DOT" -p udp
for port in 7 1005 1001; do udp a 10.2.0.2 "$port"; done
stop_nftrace INT
in_ns r nft 'delete table ip order'
assert_equal "rows" "rule rule rule policy" \
	"$(sed -nE 's/.*TOOLTIP="TRACE: nft ip order:pre:([a-z]*).*/\1/p' "$DOT" | xargs)"
sed -nE 's/.*TOOLTIP="TRACE: nft ip order:pre:rule:handle ([0-9]+).*/\1/p' "$DOT" >"$SCRATCH/rows"
assert_same "the rules" <(sort -n "$SCRATCH/rows") "$SCRATCH/rows"

subtest "of a packet with more events than are kept each rule that is drawn was met"
{
	echo '*raw'
	echo ':LONG - [0:0]'
	for i in {1..600}; do echo "-A LONG -m comment --comment $i"; done
	echo '-A PREROUTING -p udp --dport 1005 -j LONG'
	echo COMMIT
} | in_ns r iptables-legacy-restore -n || fail "restore"
start_nftrace r -t 30 --rate 0 --graph "$DOT" -p udp --dport 1005
udp a 10.2.0.2 1005
stop_nftrace INT
in_ns r iptables-legacy -t raw -D PREROUTING -p udp --dport 1005 -j LONG
in_ns r iptables-legacy -t raw -F LONG
in_ns r iptables-legacy -t raw -X LONG
assert_grep 'steps are left out' "$DOT"
assert_no_grep 'PORT="r[0-9]*">0<' "$DOT"

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
assert_grep 'title>start&#45;&gt;c0</title' "$SCRATCH/run.svg"
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

subtest "who draws has no privileges, no descriptors, no environment of the run's, and an end to time and memory"
cat >"$SCRATCH/empty" <<'EOF'
#!/bin/sh
grep -E '^(Uid|CapEff|NoNewPrivs|SigBlk)' /proc/self/status
grep -E '^Max (data|cpu|file|core file) (size|time)' /proc/self/limits
tr '\0' '\n' </proc/self/environ
ls -l /proc/self/fd
EOF
no_dot --read "$SCRATCH/trace.pcapng" --graph "$SCRATCH/who.svg"
who=$SCRATCH/who.svg
assert_grep '^CapEff:.*0000000000000000' "$who"
assert_grep '^NoNewPrivs:.*1' "$who"
assert_grep '^SigBlk:.*0000000000000000' "$who"
assert_equal "limits" "30 268435456 1073741824 0" "$(sed -nE 's/^Max [a-z ]+ ([0-9]+) .*/\1/p' "$who" | paste -sd ' ')"
assert_equal "environment" "LC_ALL=C PATH=/usr/bin:/bin" "$(grep = "$who" | grep -v ^PWD= | sort | paste -sd ' ')"
assert_equal "descriptors" "/dev/null /memfd:nftrace-picture" \
	"$(sed -n 's/.* -> \(.*\)/\1/p' "$who" | grep -v '^/proc/\|^/tmp/#' | sed 's/ (deleted)//' | sort -u | paste -sd ' ')"
if (($(awk 'END { print $3 }' /proc/self/uid_map) > 1)); then
	assert_grep '^Uid:	65534	65534	65534	65534' "$who"
fi

subtest "the README's picture can be read where it is 980 pixels wide"
width=$(sed -nE 's/^<svg width="([0-9]+)pt".*/\1/p' "$TREE/man/graph.svg")
size=$(grep -oE 'font-size="[0-9.]+"' "$TREE/man/graph.svg" | sort | uniq -c | sort -rn | sed -nE '1s/.*"([0-9]+).*/\1/p')
((size * 980 >= 8 * width)) || fail "letters of $size points in a picture of $width"
