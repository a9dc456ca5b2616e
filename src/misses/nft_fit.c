// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_fit: values of a packet against what a rule of nft's words compares them with. */
#include "misses/nft_fit.h"

#include <stddef.h>
#include <string.h>

#include <linux/netfilter/nf_conntrack_common.h>

#include "misses/condition.h"
#include "misses/nft_constant.h"
#include "misses/nft_term.h"

static bool has_bits(const struct nft_field *f)
{
	return f->type == NFT_TYPE_TCP_FLAGS || f->type == NFT_TYPE_CT_STATE ||
	       f->type == NFT_TYPE_CT_STATUS;
}

static uint32_t number_distance(uint64_t a, uint64_t b)
{
	uint64_t n = a < b ? b - a : a - b;

	return n < CONDITION_FAR ? (uint32_t)n : CONDITION_FAR - 1;
}

/* Bits behind the common prefix. */
static uint32_t prefix_distance(const struct nft_number *a, const struct nft_number *b)
{
	uint64_t high = a->high ^ b->high, low = a->low ^ b->low;

	if (high)
		return 128u - (uint32_t)__builtin_clzll(high);
	return low ? 64u - (uint32_t)__builtin_clzll(low) : 0;
}

uint32_t nft_fit_distance(const struct nft_field *f, const struct nft_number *v,
			  const struct nft_range *r)
{
	switch (f->type) {
	case NFT_TYPE_ADDR4:
	case NFT_TYPE_ADDR6:
		return prefix_distance(v, &r->from);
	case NFT_TYPE_NUMBER:
		return number_distance(v->low, nft_number_order(v, &r->from) < 0 ?
				       r->from.low : r->to.low);
	default:
		return CONDITION_FAR;
	}
}

/* Of a network not its first address, which no host has. */
static struct nft_number nearest_value(const struct nft_field *f,
				       const struct nft_number *v,
				       const struct nft_range *r)
{
	struct nft_number n = r->from;

	if (f->type == NFT_TYPE_NUMBER)
		return nft_number_order(v, &r->from) < 0 ? r->from : r->to;
	if (nft_number_order(&r->from, &r->to) < 0)
		n.low++;
	return n;
}

void nft_fit_nearest(struct nft_nearest *n, const struct nft_part *p,
		     const struct nft_range *range)
{
	n->distance = nft_fit_distance(p->f, &p->value, range);
	n->want = nearest_value(p->f, &p->value, range);
}

void nft_fit_keep(struct nft_nearest *to, const struct nft_nearest *n)
{
	if (!to->is || n->distance < to->distance)
		*to = *n;
}

/* Of a connection's status only that of NAT is known, and not the whole number. */
static bool is_of_nat(uint64_t bits)
{
	return !(bits & ~(uint64_t)(IPS_SRC_NAT | IPS_DST_NAT));
}

static bool is_known(const struct nft_relation *r, const struct nft_part *p)
{
	return p->known && (p->f->type != NFT_TYPE_CT_STATUS ||
			    (r->masked && is_of_nat(r->mask)));
}

/* One part against one constant, for equality. */
static enum nft_fit fit_one(const struct nft_relation *r, unsigned int part,
			const struct nft_constant *c, struct nft_nearest *n)
{
	const struct nft_part *p = &r->part[part];

	n->is = false;
	if (!c->known || !is_known(r, p))
		return NFT_FIT_UNKNOWN;
	if (p->f->type == NFT_TYPE_DEVICE) {
		n->is = true;
		n->part = part;
		n->distance = CONDITION_FAR;
		n->device = rule_span_text(c->device, r->text);
		return nft_constant_device(c, r->text, p->device) ? NFT_FIT_YES :
								    NFT_FIT_NO;
	}
	if (nft_number_order(&p->value, &c->range.from) >= 0 &&
	    nft_number_order(&p->value, &c->range.to) <= 0)
		return NFT_FIT_YES;
	*n = (struct nft_nearest){ .is = true, .part = part };
	nft_fit_nearest(n, p, &c->range);
	return NFT_FIT_NO;
}

/* Another protocol has other ports: what is behind IP's header is one thing then. */
static bool goes_with_protocol(const struct nft_field *f)
{
	return f->asked >= ASKED_PROTO && f->asked <= ASKED_ICMP;
}

/* @no: the parts that do not fit, a bit each */
void nft_fit_note_parts(struct nft_relation *r, unsigned int no)
{
	bool protocol = false, all = true;

	for (unsigned int i = 0; i < r->parts; i++) {
		if (!(no & 1u << i))
			continue;
		protocol |= r->part[i].f->asked == ASKED_PROTO;
		all &= goes_with_protocol(r->part[i].f);
	}
	if (!(no & (no - 1)) || (protocol && all))
		r->alone |= (uint8_t)no;
	else
		r->both = (uint8_t)no;
}

/* All parts of a concatenation: one of them alone may be what failed. */
static enum nft_fit fit_element(struct nft_relation *r, const struct nft_constant *c)
{
	struct nft_nearest miss, n;
	unsigned int no = 0, unknown = 0;

	miss.is = false;
	for (unsigned int i = 0; i < r->parts; i++) {
		switch (fit_one(r, i, &c[i], &n)) {
		case NFT_FIT_NO:
			no |= 1u << i;
			miss = n;
			break;
		case NFT_FIT_UNKNOWN:
			unknown++;
			break;
		case NFT_FIT_YES:
			break;
		}
	}
	if (!no)
		return unknown ? NFT_FIT_UNKNOWN : NFT_FIT_YES;
	nft_fit_note_parts(r, no);
	if (!(no & (no - 1)) && !unknown && miss.is)
		nft_fit_keep(&r->near, &miss);
	return NFT_FIT_NO;
}

