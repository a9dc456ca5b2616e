#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hostile-file: --read of a file that somebody made up: it drives no terminal, forges nothing, and what makes no sense is named.
# TIMEOUT: 180
. "$(dirname "$0")/lib.sh"
. "$TESTS/pcapng.sh"

ns_new lo	# nothing of it is used
FILE=$SCRATCH/hostile.pcapng

# Controls, line breaks with results behind them, C1, no UTF-8, right to left, what ends strings
# and names, what fills them, what a number cannot be.
values=(
	$'\e[2J' $'a\n=> DROP by x\n#9 y' $'\r\t\a' $'\xc2\x9b31m\x9b\xff' $'\xe2\x80\xae'
	'1","uid":"0' $'"\\' 'x  "y"' 'TRACE: raw:PREROUTING:rule:9' '%s%n' 99999999999 -1
	"$(printf '%0300d' 0)"
)
lines=$'TRACE: raw:PREROUTING:policy:1  "-P PREROUTING ACCEPT"\nTRACE: filter:FORWARD:rule:1  "-A FORWARD -j DROP"'
good='nftrace/1 host=h netns=1 family=ipv4 e,ieth0 e,b0 f,DROP,FORWARD,b1'

# forms: each form of report in turn, into $OUT; ARGS before the form
each_form() {
	local form
	for form in "" --fold -q -v --flat --json --markdown "--report $SCRATCH/page" "--graph $SCRATCH/graph" "--pcap $SCRATCH/out.pcapng"; do
		# shellcheck disable=SC2086 # words
		run_nftrace lo --read "$@" $form
		[[ $STATUS = [035] ]] || fail "exit status $STATUS of '$form'"
		assert_harmless "$ERR"
		grep -vq '^nftrace: ' "$ERR" && fail "a line of '$form' on standard error: $(grep -vm1 '^nftrace: ' "$ERR" | cat -v)"
		[[ ! -s $OUT ]] || assert_harmless "$OUT"
		case $form in
		--report*) assert_harmless "$SCRATCH/page" ;;
		"" | -v | *pcap*)
			grep -Evq '^(#[0-9]+ |TRACE: |=> |  )' "$OUT" && fail "a line of another form: $(grep -Evm1 '^(#[0-9]+ |TRACE: |=> |  )' "$OUT")"
			assert_equal "fates of '$form'" "$(grep -c '^#' "$OUT")" "$(grep -c '^=> ' "$OUT")"
			;;
		-q)
			grep -Evq '^[A-Z]+ +#[0-9]+ ' "$OUT" && fail "a line of another form: $(grep -Evm1 '^[A-Z]+ +#[0-9]+ ' "$OUT")"
			;;
		--fold)
			grep -Evq '^(#[0-9]+ [A-Z]+ +|   )' "$OUT" && fail "a line of another form: $(grep -Evm1 '^(#[0-9]+ [A-Z]+ +|   )' "$OUT")"
			;;
		--flat)
			grep -vq '^TRACE: ' "$OUT" && fail "a line of another form: $(grep -vm1 '^TRACE: ' "$OUT")"
			;;
		--json)
			jq -e . "$OUT" >/dev/null || fail "not JSON"
			assert_equal "packets" "$(wc -l <"$OUT")" "$(jq -c . "$OUT" | wc -l)"
			;;
		esac
		if [[ $form = *graph* ]]; then
			tr -d '\t' <"$SCRATCH/graph" >"$SCRATCH/dot"
			assert_harmless "$SCRATCH/dot"
			dot -Tcanon "$SCRATCH/graph" >/dev/null 2>&1 || fail "no graph"
		fi
	done
	# The file that came out holds the same as what came in.
	run_nftrace lo --read "$@"
	cp "$OUT" "$SCRATCH/blocks"
	run_nftrace lo --read "$SCRATCH/out.pcapng"
	assert_same "the file written" "$SCRATCH/blocks" "$OUT"
	assert_no_grep 'makes? no sense' "$ERR"
}

