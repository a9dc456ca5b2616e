#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-conntrack: the state of a packet's connection, by what the kernel tells and by the rules that it met.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 7
talk a udp 10.2.0.2 7 || fail "the networks do not work"

# state FILTER: of a recording, "STATE DIRECTION" of each packet; conntrack -L is the judge of the id
state() { jq -r '.conntrack | if . == null then "null" else "\(.state) \(.direction)" end' "$OUT" | paste -sd ,; }

# ---- by rules, in any kernel: what a rule asks for is true of who meets it

# segment SYN-ACK...: one segment of TCP that belongs to nothing, from a
segment() {
	in_ns a python3 - "$@" <<-'X'
		import socket, struct, sys
		flags = int(sys.argv[1])
		head = struct.pack("!HHIIBBHHH", 4000, int(sys.argv[2]), 1, 2, 0x50, flags, 512, 0, 0)
		src, dst = socket.inet_aton("10.1.0.2"), socket.inet_aton("10.2.0.2")
		total = sum(struct.unpack("!16H", src + dst + struct.pack("!HH", 6, 20) + head))
		while total >> 16:
		    total = (total & 0xffff) + (total >> 16)
		s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
		s.sendto(head[:16] + struct.pack("!H", total ^ 0xffff) + head[18:], ("10.2.0.2", 0))
	X
}
SYN_ACK=18 SYN_FIN=3 ACK=16 FIN_ACK=17

subtest "a rule that drops what is INVALID: that it is, and what speaks for it"
in_ns r iptables-legacy -A FORWARD -m conntrack --ctstate INVALID -j DROP
in_ns r iptables-legacy -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
in_ns r iptables-legacy -A FORWARD -m conntrack ! --ctstate NEW -j DROP
start_nftrace r -4 -t 60 --no-witness -i eth0 -p tcp --dport 1000:1010 --pcap "$SCRATCH/invalid.pcapng"
segment $SYN_ACK 1001
segment $SYN_FIN 1002
segment $ACK 1003
stop_nftrace INT
assert_status 0
assert_equal "dropped" 2 "$(grep -c '^=> DROP by filter:FORWARD:rule:1  ' "$OUT")"
assert_equal "lines" "  (conntrack) INVALID; likely: a SYN,ACK of which no SYN was seen,  (conntrack) INVALID; TCP has no such flags together" \
	"$(grep '(conntrack)' "$OUT" | paste -sd ,)"
assert_reads_back r "$SCRATCH/invalid.pcapng"

subtest "the same as JSON, and --only"
run_nftrace r --read "$SCRATCH/invalid.pcapng" --json
assert_schema Packet "$OUT"
assert_equal "states" "INVALID,INVALID,null" "$(jq -r '.conntrack.state' "$OUT" | paste -sd ,)"
assert_equal "reasons" "likely: a SYN,ACK of which no SYN was seen,TCP has no such flags together" \
	"$(jq -r '.conntrack.reason // empty' "$OUT" | paste -sd ,)"
run_nftrace r --read "$SCRATCH/invalid.pcapng" --only state=invalid -q
assert_equal "ports" "1001 1002" "$(sed -nE 's/^[A-Z]+ +#.*10\.2\.0\.2\.([0-9]+): .*/\1/p' "$OUT" | paste -sd ' ')"
run_nftrace r --read "$SCRATCH/invalid.pcapng" --only drop,state=NEW
assert_equal "of another state" "" "$(cat "$OUT")"
run_nftrace r --read "$SCRATCH/invalid.pcapng" --only state=OLD
assert_status 2

