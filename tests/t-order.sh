#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-order: packets are numbered and printed in the order in which they came, and -c N is the first N.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback

# icmp_order: "echo request 1", "echo reply 1" ... as they were printed
icmp_order() { jq -r '.headers | capture("ICMP (?<what>echo [a-z]+), .*seq (?<n>[0-9]+)") | "\(.what) \(.n)"' "$OUT"; }

# each_before_its_answer COUNT: what was printed of so many pings to this host
each_before_its_answer() {
	for ((i = 1; i <= $1; i++)); do printf 'echo request %d\necho reply %d\n' $i $i; done >"$SCRATCH/want"
	assert_same "the order" "$SCRATCH/want" <(icmp_order)
	assert_equal "numbers" "$(seq -s ' ' $((2 * $1)))" "$(jq .packet "$OUT" | paste -sd ' ')"
}

# pings NAME: to this host; each request is still waited for when its answer is over
pings() {
	subtest "$1: a question before its answer"
	start_nftrace lo -t 60 --rate 0 --json -p icmp
	in_ns lo ping -q -c 10 -i 0.01 10.9.0.1 >/dev/null || fail "ping"
	stop_nftrace INT
	assert_status 0
	each_before_its_answer 10
}

# Each of these leaves it open for a while what a request meets: the reply is over first.
in_ns lo iptables-nft-restore <"$TESTS/rulesets/kube-k3s-netpol.save" || fail "iptables-nft-restore"
pings "k3s by iptables-nft"
in_ns lo nft flush ruleset
in_ns lo iptables-nft -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE
in_ns lo iptables-legacy -A INPUT -p icmp -j ACCEPT
pings "filter in legacy, nat in nft"
in_ns lo nft flush ruleset
in_ns lo iptables-legacy -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE
pings "legacy"
ns_del lo

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo tcp 10.2.0.2 80
server r service tcp 10.1.0.1 80

# The second chain of nat may yet be asked: the first packet is not over as soon as the others.
in_ns r nft -f - <<'X' || fail "nft -f"
table ip one { chain out { type nat hook output priority -100; }; chain post { type nat hook postrouting priority srcnat; counter; }; }
table ip two { chain post { type nat hook postrouting priority srcnat; masquerade; }; }
X
calls() { talk r tcp 10.2.0.2 80 count 5 wait 20000 || fail "no answer"; }

subtest "nat in two tables of nft: the first packet of a connection comes first"
start_nftrace r -t 60 --rate 0 -q -p tcp --dport 80
calls
stop_nftrace INT
assert_status 0
sed -E 's/^[A-Z]+ +#([0-9]+) .*: tcp ([A-Z.]+).*/\1 \2/' "$OUT" >"$SCRATCH/flags"
assert_equal "the first packet" "1 S" "$(head -n 1 "$SCRATCH/flags")"
assert_equal "numbers" "$(seq -s ' ' "$(wc -l <"$OUT")")" "$(cut -d' ' -f1 "$SCRATCH/flags" | paste -sd ' ')"

subtest "-c 1 is the first one, and nothing is said of the others"
start_nftrace r -t 60 --rate 0 -q -c 1 -p tcp --dport 80
calls
end_nftrace 20
assert_status 0
assert_grep '^[A-Z]+ +#1 .*: tcp S( |$)' "$OUT"
assert_equal "packets" 1 "$(wc -l <"$OUT")"
fate=$(cut -d ' ' -f 1 "$OUT")
assert_grep "^nftrace: ([0-9]+ packets traced, the first one printed|1 packet traced): 1 $fate(; .*)?; all removed\$" "$ERR"
assert_no_grep 'passed nat without an event' "$ERR"

subtest "the same order in every form, with rules of both backends"
in_ns r nft flush ruleset
in_ns r iptables-legacy -A INPUT -p tcp --dport 80 -j ACCEPT
in_ns r iptables-nft -A INPUT -p tcp --dport 9 -j DROP
start_nftrace r -t 60 --rate 0 --json --pcap "$SCRATCH/all.pcapng" -p tcp --dport 80 --or -p tcp --sport 80
talk a tcp 10.1.0.1 80 count 5 wait 20000 || fail "no answer"
stop_nftrace INT
assert_status 0
order_of() { jq -r '"\(.packet) \(.headers)"' "$1"; }
order_of "$OUT" >"$SCRATCH/live"
assert_grep '^1 .* Flags \[S\],' "$SCRATCH/live"
assert_grep '^2 .* Flags \[S\.\],' "$SCRATCH/live"
in_ns r "$NFTRACE" --read "$SCRATCH/all.pcapng" --json >"$SCRATCH/again" 2>"$ERR"
assert_same "what was recorded" "$SCRATCH/live" <(order_of "$SCRATCH/again")

