#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-hints: what stands in the way of a trace is said in a sentence, with what to type instead.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
in_ns r iptables-legacy-restore <<'RULES'
*raw
COMMIT
*filter
-A FORWARD -p udp --dport 1002 -j DROP
COMMIT
RULES
in_ns r ip6tables-legacy -t raw -S >/dev/null
server b sink udp 10.2.0.2 1001

# said ARGS...: what a short run says, without what it says when armed
said() {
	run_nftrace r -t 100ms "$@"
	grep -v '^nftrace: armed' "$ERR" | sed 's/^nftrace: //' >"$SCRATCH/said"
}

# What the kernel does not let itself be asked is a doubt, and said.
lines() { grep -vc 'are only likely: the kernel does not tell' "$ERR"; }
# two_lines: of the run that ended last, and which they are
two_lines() {
	assert_equal "lines" 2 "$(lines)"
	assert_grep '^nftrace: armed: [0-9]+ rules? inserted, capturing for ' "$ERR"
	assert_grep "^nftrace: 1 packet traced: 1 FORWARDED(; stopped by Ctrl-C after [0-9.]+ s)?; all removed\$" "$ERR"
}
one_packet() { talk a udp 10.2.0.2 1001 wait 1 2>/dev/null; }

subtest "a run without surprises says two lines, and with -v what it knows"
start_nftrace r -4 -t 60 -c 1 -p udp --dport 1001
one_packet
end_nftrace
two_lines
start_nftrace r -4 -t 60 -p udp --dport 1001
one_packet
assert_within 10 "the packet is told" grep -q FORWARDED "$OUT"
stop_nftrace INT
two_lines
start_nftrace r -4 -v -t 60 -c 1 -p udp --dport 1001
one_packet
end_nftrace
assert_grep '^nftrace: legacy: 1 rule in [0-9]+ tables$' "$ERR"
assert_grep '^nftrace: [0-9]+ events, 0 lost; the TRACE rules counted 1 packet$' "$ERR"
assert_grep '^nftrace: 2 rules inserted, 2 removed; ipv4 logger restored; tables as before; lock held ' "$ERR"
subtest "the same where nft alone has rules"
lab_loopback n
in_ns n nft 'table inet own { chain in { type filter hook input priority 5; udp dport 7 accept; }; }' || fail nft
server n here udp 10.9.0.1 7
start_nftrace n -4 -t 60 -c 1 -p udp --dport 7
talk n udp 10.9.0.1 7 wait 1 2>/dev/null
end_nftrace
assert_equal "lines" 2 "$(lines)"
assert_grep '^nftrace: 1 packet traced: 1 DELIVERED; all removed$' "$ERR"

subtest "a match that can be asked in one chain alone, and bytes that nft does not tell: what is missing is said"
for words in "-m owner --uid-owner 0" "! -s 10.0.0.0/8 -m cgroup --cgroup 1"; do
	run_nftrace n -4 --dry-run $words
	assert_grep "^nftrace: note: '$words' can be asked in OUTPUT alone: what comes in or is forwarded is not traced\$" "$ERR"
	assert_no_grep prerouting "$OUT"
done
run_nftrace n -4 --dry-run -m mac --mac-source 02:00:00:00:00:01
assert_grep 'can be asked in PREROUTING alone: what this host sends itself is not traced' "$ERR"
assert_no_grep output "$OUT"
for words in "-i lo -m mac --mac-source 02:00:00:00:00:01" "-p udp" "--chain OUTPUT -m owner --uid-owner 0"; do
	run_nftrace n -4 --dry-run $words
	assert_no_grep 'can be asked' "$ERR"
done
run_nftrace n -4 --dry-run -p udp --snaplen 1500
assert_grep 'note: --snaplen has no effect here: of a packet nft tells the IP header and 20 bytes behind it' "$ERR"
run_nftrace r -4 --dry-run -p udp --snaplen 1500
assert_no_grep 'no effect' "$ERR"

subtest "an interface that is not there: said before the trace, with the one that is near"
said -i etho -p udp
assert_status 3
assert_equal "the first line" "note: there is no interface 'etho' here: did you mean 'eth0'?" "$(head -n 1 "$SCRATCH/said")"
assert_grep "^nothing was traced: no packet matched: see the note on etho above$" "$SCRATCH/said"
assert_no_grep 'Is the match right' "$SCRATCH/said"
said -i cali123 -p udp
assert_grep "^note: there is no interface 'cali123' here, and nothing can come in by it$" "$SCRATCH/said"
said -i eth+ -p udp
assert_no_grep 'no interface' "$SCRATCH/said"
said -i eth0:1 -p udp
assert_grep "^note: there is no interface 'eth0:1' here: it is the label of an address, and rules see what is sent to that as coming in by eth0: use -i eth0 -d ADDRESS\$" "$SCRATCH/said"
said ! -i etho -p udp
assert_no_grep 'no interface' "$SCRATCH/said"
run_nftrace r -i any -p udp
assert_status 2
assert_grep "^nftrace: error: '-i any' is tcpdump's: leave out -i for all interfaces$" "$ERR"

