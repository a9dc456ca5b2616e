#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# seeds.sh FOLDER: records real messages of all kinds of packets as seeds for the fuzz targets.
folder=${1:?folder}
[[ -n ${NFT_SANDBOX-} ]] || exec "$(dirname "$0")/../sandbox" bash "$0" "$folder"
. "$(dirname "$0")/../lib.sh"
. "$TESTS/lab.sh"

mkdir -p "$folder"/{event,packet,place,safe,owner,record,log}
lab_router
for ns in r b; do
	for family in "" 6; do
		in_ns $ns "ip${family}tables-legacy" -t raw -A PREROUTING -j TRACE
		in_ns $ns "ip${family}tables-legacy" -t raw -A OUTPUT -j TRACE
	done
done
in_ns r iptables-legacy -t mangle -A FORWARD -p tcp -j MARK --set-mark 0x1234
in_ns r iptables-legacy -A FORWARD -m conntrack --ctstate INVALID -j DROP
in_ns r sysctl -qw net.netfilter.nf_log.2=nfnetlink_log net.netfilter.nf_log.10=nfnetlink_log
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 udp fd00:2::2 7 tcp 10.2.0.2 7 tcp fd00:2::2 7
background b dns "$TOOLS/dns" serve 10.2.0.2
background r record "$TOOLS/record" "$folder/event" "$folder/packet" "$folder/place" 2
wait_for 5 grep -q ready "$SCRATCH/record"
for to in 10.2.0.2 fd00:2::2; do
	talk a udp $to 7
	talk a tcp $to 7
	in_ns a ping -n -c 1 -W 1 $to >/dev/null
	in_ns a ping -n -c 1 -W 1 -s 3000 $to >/dev/null
	in_ns r ping -n -c 1 -W 1 $to >/dev/null
	talk a udp $to 9 wait 100
done
in_ns a "$TOOLS/dns" query 10.2.0.2 www.example.com A
in_ns a ping -n -c 1 -W 1 10.9.9.9 >/dev/null
wait_for 10 is_gone "$BG_PID"

# The same packet at its many rules is one seed.
for kind in event packet place; do
	(cd "$folder/$kind" && sha1sum -- * | sort -k 1,1 | uniq -w 40 -d --all-repeated=separate |
		awk 'NF && $1 == last { print $2 } { last = $1 }' | xargs -r rm --)
done
printf 'nftrace:1764019200:4242:123456:4026531836:0123456789abcdef' >"$folder/owner/good"
printf 'nftrace:-1:1:1:1:0123456789abcdeg' >"$folder/owner/bad"
printf '\033]0;title\007\xc2\x9b2J\xe2\x80\xae\xff\xf0\x9f\x98\x80"\\\n' >"$folder/safe/all"
printf '\xed\xa0\x80\xc0\xaf\xf4\x90\x80\x80\xe2\x80' >"$folder/safe/not-utf8"

# Decisions of the writers in grammar.h: all the plain way, and some of any kind.
head -c 2000 /dev/zero | tee "$folder/record/plain" >"$folder/log/plain"
for i in 1 2 3 4 5 6 7 8 9; do
	for kind in record log; do
		head -c $((i * 400)) /dev/urandom | od -An -v -tu1 -w1 |
			awk -v i=$i 'NR % 10 > i { $1 = 0 } { printf "\\x%02x", $1 }' |
			xargs -0 printf %b >"$folder/$kind/$i"
	done
done
