#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-mutation: logs damaged line by line: --read claims nothing that the whole log does not hold.
# TIMEOUT: 1800
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

HERE=$TESTS/read

# A sample; with SOAK every line.
EACH=$([[ -n ${SOAK:-} ]] && echo 1 || echo 4)

# mutate LOG RULES...: every line removed, doubled, cut, joined, swapped, masked, wrapped in turn
mutate() {
	"$UNIT/mutation_tool" "-$EACH" "$@" >"$OUT" 2>&1 || { cat "$OUT"; fail "false claims from ${1##*/}"; }
	grep '^#' "$OUT"
}

for log in dmesg journalctl rsyslog iso6; do
	subtest "$log.log, damaged"
	mutate "$HERE/$log.log" "$HERE/router.save" "$HERE/router6.save"
done

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7 tcp 10.2.0.2 1011 udp fd00:2::2 7
load r "$TESTS/trace/router4.save" "$TESTS/trace/router6.save"
for tool in iptables ip6tables; do
	in_ns r $tool-legacy -t raw -I PREROUTING -j TRACE
	in_ns r $tool-legacy -t raw -I OUTPUT -j TRACE
	in_ns r $tool-legacy-save >"$SCRATCH/$tool.save"
done
RULES=("$SCRATCH/iptables.save" "$SCRATCH/ip6tables.save")

udp() { talk "$1" udp "$2" "$3" from $((20000 + $3)) wait 60 2>/dev/null; }
traffic() {
	local port
	for port in 7 1001 1002 1003 1005 1009; do
		udp a 10.2.0.2 "$port"
		udp a fd00:2::2 "$port"
	done
	udp a 10.1.0.1 3001
	udp a 10.99.0.1 1001
	udp r 10.2.0.2 4001
	[[ -z ${SOAK:-} ]] || talk a tcp 10.2.0.2 1011 from 21011 wait 20000
}

subtest "the log of a live run, against what that run saw"
start_nftrace r -t 60 --no-drops --no-witness --rate 0 --snaplen 256 --flat --json --pcap "$SCRATCH/live.pcapng"
traffic
stop_nftrace INT
"$TOOLS/klog" <"$OUT" >"$SCRATCH/live.log" || fail "klog"
run_nftrace r --read "$SCRATCH/live.pcapng" --json
jq -r '"\(.fate) \(.headers)"' "$OUT" >"$SCRATCH/truth"
(($(wc -l <"$SCRATCH/truth") > 15)) || fail "not enough packets: $(cat "$SCRATCH/truth")"
"$UNIT/mutation_tool" -s "$SCRATCH/live.log" "${RULES[@]}" >"$SCRATCH/told"
# A text's silence proves nothing: what was lost, stolen or queued is not claimed.
# Of ICMPv6 it tells neither targets nor options.
sed -E 's/^(LOST|STOLEN|QUEUE|UNKNOWN|INCOMPLETE) /? /; s/ (HBH )?ICMP6,.*//' "$SCRATCH/truth" | sort >"$SCRATCH/truth.sure"
sed -E 's/^(UNKNOWN|INCOMPLETE) /? /; s/ (HBH, length|ICMP6,).*//' "$SCRATCH/told" | sort >"$SCRATCH/told.sure"
assert_same "the fates" "$SCRATCH/truth.sure" "$SCRATCH/told.sure"
assert_no_grep '^(LOST|STOLEN|QUEUE) ' "$SCRATCH/told"

subtest "the same log, damaged"
mutate "$SCRATCH/live.log" "${RULES[@]}"

# mutate_recording FILE: every block removed, doubled, cut, swapped, with other bytes in turn
mutate_recording() {
	"$UNIT/mutation_pcap_tool" "-$EACH" "$1" >"$OUT" 2>&1 || { cat "$OUT"; fail "false claims from a recording"; }
	grep '^#' "$OUT"
}

