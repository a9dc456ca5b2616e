#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-wireshark: src/record/nftrace.lua: a recording's journeys as fields of tshark, beside --json of the same run.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/ways-told.sh"
. "$TESTS/pcapng.sh"
command -v tshark >/dev/null || skip_all "no tshark"
# It names that folder if it has Lua.
folder=$(tshark -G folders 2>/dev/null | sed -n 's/^Global Lua Plugins:[[:space:]]*//p')
[[ -n $folder ]] || skip_all "a tshark without Lua"
PCAP=$SCRATCH/trace.pcapng
LUA=$TREE/src/record/nftrace.lua

# takes_lua COMMAND...: that tshark does
takes_lua() {
	"$@" -X "lua_script:$LUA" -r "$TESTS/data/earlier-nft.pcapng" -c 1 -T fields -e nftrace.fate &>/dev/null
}
# Since 4.4 it takes none from root: then it is somebody else, who may read all the same.
SHARK=(tshark)
takes_lua tshark || SHARK=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps +dac_read_search
	--ambient-caps +dac_read_search env "HOME=/nonexistent" tshark)
takes_lua "${SHARK[@]}" || skip_all "this tshark takes no Lua from root, and there is one user only"

# fields FILE FILTER FIELD...: of each packet, separated by |, several of one by ~
fields() {
	local file=$1 filter=$2
	shift 2
	"${SHARK[@]}" -X "lua_script:$LUA" -r "$file" -Y "$filter" -T fields -E separator='|' -E aggregator='~' \
		"${@/#/-enftrace.}" 2>"$SCRATCH/tshark.err" | tr -d '\\'
	assert_no_grep '[Ll]ua' "$SCRATCH/tshark.err"
}
# of_json FILE EXPRESSION...: the same of each packet of --json; an array is several
of_json() {
	local file=$1 list
	shift
	list=$(IFS=,; echo "$*")
	jq -r "[$list] | map(if type == \"array\" then map(tostring) | join(\"~\") else . // \"\" | tostring end) | join(\"|\")" "$file" | tr -d '\\'
}

told_router
start_nftrace r -t 30 --rate 0 --json --pcap "$PCAP" -p udp
told_traffic
stop_nftrace INT
cp "$OUT" "$SCRATCH/json"
assert_equal "what came of the packets" "DELIVERED DROP FORWARDED LOST REJECT SENT" \
	"$(jq -r .fate "$SCRATCH/json" | sort -u | paste -sd ' ')"

subtest "a filter finds the packets of --json"
assert_same "by owner and rule" \
	<(jq -r 'select(.owner.component == "docker" and .by.number == 1).packet' "$SCRATCH/json") \
	<(fields "$PCAP" 'nftrace.owner == "docker" && nftrace.number == 1' packet)

subtest "each field is that of --json"
fields "$PCAP" nftrace after_nat packet host netns fate reason hook backend table chain kind number handle rule \
	owner object drop_reason drop_location conntrack near near_failed accepted_by via changed out event >"$SCRATCH/all"
grep '^|' "$SCRATCH/all" | sed 's/^|//' >"$SCRATCH/fields"
of_json "$SCRATCH/json" .packet .host .netns .fate .reason .last_hook .by.backend .by.table .by.chain .by.kind \
	.by.number .by.handle .by.rule .owner.component .owner.object .drop.reason .drop.location .conntrack.state \
	'[.near[].rule.rule]' '[.near[].failed]' '(.accepted_by | .rule // if . then "\(.table):\(.chain):\(.kind):\(.number)" else null end)' \
	.via.rule '[.changes[].field]' .fate_out \
	'[.events[] | if .backend == "legacy" then "\(.table):\(.chain):\(.kind):\(.number)" else
		"nft \(if .table == "fw" then "inet" else .family end) \(.table):\(.chain):\(.kind)" +
		if .kind == "rule" then ":handle \(.handle)" else "" end end +
		if .rule then "  \"\(.rule)\"" else "" end]' >"$SCRATCH/expected"
