# SPDX-License-Identifier: GPL-2.0-or-later
# pcapng.sh: for scripts: a pcapng that no nftrace wrote: packets with comments made up.
# shellcheck shell=bash

# All of it in this shell, as escapes of printf: hundreds of packets are no hundreds of processes.
_body=

# _little BYTES NUMBER: added to the body as the file has them
_little() {
	local i n=$2 escape
	for ((i = 0; i < $1; i++, n >>= 8)); do
		printf -v escape '\\x%02x' $((n & 255))
		_body+=$escape
	done
}

# _block TYPE LENGTH: the body as one, printed
_block() {
	local body=$_body
	_body=
	_little 4 "$1"
	_little 4 $(($2 + 12))
	_body+=$body
	_little 4 $(($2 + 12))
	printf %b "$_body"
	_body=
}

# pcapng_head: a section, and an interface of raw IP
pcapng_head() {
	_little 4 $((0x1a2b3c4d))
	_little 4 1
	_little 8 -1
	_block $((0x0a0d0d0a)) 16
	_little 4 101
	_little 4 0
	_block 1 8
}

_microseconds=0

# pcapng_packet COMMENT...: a SYN of 10.0.0.1 to 10.0.0.2, a microsecond behind the last one: what is
# the same altogether would be one packet, which the file has twice
pcapng_packet() {
	local text size=$((20 + 40 + 4))
	_little 4 0
	_little 4 $((0x64000))
	_little 4 $((_microseconds++))
	_little 8 $((40 << 32 | 40))
	_body+='\x45\0\0\x28\0\x01\0\0\x40\x06\0\0\x0a\0\0\x01\x0a\0\0\x02'
	_body+='\0\x50\0\x51\0\0\0\x01\0\0\0\0\x50\x02\x10\0\0\0\0\0'
	for text; do
		_little 2 1
		_little 2 ${#text}
		_body+=${text//\\/\\\\}
		_little $((-${#text} & 3)) 0
		((size += 4 + ((${#text} + 3) & ~3)))
	done
	_little 4 0
	_block 6 "$size"
}

# percent TEXT: all its bytes as a record writes those that could end a word
percent() { printf %s "$1" | od -An -v -tx1 | tr -d '\n' | sed 's/ /%/g'; }

# hex TEXT
hex() { printf %s "$1" | od -An -v -tx1 | tr -d ' \n'; }
