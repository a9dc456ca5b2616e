#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-reloads: firewalld, ufw, iptables-restore and nft -f load their rules anew beside pings: each answered one has arrived.
# TIMEOUT: 600
#
# firewalld and ufw run from packages that were only unpacked (tests/unpack): to install them
# would start a firewall. With SOAK there are four parts: PART=3/4 is iptables-restore alone.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

RELOADS=${RELOADS:-${SOAK:+40}}
RELOADS=${RELOADS:-1}
PACE=0.01	# seconds between two pings
[[ -z ${SOAK-} ]] || PACE=0.03
PACKAGE=$BUILD/unpacked

lab_router
settle a eth0 r eth0 r eth1 b eth0

# What is written into a file while it goes on: follow FILE, and read_on N TEXT: in seen, how many lines
# with TEXT are new in the N-th that is followed. To ask again and again starts nothing.
followed=() parts=()
follow() {
	local fd
	exec {fd}<"$1"
	followed+=($fd) parts+=('')
}
follow_none() {
	local fd
	for fd in "${followed[@]}"; do exec {fd}<&-; done
	followed=() parts=()
}
read_on() {
	local line
	seen=0
	while IFS= read -ru "${followed[$1]}" line; do
		[[ ${parts[$1]}$line != *"$2"* ]] || ((++seen))
		parts[$1]=
	done
	parts[$1]+=$line
}

# Two pings that never rest: through the router, and to it. They have 65,536 numbers, which with SOAK
# last for half an hour.
start_pings() {
	_pings=()
	local to
	for to in 10.2.0.2 10.1.0.1; do
		background a "ping-$to" ping -n -i $PACE -W 1 $to
		_pings+=("$BG_PID")
		follow "$SCRATCH/ping-$to"
	done
	answers=0 requests=0
}
# more_answers N: since the last time
more_answers() {
	local n
	for n in 1 2; do
		read_on $n 'bytes from'
		((answers += seen))
	done
	((answers >= $1)) && answers=0
}
stop_pings() {
	local pid
	kill -INT "${_pings[@]}"
	for pid in "${_pings[@]}"; do assert_within 5 "ping ends" is_gone "$pid"; done
}

begin() {
	start_nftrace r -v -t $((100 + 30 * RELOADS)) --rate 0 --buffer 512 --json -p icmp
	follow_none
	follow "$OUT"
	start_pings
	assert_within 10 "pings are answered" more_answers 20
}

# What ping saw against what was told, packet by packet: FATE, REASON and HEADERS, a line each, with tabs
# between. Each request has an answer or not.
judge_awk='
BEGIN { FS = "\t" }
FILENAME ~ /ping/ {
	if (match($0, /icmp_seq=[0-9]+/)) {
		to = FILENAME; sub(/.*ping-/, "", to)
		if (/bytes from/) answered[to, substr($0, RSTART + 9, RLENGTH - 9)] = 1
	}
	next
}
$1 == "UNKNOWN" { why[$2]++ }
match($3, /> [0-9.]+: ICMP echo (request|reply), id [0-9]+, seq [0-9]+/) {
	n++
	fate[$1]++
	split(substr($3, RSTART, RLENGTH), w, /[ :,]+/)
	if (w[5] == "reply") { back[w[9], w[7]] = $1; next }
	if ((w[2], w[9]) in asked) { print "told twice: " $0; next }
	asked[w[2], w[9]] = $1; id[w[2], w[9]] = w[7]
}
END {
	for (k in why) print why[k], k >reasons
	for (k in answered) {
		if (!(k in asked)) { split(k, w, SUBSEP); print "not told: " w[1] " " w[2]; continue }
		split(k, w, SUBSEP)
		right = w[1] == "10.2.0.2" ? "FORWARDED" : "DELIVERED"
		if (asked[k] != right && asked[k] != "UNKNOWN")
			print "answered, and told as " asked[k] ": to " w[1] ", seq " w[2]
	}
	for (k in asked) {
		split(k, w, SUBSEP)
		if (k in answered) continue
		reply = back[w[2], id[k]]
		if (asked[k] !~ /^(DROP|REJECT|UNKNOWN)$/ && reply !~ /^(DROP|REJECT|UNKNOWN)$/)
			print "not answered, and told as " asked[k] ", its answer as " (reply ? reply : "none") ": to " w[1] ", seq " w[2]
	}
	for (f in fate) s = s " " fate[f] " " f
	print n " packets:" s >sum
}'

