#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-words: expressions.txt through the nft trigger: it matches the packets that raw's rule matches, or is refused.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/words.sh"

# What counts otherwise of itself: chance, a state that both rules share, or one
# a rule (raw's is one for both chains, nft's are two).
odd='-m (statistic|hashlimit|recent|rateest|quota|limit|connlimit)( |$)'

families=() words=()
while IFS= read -r line; do
	[[ $line =~ ^([46])\ \;\ (.*)\ \;\ (OK|EITHER)$ ]] || continue
	families+=("${BASH_REMATCH[1]}")
	words+=("${BASH_REMATCH[2]}")
done <"$TESTS/expressions.txt"
ns_new words
in_ns words ipset create friends hash:ip
in_ns words ipset create friends6 hash:ip family inet6
in_ns words ipset create nets hash:net,iface
in_ns words ipset add friends 10.1.2.3
in_ns words ipset add friends6 fd00::1
in_ns words ipset add nets 10.0.0.0/8,lo
four=(127.0.0.1 10.1.2.3 10.0.0.1 10.0.0.2 10.7.7.7 8.8.8.8 192.168.1.1)
six=(::1 fd00::1 fd00::2 fd01::1 fd00:9::1)
addresses words lo "${four[@]/%//32}" "${six[@]/%//128}"

# A rule without a target in a chain of its own, which both chains of raw call
# where the kernel lets them.
raw_side() {
	local -A command=([4]=iptables [6]=ip6tables) refused=()
	local family line chain
	local -a lines left=() calls
	for family in 4 6; do
		empty_chains "${command[$family]}"
		lines_of $family "${!words[@]}"
		left=()
		put "${command[$family]}" "${lines[@]}"
		calls=() refused=()
		for line in "${left[@]}"; do refused[${line:3:5}]=1; done
		for line in "${lines[@]}"; do
			chain=${line:3:5}
			[[ -z ${refused[$chain]-} ]] || { echo "$chain refused"; continue; }
			calls+=("-A PREROUTING -j $chain" "-A OUTPUT -j $chain")
		done
		put "${command[$family]}" "${calls[@]}"
	done
}
export -f raw_side
declare -p words families >"$SCRATCH/arrays"
in_ns words bash -c '. "$1"; raw_side' raw "$SCRATCH/arrays" >"$SCRATCH/raw.refused"

records >"$SCRATCH/records"
nsenter --net="$(ns_path words)" -- "$UNIT/words_tool" nft <"$SCRATCH/records" >"$SCRATCH/ours" 2>"$SCRATCH/ours.err" &
tool=$!
later $tool
subtest "the tables are in force"
wait_for 60 has_line '^armed' "$SCRATCH/ours" || { fail "not armed"; show stderr "$SCRATCH/ours.err"; exit; }
# nft itself needs two seconds to list so many.
into tables in_ns words python3 -S - <<'END'
import socket
import struct
netlink = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
# NFT_MSG_GETTABLE, of all families
netlink.send(struct.pack('=IHHIIBBH', 20, 10 << 8 | 1, 0x301, 1, 0, 0, 0, 0))
tables = 0
while True:
    said = netlink.recv(1 << 20)
    while said:
        length, kind = struct.unpack_from('=IH', said)
        if kind == 3:
            print(tables)
            raise SystemExit
        tables += b'nftrace_' in said[:length]
        said = said[(length + 3) & ~3:]
END
note "$tables tables of $((${#words[@]})) expressions"
((tables * 10 >= ${#words[@]} * 8)) || fail "only $tables tables for ${#words[@]} expressions"

# Nobody answers: what comes back is RST and ICMP.
traffic() {
	local a p
	for a in "${four[@]}"; do
		for p in 1 5 9 22 53 80 85 443 4000; do
			echo "udp $a $p from 1$p wait 1 size $((p % 100))"
			echo "tcp $a $p from 2$p wait 1"
		done
		echo "udp $a 53 from 5 source 10.1.2.3 wait 1"
	done
	for a in "${six[@]}"; do
		for p in 1 5 53 80 443; do
			echo "udp $a $p from 1$p wait 1"
			echo "tcp $a $p from 2$p wait 1"
		done
	done
}
in_ns words iptables-legacy -t raw -Z
in_ns words ip6tables-legacy -t raw -Z
traffic >"$SCRATCH/traffic"
in_ns words "$TOOLS/talk" each <"$SCRATCH/traffic" 2>/dev/null

in_ns words iptables-legacy-save -c -t raw >"$SCRATCH/raw"
in_ns words ip6tables-legacy-save -c -t raw >>"$SCRATCH/raw"
kill $tool
wait $tool
grep -q refused "$SCRATCH/ours" && grep refused "$SCRATCH/ours" | sed 's/^/# /'

declare -A theirs=() ours=()
while read -r n _ chain _; do
	[[ $n = "["* && $chain = L[0-9]* ]] || continue
	n=${n#"["}
	((theirs[$chain] += ${n%%:*}))
done <"$SCRATCH/raw"
while read -r chain answer; do ours[$chain]=$answer; done < <(grep -a '^L' "$SCRATCH/ours")

matched=0 refused=0 late=0
for i in "${!words[@]}"; do
	name_of "$i"
	a=${theirs[$chain]-} b=${ours[$chain]-}
	subtest "${families[i]} ; ${words[i]}"
	case $b in
	"") fail "no answer" ;;
	refused*)
		((refused++))
		# What raw refuses nft may as well; else it says why.
		[[ -z $a ]] || [[ $b = *:*[a-z]* ]] || fail "refused without a reason"
		;;
	*late)
		((late++))
		[[ ${words[i]} =~ $odd ]] || (((${a:-0}) <= ${b% late})) || fail "raw: $a packets, nft: $b"
		;;
	*)
		if [[ ${words[i]} =~ $odd ]]; then
			note "raw: $a packets, nft: $b"
			(((a > 0) == (b > 0))) || fail "raw: $a packets, nft: $b"
		else
			[[ $a = "$b" ]] || fail "raw: $a packets, nft: $b"
		fi
		((b == 0)) || ((matched++))
		;;
	esac
