# SPDX-License-Identifier: GPL-2.0-or-later
# dropped.sh: what a listener spends where each packet is dropped, has an owner and nearly met another rule.
# shellcheck shell=bash
# BENCH_ROUNDS, BENCH_SECONDS as in traffic.sh, whose listeners and whose floor these are.

# drop_all: what policy has accepted is dropped, behind a rule that would have accepted it from elsewhere
drop_all() {
	in_ns r iptables-legacy -R policy 2 -p udp -m udp --dport 9 -s 10.9.9.9 -m comment --comment "cali:fedcba9876543210" -j ACCEPT
	in_ns r iptables-legacy -A policy -j DROP
}
accept_again() {
	in_ns r iptables-legacy -D policy 3
	in_ns r iptables-legacy -R policy 2 -p udp -m udp --dport 9 -m comment --comment "cali:fedcba9876543210" -j ACCEPT
}

# Each packet has a fate by a rule, an owner, and a rule that it nearly met.
bench_dropped() {
	local rate=10000 packets i
	packets=$((rate * ${BENCH_SECONDS:-3}))
	drop_all
	heading "CPU of the listener at $rate packets/s that are dropped, of 9 events, medians of ${BENCH_ROUNDS:-3}"
	for ((i = 0; i < ${BENCH_ROUNDS:-3}; i++)); do
		BENCH_ONLY='^nftrace (> file|--flat > file|-q > file|--json > file)$' one_round
	done >"$SCRATCH/table"
	print_traffic "$SCRATCH/table"
	accept_again
}
