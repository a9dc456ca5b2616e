#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-drop-records: the kernel's word on each traced packet that it drops, and on no other; who has it.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

# A watcher in the router's namespace; beside it an nftrace, of which it knows nothing.
RECORDS=$SCRATCH/records
watch() {
	background r records "$UNIT/drop_tool" "$@"
	WATCHER=$BG_PID
	assert_within 20 "the watcher starts" has_line '^(ready|none)' "$RECORDS"
}
end_watch() {
	kill -TERM "$WATCHER"
	assert_within 10 "the watcher ends" is_gone "$WATCHER"
}

# records of packets that were sent to a port
records_of() { # PORT
	grep -E " bytes=[0-9]+ (4.{43}|6.{83})$(printf %04x "$1")" "$RECORDS"
}
has_record() { records_of "$1" >/dev/null; }
record_of() { records_of "$1" | sed -E 's/^([^ ]+) ([^+ ]+)\+.*/\1 \2/'; } # PORT: REASON FUNCTION
value() { records_of "$1" | sed -nE "s/.* $2=([^ ]+) .*/\1/p"; } # PORT NAME

lab_router
settle a eth0 r eth0 r eth1 b eth0
watch
if grep -q '^none' "$RECORDS"; then
	skip_all "$(<"$RECORDS")"
fi
in_ns r bash -c 'iptables-legacy -A FORWARD -p udp --dport 7001 -j DROP
	iptables-legacy -A FORWARD -p udp --dport 6001 -j DROP
	ip6tables-legacy -A FORWARD -p udp --dport 6001 -j DROP
	sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.eth0.rp_filter=1
	sysctl -qw net.ipv4.neigh.eth1.retrans_time_ms=20 net.ipv4.neigh.eth1.mcast_solicit=2'
in_ns a iptables-legacy -A OUTPUT -p udp --dport 7008 -j DROP
in_ns a iptables-legacy -t raw -A OUTPUT -p udp --dport 7008 -j TRACE
# Only who has no address at all is given up.
known r eth1 "$(mac_of b eth0)" 10.2.0.2
ns_ip a addr add 10.2.0.77/32 dev lo
ns_ip a route add 10.2.0.9/32 via 10.1.0.1 src 10.2.0.77
send() { in_ns a "$TOOLS/flood" "$1" "$2" 1 8 >/dev/null 2>&1; }

server r tcp tcp 10.1.0.1 7010
start_nftrace r -t 60 --json -p udp --dport 7000:7099 --or -p tcp --dport 7010

subtest "what became of a packet: reason and function, as they are for each"
send 10.2.0.2 7001	# a rule
send 10.1.0.1 7002	# nobody listens
send 10.77.0.1 7003	# no route
send 10.2.0.9 7004	# a source from elsewhere
in_ns a sysctl -qw net.ipv4.ip_default_ttl=1
send 10.2.0.2 7005
in_ns a sysctl -qw net.ipv4.ip_default_ttl=64
send 10.2.0.99 7006	# nobody has this address
send fd00:1::1 7009
# Where TCP looks at it the packet has no device any more, and no socket of its own.
in_ns a python3 - <<-'END'
	import socket, struct
	c = socket.create_connection(("10.1.0.1", 7010))
	port = c.getsockname()[1]
	raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
	syn = struct.pack("!HHIIBBHHH", port, 7010, 1, 0, 5 << 4, 2, 1000, 0, 0)
	whole = socket.inet_aton("10.1.0.2") + socket.inet_aton("10.1.0.1") + struct.pack("!HH", 6, 20) + syn
	total = sum(struct.unpack("!16H", whole))
	total = (total & 0xffff) + (total >> 16)
	total = (total & 0xffff) + (total >> 16)
	raw.sendto(syn[:16] + struct.pack("!H", ~total & 0xffff) + syn[18:], ("10.1.0.1", 0))
	raw.settimeout(10)
	while raw.recv(100)[33] != 0x10: pass	# the answer to it
END
# Not traced; gone on; dropped by another host, where it is traced; let through.
send 10.2.0.2 6001
send 10.2.0.2 7007
in_ns a "$TOOLS/flood" 10.2.0.2 7008 1 8 >/dev/null 2>&1
for port in 7001 7002 7003 7004 7005 7006 7009 7010; do
	assert_within 10 "a record of the packet to port $port" has_record "$port"
done
while read -r port expected; do
	assert_equal "port $port" "$expected" "$(record_of "$port")"
done <<-END
	7001 NETFILTER_DROP nf_hook_slow
	7002 NO_SOCKET __udp4_lib_rcv
	7003 IP_INNOROUTES ip_error
	7004 IP_RPFILTER ip_rcv_finish_core
	7005 IP_INHDR ip_forward
	7006 NEIGH_FAILED neigh_invalidate
	7009 NO_SOCKET __udp6_lib_rcv
	7010 TCP_INVALID_SYN tcp_validate_incoming
