# SPDX-License-Identifier: GPL-2.0-or-later
# link.sh: what was told of packets that meet rules outside IP's hooks; for t-link and t-link-bridge.
# shellcheck shell=bash
# To be sourced after lib.sh.

# told FILE: "PORTxTIMES" of the packets in it
told() { ports_of '^#' "$1"; }
# ports_of BEGINNING FILE: the same of lines that begin so
ports_of() {
	awk -v begin="$1" '
		$0 ~ begin && match($0, / > [^ ]+\.[0-9]+: /) {
			port = substr($0, RSTART, RLENGTH - 2)
			sub(/.*\./, "", port)
			if (!times[port]++) {
				for (i = ++ports; i > 1 && order[i - 1] > port + 0; i--) order[i] = order[i - 1]
				order[i] = port + 0
			}
		}
		END { for (i = 1; i <= ports; i++) printf "%s%sx%d", (i > 1 ? " " : ""), order[i], times[order[i]]; print "" }' "$2"
}

# round_trip: the recording of a run with --pcap tells what the run told; JSON in "again"
round_trip() {
	spawn "$NFTRACE" --read "$SCRATCH/link.pcapng" >"$SCRATCH/again" 2>/dev/null
	assert_same "the recording" "$OUT" "$SCRATCH/again"
	spawn "$NFTRACE" --read "$SCRATCH/link.pcapng" --json >"$SCRATCH/again" 2>/dev/null
	assert_schema Packet "$SCRATCH/again"
}
