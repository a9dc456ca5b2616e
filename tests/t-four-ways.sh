#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-four-ways: the same packets seen live, in TRACE lines, in nft monitor trace's text and in a recording: what the manual's table says each form holds is the same, and the rest is not made up.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"
. "$TESTS/ways-told.sh"
command -v ulogd >/dev/null || skip_all "no ulogd"

# What each row of the table is, of a packet of --json.
declare -A FIELD=(
	["QUEUE, and what came of it"]='select(.fate == "QUEUE") | [.fate, .reason, .by.chain, (if .by.backend == "nft" then .by.handle else .by.number end)]'
	[ports of a bridge]='.events[] | select(.physin or .physout) | [.physin, .physout]'
	[fate by a rule, and which]='select(.by and .fate != "QUEUE") | [.fate, .by.table, .by.chain, .by.kind, (if .by.backend == "nft" then .by.handle else .by.number end)]'
	[FORWARDED, SENT, DELIVERED]='select(.fate == ("FORWARDED", "SENT", "DELIVERED")) | [.fate, .fate_out]'
	[rule that let it pass]='select(.accepted_by) | .accepted_by | [.table, .chain, .kind, if .backend == "nft" then .handle else .number end]'
	[owner]='select(.owner) | [.owner.component, .owner.object]'
	[marks]='.changes[] | select(.field == "mark") | [.from, .to]'
	[destination as translated]='.changes[] | select(.field == "dst") | [.from, .to]'
	[source as translated, of answers too]='.changes[] | select(.field == "src") | [.from, .to]'
	# Of iptables-nft's rules nft has words of its own.  What a set held is a row of its own.
	[near misses]='.near[] | [.rule.table, .rule.chain, (if .rule.backend == "nft" then .rule.handle else .rule.rule, .failed end), (select(.failed | test("@|match-set") | not) | .value, .how)]'
	[what a set held]='.near[] | select((.failed | test("@|match-set")) and .how != "eliminated") | [.rule.chain, .value, .how]'
	[element of a verdict map]='.events[] | select(.element) | [.element.key, .element.comment]'
	["LOST, and the kernel's reason"]='select(.fate == "LOST" or .drop) | [.fate, .drop.reason]'
	[state of the connection]='select(.conntrack) | [.conntrack.state]'
	["the other backend's rules"]='select(any(.events[]; .backend == $first) and any(.events[]; .backend != $first)) | [1]'
	[times]='select(.time != "0.000000") | [1]'
)
# The table's rows, "WHAT|TRACE lines|nft monitor trace|recording".
table=$(sed -n '/^what  *TRACE  *nft  *pcapng$/,/^\.Ed/p' "$TREE/man/nftrace.8" |
	sed -E '1d; $d; s/ {2,}/|/g')
assert_equal "rows of the manual's table" "$(printf '%s\n' "${!FIELD[@]}" | sort)" "$(cut -d '|' -f 1 <<<"$table" | sort)"

# values FILE: [WHAT, HEADERS, IN, VALUE] of all rows, of each packet; ids and lengths are no part
values() {
	local what program=()
	for what in "${!FIELD[@]}"; do program+=("([\"$what\", \$key, .in] + [${FIELD[$what]}] | select(.[3]))"); done
	program+=('["packet", $key, .in]' '["lost", $key, .in, .fate]')
	jq -c --arg first "$BACKEND" \
		"(.headers | sub(\",.*\"; \"\")) as \$key | $(IFS=,; echo "${program[*]}")" "$1" >"$SCRATCH/values"
	spawn sort "$SCRATCH/values"
}
row() { grep -F "[\"$1\"," "$2"; }

# compare COLUMN FILE: what is told in that form beside what was seen live
compare() {
	local column=$1 what held row lost
	values "$SCRATCH/live" >"$SCRATCH/live.values"
	values "$2" >"$SCRATCH/told.values"
	# Packets that were lost or stayed in a queue, as the beginning of a line; a text cannot know.
	lost=$(row lost "$SCRATCH/live.values" | sed -nE 's/^\["lost",(.*),"(LOST|QUEUE)"]$/\1/p')
	while IFS='|' read -ra row; do
		what=${row[0]} held=${row[$column]}
		row "$what" "$SCRATCH/live.values" >"$SCRATCH/seen"
		row "$what" "$SCRATCH/told.values" >"$SCRATCH/told"
		# What nft's own rules ask of bridges and verdict maps those of iptables do not.
		[[ -s $SCRATCH/seen || $what = *other* || $BACKEND$what = @(legacyelement|nftports)* ]] || fail "nothing of '$what' was seen live"
		case $what,$held in
		near*,some) assert_same "$what" "$SCRATCH/seen" "$SCRATCH/told" ;;
		FORWARDED*,yes | *pass,yes) assert_same "$what" "$SCRATCH/seen" <(grep -vF "$lost" "$SCRATCH/told") ;;
		*,yes) assert_same "$what" "$SCRATCH/seen" "$SCRATCH/told" ;;
		*,no) [[ ! -s $SCRATCH/told ]] || fail "'$what' is told: $(head -n 1 "$SCRATCH/told")" ;;
		*) # Some of it; of bridges' ports ulogd logs nothing.
			[[ $what = ports* || -s $SCRATCH/told ]] || fail "nothing of '$what' is told"
			assert_equal "$what" "" "$(comm -13 "$SCRATCH/seen" "$SCRATCH/told")"
			;;
		esac
	done <<<"$table"
	assert_same "the packets" <(row packet "$SCRATCH/live.values") <(row packet "$SCRATCH/told.values")
	((column == 3)) || assert_equal "fates of those that were lost" "" \
		"$(row lost "$SCRATCH/told.values" | grep -F "$lost" | grep -vE '"(INCOMPLETE|UNKNOWN|DELIVERED)"]$')"
}