END

subtest "of no other packet: not traced, not dropped, of another namespace"
for port in 6001 7007 7008; do
	assert_equal "records of the packet to port $port" "" "$(record_of "$port")"
done
# That it was dropped there, with the bit:
assert_equal "what the other host has dropped" 1 \
	"$(in_ns a iptables-legacy -vnxL OUTPUT | awk '/dpt:7008/ { print $1 }')"

subtest "the stamp of a record is its journey's time"
end_watch
stop_nftrace INT
for port in 7001 7002 7003 7004 7005; do
	time=$(jq -r --arg port "$(printf %04x $port)" \
		'select(.payload[44:48] == $port) | .time' "$OUT")
	stamp=$(value $port stamp)
	assert_equal "port $port" "$time" \
		"$(date -u -d "@${stamp:0:-9}.${stamp: -9:6}" +%Y-%m-%dT%H:%M:%S.%6NZ)"
done

subtest "headers as they were then, devices, state of conntrack"
in0=$(ns_ip r -o link show eth0 | cut -d: -f1)
out0=$(ns_ip r -o link show eth1 | cut -d: -f1)
assert_equal "in" "$in0" "$(value 7001 in)"
assert_equal "device of a local one" "$in0" "$(value 7002 dev)"
assert_equal "device of one that left" "$out0" "$(value 7006 dev)"
assert_equal "protocol" 0800 "$(value 7001 proto)"
assert_equal "bytes" 36 "$(value 7001 bytes)"
assert_grep ' 45000024[0-9a-f]{8}3f11[0-9a-f]{4}0a0100020a020002....1b59' "$RECORDS"
assert_equal "protocol of IPv6" 86dd "$(value 7009 proto)"
assert_grep '^8 records, 0 lost$' "$RECORDS"

subtest "nobody reads: what finds no room is counted, to the packet"
in_ns r bash -c 'iptables-legacy -t raw -A PREROUTING -p udp --dport 7050 -j TRACE
	iptables-legacy -A FORWARD -p udp --dport 7050 -j DROP'
watch count
kill -STOP "$WATCHER"
in_ns a "$TOOLS/flood" 10.2.0.2 7050 5000 8 >/dev/null
assert_within 10 "all are dropped" \
	eval 'in_ns r iptables-legacy -vnxL FORWARD | grep -q "^ *5000 .*dpt:7050"'
kill -CONT "$WATCHER"
end_watch
read -r records lost < <(sed -n 's/^\([0-9]*\) records, \([0-9]*\) lost$/\1 \2/p' "$RECORDS")
((records > 2000 && lost > 0)) || fail "$records records, $lost lost"
assert_equal "records and lost" 5000 $((records + lost))

# ---- who has it

