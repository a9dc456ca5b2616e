#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-near-nft: near misses in rules of nft's own: the packet with only that changed meets the rule, and lives.
# TIMEOUT: 2400
#
# PACKETS=2000 SEED=7 TRIES=9999 tests/run near-nft: more of them. The judge sends each packet
# once more, as the near miss says that it had to be, reads the rule's counter, and looks whether it
# came to the end of its hook.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

PACKETS=${PACKETS-24}
SEED=${SEED-1}
TRIES=${TRIES-6}	# of each ruleset; of these in the order of the packets
KINDS=${KINDS-fw4 hand}
[[ -z ${SOAK-} ]] || KINDS='firewalld fw4 kube-proxy calico hand' PACKETS=500 TRIES=9999

lab_router
settle a eth0 r eth0 r eth1 b eth0
ns_ip r route add default via 10.2.0.2
ns_ip r route add 10.7.0.0/16 via 10.1.0.2
ns_ip r route add fd00:7::/16 via fd00:1::2
# None of the packets is to wait for a neighbour, and to be sent when others are.
known a eth0 "$(mac_of r eth0)" 10.1.0.1 fd00:1::1
known b eth0 "$(mac_of r eth1)" 10.2.0.1 fd00:2::1
known r eth0 "$(mac_of a eth0)" 10.1.0.2 fd00:1::2
known r eth1 "$(mac_of b eth0)" 10.2.0.2 fd00:2::2
in_ns r sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
	net.ipv4.conf.eth1.rp_filter=0 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
for ns in a b; do
	in_ns $ns nft -f - <<-END
		table inet quiet {
			chain input { type filter hook input priority -400; policy drop; meta l4proto ipv6-icmp accept; }
		}
	END
done

probes() { # NS FILE
	in_ns "$1" "$TOOLS/probe" <"$2" || fail "probe in $1"
}

# counter FAMILY TABLE CHAIN HANDLE: what the rule has counted
counter() {
	in_ns r nft -a list chain "$1" "$2" "$3" |
		sed -nE "s/.*counter packets ([0-9]+) .* # handle $4\$/\1/p"
}

# load: the rules, which have the same handles each time; the packets noted stay
load() {
	{
		sed -n 's/^\(table [^{]*\){.*/\1; delete \1/p' "$rules"
		cat "$rules"
	} >"$SCRATCH/load"
	in_ns r nft -f "$SCRATCH/load" || fail "nft -f"
}

# survives HOOK NUMBER: does the packet come to the hook's end?
survives() { in_ns r nft get element inet alive "$1" "{ $2 }" >/dev/null 2>&1; }

# counted: the rule, once more than before; both are try's
counted() {
	# shellcheck disable=SC2086
	after=$(counter $rule)
	[[ -n $after && $after -gt $before ]]
}

# try: each line of what the judge wants sent
try() {
	local ns rule packet words hook first before after at met tried=0 wrong=0 refused=0
	in_ns r nft -f "$TESTS/near/alive.nft" || fail "alive.nft"
	while IFS=$'\t' read -r ns rule packet words hook first; do
		case $ns in FALSE*) fail "$ns"; continue ;; esac
		if [[ $words = without* ]]; then
			read -ra at <<<"${words#* }"
			in_ns r nft delete rule "${at[@]:0:3}" handle "${at[3]}" || fail "$words"
		fi
		# Of a connection that is known already other rules are asked.
		in_ns r conntrack -F >/dev/null 2>&1
		# shellcheck disable=SC2086
		before=$(counter $rule)
		echo "$packet" | in_ns "$ns" "$TOOLS/probe"
		# It may still be on its way.
		met=1
		wait_for 5 counted || met=
		[[ -z $met ]] || wait_for 5 survives "$hook" "${packet%% *}" || {
			((++refused))
			fail "$rule: $words: $first; sent $packet: it was met, and did not come to the end of $hook"
		}
		[[ $words != without* ]] || load
		((++tried))
		[[ -z $met ]] || continue
		((++wrong))
		fail "$rule: $words: $first; sent $packet: $before, $after"
	done
	note "$tried were sent, $wrong of them were not met, $refused were refused all the same"
	((tried)) || fail "no near miss was told"
}

for kind in $KINDS; do
	subtest "$kind"
	folder=$SCRATCH/$kind
	rules=$TESTS/near/$kind.nft
	mkdir "$folder"
	in_ns r nft flush ruleset
	load
	python3 -S "$TESTS/near/judge.py" make "$SEED" "$PACKETS" "$rules" "$folder"
	in_ns r conntrack -F >/dev/null 2>&1
	start_nftrace r -t 100 --all --json --explain -v
	for ns in a b; do probes $ns "$folder/$ns"; done
	stop_nftrace INT
	cp "$OUT" "$folder/json"
	python3 -S "$TESTS/near/judge.py" ask "$folder" "$folder/json" "$rules" \
		>"$folder/tries" 2>"$folder/counts" || fail "the judge"
	show "what was told" "$folder/counts"
	try < <(head -n "$TRIES" "$folder/tries")
done
