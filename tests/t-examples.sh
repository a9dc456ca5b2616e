#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-examples: every command of the README, of --help and of the manual's examples is run, as it stands.
#
# On a Calico node with a workload, a pod of istio's and something going on all
# the time.  A run is interrupted as soon as it has shown a packet.
# TIMEOUT: 240
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/pods.sh"
borrow_kallsyms

manual=$TREE/man/nftrace.8

# ---- which commands there are

# blocks_of README: the lines of its literal blocks, without their indent
blocks_of() {
	# What stands no further in than the paragraph that leads to a block is behind it.
	awk '/::$/ { open = 1; from = match($0, /[^ ]/); next }
		NF && match($0, /[^ ]/) <= from { open = 0 }
		open && NF { sub(/^    /, ""); sub(/^  /, ""); print }' "$1" | joined
}
# A command that goes on in the next line.
joined() { sed -E ':again; /\\e?$/ { N; s/ *\\e?\n */ /; b again; }'; }
# What is no command there is a sample of the output.
sample='^( |#[0-9]+ |DROP +#|TRACE: |=> |(mark|\((routing|forwarding)\)) |\.\.\.$)'
# commands FILE: "# nftrace ..." is a command at root's prompt
commands() { grep -vE "$sample" "$1" | sed 's/^# //'; }

subtest "commands are found"
blocks_of "$TREE/README.rst" >"$SCRATCH/blocks"
commands "$SCRATCH/blocks" >"$SCRATCH/readme"
"$NFTRACE" --help | sed -n '/^Examples:/,/^$/s/^  //p' >"$SCRATCH/help"
# A block that begins with "key:" is of a manifest, YAML: t-privileges tries what it allows.
# t-fleet takes the one of a fleet out of the manual, and what reads and joins its lines.
{
	sed -n '/^\.Ss Examples/,/^\.Sh/s/^\.Dl //p' "$manual" | sed 's/\\-/-/g'
	sed -n '/^\.Sh KUBERNETES/,/^\.Sh MASKED/p' "$manual" |
	awk '/^\.Bd/ { open = 1; first = 1; next }
		/^\.Ed/ { open = 0 }
		!open || /^\./ { next }
		first { others = /^[A-Za-z]+:( |$)|^global\(|^jq -rs |^kubectl .* logs /; first = 0 }
		!others' | joined
} >"$SCRATCH/manual"
# As many as somebody counts who looks for them in another way.
assert_equal "nftrace in the README's blocks" "$(grep -cE '^ +(# )?nftrace -' "$TREE/README.rst")" \
	"$(grep -c '^nftrace ' "$SCRATCH/readme")"
assert_equal "examples of --help" 10 "$(grep -c '^nftrace' "$SCRATCH/help")"
(($(grep -c nftrace "$SCRATCH/manual") >= 10)) || fail "too few in the manual"

# ---- where they work

lab_calico
ns_new pod
addresses pod lo 10.9.0.1/32
settle wl eth0 node cali123 node eth0 up eth0
in_ns node ipset restore <"$TESTS/demo/calico-node.ipsets" || skip_all "no ipset in this kernel"
in_ns node iptables-legacy-restore <"$TESTS/demo/calico-node.save" || fail "iptables-restore"
in_ns node ip6tables-legacy -t raw -S >/dev/null
# A service that leads to the workload.
in_ns node iptables-legacy -t nat -I KUBE-SERVICES -d 10.96.0.80 -p udp --dport 80 -j DNAT --to-destination 10.244.1.17:9
ns_ip up route add 10.96.0.0/12 via 192.168.50.2
in_ns pod iptables-legacy -t raw -S >/dev/null
# They name uid 1337, which a user's own namespace does not have.
grep -v -e '-m owner' "$TESTS/rulesets/istio-inject.save" |
	in_ns pod iptables-legacy-restore || fail "istio's rules"
background up dns "$TOOLS/dns" serve 8.8.8.8 2001:4860:4860::8888
wait_for 5 says_ready "$SCRATCH/dns" || fail "the name server does not start"
server up web tcp 8.8.8.8 443 tcp 8.8.8.8 25
mkdir "$SCRATCH/bin" "$SCRATCH/work" "$SCRATCH/host"
mount --rbind / "$SCRATCH/host" || fail "no host's files"
cp "$(command -v sleep)" "$SCRATCH/bin/envoy"
background pod pod "$SCRATCH/bin/envoy" 600
pod=$BG_PID
id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
pod_process wl web-0 web-0 shop "0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-$id.scope"
cp "$TESTS/read/dmesg.log" "$SCRATCH/work/dmesg.txt"
cp "$TESTS/read/router.save" "$SCRATCH/work/iptables-save.txt"
cp "$TESTS/read/nft-1.0.6.txt" "$SCRATCH/work/monitor.txt"
cp "$TESTS/read/nft-1.0.6.rules" "$SCRATCH/work/ruleset.txt"
cp "$TESTS/data/earlier-legacy.pcapng" "$SCRATCH/work/good.pcapng"
cp "$TESTS/data/earlier-nft.pcapng" "$SCRATCH/work/bad.pcapng"

# What the examples name and is another's.
stub() { printf '#!%s\n%s\n' "${3:-/bin/bash}" "$2" >"$SCRATCH/bin/$1" && chmod +x "$SCRATCH/bin/$1"; }
stub nftrace '{ env --default-signal "$REAL" "$@" & echo $! >"$SCRATCH/nftrace.pid"
	wait $!; echo $? >"$SCRATCH/nftrace.status"; } | tee "$SCRATCH/printed"' /bin/sh