subtest "nothing matched: what came in all the same"
start_nftrace r -4 -t 60 -i eth0 -p udp --dport 1999
talk a udp 10.2.0.2 1001 wait 1 2>/dev/null
stop_nftrace INT
assert_status 3
assert_grep '^nftrace: nothing was traced: no packet matched' "$ERR"
assert_grep '^nftrace: [0-9]+ frames? of others came in by eth0 meanwhile$' "$ERR"

subtest "a port of a bridge"
ns_ip r link add br7 type bridge
veth r port7 b port8
ns_ip r link set port7 master br7
said -i port7 -p udp
assert_grep '^note: port7 is a port of bridge br7, and rules see what comes in by it as coming in by br7: use -i br7( -m physdev --physdev-in port7)?$' "$SCRATCH/said"
assert_grep '^nothing was traced: no packet matched: see the note on port7 above$' "$SCRATCH/said"
said -o port7 -p udp
assert_grep '^note: port7 is a port of bridge br7, and rules see what goes out by it as going out by br7: use -o br7$' "$SCRATCH/said"
said -o cali123 -p udp
assert_grep "^note: there is no interface 'cali123' here, and nothing can go out by it$" "$SCRATCH/said"
ns_ip r link add idle7 type bridge
said -i idle7 -p udp
assert_grep '^nothing at all came in by idle7 meanwhile$' "$SCRATCH/said"
said -i br7 -p udp
assert_no_grep 'is a port' "$SCRATCH/said"

subtest "the other end of a cable is not on top of it"
veth r cable7 r cable8
said -i cable7 -p udp
assert_no_grep 'on top of|is a port' "$SCRATCH/said"

subtest "a port of a bond"
if ns_ip r link add bond7 type bond 2>/dev/null; then
	veth r slave7 b slave8
	ns_ip r link set slave7 down
	ns_ip r link set slave7 master bond7
	said -i slave7 -p udp
	assert_grep '^note: slave7 is a port of bond7, and rules see what comes in by it as coming in by bond7: use -i bond7$' "$SCRATCH/said"
	assert_grep '^nothing was traced: no packet matched: see the note on slave7 above$' "$SCRATCH/said"
	said -o slave7 -p udp
	assert_grep '^note: slave7 is a port of bond7, and rules see what goes out by it as going out by bond7: use -o bond7$' "$SCRATCH/said"
else
	skip "no such interface in this kernel"
fi

subtest "what comes in by another interface on top of the one that is named"
if ns_ip r link add link cable7 name cable7.5 type vlan id 5 2>/dev/null; then
	said -i cable7 -p udp
	assert_grep '^what is for an interface on top of cable7 is seen by rules as coming in by that: -i cable7.5 \(vlan\)$' "$SCRATCH/said"
	for id in 6 7 8; do ns_ip r link add link cable7 name cable7.$id type vlan id $id; done
	said -i cable7 -p udp
	assert_grep 'coming in by that: -i cable7.5 \(vlan\), -i cable7.6 \(vlan\), -i cable7.7 \(vlan\) \.\.\.$' "$SCRATCH/said"
else
	skip "no such interface in this kernel"
fi

subtest "-i and -o together: -o chooses what is printed"
start_nftrace r -4 -t 60 --rate 0 --json -i eth0 -o eth1 -p udp
assert_grep "^nftrace: note: what comes in has no out-interface yet where the trace begins: '-o eth1' chooses what is printed \(--only out=eth1\)$" "$ERR"
talk a udp 10.1.0.1 1003 wait 1 2>/dev/null
talk a udp 10.2.0.2 1002 wait 1 2>/dev/null
told() { (($(wc -l <"$OUT") > 0)); }
assert_within 10 "a packet is told" told
stop_nftrace INT
assert_equal "fates" DROP "$(jq -r .fate "$OUT" | sort -u)"
run_nftrace r --dry-run -i eth0 ! -o eth+ --only drop -p udp
assert_status 0
assert_text "(--only drop,!out=eth*)" "$ERR"
assert_no_grep ' -o ' "$OUT"
assert_grep '-i eth0' "$OUT"

for words in "-i eth0 -oeth1 -p udp" "-i eth0 --out-interface=eth1 -p udp" "-o eth1 -i eth0 udp"; do
	# shellcheck disable=SC2086
	run_nftrace r --dry-run $words
	assert_status 0
	assert_text "(--only out=eth1)" "$ERR"
