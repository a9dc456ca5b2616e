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
#include "journey/journeys.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "rules/nft/snapshot.h"

enum {
	HELD_MAX = 8192,
	WAIT_MS = 1500,		/* at most, for the rules to be read again */
	ASK_AT_ONCE = 256,	/* so many wait: ask although more is coming */
};

static const uint64_t MS = 1000000;

/* A journey, or an event with its packet behind it. */
struct held {
	struct held *next;
	struct journey *j;
	const struct place *at;
	struct event e;
	struct nft_span span;	/* an event's; a journey has its own */
	uint64_t wall_ns;
	uint64_t since_ns;
	uint32_t ask;		/* the question that it waits for */
	uint32_t need;		/* the generation that answered it */
	bool answered;
	uint8_t bytes[];
};

struct pending {
	struct place_nft *nft;
	struct journeys *js;
	struct stats *stats;
	const struct bulletin *bulletin;
	const struct pending_ops *ops;
	void *arg;
	struct held *first, **last;
	unsigned int count;
	unsigned int unasked;
	uint32_t asks;			/* questions so far */
	bool asking, asked_rules;
	/* Read, but not yet what the kernel has told of. */
	const struct nft_snapshot *snap;
	bool drained;		/* all events before it have been read */
};

struct pending *pending_open(struct place_nft *nft, struct journeys *js,
			     struct stats *stats,
			     const struct bulletin *bulletin,
			     const struct pending_ops *ops, void *arg)
{
	struct pending *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->nft = nft;
	h->js = js;
	h->stats = stats;
	h->bulletin = bulletin;
	h->ops = ops;
	h->arg = arg;
	h->last = &h->first;
	return h;
}

void pending_close(struct pending *h)
{
	if (!h)
		return;
	pending_finish(h);
	if (h->snap)
		nft_snapshot_unmap(h->snap);
	free(h);
}

typedef const struct place *look_fn(struct place_nft *nft,
				    const struct place *at,
				    struct nft_span span);

/* What becomes of a place when it is looked at again. */
struct review {
	struct place_nft *nft;
	look_fn *look;
	struct nft_span span;	/* of the events under review */
	bool pending;		/* one of them is still open */
	bool now;		/* all would be the same under the rules of now */
};

static const struct place *settle_by_rules(struct place_nft *nft,
					   const struct place *at,
					   struct nft_span span)
{
	return place_nft_resolve(nft, at, span, PLACE_NFT_RULES);
}

static const struct place *settle(struct place_nft *nft,
				  const struct place *at, struct nft_span span)
{
	return place_nft_resolve(nft, at, span, PLACE_NFT_TOLD);
}

static const struct place *settle_for_good(struct place_nft *nft,
					   const struct place *at,
					   struct nft_span span)
{
	return place_nft_resolve(nft, at, span, PLACE_NFT_NOW);
}

static const struct place *distrust(struct place_nft *nft,
				    const struct place *at,
				    struct nft_span span)
{
	(void)span;
	return place_nft_forget_text(nft, at);
}

static void review_place(struct review *r, const struct place **at)
{
	if (!*at)
		return;
	*at = r->look(r->nft, *at, r->span);
	r->pending |= (*at)->state == PLACE_PENDING;
	r->now = r->now && place_nft_is_now(r->nft, *at);
}

/* The chain that a branch was last seen in, or one that it was called from. */
static const struct place *last_base(const struct journey *j, unsigned int branch)
{
	for (uint32_t i = journey_kept(j); i-- > 0;)
		if (j->step[i].branch == branch &&
		    j->step[i].place->hook < NF_INET_NUMHOOKS)
			return j->step[i].place;
	return NULL;
}

/* Return: of a chain it is known only now at which hook it is. */
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

static void find_hooks(const struct review *r, struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++) {
		const struct place *at = last_base(j, b);

		if (at)
			path_is_at(&j->path[b], at);
	}
	if (j->flags & JOURNEY_OVER)
		journey_find_fates(j, place_nft_map(r->nft));
}

