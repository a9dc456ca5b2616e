// SPDX-License-Identifier: GPL-2.0-or-later
/* pcap_file_test: time stamps in units of any size, computed in 64 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "replay/pcap_file.c"

static void test_known(void **state)
{
	static const struct {
		uint64_t time, units, ns;
	} row[] = {
		{ 1, 0, 0 },
		{ 0, 1, 0 },
		{ 3, 2, 1500000000 },
		{ 1700000000123456ull, 1000000, 1700000000123456000ull },
		{ 1700000000123456789ull, 1000000000, 1700000000123456789ull },
		/* Picoseconds, attoseconds, 2^-40 and 2^-63 of a second */
		{ 1999999999999ull, 1000000000000ull, 1999999999 },
		{ 1000000000999999999ull, 1000000000000000000ull, 1000000000 },
		{ (1ull << 40) + (1ull << 39), 1ull << 40, 1500000000 },
		{ 1ull << 62, 1ull << 63, 500000000 },
		{ UINT64_MAX, 10000000000000000000ull, 1844674407 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_int_equal(in_nanoseconds(row[i].time, row[i].units),
				 row[i].ns);
}

/* Every resolution that a file can name, beside wider arithmetic. */
static void test_all_units(void **state)
{
	(void)state;
#ifdef __SIZEOF_INT128__
	for (unsigned int code = 0; code < 256; code++) {
		uint64_t units = time_units((uint8_t)code);
		uint64_t seed = 88172645463325252ull + code;

		for (int i = 0; units && i < 1000; i++) {
			uint64_t rest, wide, ns;

			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			rest = seed % units;
			wide = (uint64_t)((unsigned __int128)rest *
					  1000000000 / units);
			ns = part_in_nanoseconds(rest, units);
			assert_true(ns <= wide && wide - ns <=
				    (units > UINT64_MAX / 10));
		}
	}
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_all_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