subtest "every field of a record, with every value that is none"
filter=$(hex "TRACE: filter:") inet=$(hex "TRACE: nft inet ") rule1=$(hex ":rule:1")
{
	pcapng_head
	for value in "${values[@]}"; do
		v=$(percent "$value") h=$(hex "$value")
		# Names, as they are taken; then numbers and words.
		pcapng_packet "$lines" "nftrace/1 host=$v netns=1 family=ipv4 in=$v out=$v e,ieth0,o$v,p$v,q$v e f,LOST,FORWARD,o$v,c$v"
		pcapng_packet "$lines" "nftrace/1 host=h netns=1 family=ipv4 e,ieth0 e c,0,routing,out,$v,eth1 f,FORWARDED,FORWARD,o$v"
		pcapng_packet "$lines" "nftrace/1 host=h netns=1 family=ipv4 e,ieth0 e f,QUEUE,FORWARD,b1,c$v"
		pcapng_packet "TRACE: x" "nftrace/1 host=h netns=1 family=ipv4 e,x$filter$h$rule1:$h f,DROP,FORWARD,b0"
		pcapng_packet "TRACE: x" "nftrace/1 host=h netns=1 family=ipv4 e,x$inet${h}3a$h$rule1:$h f,DROP,FORWARD,b0"
		pcapng_packet "TRACE: filter:${value//$'\n'/}:rule:1  \"${value//$'\n'/}\"" "nftrace/1 host=h family=ipv4 e f,DROP,FORWARD,b0"
		for word in netns family flags hw log uid lost omitted big ct; do
			family=family=ipv4
			[[ $word != family ]] || family=
			pcapng_packet "$lines" "nftrace/1 host=h $family $word=$v e e f,DROP,FORWARD,b1"
		done
		for field in m b w k d; do
			pcapng_packet "$lines" "nftrace/1 family=ipv4 e e,$field$v f,DROP,FORWARD,b1"
		done
		pcapng_packet "$lines" "nftrace/1 family=ipv4 e e c,$v,rule,mark,0,1 f,DROP,FORWARD,b1"
		pcapng_packet "$lines" "nftrace/1 family=ipv4 e e c,0,rule,ttl,$v,$v f,DROP,FORWARD,b1"
		pcapng_packet "$lines" "nftrace/1 family=ipv4 e e c,0,rule,src,0a000001:$v,0a000002 f,DROP,FORWARD,b1"
		pcapng_packet "$lines" "nftrace/1 family=ipv4 e e c,0,rule,ttl,1,2,b$v f,DROP,FORWARD,b1"
		for field in d i m x; do
			pcapng_packet "$lines" "nftrace/1 family=ipv4 ct=NEW,$field$v e e f,DROP,FORWARD,b1"
		done
		pcapng_packet "$lines" "nftrace/1 family=ipv4 e e f,DROP,FORWARD,b$v"
	done
} >"$FILE"
each_form "$FILE"
assert_grep '[0-9]+ packets traced' "$ERR"
run_nftrace lo --read "$FILE" --json
assert_schema Packet "$OUT"
assert_equal "network namespaces" '["",1]' "$(jq -cs '[.[] | (.netns // "")] | unique | map(if . == "" then . else tonumber end)' "$OUT")"
run_nftrace lo --read "$FILE" -q
assert_text 'likely: \x1b[2J' "$OUT"

# Each with the packet's number and the reason; packets beside it are read.
refused() { # REASON RECORD [BLOCK]
	local told line
	{ pcapng_head; pcapng_packet "$lines" "$good"; pcapng_packet "${3-$lines}" "$2"; pcapng_packet "$lines" "$good"; } >"$FILE"
	run_nftrace lo --read "$FILE" -q
	assert_status 5
	mapfile -t told <"$OUT"
	assert_equal "packets with '$2'" 2 "${#told[@]}"
	for line in "${told[@]}"; do
		[[ $line =~ ^DROP\ .*\ by\ filter:FORWARD:1 ]] || fail "beside '$2': $line"
	done
	assert_grep "warning: the journey of 1 packet makes no sense; the first is that of packet 2 of $FILE.*: $1\$" "$ERR"
	assert_grep ' 1 line or packet of others passed over' "$ERR"
	run_nftrace lo --read "$FILE" --json
	assert_status 5
	run_nftrace lo --read "$FILE" --graph "$SCRATCH/graph"
	assert_status 5
}

