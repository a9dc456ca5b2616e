#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-kubernetes: the manual's how-to, as far as it can be tried without a cluster.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_calico
settle wl eth0 node cali123 node eth0 up eth0
in_ns node ipset restore <"$TESTS/demo/calico-node.ipsets" || skip_all "no ipset in this kernel"
in_ns node iptables-legacy-restore <"$TESTS/demo/calico-node.save" || fail "iptables-restore"
server up echo udp 8.8.8.8 7 tcp 8.8.8.8 25
save_rules node "$SCRATCH/before"
HOST_LOCK=/run/xtables.lock
: >"$HOST_LOCK"

subtest "a pod's interface by its address"
dev=$(in_ns node ip route get 10.244.1.17 | sed -n 's/.* dev \([^ ]*\).*/\1/p')
assert_equal "the interface" cali123 "$dev"
start_nftrace node -i "$dev" -t 20 -c 1 -d 8.8.8.8 -p tcp --syn
talk wl tcp 8.8.8.8 25 wait 200 2>/dev/null
end_nftrace
assert_status 0
assert_grep '^=> DROP by filter:cali-po-default.no-mail:' "$OUT"

subtest "istio's rules in the pod, by a process of it"
# A user's own namespace does not have the uid that some of them name.
in_ns wl iptables-legacy-restore <"$TESTS/rulesets/istio-inject.save" 2>/dev/null ||
	grep -v -e '-m owner' "$TESTS/rulesets/istio-inject.save" | in_ns wl iptables-legacy-restore ||
	fail "istio's rules"
background wl pod tail -f /dev/null
pod=$BG_PID
XTABLES_LOCKFILE=$HOST_LOCK launch_nftrace node --netns "$pod" -t 20 -c 1 --chain OUTPUT -p tcp --syn
wait_armed
flock -n $HOST_LOCK true || fail "the host's lock is held while a pod is traced"
talk wl tcp 8.8.8.8 25 wait 200 2>/dev/null
end_nftrace
assert_status 0
assert_grep '^TRACE: nat:ISTIO_OUTPUT:' "$OUT"
assert_no_grep 'cali-' "$OUT"
in_ns wl iptables-legacy -t nat -F

# manual_has LINE: it still says so
manual_has() { grep -qF -- "$1" "$TREE/man/nftrace.8" || fail "the manual does not say '$1'"; }

# debug_pod LOCKFILE|chroot ARGS...: mounts of its own with an empty /run, the host's files at /host
debug_pod() {
	local _args run=(env XTABLES_LOCKFILE="$1" "$NFTRACE")
	[[ $1 != chroot ]] || run=(env -u XTABLES_LOCKFILE chroot "$SCRATCH/host" "$NFTRACE")
	shift
	_slower "$@"
	set -- "${_args[@]}"
	: >"$ERR"
	nsenter --net="$(ns_path node)" -- unshare --mount bash -c '
		mkdir -p "$SCRATCH/host" && mount --rbind / "$SCRATCH/host" &&
		mount -t tmpfs tmpfs /run || exit 99
		exec env --default-signal "$@"' debug "${run[@]}" "$@" \
		>"$OUT" 2>"$ERR" </dev/null &
	NFTRACE_PID=$!
	later $NFTRACE_PID
	wait_armed
}

subtest "a debug pod takes the node's lock by its path under /host"
debug_pod "$SCRATCH/host$HOST_LOCK" -i cali123 -t 20
in_ns node env XTABLES_LOCKFILE=$HOST_LOCK iptables-legacy -w 60 -t filter -S INPUT >/dev/null || fail "status $?"
assert_within 5 "who was given it is named" has_line 'iptables-legacy -w 60 .*it was given to it' "$ERR"
stop_nftrace INT
assert_restored_but_counters node "$SCRATCH/before"
debug_pod "$SCRATCH/host$HOST_LOCK" -i cali123 -t 20 --hold-lock
if flock -n $HOST_LOCK true; then fail "the node's lock is free"; fi
# kube-proxy and felix wait as long as they were told to.
in_ns node env XTABLES_LOCKFILE=$HOST_LOCK iptables-legacy -w 1 -t filter -N waits 2>"$SCRATCH/waits"
assert_equal "exit status of who waits" 4 "$?"
stop_nftrace INT
flock -n $HOST_LOCK true || fail "the node's lock is not free again"
assert_restored_but_counters node "$SCRATCH/before"

subtest "chroot /host nftrace is the same as on the node: its lock, its packets"
manual_has 'chroot /host nftrace'
debug_pod chroot -i cali123 -t 20 -c 1 -d 8.8.8.8 -p tcp --syn --hold-lock
if flock -n $HOST_LOCK true; then fail "the node's lock is free"; fi
talk wl tcp 8.8.8.8 25 wait 200 2>/dev/null
end_nftrace
assert_status 0
assert_grep '^=> DROP by filter:cali-po-default.no-mail:' "$OUT"
flock -n $HOST_LOCK true || fail "the node's lock is not free again"
assert_restored_but_counters node "$SCRATCH/before"

