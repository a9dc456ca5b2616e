// SPDX-License-Identifier: GPL-2.0-or-later
/* place_sweep_test: rules of nft are made anew again and again, and the reader's memory stays. */
#include "capture/nft_update.h"
#include "journey/journeys_end.h"
#include "nft_world.h"
#include "tests/unit/in_range.h"

#include <fcntl.h>

#include "capture/ifnames.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "place/nft_place_cache.h"
#include "place/place.h"
#include "place/place_index.h"
#include "place/place_nft.h"
#include "protocol/bulletin.h"
#include "protocol/stats.h"
#include "reader/order.h"
#include "reader/pending.h"
#include "reader/place_sweep.h"
#include "reader/reader_events.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "reader/reader_turn.h"
#include "rules/view/ruleset.h"

enum { CHANGES = 10000, START = 40 };

struct fixture {
	struct reader_state s;
	struct reader_plan plan;
	struct stats stats;
	struct bulletin bulletin;
	const struct nft_snapshot *first;
	uint32_t generation;
	bool new_handles;	/* deleted and added, not replaced */
};

static void on_news(void *arg, enum printer_news news)
{
	(void)arg;
	(void)news;
}

static void forget(void *arg, uint32_t id)
{
	struct fixture *f = arg;

	printer_forget(&f->s.printer, id);
}

/* As reader.c puts it together. */
static struct fixture *fixture_open(const struct report *report)
{
	static const struct ruleset none;
	struct fixture *f = calloc(1, sizeof(*f));
	struct reader_state *s;
	int null = open("/dev/null", O_WRONLY);

	assert_non_null(f);
	s = &f->s;
	f->generation = START;
	f->first = world_read("t c policy accept; t c 7 r", START, 0);
	s->plan = &f->plan;
	s->stats = f->plan.printer.stats = &f->stats;
	s->bulletin = &f->bulletin;
	s->control = null;
	s->names = ifnames_new();
	s->index = place_index_open(&none, &s->map);
	s->nft = place_nft_open(s->index, &s->map, f->first, f->first->generation);
	s->journeys = journeys_open(&s->map, 128, true, true,
				    &reader_journey_ops, s);
	s->pending = pending_open(s->nft, s->journeys, s->stats, s->bulletin,
			       &reader_hold_ops, s);
	s->order = order_open(reader_on_turn, s);
	f->plan.printer.sink[SINK_STDOUT] = (struct sink_plan){
		.report = report, .fd = null, .path = "",
	};
	f->plan.printer.sink[SINK_GRAPH] = (struct sink_plan){
		.report = &report_graph, .fd = null, .path = "",
	};
	assert_int_equal(printer_open(&s->printer, &f->plan.printer, s->names,
				      on_news, NULL), 0);
	place_on_release(s->index, forget, f);
	return f;
}

static void fixture_close(struct fixture *f)
{
	struct reader_state *s = &f->s;

	pending_close(s->pending);
	order_finish(s->order);
	order_close(s->order);
	journeys_close(s->journeys);
	printer_finish(&s->printer);
	printer_close(&s->printer);
	place_nft_close(s->nft);
	place_index_close(s->index);
	ifnames_close(s->names);
	nft_snapshot_unmap(f->first);
	close(s->control);
	free(f);
}

static uint32_t handle_now(const struct fixture *f)
{
	return f->new_handles ? f->generation : 7;
}

static void look(struct fixture *f)
{
	pending_poll(f->s.pending, f->s.now_ns, true);
}

