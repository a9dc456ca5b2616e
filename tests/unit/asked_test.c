// SPDX-License-Identifier: GPL-2.0-or-later
/* asked_test: what conntrack may say of a packet of which one thing is another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include <cmocka.h>

#include "misses/asked.h"
#include "rules/base/units.h"

enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, NEW = 1 << CONNTRACK_NEW };

/* 10.1.2.3 > 192.168.7.9, 20 bytes of IPv4 and 20 of what is in it */
static void make(struct asked *a, struct packet *p, uint8_t bytes[40],
		 uint8_t proto, uint8_t states)
{
	static const uint8_t head[20] = {
		0x45, 0, 0, 40, 0, 1, 0, 0, 64, 0, 0, 0,
		10, 1, 2, 3, 192, 168, 7, 9,
	};

	memset(bytes, 0, 40);
	memcpy(bytes, head, sizeof(head));
	bytes[9] = proto;
	bytes[20] = proto == IPPROTO_ICMP ? 8 : 0x9c;
	bytes[23] = 80;
	if (proto == IPPROTO_TCP) {
		bytes[32] = 0x50;
		bytes[33] = SYN;
	}
	packet_decode(p, NFPROTO_IPV4, bytes, 40);
	*a = (struct asked){ .p = p, .nfproto = NFPROTO_IPV4, .states = states };
}

static const struct row {
	uint8_t proto, states;		/* as it was */
	uint8_t field, at, value;	/* one byte of it is another then */
	uint8_t then;			/* its states */
} rows[] = {
	/* A query begins a connection; an error, or an answer, belongs to one that is there. */
	{ IPPROTO_ICMP, NEW, ASKED_ICMP, 20, 13, NEW },
	{ IPPROTO_ICMP, NEW, ASKED_ICMP, 20, 3, ASKED_ALL_STATES },
	{ IPPROTO_ICMP, NEW, ASKED_ICMP, 20, 11, ASKED_ALL_STATES },
	{ IPPROTO_ICMP, NEW, ASKED_ICMP, 20, 0, ASKED_ALL_STATES },
	/* So does a SYN. */
	{ IPPROTO_TCP, NEW, ASKED_TCP_FLAGS, 33, SYN | PSH, NEW },
	{ IPPROTO_TCP, NEW, ASKED_TCP_FLAGS, 33, SYN | ACK, ASKED_ALL_STATES },
	{ IPPROTO_TCP, NEW, ASKED_TCP_FLAGS, 33, ACK, ASKED_ALL_STATES },
	{ IPPROTO_TCP, NEW, ASKED_TCP_FLAGS, 33, RST, ASKED_ALL_STATES },
	{ IPPROTO_TCP, NEW, ASKED_TCP_FLAGS, 33, 0, ASKED_ALL_STATES },
	{ IPPROTO_TCP, 1 << CONNTRACK_INVALID, ASKED_TCP_FLAGS, 33, SYN, ASKED_ALL_STATES },
	/* What another protocol makes of the same bytes. */
	{ IPPROTO_UDP, NEW, ASKED_PROTO, 9, IPPROTO_GRE, NEW },
	{ IPPROTO_UDP, NEW, ASKED_PROTO, 9, IPPROTO_TCP, ASKED_ALL_STATES },
	{ IPPROTO_UDP, NEW, ASKED_PROTO, 9, IPPROTO_ICMP, ASKED_ALL_STATES },
	{ IPPROTO_UDP, NEW, ASKED_PROTO, 9, IPPROTO_SCTP, ASKED_ALL_STATES },
	{ IPPROTO_TCP, NEW, ASKED_DPORT, 23, 81, NEW },
	{ IPPROTO_TCP, 1 << CONNTRACK_ESTABLISHED, ASKED_DPORT, 23, 81, ASKED_ALL_STATES },
	{ IPPROTO_TCP, 1 << CONNTRACK_ESTABLISHED, ASKED_TTL, 8, 63, 1 << CONNTRACK_ESTABLISHED },
};

static void test_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct asked_change c = {
			.field = r->field, .len = 1, .at = r->at, .bytes = { r->value },
		};
		struct asked_copy to;
		struct packet p;
		struct asked a;
		uint8_t bytes[40];

		make(&a, &p, bytes, r->proto, r->states);
		assert_true(asked_with(&to, &a, &c));
		if (to.a.states != r->then)
			fail_msg("row %zu: 0x%x, not 0x%x", i, to.a.states, r->then);
		assert_int_equal(to.a.ct.state, r->then == NEW ? CONNTRACK_NEW : 0);
		assert_int_equal(to.a.p->data[r->at], r->value);
	}
}

/* What was not captured cannot be another. */
static void test_short(void **state)
{
	struct asked_change c = { .field = ASKED_TTL, .len = 1, .at = 40 };
	struct asked_copy to;
	struct packet p;
	struct asked a;
	uint8_t bytes[40];

	(void)state;
	make(&a, &p, bytes, IPPROTO_UDP, NEW);
	assert_false(asked_with(&to, &a, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
