#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-grounds: who let a packet pass, by way of whom, who set its mark, as whom it went on.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7
server r service udp 10.1.0.1 1007
background b seen tcpdump -Z root -l -n -i eth0 udp dst port 7
wait_for 10 has_line 'listening on' "$SCRATCH/seen.err" || fail "tcpdump does not listen"

# Each rule that a packet shall be told to rest on has a comment of its own.
cat >"$SCRATCH/rules" <<'RULES'
*mangle
-A PREROUTING -p udp -m comment --comment g-other-table -j ACCEPT
-A FORWARD -p udp -j ACCEPT
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-EXT - [0:0]
:KUBE-SEP - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-MARK-DROP - [0:0]
:KUBE-POSTROUTING - [0:0]
-A PREROUTING -j KUBE-SERVICES
-A POSTROUTING -j KUBE-POSTROUTING
-A KUBE-SERVICES -d 10.1.0.1/32 -p udp -m udp --dport 30080 -m comment --comment g-nodeport -j KUBE-EXT
-A KUBE-SERVICES -d 10.1.0.1/32 -p udp -m udp --dport 30081 -m comment --comment g-no-endpoints -j KUBE-MARK-DROP
-A KUBE-EXT -j KUBE-MARK-MASQ
-A KUBE-EXT -j KUBE-SEP
-A KUBE-SEP -p udp -m comment --comment g-dnat -j DNAT --to-destination 10.2.0.2:7
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-MARK-DROP -m comment --comment g-mark-drop -j MARK --set-xmark 0x8000/0x8000
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment g-masquerade -j MASQUERADE
COMMIT
*filter
:KUBE-FIREWALL - [0:0]
:cali-FORWARD - [0:0]
:cali-from - [0:0]
:cali-fw - [0:0]
:REJ - [0:0]
:LOGDROP - [0:0]
:SRV - [0:0]
-A INPUT -j KUBE-FIREWALL
-A INPUT -p udp -m udp --dport 1007 -m comment --comment g-to-srv -j SRV
-A FORWARD -j cali-FORWARD
-A FORWARD -m mark --mark 0x10000/0x10000 -m comment --comment g-allowed -j ACCEPT
-A FORWARD -p udp -m udp --dport 1004 -m comment --comment g-rej-b -j REJ
-A FORWARD -p udp -m udp --dport 7 -m comment --comment g-service -j ACCEPT
-A OUTPUT -p udp -m udp --dport 1006 -m comment --comment g-out -j ACCEPT
-A KUBE-FIREWALL -m mark --mark 0x8000/0x8000 -m comment --comment g-marked -j DROP
-A cali-FORWARD -i eth0 -j cali-from
-A cali-from -i eth0 -g cali-fw
-A cali-fw -j MARK --set-xmark 0x0/0x10000
-A cali-fw -p udp -m udp --dport 1001 -m comment --comment g-policy -j MARK --set-xmark 0x10000/0x10000
-A cali-fw -m mark --mark 0x10000/0x10000 -j RETURN
-A cali-fw -p udp -m udp --dport 1002 -m comment --comment g-rej-a -j REJ
-A cali-fw -p udp -m udp --dport 1003 -m comment --comment g-log -j LOGDROP
-A REJ -m limit --limit 1/second --limit-burst 1 -m mark --mark 0x1 -j RETURN
-A REJ -m comment --comment g-reject -j REJECT
-A LOGDROP -m limit --limit 1/second -j NFLOG --nflog-group 9
-A LOGDROP -m comment --comment g-drop -j DROP
-A SRV -m comment --comment g-srv -j ACCEPT
COMMIT
RULES

# rule TAG: the rule of that comment, as the host itself prints it now; null: "-"
rule() {
	if [[ $1 = - ]]; then echo null; else grep -- "g-$1 " "$SCRATCH/saved"; fi
}
# all_told PORT FATE ACCEPTED BY VIA MARKED MARKED-VIA: one line a packet, by its rules' comments
expected='
1001 FORWARDED allowed - - policy -
1002 REJECT - reject rej-a - -
1003 DROP - drop log - -
1004 REJECT - reject rej-b - -
1007 DELIVERED srv - to-srv - -
30080 FORWARDED service - - - -
30081 DROP - marked - mark-drop no-endpoints'
send() {
	local port
	for port in 1001 1002 1003 1004; do talk a udp 10.2.0.2 "$port" from 4000 wait 1 2>/dev/null; done
	for port in 1007 30081; do talk a udp 10.1.0.1 "$port" from 4000 wait 1 2>/dev/null; done
	talk a udp 10.1.0.1 30080 from 4000 wait 20000 2>/dev/null
}
# rests FILE: in the same words
rests() {
	jq -r 'def rule: if . == null then "null" else .rule end;
		[(.headers | capture("> [0-9.]+[.](?<p>[0-9]+):").p), .fate] +
		([.accepted_by, .by, .via, .marked_by, .marked_via] | map(rule)) | join("\t")' "$1" | sort -n
}
wanted() {
	local port fate tags tag
	while read -r port fate tags; do
		[[ -n $port ]] || continue
		printf '%s\t%s' "$port" "$fate"
		for tag in $tags; do printf '\t%s' "$(rule "$tag")"; done
		echo
	done <<<"$expected"
}

