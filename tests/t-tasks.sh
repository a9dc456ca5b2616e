#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-tasks: what people want to know at a terminal: the first three lines of what it shows say it.
#
# Expected: tasks/tasks.txt; UPDATE=1 tests/run tasks writes it anew.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/rulesets.sh"
FAMILY=4
TASKS=$TESTS/tasks/tasks.txt
export COLUMNS=100

calico_up=
calico() { # IPSETS
	if [[ -z $calico_up ]]; then
		lab_calico
		settle wl eth0 node cali123 node eth0 up eth0
		server up echo tcp 8.8.8.8 25
		background up dns "$TOOLS/dns" serve 8.8.8.8 2001:4860:4860::8888
		assert_within 5 "the name server starts" says_ready "$SCRATCH/dns"
		server wl web tcp 10.244.1.17 8080
		in_ns node ipset restore <"$TESTS/demo/calico-node.ipsets" || skip_all "no ipset in this kernel"
		in_ns node iptables-legacy-restore <"$TESTS/demo/calico-node.save" || skip_all "no iptables-legacy"
		in_ns node iptables-legacy-restore -n <"$TESTS/tasks/node.save" || fail "kube-proxy's rules"
		calico_up=1
	fi
	ns=node
}
host_calico() { calico; }
host_calico-empty() {
	calico
	in_ns node ipset flush cali40masq-ipam-pools
}

router_up=
router_only() {
	if [[ -z $router_up ]]; then
		lab_router
		settle a eth0 r eth0 r eth1 b eth0
		server b echo udp 10.2.0.2 7
		addresses a lo 203.0.113.7/32
		in_ns r sysctl -qw net.ipv4.conf.eth0.rp_filter=1
		ns_ip r link set eth1 mtu 1400
		ns_ip r route add blackhole 10.77.1.0/24
		# One host that nobody is, and one that does not answer: it is given up when a task says so.
		in_ns r sysctl -qw net.ipv4.neigh.eth1.retrans_time_ms=600000
		known r eth1 "$(mac_of b eth0)" 10.2.0.2
		known r eth1 02:00:00:00:00:98 10.2.0.98
		in_ns r iptables-legacy -t raw -S >/dev/null
		router_up=1
	fi
	ns=r
	in_ns r iptables-legacy-restore <<<"$empty${1-}" || fail "rules"
	[[ -z $nft_rules ]] || in_ns r nft flush ruleset
	nft_rules=
}
nft_rules=	# r has some
printf -v empty '*%s\nCOMMIT\n' filter nat mangle
host_plain() { router_only $'*filter\n:FORWARD ACCEPT\nCOMMIT'; }
host_both() {
	host_plain
	in_ns r ip6tables-legacy -t raw -S >/dev/null
	in_ns r ip6tables-legacy -P FORWARD ACCEPT
}
host_six() {
	router_only
	addresses a eth0 fd00:1::1234:5678:9abc:def1/64
	addresses r eth0 fd00:1::fedc:ba98:7654:3211/64
	in_ns r ip6tables-legacy-restore <<-EOT || fail "rules"
		*nat
		:KUBE-SEP-SIXSIXSIXSIXSIXS -
		-A PREROUTING -d fd00:1::fedc:ba98:7654:3211 -p tcp --dport 30080 -j KUBE-SEP-SIXSIXSIXSIXSIXS
		-A KUBE-SEP-SIXSIXSIXSIXSIXS -p tcp -j DNAT --to-destination [fd00:2::2]:8080
		-A POSTROUTING -o eth1 -p tcp -j MASQUERADE
		COMMIT
		*filter
		-A FORWARD -p tcp --dport 8080 -j ACCEPT
		COMMIT
		*raw
		COMMIT
	EOT
}
host_vmap() { router_only; nft_rules=1; in_ns r nft -f "$TESTS/tasks/vmap.nft" || fail "rules"; }
host_calico-nft() { router_only; nft_rules=1; in_ns r nft -f "$TESTS/tasks/calico.nft" || fail "rules"; }
host_mixed() {
	router_only $'*filter\n-A FORWARD -p udp -j ACCEPT\nCOMMIT'
	nft_rules=1
	in_ns r nft 'table inet fw { chain forward { type filter hook forward priority 10; udp dport 7 drop comment "by the other team"; }; }' || fail "rules"
}
host_ufw() {
	router_only
	nft_rules=1
	load_rules "$TESTS/rulesets/ufw-2022.save" nft || fail "rules"
	xtables=nft
}
host_firewalld() { router_only; load_rules "$TESTS/rulesets/firewalld-public.save" || fail "rules"; }
host_docker() {
	router_only
	load_rules "$TESTS/rulesets/docker-2025.save" || fail "rules"
	if [[ -z ${docker_up-} ]]; then
		ns_ip r link add docker0 up type bridge
		addresses r docker0 172.17.0.1/16
		docker_up=1
	fi
}

host_bridge() {
	if [[ -z ${bridge_up-} ]]; then
		# Both networks have hosts a and b.
		ns_del a b r
		router_up='' bridge_up=1
		lab_bridge || skip "no bridge netfilter in this kernel"
		settle a eth0 br br0
		in_ns br iptables-legacy -P FORWARD ACCEPT
	fi
	ns=br
}

