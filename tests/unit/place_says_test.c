// SPDX-License-Identifier: GPL-2.0-or-later
/* place_says_test: what is read off a rule's text, and what in it is only a comment. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netfilter.h>

#include "capture/event.h"
#include "place/place_says.h"
#include "place/place_types.h"
#include "rules/base/units.h"

static struct place place_of(const char *rule, uint8_t nfproto)
{
	return (struct place){
		.rule = rule, .rule_len = (uint32_t)strlen(rule),
		.nfproto = nfproto, .target = "", .backend = EVENT_NFT,
	};
}

static void test_destination(void **state)
{
	static const struct {
		const char *rule;
		const char *dst;	/* NULL: none is told */
	} rows[] = {
		{ "-A P -j DNAT --to-destination 10.0.0.1", "10.0.0.1" },
		{ "-A P -j DNAT --to-destination 10.0.0.1:80", "10.0.0.1" },
		{ "-A P -j DNAT --to-destination 10.0.0.1:80-90 --random", "10.0.0.1" },
		{ "-A P -j DNAT --to-destination 10.0.0.1-10.0.0.2", NULL },
		{ "-A P -j DNAT --to-destination :80", NULL },
		{ "-A P -m comment --comment \"--to-destination 10.0.0.2\" -j DNAT --to-destination 10.0.0.1", "10.0.0.1" },
		{ "-A P -j REDIRECT --to-ports 80", NULL },
		{ "udp dport 1 dnat to 10.0.0.1", "10.0.0.1" },
		{ "udp dport 1 dnat ip to 10.0.0.1:80 comment \"dnat to 10.0.0.2\"", "10.0.0.1" },
		{ "dnat to udp dport map { 1 : 10.0.0.1 }", NULL },
		{ "dnat to 10.0.0.1-10.0.0.9", NULL },
		{ "-A P -j DNAT --to-destination fd00::1", "fd00::1" },
		{ "-A P -j DNAT --to-destination [fd00::1]:80", "fd00::1" },
		{ "dnat to [fd00::1]:80", "fd00::1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool six = rows[i].dst && strstr(rows[i].dst, "::");
		struct place p = place_of(rows[i].rule, six ? NFPROTO_IPV6
							     : NFPROTO_IPV4);
		uint8_t want[16] = { 0 }, got[16];

		if (place_destination(&p, got) != (rows[i].dst != NULL))
			fail_msg("row %zu", i);
		if (!rows[i].dst)
			continue;
		inet_pton(six ? AF_INET6 : AF_INET, rows[i].dst, want);
		assert_memory_equal(got, want, sizeof(want));
	}
}

static void test_mark(void **state)
{
	static const struct {
		const char *rule;
		uint32_t from, to;
	} rows[] = {
		{ "-A P -j TPROXY --on-port 1", 6, 6 },
		{ "-A P -j TPROXY --on-port 1 --tproxy-mark 0x1/0x1", 6, 7 },
		{ "-A P -j TPROXY --tproxy-mark 0x10/0xffffffff", 6, 0x10 },
		{ "-A P -j TPROXY --tproxy-mark 16", 6, 16 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct place p = place_of(rows[i].rule, NFPROTO_IPV4);

		assert_int_equal(place_tproxy_mark(&p, rows[i].from),
				 rows[i].to);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *rule;
		bool bypasses, match_dropped;
	} rows[] = {
		{ "-A P -j NFQUEUE --queue-num 1 --queue-bypass", true, false },
		{ "queue flags bypass to 4", true, false },
		{ "queue flags bypass,fanout to 4-5", true, false },
		{ "queue to 4", false, false },
		{ "-A F -m hashlimit -j ACCEPT", false, true },
		{ "-A F -p tcp -m tcp --dport 1 -j cali-x", false, true },
		{ "-A F -p tcp -m tcp --dport 1", false, true },
		{ "-A F -p tcp -g other", false, true },
		{ "-A F -m comment --comment \"-j ACCEPT\" -j DROP", false, false },
		{ "-A F -j MASQUERADE", false, false },
		{ "tcp dport 1 accept", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct place p = place_of(rows[i].rule, NFPROTO_IPV4);

		if (place_bypasses(&p) != rows[i].bypasses ||
		    place_match_dropped(&p) != rows[i].match_dropped)
			fail_msg("row %zu", i);
	}
}

static void test_zones(void **state)
{
	static const struct {
		const char *rule;
		bool zones;
	} rows[] = {
		{ "-A P -i eth0 -j CT --zone 1", true },
		{ "-A P -j CT --zone-orig mark", true },
		{ "-A P -j CT --zone-reply 2", true },
		{ "-A P -j CT --notrack", false },
		{ "ct zone set 1", true },
		{ "ct original zone set 1", true },
		{ "ct reply zone set mark map @zones", true },
		{ "ct zone 1 accept", false },
		{ "accept comment \"ct zone set 1\"", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct place p = place_of(rows[i].rule, NFPROTO_IPV4);

		p.backend = *rows[i].rule == '-' ? EVENT_LEGACY : EVENT_NFT;
		if (place_zones(&p) != rows[i].zones)
			fail_msg("row %zu", i);
	}
}

/* What stands behind the text is another rule's, and what is in a comment is nobody's. */
static void test_queue(void **state)
{
	static const struct {
		const char *rule;
		unsigned int first, last;
		const char *text;
	} rows[] = {
		{ "-A P -j NFQUEUE --queue-num 5", 5, 5, "5" },
		{ "-A P -j NFQUEUE --queue-balance 3:7 --queue-bypass", 3, 7, "3:7" },
		{ "-A P -j NFQUEUE", 0, 0, "0" },
		{ "-A P -m comment --comment \"--queue-num 9\" -j NFQUEUE --queue-num 5", 5, 5, "5" },
		{ "-A P -m comment --comment \"--queue-num 9\" -j NFQUEUE", 0, 0, "0" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[128], queue[PLACE_QUEUE_TEXT];
		struct place p = place_of(rows[i].rule, NFPROTO_IPV4);
		unsigned int last;

		snprintf(text, sizeof(text), "%s7:8", rows[i].rule);
		p.rule = text;
		p.backend = EVENT_LEGACY;
		if (place_queue(&p, &last) != rows[i].first || last != rows[i].last)
			fail_msg("row %zu", i);
		assert_string_equal(place_queue_text(&p, queue), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_destination),
		cmocka_unit_test(test_mark),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
