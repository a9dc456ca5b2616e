#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-owners: whose each rule of real machines' rulesets is, and how the forms say whose rule decided.
. "$(dirname "$0")/lib.sh"
unset -f jq	# which writes an object as it stands; gojq sorts its keys
. "$TESTS/lab.sh"

# Rules of one chain and owner, one after the other, are one line: "filter INPUT:1-3<TAB>ufw".
runs() {
	awk -F'\t' '
	function flush() { if (n) print chain ":" first (last > first ? "-" last : "") "\t" owner }
	{ at = match($1, /:[0-9]+$/); c = substr($1, 1, at - 1); k = substr($1, at + 1) + 0 }
	c != chain || $2 != owner || k != last + 1 { flush(); chain = c; owner = $2; first = k; n = 1 }
	{ last = k }
	END { flush() }'
}

# The tables were checked by hand, against what programs call their chains and write into comments.
for rules in "$TESTS"/rulesets/*.save "$TESTS"/owners/*.{nft,save}; do
	name=$(basename "$rules")
	subtest "$name"
	name=${name%.*}
	"$UNIT/component_tool" "$rules" | runs >"$SCRATCH/owners" || fail "component_tool"
	assert_expected "owners" "$TESTS/owners/$name.txt" "$SCRATCH/owners"
done

# event ID PORT PLACE...: the kernel's lines of a packet to this port.
event() {
	local id=$1 port=$2 place
	shift 2
	for place; do
		echo "Mar  1 10:00:0$id n kernel: TRACE: $place IN=cali123 OUT=eth0 MAC= SRC=10.244.1.17" \
			"DST=8.8.8.8 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=$id PROTO=TCP SPT=1024 DPT=$port" \
			"SEQ=1 ACK=0 WINDOW=64240 RES=0x00 SYN URGP=0"
	done
}
hash=cali-po-_rWDSk9LLgWIl_lpnJE2
logs=cali-po-_zYw5hXTyc8cLkL4nJQe	# flow logs are on: a prefix in front of each verdict
cat >"$SCRATCH/rules" <<EOT
*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:cali-FORWARD - [0:0]
:cali-fw-cali123 - [0:0]
:cali-po-default.no-mail - [0:0]
:$hash - [0:0]
:$logs - [0:0]
:cali-po-default.log - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-POD-FW-DMK5BTVAK65PRJG4 - [0:0]
:KUBE-NWPLCY-KJ44RUYO6QOPC6DH - [0:0]
:KUBE-NWPLCY-DEFAULT - [0:0]
-A FORWARD -p tcp -m tcp --dport 80 -j KUBE-SERVICES
-A FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD
-A FORWARD -p tcp -m tcp --dport 22 -j DROP
-A FORWARD -p tcp -m tcp --dport 7777 -j KUBE-POD-FW-DMK5BTVAK65PRJG4
-A KUBE-POD-FW-DMK5BTVAK65PRJG4 -m comment --comment "run through nw policy work-denies-all" -j KUBE-NWPLCY-KJ44RUYO6QOPC6DH
-A KUBE-POD-FW-DMK5BTVAK65PRJG4 -d 10.42.0.11/32 -m comment --comment "run through default ingress network policy chain" -j KUBE-NWPLCY-DEFAULT
-A KUBE-POD-FW-DMK5BTVAK65PRJG4 -m comment --comment "rule to REJECT traffic destined for POD name:probe namespace: work" -m mark ! --mark 0x10000/0x10000 -j REJECT --reject-with icmp-port-unreachable
-A KUBE-NWPLCY-KJ44RUYO6QOPC6DH -p udp -j MARK --set-xmark 0x10000/0x10000
-A cali-FORWARD -i cali123 -m comment --comment "cali:CxKCBaJmNdZnWGOY" -g cali-fw-cali123
-A cali-fw-cali123 -m comment --comment "cali:1" -m mark --mark 0x0/0x20000 -j cali-po-default.no-mail
-A cali-fw-cali123 -m comment --comment "cali:2" -m mark --mark 0x0/0x20000 -j $hash
-A cali-fw-cali123 -m comment --comment "cali:3" -m comment --comment "End of tier default. Drop if no policies passed packet" -m mark --mark 0x0/0x20000 -j DROP
-A cali-po-default.no-mail -p tcp -m comment --comment "cali:4" -m multiport --dports 25,465 -j DROP
-A $hash -p udp -m comment --comment "cali:5" -m comment --comment "Policy shop/knp.default.dns egress" -m udp --dport 53 -j MARK --set-xmark 0x10000/0x10000
-A cali-fw-cali123 -p tcp -m tcp --dport 5555 -j $logs
-A cali-fw-cali123 -p tcp -m tcp --dport 6666 -j cali-po-default.log
-A $logs -p tcp -m comment --comment "cali:6" -j NFLOG --nflog-prefix "DPE12|np/shop/no-mail" --nflog-group 2 --nflog-size 80
-A $logs -p tcp -m comment --comment "cali:7" -j DROP
-A cali-po-default.log -p tcp -m comment --comment "cali:8" -j NFLOG --nflog-prefix "DPE0|gnp/log012345678901234567890123456789012345678901234567" --nflog-group 2 --nflog-size 80
-A cali-po-default.log -p tcp -m comment --comment "cali:9" -j DROP
-A KUBE-SERVICES -p tcp -m comment --comment "shop/we]0;b has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
COMMIT
EOT
sed -i $'s/\\\\x1b/\x1b/' "$SCRATCH/rules"
to_workload=(filter:FORWARD:rule:2 filter:cali-FORWARD:rule:1 filter:cali-fw-cali123:rule:1)
{
	event 1 25 "${to_workload[@]}" filter:cali-po-default.no-mail:rule:1
	event 2 26 "${to_workload[@]}" filter:cali-po-default.no-mail:return:2 filter:cali-fw-cali123:rule:2 \
		filter:$hash:return:2 filter:cali-fw-cali123:rule:3
	event 3 22 filter:FORWARD:rule:2 filter:cali-FORWARD:return:2 filter:FORWARD:rule:3
	event 4 80 filter:FORWARD:rule:1 filter:KUBE-SERVICES:rule:1
	event 5 5555 "${to_workload[@]:0:2}" filter:cali-fw-cali123:rule:4 filter:$logs:rule:1 filter:$logs:rule:2
	event 6 6666 "${to_workload[@]:0:2}" filter:cali-fw-cali123:rule:5 filter:cali-po-default.log:rule:1 filter:cali-po-default.log:rule:2
	pod=filter:KUBE-POD-FW-DMK5BTVAK65PRJG4:rule
	event 7 7777 filter:FORWARD:rule:2 filter:cali-FORWARD:return:2 filter:FORWARD:rule:4 $pod:1 filter:KUBE-NWPLCY-KJ44RUYO6QOPC6DH:return:2 $pod:3
} >"$SCRATCH/log"
cat >"$SCRATCH/want" <<'EOT'
[Calico: policy default/no-mail, egress of cali123]
[Calico: default deny, egress of cali123; asked: default/no-mail, shop/knp.default.dns; none accepted]

[kube-proxy: shop/we\x1b]0;b]
[Calico: policy shop/no-mail, rule 12, egress of cali123]
[Calico: policy default/log, rule 0, egress of cali123]
[kube-router: pod work/probe; asked: work-denies-all; none accepted]
EOT

subtest "in the fate of the block and of -q"
for form in --full -q; do
	# shellcheck disable=SC2086
	"$NFTRACE" --read "$SCRATCH/log" --rules "$SCRATCH/rules" $form >"$OUT" 2>"$ERR" || fail "--read: $(cat "$ERR")"
	# Of -q each line has a fate, and the rule's words stand behind the owner.
	grep -E '=> |^[A-Z]+ +#' "$OUT" | sed -E 's/^[^[]*//; s/\]  .*$/]/' >"$SCRATCH/got"
	assert_same "owners, with '$form'" "$SCRATCH/want" "$SCRATCH/got"
