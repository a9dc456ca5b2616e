#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-snaplen: what is printed of a packet are its bytes, however few --snaplen asks for, from every source.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback

# ---- lines of a log, which tell more than --snaplen takes at least

# word KEY [N]: in word, the N-th value of that key in $line
word() {
	local one n=${2:-1} words
	IFS='[] ' read -ra words <<<"$line"
	word=
	for one in "${words[@]}"; do
		[[ $one != "$1="* ]] || ((--n)) || { word=${one#*=}; return; }
	done
}
# options N: in options, the N-th "OPT (...)" of $line
options() {
	local rest=$line n
	options=
	for ((n = 0; n < $1; n++)); do
		[[ $rest = *'OPT ('* ]] || return 0
		rest=${rest#*'OPT ('}
	done
	options=${rest%%')'*}
	options=${options,,}
}
# put FORMAT [WORD...]: behind $bytes, so many of them as the format says
put() {
	local put
	# shellcheck disable=SC2059 # it is one
	printf -v put "$@"
	bytes+=$put
}
# put_word FORMAT KEY [N]
put_word() {
	word "$2" "${3:-1}"
	put "$1" "$word"
}
# put_address KEY N: dotted
put_address() {
	word "$1" "$2"
	local parts
	IFS=. read -ra parts <<<"$word"
	put %02x%02x%02x%02x "${parts[@]}"
}

ipv4() { # N PROTO: the N-th header of $line, with its options
	local tos
	options "$1"
	word TOS "$1"; tos=$word
	word PREC "$1"
	put 4%x%02x $((5 + ${#options} / 8)) $((tos | word))
	put_word %04x LEN "$1"
	put_word %04x0000 ID "$1"
	put_word %02x TTL "$1"
	put %02x0000 "$2"
	put_address SRC "$1"
	put_address DST "$1"
	put %s "$options"
}
ipv6() { # PROTO
	put 6
	put_word %02x TC
	put_word %05x FLOWLBL
	word LEN
	put %04x%02x $((word - 40)) "$1"
	put_word %02x HOPLIMIT
	word SRC; put %s "${word//:/}"
	word DST; put %s "${word//:/}"
}
syn() { # N: with the N-th options of $line
	options "$1"
	put_word %04x SPT
	put_word %04x DPT
	put_word %08x SEQ
	put_word %08x ACK
	put %x002 $((5 + ${#options} / 8))
	put_word %04x0000 WINDOW
	put_word %04x URGP
	put %s "$options"
}
payload_of_syn6-options() { ipv6 6; syn 1; }
payload_of_icmp-quotes-options() {
	ipv4 1 1
	put_word %02x TYPE
	put_word %02x000000000000 CODE
	ipv4 2 6
	syn 3
}

# told_of LOG: in WANT, what $line says of the fields that tshark is asked for
FIELDS=(tcp.srcport tcp.dstport tcp.seq tcp.window_size_value tcp.options.mss_val tcp.options.wscale.shift
	ipv6.src ipv6.dst ipv6.hlim ip.src ip.dst ip.len icmp.type icmp.code)
declare -A WANT=()
told_of() {
	local want= key
	for key in SPT DPT SEQ WINDOW; do word $key; want+="$word "; done
	want+="1460 7 "
	case $1 in
	syn6*) word HOPLIMIT; want+="fd00::1 fd00::2 $word     " ;;
	*)
		want+="   "
		for key in SRC DST LEN; do
			word $key; want+=$word,
			word $key 2; want+="$word "
		done
		word TYPE; want+="$word "
		word CODE; want+=$word
		;;
	esac
	WANT[$1]=$want
}

# without_command FORM FILE: into the file, what was printed; of a pcapng not the first block, which has the command line
without_command() {
	local length
	[[ $1 = --pcap* ]] || { cp "$OUT" "$2"; return; }
	into length od -An -tu4 -j4 -N4 "$OUT"
	spawn tail -c "+$((length + 1))" "$OUT" >"$2"
}
FORMS=("" -q -v --flat "--flat -v" --json "--flat --json" "--graph -" "--pcap -")

for log in syn6-options icmp-quotes-options; do
	file=$TESTS/read/$log.log
	IFS= read -r line <"$file"

	subtest "$log: the bytes that the log's words make"
	run_nftrace lo --read "$file" --json
	assert_status 0
	jq -r .payload "$OUT" >"$SCRATCH/payload.$log"
	bytes=
	"payload_of_$log"
	echo "$bytes" >"$SCRATCH/words"
	assert_same "the payload" "$SCRATCH/words" "$SCRATCH/payload.$log"
	told_of "$log"
	word LEN
	into length jq .length "$OUT"
	assert_equal "its length" "$word" "$length"

	subtest "$log: the same in each form, whatever --snaplen"
	for form in "${FORMS[@]}"; do
		# shellcheck disable=SC2086 # words of an option
		run_nftrace lo --read "$file" $form
		assert_status 0
		[[ -s $OUT ]] || fail "'$form' prints nothing"
		[[ $form != --pcap* ]] || cp "$OUT" "$SCRATCH/$log.pcapng"
		without_command "$form" "$SCRATCH/default"
		for snaplen in 64 65535; do
			# shellcheck disable=SC2086
			run_nftrace lo --read "$file" $form --snaplen $snaplen
			assert_status 0
			without_command "$form" "$SCRATCH/cut"
			cmp -s "$SCRATCH/cut" "$SCRATCH/default" || fail "'$form' --snaplen $snaplen prints something else"
		done
	done

	subtest "$log: as pcapng and back"
	run_nftrace lo --read "$file" --json --pcap "$SCRATCH/log.pcapng"
	cp "$OUT" "$SCRATCH/live"
	run_nftrace lo --read "$SCRATCH/log.pcapng" --json --snaplen 64
	assert_same "what was read" "$SCRATCH/live" "$OUT"
done

# Once for all, as tshark takes a second to start: payloads as text2pcap makes packets of them, and what
# --pcap wrote.
read_by_tshark() {
	command -v text2pcap >/dev/null && command -v tshark >/dev/null || return
	local field query=
	sed 's/../& /g; s/^/0000 /' "$SCRATCH"/payload.{syn6-options,icmp-quotes-options} >"$SCRATCH/hex"
	spawn text2pcap -q -l 101 - "$SCRATCH/payloads" <"$SCRATCH/hex" >/dev/null 2>"$ERR" || fail "text2pcap"
	spawn cat "$SCRATCH/payloads" "$SCRATCH"/{syn6-options,icmp-quotes-options}.pcapng >"$SCRATCH/all.pcapng"
	spawn tshark -r "$SCRATCH/all.pcapng" -o tcp.relative_sequence_numbers:FALSE -T json -x \
		2>/dev/null >"$SCRATCH/packets" || fail "tshark"
	for field in "${FIELDS[@]}"; do query+=", ([\$outer, \$quoted | .. | objects | .\"$field\" // empty] | join(\",\"))"; done
	jq -r ".[] | ._source.layers | .icmp as \$quoted | del(.icmp) as \$outer | [.frame_raw[0]$query] | join(\" \")" "$SCRATCH/packets" >"$SCRATCH/tshark"
}
read_by_tshark
is_read=$?
n=0
for log in syn6-options icmp-quotes-options; do
	subtest "$log: what tshark makes of these bytes"
	((is_read == 0)) || { skip "no text2pcap or tshark"; continue; }
	mapfile -t seen <"$SCRATCH/tshark"
	assert_equal "packets" 4 ${#seen[@]}
	payload=$(<"$SCRATCH/payload.$log")
	assert_equal "its bytes and words" "$payload ${WANT[$log]}" "${seen[n]-}"
	assert_equal "those of --pcap" "$payload ${WANT[$log]}" "${seen[n + 2]-}"
	((++n))
done

# ---- live: options of IP as well, so that 64 bytes end early in what is behind them

# ping_seen NS: a ping whose header has all options that it can have; what
# tcpdump saw of the request in $SCRATCH/wire, hex, from the IP header on; its ID
ping_seen() {
	background "$1" tcpdump tcpdump -Z root -i lo -U -c 1 -w "/run/ping.$1" 'icmp[icmptype] == icmp-echo'
	assert_within 10 "tcpdump listens" has_line 'listening on' "$SCRATCH/tcpdump.err" || return 1
	in_ns "$1" ping -n -c 1 -W 2 -T tsonly 127.0.0.1 >/dev/null || fail "no answer"
	assert_within 10 "tcpdump saw it" is_gone "$BG_PID"
	spawn tcpdump -n -x -r "/run/ping.$1" >"$SCRATCH/dump" 2>/dev/null
	awk '/^\t0x/ { sub(/.*: /, ""); gsub(/ /, ""); printf "%s", $0 } END { print "" }' "$SCRATCH/dump" >"$SCRATCH/wire"
	into ID sed -n 's/.*ICMP echo request, id \([0-9]*\),.*/\1/p' "$SCRATCH/dump"
	assert_grep '^4f00' "$SCRATCH/wire"
}

# assert_first BYTES: the request that nftrace printed is so much of it
assert_first() {
	local wire payload
	jq -r .payload "$OUT" >"$SCRATCH/payload"
	read -r payload <"$SCRATCH/payload"
	read -r wire <"$SCRATCH/wire"
	assert_equal "the payload" "${wire:0:2 * $1}" "$payload"
}

# pinged NS ARGS...: a run that sees it
pinged() {
	start_nftrace "$1" -4 -t 30 --snaplen 64 "${@:2}" -p icmp
	ping_seen "$1"
	stop_nftrace INT
	assert_status 0
}

command -v tcpdump >/dev/null || skip_all "no tcpdump"
background lo tried tcpdump -Z root -i lo -c 1 -w /dev/null
wait_for 5 eval 'grep -q "listening on" "$SCRATCH/tried.err" || is_gone $BG_PID'
kill $BG_PID 2>/dev/null
grep -q 'listening on' "$SCRATCH/tried.err" ||
	skip_all "tcpdump cannot give up its privileges where there is one user only"

subtest "live, legacy tables: the first 64 bytes"
in_ns lo iptables-legacy -A OUTPUT -p icmp -j ACCEPT
pinged lo --json
assert_first 64

subtest "live, nft's rules: all that nft copies"
ns_new nft
in_ns nft iptables-nft -A OUTPUT -p icmp -j ACCEPT
save_rules nft "$SCRATCH/before"
pinged nft --json
assert_first 80
assert_schema Packet "$OUT"
pinged nft --json --pcap "$SCRATCH/nft.pcapng"
assert_first 80
assert_reads_back nft "$SCRATCH/nft.pcapng" --json
for form in -q -v "--flat -v" "--flat --json"; do
	# shellcheck disable=SC2086
	pinged nft $form
	assert_grep "127.0.0.1 > 127.0.0.1: ICMP echo request, id $ID, seq 1, length 64" "$OUT"
done
assert_restored_but_counters nft "$SCRATCH/before"

subtest "live, both: one packet, whichever tells of it"
ns_new both
in_ns both iptables-legacy -A OUTPUT -p icmp -j ACCEPT
in_ns both iptables-legacy -A INPUT -p icmp -j ACCEPT
in_ns both nft add table ip fw
in_ns both nft add chain ip fw out '{ type filter hook output priority 10; }'
in_ns both nft add rule ip fw out ip protocol icmp counter accept
pinged both --json
assert_first 80
jq -r '[(.headers | sub(", id.*"; "")), (.events | map(.backend) | unique[])] | join(" ")' "$OUT" >"$SCRATCH/packets"
for what in request reply; do echo "127.0.0.1 > 127.0.0.1: ICMP echo $what legacy nft"; done >"$SCRATCH/want"
assert_same "the packets" "$SCRATCH/want" "$SCRATCH/packets"