for backend in legacy nft; do
	subtest "$backend: rules that were planned, and no others"
	in_ns r iptables-$backend-restore <"$SCRATCH/rules" || fail "iptables-$backend-restore"
	in_ns r iptables-$backend-save >"$SCRATCH/saved"
	in_ns r conntrack -F 2>/dev/null
	: >"$SCRATCH/seen"
	start_nftrace r --json --pcap "$SCRATCH/$backend.pcapng" -4 -t 60 -c 7 -i eth0 -p udp
	send
	end_nftrace 20
	assert_status 0
	cp "$OUT" "$SCRATCH/live"
	assert_schema Packet "$SCRATCH/live"
	wanted >"$SCRATCH/want"
	rests "$SCRATCH/live" >"$SCRATCH/got"
	assert_same "what each rests on" "$SCRATCH/want" "$SCRATCH/got"
	assert_grep ' 1 by .*-j REJECT .*"; via .*g-rej-a ' "$ERR"
	assert_grep ' 1 by .*-j REJECT .*"; via .*g-rej-b ' "$ERR"
	assert_grep ' 1 by .*g-marked -j DROP"; mark set via .*g-no-endpoints ' "$ERR"

	subtest "$backend: as whom it went on is what came out of the wire"
	assert_within 5 "tcpdump tells" has_line '[.]7:' "$SCRATCH/seen"
	tuple=$(sed -n 's/.* IP \([0-9.]* > [0-9.]*\): UDP.*/\1/p' "$SCRATCH/seen" | head -n 1)
	run_nftrace r --read "$SCRATCH/$backend.pcapng"
	assert_equal "as" "$tuple" "$(sed -n 's/^=> FORWARDED out eth1 as \([0-9.]* > [0-9.]*\) (.*/\1/p' "$OUT")"
	assert_grep "^=> .* \\(DNAT by (nft ip )?nat:KUBE-SEP:rule:1, MASQUERADE by (nft ip )?nat:KUBE-POSTROUTING:rule:3\\); accepted by " "$OUT"
	assert_equal "who translated" "$(rule dnat);$(rule masquerade)" \
		"$(jq -r 'select(.nat != []) | [.nat[].by.rule] | join(";")' "$SCRATCH/live")"

	subtest "$backend: in few lines, and in one"
	run_nftrace r --fold --read "$SCRATCH/$backend.pcapng"
	assert_grep "^   as $tuple \\(DNAT by (nft ip )?nat:KUBE-SEP:1," "$OUT"
	assert_grep '^[^"]* (MASQUERADE by )?(nft ip )?nat:KUBE-POSTROUTING:3\)$' "$OUT"
	assert_grep '^   accepted by (nft ip )?filter:FORWARD:2  -m mark --mark 0x10000/0x10000 -j ACCEPT' "$OUT"
	assert_grep '^   via (nft ip )?filter:cali-fw:4  ' "$OUT"
	assert_grep '^   mark set via (nft ip )?nat:KUBE-SERVICES:2  ' "$OUT"
	run_nftrace r -q --read "$SCRATCH/$backend.pcapng"
	assert_grep '^REJECT .* by (nft ip )?filter:REJ:2 via (nft ip )?filter:cali-fw:4' "$OUT"
	assert_grep '^DROP .* by (nft ip )?filter:KUBE-FIREWALL:1 mark by (nft ip )?nat:KUBE-SERVICES:2' "$OUT"
	assert_grep '^FORWARDED .* by (nft ip )?filter:FORWARD:2 mark by (nft ip )?filter:cali-fw:2' "$OUT"

	subtest "$backend: a recording tells the same"
	run_nftrace r --json --read "$SCRATCH/$backend.pcapng"
	assert_same "the objects" <(jq -c 'del(.packet)' "$SCRATCH/live") <(jq -c 'del(.packet)' "$OUT")

	subtest "$backend: what nothing shows is not told"
	in_ns r conntrack -F 2>/dev/null
	start_nftrace r --pcap "$SCRATCH/unseen.pcapng" --no-witness --no-drops -4 -t 60 -c 1 -i eth0 -p udp --dport 30080
	talk a udp 10.1.0.1 30080 from 4001 wait 20000 2>/dev/null
	end_nftrace 20
	if [[ $backend = legacy ]]; then
		unseen='; dst 10.1.0.1.30080 -> 10.2.0.2.7 (DNAT by nat:KUBE-SEP:rule:1); MASQUERADE by nat:KUBE-POSTROUTING:rule:3, to what was not seen; accepted by filter:FORWARD:rule:4  "'$(rule service)'"; likely: no drop records'
		assert_equal "fate" "=> FORWARDED out eth1$unseen" "$(grep '^=>' "$OUT")"
		jq -e '.nat | map(.field) == ["dst", null]' <(in_ns r "$NFTRACE" --json --read "$SCRATCH/unseen.pcapng" 2>/dev/null) >/dev/null ||
			fail "not so in an object"
	fi
	run_nftrace r --read "$SCRATCH/unseen.pcapng"
	assert_equal "a recording's" 1 "$(grep -c "^=> FORWARDED out eth1${unseen:0:20}" "$OUT")"

	subtest "$backend: what this host sends, and a policy"
	start_nftrace r --no-drops -4 -t 60 -c 2 -o eth1 -p udp
	talk r udp 10.2.0.2 1006 wait 1 2>/dev/null
	talk r udp 10.2.0.2 1008 wait 1 2>/dev/null
	end_nftrace 20
	assert_equal "fates" "=> SENT out eth1; accepted by RULE  \"$(rule out)\"; likely: no drop records;=> SENT out eth1; accepted by POLICY  \"-P OUTPUT ACCEPT\"; likely: no drop records" \
		"$(sed -n 's/\(accepted by\) [^"]*rule:[0-9]*  /\1 RULE  /;s/\(accepted by\) [^"]*policy[:0-9]*  /\1 POLICY  /;s/^=> /&/p' "$OUT" | grep '^=>' | paste -sd ';')"
	for table in mangle nat filter; do
		in_ns r iptables-$backend -t $table -F
		in_ns r iptables-$backend -t $table -X
	done
done
