#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-filter: words of tcpdump's match the packets that tcpdump -i any shows by the same words in the same run.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

filters=(
	'host 10.1.0.2' 'src host 10.1.0.2' 'dst host 10.1.0.2' 'host 10.1.0.2 and host 10.2.0.2'
	'host fd00:1::2' 'src host fd00:1::2' 'dst fd00:2::2' 'ip6 host fd00:1::1'
	'net 10.2.0.0/16' 'src net 10.1.0.0/24' 'dst net 10.2.0.0 mask 255.255.255.0' 'ip6 net fd00:2::/64'
	'port 53' 'src port 1053' 'dst port 53' 'tcp port 53' 'udp port 53' 'portrange 50-60' 'dst portrange 50-52'
	'tcp dst portrange 79-81' 'udp and not port 53' 'not udp' 'not port 53 and not port 80'
	'tcp' 'udp' 'icmp' 'icmp6' 'ip' 'ip6' 'ip and tcp' 'ip6 and tcp' 'ip proto 17' 'ip6 proto 6' 'proto 17'
	'ip proto \icmp' 'sctp' 'esp or ah'
	'tcp[tcpflags] & tcp-syn != 0' 'tcp[tcpflags] = tcp-syn' 'tcp[13] & 4 != 0' 'tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn'
	'icmp[icmptype] = icmp-echo' 'icmp[icmptype] == icmp-unreach' 'icmp6[0] = 128' 'icmp6[icmp6type] = icmp6-echoreply'
	'ip[8] <= 64' 'ip[0] & 0xf = 5' 'ip[2:2] > 100' 'ip6[4:2] > 100' 'ip6[6] = 17'
	'udp[4:2] > 100' 'udp[8:4] = 0x78787878' 'less 60' 'greater 300' 'len = 36'
	'host 10.1.0.1 and (port 53 or port 80)' '(src 10.1.0.1 or src 10.1.0.2) and udp'
	'udp and (ip[6:2] & 0x1fff = 0)' 'ip[6:2] & 0x3fff != 0' 'ip6[6] = 44'
	'ip[6] & 64 = 0 and icmp' 'src or dst port 80' 'host 10.5.0.2' 'udp port 5005' 'ip[8] = 63'
	'ip multicast' 'ip6 multicast' 'tcp src port 80 or udp src port 2080'
)

# What the hook makes otherwise: forwarded packets are seen as they came in, their TTL not yet less.
odd='ip[8] = 63'

lab_router
settle a eth0 r eth0 r eth1 b eth0
# A VLAN beside the cable, where the kernel has them.
vlan=eth0
if ns_ip a link add link eth0 name vlan5 type vlan id 5 2>/dev/null; then
	vlan=vlan5
	ns_ip r link add link eth0 name vlan5 type vlan id 5
	ns_ip a link set vlan5 up
	ns_ip r link set vlan5 up
fi
addresses a $vlan 10.5.0.2/24 fd00:5::2/64
addresses r $vlan 10.5.0.1/24 fd00:5::1/64
settle a $vlan r $vlan

