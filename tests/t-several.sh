#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-several: --netns more than once, --and-node: one story, and no packet joined to another's.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/pods.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 80
in_ns r nft 'table ip t { chain c { type filter hook forward priority 0; udp dport 9 drop; }; }'
in_ns a nft 'table ip t { chain c { type filter hook output priority 0; udp dport 10 drop; }; }'
ns_new far
lab_loopback same
server same echo-same udp 10.9.0.1 7
for ns in a r b; do save_rules $ns "$SCRATCH/before-$ns"; done
restored() { for ns in a r b; do assert_restored_but_counters $ns "$SCRATCH/before-$ns"; done; }

# start COUNT WORDS...: from the namespace far; so many runs are armed when it returns
start() {
	local count=$1
	shift
	launch_nftrace far "$@"
	assert_within 20 "$count runs are armed" all_armed "$count" || show stderr "$ERR"
}
all_armed() { [[ $(grep -c '^nftrace: \[.*\] armed' "$ERR") = "$1" ]]; }
stop() {
	stop_nftrace "$1"
	restored
}

run_of() { ps -o ppid= -p "$1"; }
# is_pending SIGNAL PID: for the process
is_pending() { ((0x$(sed -n 's/^ShdPnd:\t//p' "/proc/$2/status") >> ($1 - 1) & 1)); }

inode() { in_ns "$1" stat -L -c %i /proc/self/ns/net; }
# judged: of all that continue, whether both have one identification and the same headers; how many
judged() {
	jq -rs 'map({key: "\(.netns) \(.packet)", value: .}) | from_entries as $all |
		[.[].value | select(.continues) | $all["\(.continues.netns) \(.continues.packet)"] as $next |
		$next != null and .payload[8:16] == $next.payload[8:16] and .headers == $next.headers] |
		group_by(.) | map("\(length) \(.[0])") | join(" ")' "$OUT"
}

subtest "a packet through three namespaces: each goes on as the next"
start 3 --json --netns "nft$$-a" --netns "nft$$-r" --netns "nft$$-b" -t 60 -d 10.2.0.2
# On a machine that is busy a packet may be read long after it was sent, and is not joined then.
has_both() {
	talk a udp 10.2.0.2 7
	talk a tcp 10.2.0.2 80
	[[ $(jq -r 'select(.continues) | .netns' "$OUT" | sort -u | wc -l) = 2 ]]
}
assert_within 30 "packets that are joined from a to r, and from r to b" has_both
stop INT
assert_status 0
[[ $(judged) =~ ^[0-9]+\ true$ ]] || fail "joins: '$(judged)'"
assert_schema Packet "$OUT"
assert_equal "from a it goes on in r" "$(inode r)" \
	"$(jq -r "select(.netns == \"$(inode a)\" and .continues).continues.netns" "$OUT" | sort -u)"
assert_equal "from r it goes on in b" "$(inode b)" \
	"$(jq -r "select(.netns == \"$(inode r)\" and .continues).continues.netns" "$OUT" | sort -u)"
assert_equal "from b none goes on" "" "$(jq -r "select(.netns == \"$(inode b)\" and .continues).packet" "$OUT")"

subtest "what was dropped goes on nowhere, and each block says where it was"
start 2 --full --netns "nft$$-a" --netns "nft$$-r" -t 60 -p udp
said() {
	talk a udp 10.2.0.2 7
	grep -q '  continues as #' "$OUT"
}
assert_within 30 "a join" said
talk a udp 10.2.0.2 9 wait 1
talk a udp 10.2.0.2 10 wait 1
stop INT
assert_grep "^\[nft$$-a\] #[0-9]+ .* OUT=eth0 10\.1\.0\.2" "$OUT"
assert_grep "^\[nft$$-r\] #[0-9]+ .* IN=eth0 10\.1\.0\.2" "$OUT"
assert_grep "^  continues as #[0-9]+ in nft$$-r$" "$OUT"
assert_grep "^  was #[0-9]+ in nft$$-a$" "$OUT"
assert_equal "behind a drop" "" "$(grep -A 1 '^=> DROP' "$OUT" | grep 'continues')"
assert_equal "drops, by namespace" "nft$$-a nft$$-r" \
	"$(grep -B 3 '^=> DROP' "$OUT" | sed -n 's/^\[\(.*\)\] #.*/\1/p' | sort | paste -sd ' ')"
assert_grep "^nftrace: \[nft$$-r\] [0-9]+ packets? traced: 1 DROP" "$ERR"

subtest "-q, and no cable between them: nothing is joined"
start 2 -q --netns "nft$$-a" --netns "nft$$-same" -t 60 -p udp --dport 7
talk a udp 10.2.0.2 7
talk same udp 10.9.0.1 7
assert_within 10 "packets of both" eval 'grep -q "^\[nft$$-a\] SENT" "$OUT" && grep -q "^\[nft$$-same\] " "$OUT"'
stop TERM
assert_status 0
assert_no_grep 'continues' "$OUT"

subtest "-c counts those of all"
start 2 -q -c 3 --netns "nft$$-a" --netns "nft$$-r" -t 60 -p udp
for _ in 1 2 3 4; do talk a udp 10.2.0.2 7; done
end_nftrace 20
assert_equal "lines" 3 "$(wc -l <"$OUT")"
restored

