#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-page: --report and --markdown: what the run told, in a form that takes nothing from its texts for its own.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
command -v tidy >/dev/null || skip_all "no tidy"

lab_loopback
server lo echo udp 10.9.0.1 7
# A comment that would be markup, an entity, the end of a fence, a terminal's.
hostile=$'</span></pre><script>alert(1)</script><img src=x> &lt; "q" \'a\' ``` \e[31m'
in_ns lo iptables-legacy -A INPUT -p udp --dport 1001 -m comment --comment "$hostile" -j DROP
in_ns lo iptables-legacy -N '<b>chain' && in_ns lo iptables-legacy -A INPUT -p udp -j '<b>chain'
in_ns lo iptables-legacy -t raw -S >/dev/null
in_ns lo ip6tables-legacy -t raw -S >/dev/null
save_rules lo "$SCRATCH/before"
PAGE=$SCRATCH/page.html

udp() { talk lo udp 10.9.0.1 "$1" from $((20000 + $1)) wait 60 2>/dev/null; }

# page WHAT FILE: what a browser would show of it, by Python's parser
page() {
	python3 - "$@" <<-'EOF'
		import html.parser, sys
		class Page(html.parser.HTMLParser):
		    what, inside, text, tags, attributes = sys.argv[1], 0, [], set(), set()
		    def handle_starttag(self, tag, attributes):
		        tag += ".e" if ("class", "e") in attributes else ""
		        if tag.startswith("pre"):
		            self.pre = tag
		        self.tags.add(tag.removesuffix(".e"))
		        self.attributes |= {a for a, _ in attributes}
		        self.inside += tag == self.what
		    def handle_endtag(self, tag):
		        tag = self.pre if tag == "pre" else tag
		        self.inside -= tag == self.what
		        if tag == self.what:
		            self.text.append("" if tag == "pre.e" else "\n")
		    def handle_data(self, data):
		        if self.inside:
		            self.text.append(data)
		p = Page(convert_charrefs=True)
		p.feed(open(sys.argv[2]).read())
		if p.what == "tags":
		    print(*sorted(p.tags))
		elif p.what == "attributes":
		    print(*sorted(p.attributes))
		else:
		    sys.stdout.write("".join(p.text))
	EOF
}

subtest "the page of a run"
start_nftrace lo -t 30 --rate 0 --chain OUTPUT -p udp --dport 1:2000 --report "$PAGE" --pcap "$SCRATCH/trace.pcapng"
udp 1001
udp 7
udp 1001
stop_nftrace INT
assert_status 0
assert_restored_but_counters lo "$SCRATCH/before"
assert_equal "mode" 600 "$(stat -c %a "$PAGE")"

subtest "tidy finds nothing"
assert_equal "tidy" "" "$(tidy -q -e --show-info yes "$PAGE" 2>&1)"

subtest "nothing is loaded or run, whatever stands in the rules"
assert_equal "tags" "b body br code dd details dl dt h1 h2 head html li main meta p pre section span style summary table tbody td th thead title tr ul" \
	"$(echo b br code p "$(page tags "$PAGE")" | tr ' ' '\n' | sort -u | paste -sd ' ')"
assert_equal "attributes" "charset class content http-equiv id lang name" "$(page attributes "$PAGE")"
assert_no_grep '@import|url\(|https?:' "$PAGE"
assert_grep "default-src 'none'" "$PAGE"
assert_equal "escape sequences" 0 "$(grep -c $'\e' "$PAGE")"

subtest "each packet's events are there, as the block has them"
assert_same "the blocks" "$OUT" <(page pre.e "$PAGE")
assert_grep '&lt;script&gt;alert' "$PAGE"

subtest "no line is broken behind the hyphen of an option"
assert_grep '<span class="o">-j</span> DROP' "$PAGE"
assert_grep '<span class="o">--dport</span> 1001' "$PAGE"

subtest "what is folded says what became of it, and by which rule"
page summary "$PAGE" | grep -v '^every event' >"$SCRATCH/summaries"
assert_equal "packets" 3 "$(grep -c '^#' "$SCRATCH/summaries")"
assert_equal "drops" 2 "$(grep -A 1 '^#[0-9]* DROP' "$SCRATCH/summaries" | grep -c '^   by filter:INPUT:1  ')"
COLUMNS=500 "$NFTRACE" --read "$SCRATCH/trace.pcapng" --fold 2>/dev/null >"$SCRATCH/folded"
assert_same "the folded lines" <(sort "$SCRATCH/folded") \
	<({ grep . "$SCRATCH/summaries"; page pre "$PAGE" | grep .; } | sort)

subtest "the summary, the rules and the run"
assert_equal "packets" "3 packets traced" "$(page h1 "$PAGE")"
assert_equal "fates" "2 DROP 1 DELIVERED" "$(page li "$PAGE" | paste -sd ' ')"
page tr "$PAGE" >"$SCRATCH/rules"
assert_grep '^22filter:INPUT:rule:1-p udp -m udp --dport 1001 .*-j DROP$' "$SCRATCH/rules"
assert_grep '^3filter:OUTPUT:policy:1ACCEPT$' "$SCRATCH/rules"
assert_grep '^1filter:<b>chain:return:1$' "$SCRATCH/rules"
page dd "$PAGE" >"$SCRATCH/run"
assert_grep "^nftrace -t $((30 * PATIENCE)) --rate 0 --chain OUTPUT -p udp --dport 1:2000 --report $PAGE" "$SCRATCH/run"
assert_grep "^Linux $(uname -r) $(uname -m)\$" "$SCRATCH/run"
assert_grep "^$(uname -n)\$" "$SCRATCH/run"

