// SPDX-License-Identifier: GPL-2.0-or-later
/* elements_ask: what maps and sets held when a packet met their rule, by asking. */
#include "reader/elements_ask.h"

#include <string.h>

#include "capture/event_nft.h"
#include "journey/journey.h"
#include "place/nft_history.h"
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
	ELEMENTS_PAUSE_MS = 2000,	/* before it is asked again what could not be had, ... */
	ELEMENTS_SHARE = 10,	/* ... and so many times as long as it took */
	TIMES = 3,		/* as long as for others: on a machine that is overloaded */
};

static bool elements_answered(const struct reader_state *s, const void *arg)
{
	(void)arg;
	return s->maps.answered == s->maps.asks;
}

static struct event_name name_of(const char *text, size_t len)
{
	return (struct event_name){ .text = text, .len = (uint32_t)len };
}

/* Return: false: the names do not fit, which the kernel's own do. */
static bool put_question(struct map_question *q, const struct elements_of *of,
			 uint32_t asks)
{
	if (strlen(of->table) >= sizeof(q->table) ||
	    strlen(of->chain) >= sizeof(q->chain) ||
	    strlen(of->set) >= sizeof(q->set))
		return false;
	q->family = of->family;
	q->handle = of->handle;
	strcpy(q->table, of->table);
	strcpy(q->chain, of->chain);
	strcpy(q->set, of->set);
	atomic_store_explicit(&q->ask, asks, memory_order_release);
	return true;
}

/* The names are those of the question, which stands until there is another. */
static void keep_answer(struct reader_state *s)
{
	const struct map_question *q = &s->stats->map;
	struct map_readings *m = &s->maps;
	uint64_t now = clock_ns(CLOCK_MONOTONIC), asked_ns = m->asked_ns;
	struct event_name table = name_of(q->table, strlen(q->table)), set;
	struct map_reading *r = map_readings_keep(m, place_nft_generation(s->nft));
	const char *text = r->elements ? r->elements->set : q->set;

	set = name_of(text, strnlen(text, NFT_SET_NAME));
	if (set.len)
		r->map = nft_key_chain(q->family, &table, &set);
	/* It may be too large: to ask again with each change would cost too much. */
	if (!r->elements)
		r->again_ns = now + ELEMENTS_SHARE * (now - asked_ns) +
			      ELEMENTS_PAUSE_MS * NS_PER_MS;
}

/* An answer may come late, when nobody waits any more. */
static struct map_reading *find_reading(struct reader_state *s, const struct elements_of *of)
{
	struct map_readings *m = &s->maps;

	if (m->rule && elements_answered(s, NULL))
		keep_answer(s);
	return map_readings_find(m, of->key);
}

static struct map_reading *ask_elements(struct reader_state *s, struct map_reading *r,
					const struct elements_of *of)
{
	struct map_readings *m = &s->maps;
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	/* One question at a time. */
	if (m->rule || (r && now < r->again_ns) || !reader_may_ask(s) ||
	    !put_question(&s->stats->map, of, m->asks + 1))
		return r;
	m->asks++;
	m->rule = of->key;
	m->asked_ns = now;
	reader_ask(s, READER_ELEMENTS, elements_answered, NULL, TIMES);
	return find_reading(s, of);
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

/* Are rule and map, or set, the same from @generation to all that was told of? */
static bool is_as_of(const struct reader_state *s, const struct map_reading *r,
		     const struct elements_of *of, uint32_t generation)
{
	return (!of->rule || place_nft_untouched(s->nft, of->rule, generation)) &&
	       (!r->map || place_nft_untouched(s->nft, r->map, generation));
}

const struct nft_elements *elements_ask(struct reader_state *s,
					const struct journey *j,
					const struct elements_of *of,
					uint32_t last)
{
	struct map_reading *r = find_reading(s, of);
	uint32_t from = oldest(s, j);

	if ((of->rule && !place_nft_untouched(s->nft, of->rule, from)) ||
	    (r && !is_as_of(s, r, of, from)))
		return NULL;
	if ((!r || !is_as_of(s, r, of, r->generation)) && s->maps.asks < last)
		r = ask_elements(s, r, of);
	/* NEWGEN of what was read may be on its way: what it touched is not known. */
	if (!r || !r->elements || !is_as_of(s, r, of, from) ||
	    !is_as_of(s, r, of, r->generation) ||
	    nft_is_after(r->generation, place_nft_generation(s->nft)))
		return NULL;
	return r->elements;
}

void elements_ask_ahead(struct reader_state *s, const struct elements_of *of)
{
	if (!find_reading(s, of))
		ask_elements(s, NULL, of);
}
