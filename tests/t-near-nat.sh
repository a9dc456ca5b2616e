#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-near-nat: what nat left as it was, and the rule that nearly had it: the packet with that one thing
# changed is translated. Of ordinary packets next to none has such a line.
# TIMEOUT: 900
#
# PACKETS=500 SEED=7 tests/run near-nat: more of them. With SOAK all rulesets of rulesets/ are asked
# what they say of ordinary packets; KINDS='docker-2025': of these.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/rulesets.sh"

COUNT=${PACKETS:-${SOAK:+400}} SEED=${SEED:-1} FAMILY=4
COUNT=${COUNT:-60}
PACKETS=54
read -ra FILES <<<"${KINDS-kube-k3s-netpol}"
[[ -z ${SOAK-} || -n ${KINDS-} ]] || mapfile -t FILES < <(cd "$TESTS/rulesets" && ls | grep '\.save$' | grep -v exotic-extensions | sed 's/\.save$//')

# traced FILE TO WORDS...: what the router tells of these packets
traced() {
	start_nftrace r -4 --all --rate 0 --json -t 100 "${@:3}"
	in_ns a python3 -S "$TESTS/near/packets.py" send a eth0 "$(mac_of r eth0)" <"$1"
	stop_nftrace INT
	# Of a packet whose record came behind its telling, on a busy machine, there is a line more.
	jq -c 'select(.late | not)' "$OUT" >"$2"
}

lab_router
settle a eth0 r eth0 r eth1 b eth0
known r eth1 "$(mac_of b eth0)" 10.2.0.2
known r eth0 "$(mac_of a eth0)" 10.1.0.2
ns_ip r route add default via 10.2.0.2
ns_ip r route add 10.7.0.0/16 via 10.1.0.2
in_ns r sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0
in_ns b nft 'table ip quiet { chain input { type filter hook input priority -400; policy drop; }; }'

# Ports, sources and destinations are those of the rules, and others beside them.
python3 -S "$TESTS/near/packets.py" random "$TESTS/near/nat.save" 4 "$COUNT" "$SEED" 10.9.0.103 |
	sed 's/^b /a /' >"$SCRATCH/sent"
right=0
for backend in legacy nft own; do
	subtest "put right, $backend"
	in_ns r nft flush ruleset
	in_ns r iptables-legacy -t nat -F 2>/dev/null
	in_ns r iptables-legacy -F 2>/dev/null
	in_ns r iptables-legacy -P FORWARD ACCEPT
	case $backend in
	own) in_ns r nft -f "$TESTS/near/nat.nft" || fail "nft -f" ;;
	*) in_ns r iptables-$backend-restore <"$TESTS/near/nat.save" || fail "iptables-$backend-restore" ;;
	esac
	in_ns r conntrack -F >/dev/null 2>&1
	traced "$SCRATCH/sent" "$SCRATCH/first" --pcap "$SCRATCH/pcapng"
	assert_schema Packet "$SCRATCH/first"
	note "$(jq -r '.fate + if .nat != [] then " translated" elif .near_nat then " nearly" else "" end' "$SCRATCH/first" | sort | uniq -c | paste -sd ';')"
	assert_equal "of other fates, or translated" "" \
		"$(jq -r 'select(.near_nat and (.fate != "FORWARDED" or .nat != [] or .near != [])) | .packet' "$SCRATCH/first")"
	run_nftrace r --read "$SCRATCH/pcapng" --json
	assert_same "read again" <(jq -c '[.packet, .near_nat]' "$SCRATCH/first") <(jq -c '[.packet, .near_nat]' "$OUT")
	python3 -S "$TESTS/near/packets.py" changed "$SCRATCH/sent" "$SCRATCH/first" "$SCRATCH/result" eth0 eth1 near_nat >"$SCRATCH/changed"
	in_ns r conntrack -F >/dev/null 2>&1
	traced "$SCRATCH/changed" "$SCRATCH/second"
	python3 -S "$TESTS/near/packets.py" translated "$SCRATCH/result" "$SCRATCH/second" >"$SCRATCH/verdict" ||
		fail "lines that are not true"
	show "near misses" "$SCRATCH/verdict"
	n=$(sed -nE 's/.*right=([0-9]+).*/\1/p' "$SCRATCH/verdict")
	((right += ${n:-0}))
done

subtest "it is said once, of each value"
start_nftrace r -4 -i eth0 -p udp --json -t 100 -c 4
for port in 1 2; do
	for source in 10.7.0.5 10.7.0.6; do
		addresses a lo $source/32 2>/dev/null
		in_ns a "$TOOLS/talk" udp 10.9.0.200 $port source $source from 2000$port wait 1
	done
done
end_nftrace 10
assert_equal "lines" "10.7.0.5 10.7.0.6" "$(jq -r '.near_nat[]? | select(.failed | test("saddr")) | .value | ltrimstr("the packet\u0027s is ")' "$OUT" | paste -sd ' ')"

subtest "enough of them"
((right >= 20)) || fail "only $right were put right"
ns_del a r b

told=0 went=0
for name in "${FILES[@]}"; do
	file=$TESTS/rulesets/$name.save
	for backend in legacy nft; do
		subtest "ordinary packets, $name, $backend"
		router "$file"
		if ! load_rules "$file" $backend; then
			skip "its rules cannot be loaded here"
		else
			start_nftrace r "-$FAMILY" --backend $backend --all --rate 0 --json -t 100
			send
			stop_nftrace INT
			n=$(grep -c '"fate":"FORWARDED"' "$OUT")
			m=$(grep -c '"near_nat"' "$OUT")
			# A service's address that has no such port is worth a line whoever asks.
			jq -r '.headers as $h | .near_nat[]? | select((.rule.rule | capture(" -d (?<d>[^/ ]+)").d // "none") as $d |
				$h | test(" > " + $d + "[.:]") | not) | .failed + " of " + .rule.rule + " for " + $h' "$OUT" >"$SCRATCH/others"
			((went += n, told += $(wc -l <"$SCRATCH/others")))
			note "$n were forwarded, $m of them have a line"
			[[ ! -s $SCRATCH/others ]] || show "not of the destination" "$SCRATCH/others"
			((n)) || skip "none is forwarded"
		fi
		ns_del a r b
	done
done

subtest "next to none has such a line"
note "$told of $went"
((told * 50 <= went)) || fail "$told of $went"
