// SPDX-License-Identifier: GPL-2.0-or-later
/* owner_test: whose rule it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rules/base/owner.h"

static void comes_back(void **state)
{
	struct owner a, b;
	char text[OWNER_TEXT];

	(void)state;
	assert_int_equal(owner_init(&a, 1764019200), 0);
	assert_int_equal(a.pid, getpid());
	owner_format(&a, text);
	assert_true(strncmp(text, "nftrace:1764019200:", 19) == 0);
	assert_true(owner_parse(&b, text));
	assert_true(owner_same_run(&a, &b));
	assert_int_equal(b.end, 1764019200);
	/* A renewed end is still the same run; another nonce is not. */
	b.end++;
	assert_true(owner_same_run(&a, &b));
	b.nonce[3] ^= 1;
	assert_false(owner_same_run(&a, &b));
}

static void only_to_the_letter(void **state)
{
	static const char *const bad[] = {
		"", "nftrace", "nftrace:", "nftrace:1:2:3:4",
		"nftrace:1:2:3:4:0123456789abcde",	/* short */
		"nftrace:1:2:3:4:0123456789abcdef0",	/* long */
		"nftrace:1:2:3:4:0123456789ABCDEF",
		"nftrace:1:2:3:4:0123456789abcdeg",
		"nftrace:1:2:3:4:0123456789abcdef ",
		" nftrace:1:2:3:4:0123456789abcdef",
		"Nftrace:1:2:3:4:0123456789abcdef",
		"nftrace: 1:2:3:4:0123456789abcdef",
		"nftrace:+1:2:3:4:0123456789abcdef",
		"nftrace:01:2:3:4:0123456789abcdef",
		"nftrace:1:2:-3:4:0123456789abcdef",
		"nftrace:1:0:3:4:0123456789abcdef",
		"nftrace:1:-2:3:4:0123456789abcdef",
		"nftrace:1:4294967298:3:4:0123456789abcdef",
		"nftrace:1:2:99999999999999999999:4:0123456789abcdef",
		"nftrace:1:2:3:4:0123456789abcdef:more",
		"traced by nftrace:1:2:3:4:0123456789abcdef",
	};
	struct owner o;

	(void)state;
	assert_true(owner_parse(&o, "nftrace:1:2:3:4:0123456789abcdef"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (owner_parse(&o, bad[i]))
			fail_msg("taken for ours: %s", bad[i]);
}

static void name_is_one_line(void **state)
{
	char name[96];

	(void)state;
	process_name(getpid(), name, sizeof(name));
	assert_non_null(strstr(name, "owner_test"));
	assert_null(strpbrk(name, "\n\r\033"));
	process_name(0, name, sizeof(name));
	assert_string_equal(name, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_back),
		cmocka_unit_test(only_to_the_letter),
		cmocka_unit_test(name_is_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
