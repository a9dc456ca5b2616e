#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-near: the rules that a dropped packet nearly met, in every form; and where nothing is said.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
RULES='*filter
:IN - [0:0]
:WEB - [0:0]
:OPEN - [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p udp -m udp --dport 1000:1999 -j IN
-A INPUT -p udp -m udp --dport 2000:2999 -j WEB
-A INPUT -p udp -m udp --dport 4000:4099 -j DROP
-A INPUT -i lo -p udp -m udp --dport 4000:4100 -j ACCEPT
-A INPUT -p udp -m udp --dport 5000 -j REJECT
-A INPUT -d 10.9.0.1/32 -p udp -m udp --dport 3001 -j OPEN
-A INPUT -p udp -m udp --dport 3000:3001 -j DROP
-A OPEN -m connmark --mark 0x5 -j ACCEPT
-A IN -s 10.9.0.1/32 -p udp -m udp --dport 1001 -m comment --comment "a, \"b\" 50%" -j ACCEPT
-A IN -s 10.9.0.1/32 -i eth+ -p udp -j ACCEPT
-A IN -p udp -m udp --dport 5000:5001 -j ACCEPT
-A IN -i lo -p udp -m udp --dport 1000 -m mark --mark 0x7 -j DROP
-A IN -p udp -m udp --dport 1000 -m limit --limit 1/hour --limit-burst 1 -j ACCEPT
-A IN -p udp -m udp --dport 1000 -m limit --limit 1/hour -m mark --mark 0x7 -j ACCEPT
-A IN -j DROP
-A WEB -s 10.9.0.1/32 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A WEB -p udp -m udp --dport 2001 -j DROP
-A WEB -s 10.9.0.0/16 -p udp -m udp --dport 2001:2002 -j ACCEPT
-A WEB -p udp -m udp --dport 2003 -j RETURN
-A WEB -p udp -m udp --dport 4000 -j RETURN
-A WEB -j DROP
COMMIT'

sent() { # PORT...
	local port
	for port; do
		in_ns lo "$TOOLS/talk" udp 10.9.0.1 "$port" source 10.9.0.1 from $((30000 + port)) wait 1
	done
}
near() { jq -r '.near[] | "\(.rule.chain):\(.rule.number // .rule.handle) \(.failed): \(.value) \(.how)"' "$OUT"; }

# traced PORT ARGS...: one packet to the port
traced() {
	local port=$1
	shift
	start_nftrace lo -p udp -d 10.9.0.1 --dport "$port" --sport $((30000 + port)) -c 1 "$@"
	sent "$port"
	end_nftrace
}

for kind in legacy nft; do
	subtest "$kind: one condition failed while another held, and the packet would have been accepted"
	in_ns lo iptables-$kind-restore <<<"$RULES" || fail "rules"
	# The limit's only token.
	sent 1000
	traced 1000 --json --pcap "$SCRATCH/$kind.pcapng"
	assert_equal "what was near" \
		'IN:1 --dport 1001: the packet'\''s is 1000 seen
IN:2 -i eth+: it came in by lo seen
IN:5 -m limit --limit 1/hour --limit-burst 1: null eliminated' "$(near)"
	assert_schema Packet "$OUT"
	cp "$OUT" "$SCRATCH/$kind.live"

	subtest "$kind: what a rule in front would have taken is not near, nor what leads to a DROP"
	traced 2500 --json
	assert_equal "what was near" "WEB:3 --dport 2001:2002: the packet's is 2500 seen
WEB:4 --dport 2003: the packet's is 2500 seen" "$(near)"
	traced 4050 --json
	assert_equal "behind the rule that decided, nothing is" "" "$(near)"

	traced 3000 --json
	assert_equal "it may be met where it leads, or not" "" "$(near)"

	subtest "$kind: read again, each form is the same"
	run_nftrace lo --read "$SCRATCH/$kind.pcapng" --json
	assert_same "objects" "$SCRATCH/$kind.live" "$OUT"
done

subtest "forms"
run_nftrace lo --read "$SCRATCH/legacy.pcapng" --explain
assert_text '   near: filter:IN:rule:2  "-A IN -s 10.9.0.1/32 -i eth+ -p udp -j ACCEPT"' "$OUT"
assert_text '         -i eth+: it came in by lo' "$OUT"
assert_text '         -m limit --limit 1/hour --limit-burst 1: must have failed, as all else held' "$OUT"
run_nftrace lo --read "$SCRATCH/legacy.pcapng" --explain --fold
assert_text "   near: filter:IN:1  --dport 1001: the packet's is 1000" "$OUT"
COLUMNS=200 run_nftrace lo --read "$SCRATCH/nft.pcapng" --explain -q
assert_text "; near nft ip filter:IN:1 (--dport 1001: the packet's is 1000)" "$OUT"
for form in --full --fold -q; do
	run_nftrace lo --read "$SCRATCH/legacy.pcapng" $form
	assert_no_grep 'near' "$OUT"
done
run_nftrace lo --read "$SCRATCH/legacy.pcapng" --explain --masked
assert_no_grep '10\.9\.0\.1|50%' "$OUT"
assert_grep '^   near: filter:' "$OUT"

subtest "on a terminal by default"
COLUMNS=100 script -qec "$NFTRACE --read $SCRATCH/legacy.pcapng" "$SCRATCH/terminal" >/dev/null </dev/null
assert_grep 'near:.*filter:IN:1' "$SCRATCH/terminal"
COLUMNS=100 script -qec "$NFTRACE --no-explain --read $SCRATCH/legacy.pcapng" "$SCRATCH/terminal" >/dev/null </dev/null
assert_no_grep 'near:' "$SCRATCH/terminal"

subtest "of another type it would be no connection's first packet, and no rule for such is near"
in_ns lo iptables-nft -F INPUT
in_ns lo iptables-legacy-restore <<'END' || fail "rules"
*filter
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A INPUT -p icmp -m icmp --icmp-type 3 -j ACCEPT
-A INPUT -p icmp -m icmp --icmp-type 13 -j ACCEPT
-A INPUT -p icmp -j DROP
COMMIT
END
start_nftrace lo -4 --backend legacy -i lo -p icmp -c 1 --json
in_ns lo ping -q -c 1 -W 0.1 10.9.0.1 >/dev/null
end_nftrace
assert_equal "what was near" "INPUT:3 --icmp-type 13: the packet's is 8, code 0 seen" "$(near)"

subtest "what must have failed names the packet's address, if it asks for one"
in_ns lo iptables-legacy -F INPUT
in_ns lo iptables-legacy-restore <<'END' || fail "rules"
*filter
-A INPUT -p udp -m addrtype --dst-type BLACKHOLE -j ACCEPT
-A INPUT -p udp -m addrtype ! --src-type LOCAL -j ACCEPT
-A INPUT -p udp -m connmark --mark 0x5 -j ACCEPT
-A INPUT -p udp -j DROP
COMMIT
END
in_ns lo nft -f - <<'END' || fail "nft -f"
table ip own {
	chain in {
		type filter hook input priority -5
		udp dport 1002 fib daddr type blackhole accept
		udp dport 1002 fib daddr . iif type blackhole accept
		udp dport 1002 drop
	}
}
END
traced 1001 --json --pcap "$SCRATCH/gone.pcapng"
assert_equal "of iptables" "INPUT:1 --dst-type BLACKHOLE: the packet's is 10.9.0.1 eliminated
INPUT:2 ! --src-type LOCAL: the packet's is 10.9.0.1 eliminated
INPUT:3 -m connmark --mark 0x5: null eliminated" "$(near | sort)"
run_nftrace lo --read "$SCRATCH/gone.pcapng" --explain
assert_text "--dst-type BLACKHOLE: must have failed, as all else held: the packet's is 10.9.0.1" "$OUT"
run_nftrace lo --read "$SCRATCH/gone.pcapng" --explain --masked
assert_no_grep '10\.9\.0\.1' "$OUT"
traced 1002 --json
assert_equal "of nft" "in:3 fib daddr type blackhole: the packet's is 10.9.0.1 eliminated" "$(near | sort | head -n 1 | sed 's/^in:[0-9]*/in:3/')"
in_ns lo nft delete table ip own

# Routing changes a packet between the hooks: that is in front of the table, and not in it.
lab_router
settle a eth0 r eth0 r eth1 b eth0
for kind in legacy nft; do
	subtest "$kind: the table's only event is the rule that dropped a forwarded packet"
	in_ns r iptables-$kind-restore <<-'END'
		*filter
		-A FORWARD -d 10.2.0.2/32 -p udp -m udp --dport 81 -j ACCEPT
		-A FORWARD -p udp -m udp --dport 80 -j DROP
		COMMIT
	END
	start_nftrace r -4 -p udp --dport 80 -c 1 --json
	in_ns a "$TOOLS/flood" 10.2.0.2 80 1 8 >/dev/null
	end_nftrace
	assert_equal "what changed" "ttl out" "$(jq -r '[.changes[].field] | join(" ")' "$OUT")"
	assert_equal "what was near" "FORWARD:1 --dport 81: the packet's is 80 seen" "$(near)"
	in_ns r iptables-$kind -F FORWARD
done

# What another table would do with the packet that is one port away.
while read -r kind is table rule; do
	subtest "$kind: in front stands -t $table $rule"
	in_ns r iptables-$kind-restore <<-'END'
		*filter
		-A FORWARD -d 10.2.0.2/32 -p udp -m udp --dport 81 -j ACCEPT
		-A FORWARD -p udp -m udp --dport 80 -j DROP
		COMMIT
	END
	# shellcheck disable=SC2086
	in_ns r iptables-$kind -t "$table" -A PREROUTING $rule
	start_nftrace r -4 -p udp --dport 80 -c 1 --json
	in_ns a "$TOOLS/flood" 10.2.0.2 80 1 8 >/dev/null
	end_nftrace
	[[ $is = none ]] || is="FORWARD:1 --dport 81: the packet's is 80 seen"
	assert_equal "what was near" "${is#none}" "$(near)"
	for table in "$table" filter; do in_ns r iptables-$kind -t "$table" -F; done
done <<'EOT'
legacy none nat -p udp --dport 81 -j REDIRECT --to-ports 9
nft none nat -p udp --dport 81 -j REDIRECT --to-ports 9
nft none raw -d 10.2.0.2 -p udp --dport 81 -j DROP
legacy none mangle -p udp --dport 81 -j MARK --set-mark 5
legacy none raw -p udp -m u32 --u32 0>>22&0x3C@0&0xFFFF=81 -j DROP
nft near nat -i eth1 -p udp --dport 81 -j REDIRECT --to-ports 9
legacy near raw -d 10.2.0.2 -p udp --dport 82 -j DROP
nft near mangle -p udp -j MARK --set-mark 5
EOT

# Policies accept by a mark: who sets it saves the packet if what asks for it behind lets it pass.
policies() { # KIND
	if [[ $1 = own ]]; then
		in_ns r nft -f - <<-'END'
			table ip own {
				chain pol {
					ip saddr 10.1.0.0/24 udp dport 81 meta mark set mark or 0x10000 comment "meta mark set 0x5"
					ip saddr 10.1.0.0/24 udp dport 82 meta mark set mark or 0x40000
					ip saddr 10.1.0.0/24 udp dport 83 meta mark set 0x30000
				}
				chain pod {
					jump pol
					meta mark and 0x10000 != 0x10000 drop
					meta mark set mark and 0xfffeffff xor 0x20000
				}
				chain forward {
					type filter hook forward priority 0
					meta mark set mark and 0xfff0ffff
					ip daddr 10.2.0.2 jump pod
					meta mark and 0x20000 == 0x20000 accept
					drop
				}
			}
		END
	else
		in_ns r iptables-"$1"-restore <<-'END'
			*filter
			:POD - [0:0]
			:POLICY - [0:0]
			-A FORWARD -j MARK --set-xmark 0x0/0xf0000
			-A FORWARD -d 10.2.0.2/32 -j POD
			-A FORWARD -m mark --mark 0x20000/0x20000 -j ACCEPT
			-A FORWARD -j DROP
			-A POD -j POLICY
			-A POD -m mark ! --mark 0x10000/0x10000 -j DROP
			-A POD -j MARK --set-xmark 0x20000/0x10000
			-A POLICY -s 10.1.0.0/24 -p udp -m udp --dport 81 -m comment --comment " -j MARK --set-xmark 0x0/0x0" -j MARK --set-xmark 0x10000/0x10000
			-A POLICY -s 10.1.0.0/24 -p udp -m udp --dport 82 -j MARK --set-xmark 0x40000/0x40000
			-A POLICY -s 10.1.0.0/24 -p udp -m udp --dport 83 -j MARK --set-xmark 0x30000/0x30000
			COMMIT
		END
	fi
}
for kind in legacy nft own; do
	subtest "$kind: a policy that would have set the mark is near, if that lets the packet pass"
	policies $kind || fail "rules"
	start_nftrace r -4 -i eth0 -p udp --dport 80:83 -c 4 --json
	for port in 80 81 82 83; do in_ns a "$TOOLS/flood" 10.2.0.2 $port 1 8 >/dev/null; done
	end_nftrace
	# The packets themselves are the judge: 0x30000 loses its second bit where the first is cleared.
	assert_equal "fates" "DROP FORWARDED DROP DROP" "$(jq -r .fate "$OUT" | paste -sd ' ')"
	assert_equal "what was near" "--dport 81: 80 --dport 81: 82 --dport 81: 83" \
		"$(jq -r '(.headers | capture("\\.(?<p>8[0-3]): ").p) as $p | .near[] | "\(.failed | sub("^udp dport"; "--dport")): \($p)"' "$OUT" | paste -sd ' ')"
	if [[ $kind = own ]]; then in_ns r nft delete table ip own; else in_ns r iptables-$kind -F; in_ns r iptables-$kind -X; fi
done

subtest "with one condition a rule is near in nobody's words, with two in everybody's"
in_ns lo nft flush ruleset
for kind in legacy nft own; do
	case $kind in
	own) in_ns lo nft 'table ip fw { chain in { type filter hook input priority 0; ip saddr 10.9.0.7 accept; iifname "lo" udp dport 6008 accept; udp dport 6009 drop; }; }' || fail "rules" ;;
	*) in_ns lo iptables-$kind-restore <<<'*filter
-A INPUT -s 10.9.0.7/32 -j ACCEPT
-A INPUT -i lo -p udp -m udp --dport 6008 -j ACCEPT
-A INPUT -p udp -m udp --dport 6009 -j DROP
COMMIT' || fail "rules" ;;
	esac
	traced 6009 --json
	assert_equal "$kind" '["DROP","the packet'\''s is 6009"]' "$(jq -c '[.fate, .near[].value]' "$OUT")"
	in_ns lo iptables-legacy -F
	in_ns lo nft flush ruleset
done
