// SPDX-License-Identifier: GPL-2.0-or-later
/* mark_rule_test: what rules' texts say that they make of a mark. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "misses/mark_rule.h"
#include "rules/base/units.h"

enum { BEFORE = 0x12345678 };

static bool read(struct mark_rule *m, const char *text)
{
	return mark_rule_read(m, (struct strview){ text, strlen(text) });
}

/* By hand, from iptables-extensions(8) and nft(8). */
static void what_comes_of_a_mark(void **state)
{
	static const struct {
		const char *text;
		uint32_t after;
	} rows[] = {
		{ "-A X -j MARK --set-xmark 0x5/0xffffffff", 5 },
		{ "-A X -j MARK --set-xmark 0x0/0x678", 0x12345000 },
		{ "-A X -j MARK --set-xmark 0x10000/0x10000", 0x12355678 },
		{ "-A X -j MARK --set-xmark 0x8/0x0", 0x12345670 },
		{ "-A X -m comment --comment \" -j MARK --set-xmark 0x1/0x1\" -j MARK --set-xmark 0x0/0x8", 0x12345670 },
		{ "meta mark set 0x00000005", 5 },
		{ "tcp dport 80 meta mark set meta mark | 0x00010000", 0x12355678 },
		{ "meta mark set meta mark & 0xffff0000", 0x12340000 },
		{ "meta mark set meta mark ^ 0x00000008", 0x12345670 },
		{ "meta mark set meta mark & 0xffff0000 | 0x00040001 comment \"cali:x\"", 0x12340001 },
		{ "meta mark set 0x00000005 comment \"meta mark set 0x7\"", 5 },
		{ "meta mark set meta mark | 0x00000007 & 0xfffffff3 ^ 0x00000001", 0x12345672 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mark_rule m;

		assert_true(read(&m, rows[i].text));
		assert_int_equal(mark_rule_make(&m, BEFORE), rows[i].after);
	}
}

static void what_is_not_understood(void **state)
{
	static const char *const texts[] = {
		"", "-A X -j ACCEPT", "-A X -j MARK --set-xmark 0x5", "-A X -j MARK --set-xmark 0x5/0x5 x",
		"-A X -j CONNMARK --set-xmark 0x5/0x5",
		"-A X -m comment --comment \" -j MARK --set-xmark 0x1/0x1\" -j ACCEPT",
		"ct mark set 0x00000005", "meta mark set ct mark", "meta mark set 0x00000005 accept",
		"meta mark set meta mark | ct mark", "meta mark set ip saddr map @m",
		"meta mark set meta mark << 8", "meta mark set meta mark",
		"meta mark set 0x00000005 tcp dport 80",
		"tcp dport 80 comment \"meta mark set 0x5\"",
		"tcp dport 80 comment \"meta mark set 0x5 comment\"",
		"-A X -m comment --comment \"meta mark set 0x5 comment \\\" x\"",
		"meta mark set 0x1ffffffff",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct mark_rule m;

		if (read(&m, texts[i]))
			fail_msg("%s", texts[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_comes_of_a_mark),
		cmocka_unit_test(what_is_not_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