subtest "what else begins no connection: a FIN, an error about nothing; an ACK where a sysctl says so"
in_ns r sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
start_nftrace r -4 -t 60 --no-witness -i eth0 -d 10.2.0.2
segment $FIN_ACK 1004
segment $ACK 1005
in_ns a python3 - <<-'X'
	import socket, struct
	quoted = struct.pack("!BBHHHBBH4s4sHHHH", 0x45, 0, 28, 1, 0, 9, 17, 0, socket.inet_aton("10.2.0.2"),
	    socket.inet_aton("10.1.0.2"), 7, 4000, 8, 0)
	error = struct.pack("!BBHI", 3, 3, 0, 0) + quoted
	total = sum(struct.unpack("!%dH" % (len(error) // 2), error))
	total = (total & 0xffff) + (total >> 16)
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	s.sendto(error[:2] + struct.pack("!H", ~total & 0xffff) + error[4:], ("10.2.0.2", 0))
X
stop_nftrace INT
in_ns r sysctl -qw net.netfilter.nf_conntrack_tcp_loose=1
assert_equal "dropped" 3 "$(grep -c '^=> DROP by filter:FORWARD:rule:1  ' "$OUT")"
assert_equal "lines" "  (conntrack) INVALID; likely: a FIN of no connection that is known
  (conntrack) INVALID; likely: an ACK outside the window of its connection, or of none that is known where nf_conntrack_tcp_loose is 0
  (conntrack) INVALID; likely: an ICMP error about no connection that is known" "$(grep '(conntrack)' "$OUT")"

subtest "in front of conntrack every packet is taken for INVALID, and nothing is told"
in_ns r iptables-legacy -F
in_ns r iptables-legacy -t raw -A PREROUTING -p udp --dport 7 -m conntrack --ctstate INVALID -j ACCEPT
start_nftrace r -4 -t 60 --no-witness -i eth0 -p udp --dport 7 -v
talk a udp 10.2.0.2 7 || fail "no answer"
stop_nftrace INT
assert_grep '^TRACE: raw:PREROUTING:rule:[0-9]  "-A PREROUTING -p udp -m udp --dport 7 -m conntrack --ctstate INVALID -j ACCEPT"' "$OUT"
assert_no_grep '\(conntrack\)' "$OUT"

subtest "what raw leaves untracked is UNTRACKED"
in_ns r iptables-legacy -t raw -F
in_ns r iptables-legacy -t raw -A PREROUTING -p udp --dport 7 -j CT --notrack
in_ns r iptables-legacy -A FORWARD -m conntrack --ctstate NEW,UNTRACKED -j ACCEPT
start_nftrace r -4 -t 60 --no-witness -i eth0 -p udp --dport 7 -v
talk a udp 10.2.0.2 7 || fail "no answer"
stop_nftrace INT
assert_grep '^  \(conntrack\) UNTRACKED$' "$OUT"
in_ns r iptables-legacy -t raw -F
in_ns r iptables-legacy -F

subtest "states that rules leave open are not told, two rules may leave one"
in_ns r iptables-legacy -A FORWARD -p udp --dport 7 -m conntrack --ctstate NEW,RELATED
in_ns r iptables-legacy -A FORWARD -p udp --dport 7 -m conntrack --ctstate NEW,ESTABLISHED -m comment --comment "--ctstate INVALID"
in_ns r iptables-legacy -A FORWARD -p udp --dport 9 -m conntrack --ctstate NEW,RELATED
start_nftrace r -4 -t 60 --no-witness -i eth0 -p udp -m multiport --dports 7,9 --json
talk a udp 10.2.0.2 7 from 20007 || fail "no answer"
talk a udp 10.2.0.2 9 from 20009 wait 10 2>/dev/null
stop_nftrace INT
assert_equal "states" "NEW,null" "$(jq -r '.conntrack.state' "$OUT" | paste -sd ,)"
in_ns r iptables-legacy -F

subtest "a map of verdicts in nft: the states that lead where the packet went"
in_ns r nft 'table ip t { chain f { type filter hook forward priority 0; ct state vmap { invalid : drop, established : accept, related : accept }; }; }'
start_nftrace r -4 -t 60 -i eth0 -p tcp --dport 1000:1010 --pcap "$SCRATCH/map.pcapng"
segment $SYN_ACK 1001
stop_nftrace INT
assert_grep '^=> DROP by nft ip t:f:rule:' "$OUT"
assert_grep '^  \(conntrack\) INVALID; likely: a SYN,ACK of which no SYN was seen$' "$OUT"
assert_reads_back r "$SCRATCH/map.pcapng"
in_ns r nft flush ruleset

# ---- by nft's events, of Linux 6.16 and later

in_ns r nft 'table ip t { chain f { type filter hook forward priority 0; ct state vmap { invalid : drop }; counter; }; }'
in_ns r conntrack -F >/dev/null 2>&1
start_nftrace r -4 -t 60 --rate 0 -p udp -m multiport --ports 7 --json --pcap "$SCRATCH/nft.pcapng"
talk a udp 10.2.0.2 7 from 20007 || fail "no answer"
talk a udp 10.2.0.2 7 from 20007 || fail "no answer"
stop_nftrace INT
in_ns r conntrack -L -o id 2>/dev/null >"$SCRATCH/entries"

subtest "nft's events: state, direction, id"
if ! grep -q '"conntrack":{' "$OUT"; then
	skip "this kernel does not tell: before 6.16"
else
	assert_schema Packet "$OUT"
	assert_equal "states" "NEW original,ESTABLISHED reply,ESTABLISHED original,ESTABLISHED reply" "$(state)"
	assert_equal "id" "$(sed -nE 's/.*sport=20007 .* id=([0-9]+).*/\1/p' "$SCRATCH/entries")" "$(jq .conntrack.id "$OUT" | sort -u)"
	assert_reads_back r "$SCRATCH/nft.pcapng" --json
	run_nftrace r --read "$SCRATCH/nft.pcapng" -v
	assert_grep "^  \\(conntrack\\) NEW, original direction, id $(jq -s '.[0].conntrack.id' "$SCRATCH/live")$" "$OUT"
	run_nftrace r --read "$SCRATCH/nft.pcapng" --only state=NEW -q
	assert_equal "packets" 1 "$(wc -l <"$OUT")"

	subtest "nft's events: UNTRACKED"
	in_ns r nft 'add table ip n; add chain ip n r { type filter hook prerouting priority -300; }; add rule ip n r udp dport 8 notrack'
	start_nftrace r -4 -t 60 --rate 0 -i eth0 -p udp --dport 8 --json
	in_ns a "$TOOLS/flood" 10.2.0.2 8 1 8 >/dev/null
	stop_nftrace INT
	assert_equal "state" "UNTRACKED null" "$(state)"
fi
