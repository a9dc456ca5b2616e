#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-bad-words: bad command lines: exit 2, a message that quotes the word, nothing changed.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/each.sh"

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
before=$SCRATCH/before
save_rules lo "$before"
read -ra host <"$before.state"

# All runs are noted first, with what is to be said of them, and judged when they have been.
kinds=() wanted=() lines=()
# line KIND WANTED LINE [WORDS...]: one of them; behind each the host's state
line() {
	kinds+=("$1") wanted+=("$2") lines+=("$3")
	to_run "$NFTRACE" "${@:4}"
	to_run "$TOOLS/state"
}

# The word that must be quoted, then the command line.
while IFS='|' read -r word line; do
	[[ -n $line ]] || continue
	# words, as at a prompt without quotes
	eval "words=($line)"
	line quoted "$word" "$line" "${words[@]}"
done <<'EOT'
--dportt| -p udp --dportt 53
nosuch| -p nosuch
nosuchmatch| -m nosuchmatch
300.1.2.3| -d 300.1.2.3
10.0.0.0/33| -s 10.0.0.0/33
!| -p udp !
--dport| --dport 53
--dport| -p udp --dport
ACCEPT| -p udp -j ACCEPT
-A| -A PREROUTING -p udp
'-L' is a command of iptables: nftrace| -L
--help tells how| help
--all| any
there are no commands| trace -p tcp
an interface is -i eth7| eth7
'src host' there, and -s here| ip saddr 10.0.0.1
-m conntrack --ctstate| ct state new
a value is missing behind it| host
a protocol's name stands alone: tcp| proto tcp
such as -i eth0.5| vlan 10 and host 10.1.0.2
did you mean --sport?| --srcport 80
of whichever end it is: port 53| --port 53
an interface is -i NAME| --interface eth0
did you mean -p tcp?| -p tpc
that is a port: -p tcp --dport http| -p http
-m iprange --src-range 10.0.0.0-10.0.0.5| -s 10.0.0.0-10.0.0.5
-m iprange --dst-range fd00::1-fd00::5| -d fd00::1-fd00::5
-D| -D PREROUTING 1
-F| -F
-L| -L
-t raw| -t raw -p udp
soon| -t soon -p udp
-5| -t -5 -p udp
many| -c many -p udp
FORWARD| --chain FORWARD -p udp
fast| --rate fast -p udp
long| -w long -p udp
host| host
port| -i lo port 70000
udp| udp port
8.8.8.8| 8.8.8.8
vlan 5| vlan 5
arp| arp
ip and ip6| ip and ip6
protochain| ip protochain 17
inbound| inbound and port 53
-m mac --mac-source| ether host 02:00:00:00:00:01
ether| ether[0] = 1
and port 53| -p udp and port 53
a condition is missing| port 53 and
--filter| ! --filter 'port 53'
--or| -p udp port 53 or
ip6| -4 ip6
--all| ip
steps, and the kernel's bpf match takes 64| $(printf 'port %d or ' {1..26}) port 27
steps, and the kernel's bpf match takes 64| $(printf 'host 10.0.0.%d or ' {1..31}) host 10.0.0.32

--no-such| --no-such
-Z| -Z
sometimes| --color sometimes -p udp
--netns /nowhere| --netns /nowhere -p udp
--netns nosuch| --netns nosuch -p udp
--netns 999999999| --netns 999999999 -p udp
--netns /dev/null| --netns /dev/null -p udp
nosuchcommand| -p udp -- nosuchcommand
'--'| -p udp --
''| -p udp -- ''
-nqx| -p udp -nqx
0/0| -s 0/0
-m comment| -m comment --comment x
0.0.0.0/0| -d 10.0.0.1,0.0.0.0/0
::/0| -6 -d ::/0
--user nobodyatall| --user nobodyatall -p udp -- true
--user root| --user root -p udp
--doctor| --doctor -- true
--hold-lock| --no-lock --hold-lock -p udp
--all| --all -p udp
'0'| -c 0 -p udp
-q| -q --json -p udp
--full| --fold --full -p udp
-q| --fold -q -p udp
--fold| --fold --json -p udp
--flat| --fold --flat -p udp
-v| --fold -v -p udp
--full| --full -q -p udp
--flat| --full --flat -p udp
--json| --full --json -p udp
never| --only never -p udp
--or| -p udp --or
0.0.0.0/0| ! -s 0.0.0.0/0
NOSUCHSET| -m set --match-set NOSUCHSET src
--set| -m recent --name x --set
9:1| -p udp --dport 9:1
-p udp| -m udp --dport 9
-j DROP| -j DROP -p udp
-g x| -g x -p udp
'!'| -p udp --dport 9 !
''| ''
' '| --filter ' '
''| -p udp ''
-s| -p udp -s
nosuch.invalid| -d nosuch.invalid
fd00::1| -4 -d 10.0.0.1,fd00::1
EOT