done

run_nftrace r --dry-run -o eth1 -p udp
assert_text "(--only out=NAME instead of -o prints both)" "$ERR"

subtest "... not where it would be another's word, or --or has two"
run_nftrace r --dry-run -i eth0 -p udp -m comment --comment -o -m udp --dport 9
assert_status 0
assert_grep '--comment "?-o' "$OUT"
run_nftrace r -i eth0 -o eth1 --or -p udp
assert_status 2
assert_grep 'say --only out=NAME$' "$ERR"

# The address that a packet has in raw is the service's.
subtest "-d of an address to which rules send what comes to others"
in_ns r iptables-legacy -t nat -A PREROUTING -d 10.9.9.9 -p udp --dport 80 -j DNAT --to-destination 10.2.0.2:1001
said -4 -d 10.2.0.2 -p udp --dport 1001
assert_grep "^note: what comes to other addresses is sent to 10\.2\.0\.2 by the rule -A PREROUTING -d 10\.9\.9\.9/32 .*--to-destination 10\.2\.0\.2:1001: it is traced by those" "$SCRATCH/said"
assert_equal "the line in front of it" "nothing was traced: no packet matched" \
	"$(grep -B 1 '^note: what comes to other addresses' "$SCRATCH/said" | head -n 1)"
assert_no_grep 'Is the match right' "$SCRATCH/said"
for other in 10.2.0.20 10.2.0.0/24 "10.9.9.9"; do
	said -4 -d $other -p udp --dport 1001
	assert_no_grep 'what comes to other addresses' "$SCRATCH/said"
	assert_grep '^nothing was traced: no packet matched\. Is the match right' "$SCRATCH/said"
done
in_ns r iptables-legacy -t nat -F
in_ns r nft 'table ip6 lb { chain pre { type nat hook prerouting priority -100; ip6 daddr fd00:9::9 udp dport 80 dnat to [fd00:2::2]:1001; }; }' || fail nft
said -6 -d fd00:2::2 -p udp
assert_grep '^note: what comes to other addresses is sent to fd00:2::2 by the rule ip6 daddr fd00:9::9 ' "$SCRATCH/said"
said -6 -d fd00:2:: -p udp
assert_no_grep 'what comes to other addresses' "$SCRATCH/said"
in_ns r nft delete table ip6 lb

subtest "a command that failed before it sent anything, or sent something else"
run_nftrace r -p udp --dport 1999 -- false
assert_status 3
assert_grep 'no packet matched: the command failed before it sent one, or talks in another network namespace \(--netns\)$' "$ERR"
run_nftrace r -p udp --dport 1999 -- true
assert_grep 'no packet matched, and so none that the command sent\. Does it talk in another network namespace \(--netns\)\?$' "$ERR"

subtest "a command that works elsewhere: where, and what traces there"
# elsewhere SENTENCE COMMAND...: by its words; it need not succeed
elsewhere() {
	local sentence=$1
	shift
	run_nftrace r -p udp --dport 1999 -- "$@"
	assert_status 3
	assert_text "nothing was traced: no packet matched here: $sentence" "$ERR"
}
ip netns add "nft$$-other"
elsewhere "'ip netns exec' works in another network namespace: --netns nft$$-other traces there" \
	ip netns exec "nft$$-other" true
elsewhere "'nsenter -n' works in another network namespace: --netns $$ traces there" \
	sudo timeout $((5 * PATIENCE)) nsenter -t $$ -n true
ip netns del "nft$$-other"
mkdir "$SCRATCH/bin"
printf '#!/bin/sh\n' >"$SCRATCH/bin/docker"
chmod +x "$SCRATCH/bin/docker"
for program in podman kubectl ssh sudo; do cp "$SCRATCH/bin/docker" "$SCRATCH/bin/$program"; done
PATH=$SCRATCH/bin:$PATH
elsewhere "'docker exec' works in the network namespace of container web: --netns \$(docker inspect -f '{{.State.Pid}}' web) traces there" \
	docker exec -it -u nobody web ping -c1 10.2.0.2
elsewhere "'podman exec' works in the network namespace of container db:" podman exec db true
elsewhere "'kubectl exec' works in the network namespace of pod web-0, on whichever node" \
	kubectl exec -it -n shop web-0 -- true
elsewhere "'ssh' works on host b:" ssh -p 22 b true
# The one that is traced; not of the network; no name.
for here in "nsenter -t self -n true" "nsenter -t $$ -u true" "docker ps" "ip netns list"; do
	# shellcheck disable=SC2086
	run_nftrace r -p udp --dport 1999 -- $here
	assert_no_grep 'matched here:' "$ERR"
done