static void review_journey(struct review *r, struct journey *j)
{
	if (review_steps(r, j))
		find_hooks(r, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		struct fate *f = &j->fate[b];

		review_place(r, &j->path[b].last);
		review_place(r, &f->by);
		/* Which of both it is only the rule tells. */
		if (f->by && (f->kind == FATE_DROP || f->kind == FATE_REJECT))
			f->kind = f->by->effect == EFFECT_REJECT ? FATE_REJECT
								 : FATE_DROP;
	}
}

/*
 * When the rules of before are put away, nothing tells any more what was made
 * under them.  For whom it makes no difference it is as if made under those of
 * now; who still has a pending place is of a later generation.
 */
static void go_on(const struct review *r, struct nft_span *span)
{
	uint32_t now = place_nft_span(r->nft).from;

	if (r->now && nft_is_after(now, span->from))
		span->from = now;
}

static void review_under_way(void *arg, struct journey *j)
{
	struct review *r = arg;

	r->span = j->nft;
	r->now = !place_nft_is_open(r->nft);
	review_journey(r, j);
	go_on(r, &j->nft);
}

static void review_held(struct review *r, struct held *d)
{
	if (d->j) {
		review_under_way(r, d->j);
		return;
	}
	r->span = d->span;
	r->now = !place_nft_is_open(r->nft);
	review_place(r, &d->at);
	go_on(r, &d->span);
}

static void review_all(struct pending *h, look_fn *look)
{
	struct review r = { .nft = h->nft, .look = look };

	journeys_each(h->js, review_under_way, &r);
	for (struct held *d = h->first; d; d = d->next)
		review_held(&r, d);
}

/* The answer may narrow when its last event was made. */
static struct nft_span span_of(const struct held *d)
{
	struct nft_span span = d->j ? d->j->nft : d->span;

	if (d->answered && nft_is_after(span.to, d->need))
		span.to = d->need;
	return span;
}

static bool is_pending(struct pending *h, struct held *d, look_fn *look)
{
	struct review r = {
		.nft = h->nft, .look = look, .span = span_of(d),
	};

	if (d->j)
		review_journey(&r, d->j);
	else
		review_place(&r, &d->at);
	return r.pending;
}

static void count_gone(struct pending *h, const struct held *d)
{
	if (!d->j) {
		stats_add(&h->stats->gone, d->at->state == PLACE_LOST);
		return;
	}
	for (uint32_t i = 0; i < journey_kept(d->j); i++)
		stats_add(&h->stats->gone,
			  d->j->step[i].place->state == PLACE_LOST);
}

static void let_go(struct pending *h, struct held *d)
{
	count_gone(h, d);
	if (d->j) {
		h->ops->journey(h->arg, d->j);
		journeys_give_back(h->js, d->j);
	} else {
		h->ops->event(h->arg, &d->e, d->at, d->wall_ns);
	}
	free(d);
}

/* Has the kernel told of all changes up to its last event? */
static bool is_told(const struct pending *h, const struct held *d)
{
	return d->answered &&
	       !nft_is_after(d->need, place_nft_generation(h->nft));
}

static struct held *take_first(struct pending *h)
{
	struct held *d = h->first;

	h->first = d->next;
	if (!h->first)
		h->last = &h->first;
	h->count--;
	h->unasked -= !d->ask;
	return d;
}

/* It cannot wait any longer: what is not certain goes without its text. */
static void let_first_go(struct pending *h)
{
	struct held *d = take_first(h);

	is_pending(h, d, is_told(h, d) ? settle_for_good : distrust);
	let_go(h, d);
}

static void put(struct pending *h, struct held *d, uint64_t now_ns)
{
	if (h->count == HELD_MAX)
		let_first_go(h);
	d->since_ns = now_ns;
	*h->last = d;
	h->last = &d->next;
	h->count++;
	h->unasked++;
}

bool pending_journey(struct pending *h, struct journey *j, uint64_t now_ns)
{
	struct held *d = j->flags & JOURNEY_NFT ? calloc(1, sizeof(*d)) : NULL;

	if (!d)
		return false;
	d->j = j;
	put(h, d, now_ns);
	return true;
}