lab_loopback
load lo "$TESTS/host/all-tables.save" "$TESTS/host/all-tables.save"
server lo echo udp 10.9.0.1 7
words=(-p udp --dport 7)
program_of() { # PID: the number of the program whose link it has
	sed -n 's/^prog_id:[[:space:]]*//p' /proc/"$1"/fdinfo/* 2>/dev/null | sort -u
}
mappings() { grep -c 'bpf-map\|bpf_ringbuf' "/proc/$1/maps"; }
descriptors() { find "/proc/$1/fd" -lname '*bpf*' | wc -l; }
is_there() { "$TOOLS/bpf_ids" "$@"; }
# begin ARGS...: a run; its processes, program and maps
begin() {
	start_nftrace lo -t 60 "${words[@]}" "$@"
	reader=$(reading_child)
	keeper=$(child_named nftrace-keeper)
	program=$(program_of "$NFTRACE_PID")
	mapfile -t maps < <("$TOOLS/bpf_ids" maps "${program:-0}")
	[[ -n $program && ${#maps[@]} = 2 ]] || fail "program '$program', maps '${maps[*]}'"
}
assert_all_gone() {
	assert_within 10 "the program is gone" eval '! is_there prog "$program"'
	for map in "${maps[@]}"; do
		assert_within 10 "map $map is gone" eval '! is_there map "$map"'
	done
}

subtest "the supervisor has the link, the reader a mapping, and nobody else anything"
begin -- tail -f /dev/null
assert_equal "descriptors of the supervisor" 1 "$(descriptors "$NFTRACE_PID")"
assert_equal "descriptors of the reader" 0 "$(descriptors "$reader")"
assert_equal "mappings of the reader" 3 "$(mappings "$reader")"
assert_equal "that it can write" 1 "$(grep -c ' rw-s .*bpf' <(sed 's/\(-[0-9a-f]*\) \(....\)/\1  \2/' "/proc/$reader/maps" | grep -E ' rw-s'))"
for process in $keeper $(child_named tail); do
	assert_equal "descriptors of $process" 0 "$(descriptors "$process")"
	assert_equal "mappings of $process" 0 "$(mappings "$process")"
done

subtest "the run is over: program and maps are gone"
stop_nftrace TERM
assert_all_gone

subtest "the supervisor is killed: so is the program at once, and the maps with the reader"
begin
kill -KILL "$NFTRACE_PID"
end_nftrace
assert_all_gone

subtest "all are killed"
begin
kill -KILL "$NFTRACE_PID" "$keeper" "$reader"
end_nftrace
assert_all_gone
run_nftrace lo --cleanup

subtest "--no-drops: there is none"
start_nftrace lo -t 60 --no-drops "${words[@]}"
assert_equal "program" "" "$(program_of "$NFTRACE_PID")"
assert_equal "mappings of the reader" 0 "$(mappings "$(child_named nftrace-reader)")"
stop_nftrace INT

subtest "no address of the kernel's code is in the reader's memory"
words=(-p udp --dport 7000:7099)
in_ns lo iptables-legacy -A INPUT -p udp --dport 7001 -j DROP
# What it is told is there in every run; a hash beside a -1 may look like an address in one.
for ((i = 0; i < 3; i++)); do
	begin
	for _ in 1 2 3; do in_ns lo "$TOOLS/flood" 10.9.0.1 7001 1 8 >/dev/null 2>&1; done
	[[ -n ${SANITIZE-} ]] || addresses=$("$TOOLS/kernel_words" "$reader" | cut -d' ' -f1,2)
	stop_nftrace INT
	[[ -z ${SANITIZE-} && $addresses != "0 of" ]] || break
done
if [[ -n ${SANITIZE-} ]]; then
	skip "a sanitizer's shadow is too large to look through"
elif "$TOOLS/kernel_words" self >"$SCRATCH/control"; (($? == 77)); then
	skip "the kernel does not tell where its code is"
else
	assert_no_grep '^0 ' "$SCRATCH/control"
	assert_equal "of the reader" "0 of" "$addresses"
fi

# ---- what is missing is said by --doctor, and a run goes without

# without TEXT COMMAND...: a run and --doctor behind a command
words=(-p udp --dport 7)
without() {
	local text=$1 saved=$NFTRACE
	shift
	printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$(printf '%q ' "$@")" "$saved" >"$SCRATCH/poor"
	chmod +x "$SCRATCH/poor"
	NFTRACE=$SCRATCH/poor
	run_nftrace lo --doctor
	assert_status 0
	assert_text "note: the kernel does not tell why it drops a packet: $text" "$ERR"
	start_nftrace lo -t 60 -c 1 "${words[@]}"
	assert_equal "mappings of the reader" 0 "$(mappings "$(child_named nftrace-reader)")"
	talk lo udp 10.9.0.1 7
	end_nftrace 10
	assert_status 0
	assert_no_grep 'BPF|drops a packet|warning|error' "$ERR"
	NFTRACE=$saved
}

subtest "all is there"
run_nftrace lo --doctor
assert_text "ok: the kernel tells why it drops a traced packet" "$ERR"

subtest "no capability for BPF"
capabilities=-all,+net_admin,+net_raw,+setuid,+setgid
without "loading a BPF program is not permitted: it needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN" \
	setpriv --bounding-set=$capabilities --inh-caps=-all

subtest "CAP_BPF and CAP_PERFMON are enough"
timeout $((20 * PATIENCE)) nsenter --net="$(ns_path lo)" -- setpriv --bounding-set=$capabilities,+bpf,+perfmon \
	--inh-caps=-all "$NFTRACE" --doctor 2>"$ERR"
assert_text "ok: the kernel tells why it drops a traced packet" "$ERR"

# hidden FILE: a command that runs another without it
hidden() {
	# shellcheck disable=SC2016 # the inner shell's words
	printf '%s\n' unshare --mount bash -c 'mount --bind /dev/null "$1" && shift && exec "$@"' \
		hidden "$1"
}
subtest "a kernel that does not describe its types"
mapfile -t command < <(hidden /sys/kernel/btf/vmlinux)
without "this kernel does not describe its types (/sys/kernel/btf/vmlinux)" "${command[@]}"

subtest "a user namespace"
if ! unshare --user --map-root-user --net true 2>/dev/null; then
	skip "there can be none here"
else
	unshare --user --map-root-user --net "$NFTRACE" --doctor 2>"$ERR"
	assert_text "loading a BPF program is not permitted: this is a user namespace, and" "$ERR"
fi
