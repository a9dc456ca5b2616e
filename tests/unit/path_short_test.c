// SPDX-License-Identifier: GPL-2.0-or-later
/* path_short_test: what a few questions say of a path is what all of them say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/journey_again.h"
#include "journey/journey_end.h"
#include "journey/observation.h"
#include "journey/path.h"
#include "journey/path_next.h"
#include "journey/slots.h"
#include "place/path_map.h"
#include "place/table_order.h"
#include "rules/base/units.h"

enum { MAPS = 200, PATHS = 2000, TABLES = 5, STATES = PATH_MAYBE + 1 };

static const uint8_t orders[TABLES] = { T_RAW, T_MANGLE, T_DNAT, T_FILTER, T_SECURITY };

static struct {
	uint64_t seed;
	struct path_map map;
	struct place place[NF_INET_NUMHOOKS][TABLES];
} g;

static unsigned int chance(unsigned int n)
{
	g.seed = g.seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (unsigned int)(g.seed >> 33) % n;
}

/* Some hooks have few tables, or more chains than there are numbers for. */
static void make_map(void)
{
	memset(&g.map, 0, sizeof(g.map));
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++) {
		unsigned int most = 1 + chance(4);

		for (unsigned int t = 0; t < TABLES; t++) {
			uint8_t slot = SLOT_NONE;

			if (chance(4) < most)
				slot = path_map_add(&g.map, 0, h, orders[t],
						    (int32_t)(t + chance(2)) * 10,
						    orders[t] == T_DNAT);
			g.place[h][t] = (struct place){
				.table = "t", .nfproto = NFPROTO_IPV4,
				.hook = (uint8_t)h, .order = orders[t],
				.slot = slot, .chain_index = h * TABLES + t,
				.number = 1, .last = 2,
			};
		}
		g.map.hook[0][h].overflow = chance(12) == 0;
	}
	g.map.link_behind = chance(20) == 0;
}

static const struct place *any_place(void)
{
	return &g.place[chance(NF_INET_NUMHOOKS)][chance(TABLES)];
}

static struct path any_path(void)
{
	const struct place *last = any_place();
	struct path p = {
		.last = last, .hook = last->hook, .order = last->order,
		.slot = chance(10) ? last->slot : SLOT_NONE,
		.chain = last->chain_index, .after = last->number,
		.state = chance(3) ? PATH_TABLE_DONE : (uint8_t)chance(STATES),
		.seen = chance(2) ? 0 : chance(64), .passed = chance(4) ? 0 : chance(64),
		.local = last->hook == NF_INET_LOCAL_OUT || chance(3) == 0,
		.born_local = chance(3) == 0, .excused = chance(10) == 0,
		.out = chance(5) ? 3 : LOOPBACK_IFINDEX,
	};

	if (last->slot != SLOT_NONE)
		p.seen |= BIT64(last->slot);
	return p;
}

static struct observation observe(struct event *e, const struct place *at)
{
	*e = (struct event){
		.nfproto = NFPROTO_IPV4,
		.hook = chance(10) ? at->hook : (uint8_t)chance(NF_INET_NUMHOOKS),
	};
	return (struct observation){
		.e = e, .at = at, .hooks = g.map.hook[0], .headers = HEADERS_WHOLE,
		.is_start = path_is_start(at),
		.enters = e->hook == NF_INET_PRE_ROUTING ||
			  e->hook == NF_INET_LOCAL_IN,
	};
}

static bool follows(const struct path *p, const struct observation *o)
{
	return !path_loops_back(p, o) &&
	       path_may_follow(&g.map, p, o) == PATH_STRICT;
}

/* Return: 1: it is said to follow, and does. */
static unsigned int check_next_hook(const struct path *p,
				    const struct observation *o)
{
	if (!path_is_next_hook(p, o))
		return 0;
	assert_true(follows(p, o));
	return 1;
}

static unsigned int check_next_table(const struct path *p,
				     const struct observation *o)
{
	if (!journey_again_in_table(p, o->e, o->at, &g.map))
		return 0;
	assert_true(follows(p, o));
	return 1;
}

/* What more is expected of for certain is not over. */
static unsigned int check_later(struct path *p)
{
	struct journey j = { .path = p, .branches = 1, .entry.place = any_place() };

	if (p->state != PATH_TABLE_DONE || !slots_have_later(&g.map, p))
		return 0;
	assert_false(journey_is_over(&j, &g.map));
	return 1;
}

static void test_few_questions(void **state)
{
	unsigned int hooks = 0, tables = 0, later = 0;

	(void)state;
	g.seed = 1;
	for (unsigned int m = 0; m < MAPS; m++) {
		make_map();
		for (unsigned int i = 0; i < PATHS; i++) {
			struct path p = any_path();
			struct event e;
			struct observation o = observe(&e, any_place());

			hooks += check_next_hook(&p, &o);
			tables += check_next_table(&p, &o);
			later += check_later(&p);
		}
	}
	assert_true(hooks > MAPS);
	assert_true(tables > MAPS);
	assert_true(later > MAPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_few_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
