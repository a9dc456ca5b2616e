# SPDX-License-Identifier: GPL-2.0-or-later
# ways.sh: ways to die or to go on, of ways/; for t-ways-legacy, t-ways-nft and t-ways-alone.
# shellcheck shell=bash
# To be sourced after lib.sh and lab.sh.
#
# All packets of a group of ways pass one network and one run of nftrace. Who judges is waylib/:
# what was told beside what others saw: taps in the hosts beside the router, sockets, answers,
# counters. FORWARDED, SENT and DELIVERED are told if, and only if, it was seen there: whatever is
# expected.
#
# ways/NAME/ holds, of the network a - r - b (or the bridge r of a, b and c):
#
#   rules         of iptables, for iptables-legacy and iptables-nft: "TABLE -A CHAIN ..."; behind
#                 a 4 or 6 for that family alone
#   rules.nft     of nft: "CHAIN RULE", the chains by their names in waylib/table.py; "! WORDS":
#                 as nft reads it
#   packets       about TEXT, group NAME, only LAB, families 4: what it is and where
#                 needs BACKEND WHY: COMMAND    it is skipped, with that reason, if that fails
#                 link NAME, in NAMESPACE COMMAND, listen, queue, tap, xdp, program: what there is
#                 send [LABEL:] PROTOCOL FIELD... seen=PLACE,PLACE told=TIMES
#                 count NAME N, received NAME N: so much counters of r must rise meanwhile
#                 given up ADDRESS: r waits until no neighbour has answered for it
#   expected      LABEL | WORDS | WORDS | WORDS | WORDS: fates that may be told, by default, with
#                 --no-witness, with --no-drops, with both; ~WORD: only as likely; WORD?: also
#                 as likely, and UNKNOWN
#                 says REGEX, by REGEX: what must be in the block, in the rule that decided
#                 never REGEX: what must not, in any configuration
#
# ways/remains holds what is known to be wrong, "CONFIGS VARIANTS WHY", with a regular expression
# of their titles: they are skipped with that reason.
#
# A way has a variant for each backend and family, with ports of its own from 2000 on (what a way
# opens besides is below): PORT, PORT1 ...;
# names (WAY), FAMILY and addresses (@b, @{IPV4,IPV6}) are filled in as well. What a word does
# says its function in waylib/run.py (do_WORD).

WAYS=${WAYS:-$TESTS/ways}

# ways_quiet NS...: hosts that answer nothing by themselves, so that what is told was sent by us
ways_quiet() {
	local ns
	for ns; do
		in_ns "$ns" iptables-legacy -t raw -A PREROUTING -j DROP
		in_ns "$ns" ip6tables-legacy -t raw -A PREROUTING -j DROP
		# Reports of multicast groups come when they like.
		in_ns "$ns" ip6tables-legacy -t raw -A OUTPUT -p icmpv6 --icmpv6-type 143 -j DROP
	done
}

# mac NS IFACE: of it, in MAC
mac() {
	MAC=$(ns_ip "$1" -o link show "$2")
	MAC=${MAC#*link/ether }
	MAC=${MAC%% *}
}

ways_router() {
	lab_router
	in_ns r sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=0 \
		net.ipv4.conf.eth1.rp_filter=0 net.ipv4.conf.default.rp_filter=0
	mac a eth0
	known r eth0 "$MAC" 10.1.0.2 10.1.0.66 fd00:1::2 fd00:1::66
	mac b eth0
	known r eth1 "$MAC" 10.2.0.2 10.2.0.3 fd00:2::2 fd00:2::3
	ways_quiet a b
	settle a eth0 r eth0 r eth1 b eth0
	PLACES=(a r b)
}

# a, b and c on a bridge of r
ways_bridge() {
	local ns n=0
	ns_new a b c r
	ns_ip r link add br0 address 02:00:00:00:05:09 type bridge forward_delay 0 mcast_snooping 0
	in_ns r sysctl -qw net.bridge.bridge-nf-call-iptables=1 \
		net.bridge.bridge-nf-call-ip6tables=1
	addresses r br0 10.5.0.9/24 fd00:5::9/64
	ns_ip r link set br0 up
	for ns in a b c; do
		veth "$ns" eth0 r "port-$ns"
		ns_ip r link set "port-$ns" master br0
		addresses "$ns" eth0 "10.5.0.$((++n))/24" "fd00:5::$n/64"
		settle "$ns" eth0 r "port-$ns"
		mac "$ns" eth0
		known r br0 "$MAC" "10.5.0.$n" "fd00:5::$n"
		nsenter --net="$(ns_path r)" bridge fdb replace "$MAC" dev "port-$ns" master static
	done
	ways_quiet a b c
	settle r br0 r br0
	PLACES=(a r b c)
}

# ---- who sends and watches: a process, told by lines what to do

# ask WORDS: its answer is waited for; 1: it failed
ask() {
	echo "$*" >&"$to_ways"
	ways_answer
}
# What it says before is the judge's.
ways_answer() {
	local line
	while IFS= read -rt $((120 * PATIENCE)) -u "$from_ways" line; do
		case $line in
		ready | sent | judged) return 0 ;;
		failed:*) fail "${line#failed: }"; return 1 ;;
		'not ok'*) _failures=1 ;;
		esac
		printf '%s\n' "$line"
	done
	fail "no answer"
}
ways_start() {
	local place named=()
	for place in "${PLACES[@]}"; do named+=("$place=$(ns_path "$place")"); done
	# Not in SCRATCH, which is removed as it stands.
	mkdir -p /run/tracefs
	mountpoint -q /run/tracefs || mount -t tracefs -o ro tracefs /run/tracefs 2>/dev/null ||
		note "no tracefs"
	coproc WAYLIB {
		TRACEFS=/run/tracefs exec python3 -B "$TESTS/waylib/run.py" "$WAYS" "$LAB" "$GROUP" \
			"${named[@]}" 2>"$SCRATCH/ways.err"
	}
	ways_pid=$WAYLIB_PID
	later $ways_pid
	exec {from_ways}<&"${WAYLIB[0]}" {to_ways}>&"${WAYLIB[1]}" {WAYLIB[0]}<&- {WAYLIB[1]}>&-
	ways_answer
}
# ways_end: it ends, and with it its sockets
ways_end() {
	exec {to_ways}>&- {from_ways}<&-
	assert_within 10 "who sends and watches ends" is_gone $ways_pid
	wait $ways_pid 2>/dev/null
}