done

subtest "in JSON, names as they are"
"$NFTRACE" --read "$SCRATCH/log" --rules "$SCRATCH/rules" --json >"$OUT" 2>"$ERR" || fail "--read: $(cat "$ERR")"
assert_schema Packet "$OUT"
assert_equal "the owners" '{"component":"calico","object":"policy default/no-mail, egress of cali123"}
{"component":"calico","object":"default deny, egress of cali123","asked":["default/no-mail","shop/knp.default.dns"]}
null
{"component":"kube-proxy","object":"shop/we\u001b]0;b"}
{"component":"calico","object":"policy shop/no-mail, rule 12, egress of cali123"}
{"component":"calico","object":"policy default/log, rule 0, egress of cali123"}
{"component":"kube-router","object":"pod work/probe","asked":["work-denies-all"]}' "$(jq -c .owner "$OUT")"

subtest "in the folded block, wrapped"
"$NFTRACE" --read "$SCRATCH/log" --rules "$SCRATCH/rules" --fold >"$OUT" 2>"$ERR" || fail "--read: $(cat "$ERR")"
assert_grep '^ +\[Calico: policy default/no-mail, egress of cali123\]$' "$OUT"
assert_equal "the policies that were asked" \
	"[Calico: default deny, egress of cali123; asked: default/no-mail, shop/knp.default.dns; none accepted]" \
	"$(sed -n '/default deny/,/accepted\]/p' "$OUT" | sed 's/^ *//' | paste -sd' ' | sed 's/^.*\[/[/')"

