#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-random-rulesets: rulesets by chance in all backends, packets of all kinds: each is one story, and it is true.
# TIMEOUT: 1200
#
# SEEDS="7 11" tests/run random-rulesets: those alone. The judge knows each packet by a serial
# that nftrace cannot see, from the wires (AF_PACKET) and from who received it.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/truth.sh"
. "$TESTS/random.sh"

# By default those that have found faults, quickly.
SEEDS=${SEEDS:-41 7 10 3}
[[ -z ${SOAK-} ]] || SEEDS=$(seq 1 50 | paste -sd ' ')
LABS=5		# rulesets in one lab: legacy tables stay as long as it

# KIND BASE COUNT: the serials of what is sent
KINDS="forward4 0 20
forward6 20 12
in4 32 12
in6 44 8
out4 52 12
out6 64 8
loop4 72 12
loop6 84 8
nat4 92 12
nat6 104 8
natloop4 112 6
ping4 118 10
ping6 128 8
pingin4 136 8
closed4 144 8
nowhere4 152 8
pieces4 160 16
pieces6 176 12
tcp 192 64"

new_lab() {
	local ns address
	((${#_namespaces[@]} == 0)) || ns_del a r b
	_namespaces=()
	lab_router
	one_by_one a/eth0 r/eth0 r/eth1 b/eth0
	no_offload r lo
	one_by_one r/lo
	settle a eth0 r eth0 r eth1 b eth0
	for address in 10.2.0.2 fd00:2::2; do
		sink b udp $address 9
		sink b tcp $address 11
	done
	sink r tcp 10.1.0.1 11
	talk a udp 10.2.0.2 33 wait 50 2>/dev/null
	in_ns a "$TOOLS/talk" udp fd00:2::2 33 wait 50 2>/dev/null
}

# no_rules: tables of legacy stay, empty
no_rules() {
	in_ns r nft flush ruleset
	empty_all r ip || fail "iptables-restore"
	empty_all r ip6 || fail "ip6tables-restore"
	in_ns r conntrack -F >/dev/null 2>&1
}

load_ruleset() { # FOLDER
	local family command
	for family in 4 6; do
		command=iptables
		[[ $family = 4 ]] || command=ip6tables
		if [[ -e $1/legacy$family ]]; then
			in_ns r $command-legacy-restore <"$1/legacy$family" || fail "$command-legacy-restore"
		fi
		if [[ -e $1/xnft$family ]]; then
			in_ns r $command-nft-restore <"$1/xnft$family" || fail "$command-nft-restore"
		fi
	done
	[[ ! -e $1/native ]] || in_ns r nft -f "$1/native" || fail "nft -f"
}

# What a lane sends comes one after the other, from one CPU; the lanes are side by side.
# Five datagrams a connection: first ones and later ones.
SENDING='send=$1 cpu="cpu $3"
flows() { # SOURCE PORT DESTINATION BASE COUNT
	local i
	for ((i = 0; i < $5; i += 5)); do
		$send udp "$1/$(($2 + i))" "$3" base $(($4 + i)) count $(($5 - i < 5 ? $5 - i : 5)) $cpu
	done
}
icmp() { $send icmp "$@" $cpu; }
tcp() { timeout $((10 * PATIENCE)) $send tcp "$@" $cpu; }
pieces() { $send udp "$1" "$2" base "$3" step 4 count "$4" size 3500 pieces "$5" $cpu; }'
sending() { # NS LANE
	in_ns "$1" bash -c "$SENDING"$'\n'"$2" - "$TOOLS/serial_send" - "$3" >"$SCRATCH/sending-$3" 2>&1 &
	_lanes+=($!)
}

# safe N: a digit that no rule drops, the Nth; in REPLY. TCP would send it for ever.
safe() {
	local d n=$1
	for ((d = 0; d < 16; d++)); do
		[[ " $_dropped " != *" $d "* ]] && ((n-- == 0)) && REPLY=$d && return 0
	done
	return 1
}

send_all() { # NUMBER PIECES: of a ruleset; of a datagram of IPv6 that have a serial
	local _lanes=() port=$((10000 + 10 * $1 % 20000)) tcp_a='' tcp_r=''
	! safe 0 || tcp_a+="tcp 10.1.0.2/$port 10.2.0.2/11 base $((192 + REPLY)) step 16 count 4"
	! safe 1 || tcp_a+=$'\n'"tcp 10.1.0.2/$((port + 1)) 10.1.0.1/11 base $((192 + REPLY)) step 16 count 4"
	! safe 2 || tcp_r="tcp 10.2.0.1/$((port + 2)) 10.2.0.2/11 base $((192 + REPLY)) step 16 count 4"
	sending a "flows 10.1.0.2 4001 10.2.0.2/9 0 20
		flows 10.1.0.2 4101 10.1.0.1/9 32 12
		flows 10.1.0.2 4201 10.1.0.1/20 92 12
		icmp 10.1.0.2 10.2.0.2 base 118 count 10
		icmp 10.1.0.2 10.1.0.1 base 136 count 8
		flows 10.1.0.2 4301 10.99.0.1/9 152 8
		pieces 10.1.0.2/4401 10.2.0.2/9 160 4 3" 1
	sending a "flows fd00:1::2 4001 fd00:2::2/9 20 12
		flows fd00:1::2 4101 fd00:1::1/9 44 8
		flows fd00:1::2 4201 fd00:1::1/20 104 8
		icmp fd00:1::2 fd00:2::2 base 128 count 8
		flows 10.1.0.2 4501 10.2.0.2/33 144 8
		pieces fd00:1::2/4401 fd00:2::2/9 176 3 $2
		$tcp_a" 2
	sending r "flows 10.2.0.1 4001 10.2.0.2/9 52 12
		flows fd00:2::1 4001 fd00:2::2/9 64 8
		flows 10.2.0.1 4101 10.1.0.1/9 72 12
		flows fd00:2::1 4101 fd00:1::1/9 84 8
		flows 10.2.0.1 4201 10.1.0.1/20 112 6
		$tcp_r" 3
	wait "${_lanes[@]}"
}

# pieces6: 0 where conntrack puts them together, else 3; the serial of the whole and that of the
# first piece would lie in the same bytes. In REPLY.
pieces6() {
	talk a udp fd00:2::2 33 wait 50 2>/dev/null
	REPLY=3
	[[ -z $(in_ns r conntrack -L -f ipv6 2>/dev/null) ]] || REPLY=0
	in_ns r conntrack -F >/dev/null 2>&1
}

on_loopback() { in_ns r awk '$1 == "lo:" { print $3 }' /proc/net/dev; }

# told: a line a packet: PACKET FATE COMPLETE MARKED COPIES BY-DIGIT DIGITS HEADERS
told() {
	jq -r '[.packet, .fate, .complete, (.ambiguous // false), (.copies // [] | length),
		(.by.rule // "" | (capture("comment \"?d=(?<d>[0-9a-f])") // {d: "-"}).d),
		([.events[].rule // "" | capture("comment \"?(?<k>s[01])=(?<v>[0-9a-f])")
			| .k + .v] | join(",") | if . == "" then "-" else . end),
		.headers] | @tsv' "$OUT"
}

# What is wrong, a line each. In: the kinds, the wires, what was received, what was told.
judge_awk='
function hex(c) { return index("0123456789abcdef", c) - 1 }
function wrong(why) { print why }
BEGIN { FS = "\t" }
FILENAME ~ /kinds$/ {
	split($0, w, " ")
	for (i = 0; i < w[3]; i++) kind[w[2] + i] = w[1]
	base[w[1]] = w[2]
	next
}
FILENAME ~ /seen$/ {
	split($0, w, " ")
	seen[w[1], w[2]] += w[3]
	next
}
{
	packets++
	if ($3 != "true") wrong("packet " $1 " is incomplete: " $8)
	if ($5 != 0) wrong("packet " $1 " has copies: " $8)
	if ($2 == "STOLEN" || $2 == "INCOMPLETE" || $2 == "QUEUE") wrong("packet " $1 " is " $2 ": " $8)
	marked += $4 == "true"
	unknown += $2 == "UNKNOWN"
	n = split($7, digit, ",")
	low = high = -1
	mixed = 0
	for (i = 1; i <= n; i++) {
		v = hex(substr(digit[i], 3, 1))
		if (digit[i] ~ /^s0/) { mixed += low >= 0 && low != v; low = v }
		else if (digit[i] ~ /^s1/) { mixed += high >= 0 && high != v; high = v }
	}
	if (mixed && $4 != "true")
		wrong("packet " $1 " has events of several: " $7 ": " $8)
	if (($2 == "DROP" || $2 == "REJECT") && $4 != "true" && (low < 0 || $6 == "-" || hex($6) != low))
		wrong("packet " $1 " of digit " low " was dropped by the rule of " $6 ": " $8)
	if (low < 0 || high < 0) { none++; next }
	s = high * 16 + low
	# Of a kind, each is sent behind the one before it.
	if ((s in kind) && kind[s] != "tcp" && $4 != "true") {
		if (!(s in journeys) && s < newest[kind[s]])
			wrong("serial " s " (" kind[s] ") is told behind " newest[kind[s]])
		else if (s > newest[kind[s]])
			newest[kind[s]] = s
	}
	journeys[s]++
	fates[s, $2]++
	heads[s] = heads[s] "; " $2 " " $8
}
function f(s, fate) { return fates[s, fate] + 0 }
function out(s) { return seen["eth0/out", s] + seen["eth1/out", s] + 0 }
function into(s) { return seen["eth0/in", s] + seen["eth1/in", s] + 0 }
function told_of(s, expected, low, high) {
	if (journeys[s] + 0 != expected)
		wrong("serial " s " (" kind[s] "): " journeys[s] + 0 " stories of " expected " packets" heads[s])
}
function went(s, by) { # @by: how many left, for each of its stories that went on
	if (by * (f(s, "FORWARDED") + f(s, "SENT")) > out(s) ||
	    out(s) > by * (f(s, "FORWARDED") + f(s, "SENT") + f(s, "UNKNOWN")))
		wrong("serial " s " (" kind[s] "): " out(s) " left" heads[s])
}
function came(s,   may) {
	may = f(s, "DELIVERED") + f(s, "UNKNOWN") + f(s, "SENT")
	if (seen["sink/in", s] > may || (kind[s] ~ /^(in|loop)/ && seen["sink/in", s] < f(s, "DELIVERED")))
		wrong("serial " s " (" kind[s] "): " seen["sink/in", s] + 0 " were received" heads[s])
}
# A datagram that came in pieces: put together or not.
function pieces(whole, first,   i) {
	if (first != whole ? !numbered : !(journeys[first + 1] + 0)) {
		told_of(whole, 1)
		for (i = first; numbered && i < first + 3; i++)
			if (out(i) != f(whole, "FORWARDED") && !f(whole, "UNKNOWN"))
				wrong("serial " i " (a piece): " out(i) " left" heads[whole])
		return
	}
	for (i = first; i < first + 3; i++) {
		told_of(i, into(i))
		went(i, 1)
	}
}
END {
	if (spelled) for (s = 0; s < 256; s++) {
		if (!(s in kind)) continue
		if (kind[s] == "pieces4") {
			if ((s - base["pieces4"]) % 4 == 0) pieces(s, s)
		} else if (kind[s] == "pieces6") {
			if ((s - base["pieces6"]) % 4 == 0) pieces(s, s + 1)
		} else if (kind[s] == "tcp") {
			told_of(s, into(s) + (into(s) ? 0 : out(s)))
		} else if (kind[s] ~ /^(out|loop|natloop)/) {
			told_of(s, 1)
			if (kind[s] ~ /^out/) went(s, 1)
			came(s)
		} else if (kind[s] == "pingin4") {
			if (journeys[s] < into(s) + f(s, "DELIVERED") || journeys[s] > into(s) + f(s, "DELIVERED") + f(s, "UNKNOWN"))
				wrong("serial " s " (" kind[s] "): " journeys[s] " stories of " into(s) " packets" heads[s])
			went(s, 1)
		} else {
			told_of(s, into(s))
			went(s, 1)
			came(s)
		}
	}
	if (packets != expected) wrong(packets " packets told of " expected)
	printf "%d packets, %d without a serial, %d marked, %d unknown\n", packets, none, marked, unknown >sum
	if (marked * 20 > packets) wrong(marked " of " packets " could not be told apart")
}'

# try SEED: a ruleset, its packets, and the judge
try() {
	local lo counted address pieces sinks=()
	subtest "ruleset $1"
	no_rules
	random_ruleset "$1" "$SCRATCH"
	load_ruleset "$SCRATCH"
	pieces6
	pieces=$REPLY
	rm -f "$SCRATCH"/sink-in-*
	for address in 10.1.0.1 fd00:1::1; do
		background r "sink-in-$address" "$TOOLS/serial_send" sink udp $address 9
		sinks+=("$BG_PID")
		assert_within 5 "the sink starts" says_ready "$SCRATCH/sink-in-$address"
	done
	lo=$(on_loopback)
	trace r --all
	send_all "$1" $pieces
	stop_nftrace INT
	assert_status 0
	kill -INT "$WATCH_PID" "${sinks[@]}"
	for pid in "$WATCH_PID" "${sinks[@]}"; do
		assert_within 20 "who counts ends" is_gone "$pid"
	done
	cat "$SCRATCH"/sink-in-*[0-9] "$SCRATCH/seen" | grep / >"$SCRATCH/all-seen"
	counted=$(sed -nE 's/.* 0 lost; the TRACE rules counted ([0-9]+) packets?$/\1/p' "$ERR" | tail -n 1)
	told >"$SCRATCH/told"
	awk -v spelled="${SPELLED:-0}" -v numbered=$pieces -v expected=$((${counted:-0} - $(on_loopback) + lo)) \
		-v sum="$SCRATCH/sum" "$judge_awk" "$SCRATCH/kinds" "$SCRATCH/all-seen" \
		"$SCRATCH/told" >"$SCRATCH/wrong"
	[[ ! -s $SCRATCH/wrong ]] || {
		fail "$(wc -l <"$SCRATCH/wrong") wrong, as: $(head -n 1 "$SCRATCH/wrong")"
		show "all that is wrong" "$SCRATCH/wrong" 20
		show "nftrace" "$ERR"
	}
	note "ruleset $1 ($BACKENDS${SPELLED:+, spelled}): $(<"$SCRATCH/sum")"
}

echo "$KINDS" >"$SCRATCH/kinds"
n=0
for seed in $SEEDS; do
	((n++ % LABS)) || new_lab
	try "$seed"
done
