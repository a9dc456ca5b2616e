#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-behind-nat: --behind-nat matches what DNAT has made of packets; and what traces those otherwise.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 b eth0
server b udp udp 0.0.0.0 1001
server b udp6 udp :: 1001
server b other udp 0.0.0.0 1002

# said ARGS...: what a short run says
said() {
	run_nftrace r -t 100ms "$@"
	sed 's/^nftrace: //' "$ERR" >"$SCRATCH/said"
}

# Two packets to the service, and one that only looks like what is behind it.
traffic() {
	talk a udp 10.9.9.9 80 count 2 || fail "no echo through the service"
	talk a udp 10.2.0.2 1002 || fail "no echo"
}
told() { (($(wc -l <"$OUT") >= $1)); }

dnat_legacy() {
	in_ns r iptables-legacy -t nat -A PREROUTING -d 10.9.9.9 -p udp --dport 80 -j DNAT --to-destination 10.2.0.2:1001
	in_ns r iptables-legacy -A FORWARD -p udp -j ACCEPT
}
dnat_nft() {
	in_ns r nft 'table ip lb {
		chain pre { type nat hook prerouting priority dstnat; ip daddr 10.9.9.9 udp dport 80 dnat to 10.2.0.2:1001; }
		chain pass { type filter hook forward priority 0; udp dport 1001 accept; udp dport 1002 accept; }
	}' || fail nft
}
gone_legacy() { in_ns r iptables-legacy -t nat -F; in_ns r iptables-legacy -F; }
gone_nft() { in_ns r nft delete table ip lb; }

for by in legacy nft; do
	dnat_$by
	subtest "$by: by the address and port behind DNAT, of a connection's first packet and of later ones"
	start_nftrace r -4 -t 60 --json --rate 0 --behind-nat -d 10.2.0.2 -p udp --dport 1001
	traffic
	assert_within 10 "both are told" told 2
	stop_nftrace INT
	assert_status 0
	assert_equal "packets" "2 10.2.0.2.1001" "$(jq -r '.headers | capture("> (?<to>[^:]*):").to' "$OUT" | sort | uniq -c | sed 's/^ *//')"
	assert_equal "fates" FORWARDED "$(jq -r .fate "$OUT" | sort -u)"
	assert_grep 'note: packets are traced from behind DNAT on: what they meet before \(raw, mangle, nat\) is not shown$' "$ERR"

	# A packet that a rule of the run's own matches twice in one chain is one packet.
	subtest "$by: with --replies, where the expression matches answers as well"
	start_nftrace r -4 -t 60 --json --rate 0 --behind-nat --replies -p udp
	traffic
	assert_within 10 "all are told" told 6
	stop_nftrace INT
	assert_equal "packets" 6 "$(wc -l <"$OUT")"
	assert_equal "fates" FORWARDED "$(jq -r .fate "$OUT" | sort -u)"
	assert_equal "answers" 2 "$(jq -r .headers "$OUT" | grep -c '^10\.2\.0\.2\.1001 > ')"
	gone_$by
done

subtest "what conntrack translated before the first event is told"
dnat_nft
start_nftrace r -4 -t 60 --json --rate 0 --backend nft -m conntrack --ctorigdst 10.9.9.9 -p udp
talk a udp 10.9.9.9 80 count 2 || fail "no echo"
assert_within 10 "all are told" told 4
stop_nftrace INT
jq -r 'select(.headers | contains("> 10.9.9.9.80:")) | .nat[] | select(.field == "dst").to' "$OUT" >"$SCRATCH/to"
assert_equal "where they go" "2 10.2.0.2.1001" "$(sort "$SCRATCH/to" | uniq -c | sed 's/^ *//')"
gone_nft

subtest "a chain that translates only later is named"
in_ns r nft 'table ip late { chain pre { type nat hook prerouting priority 0; }; }' || fail nft
said -4 --behind-nat -d 10.2.0.2 -p udp
assert_grep '^note: nft ip late:pre \(priority 0\) translates only behind where the trace begins: -d is what its packets have before$' "$SCRATCH/said"
in_ns r nft 'delete table ip late'
said -4 --behind-nat -d 10.2.0.2 -p udp
assert_no_grep 'translates only behind' "$SCRATCH/said"

subtest "--dry-run shows where"
run_nftrace r -4 --dry-run --behind-nat -d 10.2.0.2 -p udp
assert_grep '^nft: ip prerouting_late priority -99: -d 10.2.0.2/32 -p udp ' "$OUT"
assert_grep '^nft: ip output_late priority -99: ' "$OUT"

subtest "what it does not go with"
run_nftrace r --behind-nat --backend legacy -d 10.2.0.2
assert_status 2
assert_grep "'--behind-nat' and '--backend legacy' together" "$ERR"
run_nftrace r --behind-nat
assert_status 2

# KUBE-SEP, behind two services, as kube-proxy writes them.
subtest "-d POD: what comes through a service is traced by the words of the rules that lead there"
in_ns r iptables-legacy-restore <<'RULES'
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-SVC-A - [0:0]
:KUBE-SEP-A - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A KUBE-SERVICES -d 10.96.0.80/32 -p tcp -m comment --comment "shop/web -d cluster IP" -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-NODEPORTS -p tcp -m tcp --dport 30080 -j KUBE-SVC-A
-A KUBE-SVC-A ! -d 10.244.0.0/16 -j RETURN
-A KUBE-SVC-A -m comment --comment "shop/web -> 10.2.0.2:8080" -j KUBE-SEP-A
-A KUBE-SEP-A -p tcp -m tcp -j DNAT --to-destination 10.2.0.2:8080
COMMIT
RULES
said -4 -d 10.2.0.2 -p tcp
assert_grep "^nftrace -p tcp --dport 30080 or nftrace -d 10\.96\.0\.80 -p tcp --dport 80 traces what is sent there; so does --behind-nat -d 10\.2\.0\.2\$" "$SCRATCH/said"
said -4 --behind-nat -d 10.2.0.2 -p tcp
assert_no_grep 'what comes to other addresses' "$SCRATCH/said"
in_ns r iptables-legacy -t nat -F KUBE-SERVICES
said -4 -d 10.2.0.2 -p tcp
assert_grep '^nftrace -p tcp --dport 30080 traces what is sent there' "$SCRATCH/said"
in_ns r iptables-legacy -t nat -F KUBE-NODEPORTS
said -4 -d 10.2.0.2 -p tcp
assert_grep '^--behind-nat -d 10\.2\.0\.2 traces what is sent there$' "$SCRATCH/said"
in_ns r iptables-legacy -t nat -F
in_ns r nft 'table ip6 lb {
	chain to { meta l4proto udp dnat to [fd00:2::2]:1001; }
	chain pre { type nat hook prerouting priority -100; ip6 daddr fd00:9::9 udp dport 80 jump to; ip6 daddr @none drop; }
	set none { type ipv6_addr; }
}' || fail nft
said -6 -d fd00:2::2 -p udp
assert_grep '^nftrace -d fd00:9::9 -p udp --dport 80 traces what is sent there; so does --behind-nat -d fd00:2::2$' "$SCRATCH/said"