void pending_take_back(struct pending *h, const struct journey *j)
{
	struct held *d, **at = &h->first;

	while (*at && (*at)->j != j)
		at = &(*at)->next;
	d = *at;
	if (!d)
		return;
	*at = d->next;
	if (!d->next)
		h->last = at;
	h->count--;
	h->unasked -= !d->ask;
	free(d);
}

bool pending_event(struct pending *h, const struct event *e,
		   const struct place *at, uint64_t now_ns, uint64_t wall_ns)
{
	size_t len = e->payload_len;
	struct held *d;

	/* Events keep their order. */
	if (!e->nft && !h->first)
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
	put(h, d, now_ns);
	return true;
}

void pending_update(struct pending *h, const struct nft_update *c)
{
	if (place_nft_update(h->nft, c))
		review_all(h, place_nft_invalidate);
}

void pending_lost(struct pending *h)
{
	place_nft_lost(h->nft);
	review_all(h, place_nft_invalidate);
}

void pending_snapshot(struct pending *h, int fd, size_t size)
{
	if (h->snap)
		nft_snapshot_unmap(h->snap);
	h->snap = fd >= 0 ? nft_snapshot_map(fd, size) : NULL;
	h->drained = false;
	h->asked_rules = h->snap != NULL;
	if (fd >= 0)
		close(fd);
	if (!h->snap)
		place_nft_failed(h->nft);
}

void pending_drained(struct pending *h)
{
	h->drained = true;
}

/*
 * The events before the snapshot are read once the socket has been drained after
 * its arrival: whoever made it waited for all that were under way.
 */
static void install(struct pending *h)
{
	if (!h->snap || !h->drained || !place_nft_install(h->nft, h->snap))
		return;
	h->snap = NULL;
	h->asked_rules = false;
	review_all(h, settle_by_rules);
	place_nft_resolved_all(h->nft);
	journeys_turn(h->js);
}

/* The generation now is that of every event that was read before, or a later one. */
static void take_answer(struct pending *h)
{
	uint32_t generation;

	if (!h->asking ||
	    !bulletin_generation(h->bulletin, h->asks, &generation))
		return;
	h->asking = false;
	for (struct held *d = h->first; d && d->ask; d = d->next) {
		if (d->answered)
			continue;
		d->need = generation;
		d->answered = true;
	}
}

static void ask(struct pending *h, bool empty)
{
	if (place_nft_wants(h->nft) && !h->snap && !h->asked_rules) {
		h->asked_rules = true;
		place_nft_asked(h->nft);
		h->ops->tell(h->arg, READER_RULES);
	}
	if (h->asking || !h->unasked || (!empty && h->unasked < ASK_AT_ONCE))
		return;
	h->asks++;
	atomic_store_explicit(&h->stats->nft_ask, h->asks,
			      memory_order_release);
	for (struct held *d = h->first; d; d = d->next)
		if (!d->ask)
			d->ask = h->asks;
	h->unasked = 0;
	h->asking = true;
	h->ops->tell(h->arg, READER_GENERATION);
}

static bool is_late(const struct held *d, uint64_t now_ns)
{
	uint64_t wait = d->answered ? WAIT_MS : 2 * WAIT_MS;

	return now_ns - d->since_ns >= wait * MS;
}

static int next_ms(const struct pending *h, uint64_t now_ns)
{
	uint64_t due;

	if (!h->first)
		return -1;
	due = h->first->since_ns + 2 * WAIT_MS * MS;
	return due > now_ns ? (int)((due - now_ns) / MS) + 1 : 0;
}

int pending_poll(struct pending *h, uint64_t now_ns, bool empty)
{
	install(h);
	take_answer(h);
	while (h->first) {
		struct held *d = h->first;

		if (is_late(d, now_ns))
			let_first_go(h);
		else if (is_told(h, d) && !is_pending(h, d, settle))
			let_go(h, take_first(h));
		else
			break;
	}
	ask(h, empty);
	return next_ms(h, now_ns);
}

bool pending_waits(const struct pending *h)
{
	return h->first;
}

void pending_finish(struct pending *h)
{
	while (h->first)
		let_first_go(h);
}
