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
	struct brief *b;
	uint32_t written;	/* struct nft_reading's */
	uint8_t protocol;	/* the same */
	bool over;		/* the same, or it is not understood from here on */
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
static inline bool is_plain_number_of(const struct nft_constant *c, const struct nft_constant *end,
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
static inline bool is_number_of(const struct nft_weighing *w, const struct nft_term *t,
				const struct nft_number *v, uint32_t *distance)
{
	const struct nft_constant *c = w->r->constant + t->constant, *end = c + t->constants;

	if (t->plain->type == NFT_TYPE_NUMBER)
		return is_plain_number_of(c, end, v->low, distance);
	for (const struct nft_constant *i = c; i < end; i++)
		if (nft_number_order(v, &i->range.from) >= 0 &&
		    nft_number_order(v, &i->range.to) <= 0)
			return true;
	if (t->op == NFT_DIFFERS)
		return false;
	for (; c < end; c++) {
		uint32_t n = nft_fit_distance(t->plain, v, &c->range);

		if (n < *distance)
			*distance = n;
	}
	return false;
}

/* Before its field is compared: the protocol that it lies in.  Return: is that known? */
static inline bool weigh_before(struct nft_said *s, const struct nft_weighing *w,
				const struct nft_field *f, bool *other)
{
	struct nft_number is;
	enum nft_fit fit = NFT_FIT_UNKNOWN;

	if (!(s->written & 1u << ASKED_PROTO) && nft_field_protocol(&is, w->a))
		fit = is.low == f->protocol ? NFT_FIT_YES : NFT_FIT_NO;
	put_fit(s->b, fit, ASKED_PROTO, CONDITION_FAR, 0);
	s->protocol = f->protocol;
	*other = fit == NFT_FIT_NO && !nft_compare_has_port(f, w->a);
	return fit != NFT_FIT_UNKNOWN;
}

/* The packet is of another family: more than one thing that failed. */
static void put_family(struct nft_said *s)
{
	for (int i = 0; i < 2; i++)
		brief_fail(s->b, ASKED_FAMILY, CONDITION_FAR, 0);
	s->over = true;
}

static enum nft_fit weigh_device(const struct nft_weighing *w, const struct nft_term *t)
{
	const char *name = nft_field_device(t->plain, w->a);

	return !name ? NFT_FIT_UNKNOWN : is_device_of(w, t, name) ? NFT_FIT_YES : NFT_FIT_NO;
}

/* Most rules ask for the same fields: each is read off the packet once. */
static inline bool packet_value(struct nft_number *v, const struct nft_weighing *w,
				const struct nft_term *t)
{
	uint64_t serial = w->a->serial;
	struct shared_answer *last = shared_answer_of(w->shared, t->value, serial);

	if (!last)
		return nft_field_value(v, t->plain, w->a);
	if (last->serial != serial) {
		last->is = nft_field_value(v, t->plain, w->a);
		last->value[0] = v->high;
		last->value[1] = v->low;
		last->serial = serial;
	}
	*v = (struct nft_number){ last->value[0], last->value[1] };
	return last->is;
}

static inline enum nft_fit weigh_number(const struct nft_weighing *w, const struct nft_term *t,
				 uint32_t *distance)
{
	struct nft_number v;
	bool is;

	if (!packet_value(&v, w, t))
		return NFT_FIT_UNKNOWN;
	if (t->masked)
		v.low &= t->mask;
	is = is_number_of(w, t, &v, distance);
	if (t->op == NFT_DIFFERS) {
		*distance = CONDITION_FAR;
		return is ? NFT_FIT_NO : NFT_FIT_YES;
	}
	return is ? NFT_FIT_YES : NFT_FIT_NO;
}

/* Most of what several rules have is known from another one. */
static inline enum nft_fit weigh_value(const struct nft_weighing *w, const struct nft_term *t,
				       uint32_t *distance)
{
	uint64_t serial = w->a->serial;
	struct shared_answer *last = shared_answer_of(w->shared, t->shared, serial);
	enum nft_fit fit;

	if (last && last->serial == serial) {
		*distance = last->distance;
		return last->is;
	}
	fit = t->plain->type == NFT_TYPE_DEVICE ? weigh_device(w, t) :
						  weigh_number(w, t, distance);
	if (last)
		*last = (struct shared_answer){ serial, *distance, (uint8_t)fit, { 0 } };
	return fit;
}

/* "meta l4proto tcp": what is asked for by name need not be asked for again. */
static uint8_t weighed_protocol(const struct nft_weighing *w, const struct nft_term *t)
{
	struct nft_number v;

	nft_field_value(&v, t->plain, w->a);
	return (uint8_t)(t->masked ? v.low & t->mask : v.low);
}

/* What nft_compare() does with such a one. */
static inline void weigh_plain(struct nft_said *s, const struct nft_weighing *w,
			       const struct nft_term *t)
{
	const struct nft_field *f = t->plain;
	uint32_t distance = CONDITION_FAR;
	enum nft_fit fit = NFT_FIT_UNKNOWN;
	bool other = false, lies = true;

	if (f->nfproto != NFPROTO_UNSPEC && f->nfproto != w->a->nfproto) {
		put_family(s);
		return;
	}
	if (f->protocol && s->protocol != f->protocol)
		lies = weigh_before(s, w, f, &other);
	if (f->asked == ASKED_STATE) {
		weigh_state(s->b, w, t);
		return;
	}
	if (other)
		fit = NFT_FIT_NO;
	else if (lies)
		fit = weigh_value(w, t, &distance);
	put_fit(s->b, fit, f->asked, distance, 0);
	if (f->asked == ASKED_PROTO && fit == NFT_FIT_YES && t->op <= NFT_EQUAL)
		s->protocol = weighed_protocol(w, t);
}

/* Return: false: it has to be put down as conditions. */
static bool weigh_unlike(struct nft_said *s, const struct nft_term *t)
{
	switch (t->kind) {
	case NFT_TERM_COMPARES:
		return false;
	case NFT_TERM_WRITES:
		s->written |= t->written;
		break;
	case NFT_TERM_UNKNOWN:
		brief_leave_open(s->b, t->field, 0, 0);
		break;
	case NFT_TERM_UNREAD:
		s->b->unread = s->over = true;
		break;
	}
	return true;
}

/* Return: the same */
static inline bool weigh(struct nft_said *s, const struct nft_weighing *w,
			 const struct nft_term *t)
{
	/* A comparison may be two. */
	if (s->b->n + 2 > CONDITIONS_MAX)
		return false;
	if (!t->plain)
		return weigh_unlike(s, t);
	if (s->written && s->written & 1u << t->plain->asked)
		return false;
	weigh_plain(s, w, t);
	return true;
}

/* Return: false: one of those up to @end has to be put down. */
static bool weigh_up_to(struct nft_said *s, const struct nft_weighing *w,
			const struct nft_term *t, const struct nft_term *end)
{
	for (; t < end; t++) {
		if (!weigh(s, w, t))
			return false;
		if (s->b->fails) {
			if (!s->b->term)
				s->b->term = (uint8_t)(t - w->r->term + 1);
			if (brief_is_done(s->b))
				break;
		}
		if (s->over)
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
	struct nft_said s = { .b = out };
	const struct nft_term *t, *end;

	if (!r)
		return false;
	brief_begin(out);
	t = r->term;
	end = t + r->terms;
	if (out->only && out->only <= r->terms) {
		end = t + out->only;
		/* What was written before it is another for this one, too. */
		for (; t < end - 1; t++)
			s.written |= t->written;
	}
	return weigh_up_to(&s, &w, t, end);
}
