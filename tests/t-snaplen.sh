#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-snaplen: what is printed of a packet are its bytes, however few --snaplen asks for, from every source.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback

# ---- lines of a log, which tell more than --snaplen takes at least

# word KEY [N]: the N-th value of that key in $line
word() { tr ' []' '\n' <<<"$line" | sed -n "s/^$1=//p" | sed -n "${2:-1}p"; }
# options [N]: the N-th "OPT (...)" of $line
options() { grep -oE 'OPT \([0-9A-F]+\)' <<<"$line" | sed -n "${1:-1}p" | tr -d 'OPT ()' | tr A-F a-f; }
# shellcheck disable=SC2046,SC2183 # four numbers, four formats
dotted() { printf '%02x%02x%02x%02x' $(tr . ' ' <<<"$1"); }
# words OF HEX: 32 bits each
words() { echo $((${#1} / 8)); }

ipv4() { # N PROTO: the N-th header of $line, with its options
	printf '4%x%02x%04x%04x0000%02x%02x0000%s%s%s' $((5 + $(words "$(options "$1")"))) \
		$(($(word TOS "$1") | $(word PREC "$1"))) "$(word LEN "$1")" "$(word ID "$1")" \
		"$(word TTL "$1")" "$2" "$(dotted "$(word SRC "$1")")" "$(dotted "$(word DST "$1")")" "$(options "$1")"
}
ipv6() { # PROTO
	printf '6%02x%05x%04x%02x%02x%s%s' "$(word TC)" "$(word FLOWLBL)" $(($(word LEN) - 40)) "$1" \
		"$(word HOPLIMIT)" "$(word SRC | tr -d :)" "$(word DST | tr -d :)"
}
syn() { # N: with the N-th options of $line
	printf '%04x%04x%08x%08x%x002%04x0000%04x%s' "$(word SPT)" "$(word DPT)" "$(word SEQ)" "$(word ACK)" \
		$((5 + $(words "$(options "$1")"))) "$(word WINDOW)" "$(word URGP)" "$(options "$1")"
}
payload_of_syn6-options() { printf '%s%s' "$(ipv6 6)" "$(syn 1)"; }
payload_of_icmp-quotes-options() {
	printf '%s%02x%02x000000000000%s%s' "$(ipv4 1 1)" "$(word TYPE)" "$(word CODE)" "$(ipv4 2 6)" "$(syn 3)"
}

# without_command FORM: what was printed; of a pcapng not the first block, which has the command line
without_command() {
	[[ $1 = --pcap* ]] || { cat "$OUT"; return; }
	tail -c "+$(($(od -An -tu4 -j4 -N4 "$OUT") + 1))" "$OUT"
}
FORMS=("" -q -v --flat "--flat -v" --json "--flat --json" "--graph -" "--pcap -")

for log in syn6-options icmp-quotes-options; do
	file=$TESTS/read/$log.log
	line=$(head -n 1 "$file")

	subtest "$log: the bytes that the log's words make"
	run_nftrace lo --read "$file" --json
	assert_status 0
	jq -r .payload "$OUT" >"$SCRATCH/payload"
	assert_same "the payload" <("payload_of_$log"; echo) "$SCRATCH/payload"
	assert_equal "its length" "$(word LEN)" "$(jq .length "$OUT")"

	subtest "$log: what tshark makes of these bytes"
	if command -v text2pcap >/dev/null && command -v tshark >/dev/null; then
		sed 's/../& /g; s/^/0000 /' "$SCRATCH/payload" |
			text2pcap -q -l 101 - "$SCRATCH/payload.pcap" >/dev/null 2>"$ERR" || fail "text2pcap"
		fields=(tcp.srcport tcp.dstport tcp.seq tcp.window_size_value tcp.options.mss_val tcp.options.wscale.shift)
		[[ $log = syn6* ]] && fields+=(ipv6.src ipv6.dst ipv6.hlim) || fields+=(ip.src ip.dst ip.len icmp.type icmp.code)
		tshark -r "$SCRATCH/payload.pcap" -o tcp.relative_sequence_numbers:FALSE -T fields -E separator=' ' \
			"${fields[@]/#/-e}" 2>/dev/null >"$SCRATCH/tshark"
		tcp="$(word SPT) $(word DPT) $(word SEQ) $(word WINDOW) 1460 7"
		case $log in
		syn6*) want="$tcp fd00::1 fd00::2 $(word HOPLIMIT)" ;;
		*) want="$tcp $(word SRC),$(word SRC 2) $(word DST),$(word DST 2) $(word LEN),$(word LEN 2) $(word TYPE) $(word CODE)" ;;
		esac
		assert_equal "its words" "$want" "$(cat "$SCRATCH/tshark")"
		run_nftrace lo --read "$file" --pcap -
		tshark -r "$OUT" -T json -x 2>/dev/null | jq -r '.[]._source.layers.frame_raw[0]' >"$SCRATCH/pcap"
		assert_same "the bytes of --pcap" "$SCRATCH/payload" "$SCRATCH/pcap"
	else
		skip "no text2pcap or tshark"
	fi

	subtest "$log: the same in each form, whatever --snaplen"
	for form in "${FORMS[@]}"; do
		# shellcheck disable=SC2086 # words of an option
		run_nftrace lo --read "$file" $form
		assert_status 0
		[[ -s $OUT ]] || fail "'$form' prints nothing"
		without_command "$form" >"$SCRATCH/default"
		for snaplen in 64 65535; do
			# shellcheck disable=SC2086
			run_nftrace lo --read "$file" $form --snaplen $snaplen
			assert_status 0
			without_command "$form" | cmp -s "$SCRATCH/default" || fail "'$form' --snaplen $snaplen prints something else"
		done
	done

	subtest "$log: as pcapng and back"
	run_nftrace lo --read "$file" --json --pcap "$SCRATCH/log.pcapng"
	cp "$OUT" "$SCRATCH/live"
	run_nftrace lo --read "$SCRATCH/log.pcapng" --json --snaplen 64
	assert_same "what was read" "$SCRATCH/live" "$OUT"
done

# ---- live: options of IP as well, so that 64 bytes end early in what is behind them

# ping_seen NS: a ping whose header has all options that it can have; what
# tcpdump saw of the request in $SCRATCH/wire, hex, from the IP header on; its ID
ping_seen() {
	background "$1" tcpdump tcpdump -Z root -i lo -U -c 1 -w "/run/ping.$1" 'icmp[icmptype] == icmp-echo'
	assert_within 10 "tcpdump listens" has_line 'listening on' "$SCRATCH/tcpdump.err" || return 1
	in_ns "$1" ping -n -c 1 -W 2 -T tsonly 127.0.0.1 >/dev/null || fail "no answer"
	assert_within 10 "tcpdump saw it" is_gone "$BG_PID"
	tcpdump -n -x -r "/run/ping.$1" >"$SCRATCH/dump" 2>/dev/null
	sed -n 's/^\t0x[0-9a-f]*: //p' "$SCRATCH/dump" | tr -d ' \n' >"$SCRATCH/wire"
	echo >>"$SCRATCH/wire"
	ID=$(sed -n 's/.*ICMP echo request, id \([0-9]*\),.*/\1/p' "$SCRATCH/dump")
	assert_grep '^4f00' "$SCRATCH/wire"
}

# assert_first BYTES: the request that nftrace printed is so much of it
assert_first() {
	jq -r .payload "$OUT" | head -n 1 >"$SCRATCH/payload"
	assert_same "the payload" <(head -c $((2 * $1)) "$SCRATCH/wire"; echo) "$SCRATCH/payload"
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
