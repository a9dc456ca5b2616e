#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-rules-fit: --rules that are not quite those of the log: recognised, said, corrected where that is proved.
. "$(dirname "$0")/lib.sh"

ns_new lo	# nothing of it is used: there are no rules and no packets
HERE=$TESTS/read
grep TRACE "$HERE/dmesg.log" >"$SCRATCH/log"

# read_with RULES ARGS...: the log by them
read_with() { run_nftrace lo --read "$SCRATCH/log" --rules "$@"; }

read_with "$HERE/router.save" --json
assert_status 0
truth() { jq -c '{fate, by: .by.rule, events: [.events[].rule], headers}' "$1"; }
truth "$OUT" >"$SCRATCH/truth"
assert_no_grep 'rules are|--rules' "$ERR"

subtest "saved without the TRACE rule: the numbers of raw are one higher in the log"
sed '/-j TRACE/d' "$HERE/router.save" >"$SCRATCH/untraced"
read_with "$SCRATCH/untraced" --json
assert_status 0
assert_same "the packets" "$SCRATCH/truth" <(truth "$OUT")
assert_equal "doubts" 0 "$(jq -s '[.[].events[] | select(.doubt)] | length' "$OUT")"
assert_grep 'note: --rules are without the TRACE rule that .*/log is of: numbers in raw:PREROUTING are one higher there, and were read so' "$ERR"

subtest "with more rules in raw"
more() { sed '/-j TRACE/d; /^:OUTPUT ACCEPT \[88/a -A PREROUTING -p udp -j CT --notrack\n-A PREROUTING -p tcp -m comment --comment "both meet it"' "$HERE/router.save"; }
more >"$SCRATCH/more"
sed 's/raw:PREROUTING:policy:2/raw:PREROUTING:policy:4/; /raw:PREROUTING:policy/{h; s/policy:4/rule:3/p; x}' "$SCRATCH/log" >"$SCRATCH/log.more"
run_nftrace lo --read "$SCRATCH/log.more" --rules "$SCRATCH/more"
assert_status 0
assert_equal "texts" 2 "$(grep -c '^TRACE: raw:PREROUTING:rule:3  ".*both meet it' "$OUT")"

subtest "nothing tells whether they are one higher: doubtful, and no text is claimed"
# A rule that tcp can meet is there as well.
sed -i '/both meet it/a -A PREROUTING -p tcp -m comment --comment "or this"' "$SCRATCH/more"
grep -v raw:PREROUTING:policy "$SCRATCH/log.more" >"$SCRATCH/log.unproved"
run_nftrace lo --read "$SCRATCH/log.unproved" --rules "$SCRATCH/more" --json
assert_status 5
assert_equal "doubts" '["misfit"]' "$(jq -c '.events[] | select(.table == "raw") | .doubt' "$OUT" | sort -u | jq -sc .)"
assert_grep "warning: --rules have no TRACE rule: nothing in .* tells whether its numbers in raw:PREROUTING are one higher; rules there are marked as doubtful" "$ERR"

subtest "of another moment: what fits is told, what does not is marked; where that was seen is said"
# A rule fewer, a rule more, the rules of a chain in another order.
sed '/FORWARD -p udp/d' "$HERE/router.save" >"$SCRATCH/fewer"
read_with "$SCRATCH/fewer"
assert_status 5
assert_grep 'warning: --rules are not those that .*/log is of: line 9 says filter:FORWARD:rule:2, which they do not have, or that packet cannot meet; rules of 1 chain are marked as doubtful' "$ERR"
assert_grep '^TRACE: filter:FORWARD:rule:2$' "$OUT"
assert_grep '^  \(doubtful\) the rules given are not those that the log is of: it may be another rule' "$OUT"
assert_grep '^TRACE: filter:policy:web:rule:1  "-A policy:web .*REJECT' "$OUT"
sed '/^-A policy:web .*--dport 25/i -A policy:web -s 192.0.2.1/32 -j DROP' "$HERE/router.save" >"$SCRATCH/one-more"
read_with "$SCRATCH/one-more" --json
assert_status 5
assert_equal "drops" 0 "$(grep -c '"fate":"DROP"' "$OUT")"
assert_equal "fate by the wrong rule" 0 "$(jq -r 'select(.by.rule) | .by.rule' "$OUT" | grep -c 'web -s')"