# What was meant, then what was typed; nothing where nothing is near.
while IFS='|' read -r meant words; do
	# shellcheck disable=SC2086
	line meant "$meant" "$words" $words
done <<'EOT'
--time|--tme 5 -p udp
--time|--tiem=5 -p udp
--netns|--nets x -p udp
--verbose|-p udp --vebrose
--count|--cuont 3 -p udp
--dport|-p udp --dpot 53
--sport|-p udp --sprot 53
--ctstate|-m conntrack --ctsate NEW
|--no-such
|-p udp --xyzzy
|-Z
EOT

# A right word where nothing has brought it along: what has to.
while IFS='|' read -r needs words; do
	# shellcheck disable=SC2086
	line needed "$needs" "$words" $words
done <<'EOT'
-p tcp or -p udp|--sport 30
-p tcp or -p udp|--dport 53 -p udp
-p tcp or -p udp|-p icmp --dport=53
-p tcp or -p udp, and -m multiport,|-p tcp --dports 80,443
-m mark or -m connmark|-p udp --mark 1
-m set or -m connlabel or -m recent|--set x
-m policy or -m statistic|--mode random
-m recent|--mask 255.0.0.0
-m ttl or -p tcp -m osf|-p udp --ttl 5
-m conntrack|-p tcp --ctstate NEW
-m owner|--uid-owner 0
-m set|-p udp --match-set x src
EOT

# What to type instead of what iptables' parser refuses.
while IFS='|' read -r instead words; do
	# shellcheck disable=SC2086
	line text "$instead" "$words" $words
done <<'EOT'
nftrace: a port stands apart: -d 10.96.0.80 -p tcp --dport 80|-d 10.96.0.80:80
nftrace: a port stands apart: -s 10.96.0.80 -p tcp --sport 80|-s 10.96.0.80:80
nftrace: a port stands apart: -d 10.96.0.80 --dport 80|-p udp -d 10.96.0.80:80
nftrace: a port stands apart: -d 10.96.0.80 -p tcp --dport http|-d 10.96.0.80:http
nftrace: a port stands apart: -d 10.96.0.80 -p tcp --dport 80|-d 10.96.0.80.80
nftrace: a port stands apart: -d fd00::1 -p tcp --dport 80|-d [fd00::1]:80
nftrace: a port stands apart: -d 10.0.0.2 -p tcp --dport 80|-d 10.0.0.1,10.0.0.2:80
nftrace: several ports: -m multiport --dports 80,443|-p tcp --dport 80,443
nftrace: several ports: -m multiport --sports 80,443|-p tcp --sport 80,443
nftrace: from one port to another: 80:90|-p tcp --dport 80-90
nftrace: from one port to another: 80:90|-p tcp -m multiport --dports 80-90
tcpdump's -r is --read here|-r x.pcap port 53
rules see a packet from its IP header on|-e port 53
did you mean --dport?|-p udp --port 53
that is 'dst port' there|-p udp dport 53
neither a match of iptables' nor a filter of tcpdump's|eth7
an interface is -i lo|lo
a command stands behind --: -- ping 10.9.0.1|-d 10.9.0.1 ping -c 1 10.9.0.1
did you mean -d 10.0.0.2, or host 10.0.0.2?|-d 10.0.0.1 10.0.0.2
nftrace: one protocol an expression: -p tcp ... --or -p udp ...|-p tcp/udp
nftrace: one protocol an expression: -p tcp ... --or -p udp ...|-p tcp,udp --dport 9
nftrace: did you mean -p icmpv6?|-6 -p icmp6
'-p icmp' is for ipv4: -p icmpv6 for ipv6|-6 -p icmp
'-p 58' is for ipv6: -p icmp for ipv4|-4 -p 58
seconds to wait for the lock (packets are written by --pcap FILE)|-w trace.pcap -p udp
nftrace: error: '99999': no port is above 65535|-p udp --dport 99999
nftrace: error: '-s fe80::1%lo': iptables does not look at '%lo': leave it out, and say -i lo or -o lo|-s fe80::1%lo
nftrace: error: '-d ::ffff:10.9.0.1': what programs call so are packets of IPv4: say -d 10.9.0.1|-d ::ffff:10.9.0.1
nftrace: error: '1:65536': no port is above 65535|-p udp --sport 1:65536
is known of what this host sends alone, and that has come in by no interface: leave out -i|-i lo -m owner --uid-owner 0
which has no out-interface yet where the trace begins: leave out -o|-o lo -m mac --mac-source 02:00:00:00:00:01
one part of it is known of what comes in alone|-m owner --uid-owner 0 -m mac --mac-source 02:00:00:00:00:01
'--doctor' and '--cleanup' together|--doctor --cleanup
EOT

