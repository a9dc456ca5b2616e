# SPDX-License-Identifier: GPL-2.0-or-later
# rulesets.sh: a router for a ruleset of a real machine, and packets that meet its rules.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh, with PACKETS set.

# words OPTION FILE: what the rules say behind an option, the most frequent first
words() { grep -oE -- " $1 [^ ]+" "$2" | awk '{ print $2 }' | sort | uniq -c | sort -k1,1nr -k2 | awk '{ print $2 }'; }

# interfaces FILE: two that it speaks of, so that its rules match
interfaces() {
	{ words '-[io]' "$1" | grep -vx lo | sed 's/+$/x1/' | cut -c 1-15; echo eth0; echo eth1; } |
		awk '!seen[$0]++' | head -n 2 | paste -sd ' '
}

# addresses_of OPTION FILE: hosts in the networks that it speaks of
addresses_of() {
	words "$1" "$2" | grep -E '^[0-9.]+(/[0-9]+)?$' |
		awk -F '[./]' '$1 < 224 && $1 != 127 && $1 != 0 {
			host = $5 == "" || $5 == 32 ? $4 : $4 + 3; print $1 "." $2 "." $3 "." host }' |
		awk '!seen[$0]++' | head -n "$3"
}

ports_of() {
	{ words '--dports?' "$1" | tr ',' '\n' | sed 's/:.*//'; printf '53\n9999\n'; } |
		grep -E '^[0-9]+$' | awk '!seen[$0]++' | head -n 24
}

router() { # FILE
	local ns in out
	for ns in a r b; do ns_new $ns; done
	read -r in out <<<"$(interfaces "$1")"
	veth a eth0 r "$in"
	veth r "$out" b eth0
	addresses a eth0 10.1.0.2/24
	addresses r "$in" 10.1.0.1/24
	addresses r "$out" 10.2.0.1/24
	addresses b eth0 10.2.0.2/24
	settle a eth0 r "$in" r "$out" b eth0
	in_ns r sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0 \
		"net.ipv4.conf.${in/./\/}.rp_filter=0"
	ns_ip a route add default via 10.1.0.1
	ns_ip b route add default via 10.2.0.1
	ns_ip r route add default via 10.2.0.2
	for ns in $(addresses_of -s "$1" 6); do
		addresses a lo "$ns/32"
		ns_ip r route replace "$ns" via 10.1.0.2
	done
}

# load_rules FILE [nft]; what this kernel or that backend refuses is left out
load_rules() {
	local line left=20
	[[ ! -e ${1%.save}.ipsets ]] || in_ns r ipset restore <"${1%.save}.ipsets"
	cat "$1" >"$SCRATCH/loading"
	while ! in_ns r iptables-${2:-legacy}-restore <"$SCRATCH/loading" 2>"$SCRATCH/refusal"; do
		line=$(sed -nE 's/.*(line|line:) ([0-9]+).*/\2/p' "$SCRATCH/refusal" | tail -n 1)
		[[ -n $line ]] && ((left-- > 0)) || return 1
		sed -i "${line}s/.*/#/" "$SCRATCH/loading"
	done
}

# plan FILE: NS PROTO ADDRESS PORT SOURCE a line, spread over all that the rules speak of
plan() {
	local to from
	mapfile -t to < <(printf '10.1.0.1\n10.2.0.2\n'; addresses_of -d "$1" 10)
	mapfile -t from < <(printf '10.1.0.2\n'; addresses_of -s "$1" 6)
	ports_of "$1" | awk -v packets="$PACKETS" -v to="${to[*]}" -v from="${from[*]}" '
		{ port[n++] = $1 }
		END {
			nto = split(to, t, " "); nfrom = split(from, f, " ")
			for (i = 0; i < packets; i++) {
				where = i % 9 == 8 ? "r" : i % 9 == 7 ? "b" : "a"
				source = where == "a" ? f[int(i / 5) % nfrom + 1] : "0.0.0.0"
				goal = where == "b" ? t[1 + i % 2 * (nto > 2 ? 2 : 0)] : t[i % nto + 1]
				print where, i % 3 == 2 ? "tcp" : "udp", goal, port[int(i / 2) % n], source
			}
		}'
}

send() { # FILE
	local ns
	plan "$1" >"$SCRATCH/plan"
	for ns in a b r; do
		grep "^$ns " "$SCRATCH/plan" | in_ns $ns bash -c '
			while read -r _ proto to port source; do
				"$0" $proto $to $port source $source wait 2
			done' "$TOOLS/talk" 2>/dev/null
	done
}
