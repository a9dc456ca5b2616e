#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-pcap-others: --read of pcapng that other programs wrote, alone and beside a recording: packets without a journey are said to have none.
. "$(dirname "$0")/lib.sh"
ns_new lo	# nothing of it is used
DATA=$TESTS/data

# blocks FILE: one of each block, of both byte orders, beside DATA's recording as the second of three sections
blocks() {
	python3 - "$1" "$DATA/earlier-legacy.pcapng" <<-'END'
	import struct, sys
	def section(order):
	    def block(kind, body):
	        body += bytes(-len(body) % 4)
	        return struct.pack(order + "II", kind, len(body) + 12) + body + struct.pack(order + "I", len(body) + 12)
	    def options(*list):
	        return b"".join(struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
	                        for code, value in list) + bytes(4)
	    def head(*list):
	        return block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1) + options(*list))
	    def interface(link, *list):
	        return block(1, struct.pack(order + "HHI", link, 0, 0) + options(*list))
	    def packet(id, *list):
	        return block(6, struct.pack(order + "IIIII", id, 0x64000, 0x1234, 40, 40) + syn + options(*list))
	    syn = bytes.fromhex("45000028000100004006000a0a0000010a00000200500051000000010000000050021000") + bytes(4)
	    ether = bytes(12) + b"\x08\0"
	    pen = struct.pack(order + "I", 32473)
	    return (head((2, b"a computer"), (3, b"an OS"), (4, b"Dumpcap (Wireshark) 4.0"), (1, b"by hand")) +
	        interface(1, (2, b"eth0"), (9, b"\x09"), (1, b"the first")) + interface(101, (2, b"tun0"), (9, b"\x94")) + interface(101) +
	        packet(0, (1, b"seen at the switch"), (1, b"#1 \x1b[2J\n=> DROP by x"), (2, struct.pack(order + "I", 1))) +
	        packet(1, (2988, pen + b"a custom option"), (2989, pen + b"\0\1")) + packet(2) + packet(0) +
	        block(3, struct.pack(order + "I", 40) + syn) +                     # a simple packet
	        block(2, struct.pack(order + "HHIIII", 0, 0, 0, 1, 40, 40) + syn + options((1, b"of old"))) +
	        block(4, struct.pack(order + "HH", 1, 11) + b"\x0a\0\0\x01a.test\0" + bytes(5)) + # names
	        block(5, struct.pack(order + "III", 0, 0x64000, 1) + options((2, bytes(8)))) +  # statistics
	        block(10, struct.pack(order + "II", 0x544c534b, 4) + b"key\n" + options()) +    # secrets
	        block(0xbad, pen + b"custom") + block(0x40000bad, pen + b"custom") + block(0x7fffffff, b"") +
	        packet(1))
	with open(sys.argv[1], "wb") as f:
	    f.write(section("<") + open(sys.argv[2], "rb").read() + section(">"))
	END
}
# Wireshark's count is the truth.
counted() { capinfos -cM "$1" 2>/dev/null | sed -n 's/^Number of packets: *//p'; }
# In front of those of the recording come seven, behind them seven more.
recorded=$(counted "$DATA/earlier-legacy.pcapng")
journeys=$(wc -l <"$DATA/earlier-legacy.json")

subtest "every block and both byte orders, around a recording"
blocks "$SCRATCH/all.pcapng"
assert_equal "packets, as Wireshark counts them" $((recorded + 14)) "$(counted "$SCRATCH/all.pcapng")"
run_nftrace lo --read "$SCRATCH/all.pcapng" --json
assert_status 0
assert_schema Packet "$OUT"
assert_same "the journeys" <(jq -c '[.packet, .fate, .headers]' "$DATA/earlier-legacy.json") <(jq -c '[.packet, .fate, .headers]' "$OUT" | sed 's/, options \[\[|tcp\]\]//')
assert_text "nftrace: note: 14 packets of $SCRATCH/all.pcapng have no journey: nothing of nftrace's is in them: numbers 1 to 7, $((8 + recorded)) to $((14 + recorded))" "$ERR"
for form in --fold -q -v --markdown "--report $SCRATCH/page.html" "--graph $SCRATCH/graph.dot" "--pcap $SCRATCH/again.pcapng"; do
	# shellcheck disable=SC2086 # words
	run_nftrace lo --read "$SCRATCH/all.pcapng" $form
	assert_status 0
	assert_harmless "$OUT"
	assert_equal "packets of $form" 1 "$(grep -c "^nftrace: $journeys packets traced" "$ERR")"
done
assert_equal "packets written again" "$recorded" "$(counted "$SCRATCH/again.pcapng")"

