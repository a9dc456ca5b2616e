// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_brief: a rule in nft's own words, held against a packet, in short. */
#include "misses/nft_brief.h"

#include <linux/netfilter.h>

#include "misses/asked.h"
#include "misses/brief.h"
#include "misses/nft_compare.h"
#include "misses/nft_fit.h"
#include "misses/nft_rule.h"
#include "misses/nft_term.h"
#include "misses/rule_kept.h"
#include "misses/shared.h"

/* A rule that is being asked. */
struct nft_weighing {
	const struct nft_rule *r;
	const struct asked *a;
	const char *text;
	struct shared *shared;
};

/* What it has said so far. */
struct nft_said {
	struct brief b;
	uint32_t written;	/* struct nft_reading's */
	uint8_t protocol;	/* the same */
	bool over;		/* the same */
};

static inline void put_fit(struct brief *b, enum nft_fit f, uint8_t field, uint32_t distance,
		uint32_t states)
{
	if (f == NFT_FIT_YES)
		b->n++;
	else if (f == NFT_FIT_NO)
		brief_fail(b, field, distance, states);
	else
		brief_leave_open(b, field, 0, states);
}

/* Conntrack may say one of several things: see compare_state(). */
static void weigh_state(struct brief *b, const struct nft_weighing *w,
			const struct nft_term *t)
{
	const unsigned int states = w->a->states, would = t->would;

	if (t->perhaps || !nft_field_is_behind_conntrack(w->a))
		put_fit(b, NFT_FIT_UNKNOWN, ASKED_STATE, 0, 0);
	else
		put_fit(b, nft_compare_states(states, would), ASKED_STATE, CONDITION_FAR, would);
}

static bool is_device_of(const struct nft_weighing *w, const struct nft_term *t,
			 const char *name)
{
	const struct nft_constant *c = w->r->constant + t->constant;

	for (uint32_t i = 0; i < t->constants; i++)
		if (nft_constant_device(&c[i], w->text, name))
			return true;
	return false;
}

/* Most ask for ports.  As below. */
static bool is_plain_number_of(const struct nft_constant *c, const struct nft_constant *end,
			       uint64_t v, uint32_t *distance)
{
	uint64_t nearest = UINT64_MAX;

	for (; c < end; c++) {
		uint64_t from = c->range.from.low, to = c->range.to.low;
		uint64_t n = v < from ? from - v : v - to;

		if (v >= from && v <= to)
			return true;
		if (n < nearest)
			nearest = n;
	}
	*distance = nearest < CONDITION_FAR ? (uint32_t)nearest : CONDITION_FAR - 1;
	return false;
}

/* Return: is it one of the constants?  @distance: else, from the nearest */
static bool is_number_of(const struct nft_weighing *w, const struct nft_term *t,
			 const struct nft_field *f, const struct nft_number *v,
			 uint32_t *distance)
{
	const struct nft_constant *c = w->r->constant + t->constant, *end = c + t->constants;

	if (f->type == NFT_TYPE_NUMBER)
		return is_plain_number_of(c, end, v->low, distance);
	for (const struct nft_constant *i = c; i < end; i++)
		if (nft_number_order(v, &i->range.from) >= 0 &&
		    nft_number_order(v, &i->range.to) <= 0)
			return true;
	if (t->op == NFT_DIFFERS)
		return false;
	for (; c < end; c++) {
		uint32_t n = nft_fit_distance(f, v, &c->range);

		if (n < *distance)
			*distance = n;
	}
	return false;
}

/* Before its fields are compared: the family, and the protocol that they lie in. */
static inline enum nft_fit weigh_before(struct nft_said *s, const struct nft_weighing *w,
					const struct nft_field *f, bool *other)
{
	struct nft_number is;
	enum nft_fit fit = NFT_FIT_UNKNOWN;

	if (!f->protocol || s->protocol == f->protocol)
		return NFT_FIT_YES;
	if (!(s->written & 1u << ASKED_PROTO) && nft_field_protocol(&is, w->a))
		fit = is.low == f->protocol ? NFT_FIT_YES : NFT_FIT_NO;
	put_fit(&s->b, fit, ASKED_PROTO, CONDITION_FAR, 0);
	s->protocol = f->protocol;
	*other = fit == NFT_FIT_NO && !nft_compare_has_port(f, w->a);
	return fit;
}

/* The packet is of another family: more than one thing that failed. */
static inline void put_family(struct nft_said *s)
{
	for (int i = 0; i < 2; i++)
		brief_fail(&s->b, ASKED_FAMILY, CONDITION_FAR, 0);
	s->over = true;
}

static enum nft_fit weigh_device(const struct nft_weighing *w, const struct nft_term *t,
				 const struct nft_field *f)
{
	const char *name = nft_field_device(f, w->a);

	return !name ? NFT_FIT_UNKNOWN : is_device_of(w, t, name) ? NFT_FIT_YES : NFT_FIT_NO;
}

