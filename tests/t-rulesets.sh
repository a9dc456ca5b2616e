#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-rulesets: packets through rulesets of real machines: every event and every fate is a rule whose
# own counter rose, once for each packet.
#
# Everything that moves in the router is traced, so the kernel's counters must say the same.
# TIMEOUT: 180
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

PACKETS=${SOAK:+600}
PACKETS=${PACKETS:-90}

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

load_rules() { # FILE; what this kernel refuses is left out
	local line left=20
	[[ ! -e ${1%.save}.ipsets ]] || in_ns r ipset restore <"${1%.save}.ipsets"
	cp "$1" "$SCRATCH/loading"
	while ! in_ns r iptables-legacy-restore <"$SCRATCH/loading" 2>"$SCRATCH/refusal"; do
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

# counters: TABLE CHAIN NUMBER PACKETS of every rule and policy, from iptables-save
counters() {
	in_ns r iptables-legacy-save -c | awk '
		/^\*/ { table = substr($1, 2); delete rules; next }
		/^:/ { split($3, c, /[\[:]/); policy[substr($1, 2)] = c[2]; kind[substr($1, 2)] = $2; next }
		/^\[/ { split($1, c, /[\[:]/); rules[$3]++; print table, $3, rules[$3], c[2]; next }
		/^COMMIT/ { for (p in policy) if (kind[p] != "-") print table, p, rules[p] + 1, policy[p]
			delete policy; delete kind }' | sort
}

# risen BEFORE AFTER: TABLE CHAIN NUMBER PACKETS of those that rose
risen() {
	join -j 1 -t $'\t' <(sed 's/ \([0-9]*\)$/\t\1/' "$1" | sort) <(sed 's/ \([0-9]*\)$/\t\1/' "$2" | sort) |
		awk -F '\t' '$3 > $2 { print $1, $3 - $2 }' | sort
}

# Two own rules: at the top of PREROUTING and OUTPUT. Ends of user chains have no counter.
number='(if .table == "raw" and (.chain == "PREROUTING" or .chain == "OUTPUT") then .number - 1 else .number end)'
place="\"\\(.table) \\(.chain) \\($number)\""
tally() { sort | uniq -c | awk '{ print $2, $3, $4, $1 }' | sort; }

# user_chain VERDICTS: of the risen rules in user chains, how many have such a target
user_chain() {
	in_ns r iptables-legacy-save | awk -v verdicts="$1" '
		/^\*/ { table = substr($1, 2); delete n; next }
		/^-A/ { n[$2]++; if (match($0, " -j (" verdicts ")( |$)") &&
			$2 !~ /^(INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING)$/) print table, $2, n[$2] }' | sort >"$SCRATCH/verdicts"
	cut -d ' ' -f 1-3 "$SCRATCH/risen" | sort | comm -12 - "$SCRATCH/verdicts" | wc -l
}

accepted=0 dropped=0
for file in "$TESTS"/rulesets/*.save; do
	case ${file##*/} in ip6-* | exotic-extensions*) continue ;; esac
	subtest "${file##*/}"
	router "$file"
	if ! load_rules "$file"; then
		# -m owner takes no uid that the namespace of a user does not have.
		if grep -q uid-owner "$file" && (($(awk '{ print $3 }' /proc/self/uid_map) == 1)); then
			skip "it speaks of users that are not here"
		else
			fail "iptables-restore ${file##*/}"
		fi
		for ns in a r b; do ns_del $ns; done
		continue
	fi
	start_nftrace r -4 --all --rate 0 --json -t 100
	counters >"$SCRATCH/before"
	send "$file"
	stop_nftrace INT
	counters >"$SCRATCH/after"
	assert_no_grep '[1-9][0-9]* lost' "$ERR"
	assert_schema Packet "$OUT"
	risen "$SCRATCH/before" "$SCRATCH/after" >"$SCRATCH/risen"
	jq -r ".events[] | select(.rule != null) | $place" "$OUT" | tally >"$SCRATCH/events"
	assert_same "what was traced, beside what was counted," "$SCRATCH/risen" "$SCRATCH/events"
	jq -r "select(.fate == \"DROP\" or .fate == \"REJECT\") | .by | $place" "$OUT" | tally >"$SCRATCH/fates"
	join -j 1 -t $'\t' <(sed 's/ \([0-9]*\)$/\t\1/' "$SCRATCH/fates") \
		<(sed 's/ \([0-9]*\)$/\t\1/' "$SCRATCH/risen") | awk -F '\t' '$2 != $3' >"$SCRATCH/wrong"
	assert_equal "fates whose rule did not count them" "" "$(cat "$SCRATCH/wrong")"
	assert_equal "packets that miss events" 0 "$(jq -r 'select(.fate == "INCOMPLETE") | .packet' "$OUT" | wc -l)"
	a=$(user_chain 'ACCEPT') d=$(user_chain 'DROP|REJECT')
	note "$(wc -l <"$OUT") packets, $(wc -l <"$SCRATCH/risen") rules hit; in user chains $a that accept, $d that drop or reject"
	((accepted += a, dropped += d))
	for ns in a r b; do ns_del $ns; done
done

subtest "enough of both kinds"
note "rules hit in user chains: $accepted accept, $dropped drop or reject"
((accepted >= 12 && dropped >= 8)) || fail "only $accepted accepting and $dropped dropping rules in user chains"
