# SPDX-License-Identifier: GPL-2.0-or-later
# pods.sh: what looks like pods and containers from outside, and real cables to them.
# shellcheck shell=bash
# To be sourced after lab.sh.

# pod_process NS NAME HOSTNAME [SPACE [CGROUP...]]: a process in its network namespace, with
# mounts, a hostname ("": the host's) and a service account's namespace of its own; lines of
# /proc/PID/cgroup are what it is in. Its PID is in BG_PID; STARTER: a command that starts it.
pod_process() {
	local ns=$1 name=$2 host=$3 space=${4-} uts=--uts
	[[ -n $host ]] || uts=
	shift $(($# < 4 ? $# : 4))
	# shellcheck disable=SC2086 # words
	background "$ns" "$name" ${STARTER-} unshare $uts --mount --propagation private \
		bash -c '
		# hostname(1) refuses what the kernel takes; its file is not a user namespace root'"'"'s.
		[[ -z $1 ]] || hostname "$1" 2>/dev/null ||
			python3 -c "import socket, sys; socket.sethostname(sys.argv[1])" "$1" || exit 1
		mount -t tmpfs tmpfs /run || exit 1
		# As kubelet lays it out; /var/run is a link to /run.
		folder=/run/secrets/kubernetes.io/serviceaccount
		if [[ -n $2 ]]; then
			mkdir -p "$folder/..2026" && ln -s ..2026 "$folder/..data" &&
				ln -s ..data/namespace "$folder/namespace" &&
				printf %s "$2" >"$folder/..2026/namespace" || exit 1
		fi
		echo "ready $$"
		exec tail -f /dev/null' pod "$host" "$space"
	assert_within 10 "$name is ready" has_line '^ready' "$SCRATCH/$name"
	BG_PID=$(sed -n 's/^ready //p' "$SCRATCH/$name")
	[[ $# -eq 0 ]] || in_cgroup "$BG_PID" "$@"
}

# in_cgroup PID LINE...: what /proc says of it
in_cgroup() {
	printf '%s\n' "${@:2}" >"$SCRATCH/cgroup-$1"
	mount --bind "$SCRATCH/cgroup-$1" "/proc/$1/cgroup" || fail "no mount over /proc/$1/cgroup"
}

# cni COMMAND NS IFACE TYPE: a CNI plugin in node, its configuration from stdin
cni() {
	in_ns node env CNI_COMMAND="$1" CNI_CONTAINERID="id-$2" CNI_NETNS="$(ns_path "$2")" \
		CNI_IFNAME="$3" CNI_PATH=/usr/lib/cni "/usr/lib/cni/$4"
}

# lab_cni: node between up and the pods that cni_pod makes
lab_cni() {
	ns_new node
	ns_new up
	veth node eth0 up eth0
	addresses node eth0 192.168.50.2/24 fd00:50::2/64
	addresses up eth0 192.168.50.1/24 fd00:50::1/64
	forwarding node
	settle node eth0 up eth0
	mkdir "$SCRATCH/cni"
}

# cni_pod NS TYPE SUBNET [HOSTPORT PORT]: its interface by the plugin, bridge or ptp
cni_pod() {
	ns_new "$1"
	jq -n --arg type "$2" --arg subnet "$3" --arg dir "$SCRATCH/cni" '{cniVersion: "0.4.0",
		name: ("net-" + $type), type: $type, bridge: "cni0", isGateway: true, ipMasq: true,
		ipam: {type: "host-local", dataDir: $dir, ranges: [[{subnet: $subnet}]],
			routes: [{dst: "0.0.0.0/0"}]}}' |
		cni ADD "$1" eth0 "$2" >"$SCRATCH/cni-$1" || fail "CNI's $2: $(<"$SCRATCH/cni-$1")"
	[[ -n ${4-} ]] || return 0
	jq -n --slurpfile prev "$SCRATCH/cni-$1" --arg host "$4" --arg port "$5" '{cniVersion: "0.4.0",
		name: "portmap", type: "portmap", capabilities: {portMappings: true}, snat: true,
		runtimeConfig: {portMappings: [{hostPort: ($host | tonumber),
			containerPort: ($port | tonumber), protocol: "tcp"}]}, prevResult: $prev[0]}' |
		cni ADD "$1" eth0 portmap >"$SCRATCH/portmap-$1" || fail "CNI's portmap: $(<"$SCRATCH/portmap-$1")"
}

cni_address() { jq -r '.ips[0].address | sub("/.*"; "")' "$SCRATCH/cni-$1"; }
cni_interface() { jq -r '.interfaces[] | select(.sandbox == null and .name != "cni0").name' "$SCRATCH/cni-$1"; }

# judged ADDRESS: what comes from it and what is sent to it, by counters of their own
judged() {
	in_ns node nft -f - <<-EOF
		table ip judge
		delete table ip judge
		table ip judge {
			chain from { type filter hook prerouting priority -450; ip saddr $1 counter; }
			chain to { type filter hook postrouting priority 450; ip daddr $1 counter; }
		}
	EOF
}
counted() { in_ns node nft -j list table ip judge | jq "[.. | .counter? // empty | .packets] | add"; }