subtest "a command's own words are not on the page"
in_ns lo true
start_nftrace lo -t 30 -p udp --dport 7 --report "$PAGE" -- sh -c ': password=secret'
end_nftrace 10
page dd "$PAGE" >"$SCRATCH/run"
assert_grep ' -- sh \.\.\.$' "$SCRATCH/run"
assert_no_grep secret "$PAGE"
assert_equal "tidy of a page without packets" "" "$(tidy -q -e "$PAGE" 2>&1)"

subtest "the same page of the recording, which tells the kernel of where it was made"
assert_equal "kernels named in it" 1 "$(grep -cao "Linux $(uname -r)" "$SCRATCH/trace.pcapng")"
LC_ALL=C sed -i "s/Linux $(uname -r)/Xinux $(uname -r)/" "$SCRATCH/trace.pcapng"
run_nftrace lo --read "$SCRATCH/trace.pcapng" --report "$SCRATCH/again.html"
assert_status 0
assert_equal "tidy" "" "$(tidy -q -e "$SCRATCH/again.html" 2>&1)"
run_nftrace lo --read "$SCRATCH/trace.pcapng" --report -
assert_same "on standard output" <(sed '/<dt>command/d; /<dt>read/d' "$SCRATCH/again.html") \
	<(sed '/<dt>command/d; /<dt>read/d' "$OUT")
assert_same "the blocks" <(page pre.e "$SCRATCH/again.html") <("$NFTRACE" --read "$SCRATCH/trace.pcapng" 2>/dev/null)
assert_no_grep "Linux $(uname -r)" "$SCRATCH/again.html"
assert_text "<dt>kernel</dt><dd>Xinux $(uname -r) $(uname -m)</dd>" "$SCRATCH/again.html"
assert_grep "^<dt>recorded by</dt><dd>nftrace .* --pcap .*</dd>\$" "$SCRATCH/again.html"

subtest "a page does not grow for ever: what is left out is counted, and said"
NFTRACE_REPORT_MAX=1 "$WITH_POINTS" --read "$SCRATCH/trace.pcapng" --report "$SCRATCH/short.html" >"$OUT" 2>"$ERR" || fail "status $?"
assert_equal "packets shown" 1 "$(grep -c '<details class' "$SCRATCH/short.html")"
assert_grep '2 packets left out' "$SCRATCH/short.html"
assert_equal "packets" "3 packets traced" "$(page h1 "$SCRATCH/short.html")"
assert_equal "fates" "2 DROP 1 DELIVERED" "$(page li "$SCRATCH/short.html" | paste -sd ' ')"
assert_equal "tidy" "" "$(tidy -q -e "$SCRATCH/short.html" 2>&1)"

subtest "rules of both families: which is of which is said"
run_nftrace lo --read "$TESTS/data/earlier-legacy.pcapng" --report "$SCRATCH/both.html" -q
for family in ipv4 ipv6; do
	assert_grep "filter:odd:rule:1<span class=\"w\"> \\($family\\)<" "$SCRATCH/both.html"
done
assert_no_grep '\(ipv4\)' "$PAGE"
assert_equal "tidy" "" "$(tidy -q -e "$SCRATCH/both.html" 2>&1)"

# fenced FILE: what stands between fences, as CommonMark has it: an end is no shorter than its beginning
fenced() {
	awk '{ match($0, /^`*/); n = RLENGTH }
		!inside && n >= 3 { inside = n; next }
		inside && n >= inside && $0 ~ /^`+ *$/ { inside = 0; next }
		inside' "$1"
}

subtest "--markdown: the blocks between fences that nothing in them ends"
for form in --fold --full; do
	COLUMNS=100 "$NFTRACE" --read "$SCRATCH/trace.pcapng" $form >"$SCRATCH/blocks" 2>/dev/null
	run_nftrace lo --read "$SCRATCH/trace.pcapng" --markdown $form
	assert_status 0
	fenced "$OUT" >"$SCRATCH/fenced"
	assert_same "$form: what is fenced" "$SCRATCH/blocks" <(grep -v '^2 dropped by ' "$SCRATCH/fenced")
done
assert_grep '^2 dropped by filter:INPUT:rule:1  ' "$SCRATCH/fenced"
assert_equal "fences of the packet with the comment" '````text' "$(grep -m 1 '^```' "$OUT")"
assert_grep '^\| 2 \| DROP \|$' "$OUT"
assert_grep '^\| 1 \| DELIVERED \|$' "$OUT"
assert_grep "^3 packets traced by nftrace [0-9.]+ on \`Xinux $(uname -r) $(uname -m)\`:\$" "$OUT"
LC_ALL=C sed 's/Xinux \([0-9]\)/<b>`` \1/' "$SCRATCH/trace.pcapng" >"$SCRATCH/markup.pcapng"
run_nftrace lo --read "$SCRATCH/markup.pcapng" --markdown
assert_grep "^3 packets traced by nftrace [0-9.]+ on \`\`\` <b>\`\` $(uname -r) $(uname -m) \`\`\`:\$" "$OUT"
for form in -q --json --flat; do
	run_nftrace lo --read "$SCRATCH/trace.pcapng" --markdown $form
	assert_status 2
done
