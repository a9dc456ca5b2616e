#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# demo.sh: `make demo`: nftrace on a Calico node that exists for a few seconds.
# LENGTH=SECONDS: of the run, which need not end by that. GRAPH=FILE, PCAP=FILE: also the ways that
# the packets took as a DOT graph, and a recording (make picture).
set -u

if [[ $EUID -ne 0 ]] && ! unshare --user --map-root-user --net true 2>/dev/null; then
	echo "make demo needs root, or a kernel that lets users make namespaces: try sudo make demo" >&2
	exit 1
fi
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

if [[ -t 1 ]]; then
	head_on=$'\e[1m' head_off=$'\e[0m'
else
	head_on='' head_off=''
fi
say() { printf '\n%s%s%s\n' "$head_on" "$*" "$head_off"; }
give_up() {
	echo "demo: $*" >&2
	exit 1
}

cat <<'EOT'
  workload                 node (Calico's rules)               upstream
  10.244.1.17 eth0 ---- cali123        eth0 192.168.50.2 ---- eth0  8.8.8.8
EOT
lab_calico
settle wl eth0 node cali123 node eth0 up eth0
in_ns node ipset restore <"$TESTS/demo/calico-node.ipsets" || give_up "no ipset in this kernel"
in_ns node iptables-legacy-restore <"$TESTS/demo/calico-node.save" ||
	give_up "iptables-legacy does not work here"
background up dns "$TOOLS/dns" serve 8.8.8.8 2001:4860:4860::8888
wait_for 5 says_ready "$SCRATCH/dns" || give_up "the name server does not start"
server up web tcp 8.8.8.8 443 tcp 8.8.8.8 25
# So that the trace begins with DNS, not with a neighbour that is looked for.
talk wl udp 8.8.8.8 9 wait 1 >/dev/null 2>&1

# Rules as text; counters move with the traffic.
rules() { save_rules node /dev/stdout | sed -E 's/^\[[0-9:]+\] //; s/ \[[0-9:]+\]$//'; }
rules >"$SCRATCH/before"

say "# nftrace -i cali123 -d 8.8.8.8 -t 5 -c 5"
start_nftrace node -i cali123 -d 8.8.8.8 -t "${LENGTH:-5}" -c 5 ${GRAPH:+--graph "$GRAPH"} ${PCAP:+--pcap "$PCAP"} || give_up "$(cat "$ERR")"
{
	printf 'dns query example.com   '
	in_ns wl "$TOOLS/dns" query 8.8.8.8 example.com A
	printf 'TCP to port 25          '
	talk wl tcp 8.8.8.8 25 wait 400 2>&1
	printf 'TCP to port 443         '
	talk wl tcp 8.8.8.8 443 && echo "echoed"
} >"$SCRATCH/traffic" 2>&1
end_nftrace 10
cat "$OUT"
say "What nftrace said about the run:"
cat "$ERR"
say "What the workload saw:"
cat "$SCRATCH/traffic"

rules >"$SCRATCH/later"
say "The node's rules and logger, before and after:"
if cmp -s "$SCRATCH/before" "$SCRATCH/later"; then
	echo "the same ($(grep -c '^-A' "$SCRATCH/later") rules)"
else
	diff -u "$SCRATCH/before" "$SCRATCH/later"
	give_up "rules were left behind"
fi
for word in 'TRACE: raw:PREROUTING:' '=> DROP by filter:cali-po-default.no-mail:' '=> FORWARDED'; do
	grep -q "^$word" "$OUT" || give_up "the trace lacks '$word'"
done
((STATUS == 0)) || give_up "exit status $STATUS"