# The words of one task, and how many lines its answer has; got: its first three lines.
try() {
	xtables=legacy
	"host_$on"
	if ((${#rules[@]})); then
		printf '%s\n' "${rules[@]}" COMMIT >"$SCRATCH/rules"
		in_ns $ns iptables-$xtables-restore -n <"$SCRATCH/rules" || fail "rules"
	fi
	if [[ -n $type ]]; then
		try_typed
	else
		# shellcheck disable=SC2086 # words
		start_nftrace $ns -t 20 -c 1 --fold --explain --pcap "$SCRATCH/task.pcapng" $run
		eval "$do" >/dev/null 2>&1
		end_nftrace 15
	fi
	[[ $look != err ]] || grep -v '^nftrace: armed' "$ERR" >"$OUT"
	sed -E 's/[0-9:]{8}\.[0-9]{6}/TIME/; s/ DNS [0-9]+/ DNS ID/; /DNS/s/\.[0-9]{5} > /.PORT > /
		s/( as [0-9.]+)\.[0-9]+ /\1.PORT /; s/after [0-9.]+ s/after N s/; s/[0-9.]+ s later/N s later/; s/pid [0-9]+/pid PID/g
		s/nft[0-9]+-/nft-/g' "$OUT" >"$SCRATCH/block"
	mapfile -n 3 three <"$SCRATCH/block"
	printf %s "${three[@]}" >"$SCRATCH/three"
	mapfile -t told <"$OUT"
	lines=${#told[@]}
	((lines >= 3)) || [[ -n $type ]] || show "its stderr" "$ERR"
	[[ -z ${SHOW-} ]] || { show "$task" "$OUT"; show "stderr" "$ERR"; }
	[[ -n $type ]] || no_wider 100
}

# no_wider COLUMNS: what is in told, as many bytes as that
no_wider() {
	local line
	for line in "${told[@]}"; do
		((${#line} <= $1)) || fail "wider than $1 columns: $line"
	done
}

# A whole line as a shell takes it; what follows in do happens when it is armed.
mkdir "$SCRATCH/bin"
ln -s "$NFTRACE" "$SCRATCH/bin/nftrace"
try_typed() {
	: >"$ERR"
	nsenter --net="/run/netns/nft$$-$ns" -- env --default-signal -C "$SCRATCH" PATH="$SCRATCH/bin:$PATH" TESTS="$TESTS" TOOLS="$TOOLS" B="/run/netns/nft$$-b" bash -c "$type" \
		>"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	if [[ -n $do ]]; then
		wait_armed
		eval "$do" >/dev/null 2>&1
	fi
	end_nftrace 20
}

# The same packet with -q: a line of at most 120 columns, its fate in the first twelve.
try_quiet() {
	COLUMNS=120 run_nftrace $ns -q --read "$SCRATCH/task.pcapng"
	[[ -z ${SHOW-} ]] || cat "$OUT"
	mapfile -t told <"$OUT"
	assert_equal "lines of -q" 1 ${#told[@]}
	assert_grep '^(DROP|REJECT|DELIVERED|FORWARDED|SENT|QUEUE|STOLEN|LOST|UNKNOWN) +#1 ' "$OUT"
	[[ ${told[0]-} =~ ^.{10}' ' ]] || fail "the fate takes more than it should: ${told[0]-}"
	no_wider 120
	case $task in
	"12 "*) assert_text 'shop/cart:http' "$OUT" ;;
	esac
	COLUMNS=80 run_nftrace $ns -q --read "$SCRATCH/task.pcapng"
	mapfile -t told <"$OUT"
	((${#told[@]} <= 2)) || fail "more than two lines: $(<"$OUT")"
	no_wider 80
}

# end_task: try what has been read, and write it down as it is
end_task() {
	[[ -n $task ]] || return 0
	subtest "$task"
	try
	sed 's/^/\t/' "$SCRATCH/three" >>"$SCRATCH/tasks"
	assert_same "the answer" "$SCRATCH/want" "$SCRATCH/three"
	[[ -n $type ]] || try_quiet
	case $task in
	"1 which policy"*) ((lines <= 10)) || fail "$lines lines" ;;
	"3 "*) ((lines <= 14)) || fail "$lines lines" ;;
	esac
	task=
}

task='' on='' run='' type='' do='' look=''
rules=() tried=()
while IFS= read -r line || { end_task; false; }; do
	case $line in
	'* '*) task=${line#* } tried[${task%% *}]=1 rules=() on='' run='' type='' do='' look='' ; : >"$SCRATCH/want" ;;
	'on '*) on=${line#* } ;;
	'rules '*) rules+=("${line#* }") ;;
	'run '*) run=${line#* } ;;
	'type '*) type=${line#* } ;;
	'look '*) look=${line#* } ;;
	'do '*) do=${line#* } ;;
	$'\t'*) [[ -z $task ]] || { echo "${line#?}" >>"$SCRATCH/want"; continue; } ;;
	'') end_task ;;
	esac
	echo "$line" >>"$SCRATCH/tasks"
done <"$TASKS"

subtest "each of the 35 was tried"
assert_equal "their numbers" "$(seq -s ' ' 35)" "${!tried[*]}"
[[ -z ${UPDATE-} ]] || cp "$SCRATCH/tasks" "$TASKS"
