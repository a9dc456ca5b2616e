// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_changers_test: which transactions are changes of the rules, and whose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "protocol/stats.h"
#include "reader/nft_changers.h"

struct world {
	struct nft_changers changers;
	struct stats stats;
};

static bool tell(struct world *w, uint8_t kind, bool own, const char *by,
		 uint32_t pid)
{
	struct nft_update c = { .kind = kind, .pid = pid,
				.by = { by, (uint32_t)strlen(by) } };

	return nft_changers_note(&w->changers, &w->stats, &c, own);
}

static bool change(struct world *w, const char *by, uint32_t pid)
{
	tell(w, NFT_UPDATE_RULE, false, "", 0);
	return tell(w, NFT_UPDATE_GENERATION, false, by, pid);
}

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct world));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	free(*state);
	return 0;
}

static void test_what_is_no_change(void **state)
{
	struct world *w = *state;

	/* An element of a set, and the run's own table. */
	tell(w, NFT_UPDATE_SET, false, "", 0);
	assert_false(tell(w, NFT_UPDATE_GENERATION, false, "fail2ban", 3));
	tell(w, NFT_UPDATE_TABLE, true, "", 0);
	assert_false(tell(w, NFT_UPDATE_GENERATION, false, "nftrace", 4));
	assert_int_equal(w->stats.nft_changes, 0);
	assert_true(change(w, "nft", 5));
	assert_int_equal(w->stats.nft_changes, 1);
}

static void test_who(void **state)
{
	struct world *w = *state;

	assert_true(change(w, "nft", 5));
	assert_false(change(w, "firewalld", 6));
	change(w, "firewalld", 6);
	change(w, "nft", 7);
	assert_int_equal(w->stats.nft_changes, 4);
	assert_int_equal(w->stats.changers, 2);
	assert_string_equal(w->stats.changer[0].name, "nft");
	assert_int_equal(w->stats.changer[0].changes, 2);
	assert_int_equal(w->stats.changer[0].pid, 7);
	assert_true(w->stats.changer[0].several);
	assert_string_equal(w->stats.changer[1].name, "firewalld");
	assert_int_equal(w->stats.changer[1].changes, 2);
	assert_false(w->stats.changer[1].several);
}

static void test_more_than_there_is_room_for(void **state)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	struct world *w = *state;
	char longer[100];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	change(w, longer, 1);
	assert_int_equal(w->stats.changers, 0);
	for (size_t i = 0; i < 6; i++)
		change(w, names[i], 2);
	assert_int_equal(w->stats.nft_changes, 7);
	assert_int_equal(w->stats.changers, STATS_CHANGERS);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_what_is_no_change),
		CASE(test_who),
		CASE(test_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
