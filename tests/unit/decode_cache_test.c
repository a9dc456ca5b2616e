// SPDX-License-Identifier: GPL-2.0-or-later
/* decode_cache_test: which events are taken for ones of the packet before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/decode_cache.h"
#include "packet/identity.h"

static uint8_t udp[DECODE_CACHE_MAX + 1] = {
	0x45, 0, 0, 128, 0x12, 0x34, 0x40, 0, 64, IPPROTO_UDP, 0, 0,
	10, 1, 0, 2, 10, 2, 0, 2, 0x80, 1, 0, 9, 0, 108,
};

static struct event event_of(const uint8_t *bytes, uint32_t len)
{
	return (struct event){
		.nfproto = NFPROTO_IPV4, .payload = bytes, .payload_len = len,
	};
}

/* All but where the bytes lie, and the number. */
static void assert_decoded(struct packet a, struct packet b)
{
	assert_int_equal(a.src ? a.src - a.data : -1, b.src ? b.src - b.data : -1);
	assert_int_equal(a.dst ? a.dst - a.data : -1, b.dst ? b.dst - b.data : -1);
	a.data = a.src = a.dst = b.data = b.src = b.dst = NULL;
	a.serial = b.serial = 0;
	assert_memory_equal(&a, &b, sizeof(a));
}

/* What decode_cache.h promises in any case. */
static uint64_t look(struct decode_cache *s, const struct event *e)
{
	struct packet p;

	decode_cache_decode(s, e, UINT32_MAX);
	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	assert_int_equal(s->key, identity_key(&p, UINT32_MAX));
	assert_decoded(s->p, p);
	if (p.caplen)
		assert_memory_equal(s->p.data, p.data, p.caplen);
	return s->p.serial;
}

static void the_same_bytes_are_one_packet(void **state)
{
	struct decode_cache s = { .serials = 0 };
	struct event e = event_of(udp, 128), again;
	uint8_t copy[128];
	uint64_t serial;

	(void)state;
	memcpy(copy, udp, sizeof(copy));
	again = event_of(copy, sizeof(copy));
	serial = look(&s, &e);
	assert_int_not_equal(serial, 0);
	assert_int_equal(look(&s, &again), serial);
	/* It does not live in the message. */
	memset(copy, 0, sizeof(copy));
	assert_int_equal(look(&s, &e), serial);
}

static void any_other_byte_is_another_packet(void **state)
{
	struct decode_cache s = { .serials = 0 };
	struct event e = event_of(udp, 128), other;
	uint8_t copy[128];
	uint64_t serial;

	(void)state;
	for (size_t i = 0; i < sizeof(copy); i++) {
		memcpy(copy, udp, sizeof(copy));
		copy[i]++;
		other = event_of(copy, sizeof(copy));
		serial = look(&s, &e);
		assert_int_not_equal(look(&s, &other), serial);
	}
	other = event_of(udp, 127);
	serial = look(&s, &e);
	assert_int_not_equal(look(&s, &other), serial);
	other = e;
	other.nfproto = NFPROTO_IPV6;
	serial = look(&s, &e);
	assert_int_not_equal(look(&s, &other), serial);
}

/* Whatever the header is, of IPv4 or not: each byte of it changed, and all the lengths. */
static void any_header_is_decoded(void **state)
{
	static const uint8_t first[] = { 0x45, 0x46, 0x4f, 0x44, 0x55, 0x60 };
	struct decode_cache s = { .serials = 0 };
	uint8_t was[64], now[64];

	(void)state;
	for (size_t i = 0; i < sizeof(first); i++)
		for (uint32_t len = 1; len <= sizeof(was); len++)
			for (size_t at = 0; at < len; at++) {
				struct event e = event_of(was, len);

				memcpy(was, udp, sizeof(was));
				was[0] = first[i];
				memcpy(now, was, sizeof(now));
				now[at]--;
				look(&s, &e);
				e.payload = now;
				look(&s, &e);
				e.nfproto = NFPROTO_IPV6;
				look(&s, &e);
			}
}

static void what_may_not_come_again_has_no_serial(void **state)
{
	struct event_nft nft = { .id = 1 };
	struct decode_cache s = { .serials = 0 };
	struct event e = event_of(udp, DECODE_CACHE_MAX + 1),
		     none = event_of(udp, 0);

	(void)state;
	assert_int_equal(look(&s, &e), 0);
	assert_int_equal(look(&s, &none), 0);
	e = event_of(udp, 128);
	assert_int_not_equal(look(&s, &e), 0);
	e.nft = &nft;
	assert_int_equal(look(&s, &e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_one_packet),
		cmocka_unit_test(any_other_byte_is_another_packet),
		cmocka_unit_test(any_header_is_decoded),
		cmocka_unit_test(what_may_not_come_again_has_no_serial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