# seen_live NAME: all packets, by two runs: into NAME-1.pcapng, NAME-2.pcapng and live
seen_live() {
	start_nftrace r -t 60 --rate 0 --json --pcap "$SCRATCH/$1-1.pcapng" -p udp
	told_traffic
	stop_nftrace INT
	assert_status 0
	cp "$OUT" "$SCRATCH/live"
	told_odd_programs
	start_nftrace r -t 60 --rate 0 --json --pcap "$SCRATCH/$1-2.pcapng" -p udp
	told_odd_traffic
	stop_nftrace INT
	assert_status 0
	cat "$OUT" >>"$SCRATCH/live"
}
# recording NAME: the same, read again
recording() {
	local n
	for n in 1 2; do
		run_nftrace r --read "$SCRATCH/$1-$n.pcapng" --json
		cat "$OUT" >>"$SCRATCH/read"
	done
	assert_same "all of it" "$SCRATCH/live" "$SCRATCH/read"
	compare 3 "$SCRATCH/read"
	rm "$SCRATCH/read"
}

subtest "nft: seen live"
BACKEND=nft
told_hosts
told_odd_hosts || skip_all "no bridge whose packets iptables sees"
told_iptables nft
told_nft
told_odd_iptables nft
told_odd_nft
# As people trace: by a chain of their own.
in_ns r nft -f - <<-'END'
	table inet tracer {
		chain pre { type filter hook prerouting priority -400; ip protocol udp meta nftrace set 1; ip6 nexthdr udp meta nftrace set 1; }
		chain out { type filter hook output priority -400; ip protocol udp meta nftrace set 1; }
	}
END
background r monitor nft monitor trace
monitor=$BG_PID
listens() { in_ns r "$TOOLS/flood" 10.2.0.2 999 1 8 >/dev/null; grep -q 'tracer out packet' "$SCRATCH/monitor"; }
assert_within 10 "the monitor listens" listens
in_ns r nft -a list ruleset >"$SCRATCH/nft.rules" 2>/dev/null
seen_live nft
printed() { grep -q 'filter FORWARD packet:.*fd00:5::2.*dport 1051' "$SCRATCH/monitor"; }
assert_within 10 "the monitor has printed all" printed
kill "$monitor" "${PROGRAMS[@]}"

subtest "nft: as nft monitor trace printed it"
# Neither the monitor's trial nor what nftrace's own chains saw.
awk '/ packet: / { other[$3] = / dport 999 / } !other[$3] && !/ nftrace_/' "$SCRATCH/monitor" >"$SCRATCH/monitor.text"
grep -q 'tracer pre rule ip6 nexthdr udp' "$SCRATCH/monitor.text" || fail "nothing is in it"
run_nftrace r --read "$SCRATCH/monitor.text" --rules "$SCRATCH/nft.rules" --json
# Of times it has none.
jq -c '.time = "2026-11-29T00:00:00.000000Z"' "$OUT" >"$SCRATCH/timed"
assert_schema Packet "$SCRATCH/timed"
assert_no_grep '"table":"nftrace_' "$OUT"
compare 2 "$OUT"

subtest "nft: the recording"
recording nft
in_ns r nft flush ruleset

subtest "legacy: seen live"
BACKEND=legacy
told_iptables legacy
told_odd_iptables legacy
in_ns r conntrack -F >/dev/null 2>&1
seen_live legacy

subtest "legacy: the recording"
recording legacy

subtest "legacy: as a logger wrote it"
for program in iptables ip6tables; do
	for chain in PREROUTING OUTPUT; do in_ns r "$program-legacy" -t raw -A "$chain" -p udp -j TRACE; done
done
in_ns r sysctl -qw net.netfilter.nf_log.2=nfnetlink_log net.netfilter.nf_log.10=nfnetlink_log
plugins=(/usr/lib/ulogd/ulogd_inppkt_NFLOG.so /usr/lib/*/ulogd/ulogd_inppkt_NFLOG.so)
plugins=${plugins[-1]%/*}
{
	printf '[global]\nlogfile="%s"\n' "$SCRATCH/ulogd.log"
	for plugin in inppkt_NFLOG raw2packet_BASE filter_IFINDEX filter_IP2STR filter_PRINTPKT output_LOGEMU; do
		printf 'plugin="%s/ulogd_%s.so"\n' "$plugins" "$plugin"
	done
	printf 'stack=log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,print1:PRINTPKT,emu1:LOGEMU\n'
	printf '[log1]\ngroup=0\n[emu1]\nfile="%s"\nsync=1\n' "$SCRATCH/logged"
} >"$SCRATCH/ulogd.conf"
background r ulogd ulogd -c "$SCRATCH/ulogd.conf"
ulogd=$BG_PID
logs() { in_ns r "$TOOLS/flood" 10.2.0.2 999 1 8 >/dev/null; grep -q 'DPT=999' "$SCRATCH/logged"; }
assert_within 10 "ulogd listens" logs
in_ns r conntrack -F >/dev/null 2>&1
told_traffic
told_odd_traffic
logged() { grep -q 'filter:FORWARD:policy.*DST=fd00:5::2 .*DPT=1051' "$SCRATCH/logged"; }
assert_within 10 "ulogd has written all" logged
kill "$ulogd" "${PROGRAMS[@]}"
for program in iptables ip6tables; do in_ns r "$program-legacy-save" >"$SCRATCH/$program.save"; done
grep -v 'DPT=999' "$SCRATCH/logged" >"$SCRATCH/log"
run_nftrace r --read "$SCRATCH/log" --rules "$SCRATCH/iptables.save" --rules "$SCRATCH/ip6tables.save" --json
assert_schema Packet "$OUT"
compare 1 "$OUT"
