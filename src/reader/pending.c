// SPDX-License-Identifier: GPL-2.0-or-later
/* pending: packets with events of nft wait until it is certain which rules they met. */
#include "reader/pending.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "reader/generations.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

enum {
	/* Events and journeys that wait; one more, and the first one goes. */
	HELD_MAX = 8192,
	/*
	 * ms to wait for the rules to be read again, and as long before that for
	 * the generation: both take some ms, on a machine that is not overloaded.
	 */
	WAIT_MS = 1500,
	/* So many are unasked: ask, although the socket is not empty. */
	ASK_AT_ONCE = 256,
	ASK_MS = 2,	/* between two questions, when nothing waits for them */
};

/* A journey, or an event with its packet behind it. */
struct held {
	struct held *next;
	struct journey *j;	/* NULL: an event */
	const struct place *at;	/* the event's */
	struct event e;		/* its .payload is .bytes */
	struct nft_span span;	/* the event's; a journey has its own */
	uint64_t wall_ns;	/* CLOCK_REALTIME, of the event */
	uint64_t since_ns;	/* CLOCK_MONOTONIC, when it began to wait */
	uint32_t ask;		/* number of the question it waits for; 0: unasked */
	uint32_t need;		/* the generation that was the answer */
	bool answered;
	uint8_t bytes[];
};

struct pending {
	struct place_nft *nft;
	struct journeys *js;
	struct stats *stats;
	const struct bulletin *bulletin;
	const struct pending_ops *ops;
	void *arg;			/* of .ops */
	struct held *first, **last;	/* in the order in which they came */
	unsigned int count;
	unsigned int unasked;
	uint32_t asks;			/* questions so far */
	bool asking;			/* the last one has no answer yet */
	uint64_t asked_ns;		/* when it was asked ... */
	uint64_t asked_events;		/* ... and how many events had been read */
	struct generations answers;
	/* Rules that were read, and are not installed yet. */
	const struct nft_snapshot *snap;
	bool drained;		/* all events from before .snap have been read */
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

/* Why places are looked at again. */
enum review_kind {
	REVIEW_INVALIDATE,	/* a rule was made: who may have met it? */
	REVIEW_RULES,		/* the rules were read: what is certain now? */
	REVIEW_TOLD,		/* all up to the event has been told of */
	REVIEW_NOW,		/* the same, and there is no more time */
	REVIEW_FORGET,		/* there is no time, and not all was told of */
};

/* One round of looking at places again. */
struct review {
	struct place_nft *nft;
	const struct generations *answers;
	enum review_kind kind;
	struct nft_span span;	/* of the events under review */
	bool pending;		/* one of their places still is */
	bool now;		/* all would be the same under the rules of now */
};

static const struct place *review_one(const struct review *r,
				      const struct place *at)
{
	switch (r->kind) {
	case REVIEW_INVALIDATE:
		return place_nft_invalidate(r->nft, at, r->span);
	case REVIEW_RULES:
		return place_nft_resolve(r->nft, at, r->span, PLACE_NFT_RULES);
	case REVIEW_TOLD:
		return place_nft_resolve(r->nft, at, r->span, PLACE_NFT_TOLD);
	case REVIEW_NOW:
		return place_nft_resolve(r->nft, at, r->span, PLACE_NFT_NOW);
	case REVIEW_FORGET:
		break;
	}
	return place_nft_forget_text(r->nft, at);
}

static void review_place(struct review *r, const struct place **at)
{
	if (!*at)
		return;
	*at = review_one(r, *at);
	r->pending |= (*at)->state == PLACE_PENDING;
	r->now = r->now && place_nft_is_now(r->nft, *at);
}

/* The last place of a branch that is in a base chain. */
static const struct place *last_base(const struct journey *j,
				     unsigned int branch)
{
	for (uint32_t i = journey_kept(j); i-- > 0;)
		if (j->step[i].branch == branch &&
		    j->step[i].place->hook < NF_INET_NUMHOOKS)
			return j->step[i].place;
	return NULL;
}

/* Return: a place is known only now to be in a base chain, at a hook. */
static bool review_steps(struct review *r, struct journey *j)
{
	bool found = false;

	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place **at = &j->step[i].place;
		bool known = (*at)->hook < NF_INET_NUMHOOKS;

		review_place(r, at);
		found |= !known && (*at)->hook < NF_INET_NUMHOOKS;
	}
	return found;
}

static bool has_fates(const struct journey *j)
{
	return j->flags & (JOURNEY_OVER | JOURNEY_SETTLED);
}

static void find_hooks(const struct review *r, struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++) {
		const struct place *at = last_base(j, b);

		/* It is at the end of a hook by now: that was known at once. */
		if (at && !j->path[b].last->witness)
			path_is_at(&j->path[b], at);
	}
	if (has_fates(j))
		journey_find_fates(j, place_nft_map(r->nft));
}

static void review_journey(struct review *r, struct journey *j)
{
	if (review_steps(r, j))
		find_hooks(r, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		struct fate *f = &j->fate[b];

		review_place(r, &j->path[b].last);
		if (!has_fates(j))
			continue;
		review_place(r, &f->by);
		/* Whether a drop is a reject only the rule's text tells. */
		if (f->by && (f->kind == FATE_DROP || f->kind == FATE_REJECT))
			f->kind = f->by->effect == EFFECT_REJECT ? FATE_REJECT
								 : FATE_DROP;
	}
}

/*
 * Before earlier readings are put away: an event whose rule reads the same now
 * counts as made under the rules of now, else its span would begin before all
 * that is known (nft_history_reaches).  A place still pending, though all known
 * changes have been read, is of a rule that is told of later, made later.
 */
