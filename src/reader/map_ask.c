// SPDX-License-Identifier: GPL-2.0-or-later
/* map_ask: what verdict maps said of a packet that is about to be printed. */
#include "reader/map_ask.h"

#include <string.h>

#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/map_key.h"
#include "journey/map_verdict.h"
#include "place/nft_history.h"
#include "place/nft_lookup.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/reader_control.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/nft/elements.h"

enum {
	PAUSE_MS = 2000,	/* where there was no answer, or none in time */
	MORE_TIMES = 2,		/* as long again, on a machine that is overloaded */
};

static bool is_answered(const struct reader_state *s, const void *arg)
{
	(void)arg;
	return s->maps.answered == s->maps.asks;
}

static struct event_name name_of(const char *text, size_t len)
{
	return (struct event_name){ .text = text, .len = (uint32_t)len };
}

/* Return: false: the names do not fit, which the kernel's own do. */
static bool put_question(struct map_question *q, const struct place *at, uint32_t ask)
{
	if (strlen(at->table) >= sizeof(q->table) ||
	    at->chain_len >= sizeof(q->chain))
		return false;
	q->family = at->family;
	q->handle = at->handle;
	strcpy(q->table, at->table);
	strcpy(q->chain, at->chain);
	atomic_store_explicit(&q->ask, ask, memory_order_release);
	return true;
}

static void keep_answer(struct reader_state *s, struct map_reading *r,
			const struct place *at, uint64_t rule)
{
	struct event_name table = name_of(at->table, strlen(at->table)), set;

	map_readings_keep(&s->maps, r, rule, place_nft_generation(s->nft));
	if (!r->elements)
		return;
	set = name_of(r->elements->set, strnlen(r->elements->set, NFT_SET_NAME));
	r->map = nft_key_chain(at->family, &table, &set);
}

static void ask(struct reader_state *s, struct map_reading *r,
		const struct place *at, uint64_t rule)
{
	struct map_readings *m = &s->maps;

	if (s->busy || clock_ns(CLOCK_MONOTONIC) < m->pause_ns ||
	    !put_question(&s->stats->map, at, m->asks + 1))
		return;
	m->asks++;
	reader_ask(s, READER_ELEMENTS, is_answered, NULL);
	for (int i = 0; i < MORE_TIMES && !is_answered(s, NULL); i++)
		reader_await(s, is_answered, NULL);
	if (is_answered(s, NULL))
		keep_answer(s, r, at, rule);
	/* It may be too large: to ask again with each change would cost too much. */
	if (!is_answered(s, NULL) || !r->elements)
		m->pause_ns = clock_ns(CLOCK_MONOTONIC) + PAUSE_MS * NS_PER_MS;
}

/*
 * No event of the packet is older.  Where somebody else's rule traced it, the first
 * may be of before what was told of then; see first_generation() of journey.c.
 */
static uint32_t oldest(const struct reader_state *s, const struct journey *j)
{
	const struct place *entry = j->entry.place;
	uint32_t since = place_nft_since(s->nft);

	return (entry->own || entry->backend != EVENT_NFT) &&
	       nft_is_after(j->told, since) ? j->told : since;
}

/* Are rule and map the same from @generation to all that was told of? */
static bool is_as_of(const struct reader_state *s, const struct map_reading *r,
		     uint32_t generation)
{
	return place_nft_untouched(s->nft, r->rule, generation) &&
	       (!r->map || place_nft_untouched(s->nft, r->map, generation));
}

/*
 * The elements as they were when the packet met the rule: since its first event
 * nobody has touched them, and nobody has since they were read, before or behind it.
 */
static const struct nft_elements *find_elements(struct reader_state *s,
						const struct journey *j,
						const struct place *at)
{
	uint64_t rule = nft_node_of(at)->key;
	struct map_reading *r = map_readings_find(&s->maps, rule);
	uint32_t from = oldest(s, j);

	if (!place_nft_untouched(s->nft, rule, from) ||
	    (r->rule && !is_as_of(s, r, from)))
		return NULL;
	if (!r->rule || !is_as_of(s, r, r->generation))
		ask(s, r, at, rule);
	/* NEWGEN of what was read may be on its way: what it touched is not known. */
	if (!r->rule || !r->elements || !is_as_of(s, r, from) ||
	    !is_as_of(s, r, r->generation) ||
	    nft_is_after(r->generation, place_nft_generation(s->nft)))
		return NULL;
	return r->elements;
}

static const struct nft_element *find_element(struct reader_state *s,
					      const struct journey *j,
					      uint32_t step,
					      const struct nft_elements **e)
{
	const struct place *at = j->step[step].place;
	const struct nft_node *n = nft_node_of(at);
	struct nft_key key;
	uint32_t i;

	*e = n ? find_elements(s, j, at) : NULL;
	if (!*e)
		return NULL;
	map_key_read(&key, *e, j, step, s->names);
	i = nft_elements_find(*e, &key, n->verdict, at->target);
	return i == NFT_ELEMENT_NONE ? NULL : nft_elements_at(*e, i);
}

static void ask_of(struct reader_state *s, struct journey *j, uint32_t step)
{
	const struct nft_elements *e;
	const struct nft_element *x = find_element(s, j, step, &e);
	char word[MAP_VERDICT_TEXT];

	map_verdict_word(word, j->step[step].place);
	map_verdicts_add(&s->verdicts, j, step, word,
			 x ? nft_elements_text(e, x->words) : NULL,
			 x && x->comment ? nft_elements_text(e, x->comment) : NULL);
}

void map_ask(struct reader_state *s, struct journey *j)
{
	s->verdicts.count = s->verdicts.used = 0;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].place->mapped)
			ask_of(s, j, i);
}

void map_ask_ahead(struct reader_state *s)
{
	const struct place *at;

	while ((at = place_nft_next_map(s->nft))) {
		uint64_t rule = nft_node_of(at)->key;
		struct map_reading *r = map_readings_find(&s->maps, rule);

		if (!r->rule)
			ask(s, r, at, rule);
	}
}