# group NAME CONFIG: a network, a run of nftrace, all packets, and the judge
group() {
	local ns config=$2
	GROUP=$1
	subtest "$LAB, $GROUP, $config"
	case $GROUP in
	bridge*) ways_bridge ;;
	*) ways_router ;;
	esac
	if ways_start; then
		# shellcheck disable=SC2086
		start_nftrace r -t 120 -l 0 --pcap "$SCRATCH/ways.pcapng" --graph "$SCRATCH/ways.dot" \
			--report "$SCRATCH/ways.html" ${OPTIONS[$config]} --all
		ask go
		stop_nftrace INT
		assert_equal "TRACE rules left" 0 "$(own_rules r)"
		in_ns r nft list tables >"$SCRATCH/tables"
		assert_no_grep nftrace_ "$SCRATCH/tables"
		"$NFTRACE" --read "$SCRATCH/ways.pcapng" --json >"$SCRATCH/ways.json"
		same_again
		judged_as "$config"
		ask judge "$COLUMN" "$SCRATCH/ways.json" "$OUT"
	fi
	[[ -z $_why ]] || show "its stderr" "$SCRATCH/ways.err"
	ways_end
	ns_del "${PLACES[@]}"
	_namespaces=()
}
declare -A OPTIONS=([default]='' [no-witness]=--no-witness [no-drops]=--no-drops
	[neither]='--no-witness --no-drops')

# same_again: the recording tells, in blocks, folded and as a graph, what the run told
same_again() {
	"$NFTRACE" --read "$SCRATCH/ways.pcapng" --graph "$SCRATCH/again.dot" \
		--report "$SCRATCH/again.html" >"$SCRATCH/again" 2>/dev/null
	assert_same "the recording's blocks" "$OUT" "$SCRATCH/again"
	assert_same "the recording's graph" "$SCRATCH/ways.dot" "$SCRATCH/again.dot"
	assert_same "the recording's page" <(page_of_packets "$SCRATCH/ways.html") \
		<(page_of_packets "$SCRATCH/again.html")
}
# page_of_packets FILE: what it says of them, not of the run
page_of_packets() { sed '/^<title>/d; /^<section id="run">/,$d' "$1"; }

# judged_as CONFIG: by the words of which configuration, in COLUMN
judged_as() {
	COLUMN=$1
	records_can_be || COLUMN=${without_records[$1]}
}
declare -A without_records=([default]=no-drops [no-witness]=neither [no-drops]=no-drops [neither]=neither)

# ways LAB [GROUP...]: all groups of it, or those. With SOAK=1 in each configuration.
# WAYS_GROUPS, WAYS_CONFIGS: those alone
ways() {
	local config name configs=(default) groups=("${@:2}")
	LAB=$1
	[[ -z ${SOAK-} ]] || configs=(default no-witness no-drops neither)
	((${#groups[@]})) || mapfile -t groups < <(
		python3 -B "$TESTS/waylib/run.py" "$WAYS" "$LAB" --groups)
	for config in ${WAYS_CONFIGS:-"${configs[@]}"}; do
		for name in ${WAYS_GROUPS:-"${groups[@]}"}; do group "$name" "$config"; done
	done
}
