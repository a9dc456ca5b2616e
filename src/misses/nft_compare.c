// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_compare: a comparison in a rule of nft's words, held against a packet. */
#include "misses/nft_compare.h"

#include <linux/netfilter.h>

#include "misses/asked.h"
#include "misses/condition.h"
#include "misses/nft_answer.h"
#include "misses/nft_fit.h"
#include "misses/nft_set.h"
#include "misses/nft_term.h"

static void look_at(const struct nft_reading *rd, struct nft_part *p)
{
	if (rd->written & 1u << p->f->asked)
		return;
	if (p->f->type == NFT_TYPE_DEVICE) {
		p->device = nft_field_device(p->f, rd->a);
		p->known = p->device != NULL;
	} else {
		p->known = nft_field_value(&p->value, p->f, rd->a);
	}
}

/* A set of a name: asked for only where its answer can matter. */
static enum nft_fit fit_named(struct nft_reading *rd, struct nft_relation *r,
			      struct strview name)
{
	const struct nft_elements *e = NULL;
	enum nft_fit f;

	rd->named = true;
	if (rd->sets)
		e = rd->sets->find(rd->sets->arg, rd->snap, rd->rule, name);
	f = e ? nft_set_fit(r, e) : NFT_FIT_UNKNOWN;
	if (r->op != NFT_DIFFERS)
		return f;
	r->near.is = false;
	return nft_fit_inverted(f);
}

static enum nft_fit fit(struct nft_reading *rd, struct nft_relation *r,
			const struct nft_term *t)
{
	return t->right == NFT_RIGHT_NAMED ?
		fit_named(rd, r, rule_span_text(t->set, rd->text)) :
		nft_fit_unnamed(r, t, rd->terms->constant);
}

/* "tcp dport 22" asks for TCP first, unless the rule has asked before. */
static enum nft_fit ask_protocol(struct nft_reading *rd, uint8_t protocol,
				 struct strview name)
{
	struct nft_number is;
	enum nft_fit f = NFT_FIT_UNKNOWN;

	if (!(rd->written & 1u << ASKED_PROTO) && nft_field_protocol(&is, rd->a))
		f = is.low == protocol ? NFT_FIT_YES : NFT_FIT_NO;
	nft_answer_protocol(rd, f, name);
	rd->protocol = protocol;
	return f;
}

/* Of another family nothing is compared: that is more than one thing that failed. */
static bool is_of_family(struct nft_reading *rd, const struct nft_part *p)
{
	if (p->f->nfproto == NFPROTO_UNSPEC || p->f->nfproto == rd->a->nfproto)
		return true;
	nft_answer_family(rd, p->name);
	return false;
}

bool nft_compare_has_port(const struct nft_field *f, const struct asked *a)
{
	return (f->asked == ASKED_SPORT || f->asked == ASKED_DPORT) &&
	       a->p->flags & PACKET_PORTS;
}

/*
 * Fields lie in the headers of one family and protocol.  Return: false: the packet is
 * of others, and the rule needs no more reading.
 */
static bool ask_before(struct nft_reading *rd, struct nft_relation *r)
{
	for (unsigned int i = 0; i < r->parts; i++) {
		struct nft_part *p = &r->part[i];

		if (!is_of_family(rd, p))
			return false;
		if (!p->f->protocol || rd->protocol == p->f->protocol)
			continue;
		switch (ask_protocol(rd, p->f->protocol, p->name)) {
		case NFT_FIT_YES:
			break;
		case NFT_FIT_NO:
			r->other |= !nft_compare_has_port(p->f, rd->a);
			break;
		case NFT_FIT_UNKNOWN:
			p->known = false;
		}
	}
	return true;
}

/* "meta l4proto tcp": what is asked for by name need not be asked for again. */
static void note_protocol(struct nft_reading *rd, const struct nft_relation *r,
			  enum nft_fit f)
{
	if (r->parts == 1 && r->part[0].f->asked == ASKED_PROTO &&
	    r->op <= NFT_EQUAL && f == NFT_FIT_YES)
		rd->protocol = (uint8_t)r->part[0].value.low;
}

/* Conntrack may say one of several things. */
static void compare_state(struct nft_reading *rd, const struct nft_relation *r,
			  const struct nft_term *t, struct strview words)
{
	const unsigned int states = rd->a->states, would = t->would;
	struct condition *c;
	enum nft_fit f;

	if (t->perhaps || rd->written & 1u << ASKED_STATE ||
	    !nft_field_is_behind_conntrack(rd->a)) {
		nft_answer(rd, r, NFT_FIT_UNKNOWN, words);
		return;
	}
	f = nft_compare_states(states, would);
	c = nft_answer_one(rd, r, f, words, 0, 0);
	if (!c)
		return;
	c->number = would;
	if (f == NFT_FIT_NO && would) {
		c->want.field = ASKED_STATE;
		c->want.number = (uint32_t)__builtin_ctz(would);
	}
}

static bool is_state(const struct nft_relation *r)
{
	return r->parts == 1 && r->part[0].f->asked == ASKED_STATE;
}

void nft_compare(struct nft_reading *rd, const struct nft_term *t)
{
	struct strview words = rule_span_text(t->words, rd->text);
	struct nft_relation r;
	enum nft_fit f;

	nft_relation_begin(&r, t, rd->terms->part, rd->text);
	for (unsigned int i = 0; i < r.parts; i++)
		look_at(rd, &r.part[i]);
	if (r.masked)
		r.part[0].value.low &= r.mask;
	if (!ask_before(rd, &r))
		return;
	if (is_state(&r)) {
		compare_state(rd, &r, t, words);
		return;
	}
	f = fit(rd, &r, t);
	if (r.other) {
		r.near.is = false;
		r.alone = 0;
		r.both = 0;
		f = NFT_FIT_NO;
	}
	nft_answer(rd, &r, f, words);
	note_protocol(rd, &r, f);
}