subtest "words out of order, and twice"
refused "it is there twice, or out of its place" "nftrace/1 family=ipv4 e,ieth0 family=ipv6 e f,DROP,FORWARD,b1"
refused "it is there twice, or out of its place" "nftrace/1 family=ipv4 family=ipv6 e e f,DROP,FORWARD,b1"
refused "it is there twice, or out of its place" "nftrace/1 family=ipv4 e f,DROP,FORWARD,b0 e"
refused "it is there twice, or out of its place" "nftrace/1 family=ipv4 e,m1,m2 e f,DROP,FORWARD,b1"
refused "it is there twice, or out of its place" "nftrace/1 family=ipv4 e e c,1,rule,mark,0,1 c,0,rule,mark,1,2 f,DROP,FORWARD"
refused "the family or the fate is missing" "nftrace/1 e,m0,ieth0 family=ipv6 e f,DROP,FORWARD,b1"
refused "the family or the fate is missing" "nftrace/1 family=ipv4 e e"

subtest "what is not there"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 e,ieth0 e,b9 f,DROP,FORWARD,b1"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 e e f,DROP,FORWARD,b2"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 e e c,2,rule,mark,0,1 f,DROP,FORWARD"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 e e c,1,rule,mark,0,1,b2 f,DROP,FORWARD"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 f,DROP,FORWARD" "#1"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 omitted=1 e e f,DROP,FORWARD"
refused "it names an event or a copy that is not there" "nftrace/1 family=ipv4 e e f,QUEUE,FORWARD"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e e e f,DROP,FORWARD"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e f,DROP,FORWARD"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e f,DROP,FORWARD" "TRACE: nft ip6 t:c:rule:1"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e f,DROP,FORWARD" "TRACE: nft ip t:c:rule:-1"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e,h5 f,DROP,FORWARD" "TRACE: nft ip t:c:rule:handle 7"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e,h5,n1 f,DROP,FORWARD" "TRACE: nft ip t:c:rule:7"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e,h5 f,DROP,FORWARD" "TRACE: nft ip t:c:policy"
refused "events and TRACE lines do not belong together" "nftrace/1 family=ipv4 e,h5 f,DROP,FORWARD" "TRACE: filter:INPUT:rule:1"

subtest "numbers that cannot be"
for word in e,w65537 e,k70000 e,n0 e,n4294967296 e,h0 e,hff e,h18446744073709551616 e,b4294967296 c,0,rule,ttl,300,64 c,0,rule,mss,70000,1 c,0,rule,src,0a000001:70000,0a000002 c,0,rule,src,0a,0a000002 c,0,rule,mark,0,1,b0 c,0,rule,mark,0,1,b32 omitted=4294966784 ct=OLD ct= ct=NEW,d2 ct=NEW,i4294967296 ct=NEW,mg big=2; do
	event="e e"
	[[ $word != e,* ]] || event="e"
	[[ $word != *=* ]] || event=""
	refused "its value cannot be" "nftrace/1 family=ipv4 $event $word f,DROP,FORWARD,b1"
done
refused "its value cannot be" "nftrace/1 netns=1%22%2c%22uid%22:%220 family=ipv4 e e f,DROP,FORWARD,b1"

subtest "lines of a log: fields that are missing, there twice, too large"
head='TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= '
udp='SRC=10.1.0.2 DST=10.1.0.1 LEN=48 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=UDP SPT=1 DPT=2 LEN=28'
damaged() { # LINE
	printf '%s%s\n%s\n' "$head" "$udp" "$1" >"$SCRATCH/one.log"
	run_nftrace lo --read "$SCRATCH/one.log" --flat
	assert_status 5
	assert_equal "events beside '$1'" 1 "$(wc -l <"$OUT")"
	assert_grep "warning: 1 TRACE line is cut off or damaged; the first is line 2 of $SCRATCH/one.log" "$ERR"
}
for field in SRC= DST= LEN=48 PROTO= SPT= DPT= LEN=28; do
	# shellcheck disable=SC2001 # a pattern
	damaged "$head$(sed "s/ \?$field[^ ]*//" <<<"$udp")"