# Neighbours are asked for before anybody listens.
few() {
	local to
	for to in 10.1.0.1 10.2.0.2 fd00:1::1 fd00:2::2 10.5.0.1 fd00:5::1; do echo "udp $to 9 wait 1"; done
}
traffic_of_a() {
	local to
	for to in 10.1.0.1 10.2.0.2 fd00:1::1 fd00:2::2; do
		printf '%s\n' "udp $to 53 from 1053 wait 1 size 8" "udp $to 51 from 2080 wait 1 size 200" \
			"udp $to 60 from 2060 wait 1 size 2500" "tcp $to 53 from 1153 wait 1" "tcp $to 80 from 1180 wait 1"
	done
	printf '%s\n' "udp 10.5.0.1 5005 from 1505 wait 1 size 8" "udp fd00:5::1 5005 from 1505 wait 1 size 8"
}
pings_of_a() {
	local to
	for to in 10.1.0.1 10.2.0.2 fd00:1::1 fd00:2::2; do ping -q -c 1 -W 1 -i 0.2 -s 8 $to; done >/dev/null
}
traffic_of_r() {
	local to
	for to in 10.1.0.2 10.2.0.2 fd00:1::2 fd00:2::2; do
		printf '%s\n' "udp $to 53 from 3053 wait 1 size 8" "tcp $to 80 from 3180 wait 1"
	done
	printf '%s\n' "udp 10.9.0.9 80 source 10.1.0.1 from 3280 wait 1" "udp 224.0.0.9 80 source 10.1.0.1 from 3380 wait 1"
}
few=$(few) of_a=$(traffic_of_a) of_r=$(traffic_of_r)
# tagged TCI PORT: a datagram of each family from a to r, in a frame with this tag of 802.1Q
cat >"$SCRATCH/tagged.py" <<'EOT'
import socket, struct, sys
mac, tci, port = bytes.fromhex(sys.argv[1].replace(':', '')), int(sys.argv[2]), int(sys.argv[3])
def checksum(data):
    total = sum(struct.unpack('>%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff
def packet(family, src, dst):
    ends = socket.inet_pton(family, src) + socket.inet_pton(family, dst)
    udp = [1505, port, 16]
    udp = struct.pack('>4H', *udp, checksum(ends + struct.pack('>5H', 17, 16, *udp) + b'x' * 8)) + b'x' * 8
    if family == socket.AF_INET6:
        return struct.pack('>IHBB', 6 << 28, 16, 17, 64) + ends + udp
    head = struct.pack('>BBHHHBB', 0x45, 0, 36, 7, 0, 64, 17)
    return head + struct.pack('>H', checksum(head + ends)) + ends + udp
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(('eth0', 0))
for kind, family, src, dst in ((0x0800, socket.AF_INET, '10.1.0.2', '10.1.0.1'),
                               (0x86dd, socket.AF_INET6, 'fd00:1::2', 'fd00:1::1')):
    out.send(mac + bytes(6) + struct.pack('>3H', 0x8100, tci, kind) + packet(family, src, dst))
EOT
mac=$(mac_of r eth0)
tagged() { in_ns a python3 -S "$SCRATCH/tagged.py" "$mac" "$@"; }
traffic() {
	talk a each <<<"$of_a"
	in_ns a bash -c pings_of_a
	talk r each <<<"$of_r"
	# Priority 3 and no VLAN: the interface takes it as its own.
	tagged $((3 << 13)) 5005
}
export -f pings_of_a
talk a each <<<"$few" >/dev/null 2>&1

# The rules that the words make, each with a group of its own to tell its packets.
records() {
	local f family
	for family in 4 6; do
		for f in "${!filters[@]}"; do printf '%s\0' "$((f + 1))" $family 1 "${filters[f]}"; done
	done
}
records | in_ns r "$UNIT/words_tool" >"$SCRATCH/words" 2>&1 || fail "words_tool ends with $?"
for family in 4 6; do
	echo '*raw'
	awk -v family=$family -v n=${#filters[@]} '
		$1 == "-A" { id = $2; rest = $0; sub(/^-A [0-9]+/, "", rest); sub(/ -j TRACE$/, "", rest) }
		$1 != "-A" { id = $1; rest = "" }
		{ if (id < last) second = 1; last = id; if (second != (family == 6) || $2 == "refused:") next
		  printf "-A PREROUTING%s -j NFLOG --nflog-group %d\n-A OUTPUT%s -j NFLOG --nflog-group %d\n", rest, id, rest, id }' \
		"$SCRATCH/words"
	echo COMMIT
done >"$SCRATCH/raw"
subtest "the kernel takes the rules"
csplit -s -f "$SCRATCH/raw." "$SCRATCH/raw" '/COMMIT/1'
in_ns r iptables-legacy-restore <"$SCRATCH/raw.00" || fail "iptables"
in_ns r ip6tables-legacy-restore <"$SCRATCH/raw.01" || fail "ip6tables"

# listen NAME ARGS...: tcpdump in r
whole=(-s 3000 -B 1024)	# all that comes at once has room: by itself it has some for eight packets
listeners=0
listen() {
	"$TOOLS/enter" -d "/run/netns/nft$$-r" tcpdump --immediate-mode -lnnSt "${@:2}" \
		>"$SCRATCH/$1" 2>"$SCRATCH/$1.err" </dev/null &
	LISTENER=$!
	later $LISTENER
	((++listeners))
}
listening() {
	local said=() file text
	for file in "$SCRATCH"/*.err; do
		text=
		read -rd '' text <"$file"
		[[ $text != *'listening on'* ]] || said+=("$file")
	done
	((${#said[@]} == listeners))
}

subtest "${#filters[@]} filters: tcpdump -i any, and the rules, in both families"
for f in "${!filters[@]}"; do
	listen "dump$f" "${whole[@]}" -i any "${filters[f]}"
done
for ((first = 1; first <= ${#filters[@]}; first += 30)); do
	last=$((first + 29 < ${#filters[@]} ? first + 29 : ${#filters[@]}))
	listen "log$first" -e -i "nflog:$(seq -s , $first $last)"
done
assert_within 30 "they listen" listening
traffic 2>/dev/null

# Both sides, as "FILTER PACKET"; a packet that passes several devices is one, and what
# neighbours ask each other comes when it comes.
chatter=' ARP,|ICMP6, (neighbor|router|multicast)'
as_seen() { sed -E 's/^\S+ +(In|Out|B|M|P) +IP6? //' "$1" | grep -vE "$chatter"; }
of_tcpdump() {
	local f files=()
	for f in "${!filters[@]}"; do
		[[ ${filters[f]} = "$odd" ]] || files+=("$SCRATCH/dump$f")
	done
	awk -v chatter="$chatter" '
		FNR == 1 { number = FILENAME; sub(/.*dump/, "", number); ++number }
		{ if (match($0, /^[^ \t]+ +(In|Out|B|M|P) +IP6? /)) $0 = substr($0, RLENGTH + 1) }
		$0 !~ chatter { print number, $0 }' "${files[@]}" | sort -u
}
of_rules() {
	sed -E 's/^version 0, resource ID ([0-9]+), family [^,]*, length [0-9]+: (IP6? )?/\1 /' "$SCRATCH"/log*[0-9] |
		grep -vE "$chatter" | sort -u
}
same_packets() {
	of_tcpdump >"$SCRATCH/theirs"
	of_rules >"$SCRATCH/ours"
	cmp -s "$SCRATCH/theirs" "$SCRATCH/ours"
}
wait_for 10 same_packets || note "the packets differ"
assert_same "the packets" "$SCRATCH/theirs" "$SCRATCH/ours"
busy=$(cut -d ' ' -f 1 "$SCRATCH/ours" | sort -u | wc -l)
note "$busy of ${#filters[@]} filters match, $(wc -l <"$SCRATCH/ours") packets in all; VLAN: $vlan"
((${#filters[@]} >= 60 && busy >= 60)) || fail "too few"
f=0
until [[ ${filters[f]} = "$odd" ]]; do ((++f)); done
[[ -s $SCRATCH/dump$f ]] || fail "nothing is shown by '$odd', where forwarded packets go out"

in_ns r iptables-legacy -t raw -F
in_ns r ip6tables-legacy -t raw -F
in_ns r nft 'table inet t { chain pre { type filter hook prerouting priority 0; }; chain out { type filter hook output priority 0; }; }'

# ends FILE: who speaks to whom, of either form
ends() { sed -nE 's/^(\S+ > \S+): .*/\1/p' "$1" | sort -u; }

words='src or dst port 53 or icmp[icmptype] = icmp-echo or (ip6 and udp port 5005)'
for backend in legacy nft; do
	subtest "a run, by $backend: the packets of tcpdump -i any"
	rm -f "$SCRATCH"/*.err
	listeners=0
	listeners=0
	listen shown "${whole[@]}" -i any "$words or (tcp and dst port 80)"
	assert_within 10 "it listens" listening
	# shellcheck disable=SC2086 # words, as at a prompt
	start_nftrace r --backend $backend -t 60 --rate 0 --json -nni any $words --or -p tcp --filter 'dst port 80'
	traffic 2>/dev/null
	told() {
		as_seen "$SCRATCH/shown" >"$SCRATCH/shown.text"
		jq -r .headers "$OUT" >"$SCRATCH/told"
		cmp -s <(ends "$SCRATCH/shown.text") <(ends "$SCRATCH/told")
	}
	wait_for 10 told || note "the packets differ"
	stop_nftrace INT
	kill $LISTENER
	assert_same "the packets" <(ends "$SCRATCH/shown.text") <(ends "$SCRATCH/told")
	(($(ends "$SCRATCH/told" | wc -l) >= 20)) || fail "only $(ends "$SCRATCH/told" | wc -l) packets"
done

subtest "what conntrack makes otherwise: a datagram is whole before the rules see it"
in_ns r iptables-legacy -A FORWARD -m conntrack --ctstate INVALID
rm -f "$SCRATCH"/*.err
listeners=0
listen shown "${whole[@]}" -i any udp and dst host 10.2.0.2
assert_within 10 "it listens" listening
start_nftrace r -4 --backend legacy -t 60 --rate 0 --json 'ip[6:2] & 0x3fff != 0' --or udp dst port 60
talk a udp 10.2.0.2 60 size 2500 wait 1 2>/dev/null
told() { grep -q '"length":2528' "$OUT"; }
assert_within 10 "it is told" told
pieces() { grep -q 'ip-proto-17$' "$SCRATCH/shown"; }
assert_within 10 "tcpdump shows pieces" pieces
stop_nftrace INT
kill $LISTENER
assert_equal "lengths" 2528 "$(jq .length "$OUT" | sort -u)"

subtest "what the device makes otherwise: a frame of a VLAN that is not here is nobody's"
rm -f "$SCRATCH"/*.err
listeners=0
listen shown "${whole[@]}" -i any udp port 5007
assert_within 10 "it listens" listening
start_nftrace r --backend legacy -t 60 --rate 0 --json udp port 5007
tagged $((3 << 13 | 7)) 5007
shown() { (($(grep -c '5007: UDP' "$SCRATCH/shown") >= $1)); }
assert_within 10 "tcpdump shows both" shown 2
tagged $((3 << 13)) 5007
assert_within 10 "tcpdump shows four" shown 4
told() { (($(wc -l <"$OUT") >= 2)); }
assert_within 10 "those of no VLAN are told" told
stop_nftrace INT
kill $LISTENER
assert_equal "packets told" 2 "$(wc -l <"$OUT")"

subtest "replies by rules in raw: src is dst there"
run_nftrace r -4 --backend legacy --dry-run --replies 'src host 10.1.0.2' and dst port 53
assert_status 0
assert_text "looked for by 'dst host 10.1.0.2 and src port 53'" "$ERR"
run_nftrace r -4 --backend legacy --dry-run --replies --filter '(src 10.1.0.2)' -p udp
assert_status 0
assert_text "looked for by '--filter (dst 10.1.0.2) -p udp'" "$ERR"

subtest "without libpcap: a sentence, and iptables' words as ever"
library=$(ldconfig -p | sed -n 's/.*libpcap\.so\.0\.8 .*=> //p' | head -n 1)
if [[ -n $library ]]; then
	# shellcheck disable=SC2016 # the inner shell's words
	hide='mount --bind /dev/null "$1" && exec "${@:2}"'
	for words in "host 10.1.0.2" "-p udp"; do
		# shellcheck disable=SC2086
		in_ns r unshare -m bash -c "$hide" hide "$(readlink -f "$library")" \
			"$NFTRACE" -4 --dry-run $words >"$OUT" 2>"$ERR"
		echo $? >>"$SCRATCH/statuses"
	done
	assert_equal "exit statuses" "1 0" "$(paste -sd ' ' "$SCRATCH/statuses")"
	in_ns r unshare -m bash -c "$hide" hide "$(readlink -f "$library")" "$NFTRACE" -4 host 10.1.0.2 2>"$ERR"
	assert_text "words of tcpdump's are read by libpcap, which is not here" "$ERR"
else
	skip "no libpcap.so.0.8"
fi
