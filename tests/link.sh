# SPDX-License-Identifier: GPL-2.0-or-later
# link.sh: what was told of packets that meet rules outside IP's hooks; for t-link and t-link-bridge.
# shellcheck shell=bash
# To be sourced after lib.sh.

# told FILE: "PORTxTIMES" of the packets in it
told() { sed -nE 's/^#.* > \S+\.([0-9]+): .*/\1/p' "$1" | sort -n | uniq -c | awk '{ print $2 "x" $1 }' | paste -sd ' '; }

# round_trip: the recording of a run with --pcap tells what the run told; JSON in "again"
round_trip() {
	"$NFTRACE" --read "$SCRATCH/link.pcapng" >"$SCRATCH/again" 2>/dev/null
	assert_same "the recording" "$OUT" "$SCRATCH/again"
	"$NFTRACE" --read "$SCRATCH/link.pcapng" --json >"$SCRATCH/again" 2>/dev/null
	assert_schema Packet "$SCRATCH/again"
}