# Which policies were asked is in the first rules of their chains, which the packet does not match.
lab_loopback
calico() { # COMMAND: its rules
	in_ns lo $1-restore <<EOT || fail "$1-restore"
*filter
:OUTPUT ACCEPT [0:0]
:cali-fw-cali123 - [0:0]
:cali-po-default.no-mail - [0:0]
:$hash - [0:0]
-A OUTPUT -p udp --dport 9 -m comment --comment "cali:1" -j cali-fw-cali123
-A cali-fw-cali123 -m comment --comment "cali:2" -m mark --mark 0x0/0x20000 -j cali-po-default.no-mail
-A cali-fw-cali123 -m comment --comment "cali:3" -m mark --mark 0x0/0x20000 -j $hash
-A cali-fw-cali123 -m comment --comment "cali:5" -m comment --comment "Drop if no profiles matched" -j DROP
-A cali-po-default.no-mail -p tcp -m comment --comment "cali:6" -m multiport --dports 25 -j DROP
-A $hash -p tcp -m comment --comment "cali:7" -m comment --comment "Policy shop/knp.default.dns egress" -m tcp --dport 53 -j MARK --set-xmark 0x10000/0x10000
COMMIT
EOT
}
for backend in legacy nft; do
	command -v iptables-$backend-restore >/dev/null || continue
	subtest "live, $backend, and read back"
	calico iptables-$backend
	start_nftrace lo -t 30 --json --pcap "$SCRATCH/owners.pcapng" -o lo -p udp --dport 9
	talk lo udp 10.9.0.1 9 from 20009 wait 20 2>/dev/null
	stop_nftrace INT
	assert_equal "whose default deny" \
		'{"component":"calico","object":"default deny, egress of cali123","asked":["default/no-mail","shop/knp.default.dns"]}' \
		"$(jq -c 'select(.fate == "DROP") | .owner' "$OUT")"
	assert_reads_back lo "$SCRATCH/owners.pcapng" --json
	in_ns lo iptables-$backend -F
	in_ns lo iptables-$backend -X
done

# box_of LABEL: what stands above the name of the box that has a rule whose event ends so
box_of() {
	awk -v want="$1" '/^\tc[0-9]+ \[label=/ { box = $0; sub(/.*gray30">/, "", box); sub(/<\/B>.*/, "", box); sub(/<\/FONT><BR\/><B>/, " > ", box) }
		/^\t\t<TR>/ && index($0, want) { print box; exit }' "$SCRATCH/ways.dot"
}

subtest "the summary counts drops by owner; the graph says whose each chain is"
in_ns lo iptables-legacy-restore <<'RULES' || fail "iptables-legacy-restore"
*filter
:OUTPUT ACCEPT [0:0]
:f2b-sshd - [0:0]
:ufw-user-output - [0:0]
:own - [0:0]
:ufw-before-output - [0:0]
-A OUTPUT -p udp --dport 1001 -j f2b-sshd
-A OUTPUT -p udp --dport 1002 -j ufw-before-output
-A OUTPUT -p udp --dport 1002 -j ufw-user-output
-A OUTPUT -p udp --dport 1003 -j own
-A f2b-sshd -j DROP
-A ufw-before-output -p udp -j MARK --set-mark 0x1
-A ufw-user-output -p udp -j DROP
-A own -j DROP
COMMIT
RULES
start_nftrace lo -t 60 --rate 0 --json --pcap "$SCRATCH/by.pcapng" --graph "$SCRATCH/ways.dot" -o lo -p udp
for port in 1001 1001 1001 1002 1003; do
	talk lo udp 10.9.0.1 $port from $((20000 + port)) wait 1 2>/dev/null
done
all_told() { (($(wc -l <"$OUT") >= 5)); }
assert_within 10 "all are told" all_told
stop_nftrace INT
# The judge: who is named in the packets themselves.
jq -r '.owner | if . == null then "nobody" else .component end' "$OUT" | sort | uniq -c | sort -rn | sed 's/^ *//' >"$SCRATCH/owners"
assert_equal "owners" "3 fail2ban;1 ufw;1 nobody" "$(sort "$SCRATCH/owners" -k1,1rn -k2,2r | tr '\n' ';' | sed 's/;$//')"
sed -n '/drops by owner:/,$p' "$ERR" | sed 's/^nftrace: *//' | head -n 4 >"$SCRATCH/said"
assert_equal "said" "drops by owner:;3 fail2ban: jail sshd;1 ufw: user rule, outgoing;1 nobody's that is known;" "$(tr '\n' ';' <"$SCRATCH/said")"
assert_equal "whose box" "filter ipv4, fail2ban > f2b-sshd" "$(box_of 'f2b-sshd:')"
assert_equal "whose box" "filter ipv4, ufw > ufw-user-output" "$(box_of 'ufw-user-output:')"
assert_equal "nobody's" "filter ipv4 > own" "$(box_of 'filter:own:')"
assert_equal "several's" "filter ipv4 > OUTPUT" "$(box_of 'filter:OUTPUT:')"
# Graphviz draws a frame around what stands in it.
dot -Tjson "$SCRATCH/ways.dot" >"$SCRATCH/ways.json" || fail "dot"
assert_equal "frames" "ufw: ufw-before-output ufw-user-output" "$(jq -r '.objects as $o | $o[] | select(.name | startswith("cluster")) |
	"\(.label): \([.nodes[] | $o[.].label | capture("<B>(?<chain>[^<]*)</B>").chain] | sort | join(" "))"' "$SCRATCH/ways.json")"
