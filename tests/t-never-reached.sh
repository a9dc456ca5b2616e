#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-never-reached: a rule behind the one that decided, which would have accepted: without that, it does.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
server lo echo udp 10.9.0.1 7

# reaches PORT: does an answer come? What is dropped has none, however long it is waited for.
reaches() { talk lo udp 10.9.0.1 "$1" wait "${2:-20000}" >/dev/null 2>&1; }

# asks OPTION...: three packets to port 7
asks() {
	start_nftrace lo --all -t 10 --explain "$@"
	in_ns lo "$TOOLS/flood" 10.9.0.1 7 3 8 >/dev/null
	stop_nftrace INT
}

LACK='         it would accept such a packet, but stands behind the rule that decided'

rules() {
	cat <<-END
	table inet k {
		chain block {
			udp sport 1 accept
			udp dport 7 ip daddr { 10.9.0.1, 10.9.0.7 } drop
			udp dport 8 accept
		}
		chain in {
			type filter hook input priority 0
			ip daddr 10.9.0.0/24 jump block
			$1
			ip saddr 10.9.0.1 udp dport 1-100 accept
			udp dport 7 drop
		}
	}
	END
}

subtest "nft: in the chain that jumped there, once"
in_ns lo nft flush ruleset
in_ns lo nft -f - < <(rules 'ip daddr 10.9.0.2 drop') || fail "nft -f"
asks
assert_grep '^   never reached: nft inet k:in:rule:handle [0-9]+  "ip saddr 10.9.0.1 udp dport 1-100 accept"$' "$OUT"
assert_equal "lines of it" 1 "$(grep -c -- "$LACK" "$OUT")"
assert_equal "drops" 3 "$(grep -c '^=> DROP by nft inet k:block:' "$OUT")"

subtest "nft: the judge"
! reaches 7 20 || fail "it is not dropped"
handle=$(in_ns lo nft -a list chain inet k block | sed -n 's/.*drop # handle //p')
in_ns lo nft delete rule inet k block handle "$handle"
reaches 7 || fail "without the rule that decided it is not accepted"

# What stands in between is not known to let it pass.
for between in 'ip daddr 10.9.0.1 drop' 'limit rate 1/day burst 1 packets drop' 'udp dport 7 return' \
	'meta cpu 0 drop'; do
	subtest "nft: nothing is said behind \"$between\""
	in_ns lo nft flush ruleset
	in_ns lo nft -f - < <(rules "$between") || fail "nft -f"
	asks
	assert_no_grep 'never reached' "$OUT"
	assert_grep '^=> DROP by nft inet k:block:' "$OUT"
done
in_ns lo nft flush ruleset

subtest "legacy, in JSON"
in_ns lo iptables-legacy-restore <<-END
	*filter
	:block - [0:0]
	-A INPUT -d 10.9.0.0/24 -j block
	-A INPUT -i eth+ -d 10.9.0.1/32 -p udp -j ACCEPT
	-A INPUT -s 10.9.0.1/32 -p udp -m udp --dport 1:100 -j ACCEPT
	-A INPUT -p udp -m udp --dport 7 -j DROP
	-A block -p udp -m multiport --dports 7,9 -j DROP
	-A block -p udp -m udp --dport 8 -j ACCEPT
	COMMIT
END
asks --backend legacy --json
assert_equal "once" "-A INPUT -s 10.9.0.1/32 -p udp -m udp --dport 1:100 -j ACCEPT" \
	"$(jq -r '.never_reached // empty | .rule' "$OUT")"
assert_schema Packet "$OUT"
! reaches 7 20 || fail "it is not dropped"
in_ns lo iptables-legacy -D block 1
reaches 7 || fail "without the rule that decided it is not accepted"

subtest "a recording says it again"
in_ns lo iptables-legacy -I block 1 -p udp --dport 7 -j DROP
asks --backend legacy --pcap "$SCRATCH/pcap"
"$NFTRACE" --read "$SCRATCH/pcap" --explain >"$SCRATCH/again"
assert_same "what was read" "$OUT" "$SCRATCH/again"
assert_equal "lines of it" 1 "$(grep -c -- "$LACK" "$SCRATCH/again")"
