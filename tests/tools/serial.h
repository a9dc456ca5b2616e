/* SPDX-License-Identifier: GPL-2.0-or-later */
/* serial: a number in a packet where nftrace cannot see it. */
#ifndef TESTS_SERIAL_H
#define TESTS_SERIAL_H

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/*
 * At byte 200 from the IP header on, whatever the protocol, beyond the 128
 * bytes of --snaplen: so that one u32 match reads it in every hook.  The
 * number is followed by its complement: all packets have the same checksum.
 */
enum { SERIAL_AT = 200, SERIAL_MAGIC = 0x6e667472, SERIAL_LEN = 12,
       SERIAL_BITS = 24, SERIALS = 1 << SERIAL_BITS };

/* Few of them are used in a run, in a row: who looks at all passes over whole blocks. */
enum { SERIAL_BLOCK = 1 << 12, SERIAL_BLOCKS = SERIALS / SERIAL_BLOCK };

/* From @serial on the first that is in a block of @used; SERIALS: none */
static inline uint32_t serial_from(uint32_t serial, const bool used[SERIAL_BLOCKS])
{
	while (serial < SERIALS && !used[serial / SERIAL_BLOCK])
		serial = (serial / SERIAL_BLOCK + 1) * SERIAL_BLOCK;
	return serial;
}

static inline void serial_put(uint8_t *at, uint32_t serial)
{
	const uint32_t words[] = { htonl(SERIAL_MAGIC), htonl(serial),
				   htonl(~serial) };

	memcpy(at, words, sizeof(words));
}

/* @ip: the packet from the IP header on */
static inline bool serial_get(const uint8_t *ip, size_t len, uint32_t *serial)
{
	uint32_t words[3];

	if (len < SERIAL_AT - 4 + SERIAL_LEN)
		return false;
	memcpy(words, ip + SERIAL_AT - 4, sizeof(words));
	*serial = ntohl(words[1]);
	return words[0] == htonl(SERIAL_MAGIC) && words[1] == ~words[2];
}

#endif
