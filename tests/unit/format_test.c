// SPDX-License-Identifier: GPL-2.0-or-later
/* format: the same bytes as snprintf, for what is ours and for what is not. */
#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/format.h"

#define SAME(...) do { \
	char a[256], b[256]; \
	size_t n = format_text(a, sizeof(a), __VA_ARGS__); \
	int m = snprintf(b, sizeof(b), __VA_ARGS__); \
	assert_string_equal(a, b); \
	assert_int_equal(n, m); \
} while (0)

static void test_words(void **state)
{
	(void)state;
	SAME("nothing to fill in");
	SAME("%s and %s%c", "one", "", '!');
	SAME("100%% of %s", "it");
}

static void test_numbers(void **state)
{
	static const unsigned int of[] = { 0, 1, 9, 10, 65535, INT_MAX,
					   UINT_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		SAME("%u.%x", of[i], of[i]);
		SAME("%d", (int)of[i]);
		SAME("%06u 0x%05x %02x", of[i], of[i], of[i]);
	}
	SAME("%d %d", INT_MIN, -1);
	SAME("%lu %llu %" PRIu64, ULONG_MAX, ULLONG_MAX, UINT64_MAX);
	SAME("%ld", LONG_MIN);
}

static void test_not_ours(void **state)
{
	(void)state;
	SAME("%5u|%-5u|%.2s|%g|%zu", 7, 7, "abc", 1.5, (size_t)9);
	SAME("first %s, then %*d", "ours", 6, 42);
}

static void test_too_long(void **state)
{
	char to[8];

	(void)state;
	assert_int_equal(format_text(to, sizeof(to), "%s", "12345678"), 7);
	assert_string_equal(to, "1234567");
	assert_int_equal(format_text(to, sizeof(to), "ab%u", 1234567), 7);
	assert_string_equal(to, "ab12345");
	assert_int_equal(format_text(to, 1, "%d", -1), 0);
	assert_string_equal(to, "");
	/* stdio's way */
	assert_int_equal(format_text(to, sizeof(to), "%9d", 1), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_not_ours),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
