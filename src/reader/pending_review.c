// SPDX-License-Identifier: GPL-2.0-or-later
/* pending_review: places of what waits are looked at again. */
#include "reader/pending_review.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/journeys.h"
#include "journey/path.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "reader/generations.h"
#include "reader/pending_state.h"

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

		/* A witness's event, at a hook's end: its place was known at once. */
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

void pending_review_all(struct pending *p, enum review_kind kind)
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

bool pending_review_one(struct pending *p, struct held *d,
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