subtest "-c N with --only: the first N that fit"
in_ns r nft 'table ip drops { chain c { type filter hook forward priority 0; udp dport 2001-2003 drop; }; }' || fail nft
start_nftrace r -t 60 --rate 0 -q -c 2 --only drop -p udp
for port in 2000 2001 2004 2002 2003; do talk a udp 10.2.0.2 $port wait 20 2>/dev/null; done
end_nftrace 20
assert_status 0
assert_equal "ports" "2001 2002" "$(sed -E 's/.* > 10\.2\.0\.2\.([0-9]+): .*/\1/' "$OUT" | paste -sd ' ')"
assert_grep '^nftrace: [0-9]+ packets traced, the first 2 that fit printed: 2 DROP; all removed$' "$ERR"

subtest "--only: the summary speaks of what is printed"
start_nftrace r -t 60 --rate 0 -q --only drop -p udp
for port in 2000 2001 2004; do talk a udp 10.2.0.2 $port wait 20 2>/dev/null; done
stop_nftrace INT
assert_status 0
assert_grep '^nftrace: 3 packets traced, 1 of them printed: 1 DROP; stopped by Ctrl-C after [0-9.]+ s; all removed$' "$ERR"

# What met rules of nft waits until they are read again; what a legacy rule drops before does not.
subtest "while rules of nft change: packets that met none of them keep their place"
lab_loopback m
in_ns m iptables-legacy -A OUTPUT -p udp --dport 2001 -j DROP
in_ns m nft 'table ip t { chain out { type filter hook output priority 10; udp dport 2000 accept; }; }' || fail nft
start_nftrace m -t 60 --rate 0 --buffer 512 --json -p udp --chain OUTPUT
background m sender bash -c 'for ((i = 0; ; i++)); do
	for port in 2000 2001 2002; do echo x >/dev/udp/10.9.0.1/$port; done; echo $i >&3; read -rt 0.002 <>"$0"; done 3>"$1"' \
	"$PAUSE_FIFO" "$SCRATCH/rounds"
sender=$BG_PID
rounds_passed() { [[ $(tail -n 1 "$SCRATCH/rounds") -gt $((rounds + 10)) ]]; }
for i in {1..15}; do
	rounds=$(tail -n 1 "$SCRATCH/rounds")
	in_ns m nft add rule ip t out udp dport $((3000 + i)) accept
	assert_within 20 "packets behind change $i" rounds_passed
done
kill "$sender"
assert_within 5 "the sender ends" is_gone "$sender"
stop_nftrace INT
assert_equal "drops" 1 "$(grep -c '^nftrace:   [0-9]* by filter:OUTPUT' "$ERR")"
jq -r '.headers | capture("> [0-9.]+\\.(?<d>[0-9]+):").d' "$OUT" >"$SCRATCH/sent"
(($(wc -l <"$SCRATCH/sent") > 450)) || fail "only $(wc -l <"$SCRATCH/sent") packets"
assert_equal "packets out of order" 0 "$(awk '
	NR > 1 && $1 != (last == 2002 ? 2000 : last + 1) { n++ } { last = $1 } END { print n + 0 }' "$SCRATCH/sent")"
ns_del m

# Nobody can say what becomes of it until its queue lets it go: the others are not waited for so long.
subtest "one that user space holds keeps no other back"
in_ns r nft flush ruleset
in_ns r iptables-legacy -A FORWARD -p udp -m udp --dport 3000 -j NFQUEUE --queue-num 7
background r nfq "$TOOLS/nfq" 7 rewrite 2
wait_for 5 says_ready "$SCRATCH/nfq" || fail "nfq does not start"
start_nftrace r -t 60 --rate 0 -q -p udp
talk a udp 10.2.0.2 3000 wait 10 2>/dev/null
for port in 3001 3002 3003; do talk a udp 10.2.0.2 $port wait 10 2>/dev/null; done
ports() { sed -nE 's/^[A-Z]+ +#.* > 10\.2\.0\.2\.([0-9]+): .*/\1/p' "$OUT"; }
others_are_printed() { [[ $(ports | grep -vx 3000 | paste -sd ' ') = "3001 3002 3003" ]]; }
assert_within 20 "the others, in order, while it is held" others_are_printed
stop_nftrace INT
assert_equal "the one that was held" 1 "$(ports | grep -cx 3000)"
