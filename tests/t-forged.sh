#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-forged: what another process sends to the trace's socket is no event; how much it was is said.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_loopback
server lo echo udp 10.9.0.1 7
in_ns lo iptables-legacy -t raw -A PREROUTING -p udp --dport 9 -j ACCEPT
in_ns lo iptables-legacy -A INPUT -p udp --dport 7 -j ACCEPT

forge() { in_ns lo "$TOOLS/forge" "$@" || fail "forge: status $?"; }
# The port id of whoever listens to NFLOG group 0; to nft's trace, its group 9.
group_holder() { in_ns lo awk '$1 == 0 { print $2 }' /proc/net/netfilter/nfnetlink_log; }
nft_listener() { in_ns lo awk '$2 == 12 && $4 ~ /[13579bdf]..$/ { print $3 }' /proc/net/netlink; }

# assert_one_packet: the true one, and nothing of what was forged
assert_one_packet() {
	assert_equal "packets" 1 "$(grep -c '^#' "$OUT")"
	assert_no_grep '192\.0\.2\.' "$OUT"
	assert_grep '1 packet traced: 1 ' "$ERR"
	assert_no_grep 'lost: a larger' "$ERR"
}

subtest "events of NFLOG group 0"
start_nftrace lo -4 -t 60 -c 1 -p udp --dport 7
port=$(group_holder)
forge "$port" legacy 'TRACE: raw:PREROUTING:rule:2 '
forge "$port" legacy 'TRACE: filter:INPUT:policy:2 '
forge "$port" legacy 'no trace'
talk lo udp 10.9.0.1 7
end_nftrace 20
assert_status 0
assert_one_packet
assert_grep 'warning: 3 netlink messages came from another process, not from the kernel' "$ERR"
assert_no_grep 'of others on NFLOG group 0' "$ERR"

subtest "events alone are nothing"
start_nftrace lo -4 -t 60 -p udp --dport 7
forge "$(group_holder)" legacy 'TRACE: raw:PREROUTING:rule:2 '
stop_nftrace INT
assert_status 3
assert_grep 'warning: 1 netlink message came from another process' "$ERR"
assert_equal "what was printed" "" "$(cat "$OUT")"

in_ns lo iptables-legacy -t raw -F
in_ns lo iptables-legacy -F
in_ns lo nft -f - <<-'X'
	table ip fw {
		chain in {
			type filter hook input priority filter; policy accept;
			udp dport 7 counter
		}
	}
X

subtest "events of nft"
start_nftrace lo -4 --backend nft -t 60 -c 1 -p udp --dport 7
forge "$(nft_listener)" nft fw in
forge group nft fw in
talk lo udp 10.9.0.1 7
end_nftrace 20
assert_status 0
assert_one_packet
assert_grep 'warning: 2 netlink messages came from another process' "$ERR"

subtest "no file receives netlink in a way that does not look at the sender"
assert_equal "files" "" "$(cd "$TREE" && grep -lr --include='*.c' mnl_socket_recvfrom src rules | paste -sd ' ')"