subtest "its recording, damaged"
mutate_recording "$SCRATCH/live.pcapng"
run_nftrace r --read "$SCRATCH/live.pcapng" -q
assert_no_grep 'excerpt|twice' "$ERR"
cp "$OUT" "$SCRATCH/told"
python3 - "$SCRATCH/live.pcapng" "$SCRATCH/twice.pcapng" "$SCRATCH/without.pcapng" \
	"$SCRATCH/two.pcapng" "$SCRATCH/again.pcapng" <<'END'
import struct, sys
data, at, blocks = open(sys.argv[1], "rb").read(), 0, []
while at < len(data):
    kind, size = struct.unpack_from("<II", data, at)
    blocks.append((kind, data[at:at + size]))
    at += size
open(sys.argv[2], "wb").write(b"".join(b * (2 if k == 6 else 1) for k, b in blocks))
first = [k for k, b in blocks].index(6)
open(sys.argv[3], "wb").write(b"".join(b for n, (k, b) in enumerate(blocks) if n != first))
# A packet that nat changed, which are two blocks, and another one.
packets = [b for k, b in blocks if k == 6]
second = [b"nftrace/1 after" in b for b in packets].index(True)
one = b"".join(packets[second - 1:second + 1])
heads = b"".join(b for k, b in blocks if k != 6)
open(sys.argv[4], "wb").write(heads + one + one.replace(b"xxxxx", b"yyyyy"))
open(sys.argv[5], "wb").write(heads + one + one.replace(b"xxxxx", b"yyyyy") + one)
END
run_nftrace r --read "$SCRATCH/twice.pcapng" -q
assert_same "each packet twice" "$SCRATCH/told" "$OUT"
assert_grep 'note: [0-9]+ packets were there twice, and told once$' "$ERR"
for file in two again; do
	run_nftrace r --read "$SCRATCH/$file.pcapng" -q --pcap "$SCRATCH/$file-told.pcapng"
done
assert_grep 'note: 1 packet was there twice, and told once$' "$ERR"
assert_no_grep 'passed over' "$ERR"
assert_same "what nat made of the last one" "$SCRATCH/two-told.pcapng" "$SCRATCH/again-told.pcapng"
run_nftrace r --read "$SCRATCH/without.pcapng" -q
assert_grep "note: by the packets' numbers 1 of the run is not in .*: it is an excerpt$" "$ERR"

[[ -n ${SOAK:-} ]] || exit 0

# With those above and nft's texts (t-nft-monitor.sh) more than 40 logs and recordings, and
# more than 20,000 readings.
EACH=8
# behind RULES TOOL OUTSIDE OWN: what udp() and talk say to and through r, behind these rules
behind() {
	local rules=$1 tool=$2 port chain
	[[ ! -e ${rules%.save}.ipsets ]] || in_ns r ipset restore -exist <"${rules%.save}.ipsets" || return
	in_ns r "$tool-legacy-restore" "$rules" 2>/dev/null || return
	for chain in PREROUTING OUTPUT; do in_ns r "$tool-legacy" -t raw -I "$chain" -j TRACE; done
	in_ns r "$tool-legacy-save" >"$SCRATCH/$tool.save"
	start_nftrace r -t 60 --no-drops --no-witness --rate 0 --snaplen 256 --flat --json --pcap "$SCRATCH/live.pcapng"
	for port in 7 22 53 80 1001; do udp a "$3" "$port"; done
	[[ $tool = ip6tables ]] || talk a tcp "$3" 1011 from 21011 wait 100
	udp a "$4" 3001
	udp r "$3" 4001
	stop_nftrace INT
	"$TOOLS/klog" <"$OUT" >"$SCRATCH/live.log" || fail "klog"
}
taken=0
for rules in "$TESTS"/rulesets/*.save; do
	subtest "behind $(basename "$rules" .save): its log and its recording, damaged"
	case $rules in
	*/ip6-*) behind "$rules" ip6tables fd00:2::2 fd00:1::1 ;;
	*) behind "$rules" iptables 10.2.0.2 10.1.0.1 ;;
	esac || { note "$(basename "$rules") is not taken here" && continue; }
	mutate "$SCRATCH/live.log" "${RULES[@]}"
	mutate_recording "$SCRATCH/live.pcapng"
	((++taken))
done
((taken >= 15)) || fail "only $taken rulesets were taken"
