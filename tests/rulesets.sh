# SPDX-License-Identifier: GPL-2.0-or-later
# rulesets.sh: a router for a ruleset of a real machine, and packets that meet its rules.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh, with PACKETS set. Files whose name begins with ip6- are for
# IPv6; router() sets FAMILY.

# words OPTION FILE: what the rules say behind an option, the most frequent first
words() { grep -oE -- " $1 [^ ]+" "$2" | awk '{ print $2 }' | sort | uniq -c | sort -k1,1nr -k2 | awk '{ print $2 }'; }

# interfaces FILE: two that it speaks of, so that its rules match
interfaces() {
	{ words '-[io]' "$1" | grep -vx lo | sed 's/+$/x1/' | cut -c 1-15; echo eth0; echo eth1; } |
		awk '!seen[$0]++' | head -n 2 | paste -sd ' '
}

# addresses_of OPTION FILE MAX: hosts in the networks that it speaks of
addresses_of() {
	if [[ $FAMILY = 6 ]]; then
		words "$1" "$2" | grep -iE '^[23fF][0-9a-f]*:[0-9a-f:]+(/[0-9]+)?$' | grep -viE '^f[ef]' |
			sed -E 's/::\/[0-9]+$/::3/; s/\/[0-9]+$//'
	else
		words "$1" "$2" | grep -E '^[0-9.]+(/[0-9]+)?$' |
			awk -F '[./]' '$1 < 224 && $1 != 127 && $1 != 0 {
				host = $5 == "" || $5 == 32 ? $4 : $4 + 3; print $1 "." $2 "." $3 "." host }'
	fi | awk '!seen[$0]++' | head -n "$3"
}

ports_of() {
	{ words '--dports?' "$1" | tr ',' '\n' | sed 's/:.*//'; printf '53\n9999\n'; } |
		grep -E '^[0-9]+$' | awk '!seen[$0]++' | head -n 24
}

# side N: the network of host a (1) or b (2), to which 1 (the router) or 2 (the host) is added
side() {
	if [[ $FAMILY = 6 ]]; then echo "fd00:$1::"; else echo "10.$1.0."; fi
}

# no_discovery N NS IFACE: host NS of side N and the router's IFACE need not ask for one another
no_discovery() {
	known "$2" eth0 "$(mac_of r "$3")" "$(side "$1")1"
	known r "$3" "$(mac_of "$2" eth0)" "$(side "$1")2"
}

router() { # FILE
	local ns in out bits=24 host=32
	FAMILY=4
	case ${1##*/} in ip6-*) FAMILY=6 bits=64 host=128 ;; esac
	for ns in a r b; do
		ns_new $ns
		# Reports of multicast groups come at once, and not in the middle of the test.
		in_ns $ns sysctl -qw net.ipv6.conf.default.mldv2_unsolicited_report_interval=1
	done
	read -r in out <<<"$(interfaces "$1")"
	veth a eth0 r "$in"
	veth r "$out" b eth0
	addresses a eth0 "$(side 1)2/$bits"
	addresses r "$in" "$(side 1)1/$bits"
	addresses r "$out" "$(side 2)1/$bits"
	addresses b eth0 "$(side 2)2/$bits"
	settle a eth0 r "$in" r "$out" b eth0
	if [[ $FAMILY = 6 ]]; then
		no_discovery 1 a "$in"
		no_discovery 2 b "$out"
		in_ns r sysctl -qw net.ipv6.conf.all.forwarding=1
	else
		in_ns r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
			"net.ipv4.conf.${in/./\/}.rp_filter=0"
	fi
	ns_ip a "-$FAMILY" route add default via "$(side 1)1"
	ns_ip b "-$FAMILY" route add default via "$(side 2)1"
	ns_ip r "-$FAMILY" route add default via "$(side 2)2"
	for ns in $(addresses_of -s "$1" 6); do
		addresses a lo "$ns/$host"
		ns_ip r route replace "$ns" via "$(side 1)2"
	done
}

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

# plan FILE: NS PROTO ADDRESS PORT SOURCE a line, spread over all that the rules speak of
plan() {
	local to from
	mapfile -t to < <(echo "$(side 1)1"; echo "$(side 2)2"; addresses_of -d "$1" 10)
	mapfile -t from < <(echo "$(side 1)2"; addresses_of -s "$1" 6)
	ports_of "$1" | awk -v packets="$PACKETS" -v to="${to[*]}" -v from="${from[*]}" \
		-v any="$([[ $FAMILY = 6 ]] && echo :: || echo 0.0.0.0)" '
		{ port[n++] = $1 }
		END {
			nto = split(to, t, " "); nfrom = split(from, f, " ")
			for (i = 0; i < packets; i++) {
				where = i % 9 == 8 ? "r" : i % 9 == 7 ? "b" : "a"
				source = where == "a" ? f[int(i / 5) % nfrom + 1] : any
				goal = where == "b" ? t[1 + i % 2 * (nto > 2 ? 2 : 0)] : t[i % nto + 1]
				print where, i % 3 == 2 ? "tcp" : "udp", goal, port[int(i / 2) % n], source
			}
		}'
}

# Each from a port of its own: one that the kernel chose might be that of a connection
# that conntrack still remembers, and nat would not be asked.
send() { # FILE
	local ns
	plan "$1" | awk '{ print $0, 33000 + NR }' >"$SCRATCH/plan"
	for ns in a b r; do
		grep "^$ns " "$SCRATCH/plan" | in_ns $ns bash -c '
			while read -r _ proto to port source from; do
				"$0" $proto $to $port from $from source $source wait 2
			done' "$TOOLS/talk" 2>/dev/null
	done
}
