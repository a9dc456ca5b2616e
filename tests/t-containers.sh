#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-containers: --container against podman's containers and containerd's (ctr), with CNI's networks.
# Not installed for this: both would start daemons. They run here, in the sandbox, where they are.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/pods.sh"

for program in podman conmon runc containerd ctr busybox /usr/lib/cni/portmap; do
	command -v $program >/dev/null || skip_all "no $program"
done
# Of version 2 alone, as runtimes want it: what is mounted here is of this sandbox.
umount -R /sys/fs/cgroup 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup 2>/dev/null || skip_all "no cgroups"
cgroup=/nftrace-test-$$
mkdir "/sys/fs/cgroup$cgroup" 2>/dev/null || skip_all "no cgroups that can be written"
# What they keep elsewhere.
for folder in /var/lib/cni /var/lib/containers /var/lib/containerd /etc/cni /dev/shm; do
	[[ ! -d $folder ]] || mount -t tmpfs tmpfs $folder || fail "no mount over $folder"
done
lab_cni
work=/run/containers
mkdir -p $work/root/{bin,etc,proc,sys,dev,tmp,run} $work/net $work/tmp
cp "$(command -v busybox)" $work/root/bin/busybox
tar -C $work/root -cf $work/tiny.tar .
printf '[containers]\npids_limit = 0\nlog_driver = "none"\n[network]\nnetwork_backend = "cni"
network_config_dir = "%s/net"\ncni_plugin_dirs = ["/usr/lib/cni"]\n[engine]\ncgroup_manager = "cgroupfs"
events_logger = "none"\nruntime = "runc"\n' $work >$work/containers.conf
printf '[storage]\ndriver = "vfs"\nrunroot = "%s/run"\ngraphroot = "%s/graph"\n' $work $work >$work/storage.conf
printf 'version = 2\nroot = "%s/cd"\nstate = "%s/cds"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]\naddress = "%s/sock"\n[ttrpc]\naddress = "%s/ttrpc"\n' $work $work $work $work >$work/containerd.toml
export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf TMPDIR=$work/tmp

pm() { in_ns node podman --tmpdir $work/libpod "$@" >"$SCRATCH/podman" 2>&1; }
start() { pm run -d --cgroup-parent $cgroup --cgroups no-conmon "$@"; }
look() { pm inspect -f "$2" "$1" && cat "$SCRATCH/podman"; }
# What they made outside of the sandbox: cgroups.
forget() {
	pm rm -fa -t 0
	[[ -z ${job-} ]] || { kill -KILL "$job"; wait_for 5 is_gone "$job" || note "ctr's container stays"; }
	find "/sys/fs/cgroup$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null
	_cleanup
}
trap forget EXIT
pm import $work/tiny.tar tiny || skip_all "podman imports nothing: $(tail -n 1 "$SCRATCH/podman")"
start --name web -p 8080:80 tiny /bin/busybox httpd -f -p 80 ||
	skip_all "podman starts nothing: $(tail -n 1 "$SCRATCH/podman")"
web=$(look web '{{.Id}} {{.NetworkSettings.IPAddress}}')
start --name other tiny /bin/busybox httpd -f -p 80 || fail "no second container: $(<"$SCRATCH/podman")"
start --name bare --network host tiny /bin/busybox sleep 1000 || fail "none of the host's network"
start --name lone --network none tiny /bin/busybox sleep 1000 || fail "none without a network"

