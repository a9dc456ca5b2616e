#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-pods: --pod and --container: who is found, where its interface is, and which packets are traced.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/pods.sh"

[[ -x /usr/lib/cni/portmap ]] || skip_all "no CNI plugins (containernetworking-plugins)"
id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
slice=0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod
lab_cni
cni_pod web ptp 10.88.1.0/24 8080 80
cni_pod db bridge 10.88.2.0/24 5432 5432
cni_pod near bridge 10.88.2.0/24
# What a link to /run would lead to, were it followed out of a pod's root.
mkdir -p /run/secrets/kubernetes.io/serviceaccount
echo of-the-host >/run/secrets/kubernetes.io/serviceaccount/namespace
# The first process of a pod knows no namespace.
pod_process web pause web-0 "" "${slice}1_2.slice/cri-containerd-${id//0/c}.scope"
pod_process web web web-0 shop "${slice}1_2.slice/cri-containerd-$id.scope"
pod_process db db db-0 shop "${slice}3_4.slice/crio-${id//0/f}.scope"
pod_process near near db-1 shop
server web in-web tcp 10.88.1.2 80 udp 10.88.1.2 7
server db in-db tcp 10.88.2.2 5432 udp 10.88.2.2 7
server near in-near udp 10.88.2.3 7
server up in-up udp 192.168.50.1 7
run() { run_nftrace node "$@"; }

# traffic PORT TO: to the pod by the node's port, by its address, from the node, and what it sends
traffic() {
	talk up tcp 192.168.50.2 "$1" || fail "no answer at the node's port"
	talk node tcp 192.168.50.2 "$1" || fail "no answer at the node's port, from there"
	talk node udp "$2" 7 || fail "no answer from $2"
	talk "$3" udp 192.168.50.1 7 || fail "no answer for the pod"
	# Another's.
	talk near udp 192.168.50.1 7 || fail "no answer for another pod"
}

# traced ADDRESS PORT NS WORDS...: told is what the counters counted, and only that
traced() {
	local address=$1 port=$2 ns=$3 told
	shift 3
	judged "$address"
	start_nftrace node -t 30 -l 0 --json "$@"
	traffic "$port" "$address" "$ns"
	stop_nftrace INT
	assert_status 0
	told=$(wc -l <"$OUT")
	assert_equal "packets told" "$(counted)" "$told"
	((told > 20)) || fail "$told packets"
	assert_equal "of others" "" "$(jq -r .headers "$OUT" | grep -vF "$address." | head -n 1)"
	assert_equal "fates" "DELIVERED FORWARDED SENT" "$(jq -r .fate "$OUT" | sort -u | paste -sd ' ')"
}

subtest "a pod at a cable: what it sends, and what is sent to it, by the host port as well"
traced 10.88.1.2 8080 web --pod shop/web-0
assert_grep "^nftrace: pod shop/web-0: $(cni_interface web) \(its eth0\); container 0123456789ab, 10\.88\.1\.2, pid " "$ERR"
assert_equal "its interface" "$(cni_interface web)" \
	"$(jq -r 'select(.fate == "DELIVERED").in' "$OUT" | sort -u)"
assert_equal "packets that came to the host port" 1 \
	"$(jq -r 'select(.in == "eth0").headers' "$OUT" | grep -c 'Flags \[S\]')"

subtest "a pod at a bridge, by its container"
traced 10.88.2.2 5432 db --container f123456789ab
assert_grep "^nftrace: container f123456789ab: $(cni_interface db) \(its eth0; a port of cni0\); hostname db-0, " "$ERR"

subtest "words are for both directions, and for each expression"
run --dry-run --pod web-0 -p tcp --dport 80 --or -p udp
assert_status 0
assert_equal "rules" 10 "$(grep -c '^nft: ip ' "$OUT")"
assert_equal "for the first" 5 "$(grep -c -- '-p tcp -m tcp --dport 80 ' "$OUT")"
assert_equal "behind DNAT" 4 "$(grep -c 'late priority -99: -d 10.88.1.2/32 ' "$OUT")"
run --dry-run --pod shop/web-0 -d 8.8.8.8
assert_equal "what it sends" 1 "$(grep -c '^nft: ip .* -d 8.8.8.8/32 -i veth' "$OUT")"
assert_equal "rules" 1 "$(wc -l <"$OUT")"
assert_text "note: '-d' beside '--pod': only what it sends is traced" "$ERR"
run --dry-run --pod shop/web-0 -i eth0
assert_equal "what it is sent" 2 "$(grep -c '^nft: ip .* -d 10.88.1.2/32 -i eth0 ' "$OUT")"
run --dry-run --pod shop/web-0 -o eth0
assert_status 0
assert_text "(--only out=eth0)" "$ERR"
run --dry-run --pod shop/web-0 -i eth0 -d 8.8.8.8
assert_status 2
run --dry-run --pod shop/web-0 --frobnicate
assert_status 2
run --dry-run --pod shop/web-0 --read "$OUT"
assert_status 2
assert_text "not beside '--read'" "$ERR"
run --pod shop/web-0 --diff "$OUT" "$ERR"
assert_status 2
assert_text "not beside '--diff'" "$ERR"

