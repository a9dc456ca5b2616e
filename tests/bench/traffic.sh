# SPDX-License-Identifier: GPL-2.0-or-later
# traffic.sh: what a listener spends on each event, beside the bare loop and other programs.
# shellcheck shell=bash
# BENCH_ROUNDS (3), BENCH_SECONDS (3), BENCH_RATES ("10000 40000" packets/s).

# name ; how it is run ; its arguments ; its limit, times the floor. Only what is installed is run.
readonly LISTENERS=(
	"floor;floor;;"
	"nftrace > file;nftrace;file;1.3"
	"nftrace > pipe;nftrace;pipe;1.3"
	"nftrace > /dev/null;nftrace;null;1.3"
	"nftrace --flat > file;nftrace;file --flat;1.3"
	"nftrace --flat > pipe;nftrace;pipe --flat;1.3"
	"nftrace -q > file;nftrace;file -q;1.3"
	"nftrace --json > file;nftrace;file --json;2.0"
	"nftrace -q --pcap FILE;nftrace;null -q --pcap $SCRATCH/bench.pcapng;1.3"
	"tcpdump -i nflog:0 -w FILE;other;tcpdump -i nflog:0 -w $SCRATCH/bench.pcap;"
	"tcpdump -i nflog:0 -n;other;tcpdump -n -i nflog:0;"
	"ulogd2;other;ulogd -c $SCRATCH/ulogd.conf;"
	"nft monitor trace;monitor;nft monitor trace;"
	"xtables-monitor --trace;monitor;xtables-monitor --trace -4;"
)

ulogd_conf() {
	cat >"$SCRATCH/ulogd.conf" <<-END
		[global]
		logfile="$SCRATCH/ulogd.log"
		stack=log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,print1:PRINTPKT,emu1:LOGEMU
		[log1]
		group=0
		[emu1]
		file="$SCRATCH/ulogd.out"
		sync=0
	END
}

# measure LOAD...: of the LISTENER that is ready: CPU_NS, KIB; 1: it has ended
measure() {
	local before
	before=$(cpu_ns "$LISTENER")
	flood "$@" >/dev/null
	wait_idle "$LISTENER"
	[[ -r /proc/$LISTENER/status ]] || return
	CPU_NS=$(($(cpu_ns "$LISTENER") - before))
	KIB=$(peak_kib "$LISTENER")
}

# Drops of a process's sockets of netfilter netlink (column 9 of /proc/net/netlink)
drops_of() { in_ns r awk -v pid="$1" '$2 == 12 && $3 == pid { n += $9 } END { print n + 0 }' /proc/net/netlink; }
has_group() { in_ns r awk '$1 == 0 { found = 1 } END { exit !found }' /proc/net/netfilter/nfnetlink_log; }

run_floor() {
	start_floor
	measure "$packets" "$rate"
	stop_floor
}
run_nftrace() {
	start_nftrace_to "$@"
	measure "$packets" "$rate"
	stop_nftrace_to
}
# Others that listen to group 0
run_other() {
	trace_by_hand
	background r other taskset -c $LISTEN_CPU "$@"
	LISTENER=$BG_PID
	wait_for 5 has_group || return
	measure "$packets" "$rate"
	LOST=$(drops_of "$LISTENER")
	EVENTS_SEEN=$((packets * EVENTS - LOST))
	kill -TERM "$LISTENER"
	wait_for 60 is_gone "$LISTENER" || :
	trace_no_more
}
# Listeners to nft's own trace events; they end at the first loss, so they get a hundredth.
run_monitor() {
	in_ns r nft -f - <<-'END'
		table ip bench {
			chain pre {
				type filter hook prerouting priority -301
				iif eth0 meta nftrace set 1
				counter; counter; counter; counter; counter; counter; counter; counter
			}
		}
	END
	background r other taskset -c $LISTEN_CPU "$@"
	LISTENER=$BG_PID
	wait_idle "$LISTENER"
	measure $((packets / 100)) $((rate / 100)) && EVENTS_SEEN=$((packets / 100 * EVENTS)) LOST=-
	kill -TERM "$LISTENER" 2>/dev/null
	wait_for 60 is_gone "$LISTENER" || :
	in_ns r nft delete table ip bench
}

print_traffic() { # TABLE of: name us/event lost KiB
	local row name how args limit us floor
	printf '%-30s %9s %6s %-11s %9s %9s\n' listener us/event ratio limit lost "peak KiB"
	for row in "${LISTENERS[@]}"; do
		IFS=';' read -r name how args limit <<<"$row"
		awk -F'\t' -v name="$name" '$1 == name { print $2 > us; print $3 > lost; print $4 > kib }' \
			us="$SCRATCH/us" lost="$SCRATCH/lost" kib="$SCRATCH/kib" "$1"
		[[ -s $SCRATCH/us ]] || continue
		us=$(median "$SCRATCH/us") floor=${floor:-$us}
		printf '%-30s %9.3f %6s %-11s %9s %9s\n' "$name" "$us" "$(ratio "$us" "$floor")" \
			"${limit:+$(at_most "$limit" "$(ratio "$us" "$floor")")}" \
			"$(awk '{ n = $1 == "-" ? "-" : n + $1 } END { print n }' "$SCRATCH/lost")" \
			"$(sort -n "$SCRATCH/kib" | tail -n 1)"
		rm "$SCRATCH/us"
	done
}

one_round() {
	local row name how args
	for row in "${LISTENERS[@]}"; do
		IFS=';' read -r name how args _ <<<"$row"
		[[ -z ${BENCH_ONLY-} || $name =~ ^floor$|$BENCH_ONLY ]] || continue
		read -ra args <<<"$args"
		[[ $how = nftrace || $how = floor ]] || command -v "${args[0]}" >/dev/null || continue
		EVENTS_SEEN=0
		"run_$how" "${args[@]}"
		((EVENTS_SEEN)) || continue
		printf '%s\t%s\t%s\t%s\n' "$name" \
			"$(awk "BEGIN { print $CPU_NS / 1000 / $EVENTS_SEEN }")" "$LOST" "$KIB"
	done
}

bench_traffic() {
	local rate packets i
	ulogd_conf
	for rate in ${BENCH_RATES:-10000 40000}; do
		packets=$((rate * ${BENCH_SECONDS:-3}))
		heading "CPU of the listener at $rate packets/s of $EVENTS events, medians of ${BENCH_ROUNDS:-3}"
		for ((i = 0; i < ${BENCH_ROUNDS:-3}; i++)); do one_round; done >"$SCRATCH/table"
		print_traffic "$SCRATCH/table"
	done
}
