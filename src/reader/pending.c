// SPDX-License-Identifier: GPL-2.0-or-later
/* pending: packets with events of nft wait until it is certain which rules they met. */
#include "reader/pending.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/pending_review.h"
#include "reader/pending_state.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

enum {
	/* Events and journeys that wait; one more, and the first one goes. */
	HELD_MAX = 8192,
	/*
	 * ms to wait for the rules to be read again, once it is known which, and before
	 * that for the generation: both take some ms, on a machine that is not
	 * overloaded.  Whoever has no answer knows nothing of a text, changed or not.
	 * A reading that is under way is waited for: that of many rules on a slow machine.
	 */
	WAIT_MS = 1500,
	TEXTS_ANSWER_MS = 10000,
	READING_MS = 30000,
	/* So many are unasked, or for so long: ask, although the socket is not empty. */
	ASK_AT_ONCE = 256,
	ASK_ANYWAY_MS = 100,
	ASK_MS = 2,	/* between two questions, when nothing waits for them */
};

struct pending *pending_open(struct place_nft *nft, struct journeys *js,
			     struct stats *stats,
			     const struct bulletin *bulletin,
			     const struct pending_ops *ops, void *arg)
{
	struct pending *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->nft = nft;
	p->js = js;
	p->stats = stats;
	p->bulletin = bulletin;
	p->ops = ops;
	p->arg = arg;
	p->last = &p->first;
	return p;
}

void pending_close(struct pending *p)
{
	if (!p)
		return;
	pending_finish(p);
	if (p->snap)
		nft_snapshot_unmap(p->snap);
	free(p);
}

static void count_lost_texts(struct pending *p, const struct held *d)
{
	if (!d->j) {
		stats_add(&p->stats->gone, d->at->state == PLACE_LOST);
		return;
	}
	for (uint32_t i = 0; i < journey_kept(d->j); i++)
		stats_add(&p->stats->gone,
			  d->j->step[i].place->state == PLACE_LOST);
}

static void release(struct pending *p, struct held *d)
{
	count_lost_texts(p, d);
	if (d->j) {
		p->ops->journey(p->arg, d->j);
	} else {
		p->ops->event(p->arg, &d->e, d->at, d->wall_ns);
	}
	free(d);
}

/* Has the kernel told of all changes up to its last event? */
static bool is_told(const struct pending *p, const struct held *d)
{
	return d->answered &&
	       !nft_is_after(d->need, place_nft_generation(p->nft));
}

static struct held *pop_first(struct pending *p)
{
	struct held *d = p->first;

	p->first = d->next;
	if (!p->first)
		p->last = &p->first;
	p->count--;
	p->unasked -= !d->ask;
	return d;
}

/* The first one cannot wait longer: what is not certain goes without text. */
static void release_first(struct pending *p)
{
	struct held *d = pop_first(p);

	pending_review_one(p, d, is_told(p, d) ? REVIEW_NOW : REVIEW_FORGET);
	release(p, d);
}

/*
 * The rules of its generation are read by the next reading, or by the one behind that which
 * is under way.  Who has those wait for more never ends where rules change all the time.
 */
static void take_answer(const struct pending *p, struct held *d)
{
	d->answered = true;
	d->readings = p->readings + 1 + !!p->reading_ns;
}

/* A packet is over some time behind its last event: somebody may have asked since. */
static void append(struct pending *p, struct held *d, uint64_t now_ns)
{
	uint64_t read_ns = d->j ? d->j->last_ns : now_ns;

	if (p->count == HELD_MAX)
		release_first(p);
	d->since_ns = now_ns;
	if (generations_find(&p->answers, read_ns, &d->need)) {
		take_answer(p, d);
		d->ask = p->asks;
	}
	*p->last = d;
	p->last = &d->next;
	p->count++;
	p->unasked += !d->ask;
}

bool pending_journey(struct pending *p, struct journey *j, uint64_t now_ns)
{
	struct held *d = j->flags & JOURNEY_NFT ? calloc(1, sizeof(*d)) : NULL;

	if (!d)
		return false;
	d->j = j;
	append(p, d, now_ns);
	return true;
}

void pending_take_back(struct pending *p, const struct journey *j)
{
	struct held *d, **at = &p->first;

	while (*at && (*at)->j != j)
		at = &(*at)->next;
	d = *at;
	if (!d)
		return;
	*at = d->next;
	if (!d->next)
		p->last = at;
	p->count--;
	p->unasked -= !d->ask;
	free(d);
}

bool pending_event(struct pending *p, const struct event *e,
		   const struct place *at, uint64_t now_ns, uint64_t wall_ns)
{
	size_t len = e->payload_len;
	struct held *d;

	/* Events keep their order. */
	if (!e->nft && !p->first)
		return false;
	d = calloc(1, sizeof(*d) + len);
	if (!d)
		return false;
	d->e = *e;
	if (e->nft)
		d->span = e->nft->span;
	d->e.nft = NULL;
	d->e.hw_header = NULL;
	d->e.hw_header_len = 0;
	d->e.payload = d->bytes;
	if (len)
		memcpy(d->bytes, e->payload, len);
	d->at = at;
	d->wall_ns = wall_ns;
	append(p, d, now_ns);
	return true;
}

void pending_update(struct pending *p, const struct nft_update *c)
{
	if (place_nft_update(p->nft, c))
		pending_review_all(p, REVIEW_INVALIDATE);
}

