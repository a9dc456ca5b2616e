# SPDX-License-Identifier: GPL-2.0-or-later
# bench.sh: what the parts of the benchmark share; sourced by run.
# shellcheck shell=bash

FLOOR=$BUILD/tests/bench/floor
METER=$BUILD/tests/bench/meter
LOCK=$XTABLES_LOCKFILE

# The traffic and its softirqs on the first CPU, who listens on the last.
SEND_CPU=0
LISTEN_CPU=$(($(nproc) - 1))

heading() { printf '\n%s\n%s\n' "$*" "$(sed 's/./-/g' <<<"$*")"; }
median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'; }

# at_most LIMIT VALUE, at_least LIMIT VALUE: the limit, and whether it is kept
at_most() { judge "<=" "$1" "$2" "$2 <= $1"; }
at_least() { judge ">=" "$1" "$2" "$2 >= $1"; }
judge() {
	if [[ -n $3 ]] && awk "BEGIN { exit !($4) }"; then
		echo "$1 $2 PASS"
	else
		echo "$1 $2 FAIL"
	fi | tee -a "$SCRATCH/judged"
}

# How many limits are kept; 1: not all, or there was none
judged() {
	local all kept
	all=$(wc -l <"$SCRATCH/judged") kept=$(grep -c PASS "$SCRATCH/judged")
	printf '\n%s\n' "$kept of $all limits are kept"
	((all > 0 && kept == all))
}

# What a process has used, and its largest size
cpu_ns() { cut -d' ' -f1 "/proc/$1/schedstat" 2>/dev/null; }
peak_kib() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }

# wait_idle PID: until it uses no more CPU than looking whether there is something
IDLE_NS=1000000	# in 0.15 s
wait_idle() {
	local before=-$IDLE_NS now
	now=$(cpu_ns "$1") || return
	while ((now - before >= IDLE_NS)); do
		before=$now
		sleep 0.15 # longer than any listener's own pauses
		now=$(cpu_ns "$1") || return
	done
}

# flood COUNT [RATE [SECONDS]]: from a through r to b, 100 bytes each; how many were sent
# flood_flows FIRST FLOWS STEP COUNT RATE: the same to so many addresses in turn
flood_flows() { in_ns a taskset -c $SEND_CPU "$TOOLS/flood" "$1" 9 "$4" 100 "$5" 0 "$2" "$3"; }
flood() { in_ns a taskset -c $SEND_CPU "$TOOLS/flood" 10.2.0.2 9 "$1" 100 "${2:-0}" "${3:-0}"; }

# Ten events a packet: 1 in raw, 4 + 1 + 1 in mangle, 3 in filter.
bench_node() {
	lab_router
	settle a eth0 r eth0 r eth1 b eth0
	in_ns r iptables-legacy-restore <<-'END'
		*raw
		:PREROUTING ACCEPT
		:OUTPUT ACCEPT
		COMMIT
		*mangle
		:PREROUTING ACCEPT
		:FORWARD ACCEPT
		:POSTROUTING ACCEPT
		-A PREROUTING -m comment --comment "one of a policy's rules"
		-A PREROUTING -m comment --comment "another of a policy's rules"
		-A PREROUTING -m comment --comment "a third of a policy's rules"
		COMMIT
		*filter
		:INPUT ACCEPT
		:FORWARD ACCEPT
		:OUTPUT ACCEPT
		:policy -
		-A FORWARD -i eth0 -j policy
		-A policy -p udp -m comment --comment "cali:0123456789abcdef"
		-A policy -p udp -m udp --dport 9 -m comment --comment "cali:fedcba9876543210" -j ACCEPT
		COMMIT
	END
}
readonly EVENTS=10

# For listeners that insert no rule themselves
trace_by_hand() {
	in_ns r iptables-legacy -t raw -I PREROUTING -i eth0 -j TRACE
	in_ns r sysctl -qw net.netfilter.nf_log.2=nfnetlink_log
}
trace_no_more() {
	in_ns r iptables-legacy -t raw -D PREROUTING -i eth0 -j TRACE
	in_ns r sysctl -qw net.netfilter.nf_log.2=nf_log_ipv4
}

# ---- listeners: start_X sets LISTENER (whose CPU counts); stop_X sets EVENTS_SEEN, LOST

start_floor() {
	trace_by_hand
	background r floor taskset -c $LISTEN_CPU "$FLOOR"
	LISTENER=$BG_PID
	wait_for 5 grep -q armed "$SCRATCH/floor.err"
}
stop_floor() {
	kill -INT "$LISTENER"
	wait_for 60 is_gone "$LISTENER" || :
	trace_no_more
	read -r EVENTS_SEEN LOST < <(
		sed -n 's/^floor: \([0-9]*\) events, \([0-9]*\) lost/\1 \2/p' "$SCRATCH/floor.err")
}

# start_nftrace_to DESTINATION ARGS...: file, null or pipe
start_nftrace_to() {
	local to=$1
	shift
	case $to in
	file) exec 3>"$SCRATCH/results" ;;
	null) exec 3>/dev/null ;;
	pipe) exec 3> >(exec taskset -c $SEND_CPU cat >/dev/null) ;;
	esac
	: >"$ERR"
	nsenter --net="$(ns_path r)" -- taskset -c $LISTEN_CPU env --default-signal \
		"$NFTRACE" --rate 0 -t 600 -i eth0 "$@" >&3 2>"$ERR" 3>&- </dev/null &
	NFTRACE_PID=$!
	exec 3>&-
	later $NFTRACE_PID
	wait_armed || exit 1
	LISTENER=$(child_named nftrace-reader)
}
stop_nftrace_to() {
	kill -INT "$NFTRACE_PID"
	wait "$NFTRACE_PID"
	read -r EVENTS_SEEN LOST < <(
		sed -n 's/^nftrace: \([0-9]*\) events*, \([0-9]*\) lost.*/\1 \2/p' "$ERR")
	# They are said when something was lost; else each packet has had all of its own.
	[[ -n $EVENTS_SEEN ]] || {
		EVENTS_SEEN=$(($(sed -n 's/^nftrace: \([0-9]*\) packets* traced.*/\1/p' "$ERR") * EVENTS))
		LOST=0
	}
}
