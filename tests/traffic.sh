# SPDX-License-Identifier: GPL-2.0-or-later
# traffic.sh: for scripts that change rules meanwhile: six packets a round, each to a port of its own.
# shellcheck shell=bash
# PAUSE: seconds between two rounds, at a rate that is the sender's own.

TRAFFIC=
# One sender, whose pid this is.
traffic() {
	: >"$SCRATCH/round"
	background lo rounds "$TOOLS/rounds" 10.9.0.1 2000 2005 "$PAUSE" "$SCRATCH/round"
	TRAFFIC=$BG_PID TRAFFIC_BEGUN=${EPOCHREALTIME/./}
}
stop_traffic() {
	local ms=$(((${EPOCHREALTIME/./} - TRAFFIC_BEGUN) / 1000 + 1))
	kill $TRAFFIC
	assert_within 5 "the sender ends" is_gone $TRAFFIC
	TRAFFIC=
	! round || note "$_name: $((6 * ROUND)) packets in $ms ms: $((6000 * ROUND / ms)) a second"
}

round() { read -r ROUND <"$SCRATCH/round" && [[ -n $ROUND ]]; }
passed_by() { round && ((ROUND >= $1)); }
# some_rounds N: so many more have been sent
some_rounds() {
	assert_within 20 "packets are sent" round
	assert_within 20 "packets pass" passed_by $((ROUND + $1))
}

# Of lines that begin with a packet's headers and a tab: its port in place of them. (jq takes ten
# times as long for this.)
with_ports() {
	awk -F '\t' -v OFS='\t' '{
		port = match($1, /> [0-9.]+\.[0-9]+:/) ? substr($1, RSTART, RLENGTH - 1) : "none"
		sub(/.*\./, "", port); $1 = port; print }'
}