static void renew_span(const struct review *r, struct nft_span *span)
{
	uint32_t now = place_nft_span(r->nft).from;

	if (r->now && nft_is_after(now, span->from))
		span->from = now;
}

/* Who was asked behind its last event tells when that was made at the latest. */
static struct nft_span narrow(struct nft_span span, bool told, uint32_t generation)
{
	if (told && nft_is_after(span.to, generation))
		span.to = generation;
	return span;
}

static struct nft_span span_of_journey(const struct generations *answers,
				       const struct journey *j)
{
	uint32_t generation;
	bool told = generations_find(answers, j->last_ns, &generation);

	return narrow(j->nft, told, generation);
}

static void review_under_way(void *arg, struct journey *j)
{
	struct review *r = arg;

	r->span = span_of_journey(r->answers, j);
	r->now = !place_nft_is_open(r->nft);
	review_journey(r, j);
	renew_span(r, &j->nft);
}

static void review_held(struct review *r, struct held *d)
{
	if (d->j) {
		review_under_way(r, d->j);
		return;
	}
	r->span = narrow(d->span, d->answered, d->need);
	r->now = !place_nft_is_open(r->nft);
	review_place(r, &d->at);
	renew_span(r, &d->span);
}

static void review_all(struct pending *p, enum review_kind kind)
{
	struct review r = {
		.nft = p->nft, .answers = &p->answers, .kind = kind,
	};

	journeys_each(p->js, review_under_way, &r);
	for (struct held *d = p->first; d; d = d->next)
		review_held(&r, d);
}

static struct nft_span span_of(const struct pending *p, const struct held *d)
{
	struct nft_span span = d->j ? span_of_journey(&p->answers, d->j)
				    : d->span;

	return narrow(span, d->answered, d->need);
}

static bool is_pending(struct pending *p, struct held *d,
		       enum review_kind kind)
{
	struct review r = {
		.nft = p->nft, .kind = kind, .span = span_of(p, d),
	};

	if (d->j)
		review_journey(&r, d->j);
	else
		review_place(&r, &d->at);
	return r.pending;
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

	is_pending(p, d, is_told(p, d) ? REVIEW_NOW : REVIEW_FORGET);
	release(p, d);
}

/* A packet is over some time behind its last event: somebody may have asked since. */
static void append(struct pending *p, struct held *d, uint64_t now_ns)
{
	uint64_t read_ns = d->j ? d->j->last_ns : now_ns;

	if (p->count == HELD_MAX)
		release_first(p);
	d->since_ns = now_ns;
	d->answered = generations_find(&p->answers, read_ns, &d->need);
	if (d->answered)
		d->ask = p->asks;
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
		review_all(p, REVIEW_INVALIDATE);
}

void pending_lost(struct pending *p)
{
	place_nft_lost(p->nft);
	review_all(p, REVIEW_INVALIDATE);
}

void pending_snapshot(struct pending *p, int fd, size_t size)
{
	if (p->snap)
		nft_snapshot_unmap(p->snap);
	p->snap = fd >= 0 ? nft_snapshot_map(fd, size) : NULL;
	p->drained = false;
	if (fd >= 0)
		close(fd);
	if (!p->snap)
		place_nft_failed(p->nft);
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
	review_all(p, REVIEW_RULES);
	place_nft_resolved_all(p->nft);
	journeys_turn(p->js);
}

/* An event read before the question is of no later generation than answered. */
static void note_answer(struct pending *p)
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
		d->answered = true;
	}
}

/*
 * What waits asks at once.  Before packets are over it is asked for their events:
 * the sooner behind them, the fewer changes may have come in between.
 */
static bool is_to_ask(const struct pending *p, uint64_t now_ns, bool empty)
{
	if (p->asking)
		return false;
	if (p->unasked)
		return empty || p->unasked >= ASK_AT_ONCE;
	return empty && stats_get(&p->stats->events) != p->asked_events &&
	       now_ns - p->asked_ns >= ASK_MS * NS_PER_MS;
}

static void ask_supervisor(struct pending *p, uint64_t now_ns, bool empty)
{
	if (place_nft_wants(p->nft)) {
		place_nft_asked(p->nft);
		p->ops->tell(p->arg, READER_RULES);
	}
	if (!is_to_ask(p, now_ns, empty))
		return;
	p->asks++;
	p->asked_ns = now_ns;
	p->asked_events = stats_get(&p->stats->events);
	atomic_store_explicit(&p->stats->nft_ask, p->asks,
			      memory_order_release);
	for (struct held *d = p->first; d; d = d->next)
		if (!d->ask)
			d->ask = p->asks;
	p->unasked = 0;
	p->asking = true;
	p->ops->tell(p->arg, READER_GENERATION);
}

static bool is_late(const struct held *d, uint64_t now_ns)
{
	uint64_t wait = d->answered ? WAIT_MS : 2 * WAIT_MS;

	return now_ns - d->since_ns >= wait * NS_PER_MS;
}

static int due_ms(const struct pending *p, uint64_t now_ns)
{
	uint64_t due;

	if (!p->first)
		return -1;
	due = p->first->since_ns + 2 * WAIT_MS * NS_PER_MS;
	return due > now_ns ? (int)((due - now_ns) / NS_PER_MS) + 1 : 0;
}

int pending_poll(struct pending *p, uint64_t now_ns, bool empty)
{
	install_rules(p);
	note_answer(p);
	while (p->first) {
		struct held *d = p->first;

		if (is_late(d, now_ns))
			release_first(p);
		else if (is_told(p, d) && !is_pending(p, d, REVIEW_TOLD))
			release(p, pop_first(p));
		else
			break;
	}
	ask_supervisor(p, now_ns, empty);
	return due_ms(p, now_ns);
}

bool pending_waits(const struct pending *p)
{
	return p->first;
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