subtest "both families, where both are traced"
addresses web eth0 fd00:88::2/64
in_ns node nft 'table ip6 there { chain c { type filter hook input priority 0; }; }'
run --dry-run --pod shop/web-0 -p icmp
assert_status 0
run --dry-run --pod shop/web-0 -p udp
assert_equal "of IPv6" 5 "$(grep -c '^nft: ip6 ' "$OUT")"
run --dry-run -4 --pod shop/web-0 -p udp
assert_equal "of IPv6" 0 "$(grep -c '^nft: ip6 ' "$OUT")"
in_ns node nft delete table ip6 there

subtest "iptables-legacy alone: raw, and not behind it"
in_ns node nft list ruleset >"$SCRATCH/nft"
in_ns node nft flush ruleset
in_ns node iptables-legacy -t filter -A FORWARD -j ACCEPT
run --dry-run --pod shop/web-0 --backend legacy
assert_status 0
assert_equal "the rules" 3 "$(grep -c '^iptables: -A' "$OUT")"
assert_text "what comes to it through a Service" "$ERR"
in_ns node iptables-legacy -t filter -F
in_ns node nft -f "$SCRATCH/nft"

subtest "the pod's words, masked"
run -t 1 --masked --pod shop/web-0 -- true
assert_grep '^nftrace: pod name-' "$ERR"
assert_no_grep 'shop|web-0|10\.88|veth|tail|0123' "$ERR"

# none STATUS OPTION WORD SENTENCE
none() {
	run -t 1 "$2" "$3"
	assert_status "$1"
	assert_text "$4" "$ERR"
	assert_harmless "$ERR"
}

subtest "one that is not there"
none 2 --pod shop/nothing "no pod 'shop/nothing' is here: no process has that hostname"
none 2 --pod nothing "no pod 'nothing' is here: no process has that hostname"
assert_no_grep "service account" "$ERR"
none 2 --pod shop/wbe-0 "did you mean 'shop/web-0'?"
none 2 --pod prod/web-0 "did you mean 'shop/web-0'?"
none 2 --pod of-the-host/web-0 "did you mean 'shop/web-0'?"
none 2 --container nothing "no container 'nothing' is here"
none 2 --pod shop/ "NAMESPACE/NAME is wanted"
none 2 --pod a/b/c "NAMESPACE/NAME is wanted"
none 2 --container 01 "no container '01' is here"
run --pod a --container b
assert_text "'--pod' and '--container' together" "$ERR"

subtest "two of one name are listed, with what tells them apart"
ns_new second
pod_process second second web-0 prod
cp "$(command -v tail)" "$SCRATCH/"$'t\e[1m'
second=$BG_PID
none 2 --pod web-0 "'--pod web-0' can be any of 2 here"
assert_grep "^nftrace:   shop/web-0: container c123456789ab, 10\.88\.1\.2, .*pid [0-9]+ \(" "$ERR"
assert_grep "^nftrace:   prod/web-0: pid $second \(tail\)" "$ERR"
run --dry-run --pod shop/web-0
assert_status 0
none 2 --pod prod/web-0 "pod 'prod/web-0' has no interface that ends here, and none but lo: trace in its own network namespace: --netns $second"

subtest "names drive no terminal"
ns_new evil
pod_process evil evil $'web\e[31m' $'a\e[1mb'
none 2 --pod web "did you mean"
none 2 --pod $'web\e[31m' "has no interface that ends here"
none 2 --container $'web\e[32m' "is here"

subtest "a pod of the host's network, and a container of it"
pod_process node proxy "" kube-system "${slice}5.slice/cri-containerd-${id//0/a}.scope"
none 2 --pod kube-system/kube-proxy-7 "pods of kube-system use the node's (tail, pid $BG_PID)"
none 2 --container "${id//0/a}" "uses the network of this host"

