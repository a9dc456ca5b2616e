# SPDX-License-Identifier: GPL-2.0-or-later
# near.sh: what it costs to find the rules that a dropped packet nearly met, behind 600 of them.
# shellcheck shell=bash
# BENCH_MANY (41) packets, so slowly that all of them are looked at: the CPU is mostly waking up then. So
# instructions are counted, and how many the reader does in a microsecond is measured.  BENCH_NEAR
# ("legacy nft native").

NEAR_RULES=600 NEAR_RATE=20
NEAR_PROGRAM=$BUILD/fast/wide/nftrace # as it is installed

# near_rules KIND: for iptables-restore
near_rules() {
	awk -v kind="$1" -v n=$NEAR_RULES 'BEGIN {
		drop = "-A FORWARD -p udp --dport 9 -j DROP"
		print "*filter\n:FORWARD ACCEPT"
		for (i = 0; i < n; i++) {
			if (kind == "simple")
				printf "-A FORWARD -s 10.9.%d.%d/32 -j ACCEPT\n", i / 256, i % 256
			else if (i % 3 == 0)
				printf "-A FORWARD -i eth0 -p udp -m comment --comment \"service %d of the shop\" -m udp --dport %d -m conntrack --ctstate NEW -j ACCEPT\n", i, 1000 + i
			else if (i % 3 == 1)
				printf "-A FORWARD -s 10.1.0.0/16 -p udp -m multiport --dports 80,443,%d,%d:%d -m conntrack --ctstate NEW -m mark --mark 0x0/0xff -j ACCEPT\n", 1000 + i, 20000 + i, 20010 + i
			else
				printf "-A FORWARD -d 10.2.0.2/32 -i eth0 -o eth1 -p udp -m udp --sport 1024:65535 --dport %d -m comment --comment \"cali:%08x\" -j ACCEPT\n", 1000 + i, i
		}
		print drop
		print "COMMIT"
	}'
}

# near_rules_native KIND: the same for nft, in its own words
near_rules_native() {
	awk -v kind="$1" -v n=$NEAR_RULES 'BEGIN {
		drop = "udp dport 9 drop"
		print "table ip near {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy accept;"
		for (i = 0; i < n; i++) {
			if (kind == "simple")
				printf "ip saddr 10.9.%d.%d accept\n", i / 256, i % 256
			else if (i % 3 == 0)
				printf "iifname \"eth0\" udp dport %d ct state new counter accept comment \"service %d of the shop\"\n", 1000 + i, i
			else if (i % 3 == 1)
				printf "ip saddr 10.1.0.0/16 udp dport { 80, 443, %d, %d-%d } ct state new meta mark & 0xff == 0x0 accept\n", 1000 + i, 20000 + i, 20010 + i
			else
				printf "ip daddr 10.2.0.2 iifname \"eth0\" oifname \"eth1\" udp sport 1024-65535 udp dport %d accept comment \"cali:%08x\"\n", 1000 + i, i
		}
		print drop
		print "\t}\n}"
	}'
}

# near_load KIND BACKEND; near_unload BACKEND
near_load() {
	case $2 in
	native) near_rules_native "$1" | in_ns r nft -f - ;;
	*) near_rules "$1" | in_ns r iptables-"$2"-restore ;;
	esac
}

near_unload() {
	case $1 in
	native) in_ns r nft delete table ip near ;;
	*) in_ns r iptables-"$1" -F FORWARD ;;
	esac
}

# were_told KIND PACKETS: was each of them dropped, and told with what it nearly met?  A rule of one
# condition is nobody's near miss: then it is found that there is none.
were_told() {
	local drops near expected=$2
	[[ $1 == several ]] || expected=0
	drops=$(grep -c '"fate":"DROP"' "$OUT") near=$(grep -c '"near":\[{' "$OUT")
	((drops == $2 && near == expected)) && return
	echo "bench: of $2 packets $drops were dropped, $near told with near misses instead of $expected" >&2
	return 1
}

# near_instructions KIND BACKEND PACKETS: of all that is done to find them, for so many; none: not
# all were told
near_instructions() {
	near_load "$1" "$2"
	COUNTED_IN=misses_find COUNTED_RATE=$NEAR_RATE \
		reader_instructions "$NEAR_PROGRAM" "$3" --json -4 >"$SCRATCH/near.count"
	were_told "$1" "$3" && cat "$SCRATCH/near.count"
	near_unload "$2"
}

# read_log PACKETS: what reads a log of so many, whose rules it knows
read_log() {
	packets_as_text "$1" >"$SCRATCH/near.$1"
	READ_LOG=("$NEAR_PROGRAM" --read "$SCRATCH/near.$1" --rules "$SCRATCH/near.save" -q)
}

# How many instructions the reader does in a microsecond; to start is in both of two sizes
near_speed() {
	local i n
	in_ns r iptables-legacy-save >"$SCRATCH/near.save"
	rm -f "$SCRATCH"/near.[its].*
	for n in 1000 2000; do
		read_log $n
		instructions "${READ_LOG[@]}" >"$SCRATCH/near.i.$n"
	done
	for ((i = 0; i < ${BENCH_ROUNDS:-5}; i++)); do
		for n in 2000 22000; do
			read_log $n
			user_s "${READ_LOG[@]}" >>"$SCRATCH/near.s.$n"
		done
	done
	awk -v a="$(cat "$SCRATCH/near.i.2000")" -v b="$(cat "$SCRATCH/near.i.1000")" \
		-v s="$(median "$SCRATCH/near.s.22000")" -v t="$(median "$SCRATCH/near.s.2000")" \
		'BEGIN { printf "%.0f", (a - b) * 20 / (s - t) / 1e6 }'
}

bench_near() {
	local backend kind first all next us speed many=${BENCH_MANY:-41}
	heading "A drop behind $NEAR_RULES rules: what it nearly met, in the reader's instructions and time"
	chmod 755 "$SCRATCH"
	speed=$(near_speed)
	echo "$speed instructions a microsecond; of the first packet the rules' words are read as well"
	printf '%-24s %12s %12s %6s  %s\n' rules first next us limit
	for backend in ${BENCH_NEAR:-legacy nft native}; do
		for kind in simple several; do
			first=$(near_instructions $kind "$backend" 1)
			all=$(near_instructions $kind "$backend" "$many")
			next=$(((${all:-0} - ${first:-0}) / (many - 1))) us=
			# What was not counted is not kept.
			[[ -z $first || -z $all ]] || ((next <= 0)) || us=$(ratio $next "$speed")
			printf '%-24s %12s %12d %6s  %s\n' "$backend, $kind" "${first:--}" $next "${us:--}" \
				"$(at_most 100 "$us")"
		done
	done
}
