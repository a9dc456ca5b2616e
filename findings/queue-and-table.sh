#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# queue-and-table: a table of nft that goes takes with it what NFQUEUE holds, also by iptables' rules.
#
# Versions: nftables 1.0.6-2+deb12u2, iptables 1.8.9-2, python3.11 3.11.2-6+deb12u8 (Debian 12,
# amd64); kernel 6.18.
#
# A program holds a packet that a rule of iptables-legacy has given it.  Meanwhile somebody
# removes a table of nft that has a base chain: another hook, another family of tools, no rule
# in it.  The kernel drops every packet that waits in the queues of this network, without a
# word to the program; its verdict comes to nothing.  A table without a base chain takes
# nothing.
. "$(dirname "$0")/debs.sh"

install_bookworm
unpack "$TMP/bookworm" <<'END'
4aba533f7cc5e7b93b7ff24482840e96813f5bcde9cce028395b65a0d799ccee p/python3.11/python3.11-minimal_3.11.2-6+deb12u8_amd64.deb
f3beaa03994ffedacf73c43a0843d53b062d347115d8af65bee2034552a4e6f9 p/python3.11/libpython3.11-minimal_3.11.2-6+deb12u8_amd64.deb
2255e62fc22a86d2c544b8a3f516da9aee19383ad5742722ab4ce7f66a30dbc8 e/expat/libexpat1_2.5.0-1+deb12u2_amd64.deb
END
cat >"$TMP/hold.py" <<'END'
import socket, struct, sys
def attr(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)
def send(kind, *attrs):
    body = struct.pack("!BBH", 0, 0, 5) + b"".join(attrs)
    s.send(struct.pack("=IHHII", 16 + len(body), 3 << 8 | kind, 1, 0, 0) + body)
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
s.bind((0, 0))
send(2, attr(1, struct.pack("!BBH", 1, 0, 0)))              # bind to queue 5
send(2, attr(2, struct.pack("!IB", 128, 2)))                # copy packets
to = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
to.bind(("127.0.0.1", 9))
to.setblocking(False)
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 9))
while s.recv(4096)[4:6] != struct.pack("=H", 3 << 8):       # it is in the queue
    pass
print("held", flush=True)
sys.stdin.readline()
send(1, attr(2, struct.pack("!II", 1, 1)))                  # packet 1: accept
try:
    to.recv(16)
    print("arrived", flush=True)
except BlockingIOError:
    print("gone", flush=True)
END
# what_comes COMMANDS OF NFT: of a packet that is held while nft does that
what_comes() {
	in_root "$TMP/bookworm" bash -c '
		ip link set lo up
		iptables-legacy -A OUTPUT -p udp --dport 9 -j NFQUEUE --queue-num 5
		nft "add table inet other; add table inet mine; $4"
		coproc hold { exec env PYTHONHOME="$3" "$3/bin/python3.11" -S "$1"; }
		read -r <&${hold[0]}
		$2
		echo >&${hold[1]}
		head -n 1 <&${hold[0]}' in_root "$TMP/hold.py" "$1" "$TMP/bookworm/usr" "$2"
}
chain='add chain inet mine c { type filter hook input priority 0; }'
seen "nothing is removed" arrived "$(what_comes true "$chain")"
seen "a table without a chain is removed" arrived "$(what_comes 'nft delete table inet other' "$chain")"
seen "a table with a base chain is removed" gone "$(what_comes 'nft delete table inet mine' "$chain")"
exit $differs