subtest "a rule removed, doubled, or before the one in front of it: no fate and no text that is not true"
mapfile -t rules <"$HERE/router.save"
# judge WHAT
judge() {
	read_with "$SCRATCH/changed" --json
	jq -rc --slurpfile truth "$SCRATCH/truth" '
		. as $p | $truth[] | select(.headers == $p.headers) as $t |
		($p.fate | select(. != $t.fate and . != "UNKNOWN" and . != "INCOMPLETE")),
		($p.events | to_entries[] | select(.value.rule and (.value.doubt | not)) |
			select(.value.rule != $t.events[.key]) | .value.rule)' "$OUT" >"$SCRATCH/false"
	[[ ! -s $SCRATCH/false ]] || fail "$1: $(head -n 3 "$SCRATCH/false")"
	STATUSES+=$STATUS
}
STATUSES=
for ((i = 0; i < ${#rules[@]}; i++)); do
	[[ ${rules[i]} = -A* ]] || continue
	printf '%s\n' "${rules[@]:0:i}" "${rules[@]:i+1}" >"$SCRATCH/changed"
	judge "without ${rules[i]}"
	[[ -n ${SOAK-} ]] || continue
	printf '%s\n' "${rules[@]:0:i+1}" "${rules[@]:i}" >"$SCRATCH/changed"
	judge "twice ${rules[i]}"
	printf '%s\n' "${rules[@]:0:i}" "${rules[i+1]}" "${rules[i]}" "${rules[@]:i+2}" >"$SCRATCH/changed"
	judge "one below ${rules[i]}"
done
[[ $STATUSES = *5*5*5* ]] || fail "no doubt in any of them: $STATUSES"

subtest "a policy, or what a rule does, of another moment: what went on there was not dropped"
STATUSES=
# What ended a packet in truth nothing in the log contradicts: neither of its two last rules.
for ((i = 0; i < ${#rules[@]}; i++)); do
	line=${rules[i]}
	case $line in
	:*\ ACCEPT\ *) line=${line/ ACCEPT / DROP } ;;
	*MASQUERADE* | *REJECT* | :*) continue ;;
	*\ -[jg]\ *) line="${line% -[jg] *} -j DROP" ;;
	*) continue ;;
	esac
	printf '%s\n' "${rules[@]:0:i}" "$line" "${rules[@]:i+1}" >"$SCRATCH/changed"
	judge "$line"
done
[[ $STATUSES = *5*5*5*5*5*5* ]] || fail "no doubt in any of them: $STATUSES"
sed '/^\*mangle/,/^COMMIT/s/:FORWARD ACCEPT/:FORWARD DROP/' "$HERE/router.save" >"$SCRATCH/changed"
read_with "$SCRATCH/changed" --json
assert_equal "fates" '["FORWARDED","REJECT"]' "$(jq -sc 'map(.fate)' "$OUT")"
assert_grep 'warning: --rules are not those that .*/log is of: line 8 says mangle:FORWARD:policy:1, where they end that packet, and it went on; rules of 1 chain are marked as doubtful' "$ERR"
# A table that went on with it need not be in the rules.
printf '%s\n' '*filter' ':FORWARD DROP [0:0]' '-A FORWARD -s 192.0.2.1/32 -j ACCEPT' COMMIT >"$SCRATCH/changed"
entry() { printf '[ %s] TRACE: %s IN=eth0 OUT=eth1 SRC=10.1.0.2 DST=10.9.0.9 LEN=33 TOS=0x00 PREC=0x00 TTL=64 ID=%s DF PROTO=UDP SPT=1234 DPT=53 LEN=13 \n' "$@"; }
{ entry 1.000001 filter:FORWARD:policy:2 7; entry 1.000002 mangle:POSTROUTING:policy:1 7; } >"$SCRATCH/filtered"
run_nftrace lo --read "$SCRATCH/filtered" --rules "$SCRATCH/changed" -q
assert_no_grep '^DROP' "$OUT"
# Another packet, a line that is there twice, and lines that run backwards prove nothing.
for lines in "1.000001 filter:FORWARD:policy:2 7 1.000002 mangle:POSTROUTING:policy:1 8" \
	"1.000001 filter:FORWARD:policy:2 7 1.000001 filter:FORWARD:policy:2 7" \
	"1.000002 filter:FORWARD:policy:2 7 1.000001 mangle:FORWARD:policy:1 7"; do
	# shellcheck disable=SC2086 # words
	entry $lines >"$SCRATCH/filtered"
	run_nftrace lo --read "$SCRATCH/filtered" --rules "$SCRATCH/changed" -q
	assert_no_grep 'where they end that packet' "$ERR"
	assert_grep '^DROP' "$OUT"
done

subtest "both families in one file, with headers and without, in either order"
cat "$SCRATCH/log" "$HERE/iso6.log" >"$SCRATCH/log.both"
run_nftrace lo --read "$SCRATCH/log.both" --rules "$HERE/router.save" --rules "$HERE/router6.save" --json
assert_status 0
truth "$OUT" >"$SCRATCH/both"
[[ $(jq -r '.events | length' "$SCRATCH/both" | wc -l) -ge 7 ]] || fail "too few packets"
for how in 'router router6' 'router6 router' 'router6 router6 router'; do
	for headers in '^$' '^#'; do
		for f in $how; do cat "$HERE/$f.save"; echo; done |
			grep -v "$headers" >"$SCRATCH/one-file"
		run_nftrace lo --read "$SCRATCH/log.both" --rules "$SCRATCH/one-file" --json
		assert_status 0
		assert_same "the packets of $how without $headers" "$SCRATCH/both" <(truth "$OUT")
	done
done

subtest "of another backend, and lines that say nothing: in which line of which file"
sed '1s/v1.8.9/v1.8.9 (nf_tables)/' "$HERE/router.save" >"$SCRATCH/nft"
run_nftrace lo --read "$SCRATCH/log" --rules "$HERE/router6.save" --rules "$SCRATCH/nft"
assert_grep 'note: --rules: by line 1 of .*/(router6.save|nft) the rules are of iptables-nft; lines of the kernel.s log are of iptables-legacy.s, which iptables-legacy-save prints' "$ERR"
# Rules of one backend alone, and what can only be of the other's.
run_nftrace lo --read "$SCRATCH/log" --rules "$HERE/nft-1.1.3.rules"
assert_grep 'note: --rules: the rules are of nft; lines of the kernel.s log are of iptables-legacy.s, which iptables-legacy-save prints$' "$ERR"
run_nftrace lo --read "$HERE/nft-1.1.3.txt" --rules "$HERE/router.save"
assert_grep 'note: --rules: the rules are of iptables; what nft monitor trace and xtables-monitor print is of nft.s, which nft -a list ruleset prints$' "$ERR"
run_nftrace lo --read "$SCRATCH/log" --rules "$HERE/router.save" --rules "$HERE/nft-1.1.3.rules"
assert_no_grep 'the rules are of' "$ERR"
{ cat "$HERE/router.save"; printf '*filter\n-A NOWHERE -j DROP\n'; } >"$SCRATCH/odd"
run_nftrace lo --read "$SCRATCH/log" --rules "$SCRATCH/untraced" --rules "$SCRATCH/odd"
assert_grep "1[0-9] rules of iptables; [0-9]+ lines? passed over, the first is \".*\" \\(line [0-9]+ of $SCRATCH/odd\\)" "$ERR"

subtest "rules out of mail, terminals and pages; and what is none, by its file and line"
in_page() { sed 's/"/\&quot;/g; s/>/\&gt;/g' "$1"; }
sed 's/^/> /' "$HERE/router.save" >"$SCRATCH/mail.save"
sed $'s/^\\*[a-z]*/\e[1m&\e[0m/; s/DROP/\e[31mDROP\e[m/' "$HERE/router.save" >"$SCRATCH/ansi.save"
sed $'s/ /\xc2\xa0/g; 1s/^/\xef\xbb\xbf/' "$HERE/router.save" >"$SCRATCH/page.save"
in_page "$HERE/router.save" >"$SCRATCH/source.save"
for how in mail ansi page source; do
	read_with "$SCRATCH/$how.save" --json
	assert_status 0
	assert_same "the packets by $how" "$SCRATCH/truth" <(truth "$OUT")
	assert_no_grep 'passed over, the first is|--rules' "$ERR"
done
sed 's/^/> /' "$HERE/nft-1.1.3.rules" >"$SCRATCH/mail.rules"
run_nftrace lo --read "$HERE/nft-1.1.3.txt" --rules "$HERE/nft-1.1.3.rules"
cp "$OUT" "$SCRATCH/blocks"
run_nftrace lo --read "$HERE/nft-1.1.3.txt" --rules "$SCRATCH/mail.rules"
assert_same "nft's out of mail" "$SCRATCH/blocks" "$OUT"
printf 'Status: active\n' >"$SCRATCH/none"
read_with "$SCRATCH/none"
assert_status 1
assert_grep "error: --rules: there is no table in there: .* and line 1 of $SCRATCH/none is \"Status: active\"" "$ERR"
: >"$SCRATCH/none"
read_with "$SCRATCH/none"
assert_grep "error: --rules: there is no table in there: $SCRATCH/none is empty" "$ERR"
printf '{\n  "nftables": [\n' >"$SCRATCH/none"
read_with "$SCRATCH/none"
assert_grep "error: --rules: by its line 2 $SCRATCH/none is what nft -j prints" "$ERR"