done

subtest "enough of everything"
sed -n "s/.* refused: /# refused: /p" "$SCRATCH/ours"
note "${#words[@]} expressions: $matched match packets, $refused refused, $late behind conntrack"
((matched >= 70)) || fail "only $matched match anything"
((refused <= ${#words[@]} / 10)) || fail "$refused are refused"
((late >= 3)) || fail "only $late behind conntrack"

# What counters say once more by the packets themselves: nftrace with either trigger, the same
# packets sent in two namespaces that are alike. A sample here; SOAK has every expression.
EVERY=10
[[ -z ${SOAK-} ]] || EVERY=1

# side NAME: the addresses and sets of above, and a chain that sees all
side() {
	local a
	ns_new "$1"
	in_ns words ipset save >"$SCRATCH/sets"
	in_ns "$1" ipset restore <"$SCRATCH/sets"
	addresses "$1" lo "${four[@]/%//32}" "${six[@]/%//128}"
}
side legacy
in_ns legacy iptables-legacy -A OUTPUT
in_ns legacy ip6tables-legacy -A OUTPUT
side nft
in_ns nft nft 'table inet t { chain out { type filter hook output priority 0; counter; }; }'

few_packets() {
	local a p
	for a in 10.1.2.3 8.8.8.8 fd00::1 fd00:9::1; do
		for p in 22 53 80; do
			echo "udp $a $p from 1$p wait 1 size $p"
			echo "tcp $a $p from 2$p wait 1"
		done
	done
}

# start_side BACKEND WORDS...: in SIDE_PID; false when it refuses
declare -A SIDE_PID=()
start_side() {
	OUT=$SCRATCH/$1.out ERR=$SCRATCH/$1.err
	launch_nftrace "$1" --backend "$1" -t 60 --rate 0 --json "${@:2}"
	SIDE_PID[$1]=$NFTRACE_PID
	wait_for 20 _armed_or_gone && _armed
}
end_side() {
	OUT=$SCRATCH/$1.out ERR=$SCRATCH/$1.err NFTRACE_PID=${SIDE_PID[$1]}
	is_gone "$NFTRACE_PID" && { end_nftrace; return; }
	stop_nftrace INT
}

# packets BACKEND: addresses, ports, protocol, TCP's flags and length of each; nft tells of the
# first 20 bytes behind the IP header only, and sequence numbers and times are chance
packets() {
	jq -r '[.headers, .length] | @tsv' "$SCRATCH/$1.out" >"$SCRATCH/headers"
	sed -E 's/(: [[:alnum:]]+( \[[^]]*\])?)[^\t]*/\1/' "$SCRATCH/headers" >"$SCRATCH/packets"
	spawn sort "$SCRATCH/packets"
}

few_packets >"$SCRATCH/few"
# On one CPU, that of -m cpu: which one else sees a packet is chance.
into CPU taskset -cp $$
CPU=${CPU##*: } CPU=${CPU%%[!0-9]*}

traced=0 alike=0
candidates=()
for i in "${!words[@]}"; do
	name_of "$i"
	# Those that match something, and those that are refused.
	[[ ${words[i]} =~ $odd || ${ours[$chain]-} = *late || ${ours[$chain]-} = 0 ]] ||
		candidates+=("$i")
done
for ((c = 0; c < ${#candidates[@]}; c += EVERY)); do
	i=${candidates[c]}
	subtest "${families[i]} ; ${words[i]}: packets traced"
	eval "argv=(-${families[i]} ${words[i]})"
	start_side legacy "${argv[@]}"; left=$?
	start_side nft "${argv[@]}"; right=$?
	if ((left == 0 && right == 0)); then
		for b in legacy nft; do
			in_ns $b taskset -c "$CPU" "$TOOLS/talk" each <"$SCRATCH/few" 2>/dev/null
		done
	fi
	end_side legacy
	end_side nft
	if ((right)); then
		grep -q '^nftrace: error: .' "$SCRATCH/nft.err" || fail "refused without a reason"
		continue
	fi
	((left == 0)) || { fail "refused for raw only"; show stderr "$SCRATCH/legacy.err"; continue; }
	packets legacy >"$SCRATCH/legacy.packets"
	packets nft >"$SCRATCH/nft.packets"
	assert_same "the packets" "$SCRATCH/legacy.packets" "$SCRATCH/nft.packets"
	((alike++)) || true
	[[ ! -s $SCRATCH/nft.packets ]] || ((traced++)) || true
done
subtest "enough packets traced"
note "$alike expressions with both triggers, $traced of them trace packets"
((traced >= 5)) || fail "only $traced expressions trace any packet"
