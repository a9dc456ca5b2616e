# SPDX-License-Identifier: GPL-2.0-or-later
# rulesets.sh: a router for a ruleset of a real machine, and packets that meet its rules.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh, with PACKETS set. Files whose name begins with ip6- are for
# IPv6.

copy_kallsyms
XT=iptables # of router's file

# facts FILE: what its rules speak of, the most frequent first: INTERFACES, two so that rules
# match; SOURCES and DESTINATIONS, hosts in the networks; PORTS
facts() {
	{
		read -ra INTERFACES
		read -ra SOURCES
		read -ra DESTINATIONS
		read -ra PORTS
	} < <(awk -v family="$FAMILY" '
		{
			for (i = 2; i < NF; i++) {
				if ($i ~ /^-[io]$/) by_interface[$(i + 1)]++
				if ($i == "-s") by_source[$(i + 1)]++
				if ($i == "-d") by_destination[$(i + 1)]++
				if ($i ~ /^--dports?$/) by_port[$(i + 1)]++
			}
		}
		# The words of n into word, in order; how many they are.
		function rank(n, word,  w, i, k) {
			k = 0
			for (w in n) {
				for (i = k++; i > 0 && (n[w] > n[word[i]] || n[w] == n[word[i]] && w "" < word[i] ""); i--)
					word[i + 1] = word[i]
				word[i + 1] = w
			}
			return k
		}
		function say(word, most) {
			if (!(word in said) && most > told) {
				said[word]
				line = line (told++ ? " " : "") word
			}
		}
		function end() { print line; line = ""; told = 0; split("", said) }
		function host(net,  part) {
			if (family == 6) {
				if (net !~ /^[23fF][0-9a-fA-F]*:[0-9a-fA-F:]+(\/[0-9]+)?$/ || net ~ /^[fF][eEfF]/) return ""
				if (!sub(/::\/[0-9]+$/, "::3", net)) sub(/\/[0-9]+$/, "", net)
				return net
			}
			if (net !~ /^[0-9.]+(\/[0-9]+)?$/) return ""
			split(net, part, /[.\/]/)
			if (part[1] >= 224 || part[1] == 127 || part[1] == 0) return ""
			return part[1] "." part[2] "." part[3] "." (part[5] == "" || part[5] == 32 ? part[4] : part[4] + 3)
		}
		function hosts(n, most,  word, k, i, h) {
			k = rank(n, word)
			for (i = 1; i <= k; i++)
				if ((h = host(word[i])) != "") say(h, most)
			end()
		}
		END {
			k = rank(by_interface, name)
			for (i = 1; i <= k; i++)
				if (name[i] != "lo") {
					sub(/\+$/, "x1", name[i])
					say(substr(name[i], 1, 15), 2)
				}
			say("eth0", 2); say("eth1", 2); end()
			hosts(by_source, 6)
			hosts(by_destination, 10)
			k = rank(by_port, list)
			for (i = 1; i <= k; i++) {
				many = split(list[i], port, ",")
				for (j = 1; j <= many; j++) {
					sub(/:.*/, "", port[j])
					if (port[j] ~ /^[0-9]+$/) say(port[j], 24)
				}
			}
			say("53", 24); say("9999", 24); end()
		}' "$1")
}

# router FILE: host a - r - b, with what the file's rules speak of. FAMILY, XT and ANY are of its family,
# ONE and TWO the networks of a and b, to which 1 (the router) or 2 (the host) is added.
router() {
	local in out bits=24 host=32 nodad= source of_a of_r of_b mac=02:00:00:00
	FAMILY=4 XT=iptables ANY=0.0.0.0 ONE=10.1.0. TWO=10.2.0.
	case ${1##*/} in
	ip6-*) FAMILY=6 XT=ip6tables ANY=:: ONE=fd00:1:: TWO=fd00:2:: bits=64 host=128 nodad=nodad ;;
	esac
	facts "$1"
	in=${INTERFACES[0]} out=${INTERFACES[1]}
	ns_new a r b
	# Reports of multicast groups come at once, and not in the middle of the test.
	for source in a r b; do
		prepare $source net.ipv6.conf.default.mldv2_unsolicited_report_interval=1
	done
	veth a eth0 r "$in" r "$out" b eth0
	# No host need ask for another.
	of_a="link set eth0 address $mac:01:02
		addr add ${ONE}2/$bits dev eth0 $nodad
		neigh replace ${ONE}1 lladdr $mac:01:01 dev eth0 nud permanent
		route add default via ${ONE}1"
	of_r="link set $in address $mac:01:01
		link set $out address $mac:02:01
		addr add ${ONE}1/$bits dev $in $nodad
		addr add ${TWO}1/$bits dev $out $nodad
		neigh replace ${ONE}2 lladdr $mac:01:02 dev $in nud permanent
		neigh replace ${TWO}2 lladdr $mac:02:02 dev $out nud permanent
		route add default via ${TWO}2"
	of_b="link set eth0 address $mac:02:02
		addr add ${TWO}2/$bits dev eth0 $nodad
		neigh replace ${TWO}1 lladdr $mac:02:01 dev eth0 nud permanent
		route add default via ${TWO}1"
	for source in "${SOURCES[@]}"; do
		of_a+=$'\n'"addr add $source/$host dev lo $nodad"
		of_r+=$'\n'"route replace $source via ${ONE}2"
	done
	ns_ip a "-$FAMILY" -batch - <<<"$of_a"
	ns_ip r "-$FAMILY" -batch - <<<"$of_r"
	ns_ip b "-$FAMILY" -batch - <<<"$of_b"
	settle a eth0 r "$in" r "$out" b eth0
	if [[ $FAMILY = 6 ]]; then
		prepare r net.ipv6.conf.all.forwarding=1
	else
		prepare r net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 "net.ipv4.conf.${in/./\/}.rp_filter=0"
	fi
}

# load_rules FILE [nft]; what this kernel or that backend refuses is left out
load_rules() {
	local line left=20
	[[ ! -e ${1%.save}.ipsets ]] || in_ns r ipset restore <"${1%.save}.ipsets"
	cat "$1" >"$SCRATCH/loading"
	while ! in_ns r "$XT-${2:-legacy}-restore" <"$SCRATCH/loading" 2>"$SCRATCH/refusal"; do
		line=$(sed -nE 's/.*(line|line:) ([0-9]+).*/\2/p' "$SCRATCH/refusal" | tail -n 1)
		[[ -n $line ]] && ((left-- > 0)) || return 1
		sed -i "${line}s/.*/#/" "$SCRATCH/loading"
	done
}

# plan: for each namespace into $SCRATCH/plan.NS: PROTO ADDRESS PORT SOURCE and a client's words a line,
# spread over all that the rules speak of, as facts read them. Each from a port of its own: one that
# the kernel chose might be that of a connection that conntrack still remembers, and nat would not
# be asked.
plan() {
	awk -v packets="$PACKETS" -v ports="${PORTS[*]}" \
		-v to="${ONE}1 ${TWO}2 ${DESTINATIONS[*]}" -v from="${ONE}2 ${SOURCES[*]}" \
		-v any="$ANY" -v file="$SCRATCH/plan." '
		BEGIN {
			n = split(ports, port, " ")
			nto = split(to, t, " "); nfrom = split(from, f, " ")
			for (i = 0; i < packets; i++) {
				where = i % 9 == 8 ? "r" : i % 9 == 7 ? "b" : "a"
				source = where == "a" ? f[int(i / 5) % nfrom + 1] : any
				goal = where == "b" ? t[1 + i % 2 * (nto > 2 ? 2 : 0)] : t[i % nto + 1]
				print i % 3 == 2 ? "tcp" : "udp", goal, port[int(i / 2) % n + 1],
					"from", 33001 + i, "source", source, "wait 2" >(file where)
			}
		}'
}

# send: what is planned
send() {
	local ns
	plan
	for ns in a b r; do in_ns $ns "$TOOLS/talk" each <"$SCRATCH/plan.$ns" 2>/dev/null; done
}