# ask NS ADDRESS PORT: by HTTP
ask() {
	in_ns "$1" timeout $((5 * PATIENCE)) bash -c 'exec 3<>"/dev/tcp/$0/$1" && printf "GET / HTTP/1.0\r\n\r\n" >&3 &&
		read -r line <&3 && [[ $line = HTTP/* ]]' "$2" "$3" || fail "no answer from $2 port $3"
}
# traced ADDRESS WORDS...: what is told while it is asked in all ways is what was counted
traced() {
	local address=$1
	shift
	judged "$address"
	start_nftrace node -t 30 -l 0 --json "$@"
	ask up 192.168.50.2 "$port"
	ask node "$address" 80
	ask node "$(look other '{{.NetworkSettings.IPAddress}}')" 80
	# Of its own accord: nobody is there who answers.
	nsenter --net="/proc/$pid/ns/net" "$TOOLS/talk" udp 192.168.50.1 9 wait 1 >/dev/null 2>&1
	stop_nftrace INT
	assert_status 0
	assert_equal "packets told" "$(counted)" "$(wc -l <"$OUT")"
	assert_equal "of others" "" "$(jq -r .headers "$OUT" | grep -vF "$address" | head -n 1)"
	assert_equal "to the host port" 1 "$(jq -r 'select(.in == "eth0").headers' "$OUT" | grep -c 'Flags \[S\]')"
	assert_equal "what it sent itself" 1 "$(jq -r .headers "$OUT" | grep -c "^$address\.[0-9]* > 192\.168\.50\.1\.9: UDP")"
}
# The node's end of the cable of a process, as ip(8) tells it.
end_of() {
	local index
	index=$(nsenter --net="/proc/$1/ns/net" ip -o link show eth0 | sed -E 's/.*eth0@if([0-9]+):.*/\1/')
	ns_ip node -o link | sed -nE "s/^$index: ([^@]*)@.*/\1/p"
}

subtest "podman's, by its name: in and out, and by the host port"
port=8080 pid=$(look web '{{.State.Pid}}')
traced "${web#* }" --container web
assert_grep "^nftrace: container web: $(end_of "$pid") \(its eth0; a port of cni-podman0\); .*container ${web:0:12}, ${web#* }, pid $pid " "$ERR"

subtest "podman's, by its id, the beginning of it, and its hostname"
for word in "${web% *}" "${web:0:12}" "${web:0:5}"; do
	run_nftrace node --dry-run --container "$word"
	assert_status 0
	assert_text "$(end_of "$pid")" "$ERR"
done

subtest "podman's without an interface here: each its sentence"
run_nftrace node --container bare
assert_status 2
assert_text "'bare' uses the network of this host" "$ERR"
run_nftrace node --container lone
assert_status 2
assert_text "'lone' has no interface that ends here, and none but lo" "$ERR"
run_nftrace node --container wbe
assert_text "did you mean 'web'?" "$ERR"

subtest "what could be typed: names and ids"
run_nftrace node --complete= --container
assert_equal "web and its id" 2 "$(grep -cxE "web|${web:0:12}" "$OUT")"

subtest "ctr's, by its id: in and out, and by the host port"
background node containerd containerd --config $work/containerd.toml -l error
assert_within 10 "containerd listens" test -S $work/sock
cni_pod job ptp 10.88.9.0/24 8090 80
(cd $work && runc spec)
# Its own of the CPU wants a controller that may be bound to cgroups of version 1.
jq --arg net "$(ns_path job)" --arg root $work/root --arg cgroup "$cgroup/job7" 'del(.linux.resources) |
	.linux.cgroupsPath = $cgroup | .process.terminal = false | .root.path = $root |
	.process.args = ["/bin/busybox", "httpd", "-f", "-p", "80"] |
	.linux.namespaces |= map(if .type == "network" then .path = $net else . end)' \
	$work/config.json >$work/spec.json
if in_ns node ctr -a $work/sock run -d --config $work/spec.json job7 >"$SCRATCH/ctr" 2>&1; then
	job=$(ctr -a $work/sock task ls | awk '$1 == "job7" { print $2 }')
	port=8090 pid=$job
	traced "$(cni_address job)" --container job7
	assert_grep "^nftrace: container job7: $(cni_interface job) \(its eth0\); .*container job7, $(cni_address job), pid $job " "$ERR"
else
	skip "ctr starts nothing: $(tail -n 1 "$SCRATCH/ctr")"
fi
