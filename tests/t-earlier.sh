#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-earlier: what an earlier version has recorded is read, and says what it said then.
#
# data/earlier-*: written by 002b39c, the last version of JSON's schema 1: host a sends to
# host b through a router with rules of iptables-legacy, and of nft; both families, NAT.
# .pcapng and .json are of one run, .flat.json of another.
. "$(dirname "$0")/lib.sh"
DATA=$TESTS/data
ns_new lo

# read_in FORM...: the recording in that form, its status that of the fates in it
read_in() {
	run_nftrace lo --read "$DATA/earlier-$backend.pcapng" "$@"
	assert_status "$status"
	[[ -s $OUT ]] || fail "nothing was printed: $*"
}
# fates: as --json has them, one a line
fates() { jq -r '.fate' "$DATA/earlier-$backend.json"; }

# scalars FILE: "LINE PATH VALUE" of each
scalars() {
	jq -r --slurp 'to_entries[] | .key as $line | .value | paths(type != "object" and type != "array") as $p |
		"\($line) \($p | join(".")) \(getpath($p) | tojson)"' "$1" |
		grep -v '^[0-9]* schema ' | sort
}
# What is told in other words since.
REWORDED='s/, options \[\[[|]tcp\]\]//
	s/no table here would see it go on/no chain stands behind that, so what came next cannot be seen/'

for backend in legacy nft; do
	status=0
	! fates | grep -qx INCOMPLETE || status=5

	subtest "$backend: each member of each packet is what it was"
	read_in --json
	assert_schema Packet "$OUT"
	cp "$OUT" "$SCRATCH/now.json"
	scalars "$DATA/earlier-$backend.json" | sed "$REWORDED" | sort >"$SCRATCH/then"
	(($(wc -l <"$SCRATCH/then") > 500)) || fail "only $(wc -l <"$SCRATCH/then") members"
	scalars "$OUT" >"$SCRATCH/now"
	assert_equal "what is not so any more" "" "$(comm -23 "$SCRATCH/then" "$SCRATCH/now" | head -n 5)"

	subtest "$backend: schema 2 has all that lines of schema 1 have"
	for kind in Packet:json Report:flat.json; do
		jq -c '.schema = 2' "$DATA/earlier-$backend.${kind#*:}" >"$SCRATCH/lines"
		against_schema "${kind%:*}" "$SCRATCH/lines" >"$SCRATCH/errors"
		assert_equal "what is not of the schema" "" "$(grep -v ': missing$' "$SCRATCH/errors" | head -n 5)"
	done

	subtest "$backend: the fates in every form"
	fates >"$SCRATCH/fates"
	read_in -q
	assert_same "-q" "$SCRATCH/fates" <(awk '{ print $1 }' "$OUT")
	read_in --fold
	assert_same "--fold" "$SCRATCH/fates" <(awk '/^#/ { print $2 }' "$OUT")
	for form in --full -v; do
		read_in $form
		assert_same "$form" "$SCRATCH/fates" <(sed -nE 's/^=> ([A-Z]+).*/\1/p' "$OUT")
	done
	read_in --markdown
	assert_same "--markdown" "$SCRATCH/fates" <(awk '/^#[0-9]/ { print $2 }' "$OUT")
	read_in --report "$SCRATCH/page.html"
	assert_same "--report" <(sort "$SCRATCH/fates") \
		<(sed -nE 's/.*<details[^>]* id="p[0-9]+"><summary[^>]*>(<[^>]*>)*#[0-9]+ *(<[^>]*>)*([A-Z]+).*/\3/p' "$SCRATCH/page.html" | sort)
	read_in --graph "$SCRATCH/graph.dot"
	for fate in $(sort -u "$SCRATCH/fates"); do assert_grep "\\b$fate\\b" "$SCRATCH/graph.dot"; done

	subtest "$backend: the events in every form"
	read_in --flat
	assert_equal "--flat" "$(jq -s "map(.events | length) | add" "$DATA/earlier-$backend.json")" \
		"$(grep -c '^TRACE: ' "$OUT")"

	subtest "$backend: written again, it is the same"
	read_in --pcap "$SCRATCH/again.pcapng"
	run_nftrace lo --read "$SCRATCH/again.pcapng" --json
	assert_same "--json" "$SCRATCH/now.json" "$OUT"
done