assert_same "the fields" "$SCRATCH/expected" "$SCRATCH/fields"
for wanted in '|docker|DOCKER-USER, ' '|nft|fw|forward|rule|2|' '|NO_SOCKET|' '|dst' '|--sport 7|'; do
	assert_text "$wanted" "$SCRATCH/fields"
done

subtest "the second state of a translated packet has no fate of its own"
assert_same "packets" <(jq -r 'select(any(.changes[]; .field == "src" or .field == "dst")).packet' "$SCRATCH/json") \
	<(grep -v '^|' "$SCRATCH/all" | sed -E 's/^[^|]+\|([0-9]+)\|+$/\1/')

subtest "recordings of an earlier version"
cat "$TESTS"/data/earlier-{legacy,nft}.pcapng >"$SCRATCH/earlier.pcapng"
cat "$TESTS"/data/earlier-{legacy,nft}.json >"$SCRATCH/earlier.json"
assert_same "packets" \
	<(of_json "$SCRATCH/earlier.json" .packet .fate .by.table .by.chain .by.number .by.handle .by.rule) \
	<(fields "$SCRATCH/earlier.pcapng" nftrace.fate packet fate table chain number handle rule)

subtest "what others or a stranger have written into comments"
lines=$'#1\nTRACE: filter:a:b:rule:1  "x  "y""\nTRACE: nft inet\nTRACE: \nTRACE: x'
{
	pcapng_head
	pcapng_packet "a note" "nftrace/2 host=x f,DROP,INPUT"
	pcapng_packet
	pcapng_packet "$lines" "nftrace/1"
	pcapng_packet "$lines" "nftrace/1 e e e e f,DROP,INPUT,b0"
	pcapng_packet $'#1\nTRACE: filter:a:rule:99999999999' "nftrace/1 e f,DROP,INPUT,b0"
	for value in $'\e[2J' $'\xff\xfe' '%1b%5b2J' '%' '%0' %00 , = f,f,f b99999999999999999999 $'\xe2\x80\xae' -1; do
		pcapng_packet "$lines" "nftrace/1 host=$value netns=$value ct=$value e,h$value f,DROP,INPUT,o$value,b$value,k$value r,$value o,$value,o$value m,$value,$value,$value,$value c,$value,$value,$value"
	done
} >"$SCRATCH/hostile.pcapng"
"${SHARK[@]}" -X "lua_script:$LUA" -r "$SCRATCH/hostile.pcapng" -O nftrace >"$OUT" 2>"$ERR"
assert_equal "exit status" 0 $?
assert_no_grep '[Ll]ua|Dissector bug|Malformed' "$OUT"
assert_no_grep '[Ll]ua' "$ERR"
assert_equal "bytes that could drive a terminal" "" "$(sed -n '/^nftrace/,/^$/p' "$OUT" | grep -nP '[\x00-\x08\x0b-\x1f\x7f]')"
assert_equal "numbers for which there is no room" "" "$(grep 'number: [0-9][0-9]' "$OUT")"
assert_equal "packets with a fate" 14 "$(grep -c '^    Fate: DROP$' "$OUT")"
assert_text "Decided by, chain: a:b" "$OUT"
assert_text "Decided by, rule: x  \"y" "$OUT"

subtest "it is found where make install puts it"
assert_equal "the folder" "$folder" "$(make -s -C "$TREE" PREFIX=/usr print-wireshark)"
if mkdir "$SCRATCH/plugins" && cp "$LUA" "$SCRATCH/plugins" && mount --bind "$SCRATCH/plugins" "$folder"; then
	assert_same "DROP" <(jq -r 'select(.fate == "DROP").packet' "$SCRATCH/json") \
		<("${SHARK[@]}" -r "$PCAP" -Y 'nftrace.fate == "DROP"' -T fields -e nftrace.packet 2>/dev/null)
	umount "$folder"
else
	skip "nothing can be mounted there"
fi