# What an UNKNOWN packet's reason may be: a change, or that nothing tells whether somebody took it
CHANGE='(tables or base chains came or went while it passed|does not say that it dropped it: it may have been taken)$'
end() {
	local counted unknown others all
	stop_pings
	stop_nftrace INT
	jq -r '[.fate, .reason // "none", .headers] | @tsv' "$OUT" >"$SCRATCH/told" || fail "jq"
	: >"$SCRATCH/reasons"
	awk -v sum="$SCRATCH/sum" -v reasons="$SCRATCH/reasons" "$judge_awk" "$SCRATCH"/ping-10.1.0.1 \
		"$SCRATCH"/ping-10.2.0.2 "$SCRATCH/told" >"$SCRATCH/wrong" || fail "awk"
	[[ ! -s $SCRATCH/wrong ]] || {
		fail "$(wc -l <"$SCRATCH/wrong") wrong, as: $(head -n 1 "$SCRATCH/wrong")"
		show "all that is wrong" "$SCRATCH/wrong" 20
		show "nftrace" "$ERR"
	}
	into counted sed -nE 's/.* 0 lost; the TRACE rules counted ([0-9]+) packets?.*/\1/p' "$ERR"
	mapfile -t all <"$OUT"
	assert_equal "packets told" "$counted" "${#all[@]}"
	assert_no_grep '"fate":"(LOST|STOLEN|INCOMPLETE|QUEUE)"' "$OUT"
	into unknown grep -c '"fate":"UNKNOWN"' "$OUT"
	# How many meet a change hangs on the machine: with SOAK, where it is idle, one in 50. Each says why.
	[[ -z ${SOAK-} ]] || ((unknown * 50 <= counted)) || fail "SOAK: $unknown of $counted UNKNOWN"
	show "why they are UNKNOWN" "$SCRATCH/reasons"
	into others grep -vE "$CHANGE" "$SCRATCH/reasons"
	assert_equal "UNKNOWN, and no change is why" "" "$others"
	note "$_name: $(<"$SCRATCH/sum")"
}

# ---- firewalld

LIBRARY=$PACKAGE/usr/lib/python3/dist-packages
# By its own name, not the interpreter's.
unpacked() { in_ns r env PYTHONPATH="$LIBRARY" "$PACKAGE/usr/$1" "${@:2}"; }
firewall_cmd() { unpacked bin/firewall-cmd "$@" >"$SCRATCH/firewall-cmd" 2>&1 || fail "firewall-cmd $*: $(<"$SCRATCH/firewall-cmd")"; }
# To ask it takes longer than to look whether it has made its table.
has_table() { in_ns r nft list table inet firewalld; }
is_running() {
	local state
	into state unpacked bin/firewall-cmd --state 2>/dev/null
	[[ $state = running ]]
}

start_firewalld() {
	cat >"$SCRATCH/bus.conf" <<-EOT
	<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
	 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
	<busconfig><type>system</type><listen>unix:path=$SCRATCH/bus</listen>
	<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/>
	<allow own="*"/><allow user="*"/></policy></busconfig>
	EOT
	export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$SCRATCH/bus
	background r dbus dbus-daemon --config-file="$SCRATCH/bus.conf" --nofork --nopidfile --nosyslog
	assert_within 10 "the bus is there" test -S "$SCRATCH/bus"
	cp -r "$PACKAGE/etc/firewalld" "$SCRATCH/firewalld-etc"
	background r firewalld env PYTHONPATH="$LIBRARY" "$PACKAGE/usr/sbin/firewalld" --nofork --nopid \
		--default-config="$PACKAGE/usr/lib/firewalld" \
		--system-config="$SCRATCH/firewalld-etc" --log-file="$SCRATCH/firewalld.log"
	BG_FIREWALLD=$BG_PID
	assert_within 30 "firewalld makes its table" has_table || exit 1
	assert_within 30 "firewalld runs" is_running || exit 1
}

# reloads COMMAND...: beside pings
reloads() {
	local i
	begin
	for ((i = 0; i < RELOADS; i++)); do
		"$@"
		assert_within 10 "pings are answered after reload $i" more_answers 20
	done
	end
}

if ! in_part; then
	:
