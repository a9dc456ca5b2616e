#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ipset-json: ipset's JSON is none where a set has an element, or, one release later, some comments.
#
# Versions: ipset 7.22-1+b1 (Debian 13) and 7.24-1+b1 (sid), jq 1.7.1-6+deb13u4, amd64; kernel 6.18.
#
# Of a set that holds 10.1.2.3 "ipset list -output json" of 7.22 prints the element ""10.1.2.3"",
# with two quotation marks at each end, so of a set that is not empty no parser takes the list.
# 7.24 has the elements right, yet puts a comment's text into the JSON as it is: "a\qb" makes all of
# the list none, and of "C:\net" one reads a line's end and "et".  Both exit with 0 each time; as
# plain text and as XML both list the same sets right.
. "$(dirname "$0")/debs.sh"
jq='
7350392f700e20e46b7ae174a57f54e4ea106dd559753646d629b4e618bf2bff j/jq/jq_1.7.1-6+deb13u4_amd64.deb
70bb2cbd66d5ada4349067ae9f61d0560b3b359d4203f2c051ca5773153ae0ba j/jq/libjq1_1.7.1-6+deb13u4_amd64.deb
3abee130696244050500bcc7870e3b4cb82ddd87149ece3fd55010c3d4e1d18c libo/libonig/libonig5_6.9.9-1+b1_amd64.deb
'
# told: the elements and comments of each set by jq, or that it reads none
told() {
	in_trixie bash -c '
		sets() {
			ipset list "$1" -output json >"$2/json" || echo "exits with $?"
			jq -c "[.[].members[] | .elem, .comment // empty]" "$2/json" 2>/dev/null ||
				echo "$1: no JSON"
		}
		ipset create none hash:ip
		ipset create ports bitmap:port range 1-5; ipset add ports 3
		ipset create hosts hash:ip; ipset add hosts 10.1.2.3
		ipset create words hash:ip comment; ipset add words 10.1.2.3 comment "a\qb"
		ipset create paths hash:ip comment; ipset add paths 10.1.2.3 comment "C:\net"
		for set in none ports hosts words paths; do sets $set "$1"; done
		grep -F 10.1.2.3 <(ipset list hosts -output json)
		ipset list words -output plain | tail -n 1
		ipset list words -output xml | grep "<member>"' in_trixie "$TMP"
}

install_trixie "$jq"'
ff51432ed28090b4e7ffe26618c4cc5d63f73d247fc016e71d777304a14d6bd5 i/ipset/ipset_7.22-1+b1_amd64.deb
e1787d904412131228411ead317c4c5bdfeadb32c90bc349d9d387c42520fe0f i/ipset/libipset13t64_7.22-1+b1_amd64.deb
'
seen "ipset 7.22" '[]
ports: no JSON
hosts: no JSON
words: no JSON
paths: no JSON
        "elem" : ""10.1.2.3""
10.1.2.3 comment "a\qb"
<member><elem>10.1.2.3</elem><comment>"a\qb"</comment></member>' "$(told)"
rm -rf "$TMP/trixie"
install_trixie "$jq"'
f807ff809fe58a64409e52c47ed9977379bead754666e8bddf6471e6b29484bd i/ipset/ipset_7.24-1+b1_amd64.deb
9b70c870450fa33f7aa49ec89c6ec6567a022c12267db3a7e707f10bcb47917f i/ipset/libipset13t64_7.24-1+b1_amd64.deb
'
seen "ipset 7.24" '[]
["3"]
["10.1.2.3"]
words: no JSON
["10.1.2.3","C:\net"]
        "elem" : "10.1.2.3"
10.1.2.3 comment "a\qb"
<member><elem>10.1.2.3</elem><comment>"a\qb"</comment></member>' "$(told)"
exit $differs
