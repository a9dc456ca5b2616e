// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_headers_test: the two pieces of a packet, put together; and what is too large for a length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/nft_headers.h"
#include "packet/jumbo.h"
#include "packet/packet.h"

static uint8_t joined[NFT_HEADERS_MAX];

/* What becomes of an IPv6 header and so many bytes behind what is not copied. */
static size_t join6(uint16_t payload, uint8_t next, const uint8_t *transport,
		    size_t len, bool *partial)
{
	uint8_t head[40] = { 0x60, 0, 0, 0, (uint8_t)(payload >> 8),
			     (uint8_t)payload, next, 64 };
	const struct nft_headers h = { head, transport, sizeof(head), len };

	memset(joined, 0xee, sizeof(joined));
	return nft_headers_join(joined, &h, NFPROTO_IPV6, partial);
}

static const uint8_t udp[20] = { 0x0f, 0xa0, 0, 53, 0, 20, 0, 0, 1, 2, 3 };
static const uint8_t tcp[20] = { 0x0f, 0xa0, 0x14, 0x52, 0, 0, 0, 1, 0, 0, 0, 2,
				 0x80, 0x18 };

static void assert_ports(size_t len, uint8_t proto, uint16_t dport,
			 uint32_t length)
{
	struct packet p;

	packet_decode(&p, NFPROTO_IPV6, joined, len);
	assert_int_equal(p.proto, proto);
	assert_true(p.flags & PACKET_PORTS);
	assert_int_equal(p.sport, 4000);
	assert_int_equal(p.dport, dport);
	assert_int_equal(p.length, length);
	assert_int_equal(p.unsized, length == 0);
	assert_false(p.flags & PACKET_MALFORMED);
}

static void a_length_that_fits(void **state)
{
	bool partial;

	(void)state;
	assert_int_equal(join6(28, IPPROTO_HOPOPTS, udp, 20, &partial), 68);
	assert_false(partial);
	assert_ports(68, IPPROTO_UDP, 53, 68);
	assert_int_equal(join6(36, IPPROTO_DSTOPTS, udp, 20, &partial), 76);
	assert_false(partial);
	assert_ports(76, IPPROTO_UDP, 53, 76);
}

static void nothing_that_fits(void **state)
{
	static const struct {
		uint16_t payload;
		uint8_t next;
		uint8_t first;
	} rows[] = {
		{ 29, IPPROTO_HOPOPTS, 0x0f },	/* no multiple of 8 */
		{ 60, IPPROTO_HOPOPTS, 0x0f },	/* longer than there is room */
		{ 20, IPPROTO_HOPOPTS, 0x0f },	/* no header between */
		{ 28, IPPROTO_FRAGMENT, 0x0f },
		{ 28, IPPROTO_HOPOPTS, 0x80 },	/* an echo request, for all one knows */
		{ 0, IPPROTO_DSTOPTS, 0x0f },
	};
	bool partial;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t copy[20];

		memcpy(copy, udp, sizeof(copy));
		copy[0] = rows[i].first;
		if (rows[i].first == 0x80)
			copy[1] = 0;
		partial = false;
		assert_int_equal(join6(rows[i].payload, rows[i].next, copy, 20,
				       &partial), 40);
		assert_true(partial);
	}
	/* Not even its header. */
	assert_int_equal(join6(12, IPPROTO_HOPOPTS, udp, 4, &partial), 40);
	assert_true(partial);
}

static void above_what_can_be_said(void **state)
{
	bool partial;

	(void)state;
	assert_int_equal(join6(0, IPPROTO_HOPOPTS, tcp, 20, &partial), 68);
	assert_false(partial);
	assert_ports(68, IPPROTO_TCP, 5202, 0);
	assert_int_equal(join6(0, IPPROTO_TCP, tcp, 20, &partial), 60);
	assert_ports(60, IPPROTO_TCP, 5202, 0);
}

/* Written for others to read, and taken out again, it is what it was. */
static void a_claim_is_taken_back(void **state)
{
	static const uint8_t next[] = { IPPROTO_HOPOPTS, IPPROTO_TCP };
	uint8_t copy[NFT_HEADERS_MAX];
	struct packet p;
	bool partial;

	(void)state;
	for (size_t i = 0; i < sizeof(next); i++) {
		size_t len = join6(0, next[i], tcp, 20, &partial);

		memcpy(copy, joined, len);
		jumbo_claim(copy, (uint32_t)len);
		packet_decode(&p, NFPROTO_IPV6, copy, len);
		assert_false(p.unsized);
		assert_true(p.length > PACKET_SIZED);
		jumbo_disclaim(copy, (uint32_t)len);
		assert_memory_equal(copy, joined, len);
	}
	for (uint32_t len = 0; len < 48; len++) {
		memset(copy, 0, sizeof(copy));
		jumbo_claim(copy, len);
		jumbo_disclaim(copy, len);
		for (size_t i = 0; i < sizeof(copy); i++)
			assert_int_equal(copy[i], 0);
	}
}

/* By the option, wherever it stands among others; one too small is none. */
static void the_option(void **state)
{
	uint8_t b[60] = { 0x60, [6] = IPPROTO_HOPOPTS, [40] = IPPROTO_UDP, 1,
			  0, 1, 2, 0, 0, 0xc2, 4, 0, 1, 0x20, 0 };
	struct packet p;

	(void)state;
	packet_decode(&p, NFPROTO_IPV6, b, sizeof(b));
	assert_int_equal(p.length, 0x12000 + 40);
	assert_false(p.unsized);
	b[50] = 0;
	packet_decode(&p, NFPROTO_IPV6, b, sizeof(b));
	assert_true(p.unsized);
	assert_int_equal(p.length, 0);
	assert_true(p.flags & PACKET_MALFORMED);
}

static void ipv4(void **state)
{
	uint8_t head[40] = { 0x4f, [9] = IPPROTO_UDP };
	const struct nft_headers h = { head, udp, sizeof(head), sizeof(udp) };
	bool partial;

	(void)state;
	memset(joined, 0xee, sizeof(joined));
	assert_int_equal(nft_headers_join(joined, &h, NFPROTO_IPV4, &partial), 80);
	assert_false(partial);
	for (size_t i = 40; i < 60; i++)
		assert_int_equal(joined[i], 0);
	assert_memory_equal(joined + 60, udp, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_length_that_fits),
		cmocka_unit_test(nothing_that_fits),
		cmocka_unit_test(above_what_can_be_said),
		cmocka_unit_test(a_claim_is_taken_back),
		cmocka_unit_test(the_option),
		cmocka_unit_test(ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
