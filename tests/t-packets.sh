#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-packets: the line that describes a packet, beside tcpdump's for the same bytes.
#
# packets.txt has a packet a line: NAME MARK HEX. Those marked = are printed as tcpdump prints
# them; the others differ on purpose. UPDATE=1 tests/run packets writes expected/packets.txt anew.
. "$(dirname "$0")/lib.sh"

packets=$TESTS/packets.txt
tool=$UNIT/packet_tool

subtest "as expected"
"$tool" print <"$packets" >"$SCRATCH/ours" || fail "packet_tool"
assert_expected "the lines" "$TESTS/expected/packets.txt" "$SCRATCH/ours"

subtest "as tcpdump, where forms are meant to agree"
"$tool" pcap <"$packets" >"$SCRATCH/pcap"
if ! command -v tcpdump >/dev/null; then
	skip "no tcpdump"
elif tcpdump -Z root -n -c 1 -r "$SCRATCH/pcap" 2>&1 >/dev/null | grep -q "initgroups\|change to\|setgid"; then
	skip "tcpdump cannot give up its privileges where there is one user only"
else
	# Hex dumps of what it does not know are indented; IP, IP6 and double blanks go.
	tcpdump -Z root -n -S -t -r "$SCRATCH/pcap" 2>/dev/null | grep -v $'^\t' |
		sed -E 's/^IP6? //; s/  +/ /g; s/ $//' >"$SCRATCH/tcpdump"
	assert_equal "lines of tcpdump" "$(wc -l <"$SCRATCH/ours")" "$(wc -l <"$SCRATCH/tcpdump")"
	# DNS is said behind UDP and its length, which tcpdump gives in parentheses.
	sed -E 's/: UDP, length ([0-9]+), DNS (.*)$/: \2 (\1)/' "$SCRATCH/ours" |
		paste -d '\n' <(grep -v '^#' "$packets" | cut -d ' ' -f 2) - "$SCRATCH/tcpdump" |
		awk 'NR % 3 == 1 { mark = $0 } NR % 3 == 2 { name = $1; line = substr($0, length($1) + 2) }
			NR % 3 == 0 && mark == "=" { print name, line > ours; print name, $0 > theirs; n++ }
			END { print n + 0 }' ours="$SCRATCH/agreed" theirs="$SCRATCH/theirs" >"$SCRATCH/count"
	# tcpdump 4.99.6 shortens it.
	sed -i 's/\[|hbh\]$/[|hbhopt]/' "$SCRATCH/theirs"
	assert_same "the agreed lines" "$SCRATCH/theirs" "$SCRATCH/agreed"
	note "$(cat "$SCRATCH/count") packets compared"
	(($(cat "$SCRATCH/count") >= 50)) || fail "only $(cat "$SCRATCH/count") packets were compared"
fi

subtest "cut anywhere, and with bytes changed"
"$tool" torture <"$packets" >"$SCRATCH/torture" || fail "$(tail -n 1 "$SCRATCH/torture"), status $?"
assert_equal "packets" "$(grep -vc '^#' "$packets") packets" "$(cat "$SCRATCH/torture")"