elif [[ -x $PACKAGE/usr/sbin/firewalld ]]; then
	subtest "firewall-cmd --reload, of two pings one is rejected"
	start_firewalld
	reloads firewall_cmd --reload
	assert_grep "the nft rules were changed [0-9]+ times during the trace, by firewalld \\(pid" "$ERR"
	assert_grep '"fate":"REJECT"' "$OUT"
	if [[ -n ${SOAK-} ]]; then
		subtest "firewall-cmd --reload, both are let through"
		firewall_cmd --permanent --zone=trusted --add-interface=eth0
		firewall_cmd --permanent --zone=trusted --add-interface=eth1
		firewall_cmd --reload
		reloads firewall_cmd --reload
	fi
	kill -TERM "$BG_FIREWALLD"
	assert_within 10 "firewalld ends" is_gone "$BG_FIREWALLD"
else
	subtest "firewalld"
	skip "it is not unpacked in $PACKAGE: make deps"
fi

# ---- ufw, with iptables-nft

ufw() { unpacked sbin/ufw --rootdir="$SCRATCH/ufw" --datadir="$SCRATCH/ufw" "$@" >"$SCRATCH/ufw.out" 2>&1 || fail "ufw $*: $(<"$SCRATCH/ufw.out")"; }

if ! in_part; then
	:
elif [[ ! -x $PACKAGE/usr/sbin/ufw ]]; then
	subtest "ufw"
	skip "it is not unpacked in $PACKAGE: make deps"
elif [[ $(iptables -V) != *nf_tables* ]]; then
	subtest "ufw"
	skip "iptables is not that of nft here"
else
	subtest "ufw reload"
	in_ns r nft flush ruleset
	mkdir "$SCRATCH/ufw"
	cp -r "$PACKAGE"/{etc,usr} "$SCRATCH/ufw/"
	# Of one package it lies in /lib, of a later one in /usr/lib; it is asked for in /lib.
	cp -r "$PACKAGE/lib" "$SCRATCH/ufw/" 2>/dev/null || ln -s usr/lib "$SCRATCH/ufw/lib"
	find "$PACKAGE/usr/share/ufw" \( -name '*.rules' -o -name '*.init' -o -name ufw.conf \) -exec cp {} "$SCRATCH/ufw/etc/ufw" \;
	chmod 640 "$SCRATCH"/ufw/etc/ufw/*.rules
	# Settings of the kernel are none of its business here.
	sed -i 's/^IPT_SYSCTL=.*/IPT_SYSCTL=/' "$SCRATCH/ufw/etc/default/ufw"
	ufw --force enable
	reloads ufw reload
	assert_grep "the nft rules were changed [0-9]+ times during the trace" "$ERR"
fi

# ---- loops: rules that let pings through, and rules that do not, in turn

# some_more: requests that were told since the last time
some_more() {
	read_on 0 'echo request'
	((requests += seen))
	((requests >= 8)) && requests=0
}

flips() { # COMMAND...: by turns with the file "open" and "shut"
	local i
	begin
	for ((i = 0; i < 10 * RELOADS; i++)); do
		in_ns r "$@" <"$SCRATCH/shut" || fail "$*"
		assert_within 10 "packets while shut, $i" some_more
		in_ns r "$@" <"$SCRATCH/open" || fail "$*"
		assert_within 10 "packets while open, $i" some_more
	done
	assert_within 10 "pings are answered" more_answers 5
	end
	assert_grep '"fate":"DROP"' "$OUT"
	assert_grep "the nft rules were changed $((20 * RELOADS)) times during the trace, by ${1:0:15} \\(the last: pid" "$ERR"
}

if in_part; then
	subtest "iptables-nft-restore by turns"
	in_ns r nft flush ruleset
	for how in open:ACCEPT shut:DROP; do
		cat >"$SCRATCH/${how%:*}" <<-EOT
		*filter
		:c - [0:0]
		-A FORWARD -p icmp -j c
		-A INPUT -p icmp -j c
		-A c -m comment --comment ${how%:*} -j ${how#*:}
		COMMIT
		EOT
	done
	in_ns r iptables-nft-restore <"$SCRATCH/open" || fail "iptables-nft-restore"
	flips iptables-nft-restore
fi

if in_part; then
	subtest "nft -f by turns, the whole ruleset"
	in_ns r nft flush ruleset
	for how in open:accept shut:drop; do
		cat >"$SCRATCH/${how%:*}" <<-EOT
		flush ruleset
		table inet ${how%:*} {
			chain c { icmp type echo-request ${how#*:}; }
			chain forward { type filter hook forward priority 0; policy accept; jump c; }
			chain input { type filter hook input priority 10; policy accept; jump c; }
			chain post { type nat hook postrouting priority 100; policy accept; oifname nosuch masquerade; }
		}
		EOT
	done
	in_ns r nft -f "$SCRATCH/open" || fail "nft -f"
	flips nft -f -
fi