subtest "with a lock file of its own it is not waited for: hence the manual's word"
debug_pod /run/xtables.lock -i cali123 -t 20
flock -n $HOST_LOCK true || fail "the node's lock is held"
stop_nftrace INT
assert_restored_but_counters node "$SCRATCH/before"

subtest "lines of several nodes in one stream"
start_nftrace node -i cali123 -t 20 -c 1 --json -p udp
talk wl udp 8.8.8.8 7
end_nftrace
assert_equal "host" "$(uname -n)" "$(jq -r .host "$OUT")"
assert_equal "netns" "$(in_ns node readlink /proc/self/ns/net | tr -dc 0-9)" "$(jq -r .netns "$OUT")"

# What the manual says of a pod's address, of services and of answers, as it stands there.
in_ns node iptables-legacy-restore -n <"$TESTS/tasks/node.save" || fail "kube-proxy's rules"
server wl web tcp 10.244.1.17 8080
ns_ip up route add 10.96.0.0/16 via 192.168.50.2
# of_pod DESTINATION PORT WORDS...: a SYN from outside, traced by the words
of_pod() {
	local to=$1 port=$2
	shift 2
	start_nftrace node -t 20 -c 1 "$@"
	talk up tcp "$to" "$port" wait 20000 || fail "no answer"
	end_nftrace
	assert_status 0
}

subtest "what is sent to a pod: to its own address, through a service, through a NodePort"
manual_has 'nftrace -d 10.244.1.17 -t 20     # what is sent to its own address'
of_pod 10.244.1.17 8080 -d 10.244.1.17
assert_grep '^=> FORWARDED out cali123' "$OUT"
manual_has 'nftrace -d 10.96.0.80 --only out=cali123  # to it, by a service'
of_pod 10.96.0.80 80 -d 10.96.0.80 --only out=cali123
assert_grep '^=> FORWARDED out cali123 as .* > 10\.244\.1\.17\.8080 \(DNAT by nat:KUBE-SEP-' "$OUT"
of_pod 192.168.50.2 30080 --behind-nat -d 10.244.1.17
assert_grep '^=> FORWARDED out cali123' "$OUT"

subtest "raw does not know the pod by its address; the run says by which it is traced"
start_nftrace node -t 20 -d 10.244.1.17 -p tcp --syn
talk up tcp 192.168.50.2 30080 wait 20000 || fail "no answer"
stop_nftrace INT
assert_status 3
assert_grep 'is sent to 10\.244\.1\.17 by the rule .*KUBE-SEP-' "$ERR"

subtest "what answers a packet that left with the node's address does not bear the pod's in raw"
background up dns "$TOOLS/dns" serve 8.8.8.8
assert_within 5 "the name server starts" says_ready "$SCRATCH/dns"
start_nftrace node -t 20 -d 10.244.1.17 -p udp
in_ns wl "$TOOLS/dns" query 8.8.8.8 example.com A >/dev/null || fail "no answer"
stop_nftrace INT
assert_status 3
assert_grep '^nftrace: 0 packets traced' "$ERR"

subtest "a service by its cluster IP, the client pod by -s: the trace begins before DNAT"
start_nftrace node -t 20 -c 1 -s 10.244.1.17 -d 10.96.0.80
talk wl tcp 10.96.0.80 80 wait 200 2>/dev/null
end_nftrace
assert_grep '^  dst 10\.96\.0\.80\.80 -> 10\.244\.1\.17\.8080$' "$OUT"

subtest "answers, whatever their addresses are"
start_nftrace node -t 20 -c 2 --json --replies -i cali123 -p udp --dport 53
in_ns wl "$TOOLS/dns" query 8.8.8.8 example.com A >/dev/null || fail "no answer"
end_nftrace
assert_equal "who traced it in and out" "cali123 eth0" "$(jq -r .in "$OUT" | paste -sd ' ')"
assert_equal "fates" "FORWARDED FORWARDED" "$(jq -r .fate "$OUT" | paste -sd ' ')"

subtest "a container that is allowed what the manual lists"
caps=$(sed -n 's/^    add: \[\(.*\)\]$/\1/p' "$TREE/man/nftrace.8" | tr -d ' ' | tr A-Z a-z | sed 's/^/+/; s/,/,+/g')
assert_equal "the manual's" "+net_admin,+net_raw,+setuid,+setgid" "$caps"
in_ns node setpriv --bounding-set "-all,$caps" --inh-caps -all \
	"$NFTRACE" -t 20 -c 1 --backend nft -i cali123 -p udp --dport 53 -- true >"$OUT" 2>"$ERR"
assert_no_grep 'error:' "$ERR"
assert_grep "^nftrace: armed" "$ERR"
