// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_batch_test: room for many rules costs nothing until they are there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "rules/nft/batch.h"

/* Bytes of this process that are in memory. */
static long resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

/* The allocator deals otherwise with what it was given back. */
static void test_empty_ones_cost_nothing(void **state)
{
	struct nft_batch *b;
	long before = resident();

	(void)state;
	for (int i = 0; i < 3; i++) {
		b = nft_batch_new();
		assert_non_null(b);
		assert_true(resident() - before < 1 << 20);
		nft_batch_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_ones_cost_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
