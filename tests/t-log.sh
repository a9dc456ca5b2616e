#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-log: --read of the kernel's TRACE lines as dmesg, journalctl and rsyslog have them, with --rules.
#
# UPDATE=1 tests/run log writes the expected files anew: read the difference.
. "$(dirname "$0")/lib.sh"
. "$TESTS/each.sh"

ns_new lo	# nothing of it is used: there are no rules and no packets
HERE=$TESTS/read
RULES=(--rules "$HERE/router.save" --rules "$HERE/router6.save")

# events FILE: what the kernel says in the whole lines of a log, without our help
events() {
	grep -aoE 'TRACE: [a-z]+:[^ ]+:(rule|return|policy):[0-9]+ +IN=.* (URGP|LEN|CODE|SEQ)=[0-9].*' "$1" |
		sed -E 's/^(TRACE: [^ ]+) .*/\1/'
}

# read_all ARGS...: --read with these, run with the next run_each
read_all() { to_run "$NFTRACE" --read "$@"; }
# fates [FILE]: in fates, the first words of its lines, sorted
fates() {
	local lines line i
	mapfile -t lines <"${1-$OUT}"
	fates=()
	for line in "${lines[@]}"; do
		line=${line%% *}
		for ((i = ${#fates[@]}; i > 0; i--)); do
			[[ ${fates[i - 1]} > $line ]] || break
			fates[i]=${fates[i - 1]}
		done
		fates[i]=$line
	done
	fates=${fates[*]}
}

for log in dmesg journalctl rsyslog iso6; do
	subtest "$log.log with its rules"
	run_nftrace lo --read "$HERE/$log.log" "${RULES[@]}" -v
	assert_status 0
	assert_expected "the blocks" "$TESTS/expected/read-$log.txt" "$OUT"
	# Each line is an event once, with a text that is in the rules as it stands.
	assert_same "events" <(events "$HERE/$log.log" | sort) \
		<(sed -n 's/^\(TRACE: [^ ]*\).*/\1/p' "$OUT" | sort)
	sed -n 's/^TRACE: .*  "\(-A .*\)"$/\1/p' "$OUT" | sort -u >"$SCRATCH/texts"
	sed -E 's/^\[[0-9:]+\] //' "$HERE"/router*.save | grep '^-A' | sort -u >"$SCRATCH/rules"
	assert_equal "texts that are no rule" "" "$(comm -23 "$SCRATCH/texts" "$SCRATCH/rules")"
done

subtest "the same packets in every form"
for log in dmesg journalctl rsyslog; do
	read_all "$HERE/$log.log" "${RULES[@]}" --json
	read_all "$HERE/$log.log" "${RULES[@]}"
	read_all "$HERE/$log.log" "${RULES[@]}" --flat
done
run_each lo
i=-1
for log in dmesg journalctl rsyslog; do
	ran $((++i))
	jq -r '.fate' "$OUT" >"$SCRATCH/json"
	ran $((++i))
	sed -nE 's/^=> ([A-Z]+).*/\1/p' "$OUT" >"$SCRATCH/blocks"
	assert_same "fates of $log" "$SCRATCH/json" "$SCRATCH/blocks"
	ran $((++i))
	assert_same "flat events of $log" <(events "$HERE/$log.log") <(sed -E 's/^(TRACE: [^ ]+).*/\1/' "$OUT")
done

subtest "from a pipe, and as pcapng and back"
run_nftrace lo --read - "${RULES[@]}" </dev/null
assert_status 3
cat "$HERE/dmesg.log" | in_ns lo "$NFTRACE" --read - "${RULES[@]}" --pcap "$SCRATCH/dmesg.pcapng" >"$SCRATCH/blocks" 2>"$ERR"
run_nftrace lo --read "$SCRATCH/dmesg.pcapng"
assert_same "the blocks" "$SCRATCH/blocks" "$OUT"
run_nftrace lo --read "$SCRATCH/dmesg.pcapng" --json
run_nftrace lo --read "$SCRATCH/dmesg.pcapng" --json
cp "$OUT" "$SCRATCH/again"
run_nftrace lo --read "$HERE/dmesg.log" "${RULES[@]}" --json
assert_same "the JSON" "$OUT" "$SCRATCH/again"

subtest "without rules: no texts, no fates, the same journeys"
run_nftrace lo --read "$HERE/dmesg.log" -q
assert_status 0
assert_equal "packets" 2 "$(wc -l <"$OUT")"
assert_equal "unknown" 'to 10.2.0.2.6443 (dst by conntrack) after POSTROUTING: the rules are not known (--rules FILE)
after FORWARD: the rules are not known (--rules FILE)' "$(sed -n 's/^UNKNOWN .* => //p' "$OUT")"

subtest "garbage, half lines and other messages: passed over and counted, nothing made up"
run_nftrace lo --read "$HERE/garbage.log" "${RULES[@]}"
assert_status 5
assert_grep '3 packets traced: 2 DELIVERED, 1 INCOMPLETE' "$ERR"
assert_grep '9 lines or packets of others passed over' "$ERR"
assert_grep '1 trace event of rules that are not in the rules given' "$ERR"
assert_equal "fates" "DELIVERED DELIVERED INCOMPLETE" "$(sed -nE 's/^=> ([A-Z]+).*/\1/p' "$OUT" | sort | paste -sd ' ')"

subtest "what --only leaves out may be what was asked for, where events are missing"
run_nftrace lo --read "$HERE/garbage.log" "${RULES[@]}" --only delivered
assert_status 5
assert_grep '3 packets traced, 2 of them printed: 2 DELIVERED$' "$ERR"
assert_grep 'warning: of 1 packet that --only leaves out events are missing: what became of it is not known' "$ERR"

subtest "times and hosts in all the ways that logs write them"
# What stands in front of the kernel's words, then time, source and host.
line='TRACE: raw:PREROUTING:policy:2 IN=eth0 OUT= SRC=10.1.0.2 DST=10.1.0.1 LEN=84 TOS=0x00 PREC=0x00 TTL=64 ID=1 PROTO=ICMP TYPE=8 CODE=0 ID=90 SEQ=1 '
heads=() wanted=()
while IFS='|' read -r head want; do
	heads+=("$head") wanted+=("$want")
	printf '%s%s\n' "$head" "$line" >"$SCRATCH/one.${#heads[@]}.log"
	read_all "$SCRATCH/one.${#heads[@]}.log" --json
done <<'X'
[ 1550.298087] |1550.298087 boot 
[Tue Nov 24 21:05:43 2026] |2026-11-24T21:05:43.000000Z log 
kern  :warn  : [ 1550.298087] |1550.298087 boot 
kern  :warn  : [Tue Nov 24 21:05:43 2026] |2026-11-24T21:05:43.000000Z log 
2026-11-24T21:05:43,298087+00:00 |2026-11-24T21:05:43.298087Z log 
2026-11-24T21:05:43.298087+0100 router kernel: |2026-11-24T20:05:43.298087Z log router
2026-11-24 21:05:43 router kernel: |2026-11-24T21:05:43.000000Z log router
Tue 2026-11-24 21:05:43 UTC router kernel: |2026-11-24T21:05:43.000000Z log router
1795554343.298087 router kernel: |2026-11-24T21:05:43.298087Z log router
[ 1550.298087] router kernel: |1550.298087 boot router
<4>[ 1550.298087] |1550.298087 boot 
<4>1 2026-11-24T21:05:43.298087Z router kernel - - - |2026-11-24T21:05:43.298087Z log router
nothing that is a time: |0.000000 boot 
[ 1550.298087][  T123] |1550.298087 boot 
[ 1550.298087] [    C1] |1550.298087 boot 
<4>[ 1550.298087]  [0:swapper/0: 0] |1550.298087 boot 
[ 1550.298087 <    0.000011>] |1550.298087 boot 
4,1234,1550298087,-;|1550.298087 boot 
2026-11-24T21:05:43.298087123Z stderr F [ 1550.298087] |2026-11-24T21:05:43.298087Z log 
<4>1 2026-11-24T21:05:43.298087Z router kernel - - [timeQuality tzKnown="1"] |2026-11-24T21:05:43.298087Z log router
1 2026-11-24T21:05:43.298087Z router kernel - - - |2026-11-24T21:05:43.298087Z log router
Tue Nov 24 21:05:43 2026 kern.warn kernel: [ 1550.298087] |2026-11-24T21:05:43.000000Z log 
Tue Nov 24 21:05:43 2026 kern.warn router kernel: |2026-11-24T21:05:43.000000Z log router
[pod/tracer-x9k/trace] [ 1550.298087] |1550.298087 boot tracer-x9k
[pod/tracer-x9k/trace] 2026-11-24T21:05:43.298087Z router kernel: |2026-11-24T21:05:43.298087Z log router
X
run_each lo
told=()
for i in "${!heads[@]}"; do
	ran "$i"
	told+=("$OUT")
done
jq -r '"\(input_filename)|\(.time) \(.time_source) \(.host)"' "${told[@]}" >"$SCRATCH/times"
declare -A time_of=()
while IFS='|' read -r file told; do time_of[$file]+=$told; done <"$SCRATCH/times"
for i in "${!heads[@]}"; do
	ran "$i"
	assert_equal "of '${heads[i]}'" "${wanted[i]}" "${time_of[$OUT]-}"
done
# Without a year: the last such day.
printf 'Nov 24 21:05:43.298087 router kernel: %s\n<4>Nov 24 21:05:43 router kernel: [ 1550.298087] %s\n' "$line" "$line" >"$SCRATCH/two.log"
run_nftrace lo --read "$SCRATCH/two.log" --json
assert_equal "without a year" "11-24T21:05:43 log router" \
	"$(jq -r '"\(.time[5:19]) \(.time_source) \(.host)"' "$OUT" | sort -u)"

subtest "packets that are shorter than their headers, and IPsec"
mac=MAC=02:42:0a:01:00:01:02:42:0a:01:00:02
v4="SRC=10.1.0.2 DST=10.2.0.2 LEN=28 TOS=0x00 PREC=0x00 TTL=64"
v6="SRC=fd00:0001:0000:0000:0000:0000:0000:0002 DST=fd00:0002:0000:0000:0000:0000:0000:0002 LEN=80 TC=0 HOPLIMIT=64 FLOWLBL=0"
printf '%s\n' '*raw' ':PREROUTING ACCEPT [0:0]' '-A PREROUTING -j TRACE' COMMIT \
	'*filter' ':FORWARD DROP [0:0]' COMMIT >"$SCRATCH/two.save"
for hook in raw:PREROUTING:policy:2 filter:FORWARD:policy:1; do
	printf 'TRACE: %s IN=eth0 OUT=%s %s\n' \
		$hook "" "$mac:08:00 $v4 ID=1 PROTO=TCP INCOMPLETE [8 bytes] " \
		$hook "" "$mac:08:00 $v4 ID=2 PROTO=ICMP TYPE=3 CODE=3 INCOMPLETE [8 bytes] MARK=0x1 " \
		$hook "" "$mac:08:00 $v4 ID=3 PROTO=ESP SPI=0xc0ffee " \
		$hook "" "$mac:08:00 $v4 ID=4 PROTO=AH SPI=0x1 "
done | sed '/FORWARD/s/OUT= /OUT=eth1 /' >"$SCRATCH/short.log"
for hook in raw:PREROUTING:policy:2 filter:FORWARD:policy:2; do
	printf 'TRACE: %s IN=eth0 OUT=%s %s\n' \
		$hook "" "$mac:86:dd $v6 OPT ( ESP SPI=0xc0ffee )" \
		$hook "" "$mac:86:dd $v6 OPT ( AH SPI=0x1 ) PROTO=UDP SPT=1 DPT=2 LEN=20 " \
		$hook "" "$mac:86:dd $v6 PROTO=TCP INCOMPLETE [8 bytes] "
done | sed '/FORWARD/s/OUT= /OUT=eth1 /' >>"$SCRATCH/short.log"
run_nftrace lo --read "$SCRATCH/short.log" --rules "$SCRATCH/two.save" --rules "$HERE/router6.save"
assert_status 0
assert_equal "packets of two events" 7 "$(grep -A3 '^TRACE: raw' "$OUT" | grep -c '^=> DROP by filter:FORWARD')"
assert_no_grep 'INCOMPLETE' "$OUT"
assert_grep '^#.* fd00:1::2 > fd00:2::2: ESP' "$OUT"

subtest "rules in other forms: iptables -S, counters, CRLF, no header, parts"
{
	printf -- '-P INPUT DROP\r\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n-N policy:web\n-N last\n'
	sed -n '/^\*filter/,/^COMMIT/p' "$HERE/router.save" | grep '^-A' | sed 's/^/[1:2] /'
} >"$SCRATCH/S"
sed '/^\*filter/,/^COMMIT/d; /^#/d' "$HERE/router.save" >"$SCRATCH/others"
run_nftrace lo --read "$HERE/dmesg.log" "${RULES[@]}"
cp "$OUT" "$SCRATCH/blocks"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/others" --rules "$SCRATCH/S"
assert_status 0
assert_same "the blocks" "$SCRATCH/blocks" "$OUT"
# As the program itself lists its tables, which it does not name.
in_ns lo iptables-legacy-restore "$HERE/router.save" || fail "iptables-legacy-restore"
for table in raw mangle nat filter; do in_ns lo iptables-legacy -t $table -S; done >"$SCRATCH/S"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/S"
assert_status 0
assert_same "the blocks, by iptables -S of each table" "$SCRATCH/blocks" "$OUT"
# With counters in each rule.
for table in raw mangle nat filter; do in_ns lo iptables-legacy -t $table -S -v; done >"$SCRATCH/S"
assert_grep '^-A marks -c 0 0 -j RETURN' "$SCRATCH/S"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/S"
assert_status 0
assert_same "the blocks, by iptables -S -v" "$SCRATCH/blocks" "$OUT"
for table in raw mangle nat filter; do in_ns lo iptables-legacy -t $table -S >"$SCRATCH/S-$table"; done
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/S-filter" --rules "$SCRATCH/S-nat" \
	--rules "$SCRATCH/S-mangle" --rules "$SCRATCH/S-raw"
assert_same "the blocks, by a file each" "$SCRATCH/blocks" "$OUT"
# An empty table is nothing but its policies.
in_ns lo iptables-legacy -t raw -F
for table in raw mangle nat filter; do in_ns lo iptables-legacy -t $table -S; done >"$SCRATCH/S"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/S"
cp "$OUT" "$SCRATCH/listed"
in_ns lo iptables-legacy-save >"$SCRATCH/saved"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/saved"
assert_same "the blocks, where raw is empty" "$OUT" "$SCRATCH/listed"
grep -v '^#' "$HERE/router6.save" >"$SCRATCH/bare6"
sed -i 's/^\(\[7:504\] \)-A PREROUTING/&/; /^:FORWARD/a -A FORWARD -s fd00::/8 -m comment --comment more -j ACCEPT' "$SCRATCH/bare6"
run_nftrace lo --read "$HERE/iso6.log" --rules "$SCRATCH/bare6" -q
assert_grep '^DELIVERED .*fd00:1::2 > fd00:1::1: ICMP6, echo request' "$OUT"

subtest "rulesets of real machines: every rule of every file"
mkdir "$SCRATCH"/{wanted,got}
# A trace event for each rule, from the rules themselves: all are found with their texts.
# Its addresses are hidden: one packet cannot meet them all.
awk -v scratch="$SCRATCH" '
	FNR == 1 {
		close(log_file); close(texts)
		name = FILENAME; sub(/.*\//, "", name)
		v6 = name ~ /^ip6-/
		log_file = scratch "/" name ".log"; texts = scratch "/wanted/" name
		printf "" > log_file; printf "" > texts
		delete n; delete hook
	}
	/^\*/ { table = substr($0, 2); delete n }
	/^:/ { chain = substr($1, 2); if ($2 != "-") hook[table, chain] = 1 }
	/^(\[[0-9:]+\] )?-A / {
		sub(/^\[[0-9:]+\] /, ""); chain = $2; n[chain]++
		kind = "rule"
		if (NF == 4 && $3 == "-j" && $4 ~ /^(ACCEPT|DROP|RETURN|QUEUE)$/)
			kind = (table, chain) in hook ? "policy" : "return"
		packet = v6 ? "SRC=x DST=x LEN=60 TC=0 HOPLIMIT=64 FLOWLBL=0" : "SRC=x DST=x LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=1"
		printf "TRACE: %s:%s:%s:%d IN=eth0 OUT=eth1 %s PROTO=UDP SPT=1 DPT=2 LEN=20 \n", table, chain, kind, n[chain], packet > log_file
		print > texts
	}' "$TESTS"/rulesets/*.save
# No rule was passed over in that.
assert_same "rules" <(grep -cE '^(\[[0-9:]+\] )?-A ' "$TESTS"/rulesets/*.save | sed 's/.*\///') \
	<(grep -c '' "$SCRATCH"/wanted/* | sed 's/.*\///')
for file in "$TESTS"/rulesets/*.save; do
	read_all "$SCRATCH/${file##*/}.log" --rules "$file" --flat
done
run_each lo
i=-1
for file in "$TESTS"/rulesets/*.save; do
	ran $((++i))
	mv "$OUT" "$SCRATCH/${file##*/}.flat"
done
awk -v got="$SCRATCH/got/" '
	FNR == 1 { close(file); file = FILENAME; sub(/.*\//, got, file); sub(/\.flat$/, "", file); printf "" > file }
	/^TRACE: [^"]*  ".*"$/ { sub(/^TRACE: [^"]*  "/, ""); sub(/"$/, ""); print > file }' "$SCRATCH"/*.flat
assert_equal "texts of every file" "" "$(diff -ru "$SCRATCH"/wanted "$SCRATCH"/got | head -n 40)"

# What follows is made of dmesg.log: two packets, FORWARDED and REJECT.
grep TRACE "$HERE/dmesg.log" >"$SCRATCH/plain"
run_nftrace lo --read "$SCRATCH/plain" "${RULES[@]}" -q
cp "$OUT" "$SCRATCH/whole"

# looks WHAT FILE NOTE: it is read as if nothing were wrong with it, and said to be so; seen by looked
looking=()
looks() {
	read_all "$2" "${RULES[@]}" -q
	looking+=("$1" "$3")
}
looked() {
	local i
	run_each lo
	for ((i = 0; i < ${#looking[@]}; i += 2)); do
		ran $((i / 2))
		assert_status 0
		assert_same "packets of a log that is ${looking[i]}" "$SCRATCH/whole" "$OUT"
		[[ -z ${looking[i + 1]} ]] || assert_grep "${looking[i + 1]}" "$ERR"
	done
	looking=()
}

subtest "terminal colours, quoting, wrapping, joining, doubling"
sed -E $'s/^(\\[[^]]*\\] )/\e[32m\\1\e[0m\e[33m/; s/TRACE/\e[01;31m\e[KTRACE\e[m\e[K/; s/$/\e[0m/' "$SCRATCH/plain" >"$SCRATCH/ansi"
looks "coloured" "$SCRATCH/ansi" ""
sed 's/^/> > /; s/$/\r/' "$SCRATCH/plain" >"$SCRATCH/mail"
looks "quoted" "$SCRATCH/mail" ""
sed 's/^/kern.log:12:/' "$SCRATCH/plain" >"$SCRATCH/grepped"
looks "out of grep" "$SCRATCH/grepped" ""
fold -w 80 "$SCRATCH/plain" >"$SCRATCH/folded"
looks "folded" "$SCRATCH/folded" 'note: 23 entries were put together from several lines'
fold -s -w 72 "$SCRATCH/plain" | sed 's/ *$//; s/^/> /' >"$SCRATCH/folded-mail"
looks "folded by mail" "$SCRATCH/folded-mail" 'entries were put together from several lines'
tr '\n' ' ' <"$SCRATCH/plain" >"$SCRATCH/joined"
looks "joined" "$SCRATCH/joined" 'note: 22 entries stood on the line of another'
sed p "$SCRATCH/plain" >"$SCRATCH/doubled"
looks "doubled" "$SCRATCH/doubled" 'note: 23 lines were there twice, and counted once'
looked

subtest "a log that is there in two files"
cat "$SCRATCH/plain" "$SCRATCH/plain" >"$SCRATCH/two-files"
looks "one behind the other" "$SCRATCH/two-files" 'note: 23 lines were there twice, and counted once'
{ sed 's/ *$//; s/^/kern.log:/' "$SCRATCH/plain" && sed 's/^/syslog:/' "$SCRATCH/plain"; } >"$SCRATCH/two-grepped"
looks "out of grep" "$SCRATCH/two-grepped" 'note: 23 lines were there twice, and counted once'
{ head -n 14 "$SCRATCH/plain" && tail -n +9 "$SCRATCH/plain"; } >"$SCRATCH/two-ends"
looks "the end of one is the beginning of the other" "$SCRATCH/two-ends" 'note: 6 lines were there twice, and counted once'
looked
# Whole seconds alone: lines that go back are those that were there.
cat "$HERE/journalctl.log" "$HERE/journalctl.log" >"$SCRATCH/two-files"
for file in "$HERE/journalctl.log" "$SCRATCH/two-files"; do
	run_nftrace lo --read "$file" --rules "$HERE/router.save" -q
	cp "$OUT" "$SCRATCH/told-$(basename "$file")"
done
assert_same "of whole seconds" "$SCRATCH/told-journalctl.log" "$SCRATCH/told-two-files"
assert_grep 'note: 27 lines were there twice, and counted once$' "$ERR"
# The packet that came before is another one.
sed 's/ID=4711 /ID=4712 /' "$SCRATCH/plain" >"$SCRATCH/other"
cat "$SCRATCH/plain" "$SCRATCH/other" >"$SCRATCH/two-files"
run_nftrace lo --read "$SCRATCH/two-files" --rules "$HERE/router.save" -q
assert_equal "packets" 3 "$(wc -l <"$OUT")"
assert_grep 'note: 11 lines were there twice, and counted once$' "$ERR"

subtest "out of pages and editors: other blanks, nothing in between"
sed $'s/ /\xc2\xa0/g; s/SRC/\xe2\x80\x8bSRC/; s/DPT/\xe2\x81\xa0DPT/; 1s/^/\xef\xbb\xbf/' "$SCRATCH/plain" >"$SCRATCH/paged"
looks "out of a page" "$SCRATCH/paged" ""
looked
iconv -f UTF-8 -t UTF-16 "$SCRATCH/plain" >"$SCRATCH/utf16"
run_nftrace lo --read "$SCRATCH/utf16" "${RULES[@]}"
assert_status 3
assert_grep 'nothing was found: .*/utf16 is UTF-16: try iconv -f UTF-16 -t UTF-8 .*/utf16 \| nftrace --read -' "$ERR"
iconv -f UTF-16 -t UTF-8 "$SCRATCH/utf16" >"$SCRATCH/utf8"
looks "out of iconv" "$SCRATCH/utf8" ""
looked
iconv -f UTF-8 -t UTF-16 "$HERE/router.save" >"$SCRATCH/utf16.save"
run_nftrace lo --read "$SCRATCH/plain" --rules "$SCRATCH/utf16.save"
assert_status 1
assert_grep 'error: --rules: .*/utf16.save is UTF-16: ' "$ERR"

subtest "as objects of JSON"
# json FORM: the log as journald's, or as docker's file has it; what is in the way, too
json() {
	python3 - "$1" "$SCRATCH/plain" <<-'END'
		import json, re, sys
		for line in open(sys.argv[2]):
		    time, text = re.match(r"\[ *([0-9.]+)\] (.*)", line.rstrip("\n")).groups()
		    us = time.replace(".", "")
		    if sys.argv[1] == "docker":
		        print(json.dumps({"log": line, "stream": "stderr", "time": "2026-11-24T21:05:43.2Z"}))
		        continue
		    print(json.dumps({"__CURSOR": "s=1;i=2", "_SOURCE_MONOTONIC_TIMESTAMP": us, "_HOSTNAME": "router",
		        "_CAP": ["a", {"b": "}\\\""}], "PRIORITY": 4, "MESSAGE": text, "__REALTIME_TIMESTAMP": "1795554343298087"}))
	END
}
json docker >"$SCRATCH/objects"
run_nftrace lo --read "$SCRATCH/objects" "${RULES[@]}" -q
assert_same "docker's" <(sed 's/  1550[^ ]*//; s/  155[^ ]*//' "$SCRATCH/whole") <(sed 's/  21:05[^ ]*//' "$OUT")
json journald >"$SCRATCH/objects"
run_nftrace lo --read "$SCRATCH/objects" "${RULES[@]}" --json
assert_status 0
assert_equal "host and time of journald's" "2026-11-24T21:05:43.298087Z router" "$(jq -r '"\(.time) \(.host)"' "$OUT" | sort -u)"
assert_equal "fates of journald's" "$(cut -d ' ' -f 1 "$SCRATCH/whole" | sort)" "$(jq -r .fate "$OUT" | sort)"
# Half of one, and one of somebody else.
{
	head -n 3 "$SCRATCH/objects" | cut -c 1-300
	echo '{"MESSAGE":"TRACE: \u0022\\","x":{}}'
	cat "$SCRATCH/objects"
} >"$SCRATCH/more"
run_nftrace lo --read "$SCRATCH/more" "${RULES[@]}" --json
assert_equal "fates behind others" "$(cut -d ' ' -f 1 "$SCRATCH/whole" | sort)" "$(jq -r .fate "$OUT" | sort)"

subtest "as objects over several lines, of which one has the time"
# json_lines FORM: what dmesg --json, journalctl -o json-pretty, -o export and -o verbose, and jq print
json_lines() {
	python3 - "$1" "$SCRATCH/plain" <<-'END'
		import json, re, sys
		form, file = sys.argv[1:]
		lines = [re.match(r"\[ *([0-9.]+)\] (.*)", line.rstrip("\n")).groups() for line in open(file)]
		def fields(time, text):
		    return {"__CURSOR": "s=1;i=2", "MESSAGE": text, "_HOSTNAME": "router", "_CAP": ["1", 2],
		            "__REALTIME_TIMESTAMP": "179555434" + time.replace(".", "")[3:], "PRIORITY": "4"}
		if form == "dmesg":
		    print('{\n   "dmesg": [\n      {')
		    print("\n      },{\n".join('         "pri": 4,\n         "time": %12s,\n         "msg": %s' % (time, json.dumps(text))
		                               for time, text in lines))
		    print("      }\n   ]\n}")
		elif form == "jq":
		    print(json.dumps({"dmesg": [{"msg": text, "pri": 4, "time": float(time)} for time, text in lines]}, indent=2))
		elif form == "jq-c":
		    print(*(json.dumps({"msg": text, "time": float(time)}) for time, text in lines), sep="\n")
		elif form == "pretty":
		    print(*(json.dumps(fields(*line), indent="\t", separators=(",", " : ")) for line in lines), sep="\n")
		elif form == "export":
		    print(*("".join("%s=%s\n" % pair for pair in fields(*line).items()) for line in lines), sep="\n")
		elif form == "verbose":
		    for time, text in lines:
		        print("Tue 2026-11-24 21:05:43.%s UTC [s=1;i=2;b=3]" % time.split(".")[1])
		        print(*("    %s=%s" % pair for pair in fields(time, text).items()), sep="\n")
	END
}
shown_times() { jq -r '"\(.time) \(.time_source) \(.host) \(.fate)"' "$1"; }
run_nftrace lo --read "$SCRATCH/plain" "${RULES[@]}" --json
shown_times "$OUT" >"$SCRATCH/times"
for form in dmesg jq jq-c; do
	json_lines $form >"$SCRATCH/objects.$form"
	read_all "$SCRATCH/objects.$form" "${RULES[@]}" --json
	json_lines $form | sed 's/^/> /' >"$SCRATCH/quoted.$form"
	read_all "$SCRATCH/quoted.$form" "${RULES[@]}" --json
done
for form in pretty export verbose; do
	json_lines $form >"$SCRATCH/objects.$form"
	read_all "$SCRATCH/objects.$form" "${RULES[@]}" --json
done
# What begins like one and is none hides no line, nor does one that is cut off.
{ echo '{'; echo '"of": 1,'; cat "$SCRATCH/plain"; } >"$SCRATCH/objects"
read_all "$SCRATCH/objects" "${RULES[@]}" --json
{ head -n -3 "$SCRATCH/objects.dmesg"; } >"$SCRATCH/objects.cut"
read_all "$SCRATCH/objects.cut" "${RULES[@]}" --json
run_each lo
for ((i = 0; i < 6; i++)); do
	ran $i
	shown_times "$OUT" >"$SCRATCH/told"
	assert_same "times of dmesg's, $i" "$SCRATCH/times" "$SCRATCH/told"
done
for ((; i < 9; i++)); do
	ran $i
	assert_equal "of journald's, $i" "2026-11-24T21:05:40.298087Z log router FORWARDED" "$(shown_times "$OUT" | grep FORWARDED)"
	assert_equal "packets of journald's, $i" 2 "$(wc -l <"$OUT")"
done
for ((; i < 11; i++)); do
	ran $i
	shown_times "$OUT" >"$SCRATCH/told"
	assert_same "beside what is none, $i" "$SCRATCH/times" "$SCRATCH/told"
done

subtest "two hosts' lines among each other: each packet is of one of them"
# On r1 the first packet is seen to its end, on r2 not; their clocks have nothing to do with each other.
{
	sed -E 's/^/2026-11-24T21:05:43.0Z r1 kernel: /' "$SCRATCH/plain"
	head -n 7 "$SCRATCH/plain" | sed -E 's/\[ 1550/[77550/; s/^/2026-11-24T21:05:43.0Z r2 kernel: /'
} | awk '{ print (/ r2 / ? 2 * ++two : 2 * ++one - 1), $0 }' | sort -n | cut -d ' ' -f 2- >"$SCRATCH/hosts"
run_nftrace lo --read "$SCRATCH/hosts" "${RULES[@]}" --json
assert_status 5
assert_equal "fates" "r1 FORWARDED;r1 REJECT;r2 INCOMPLETE" "$(jq -r '"\(.host) \(.fate)"' "$OUT" | sort | paste -sd ';')"
assert_no_grep 'older than the one before' "$ERR"
# What one has begun the other does not go on with.
{
	head -n 6 "$SCRATCH/plain" | sed -E 's/^/2026-11-24T21:05:43.0Z r1 kernel: /'
	sed -n '7,12p' "$SCRATCH/plain" | sed -E 's/^/2026-11-24T21:05:43.0Z r2 kernel: /'
} >"$SCRATCH/hosts"
run_nftrace lo --read "$SCRATCH/hosts" "${RULES[@]}" --json
assert_equal "fates of halves" "r1 INCOMPLETE;r2 INCOMPLETE" "$(jq -r '"\(.host) \(.fate)"' "$OUT" | sort | paste -sd ';')"
run_nftrace lo --read "$SCRATCH/hosts" "${RULES[@]}" --flat --json
assert_equal "hosts of events" "6 r1;6 r2" "$(jq -r .host "$OUT" | uniq -c | sed 's/^ *//' | paste -sd ';')"

subtest "packets alike: of two namespaces of one host, and questions of neighbours"
cat >"$SCRATCH/alike.save" <<'X'
*raw
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A PREROUTING -j TRACE
-A OUTPUT -j TRACE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -p udp -m udp --dport 53 -j DROP
COMMIT
X
# Each takes one from the TTL: what the second dropped is not the first one's, which lacks a line.
entry() { printf '[ %s] TRACE: %s IN=%s OUT=%s SRC=10.1.0.2 DST=10.9.0.9 LEN=33 TOS=0x00 PREC=0x00 TTL=%s ID=777 DF PROTO=UDP SPT=1234 DPT=53 LEN=13 \n' "$@"; }
{ entry 1.000001 raw:PREROUTING:policy:2 eth0 "" 64 && entry 1.000003 filter:FORWARD:policy:2 eth0 eth1 63; } >"$SCRATCH/first"
{ entry 1.000005 raw:PREROUTING:policy:2 eth0 "" 63 && entry 1.000007 filter:FORWARD:rule:1 eth0 eth1 62; } >"$SCRATCH/second"
told() { run_nftrace lo --read "$SCRATCH/alike" --rules "$SCRATCH/alike.save" --json; jq -r '"\(.time) \(.fate)"' "$OUT" | paste -sd ' '; }
cat "$SCRATCH/first" "$SCRATCH/second" >"$SCRATCH/alike"
assert_equal "whole" "1.000001 FORWARDED 1.000005 DROP" "$(told)"
{ head -n 1 "$SCRATCH/first" && cat "$SCRATCH/second"; } >"$SCRATCH/alike"
assert_equal "without a line of the first" "1.000001 INCOMPLETE 1.000005 DROP" "$(told)"
# Of ICMPv6 a line tells neither whom it asks for nor any number; what another asked came in by
# the device where this host's question went out.
sed -i '1i # Generated by ip6tables-save v1.8.9 on Mon Nov 30 08:00:00 2026' "$SCRATCH/alike.save"
entry() { printf '[ %s] TRACE: %s IN=%s OUT=%s SRC=%s DST=%s LEN=72 TC=0 HOPLIMIT=255 FLOWLBL=0 PROTO=ICMPv6 TYPE=135 CODE=0 \n' "$@"; }
{
	for place in raw:OUTPUT:policy:2 filter:OUTPUT:policy:1; do
		entry 1.000001 $place "" eth1 fd00:0002:0000:0000:0000:0000:0000:0001 ff02:0000:0000:0000:0000:0001:ff00:0002
	done
	for place in raw:PREROUTING:policy:2 filter:INPUT:policy:1; do
		entry 1.000009 $place eth1 "" fe80:0000:0000:0000:0000:0000:0000:0002 fd00:0002:0000:0000:0000:0000:0000:0001
	done
} >"$SCRATCH/alike"
assert_equal "two questions" "1.000001 SENT 1.000009 DELIVERED" "$(told)"

subtest "masked addresses: grouped by what is left"
of_fate() { sed -E 's/ [^ ]+ [^ ]+ > [^ ]+: / /; s/ (as|to) [0-9.]+//; s/  -.*//' "$1"; }
sed -E 's/(SRC|DST)=[0-9.]+/\1=x.x.x.x/g' "$SCRATCH/plain" >"$SCRATCH/masked"
run_nftrace lo --read "$SCRATCH/masked" "${RULES[@]}" -q
assert_status 0
assert_same "fates" <(of_fate "$SCRATCH/whole") <(of_fate "$OUT")
assert_grep 'note: 23 lines have masked addresses: what is hidden of them is shown as 0' "$ERR"
sed -E 's/(SRC|DST)=10\.([0-9]+)\.[0-9.]+/\1=10.\2.XX.*/g' "$SCRATCH/plain" >"$SCRATCH/masked"
run_nftrace lo --read "$SCRATCH/masked" "${RULES[@]}" -q
assert_status 0
assert_grep '^FORWARDED .* 10\.1\.0\.0\.40001 > 10\.96\.0\.0\.443: ' "$OUT"
run_nftrace lo --read "$HERE/iso6.log" "${RULES[@]}" -q
of_fate6() { sed -E 's/ [^ ]+ > [^ ]+: / /; s/\([^ ]+ > [^ ]+:/(/; s/  -.*//' "$1"; }
of_fate6 "$OUT" >"$SCRATCH/whole6"
for mask in HIDDEN x.x.x.x 10.x.x.x; do
	sed -E "s/(SRC|DST)=[0-9a-f:]+/\1=$mask/g" "$HERE/iso6.log" >"$SCRATCH/masked6.$mask"
	read_all "$SCRATCH/masked6.$mask" "${RULES[@]}" -q
	sed -E "2s/(SRC|DST)=[0-9a-f:]+/\1=$mask/g" "$HERE/iso6.log" >"$SCRATCH/masked6.$mask.2"
	read_all "$SCRATCH/masked6.$mask.2" "${RULES[@]}" --json
done
run_each lo
i=-1
for mask in HIDDEN x.x.x.x 10.x.x.x; do
	ran $((++i))
	mapfile -t lines <"$OUT"
	assert_equal "packets with no address of IPv6" 5 ${#lines[@]}
	assert_same "fates with $mask" "$SCRATCH/whole6" <(of_fate6 "$OUT")
	# Of one line alone the rest of its packet is not taken for another's.
	ran $((++i))
	assert_equal "packets of IPv4" "" "$(jq -r 'select(.family == "ipv4") | .headers' "$OUT")"
done

subtest "no fate where the log breaks off"
# A line of one packet is missing, whichever: nothing is claimed of it, of the other all is.
mapfile -t plain <"$SCRATCH/plain"
asked=()
for ((i = 1; i <= 12; i++)); do
	case ${plain[i - 1]} in
	# Nat is asked for the first packet of a connection, and MARK only marks.
	*"TRACE: nat:"*":rule:"* | *"TRACE: mangle:marks:rule:"*) continue ;;
	esac
	asked+=($i)
	printf '%s\n' "${plain[@]:0:i-1}" "${plain[@]:i}" >"$SCRATCH/gap.$i"
	read_all "$SCRATCH/gap.$i" "${RULES[@]}" -q
done
((${#asked[@]} >= 8)) || fail "only ${#asked[@]} lines were left out"
run_each lo
for i in "${!asked[@]}"; do
	ran "$i"
	assert_equal "exit status without line ${asked[i]}" 5 "$STATUS"
	fates
	assert_equal "fates without line ${asked[i]}" "INCOMPLETE REJECT" "$fates"
	assert_grep '^nftrace: 22 events, [1-9][0-9]* lost' "$ERR"
done
head -n 9 "$SCRATCH/plain" >"$SCRATCH/gap"
run_nftrace lo --read "$SCRATCH/gap" "${RULES[@]}"
assert_status 5
assert_grep '^=> INCOMPLETE: nothing follows filter:FORWARD:rule:2: lines are missing, or it went no further' "$OUT"
grep filter: "$SCRATCH/plain" >"$SCRATCH/filtered"
run_nftrace lo --read "$SCRATCH/filtered" "${RULES[@]}" --json
assert_status 5
assert_equal "fates of a filtered log" "INCOMPLETE INCOMPLETE" "$(jq -r .fate "$OUT" | paste -sd ' ')"
assert_equal "complete" "false" "$(jq -r .complete "$OUT" | sort -u)"

subtest "what loggers say of messages that they lost"
notices=()
while IFS= read -r notice; do
	printf '%s\n' "${plain[@]:0:7}" "$notice" "${plain[@]:8}" >"$SCRATCH/gap.${#notices[@]}"
	read_all "$SCRATCH/gap.${#notices[@]}" "${RULES[@]}" -q
	notices+=("$notice")
done <<'X'
Nov 28 20:00:00 node rsyslogd: imklog: 2345 messages lost due to rate-limiting (20000 allowed within 600 seconds)
Nov 28 20:00:00 node rsyslogd: imjournal: 45 messages lost due to rate-limiting (20000 allowed within 600 seconds)
Nov 28 20:00:00 node systemd-journald[301]: Missed 12 kernel messages
Nov 28 20:00:00 node rsyslogd: imklog: begin to drop messages due to rate-limiting
Nov 28 20:00:00 node rsyslogd-2177: imuxsock begins to drop messages from pid 301 due to rate-limiting
Nov 28 20:00:00 node rsyslogd-2177: imuxsock lost 305 messages from pid 301 due to rate-limiting
Nov 28 20:00:00 node rsyslogd: imuxsock[pid: 301, name: /lib/systemd/systemd-journald] from <node>: 305 messages lost due to rate-limiting (200 allowed within 5 seconds)
Nov 28 20:00:00 node systemd-journald[301]: Suppressed 1234 messages from init.scope
** 23 printk messages dropped **
Nov 28 20:00:00 node systemd-journald[301]: /dev/kmsg buffer overrun, some messages lost.
printk: 12 messages suppressed.
X
run_each lo
for i in "${!notices[@]}"; do
	ran "$i"
	assert_status 5
	assert_grep '^nftrace: 22 events, [1-9][0-9]* lost' "$ERR"
	fates
	assert_equal "fates behind '${notices[i]}'" "INCOMPLETE REJECT" "$fates"
done

subtest "newest first"
tac "$SCRATCH/plain" >"$SCRATCH/backwards"
run_nftrace lo --read "$SCRATCH/backwards" "${RULES[@]}" -q
assert_status 5
assert_grep 'warning: the times in .*/backwards run backwards, newest first: try tac .*/backwards \| nftrace --read -' "$ERR"
assert_no_grep '^(DROP|REJECT|DELIVERED|FORWARDED|SENT|LOST|STOLEN|QUEUE)' "$OUT"

subtest "events of no rule that was given: that is said, and not that there are none"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/S-nat"
assert_status 5
assert_grep 'trace events of rules that are not in the rules given' "$ERR"
assert_no_grep 'nothing was found' "$ERR"

subtest "a table that the log speaks of is not in the rules: what it did is not claimed"
# In POSTROUTING a rule of mangle's was the last one: whether it dropped the packet its rules would tell.
grep -v POSTROUTING "$SCRATCH/plain" | awk '{ print }
	/filter:policy:web:rule:2/ { sub(/filter:policy:web:rule:2/, "mangle:POSTROUTING:rule:1"); print }' >"$SCRATCH/last"
sed -n '/^\*filter/,/^COMMIT/p' "$HERE/router.save" >"$SCRATCH/filter.save"
for log in last plain; do
	run_nftrace lo --read "$SCRATCH/$log" --rules "$SCRATCH/filter.save" -q
	assert_status 5
	fates
	assert_equal "fates of $log" "REJECT UNKNOWN" "$fates"
	assert_grep 'table mangle is in the text, and not in the rules given' "$OUT"
done
# Nat drops nothing, and raw is behind it.
sed '/^\*nat/,/^COMMIT/d; /^\*raw/,/^COMMIT/d' "$HERE/router.save" >"$SCRATCH/some.save"
run_nftrace lo --read "$SCRATCH/plain" --rules "$SCRATCH/some.save" -q
fates
assert_equal "fates without nat and raw" "FORWARDED REJECT" "$fates"

subtest "words that make no sense"
run_nftrace lo --read "$HERE/dmesg.log" --rules /nowhere
assert_status 1
assert_grep 'error: /nowhere cannot be read' "$ERR"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$HERE/dmesg.log"
assert_status 1
assert_grep 'there is no table in there' "$ERR"
in_ns lo iptables-legacy-restore "$HERE/router.save" || fail "iptables-legacy-restore"
in_ns lo iptables-legacy -L -n -v --line-numbers >"$SCRATCH/listing"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/listing"
assert_status 1
assert_grep "error: --rules: by its line 1 .*/listing is what iptables -L prints: what iptables-save or 'nft -a list ruleset' prints is wanted" "$ERR"
echo '{"nftables": [{"table": {"family": "ip", "name": "t", "handle": 1}}]}' >"$SCRATCH/listing"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$SCRATCH/listing"
assert_status 1
assert_grep 'error: --rules: by its line 1 .*/listing is what nft -j prints' "$ERR"
gzip -c "$HERE/router.save" >"$SCRATCH/save.gz"
run_nftrace lo --read "$HERE/dmesg.log" --rules "$HERE/router6.save" --rules "$SCRATCH/save.gz"
assert_status 1
assert_grep 'error: --rules: .*/save.gz is compressed: unpack it' "$ERR"
run_nftrace lo --rules "$HERE/router.save" -p tcp
assert_status 2
run_nftrace lo --read "$HERE/dmesg.log" -p tcp
assert_status 2
