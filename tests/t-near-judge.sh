#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-near-judge: each near miss, put right: the packet with that one thing changed is sent, meets the
# rule, and comes to its hook's end, as a set of nft's tells. Rulesets of real machines, packets by chance.
# TIMEOUT: 1500
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/rulesets.sh"

# With SOAK some 2000 packets a backend; KINDS='ufw-2022' PACKETS=500 SEED=7: of these rulesets, so many.
COUNT=${PACKETS:-${SOAK:+160}} SEED=${SEED:-1}
COUNT=${COUNT:-40}
read -ra FILES <<<"${KINDS-firewalld-public}"
[[ -z ${SOAK-} || -n ${KINDS-} ]] || mapfile -t FILES < <(cd "$TESTS/rulesets" && ls | grep '\.save$' | grep -v exotic-extensions | sed 's/\.save$//')

# inject FILE: SIDE HEX a line, each into the router
inject() {
	local ns
	for ns in a b; do
		in_ns $ns python3 -S "$TESTS/near/packets.py" send $ns eth0 "$(mac_of r "${DEVICE[$ns]}")" <"$1"
	done
}

# traced FILE TO: what the router tells of these packets
traced() {
	start_nftrace r "-$FAMILY" --backend "$backend" --all --rate 0 --json -t 100 --buffer 256
	inject "$1"
	stop_nftrace INT
	# Of a packet whose record came behind its telling, on a busy machine, there is a line more.
	jq -c 'select(.late | not)' "$OUT" >"$2"
}

misses=0
declare -A DEVICE
for name in "${FILES[@]}"; do
	file=$TESTS/rulesets/$name.save
	for backend in legacy nft; do
		subtest "$name, $backend"
		router "$file"
		DEVICE=([a]=${INTERFACES[0]} [b]=${INTERFACES[1]})
		if ! load_rules "$file" $backend; then
			skip "its rules cannot be loaded here"
			ns_del a r b
			continue
		fi
		python3 -S "$TESTS/near/packets.py" random "$file" "$FAMILY" "$COUNT" "$SEED" "${ONE}1" >"$SCRATCH/sent"
		traced "$SCRATCH/sent" "$SCRATCH/first"
		assert_schema Packet "$SCRATCH/first"
		assert_equal "fates with near misses that have none" "" \
			"$(jq -r 'select((.near | length > 0) and .fate != "DROP" and .fate != "REJECT" and .fate != "LOST") | .packet' "$SCRATCH/first")"
		# What every ruleset says of answers and of lo alone is no advice to anybody.
		assert_equal "lines that say nothing" "" "$(jq -r '.packet as $p | .near[] | select((.failed | test("^--(ct)?state [A-Z,]*ESTABLISHED")) or
			([.rule.rule | scan(" -(?:[sdiop]|m [a-z0-9]+) ")] | length < 2)) | "\($p): \(.failed): \(.rule.rule)"' "$SCRATCH/first")"
		assert_equal "more than three" "" "$(jq -r 'select(.near | length > 3) | .packet' "$SCRATCH/first")"
		note "$(jq -r '.fate + " " + (.by.table // "")' "$SCRATCH/first" | sort | uniq -c | paste -sd ';')"
		python3 -S "$TESTS/near/packets.py" changed "$SCRATCH/sent" "$SCRATCH/first" "$SCRATCH/result" "${DEVICE[a]}" "${DEVICE[b]}" >"$SCRATCH/changed"
		in_ns r nft -f "$TESTS/near/alive.nft" || fail "alive.nft"
		traced "$SCRATCH/changed" "$SCRATCH/second"
		in_ns r nft -j list table inet alive >"$SCRATCH/alive"
		python3 -S "$TESTS/near/packets.py" judge "$SCRATCH/result" "$SCRATCH/second" "$SCRATCH/alive" >"$SCRATCH/verdict" ||
			fail "near misses that are none"
		show "near misses" "$SCRATCH/verdict"
		n=$(sed -nE 's/.*right=([0-9]+).*/\1/p' "$SCRATCH/verdict")
		((misses += ${n:-0}))
		ns_del a r b
	done
done

subtest "enough of them"
((misses >= 10)) || fail "only $misses near misses were put right"
