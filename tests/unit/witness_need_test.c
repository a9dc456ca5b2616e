// SPDX-License-Identifier: GPL-2.0-or-later
/* witness_need_test: which hooks need a witness where drop records are had: a row a lemma. */
#include "supervisor/witness_need.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <linux/netfilter.h>

#include "place/path_map.h"
#include "rules/base/units.h"
#include "rules/base/witness.h"

enum {
	PRE = BIT(NF_INET_PRE_ROUTING), IN = BIT(NF_INET_LOCAL_IN),
	FORWARD = BIT(NF_INET_FORWARD), OUT = BIT(NF_INET_LOCAL_OUT),
	POST = BIT(NF_INET_POST_ROUTING),
	FILTER = IN | FORWARD | OUT, NAT = PRE | IN | OUT | POST,
};

static void test_rows(void **state)
{
	static const struct {
		struct witness_facts facts;
		uint8_t need;
	} rows[] = {
		/* seen where it turns to, it needs nobody else */
		{ { .sees = FILTER }, 0 },
		{ { .sees = WITNESS_ALL }, 0 },
		{ { .sees = IN | POST }, 0 },
		/* else one of two ways is not told from the other */
		{ { .sees = 0 }, IN | FORWARD },
		{ { .sees = PRE | OUT }, IN | FORWARD },
		{ { .sees = FORWARD }, IN },
		{ { .sees = IN }, FORWARD },
		/* an address that nat chose is seen behind it */
		{ { .sees = FILTER, .nat = NAT }, IN | POST },
		{ { .sees = FILTER, .nat = POST }, POST },
		{ { .sees = FILTER, .nat = IN }, IN },
		/* so is the source of an answer, as it leaves, or comes in */
		{ { .sees = FILTER, .nat = PRE }, POST },
		{ { .sees = WITNESS_ALL, .nat = POST }, POST },
		/* which shows who is forwarded, too */
		{ { .sees = 0, .nat = NAT }, IN | POST },
		/* so is another way out */
		{ { .sees = FILTER, .nat = OUT }, IN | POST },
		{ { .sees = FILTER, .reroutes = true }, POST },
		{ { .sees = WITNESS_ALL, .reroutes = true }, 0 },
		/* whoever takes packets without a word is seen by silence alone */
		{ { .sees = WITNESS_ALL, .takes = true }, WITNESS_ALL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (witness_need(&rows[i].facts) != rows[i].need)
			fail_msg("row %zu: %#x, not %#x", i,
				 witness_need(&rows[i].facts), rows[i].need);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