stub dig 'exec "$TOOLS/dns" query "${1#@}" "$2" A'
stub ping '[[ "$*" = "-c 1 8.8.8.8" ]] && exec "$TOOLS/dns" query 8.8.8.8 example.com A'
stub crictl "[[ \"\$*\" = 'ps -q --name envoy' ]] && echo $id"
stub apt-get '[[ "$*" = "install -y make" ]]'
stub make "exec $(command -v make) -C '$TREE' -n \"\$@\" >/dev/null"
export REAL=$NFTRACE TOOLS

# something_goes_on NS TOOL SECONDS LINE...: these to TOOL's "each", again and again; nothing is started
# for it but a server's child for a connection
something_goes_on() {
	{
		trap - EXIT INT TERM HUP
		while printf '%s\n' "${@:4}"; do read -rt "$3" <>"$PAUSE_FIFO"; done | in_ns "$1" "$TOOLS/$2" each
	} >/dev/null 2>&1 &
	later $!
}
something_goes_on wl dns 0.2 '8.8.8.8 example.com A' '2001:4860:4860::8888 example.com AAAA'
# To the last one no answer comes.
something_goes_on wl talk 0.5 'tcp 8.8.8.8 443 wait 100' 'tcp 8.8.8.8 25 wait 1' 'tcp 8.8.8.8 5432 wait 1' \
	'tcp 10.96.0.1 443 wait 1' 'udp 10.1.2.3 9 wait 50'
something_goes_on up talk 0.2 'udp 10.244.1.17 9 wait 1' 'udp 10.96.0.80 80 wait 1'
something_goes_on pod talk 0.2 'tcp 10.9.0.1 15001 wait 1'
save_rules node "$SCRATCH/before"
save_rules pod "$SCRATCH/before-pod"

# ---- running them

# shown: may it be interrupted?
shown() {
	is_gone "$job" && return 0
	case $line in
	*--pcap*) grep -q '^=> DROP' "$SCRATCH/printed" ;;
	# These end by themselves.
	*" -- "* | *" -c "* | *--read* | *--diff* | *--doctor* | *--cleanup* | *--dry-run*) return 1 ;;
	*) [[ -s $SCRATCH/printed ]] ;;
	esac
}
# What a bare nftrace shows are other people's TRACE rules.
others_rule() { in_ns node iptables-legacy -t raw "$1" PREROUTING -i cali123 -j TRACE; }

