#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-demo: the demo works as root, and without root where users may make namespaces.
. "$(dirname "$0")/lib.sh"

subtest "as root"
LENGTH=30 PCAP=$SCRATCH/demo.pcapng "$TESTS/demo.sh" >"$SCRATCH/demo" 2>&1
assert_equal "exit status" 0 $?
assert_text "the same (" "$SCRATCH/demo"
[[ -z $_why ]] || show "demo" "$SCRATCH/demo" 200

subtest "the README shows what it prints"
# Lines that the sample leaves out, comments, options of TCP, and what is another each time.  What goes
# on in the next line, as on a terminal, is joined.
strip() {
	sed -E ':again; N; s/\n {6,}/ /; t again; P; D' |
		sed -E 's/ -m comment --comment ("[^"]*"|[^ ]+)//g; s/^(#[0-9]+) .*(IN=[^.]*\.[0-9.]+)\.[0-9]+ > ([0-9.]+).*/\1 \2 > \3/'
}
sed -n '/^    #[0-9]* .* IN=/,/^$/{ /^    \.\.\.$/d; s/^    //p }' "$TREE/README.rst" | strip >"$SCRATCH/sample"
(($(wc -l <"$SCRATCH/sample") > 10)) || fail "no sample"
awk '/^#[0-9]+ .*\.25: Flags \[S\]/ { on = 1 } on; /^=>/ { on = 0 }' "$SCRATCH/demo" | strip >"$SCRATCH/block"
assert_equal "what the demo does not print" "" "$(diff "$SCRATCH/block" "$SCRATCH/sample" | grep '^>')"

subtest "the folded block of the README and of the manual as well"
# As a terminal of 76 columns shows it, which an indent of four makes 80.
COLUMNS=76 "$NFTRACE" --read "$SCRATCH/demo.pcapng" --fold --only drop >"$SCRATCH/folded" 2>/dev/null
# Numbers, ports and times are others each time.
another() { sed -E 's/^#[0-9]+/#/; s/\.[0-9]+ > /.PORT > /; s/ +[0-9:]{8}\.[0-9]{6}$//' "$1"; }
another "$SCRATCH/folded" >"$SCRATCH/block"
sed -nE '/^    #2 DROP  /,/^($|  *\.\.\.$)/{ /^($|  *\.\.\.$)/!s/^ {4}//p }' "$TREE/README.rst" >"$SCRATCH/README.rst"
sed -nE '/^#2 DROP  /,/^\.Ed/{ /^\.Ed/!p }' "$TREE/man/nftrace.8" >"$SCRATCH/nftrace.8"
for text in README.rst nftrace.8; do
	another "$SCRATCH/$text" >"$SCRATCH/sample"
	assert_grep '^# DROP' "$SCRATCH/sample"
	assert_equal "$text: what the demo does not print" "" "$(grep -vxFf "$SCRATCH/block" "$SCRATCH/sample")"
done

subtest "where COLUMNS is 120, -q has no more in a pipe either, and the fate, the rule and its owner in it"
COLUMNS=120 "$NFTRACE" -q --read "$SCRATCH/demo.pcapng" >"$SCRATCH/lines" 2>/dev/null
(($(wc -L <"$SCRATCH/lines") <= 120)) || fail "wider: $(<"$SCRATCH/lines")"
assert_equal "fates that are not in the first twelve columns" "" "$(cut -c 1-12 "$SCRATCH/lines" | grep -vE '^[A-Z]{4,9} +#$')"
assert_grep '^DROP .* by cali-po-default.no-mail:1 \[Calico: policy default/no-mail~\]' "$SCRATCH/lines"
assert_equal "packets that went on without a rule or an owner" "" \
	"$(grep '^FORWARDED' "$SCRATCH/lines" | grep -vE ' by [A-Za-z0-9:-]+:[0-9]+ \[.*(policy default/dns-and|workload cali123)')"

subtest "the README's picture is what a terminal shows today"
# The words of the picture and those of the terminal, which may break lines elsewhere.
words() {
	sed -E 's/<[^>]*>//g; s/&gt;/>/g; s/&lt;/</g; s/&quot;/"/g; s/&amp;/\&/g; s/[0-9]{2}:[0-9:.]+//
		s/\.[0-9]{4,5}\b/.PORT/g; s/ DNS [0-9]+/ DNS N/; s/^#[0-9]+/#/' "$1" | tr -s ' \n' '\n' | grep .
}
# On a slow machine either may have been sent twice.
for only in forwarded drop; do
	COLUMNS=100 "$NFTRACE" --read "$SCRATCH/demo.pcapng" -c 1 --only $only --fold
done >"$SCRATCH/folded" 2>/dev/null
assert_same "words of man/fold.svg" <(words "$SCRATCH/folded") <(words "$TREE/man/fold.svg")

subtest "so is that of the ways"
# How many packets went one is another each time; which there are, and whose, is not.
labels() { grep -oE '<text[^>]*>[^<]*' "$1" | sed -E 's/.*>//; /^[0-9]*( packets?.*)?$/d' | sort -u; }
if command -v dot >/dev/null; then
	"$NFTRACE" --read "$SCRATCH/demo.pcapng" --graph "$SCRATCH/graph.svg" -q >/dev/null 2>&1
	assert_same "words of man/graph.svg" <(labels "$SCRATCH/graph.svg") <(labels "$TREE/man/graph.svg")
else
	skip "no graphviz here"
fi

subtest "without root"
# A copy that another user may read; not below /run, which the demo covers.
tree=$(mktemp -d "$SCRATCH/tree.XXXXXX")
chmod a+x "$SCRATCH" "$(dirname "$SCRATCH")" "$(dirname "$(dirname "$SCRATCH")")"
mkdir -p "$tree"/build/tests/tools && chmod 755 "$tree" "$tree"/build "$tree"/build/tests
cp -r "$TESTS" "$tree"/tests
cp "$NFTRACE" "$tree"/build/
cp "$TOOLS"/{talk,dns,enter,prepare} "$tree"/build/tests/tools/
chmod -R a+rX "$tree"
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if ! "${nobody[@]}" unshare --user --map-root-user --net true 2>/dev/null; then
	skip "users may not make namespaces here"
else
	"${nobody[@]}" env -u NFT_SANDBOX -u SCRATCH -u XTABLES_LOCKFILE -u NFTRACE \
		BUILD="$tree"/build LENGTH=30 TMPDIR=/tmp "$tree"/tests/demo.sh >"$SCRATCH/demo" 2>&1
	assert_equal "exit status" 0 $?
	assert_text "the same (" "$SCRATCH/demo"
	[[ -z $_why ]] || show "demo" "$SCRATCH/demo" 200
fi
rm -rf "$tree"