static void change(struct fixture *f)
{
	struct world_names names;
	char rules[64], rule[32];
	struct nft_update c;
	size_t size = 0;
	int fd;

	f->generation++;
	snprintf(rule, sizeof(rule), "t c %u", handle_now(f));
	world_names(&names, rule);
	world_update(&c, NFT_UPDATE_RULE, f->generation, &names);
	pending_update(f->s.pending, &c);
	world_update(&c, NFT_UPDATE_GENERATION, f->generation, &names);
	pending_update(f->s.pending, &c);
	look(f);
	snprintf(rules, sizeof(rules), "t c policy accept; t c %u r%u",
		 handle_now(f), f->generation);
	fd = world_file(rules, f->generation, &size);
	pending_snapshot(f->s.pending, fd, size);
	pending_drained(f->s.pending);
	look(f);
}

static void meet(struct fixture *f, uint32_t id, const char *what)
{
	struct world_names names;
	const struct place *at;
	struct event_nft nft;
	struct event e;

	world_names(&names, what);
	world_event(&e, &nft, &names);
	nft.id = id;
	at = place_nft_find(f->s.nft, &e);
	assert_non_null(at);
	nft.span = place_nft_span(f->s.nft);
	e.hook = at->hook;
	f->s.now_ns += 1000;
	journeys_add(f->s.journeys, &e, at, f->s.now_ns, f->s.now_ns);
}

static void meet_rule(struct fixture *f, uint32_t id)
{
	char rule[32];

	snprintf(rule, sizeof(rule), "t c %u", handle_now(f));
	meet(f, id, rule);
}

static void answer(struct fixture *f)
{
	look(f);
	bulletin_post_generation(&f->bulletin, atomic_load(&f->stats.nft_ask),
				 f->generation);
	look(f);
}

/* A packet meets the rule, and is over. */
static void pass(struct fixture *f)
{
	meet_rule(f, f->generation);
	meet(f, f->generation, "t c");
}

static void no_more_places(bool new_handles)
{
	struct fixture *f = fixture_open(&report_json);

	f->new_handles = new_handles;
	for (unsigned int i = 0; i < CHANGES; i++) {
		change(f);
		pass(f);
		answer(f);
		place_sweep(&f->s);
	}
	assert_int_equal(stats_get(&f->stats.printed), CHANGES);
	assert_int_equal(stats_get(&f->stats.gone), 0);
	assert_uint_in_range(place_count(f->s.index), NFT_PLACE_CACHE_SOME / 2,
			NFT_PLACE_CACHE_SOME + 16);
	fixture_close(f);
}

static void a_rule_is_replaced(void **state)
{
	(void)state;
	no_more_places(false);
}

static void a_rule_is_deleted_and_added(void **state)
{
	(void)state;
	no_more_places(true);
}

/* Which generation's rule each packet has met, by its serial. */
static uint32_t met[CHANGES];
static unsigned int checked;

static void check_text(struct outbuf *o, const struct report_env *env,
		       const struct journey *j)
{
	char text[16];

	(void)o;
	(void)env;
	snprintf(text, sizeof(text), "r%u", met[j->serial]);
	assert_string_equal(j->step[0].place->rule, text);
	checked++;
}

static const struct report report_check = {
	.name = "check", .journey = check_text,
};

/*
 * Packets under way, pending and in front of their turn keep what they met.  The
 * first one is under way all the time, so that the others wait for it.
 */
static void what_is_met_is_kept(void **state)
{
	struct fixture *f = fixture_open(&report_check);

	(void)state;
	checked = 0;
	f->new_handles = true;
	change(f);
	met[0] = f->generation;
	meet_rule(f, f->generation);
	for (unsigned int i = 1; i <= CHANGES / 2; i++) {
		change(f);
		met[i] = f->generation;
		pass(f);
		change(f);
		place_sweep(&f->s);
		answer(f);
	}
	assert_int_equal(checked, CHANGES / 2);
	journeys_finish(f->s.journeys);
	answer(f);
	order_finish(f->s.order);
	assert_int_equal(checked, CHANGES / 2 + 1);
	assert_int_equal(stats_get(&f->stats.gone), 0);
	fixture_close(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_replaced),
		cmocka_unit_test(a_rule_is_deleted_and_added),
		cmocka_unit_test(what_is_met_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