# run COMMAND-LINE
run() {
	local line=$1 here job status said
	: >"$SCRATCH/nftrace.pid"
	: >"$SCRATCH/nftrace.status"
	: >"$SCRATCH/printed"
	[[ $line != nftrace\ \ * ]] || others_rule -A
	# Values that are of another machine.
	here=${line/--netns 4242/--netns $pod}
	here=${here/\/host\/run\//$SCRATCH/host/run/}
	set -- env --default-signal -C "$SCRATCH/work" PATH="$SCRATCH/bin:$PATH" bash -c "$here"
	OUT=$SCRATCH/line ERR=$OUT.err status=0
	if [[ $line = *nftrace* ]]; then
		background node line "$@"
		job=$BG_PID
		wait_for 40 shown || fail "'$line' shows nothing"
		is_gone $job || ! read -r said <"$SCRATCH/nftrace.pid" || kill -INT "$said" 2>/dev/null
		wait_for 10 is_gone $job || fail "'$line' does not end"
		read -r status <"$SCRATCH/nftrace.status" || fail "'$line' has no exit status"
	else
		spawn -d -t $((40 * PATIENCE)) -n "$(ns_path node)" "$@" >"$OUT" 2>"$ERR" </dev/null
		status=$?
	fi
	[[ $line != nftrace\ \ * ]] || others_rule -D
	# --doctor has warnings; --diff has found a difference.
	[[ $status = 0 || ($line = *--doctor* && $status = 5) || ($line = *--diff* && $status = 1) ]] ||
		{ fail "'$line' ends with $status"; show stderr "$ERR"; }
	[[ $line != *nftrace* || $line = *--doctor* || -s $SCRATCH/printed ]] || { fail "'$line' prints nothing"; show stderr "$ERR"; }
	judge "$line"
	ran=$((ran + 1))
}
# judge COMMAND-LINE: what its comment or its words promise
judge() {
	case $1 in
	"ip route"*"... dev "*) assert_grep "dev ${1##*... dev }( |\$)" "$OUT" ;;
	*"--only out=cali123"*)
		assert_grep '10\.96\.0\.80' "$OUT"
		# Each has had its address translated, and goes to the pod.
		assert_no_grep '^=> (FORWARDED|DROP).* out [^c]' "$OUT"
		assert_grep 'dst 10\.96\.0\.80\.80 -> 10\.244\.1\.17\.9' "$OUT"
		;;
	*"--only drop -q") assert_no_grep '^[^D ]' "$OUT" ;;
	*"--only drop"*) assert_no_grep '=> [^D]' "$OUT" ;;
	*"jq -r '.fate'") assert_no_grep '^[^A-Z]' "$OUT" ;;
	esac
}

for source in readme help manual; do
	subtest "the commands of $source"
	ran=0 others=0
	while IFS= read -r line <&3; do
		case $line in
		nftrace* | ip\ route* | apt-get\ * | XTABLES_LOCKFILE=*nftrace*)
			# --help says what for behind two blanks.
			[[ $source != help || ! $line =~ ^([^\ ]+(\ [^\ ]+)*)\ \ +(.*) ]] ||
				line="${BASH_REMATCH[1]}  # ${BASH_REMATCH[3]}"
			run "$line"
			;;
		# There is no cluster: what it gives is tried by t-kubernetes.
		kubectl\ debug*) others=$((others + 1)) ;;
		# tests/matrix/image tries these, and t-wireshark that.
		podman\ * | touch\ /run/xtables.lock* | tshark\ *) others=$((others + 1)) ;;
		*) fail "nobody knows how to run '$line'" ;;
		esac
	done 3<"$SCRATCH/$source"
	assert_equal "commands run" "$(wc -l <"$SCRATCH/$source")" "$((ran + others))"
	assert_restored_but_counters node "$SCRATCH/before"
	assert_restored_but_counters pod "$SCRATCH/before-pod"
	note "$ran commands"
done
