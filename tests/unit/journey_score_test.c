// SPDX-License-Identifier: GPL-2.0-or-later
/* journey_score_test: the order of the weights that score.h writes down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "journey/score.h"

enum { AT_ONCE = 4 };

struct weight {
	const char *name;
	int number;
};

#define W(name) { #name, SCORE_ ## name }

static int sum_of(const struct weight w[AT_ONCE])
{
	int sum = 0;

	for (int i = 0; i < AT_ONCE && w[i].name; i++)
		sum += w[i].number;
	return sum;
}

/* The first outweighs all of the others together. */
static void test_dominance(void **state)
{
	static const struct {
		struct weight first, others[AT_ONCE];
	} rows[] = {
		{ W(COPY), { W(CHANGED), W(BY_RULE) } },
		{ W(ICMP_ID), { W(COPY) } },
		{ W(MARK), { W(ICMP_ID), W(COPY) } },
		{ W(DEVICE), { W(ICMP_ID), W(COPY) } },
		{ W(STAMP_LIKELY), { W(ICMP_ID), W(COPY) } },
		{ W(RELAXED), { W(STAMP_LIKELY), W(ICMP_ID), W(COPY) } },
		{ W(RELAXED), { W(MARK), W(ICMP_ID), W(COPY) } },
		{ W(RELAXED), { W(DEVICE), W(ICMP_ID), W(COPY) } },
		{ W(SWAPPED), { W(RELAXED), W(ICMP_ID), W(COPY) } },
		{ W(REWRITTEN), { W(SWAPPED), W(COPY) } },
		{ W(REWRITTEN), { W(RELAXED), W(MARK), W(COPY) } },
		{ W(STAMP_SAME), { W(RELAXED), W(MARK), W(ICMP_ID), W(COPY) } },
		{ W(STAMP_SAME), { W(SWAPPED), W(ICMP_ID), W(COPY) } },
		{ W(STAMP_SAME), { W(REWRITTEN), W(COPY) } },
		{ W(TRACE_ID_SAME), { W(RELAXED), W(MARK), W(ICMP_ID), W(COPY) } },
		{ W(TRACE_ID_SAME), { W(SWAPPED), W(ICMP_ID), W(COPY) } },
		{ W(TRACE_ID_SAME), { W(REWRITTEN), W(COPY) } },
		{ W(HEADER), { W(STAMP_SAME), W(REWRITTEN), W(COPY) } },
		{ W(ROBBED), { W(STAMP_SAME), W(STAMP_OTHER), W(MARK), W(DEVICE) } },
		{ W(ROBBED), { W(TRACE_ID_SAME), W(TRACE_ID_OTHER), W(MARK), W(DEVICE) } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int others = 0;

		for (int k = 0; k < AT_ONCE; k++)
			others += abs(rows[i].others[k].number);
		if (abs(rows[i].first.number) <= others)
			fail_msg("%s does not outweigh %s ...: %d, %d",
				 rows[i].first.name, rows[i].others[0].name,
				 abs(rows[i].first.number), others);
	}
}

/* What makes it another packet, and what is merely unlikely. */
static void test_refuted(void **state)
{
	static const struct {
		struct weight all[AT_ONCE];
		bool refuted;
	} rows[] = {
		{ { W(STAMP_OTHER) }, true },
		{ { W(TRACE_ID_OTHER) }, true },
		{ { W(HEADER) }, true },
		{ { W(HEADER), W(STAMP_SAME) }, true },
		{ { W(HEADER), W(TRACE_ID_SAME) }, true },
		{ { W(HEADER), W(STAMP_SAME), W(TRACE_ID_SAME) }, false },
		{ { W(SWAPPED), W(ICMP_ID), W(CHANGED), W(BY_RULE) }, false },
		{ { W(RELAXED), W(MARK), W(ICMP_ID), W(CHANGED) }, false },
		{ { W(RELAXED), W(DEVICE), W(ICMP_ID), W(CHANGED) }, false },
		{ { W(REWRITTEN), W(CHANGED), W(BY_RULE) }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((sum_of(rows[i].all) <= SCORE_REFUTED) != rows[i].refuted)
			fail_msg("row %zu: %s ... %d", i, rows[i].all[0].name,
				 sum_of(rows[i].all));
}

/* At a packet's first rule: another journey, or one that came back. */
static void test_start(void **state)
{
	static const struct {
		struct weight all[AT_ONCE];
		bool begins;
	} rows[] = {
		{ { W(MARK), W(DEVICE) }, true },
		{ { W(DEVICE), W(DEVICE) }, true },
		{ { W(STAMP_OTHER) }, true },
		{ { W(HEADER) }, true },
		{ { W(MARK), W(ICMP_ID), W(CHANGED), W(BY_RULE) }, false },
		{ { W(DEVICE), W(ICMP_ID), W(CHANGED), W(BY_RULE) }, false },
		{ { W(STAMP_SAME), W(MARK), W(DEVICE) }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if ((sum_of(rows[i].all) <= SCORE_RELAXED) != rows[i].begins)
			fail_msg("row %zu: %s ... %d", i, rows[i].all[0].name,
				 sum_of(rows[i].all));
}

/* What speaks for a journey is above 0, what speaks against it below. */
static void test_signs(void **state)
{
	static const struct weight against[] = {
		W(CHANGED), W(COPY), W(ICMP_ID), W(MARK), W(DEVICE), W(RELAXED),
		W(SWAPPED), W(REWRITTEN), W(STAMP_OTHER), W(TRACE_ID_OTHER),
		W(HEADER), W(ROBBED),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(against) / sizeof(against[0]); i++)
		assert_true(against[i].number < 0);
	assert_true(SCORE_STAMP_LIKELY > 0 && SCORE_STAMP_SAME > 0 &&
		    SCORE_TRACE_ID_SAME > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dominance),
		cmocka_unit_test(test_refuted),
		cmocka_unit_test(test_start),
		cmocka_unit_test(test_signs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
