# SPDX-License-Identifier: GPL-2.0-or-later
# rulesets.sh: a router for a ruleset of a real machine, and packets that meet its rules.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh, with PACKETS set. Files whose name begins with ip6- are for
# IPv6; router() sets FAMILY.

copy_kallsyms

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

# side N: the network of host a (1) or b (2), to which 1 (the router) or 2 (the host) is added
side() {
	if [[ $FAMILY = 6 ]]; then echo "fd00:$1::"; else echo "10.$1.0."; fi
}

# mac_in NS IFACE: of it, in MAC
mac_in() {
	MAC=$(ns_ip "$1" -o link show "$2")
	MAC=${MAC#*ether } MAC=${MAC%% *}
}

# no_discovery N NS IFACE: host NS of side N and the router's IFACE need not ask for one another
no_discovery() {
	mac_in r "$3"
	known "$2" eth0 "$MAC" "$(side "$1")1"
	mac_in "$2" eth0
	known r "$3" "$MAC" "$(side "$1")2"
}

router() { # FILE
	local ns in out bits=24 host=32 one two
	FAMILY=4
	case ${1##*/} in ip6-*) FAMILY=6 bits=64 host=128 ;; esac
	facts "$1"
	in=${INTERFACES[0]} out=${INTERFACES[1]} one=$(side 1) two=$(side 2)
	ns_new a r b
	for ns in a r b; do
		# Reports of multicast groups come at once, and not in the middle of the test.
		in_ns $ns sysctl -qw net.ipv6.conf.default.mldv2_unsolicited_report_interval=1
	done
	veth a eth0 r "$in"
	veth r "$out" b eth0
	{
		echo "addr add ${one}2/$bits dev eth0"
		for ns in "${SOURCES[@]}"; do echo "addr add $ns/$host dev lo"; done
	} | only_nodad a
	printf '%s\n' "addr add ${one}1/$bits dev $in" "addr add ${two}1/$bits dev $out" | only_nodad r
	printf '%s\n' "addr add ${two}2/$bits dev eth0" | only_nodad b
	settle a eth0 r "$in" r "$out" b eth0
	if [[ $FAMILY = 6 ]]; then
		no_discovery 1 a "$in"
		no_discovery 2 b "$out"
		in_ns r sysctl -qw net.ipv6.conf.all.forwarding=1
	else
		in_ns r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
			"net.ipv4.conf.${in/./\/}.rp_filter=0"
	fi
	ns_ip a "-$FAMILY" route add default via "${one}1"
	ns_ip b "-$FAMILY" route add default via "${two}1"
	{
		echo "route add default via ${two}2"
		for ns in "${SOURCES[@]}"; do echo "route replace $ns via ${one}2"; done
	} | ns_ip r "-$FAMILY" -batch -
}
# only_nodad NS: ip's lines on stdin; an address of IPv6 is not asked for first
only_nodad() { if [[ $FAMILY = 6 ]]; then sed 's/$/ nodad/'; else cat; fi | ns_ip "$1" -batch -; }

# xt TOOL: the family's: iptables-legacy-save, ip6tables-nft-restore ...
xt() { if [[ $FAMILY = 6 ]]; then echo "ip6tables-$1"; else echo "iptables-$1"; fi; }

# load_rules FILE [nft]; what this kernel or that backend refuses is left out
load_rules() {
	local line left=20
	[[ ! -e ${1%.save}.ipsets ]] || in_ns r ipset restore <"${1%.save}.ipsets"
	cat "$1" >"$SCRATCH/loading"
	while ! in_ns r $(xt ${2:-legacy}-restore) <"$SCRATCH/loading" 2>"$SCRATCH/refusal"; do
		line=$(sed -nE 's/.*(line|line:) ([0-9]+).*/\2/p' "$SCRATCH/refusal" | tail -n 1)
		[[ -n $line ]] && ((left-- > 0)) || return 1
		sed -i "${line}s/.*/#/" "$SCRATCH/loading"
	done
}

# plan: NS, PROTO ADDRESS PORT SOURCE and a client's words a line, spread over all that the rules
# speak of, as facts read them. Each from a port of its own: one that the kernel chose might be
# that of a connection that conntrack still remembers, and nat would not be asked.
plan() {
	printf '%s\n' "${PORTS[@]}" | awk -v packets="$PACKETS" \
		-v to="$(side 1)1 $(side 2)2 ${DESTINATIONS[*]}" -v from="$(side 1)2 ${SOURCES[*]}" \
		-v any="$([[ $FAMILY = 6 ]] && echo :: || echo 0.0.0.0)" '
		{ port[n++] = $1 }
		END {
			nto = split(to, t, " "); nfrom = split(from, f, " ")
			for (i = 0; i < packets; i++) {
				where = i % 9 == 8 ? "r" : i % 9 == 7 ? "b" : "a"
				source = where == "a" ? f[int(i / 5) % nfrom + 1] : any
				goal = where == "b" ? t[1 + i % 2 * (nto > 2 ? 2 : 0)] : t[i % nto + 1]
				print where, i % 3 == 2 ? "tcp" : "udp", goal, port[int(i / 2) % n],
					"from", 33001 + i, "source", source, "wait 2"
			}
		}'
}

# send: what is planned
send() {
	local ns
	plan >"$SCRATCH/plan"
	for ns in a b r; do
		sed -n "s/^$ns //p" "$SCRATCH/plan" | in_ns $ns "$TOOLS/talk" each 2>/dev/null
	done
}