subtest "alone: no fate, and why"
for program in tcpdump editcap; do
	command -v $program >/dev/null || continue
	case $program in
	tcpdump) # The bytes alone.
		tcpdump -r "$DATA/earlier-nft.pcapng" -w "$SCRATCH/plain.pcap" 2>/dev/null
		editcap -F pcapng "$SCRATCH/plain.pcap" "$SCRATCH/plain.pcapng"
		;;
	editcap) # As another names, cuts and comments them.
		echo "CLIENT_RANDOM 00 00" >"$SCRATCH/keys"
		editcap -F pcapng -s 64 -a 1:$'a comment\n#1 => DROP' --inject-secrets "tls,$SCRATCH/keys" \
			"$SCRATCH/plain.pcap" "$SCRATCH/plain.pcapng"
		;;
	esac
	for form in "" -q --json; do
		# shellcheck disable=SC2086 # words
		run_nftrace lo --read "$SCRATCH/plain.pcapng" $form
		assert_status 3
		[[ ! -s $OUT ]] || fail "something is told of $program's: $(head -n 1 "$OUT")"
		assert_grep 'nothing was found: no packet of .* has a journey' "$ERR"
	done
done

subtest "what dumpcap captured here"
if command -v dumpcap >/dev/null; then
	background lo dumpcap dumpcap -q -i lo -c 3 --capture-comment $'of \e[31mred' -w "$SCRATCH/dumpcap.pcapng"
	captured() { in_ns lo "$TOOLS/flood" 127.0.0.1 9 1 8 >/dev/null; is_gone "$BG_PID"; }
	assert_within 20 "dumpcap has its packets" captured
	run_nftrace lo --read "$SCRATCH/dumpcap.pcapng" --json
	assert_status 3
	cat "$SCRATCH/dumpcap.pcapng" "$DATA/earlier-nft.pcapng" >"$SCRATCH/both.pcapng"
	run_nftrace lo --read "$SCRATCH/both.pcapng" --json
	assert_same "fates" <(jq -r .fate "$DATA/earlier-nft.json") <(jq -r .fate "$OUT")
	assert_text "3 packets of $SCRATCH/both.pcapng have no journey" "$ERR"
	assert_text "numbers 1 to 3" "$ERR"
else
	skip "no dumpcap"
fi

subtest "gaps: the first ranges are named, and that there are more"
{
	. "$TESTS/pcapng.sh"
	pcapng_head
	for ((i = 0; i < 9; i++)); do
		pcapng_packet
		pcapng_packet $'TRACE: raw:PREROUTING:policy:1\nTRACE: filter:FORWARD:rule:1' "nftrace/1 host=h netns=1 family=ipv4 e,ieth0 e f,DROP,FORWARD,b1"
	done
} >"$SCRATCH/gaps.pcapng"
run_nftrace lo --read "$SCRATCH/gaps.pcapng" -q
assert_equal "packets" 9 "$(wc -l <"$OUT")"
assert_text "9 packets of $SCRATCH/gaps.pcapng have no journey: nothing of nftrace's is in them: numbers 1, 3, 5, 7, 9, 11 and others" "$ERR"

subtest "a section's header that somebody made up"
{
	python3 - <<-'END'
	import struct, sys
	body = struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1)
	for code, text in (1, b'nftrace \x1b[2J\n\xff"<'), (3, b"L\x1b[31m\n|`<b>&"), (4, b"nftrace \x1b[m\n"), (0, b""):
	    body += struct.pack("<HH", code, len(text)) + text + bytes(-len(text) % 4)
	size = struct.pack("<I", len(body) + 12)
	sys.stdout.buffer.write(struct.pack("<I", 0x0a0d0d0a) + size + body + size)
	END
	pcapng_head | tail -c +29
	pcapng_packet $'TRACE: filter:FORWARD:rule:1' "nftrace/1 host=h netns=1 family=ipv4 e f,DROP,FORWARD,b0"
} >"$SCRATCH/hostile.pcapng"
capinfos "$SCRATCH/hostile.pcapng" >/dev/null 2>&1 || fail "it is no pcapng"
run_nftrace lo --read "$SCRATCH/hostile.pcapng" --markdown
assert_status 0
assert_harmless "$OUT"
assert_text ' on `` L\x1b[31m\x0a|`<b>& ``:' "$OUT"
run_nftrace lo --read "$SCRATCH/hostile.pcapng" --report "$SCRATCH/page.html" --pcap "$SCRATCH/again.pcapng"
assert_status 0
assert_harmless "$SCRATCH/page.html"
assert_text 'nftrace \x1b[2J\x0a\xff&quot;&lt;' "$SCRATCH/page.html"
assert_no_grep '<b>&' "$SCRATCH/page.html"
assert_equal "bytes that could drive a terminal" 0 "$(grep -caP '\x1b' "$SCRATCH/again.pcapng")"
run_nftrace lo --read "$SCRATCH/hostile.pcapng" --masked --report "$SCRATCH/page.html"
assert_no_grep 'recorded by' "$SCRATCH/page.html"