subtest "killed, with nobody to tell: each run ends and takes its rules away"
start 2 -q --netns "nft$$-a" --netns "nft$$-r" -t 60 -p udp
kill -KILL "$NFTRACE_PID"
for ns in a r; do
	assert_within 10 "$ns as it was" is_restored $ns "$SCRATCH/before-$ns"
done
{ wait "$NFTRACE_PID"; } 2>/dev/null

subtest "ended before the runs hear it"
hook=$SCRATCH/hook
NFTRACE=$WITH_POINTS NFTRACE_TESTPOINT=helper-job NFTRACE_TESTPOINT_FILE=$hook \
	launch_nftrace far -q --no-drops --netns "nft$$-a" --netns "nft$$-r" -p udp
assert_within 20 "one reads its words" test -s "$hook"
kill -TERM "$NFTRACE_PID"
assert_within 20 "the interrupt was sent" eval 'is_pending 2 $(run_of "$(cut -d " " -f 1 "$hook")")'
rm "$hook"
end_nftrace 20
assert_status 3
restored

# Each run is in a process group of its own, behind the terminal's.
subtest "on a terminal that lets none but the foreground write: folded, coloured, ended by ^C"
if command -v expect >/dev/null; then
	A=nft$$-a R=nft$$-r NFTRACE=$NFTRACE TOOLS=$TOOLS TERM=xterm expect -c '
		set timeout 120
		spawn -noecho bash --norc -i
		send "stty tostop; $env(NFTRACE) --netns $env(A) --netns $env(R) -p udp --dport 7 -t 60\r"
		expect "armed"
		expect "armed"
		exec nsenter --net=/run/netns/$env(A) -- $env(TOOLS)/talk udp 10.2.0.2 7
		expect "$env(R)\\\] "
		send "\003"
		expect "removed"
		expect "removed"
		send "echo status \$?\r"
		expect "status 0"
		send "exit\r"
		expect eof' >"$SCRATCH/terminal" 2>&1 </dev/null
	assert_text "status 0" "$SCRATCH/terminal"
	assert_grep $'\\] \e\\[1m#1 \e\\[0m\e\\[32mSENT' "$SCRATCH/terminal"
	restored
else
	skip "no expect"
fi

subtest "where one cannot begin none goes on"
run_nftrace far -t 60 --netns "nft$$-a" --netns "nft$$-r" -p udp --nonsense
assert_status 2
run_nftrace far -t 60 --netns "nft$$-a" --netns nowhere -p udp
assert_status 2
assert_text "'--netns nowhere'" "$ERR"
run_nftrace far -t 60 --netns "nft$$-a" --netns "$(ns_path a)" -p udp
assert_status 2
assert_text "are one network namespace" "$ERR"
restored

subtest "what is for one namespace only is refused"
for words in "--pcap x" "--graph x" "--report x" "--markdown" "--flat" "--masked" "--doctor" "--dry-run" "-- true"; do
	# shellcheck disable=SC2086 # words
	run_nftrace far --netns a --and-node -p udp $words
	assert_status 2
	assert_text "is for one network namespace" "$ERR"
done
run_nftrace far --and-node -p udp
assert_status 2
assert_text "say in which by --pod, --container or --netns" "$ERR"
for option in --pod --container; do
	run_nftrace far $option x --netns a --netns b
	assert_status 2
	assert_text "error: '$option' is in one network namespace: not beside '--netns' twice" "$ERR"
done
run_nftrace far --netns a --netns b --cleanup
assert_status 2
assert_grep "not beside '--netns' twice$" "$ERR"

subtest "--pod X --and-node: in the pod and on its node"
[[ -x /usr/lib/cni/portmap ]] || skip "no CNI plugins (containernetworking-plugins)"
if [[ -n $_name ]]; then
	lab_cni
	cni_pod web ptp 10.88.1.0/24 8080 80
	pod_process web pod-web web-0 shop
	server web in-web tcp 10.88.1.2 80
	server up in-up udp 192.168.50.1 7
	in_ns web nft 'table ip t { chain c { type filter hook output priority 0; udp dport 9 drop; }; }'
	save_rules node "$SCRATCH/before-node"
	save_rules web "$SCRATCH/before-web"
	launch_nftrace node --json --pod shop/web-0 --and-node -t 60
	assert_within 20 "both are armed" all_armed 2
	talk web udp 192.168.50.1 9 wait 1
	crosses() {
		talk up tcp 192.168.50.2 8080
		talk web udp 192.168.50.1 7
		[[ $(jq -r 'select(.continues) | .netns' "$OUT" | sort -u | wc -l) = 2 ]]
	}
	assert_within 30 "packets that are joined, in both directions" crosses
	stop_nftrace INT
	assert_status 0
	[[ $(judged) =~ ^[0-9]+\ true$ ]] || fail "joins: '$(judged)'"
	assert_equal "what the pod itself drops" "$(inode web)" "$(jq -r 'select(.fate == "DROP").netns' "$OUT")"
	assert_grep '^nftrace: \[node\] pod shop/web-0: veth' "$ERR"
	assert_restored_but_counters node "$SCRATCH/before-node"
	assert_restored_but_counters web "$SCRATCH/before-web"
fi