subtest "a pod without a service account says so"
ns_new plain
pod_process plain plain plain-0
none 2 --pod shop/plain-0 "no process shows the namespace: it has no service account's token: say --pod plain-0"

subtest "interfaces whose other end is not here"
ns_new lan
pod_process lan lan lan-0 shop
ns_ip node link add mv0 link eth0 type macvlan mode bridge
ns_ip node link set mv0 netns "nft$$-lan"
ns_ip lan link set mv0 up
none 2 --pod shop/lan-0 "its mv0 is a macvlan, whose packets go past the rules here; it stands on eth0"
assert_text "has no interface that ends here" "$ERR"
ns_ip node link add iv0 link eth0 type ipvlan 2>/dev/null && {
	ns_ip lan link del mv0
	ns_ip node link set iv0 netns "nft$$-lan"
	ns_ip lan link set iv0 up
	none 2 --pod shop/lan-0 "its iv0 is an ipvlan"
	ns_ip lan link del iv0
}
veth lan far up far
none 2 --pod shop/lan-0 "its far is a veth whose other end is in a third namespace"

subtest "several interfaces: each that ends here"
veth lan net1 node to-lan1
veth lan net2 node to-lan2
addresses lan net1 10.9.1.2/24
addresses lan net2 10.9.2.2/24
run --dry-run --pod shop/lan-0
assert_text "pod shop/lan-0: to-lan1 (its net1), to-lan2 (its net2); 10.9.1.2, 10.9.2.2" "$ERR"
assert_text "note: its far is a veth whose other end is in a third namespace" "$ERR"
assert_equal "interfaces" 2 "$(grep -c -- ': -i to-lan' "$OUT")"
assert_equal "addresses" 4 "$(grep -c -- 'prerouting.*: -d 10.9.' "$OUT")"

subtest "names by who started it"
ns_new shim
# starter NAME ARGS...: a process of that command line whose child runs the rest, behind "--"
cat >"$SCRATCH/starter" <<-'EOF'
	while [[ $1 != -- ]]; do shift; done
	"${@:2}" &
	wait
EOF
# starts WORDS...: as such
starts() { STARTER="bash $SCRATCH/as $* --"; }
printf 'name=$1; shift; exec -a "$name" bash "%s" "$@"\n' "$SCRATCH/starter" >"$SCRATCH/as"
starts conmon -c $id -u $id -n blog
pod_process shim blog host-1
none 2 --container blog "container 'blog' has no interface that ends here"
starts /usr/bin/containerd-shim-runc-v2 -namespace default -id job7 -address x
pod_process shim job host-2
none 2 --container job7 "container 'job7' has no interface that ends here"
starts conmon -c $id -n k8s_c_cri-1_team_77_0
pod_process shim crio host-3
none 2 --pod team/cri-1 "pod 'team/cri-1' has no interface"
# In a container anybody can have such a parent: the child is of its mounts and network.
ns_new inside
starts conmon -c $id -n forged
background inside inside $STARTER tail -f /dev/null
none 2 --container forged "no container 'forged' is here"
STARTER=

subtest "what is no file is not read, and nobody waits for it"
ns_new fifo
pod_process fifo fifo fifo-0 shop
rm -f "/proc/$BG_PID/root/run/secrets/kubernetes.io/serviceaccount/namespace"
mkfifo "/proc/$BG_PID/root/run/secrets/kubernetes.io/serviceaccount/namespace"
none 2 --pod shop/fifo-0 "no process shows the namespace"

subtest "who may not look says so"
nsenter --net="$(ns_path node)" -- setpriv --bounding-set -all --inh-caps -all \
	"$NFTRACE" --pod shop/web-0 >"$OUT" 2>"$ERR"
assert_grep '[0-9]+ process(es)? may not be looked at: that needs root, or CAP_SYS_PTRACE' "$ERR"

subtest "what could be typed"
run --complete=shop/ --pod
assert_equal "pods" "shop/db-0 shop/db-1 shop/lan-0 shop/web-0" "$(sort -u "$OUT" | paste -sd ' ')"
run --complete=--container=
assert_text "--container=blog" "$OUT"
assert_text "--container=job7" "$OUT"
assert_text "--container=0123456789ab" "$OUT"
assert_harmless "$OUT"
