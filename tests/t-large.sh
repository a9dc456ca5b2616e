#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-large: above 64 KiB 16 bits do not say how long the kernel's buffer is; all else is told.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
ns_ip lo link set lo gso_max_size 200000

# bulk ADDRESS: a megabyte over loopback, in as large buffers as there are
bulk() {
	in_ns lo timeout $((20 * PATIENCE)) python3 - "$1" <<-'X' || fail "no bytes to $1"
		import socket, sys, threading
		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		listener = socket.socket(family)
		listener.bind((sys.argv[1], 5202))
		listener.listen()
		def drain():
		    client = listener.accept()[0]
		    while client.recv(1 << 20):
		        pass
		reader = threading.Thread(target=drain)
		reader.start()
		sender = socket.create_connection((sys.argv[1], 5202))
		sender.sendall(b"x" * 800000)
		sender.close()
		reader.join()
	X
}

tshark_says() { tshark -r "$SCRATCH/big.pcapng" -o tcp.relative_sequence_numbers:FALSE "$@" 2>/dev/null; }

above='^#.* length (> 65535|[0-9]{6})'
# large ADDRESS: a run that sees such buffers, as text and as JSON
large() {
	# A buffer is cut on its way back in, and the pieces are packets of their own.
	ANY_TRACES=1
	start_nftrace lo -t 60 -c 2000 --rate 0 --chain OUTPUT --pcap "$SCRATCH/big.pcapng" -d "$1" -p tcp --dport 5202
	# How much waits to be sent hangs on who is faster.
	for ((n = 0; n < 10; n++)); do
		bulk "$1"
		! wait_for 2 grep -qE "$above" "$OUT" || break
	done
	stop_nftrace INT
	ANY_TRACES=
	# 5: legacy's rules have counted the buffer, not its pieces.
	[[ $STATUS = [05] ]] || fail "status $STATUS"
	cp "$OUT" "$SCRATCH/text"
	grep -E "$above" "$OUT" >"$SCRATCH/large"
	[[ -s $SCRATCH/large ]] || fail "no buffer above 64 KiB"
	! grep -Ev '^#.* > \S+\.5202: (HBH )?Flags \[F?P?\.\], seq [0-9:]+, ack [0-9]+, win [0-9]+(, options \[nop,nop,TS val [0-9]+ ecr [0-9]+\])?, length ' "$SCRATCH/large" ||
		fail "something is missing there"
	assert_no_grep 'malformed|bad hdr|\[\|' "$OUT"
	assert_equal "malformed to tshark" "" "$(tshark_says -Y _ws.malformed)"
	assert_reads_back lo "$SCRATCH/big.pcapng"
	run_nftrace lo --read "$SCRATCH/big.pcapng" --json
	assert_schema Packet "$OUT"
	assert_equal "lengths of 0" 0 "$(jq 'select(.length == 0)' "$OUT" | wc -l)"
	cp "$OUT" "$SCRATCH/json"
	run_nftrace lo --read "$SCRATCH/big.pcapng" --json --pcap "$SCRATCH/again.pcapng"
	cmp -s "$SCRATCH/big.pcapng" "$SCRATCH/again.pcapng" || fail "the recording of the recording is another"
}

# untold: sequence numbers of the packets whose length is not told
untold() { jq -r 'select(.length == null) | .headers | match("seq ([0-9]+),") | .captures[0].string' "$SCRATCH/json"; }

in_ns lo iptables-legacy -A OUTPUT -p tcp
in_ns lo ip6tables-legacy -A OUTPUT -p tcp

subtest "IPv4 above 64 KiB: no length is told, everything else is"
large 10.9.0.1
assert_grep ', options \[nop,nop,TS val [0-9]+ ecr [0-9]+\], length > 65535 with headers$' "$SCRATCH/large"
assert_equal "sequence numbers" "$(tshark_says -Y 'ip.len > 65535' -T fields -e tcp.seq_raw)" "$(untold)"

subtest "IPv6 above 64 KiB: the length is in a hop-by-hop header, or in none"
large fd00:9::1
assert_equal "lengths" "$(tshark_says -Y 'ipv6.opt.jumbo' -T fields -e tcp.seq_raw -e tcp.len | awk '{ printf "%s:%.0f\n", $1, $1 + $2 }' | head -n 3)" \
	"$(sed -nE 's/.* seq ([0-9]+:[0-9]+),.* length [0-9]{6}$/\1/p; s/.* seq ([0-9]+:[0-9]+),.* length ([7-9][0-9]{4}|6[6-9][0-9]{3}|65[6-9][0-9]{2})$/\1/p' "$SCRATCH/text" | head -n 3)"

subtest "nft's events of the same: ports, although the header before them is not copied"
ns_del lo
lab_loopback
ns_ip lo link set lo gso_max_size 200000
in_ns lo nft 'table inet t { chain o { type filter hook output priority 0; counter; }; }'
large fd00:9::1
assert_grep ' length > 65535 with headers$' "$SCRATCH/large"