run_nftrace lo --read "$SCRATCH/by.pcapng"
sed -n '/drops by owner:/,$p' "$ERR" | sed 's/^nftrace: *//' | head -n 4 >"$SCRATCH/read"
assert_same "by owner, read back" "$SCRATCH/said" "$SCRATCH/read"
in_ns lo iptables-legacy -F
in_ns lo iptables-legacy -A OUTPUT -p udp --dport 1001 -j DROP
start_nftrace lo -t 60 -c 1 -o lo -p udp
talk lo udp 10.9.0.1 1001 from 21001 wait 1 2>/dev/null
end_nftrace
assert_no_grep 'drops by owner' "$ERR"

# nft keeps its socket as long as it reads.
own_table() { # FIFO
	mkfifo "$1"
	in_ns lo nft -i <"$1" >"$1.said" 2>&1 &
	later $!
	exec {fifo}>"$1"
	echo 'table inet mine { flags owner; chain out { type filter hook output priority 0; udp dport 7 drop; }; }' >&$fifo
}
owned() { in_ns lo nft list table inet mine 2>/dev/null | grep -q 'dport 7 drop'; }
owner_of() { # ALL THAT IS TYPED...
	start_nftrace lo -t 60 --json --pcap "$SCRATCH/owned.pcapng" -o lo -p udp --dport 7 "$@"
	talk lo udp 10.9.0.1 7 from 20007 wait 1 2>/dev/null
	stop_nftrace INT
	jq -c 'select(.fate == "DROP") | .owner' "$OUT"
}
subtest "a table with an owner names its process"
in_ns lo iptables-legacy -F
own_table "$SCRATCH/fifo"
assert_within 10 "the table is there" owned
pid=$(pgrep -x nft)	# nobody else's is here
assert_equal "whose table" "{\"component\":\"process\",\"object\":\"nft, pid $pid\"}" "$(owner_of)"
assert_reads_back lo "$SCRATCH/owned.pcapng" --json
"$NFTRACE" --read "$SCRATCH/owned.pcapng" --fold >"$OUT" 2>/dev/null
assert_text "[table owned by process: nft, pid $pid]" "$OUT"
assert_equal "with --masked" null "$(owner_of --masked)"

subtest "its process begins anew while a run goes on"
drop() { talk lo udp 10.9.0.1 7 from 20007 wait 1 2>/dev/null; }
gone() { [[ ! -e /proc/$pid ]] && ! in_ns lo nft list table inet mine >/dev/null 2>&1; }
start_nftrace lo -t 60 --json -o lo -p udp --dport 7
drop
assert_within 10 "the packet is told" grep -q DROP "$OUT"
echo quit >&$fifo
exec {fifo}>&-
assert_within 10 "the table is gone with it" gone
own_table "$SCRATCH/anew"
assert_within 10 "the table is there" owned
other=$(pgrep -x nft)
drop
stop_nftrace INT
assert_equal "whose table" "nft, pid $pid;nft, pid $other;" "$(jq -r 'select(.fate == "DROP") | .owner.object' "$OUT" | tr '\n' ';')"
pid=$other

subtest "two processes share the socket: none is named"
mapfile -t sockets < <(find "/proc/$pid/fd" -lname 'socket:*' -printf '%f\n')
python3 - "$SCRATCH/has" "$pid" "${sockets[@]}" <<'END' &
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True)
pid = libc.syscall(434, int(sys.argv[2]), 0)  # pidfd_open, pidfd_getfd
print(*(libc.syscall(438, pid, int(fd), 0) for fd in sys.argv[3:]), file=open(sys.argv[1], 'w'))
time.sleep(1000)
END
later $!
assert_within 10 "it has the socket" test -s "$SCRATCH/has"
assert_no_grep '-1' "$SCRATCH/has"
assert_equal "whose table" null "$(owner_of)"
exec {fifo}>&-
