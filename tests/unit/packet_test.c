// SPDX-License-Identifier: GPL-2.0-or-later
/* packet_test: packets that are kept in less room than they have bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "base/strbuf.h"
#include "packet/identity.h"
#include "packet/packet.h"
#include "packet/packet_print.h"
#include "packet/print_ends.h"

/* A block of its own size, so that a sanitizer sees its end. */
static uint8_t *block_of(const uint8_t *bytes, size_t len)
{
	uint8_t *block = malloc(len ? len : 1);

	assert_non_null(block);
	if (bytes)
		memcpy(block, bytes, len);
	return block;
}

static void put_hex(uint8_t *to, const char *hex)
{
	for (; *hex; hex += 2, to++) {
		const char digits[3] = { hex[0], hex[1] };

		*to = (uint8_t)strtoul(digits, NULL, 16);
	}
}

/* SYN with the MSS as its last option, behind 36 others. */
#define SYN "04d2005000000001" "00000000f002ffff" "00000000" \
	    "0101010101010101010101010101010101010101" \
	    "01010101010101010101010101010101" "020405b4"
#define IPV4_OPTIONS "0727040000000000000000000000000000000000" \
		     "0000000000000000000000000000000000000000"

static const struct {
	uint8_t nfproto;
	const char *hex;
} packets[] = {
	{ NFPROTO_IPV4, "4500005000010000400600000a0000010a000002" SYN },
	{ NFPROTO_IPV6, "60000000003c0640fd000000000000000000000000000001"
			"fd000000000000000000000000000002" SYN },
	/* An ICMP error, and all options that it and what it quotes can have. */
	{ NFPROTO_IPV4, "4f0000bc00010000400100000a0000010a000002"
			IPV4_OPTIONS "0303000000000000"
			"4f00007800010000400600000a0000020a000001"
			IPV4_OPTIONS SYN },
	{ NFPROTO_IPV4, "4500003d00010000401100000a0000010a000002"
			"8001003500290000" "123401000001000000000000"
			"0377777707" "6578616d706c6503636f6d0000010001" },
	{ NFPROTO_IPV6, "600000000010003afd000000000000000000000000000001"
			"fd000000000000000000000000000002"
			"3a00010400000000" "8000000000010001" },
};

/* As good as never captured beyond @room: the same headers, line and key. */
static void check_kept(const struct packet *from, size_t room)
{
	size_t len = from->caplen < room ? from->caplen : room;
	uint8_t *bytes = block_of(NULL, room), *cut = block_of(from->data, len);
	struct packet p, want;
	char line[2][1024];

	packet_keep(&p, bytes, room, from);
	packet_decode(&want, from->nfproto, cut, len);
	assert_int_equal(p.caplen, len);
	assert_ptr_equal(p.data, bytes);
	assert_memory_equal(p.data, from->data, len);
	assert_int_equal(p.serial, len == from->caplen ? from->serial : 0);
	for (int v = 0; v < 2; v++) {
		packet_print(line[0], sizeof(line[0]), &p, v);
		packet_print(line[1], sizeof(line[1]), &want, v);
		assert_string_equal(line[0], line[1]);
	}
	assert_int_equal(identity_key(&p, UINT32_MAX),
			 identity_key(&want, UINT32_MAX));
	assert_int_equal(packet_mss(&p), packet_mss(&want));
	assert_int_equal(packet_length(&p), packet_length(&want));
	assert_int_equal(p.payload, want.payload);
	assert_int_equal(p.flags, want.flags);
	free(bytes);
	free(cut);
}

static void in_any_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		size_t len = strlen(packets[i].hex) / 2;
		uint8_t *bytes = block_of(NULL, len);
		struct packet whole;

		put_hex(bytes, packets[i].hex);
		packet_decode(&whole, packets[i].nfproto, bytes, len);
		assert_false(whole.flags & (PACKET_CUT | PACKET_MALFORMED));
		whole.serial = 7;
		for (size_t room = 0; room <= len + 1; room++)
			check_kept(&whole, room);
		free(bytes);
	}
}

