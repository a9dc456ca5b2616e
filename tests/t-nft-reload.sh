#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-nft-reload: base chains come and go while packets pass them, as firewalld reloads: none is lost or told twice.
# TIMEOUT: 300
#
# SOAK=1 PART=2/2 tests/run nft-reload: 60 reloads, beside legacy tables alone.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

RELOADS=${RELOADS:-${SOAK:+60}}
RELOADS=${RELOADS:-6}

lab_router
settle a eth0 r eth0 r eth1 b eth0
server b echo udp 10.2.0.2 7
server r local udp 10.1.0.1 7
talk a udp 10.2.0.2 7 || fail "the networks do not work"

cat >"$SCRATCH/main" <<'EOT'
table inet fw
delete table inet fw
table inet fw {
	chain a { }
	chain prerouting { type filter hook prerouting priority mangle + 10; policy accept; jump a; }
	chain input { type filter hook input priority filter + 10; policy accept; udp dport 7 accept; }
	chain forward { type filter hook forward priority filter + 10; policy accept; jump a; }
}
EOT
cat >"$SCRATCH/meanwhile" <<'EOT'
table inet meanwhile {
	chain b { udp dport 7 accept; }
	chain input { type filter hook input priority filter + 9; policy drop; jump b; }
	chain forward { type filter hook forward priority filter + 9; policy drop; udp dport 7 accept; udp sport 7 accept; }
	chain postrouting { type filter hook postrouting priority filter; policy accept; }
}
EOT
nft() { in_ns r nft "$@"; }

flow() { # DESTINATION: until it is ended; an answer that is missing ends it
	background a "flow${#_flows[@]}" bash -c 'while "$@"; do :; done' - "$TOOLS/talk" udp "$1" 7 count 100 pause 2
	_flows+=("$BG_PID")
}
# certain: of packets that were told since the last time how many more, in _forwarded and _delivered, are
# certain; what was read once is not read again: there are many
certain() {
	local all forwarded
	into all grep -Eo '^=> [FD]' <&$_told_fd
	all=${all//[^FD]/} forwarded=${all//[^F]/}
	((_forwarded += ${#forwarded}, _delivered += ${#all} - ${#forwarded}))
}
from_here() { certain; _forwarded=0 _delivered=0; }
# has_come N: so many of both since then
has_come() { certain; ((_forwarded >= $1 && _delivered >= $1)); }

# passes WHAT NFT-ARGS...: nft does that to the rules, and with SOAK lists them: in _listing how long that
# took it. Soon packets are told with certainty again: the new rules are known.
passes() {
	local begun
	nft "${@:2}" || fail "nft ${*:2}"
	if [[ -n ${SOAK-} ]]; then
		begun=${EPOCHREALTIME/./}
		nft -a list ruleset >/dev/null
		((_listing += ${EPOCHREALTIME/./} - begun))
	fi
	from_here
	assert_within 10 "packets $1" has_come 20
}

# reloads: how many meet a change hangs on the machine: with SOAK, where it is idle, half as many
# packets may be UNKNOWN as pass while nft itself reads the rules that often, and less than one in
# 20. Each says why.
reloads() {
	local i counted told unknown others begun pid _told_fd _forwarded=0 _delivered=0 _listing=0 _flows=()
	nft -f "$SCRATCH/main" || fail "nft -f"
	start_nftrace r -v -t $((100 + 20 * RELOADS)) --rate 0 --buffer 512 -i eth0 -p udp
	exec {_told_fd}<"$OUT"
	begun=${EPOCHREALTIME/./}
	flow 10.2.0.2
	flow 10.1.0.1
	assert_within 10 "packets before" has_come 20
	for ((i = 0; i < RELOADS; i++)); do
		passes "with both, $i" -f "$SCRATCH/meanwhile"
		passes "without the rules, $i" delete table inet fw
		passes "with both again, $i" -f "$SCRATCH/main"
		passes "at reload $i" delete table inet meanwhile
	done
	for pid in "${_flows[@]}"; do
		! is_gone "$pid" || fail "an answer was missing"
		kill "$pid"
	done
	begun=$((${EPOCHREALTIME/./} - begun))
	exec {_told_fd}<&-
	! is_gone "$NFTRACE_PID" || fail "the run has ended before the last reload"
	stop_nftrace INT
	assert_no_grep '^=> (LOST|INCOMPLETE|DROP|QUEUE|STOLEN)' "$OUT"
	into counted sed -nE 's/.*the TRACE rules counted ([0-9]+) packets?.*/\1/p' "$ERR"
	into told grep -c '^=> ' "$OUT"
	assert_equal "packets told" "$counted" "$told"
	# Who did that is said once when it begins, and once at the end.
	assert_equal "lines at the first change" 1 \
		"$(grep -cE '^nftrace: note: the nft rules were changed by nft \(pid [0-9]+\)' "$ERR")"
	assert_grep "^nftrace: the nft rules were changed $((4 * RELOADS)) times during the trace, by nft \\(the last: pid [0-9]+\\)\$" "$ERR"
	grep '^=> UNKNOWN' "$OUT" >"$SCRATCH/unknown"
	into unknown grep -c '' "$SCRATCH/unknown"
	note "$counted packets in $((begun / 1000)) ms, $((_listing / 1000)) of them for lists: $unknown UNKNOWN"
	into others grep -vE '(tables or base chains came or went while it passed|does not say that it dropped it: it may have been taken)$' "$SCRATCH/unknown"
	assert_equal "UNKNOWN, and no change is why" "" "$others"
	[[ -z ${SOAK-} ]] || ((2 * unknown * begun < counted * _listing && unknown * 20 < counted)) ||
		fail "SOAK: $unknown of $counted UNKNOWN"
}

if in_part; then
	subtest "reloads while packets are forwarded and come in"
	reloads
fi

# The trace begins in raw, whose events have no id of nft.
if in_part; then
	subtest "the same beside legacy tables"
	for table in mangle filter nat; do
		in_ns r iptables-legacy -t $table -A OUTPUT -p 254 || fail "iptables-legacy"
	done
	reloads
	assert_grep 'both active' "$ERR"
fi
