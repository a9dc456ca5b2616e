#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-fleet: ten nodes with the manual's manifest; their logs go into one place by the manual's
# rsyslog, and the manual's jq line puts together what one packet met on several of them.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

setpriv --reuid 1000 --regid 1000 --clear-groups true 2>/dev/null || skip_all "no other uid here"

# in_manual FIRST-LINE: the literal block that begins so, as mandoc prints it
in_manual() {
	awk -v first="$1" '/^\.Bd -literal/ { text = ""; open = 1; next }
		/^\.Ed/ { if (index(text, first) == 1) printf "%s", text; open = 0 }
		open { gsub(/\\e/, "\\"); text = text $0 "\n" }' "$TREE/man/nftrace.8"
}
in_manual apiVersion >"$SCRATCH/manifest.yaml"
subtest "the manifest is one, with limits, and asks for no more than it says"
python3 - "$SCRATCH/manifest.yaml" >"$SCRATCH/manifest" <<'END' || fail "the manifest is no YAML"
import sys, yaml
pod = yaml.safe_load(open(sys.argv[1]))['spec']['template']['spec']
run = pod['initContainers'][0]
may = run['securityContext']['capabilities']
assert may['drop'] == ['ALL'] and run['resources']['limits'] and 'privileged' not in run['securityContext']
assert pod['hostNetwork'] and pod['hostPID'] and run['volumeMounts'][0]['mountPath'] == '/run'
print(' '.join(may['add']).lower())
print(' '.join(run['args']))
END
{ read -ra caps; read -ra words; } <"$SCRATCH/manifest"

# ---- n1 - n2 - ... - n10; n7 lets nothing through that comes from n4

nodes=10
for ((i = 1; i <= nodes; i++)); do
	ns_new n$i
	forwarding n$i
	((i == 1)) || {
		veth n$((i - 1)) right n$i left
		addresses n$((i - 1)) right 10.0.$i.1/24
		addresses n$i left 10.0.$i.2/24
		settle n$((i - 1)) right n$i left
		ns_ip n$i route add default via 10.0.$i.1
	}
	in_ns n$i nft 'table ip fw { chain forward { type filter hook forward priority 0; udp dport 53 counter; }; }' ||
		fail nft
done
for ((i = 1; i < nodes - 1; i++)); do
	ns_ip n$i route add 10.0.$nodes.0/24 via 10.0.$((i + 1)).2
done
in_ns n7 nft add rule ip fw forward ip saddr 10.0.5.1 drop
server n10 echo udp 10.0.10.2 53