# Only iptables 1.8.9 wants them apart.
if [[ $(iptables-legacy -V) = *v1.8.9* ]]; then
	while IFS='|' read -r instead words; do
		# shellcheck disable=SC2086
		line text "$instead" "$words" $words
	done <<-'EOT'
	'-s10.1.2.3': iptables wants the value of -s as a word of its own: -s 10.1.2.3|-s10.1.2.3
	as a word of its own: -d 10.1.2.3|--dst=10.1.2.3
	'-dport' has one dash too few: --dport|-p tcp -dport 80
	EOT
fi

while read -r one other; do
	line form "nftrace: error: '$one' and '$other' together: choose one form" "$one $other" -p udp "$other" "$one"
done <<'EOT'
-q --json
--markdown -q
--markdown --json
--markdown --flat
--fold --full
--fold -q
--fold --flat
--fold --json
--full -q
--full --flat
--full --json
EOT

# found START END: in found, what of stderr's lines stands between these two, a line each
found() {
	local line
	found=
	for line in "${said[@]}"; do
		[[ ! $line =~ ^nftrace:\ $1$2$ ]] || found+=${found:+$'\n'}${BASH_REMATCH[1]-}
	done
}

# title KIND WANTED WORDS: the subtest of one
title() {
	local line=$3 words=$3 meant=$2 needs=$2 instead=$2
	case $1 in
	quoted)
		subtest "nftrace$line" ;;
	meant)
		subtest "nftrace $words: did you mean $meant" ;;
	needed)
		subtest "nftrace $words: needs $needs" ;;
	text)
		subtest "nftrace $words: $instead" ;;
	form)
		subtest "two forms of what is printed, $words: one is to be chosen" ;;
	esac
}

run_each lo
for i in "${!kinds[@]}"; do
	title "${kinds[i]}" "${wanted[i]}" "${lines[i]}"
	ran $((2 * i))
	assert_status 2
	mapfile -t said <"$ERR"
	case ${kinds[i]} in
	quoted)
		assert_text "${wanted[i]}" "$ERR"
		[[ ! -s $OUT ]] || fail "something on stdout"
		((${#said[@]} <= 4)) || fail "more than a sentence"
		;;
	meant)
		found 'did you mean (--[a-z-]*)?' '\?'
		assert_equal "what was meant" "${wanted[i]}" "$found"
		;;
	needed)
		found "'--[a-z-]*' needs (.*)" ' before it'
		assert_equal "what is needed" "${wanted[i]}" "$found"
		assert_no_grep 'did you mean' "$ERR"
		;;
	text) assert_text "${wanted[i]}" "$ERR" ;;
	form) assert_equal "what is said first" "${wanted[i]}" "${said[0]-}" ;;
	esac
	ran $((2 * i + 1))
	state=
	read -r state _ <"$OUT"
	assert_equal "the host's state" "${host[0]}" "$state"
done
assert_restored lo "$before"
OUT=$SCRATCH/out ERR=$SCRATCH/err

subtest "an option of a target"
run_nftrace lo -p udp --to-destination 10.0.0.1
assert_status 2
assert_grep "^nftrace: '--to-destination' is of a target \(-j DNAT\): nftrace takes the match only$" "$ERR"

subtest "an address of each family at once"
run_nftrace lo -s 10.0.0.1 -d fd00::1
assert_status 2
assert_restored lo "$before"

subtest "-4 with an address of IPv6"
run_nftrace lo -4 -d fd00::1
assert_status 2
assert_text "fd00::1" "$ERR"
assert_restored lo "$before"