void pending_lost(struct pending *p)
{
	place_nft_lost(p->nft);
	pending_review_all(p, REVIEW_INVALIDATE);
}

static void end_reading(struct pending *p)
{
	p->readings++;
	p->reading_ns = 0;
}

void pending_snapshot(struct pending *p, int fd, size_t size)
{
	if (p->snap)
		nft_snapshot_unmap(p->snap);
	p->snap = fd >= 0 ? nft_snapshot_map(fd, size) : NULL;
	p->drained = false;
	if (fd >= 0)
		close(fd);
	if (p->snap)
		return;
	place_nft_failed(p->nft);
	end_reading(p);
}

void pending_drained(struct pending *p)
{
	p->drained = true;
}

/*
 * Whoever reads the rules waits for all evaluations under way: their events
 * have been read once the socket was drained behind the snapshot's arrival.
 */
static void install_rules(struct pending *p)
{
	if (!p->snap || !p->drained || !place_nft_install(p->nft, p->snap))
		return;
	p->snap = NULL;
	end_reading(p);
	pending_review_all(p, REVIEW_RULES);
	place_nft_resolved_all(p->nft);
	journeys_map_changed(p->js);
}

/*
 * An event read before the question is of no later generation than answered.  The rules
 * are waited for from now on.
 */
static void note_answer(struct pending *p, uint64_t now_ns)
{
	uint32_t generation;

	if (!p->asking ||
	    !bulletin_generation(p->bulletin, p->asks, &generation))
		return;
	p->asking = false;
	generations_note(&p->answers, p->asked_ns, generation);
	for (struct held *d = p->first; d && d->ask; d = d->next) {
		if (d->answered)
			continue;
		d->need = generation;
		take_answer(p, d);
		d->since_ns = now_ns;
	}
}

/*
 * What waits asks at once.  Before packets are over it is asked for their events:
 * the sooner behind them, the fewer changes may have come in between.
 */
static bool is_to_ask(const struct pending *p, uint64_t now_ns, bool empty)
{
	/* An answer that did not come may have been none. */
	if (p->asking && now_ns - p->asked_ns < TEXTS_ANSWER_MS * NS_PER_MS)
		return false;
	if (p->unasked)
		return empty || p->unasked >= ASK_AT_ONCE ||
		       now_ns - p->first->since_ns >= ASK_ANYWAY_MS * NS_PER_MS;
	return empty && stats_get(&p->stats->events) != p->asked_events &&
	       now_ns - p->asked_ns >= ASK_MS * NS_PER_MS;
}

static void ask_for_rules(struct pending *p, uint64_t now_ns)
{
	if (!place_nft_wants(p->nft))
		return;
	place_nft_asked(p->nft);
	p->reading_ns = now_ns;
	p->ops->tell(p->arg, READER_RULES);
}

static void ask_for_generation(struct pending *p, uint64_t now_ns, bool empty)
{
	if (!is_to_ask(p, now_ns, empty))
		return;
	p->asks++;
	p->asked_ns = now_ns;
	p->asked_events = stats_get(&p->stats->events);
	atomic_store_explicit(&p->stats->nft_ask, p->asks,
			      memory_order_release);
	for (struct held *d = p->first; d; d = d->next) {
		if (d->ask)
			continue;
		d->ask = p->asks;
		d->since_ns = now_ns;
	}
	p->unasked = 0;
	p->asking = true;
	p->ops->tell(p->arg, READER_GENERATION);
}

/* Until when it waits for what it waits for now. */
static uint64_t end_ns(const struct pending *p, const struct held *d)
{
	uint64_t end = d->since_ns +
		       (d->answered ? WAIT_MS : TEXTS_ANSWER_MS) * NS_PER_MS;
	uint64_t read = p->reading_ns + READING_MS * NS_PER_MS;

	return d->answered && p->reading_ns && p->readings < d->readings &&
	       read > end ? read : end;
}

static int due_ms(const struct pending *p, uint64_t now_ns)
{
	uint64_t due;

	if (!p->first)
		return -1;
	due = end_ns(p, p->first);
	return due > now_ns ? (int)((due - now_ns) / NS_PER_MS) + 1 : 0;
}

int pending_poll(struct pending *p, uint64_t now_ns, bool empty)
{
	install_rules(p);
	note_answer(p, now_ns);
	ask_for_rules(p, now_ns);
	while (p->first) {
		struct held *d = p->first;

		if (end_ns(p, d) <= now_ns)
			release_first(p);
		else if (is_told(p, d) && !pending_review_one(p, d, REVIEW_TOLD))
			release(p, pop_first(p));
		else
			break;
	}
	ask_for_generation(p, now_ns, empty);
	return due_ms(p, now_ns);
}

bool pending_waits(const struct pending *p)
{
	return p->first;
}

bool pending_is_read_for(const struct pending *p, uint64_t now_ns)
{
	return p->first && p->reading_ns && end_ns(p, p->first) > now_ns;
}

void pending_each_place(const struct pending *p,
			void (*fn)(void *arg, const struct place *at),
			void *arg)
{
	for (const struct held *d = p->first; d; d = d->next) {
		if (d->j)
			journey_each_place(d->j, fn, arg);
		else
			fn(arg, d->at);
	}
}

void pending_finish(struct pending *p)
{
	while (p->first)
		release_first(p);
}