# The log's agent; from a package that was only unpacked: installed, it would be this machine's.
unpacked=$BUILD/unpacked/usr
libraries=$(echo "$unpacked"/lib/*-linux-gnu*)
mkdir "$SCRATCH/containers" "$SCRATCH/state"
{
	echo "global(workDirectory=\"$SCRATCH/state\")"
	in_manual 'global(maxMessageSize' | sed "s|/var/log/containers|$SCRATCH/containers|; s|/var/log/|$SCRATCH/|"
} >"$SCRATCH/rsyslog.conf"
if [[ -x $unpacked/sbin/rsyslogd ]]; then
	background n1 agent env LD_LIBRARY_PATH="$libraries" "$unpacked/sbin/rsyslogd" -n \
		-M "$libraries/rsyslog" -f "$SCRATCH/rsyslog.conf" -i "$SCRATCH/agent.pid"
	agent=$BG_PID
fi

# What is on its stdout, as the container's runtime writes it.
bound=-all$(printf ',+%s' "${caps[@]}")
pids=()
for ((i = 1; i <= nodes; i++)); do
	# shellcheck disable=SC2016 # the inner shell's words
	nsenter --net="$(ns_path n$i)" -- unshare --uts bash -c 'hostname "$1" && exec env --default-signal \
		setpriv --clear-groups --bounding-set="$2" --inh-caps=-all "${@:3}"' node "n$i" "$bound" \
		"$NFTRACE" "${words[@]}" > >(sed -u 's/^/2026-11-29T16:36:03.548549123Z stdout F /' \
		>"$SCRATCH/containers/nftrace-$i.log") 2>"$SCRATCH/err$i" </dev/null &
	pids+=($!)
	later $!
done
for ((i = 1; i <= nodes; i++)); do
	NFTRACE_PID=${pids[i - 1]} ERR=$SCRATCH/err$i wait_armed
done
talk n1 udp 10.0.10.2 53 || fail "no answer through ten nodes"
talk n4 udp 10.0.10.2 53 wait 1 2>/dev/null && fail "n7 drops nothing"
in_containers() { (($(cat "$SCRATCH"/containers/*.log | grep -c '"packet":') == 14)); }
assert_within 20 "the lines of 10 and of 4 nodes" in_containers
kill -INT "${pids[@]}"
for ((i = 1; i <= nodes; i++)); do
	NFTRACE_PID=${pids[i - 1]} ERR=$SCRATCH/err$i end_nftrace
done

# joined LINES SECONDS: what the manual's jq makes of them, into OUT; of what lies so far apart
joined() {
	in_manual "jq -rs" | sed "s|' lines\$|' \"\$1\"|; s/ < 1\$/ < $2/" >"$SCRATCH/join.sh"
	bash "$SCRATCH/join.sh" "$1" >"$OUT" || fail "jq"
}
# The judges: where the packets were sent from, and what nft counted on each node.
crossed() {
	local i counted=0
	# The reader's clock: a busy machine may have taken its time.
	joined "$1" 60
	assert_equal "lines" 2 "$(wc -l <"$OUT")"
	grep -E "^[^ ]+ 10\.0\.2\.1\.[0-9]+ > 10\.0\.10\.2\.53: " "$OUT" >"$SCRATCH/through"
	assert_grep ': n1 SENT; n2 FORWARDED; n3 FORWARDED; n4 FORWARDED; n5 FORWARDED; n6 FORWARDED; n7 FORWARDED; n8 FORWARDED; n9 FORWARDED; n10 DELIVERED$' "$SCRATCH/through"
	assert_grep '^[^ ]+ 10\.0\.5\.1\.[0-9]+ > 10\.0\.10\.2\.53: .*: n4 SENT; n5 FORWARDED; n6 FORWARDED; n7 DROP by ip saddr 10\.0\.5\.1 drop$' "$OUT"
	for ((i = 1; i <= nodes; i++)); do
		counted=$((counted + $(in_ns n$i nft list chain ip fw forward | sed -nE 's/.*counter packets ([0-9]+).*/\1/p')))
	done
	assert_equal "FORWARDED or dropped" "$counted" "$(grep -oE 'FORWARDED|DROP' "$OUT" | wc -l)"
}

subtest "as kubectl logs has them: one line for each packet, with what each node did"
cut -d' ' -f4- "$SCRATCH"/containers/*.log | grep '^{' >"$SCRATCH/lines"
assert_schema Packet "$SCRATCH/lines"
crossed "$SCRATCH/lines"

subtest "as rsyslog has them: the same lines"
if [[ -z ${agent-} ]]; then
	skip "it is not unpacked in $unpacked: make deps"
else
	assert_within 20 "all lines are in one place" eval '(($(cat "$SCRATCH/nftrace.json" | wc -l) == 14))'
	assert_same "what rsyslog wrote" <(sort "$SCRATCH/lines") <(sort "$SCRATCH/nftrace.json")
	crossed "$SCRATCH/nftrace.json"
fi

subtest "a later packet of the same ports is another"
jq -c 'select(.host == "n1" or .host == "n2") | (.host | if . == "n2" then "00" else "02" end) as $second
	| .time |= sub("^[^.]*"; "2026-01-01T00:00:\($second)")' "$SCRATCH/lines" >"$SCRATCH/apart"
joined "$SCRATCH/apart" 1
assert_equal "lines" 2 "$(wc -l <"$OUT")"
joined "$SCRATCH/apart" 4
assert_equal "lines" 1 "$(wc -l <"$OUT")"
assert_grep ': n1 SENT; n2 FORWARDED$' "$OUT"