static enum nft_fit weigh_number(const struct nft_weighing *w, const struct nft_term *t,
				 const struct nft_field *f, uint32_t *distance)
{
	struct nft_number v;
	bool is;

	if (!nft_field_value(&v, f, w->a))
		return NFT_FIT_UNKNOWN;
	if (t->masked)
		v.low &= t->mask;
	is = is_number_of(w, t, f, &v, distance);
	if (t->op == NFT_DIFFERS) {
		*distance = CONDITION_FAR;
		return is ? NFT_FIT_NO : NFT_FIT_YES;
	}
	return is ? NFT_FIT_YES : NFT_FIT_NO;
}

static enum nft_fit weigh_value(const struct nft_weighing *w, const struct nft_term *t,
				const struct nft_field *f, uint32_t *distance)
{
	return f->type == NFT_TYPE_DEVICE ? weigh_device(w, t, f) :
					    weigh_number(w, t, f, distance);
}

/* Is it known from another rule that has it? */
static enum nft_fit weigh_shared(const struct nft_weighing *w, const struct nft_term *t,
				 const struct nft_field *f, uint32_t *distance)
{
	uint64_t serial = w->a->serial;
	struct shared_answer *last = shared_answer_of(w->shared, t->shared, serial);

	if (!last)
		return weigh_value(w, t, f, distance);
	if (last->serial != serial) {
		last->is = (uint8_t)weigh_value(w, t, f, distance);
		last->distance = *distance;
		last->serial = serial;
	}
	*distance = last->distance;
	return last->is;
}

/* "meta l4proto tcp": what is asked for by name need not be asked for again. */
static uint8_t weighed_protocol(const struct nft_weighing *w, const struct nft_term *t,
				const struct nft_field *f)
{
	struct nft_number v;

	nft_field_value(&v, f, w->a);
	return (uint8_t)(t->masked ? v.low & t->mask : v.low);
}

/* What nft_compare() does with such a one. */
static inline void weigh_plain(struct nft_said *s, const struct nft_weighing *w,
			       const struct nft_term *t)
{
	const struct nft_field *f = w->r->part[t->part].f;
	uint32_t distance = CONDITION_FAR;
	enum nft_fit before, fit = NFT_FIT_UNKNOWN;
	bool other = false;

	if (f->nfproto != NFPROTO_UNSPEC && f->nfproto != w->a->nfproto) {
		put_family(s);
		return;
	}
	before = weigh_before(s, w, f, &other);
	if (f->asked == ASKED_STATE) {
		weigh_state(&s->b, w, t);
		return;
	}
	if (other)
		fit = NFT_FIT_NO;
	else if (before != NFT_FIT_UNKNOWN)
		fit = weigh_shared(w, t, f, &distance);
	put_fit(&s->b, fit, f->asked, distance, 0);
	if (fit == NFT_FIT_YES && f->asked == ASKED_PROTO && t->op <= NFT_EQUAL)
		s->protocol = weighed_protocol(w, t, f);
}

static bool was_written(const struct nft_said *s, const struct nft_weighing *w,
			const struct nft_term *t)
{
	return s->written & 1u << w->r->part[t->part].f->asked;
}

/* Return: false: it has to be put down as conditions. */
static inline bool weigh(struct nft_said *s, const struct nft_weighing *w,
			 const struct nft_term *t)
{
	/* A comparison may be two. */
	if (s->b.n + 2 > CONDITIONS_MAX)
		return false;
	switch (t->kind) {
	case NFT_TERM_COMPARES:
		if (!t->plain || (s->written && was_written(s, w, t)))
			return false;
		weigh_plain(s, w, t);
		break;
	case NFT_TERM_WRITES:
		s->written |= t->written;
		break;
	case NFT_TERM_UNKNOWN:
		brief_leave_open(&s->b, t->field, 0, 0);
		break;
	case NFT_TERM_UNREAD:
		s->b.unread = true;
		break;
	}
	return true;
}

bool nft_conditions_brief(struct brief *out, struct rule_kept *kept, uint32_t index,
			  struct strview text, const struct asked *a)
{
	const struct nft_rule *r = rule_kept_find(kept, index, text, nft_rule_make);
	const struct nft_weighing w = {
		.r = r, .a = a, .text = text.at, .shared = rule_kept_shared(kept),
	};
	struct nft_said s = { .b.enough = out->enough, .b.only = out->only };

	if (!r)
		return false;
	for (uint32_t at = 1; at <= r->terms; at++) {
		const struct nft_term *t = &r->term[at - 1];

		if (s.over || brief_is_done(&s.b))
			break;
		/* What was written before it is another for this one, too. */
		if (out->only && at != out->only && t->kind != NFT_TERM_WRITES)
			continue;
		if (!weigh(&s, &w, t))
			return false;
		if (s.b.fails && !s.b.term)
			s.b.term = (uint8_t)at;
	}
	*out = s.b;
	return true;
}