/* @c: one for each part of each element, one behind the other */
static enum nft_fit fit_set(struct nft_relation *r, const struct nft_constant *c, uint32_t n)
{
	enum nft_fit all = NFT_FIT_NO;

	for (; n >= r->parts; n -= r->parts, c += r->parts) {
		enum nft_fit one = fit_element(r, c);

		if (one == NFT_FIT_YES)
			return one;
		if (one == NFT_FIT_UNKNOWN)
			all = one;
	}
	return all;
}

enum nft_fit nft_fit_inverted(enum nft_fit f)
{
	return f == NFT_FIT_UNKNOWN ? f : f == NFT_FIT_YES ? NFT_FIT_NO : NFT_FIT_YES;
}

/* One, below or above, would do. */
static void want_other(struct nft_relation *r, const struct nft_range *range)
{
	struct nft_number n = range->to;

	if (n.low != UINT64_MAX && r->part[0].f->len < 8 &&
	    n.low + 1 < 1ull << 8 * r->part[0].f->len) {
		n.low++;
	} else if (range->from.low) {
		n = range->from;
		n.low--;
	} else {
		return;
	}
	r->near = (struct nft_nearest){ .is = true, .distance = CONDITION_FAR, .want = n };
}

static enum nft_fit fit_bits(struct nft_relation *r, const struct nft_number *v,
			 uint64_t bits)
{
	bool any = v->low & bits;

	if (r->masked || (r->part[0].f->type == NFT_TYPE_CT_STATUS && !is_of_nat(bits)))
		return NFT_FIT_UNKNOWN;
	if (r->op == NFT_IS) {
		if (!any)
			r->near = (struct nft_nearest){
				.is = true, .distance = CONDITION_FAR,
				.want.low = bits & -bits,
			};
		return any ? NFT_FIT_YES : NFT_FIT_NO;
	}
	return any ? NFT_FIT_NO : NFT_FIT_YES;
}

static enum nft_fit fit_order(struct nft_relation *r, const struct nft_range *range)
{
	int order = nft_number_order(&r->part[0].value, &range->from);
	bool below = r->op == NFT_BELOW || r->op == NFT_AT_MOST;
	bool equal = r->op == NFT_AT_MOST || r->op == NFT_AT_LEAST;
	struct nft_number n = range->from;

	if (nft_number_order(&range->from, &range->to) != 0)
		return NFT_FIT_UNKNOWN;
	if ((equal && order == 0) || (below ? order < 0 : order > 0))
		return NFT_FIT_YES;
	n.low += equal ? 0 : below ? (uint64_t)-1 : 1;
	r->near = (struct nft_nearest){
		.is = true, .want = n,
		.distance = number_distance(r->part[0].value.low, n.low),
	};
	return NFT_FIT_NO;
}

/* "80", "10.0.0.0/8", "established,related" */
static enum nft_fit fit_constant(struct nft_relation *r, const struct nft_constant *c)
{
	const struct nft_part *p = &r->part[0];
	enum nft_fit f;

	if (r->parts != 1 || !p->known || !c->known)
		return NFT_FIT_UNKNOWN;
	if (p->f->type == NFT_TYPE_DEVICE) {
		f = fit_element(r, c);
		/* What a kernel takes for the name of none is not the same in all. */
		if (!*p->device && f == NFT_FIT_NO && r->op == NFT_DIFFERS)
			return NFT_FIT_UNKNOWN;
		return r->op == NFT_DIFFERS ? nft_fit_inverted(f) : r->op == NFT_IS || r->op == NFT_EQUAL
		       ? f : NFT_FIT_UNKNOWN;
	}
	if (r->op >= NFT_BELOW)
		return fit_order(r, &c->range);
	if (r->op == NFT_NONE_OF || (r->op == NFT_IS && has_bits(p->f)))
		return fit_bits(r, &p->value, c->range.from.low);
	f = fit_element(r, c);
	if (r->op != NFT_DIFFERS)
		return f;
	if (f == NFT_FIT_YES && !has_bits(p->f))
		want_other(r, &c->range);
	return nft_fit_inverted(f);
}

void nft_relation_begin(struct nft_relation *r, const struct nft_term *t,
			const struct nft_term_part *part, const char *text)
{
	memset(r, 0, offsetof(struct nft_relation, part));
	r->text = text;
	r->parts = t->parts;
	r->op = t->op;
	r->masked = t->masked;
	r->mask = t->mask;
	for (unsigned int i = 0; i < t->parts; i++)
		r->part[i] = (struct nft_part){
			.f = part[t->part + i].f,
			.name = rule_span_text(part[t->part + i].name, text),
		};
}

enum nft_fit nft_fit_unnamed(struct nft_relation *r, const struct nft_term *t,
			     const struct nft_constant *c)
{
	enum nft_fit f;

	c += t->constant;
	if (t->right == NFT_RIGHT_ONE)
		return t->constants ? fit_constant(r, c) : NFT_FIT_UNKNOWN;
	f = fit_set(r, c, t->constants);
	if (t->lacks && f == NFT_FIT_NO)
		f = NFT_FIT_UNKNOWN;
	if (r->op != NFT_DIFFERS)
		return f;
	r->near.is = false;
	return nft_fit_inverted(f);
}