done
for field in IN=eth1 OUT=eth1 SRC=10.9.9.9 DST=10.9.9.9 TTL=1 PROTO=TCP SPT=9 MARK=0x1\ MARK=0x2; do
	damaged "$head$udp $field"
done
for field in SPT=70000 DPT=4294967297 TTL=256 TOS=0x100 LEN=70000 ID=65536; do
	damaged "$head$(sed "s/${field%%=*}=[^ ]*/$field/" <<<"$udp")"
done
damaged "$head${udp/DST=10.1.0.1/DST=fd00::1}"

subtest "names in a log and in rules"
{
	for value in "${values[@]}"; do
		one=${value//$'\n'/}
		printf 'Nov 24 21:05:43 %s kernel: TRACE: filter:%s:rule:1 IN=%s OUT=%s %s\n' "${one// /}" "$one" "${one// /}" "${one// /}" "$udp"
	done
} >"$SCRATCH/names.log"
{
	printf '*filter\n:INPUT ACCEPT [0:0]\n:bad\0name - [0:0]\n'
	for value in "${values[@]}"; do
		printf ':%s - [0:0]\n-A %s -m comment --comment "%s" -j %s\n' "${value//[ $'\n']/}" "${value//[ $'\n']/}" "$value" "$value"
	done
	printf 'COMMIT\n'
} >"$SCRATCH/names.save"
each_form "$SCRATCH/names.log"
each_form "$SCRATCH/names.log" --rules "$SCRATCH/names.save"
run_nftrace lo --read "$SCRATCH/names.log" --rules "$SCRATCH/names.save"
assert_grep 'note: --rules: [0-9]+ rules of iptables; [0-9]+ lines passed over, the first is ":bad\\x00name' "$ERR"

subtest "more handles with the same words than there is room for: the first ones are found, and reading ends"
{
	printf 'table ip fw {\n chain in {\n type filter hook input priority 0; policy accept;\n'
	seq -f '  counter accept # handle %.0f' 70000
	printf ' }\n}\n'
} >"$SCRATCH/handles.nft"
{
	printf 'trace id 1 ip fw in packet: iif "eth0" ip saddr 10.0.0.1 ip daddr 10.0.0.2 ip dscp cs0 ip ecn not-ect ip ttl 64 ip id 1 ip length 29 udp sport 1 udp dport 2 udp length 9 @th,64,8 0\n'
	printf 'trace id 1 ip fw in unknown rule handle 7 (verdict accept)\n'
} >"$SCRATCH/handles.txt"
run_nftrace lo --read "$SCRATCH/handles.txt" --rules "$SCRATCH/handles.nft" -v
assert_grep '^TRACE: nft ip fw:in:rule:handle 7  "counter accept"' "$OUT"

subtest "memory"
[[ -z ${SANITIZE-} ]] && command -v valgrind >/dev/null || { skip "no valgrind, or not with sanitizers"; exit; }
{
	pcapng_head
	pcapng_packet "$lines" "nftrace/1 family=ipv4 e,ieth0 e,b9 f,DROP,FORWARD,b1"
	pcapng_packet "$lines" "nftrace/1 e,m0,ieth0 family=ipv6 e f,DROP,FORWARD,b1"
	pcapng_packet "$lines" "$good"
} >"$FILE"
for form in --json "--graph $SCRATCH/graph"; do
	rm -f "$SCRATCH"/vg.*
	# shellcheck disable=SC2086 # words
	valgrind -q --vgdb=no --read-inline-info=no --trace-children=yes --suppressions="$TESTS/valgrind.supp" --log-file="$SCRATCH/vg.%p" \
		"$BUILD/wide/nftrace" --read "$FILE" $form >"$OUT" 2>"$ERR" </dev/null
	assert_equal "exit status" 5 $?
	if grep -hv '^--' "$SCRATCH"/vg.* >"$SCRATCH/found"; then
		fail "valgrind has findings"
		show valgrind "$SCRATCH/found" 40
	fi
done
