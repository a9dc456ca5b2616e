#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nft-monitor-chain-end: nft monitor trace prints nothing where a chain that was called ends.
#
# Versions: nftables 1.0.6-2+deb12u2 (Debian 12, amd64); kernel 6.18.
#
# A packet jumps to a chain, meets none of its rules, and goes on behind the jump.  The
# kernel tells of the chain's end with a message of its own; with -d netlink nft names
# each message, and prints no line for that one.  So in its text the next line behind
# "jump" is of the calling chain: whether the chain was asked to its end, or a line was
# lost, the text does not tell.
#
#   netlink event: NFT_MSG_TRACE
#   trace id ... ip t out rule jump called (verdict jump called)
#   netlink event: NFT_MSG_TRACE
#   netlink event: NFT_MSG_TRACE
#   trace id ... ip t out rule udp dport 7 accept (verdict accept)
. "$(dirname "$0")/debs.sh"

install_bookworm
in_root "$TMP/bookworm" bash -c '
	ip link set lo up
	nft -f - <<-END
		table ip t {
			chain called { udp dport 99 accept; }
			chain out {
				type filter hook output priority 0;
				udp dport 7 meta nftrace set 1
				jump called
				udp dport 7 accept
			}
		}
	END
	nft -d netlink monitor trace >"$1/monitor" &
	monitor=$!
	# Until the monitor hears.
	for ((i = 0; i < 500; i++)); do
		echo x >/dev/udp/127.0.0.1/7
		grep -q "udp dport 7 accept (verdict" "$1/monitor" && break
		sleep 0.02
	done
	kill $monitor
	wait' in_root "$TMP" 2>/dev/null

# From the jump to the next rule of the first packet that is whole.
between() { sed -n '/ out rule jump called /,/ udp dport 7 accept /p' "$TMP/monitor" | sed '/ udp dport 7 accept /q'; }
seen "messages behind the jump" 2 "$(between | grep -c '^netlink event: NFT_MSG_TRACE')"
seen "lines from the jump on" "ip t out rule jump called (verdict jump called)
ip t out rule udp dport 7 accept (verdict accept)" "$(between | sed -n 's/^trace id [0-9a-f]* //p')"
exit $differs