static void assert_address(const uint8_t addr[4], int port, size_t room)
{
	struct packet p = { .nfproto = NFPROTO_IPV4, .addr_len = 4 };
	char text[64], wanted[64];
	int len = snprintf(wanted, sizeof(wanted), port < 0 ? "%u.%u.%u.%u"
						: "%u.%u.%u.%u.%d",
			   addr[0], addr[1], addr[2], addr[3], port);

	memset(text, 'x', sizeof(text));
	assert_int_equal(packet_print_addr(text, room, &p, addr, port), len);
	assert_string_equal(text, wanted);
}

/* Each number at each place, as printf() writes it. */
static void addresses(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 256; n++)
		for (unsigned int at = 0; at < 4; at++) {
			uint8_t addr[4] = { 10, 200, 3, 255 };

			addr[at] = (uint8_t)n;
			for (size_t room = 24; room <= 64; room += 40) {
				assert_address(addr, -1, room);
				assert_address(addr, 0, room);
				assert_address(addr, 65535, room);
			}
		}
}

/* The text of the two ends, as it is written where there is hardly room: anew. */
static void assert_ends(const struct packet *p)
{
	char text[256] = "", anew[256] = "", src[64], dst[64];
	struct strbuf roomy = { .buf = text, .size = sizeof(text) };
	bool ports = p->flags & PACKET_PORTS;

	packet_print_addr(src, sizeof(src), p, p->src, ports ? p->sport : -1);
	packet_print_addr(dst, sizeof(dst), p, p->dst, ports ? p->dport : -1);
	snprintf(anew, sizeof(anew), "%s > %s: ", src, dst);
	print_ends(&roomy, p);
	assert_string_equal(text, anew);
	assert_int_equal(roomy.len, strlen(anew));
	for (size_t size = 1; size < 64; size++) {
		struct strbuf narrow = { .buf = text, .size = size };

		print_ends(&narrow, p);
		assert_int_equal(narrow.len, size - 1 < roomy.len ? size - 1 : roomy.len);
		assert_memory_equal(text, anew, narrow.len);
	}
}

/* One byte of all that makes the text is another each time, and back again. */
static void ends_that_came_before(void **state)
{
	uint8_t src[16], dst[16];
	struct packet p = { .src = src, .dst = dst };

	(void)state;
	for (unsigned int round = 0; round < 2 * 2 * 64 * 20; round++) {
		unsigned int n = round % 20, bit = round / 20 % 64;

		memset(src, 1, sizeof(src));
		memset(dst, 1, sizeof(dst));
		p.nfproto = round % 2 ? NFPROTO_IPV6 : NFPROTO_IPV4;
		p.addr_len = round % 2 ? 16 : 4;
		p.flags = round & 4 ? PACKET_PORTS : 0;
		p.sport = n == 16 ? (uint16_t)(1 << bit % 16) : 1;
		p.dport = n == 17 ? (uint16_t)(1 << bit % 16) : 1;
		if (n < 16)
			(bit & 8 ? src : dst)[n] = (uint8_t)(1 + (1 << bit % 8));
		assert_ends(&p);
	}
}

/* An event may come without any byte of its packet. */
static void nothing_at_all(void **state)
{
	uint8_t *bytes = block_of(NULL, 64);
	struct packet none, p;
	char line[64];

	(void)state;
	packet_decode(&none, NFPROTO_IPV4, NULL, 0);
	packet_keep(&p, bytes, 64, &none);
	assert_int_equal(p.caplen, 0);
	assert_null(p.src);
	assert_ptr_equal(p.data, bytes);
	packet_print(line, sizeof(line), &p, false);
	assert_string_equal(line, "[|ip]");
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_any_room),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(addresses),
		cmocka_unit_test(ends_that_came_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
