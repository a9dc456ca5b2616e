#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# t-books: a packet that is dropped before anything is told of it: the books differ, and it is said why that can be.
. "$(dirname "$0")/lib.sh"
. "$TESTS/lab.sh"

lab_router
settle a eth0 r eth0
# Of a header that is cut short multiport says nothing: it drops the packet.
in_ns r iptables-legacy -t raw -A PREROUTING -p tcp -m multiport --dports 1:9 -j ACCEPT

subtest "dropped by a match of the rule behind TRACE"
start_nftrace r -4 -t 60 -i eth0 -p tcp
in_ns a python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
s.sendto(b"\0\7", ("10.1.0.1", 0))'
in_ns a bash -c 'echo >/dev/tcp/10.1.0.1/9' 2>/dev/null
assert_within 10 "what comes behind it is told" has_line '^=> ' "$OUT"
ANY_TRACES=1 stop_nftrace INT
assert_status 5
assert_equal "packets told" 1 "$(grep -c '^=> ' "$OUT")"
assert_grep 'warning: the packets told account for 1 match fewer than the TRACE rules counted \(2\): .*, or a match of the rule behind TRACE dropped them, as for a header that is cut short$' "$ERR"
