// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_answer: what a comparison said of a packet -> one of the rule's conditions. */
#include "misses/nft_answer.h"

#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>

#include "base/format.h"
#include "misses/asked.h"
#include "misses/condition.h"

/* "the packet's are ...", of what asked_value() has no words for */
static void tell_number(char buf[CONDITION_VALUE], const struct condition *c,
			const struct asked *a)
{
	(void)a;
	format_text(buf, CONDITION_VALUE, "the packet's is %u", c->number);
}

static void tell_family(char buf[CONDITION_VALUE], const struct condition *c,
			const struct asked *a)
{
	(void)c;
	format_text(buf, CONDITION_VALUE, "the packet is IPv%d",
		    a->nfproto == NFPROTO_IPV4 ? 4 : 6);
}

static void tell_direction(char buf[CONDITION_VALUE], const struct condition *c,
			   const struct asked *a)
{
	(void)c;
	asked_direction(buf, CONDITION_VALUE, a);
}

/* Of the status a field has the bits of NAT alone. */
static void tell_status(char buf[CONDITION_VALUE], const struct condition *c,
			const struct asked *a)
{
	bool snat = c->number & IPS_SRC_NAT, dnat = c->number & IPS_DST_NAT;

	(void)a;
	format_text(buf, CONDITION_VALUE, "its connection is %s%s%s",
		    snat ? "snat" : "", snat && dnat ? "," : "",
		    dnat ? "dnat" : snat ? "" : "not translated");
}

static void tell_key(char buf[CONDITION_VALUE], const struct condition *c,
		     const struct asked *a)
{
	(void)a;
	(void)c;
	format_text(buf, CONDITION_VALUE, "the packet's are in no element");
}

static void tell_how(struct condition *c, const struct nft_part *p)
{
	switch (p->f->asked) {
	case ASKED_BYTES:
		c->tell = tell_number;
		break;
	case ASKED_FAMILY:
		c->tell = tell_family;
		break;
	case ASKED_CT:
		c->tell = p->f->type == NFT_TYPE_DIRECTION ? tell_direction : tell_status;
		break;
	}
	c->number = (uint32_t)p->value.low;
}

static void want(struct condition *c, const struct nft_reading *rd,
		 const struct nft_relation *r)
{
	const struct nft_part *p = &r->part[r->near.part];
	struct nft_number n = r->near.want;

	c->distance = r->near.distance;
	if (p->f->type == NFT_TYPE_DEVICE) {
		if (r->op == NFT_DIFFERS || r->near.device.len >= sizeof(c->want.name))
			return;
		c->want.field = p->f->asked;
		memcpy(c->want.name, r->near.device.at, r->near.device.len);
		return;
	}
	/* The other bits of what a mask leaves out stay as they are. */
	if (r->masked) {
		struct nft_number whole;

		if (!nft_field_value(&whole, p->f, rd->a))
			return;
		n.low = (whole.low & ~r->mask) | (n.low & r->mask);
	}
	nft_field_want(&c->want, p->f, &n, rd->a);
}

static const uint8_t outcome[] = {
	[NFT_FIT_NO] = CONDITION_FAILED, [NFT_FIT_YES] = CONDITION_HELD,
	[NFT_FIT_UNKNOWN] = CONDITION_UNKNOWN,
};

/* What a concatenation asks for, 1 << enum asked_field each, of the parts in @parts. */
static uint32_t fields_of(const struct nft_relation *r, unsigned int parts)
{
	uint32_t fields = 0;

	for (unsigned int i = 0; i < r->parts; i++)
		if (parts & 1u << i)
			fields |= UINT32_C(1) << r->part[i].f->asked;
	return fields;
}

struct condition *nft_answer_one(struct nft_reading *rd, const struct nft_relation *r,
				 enum nft_fit f, struct strview words,
				 unsigned int part, unsigned int parts)
{
	uint8_t asked = r->part[part].f->asked;
	struct condition *c = conditions_add(rd->out, outcome[f], asked, words);

	if (c)
		c->others = fields_of(r, parts) & ~(UINT32_C(1) << asked);
	return c;
}

/* No element has all but one part in common with the packet: that is two that failed. */
static void add_both(struct nft_reading *rd, const struct nft_relation *r,
		     struct strview words)
{
	unsigned int both = r->both;

	for (int i = 0; i < 2; i++, both &= both - 1)
		nft_answer_one(rd, r, NFT_FIT_NO, words, (unsigned int)__builtin_ctz(both), 0);
}

static void add_failed(struct nft_reading *rd, const struct nft_relation *r,
		       struct strview words)
{
	unsigned int part = r->near.is ? r->near.part : 0;
	unsigned int parts = r->op == NFT_DIFFERS || !r->alone ? UINT_MAX : r->alone;
	struct condition *c;

	if (r->parts > 1 && r->op != NFT_DIFFERS && !r->alone && r->both) {
		add_both(rd, r, words);
		return;
	}
	if (!r->near.is && r->parts > 1 && r->alone)
		part = (unsigned int)__builtin_ctz(r->alone);
	c = nft_answer_one(rd, r, NFT_FIT_NO, words, part, parts);
	if (!c)
		return;
	if (r->parts > 1 && !r->near.is)
		c->tell = tell_key;
	else
		tell_how(c, &r->part[part]);
	if (r->near.is)
		want(c, rd, r);
}

void nft_answer(struct nft_reading *rd, const struct nft_relation *r,
		enum nft_fit f, struct strview words)
{
	if (f == NFT_FIT_NO)
		add_failed(rd, r, words);
	else
		nft_answer_one(rd, r, f, words, 0, UINT_MAX);
}

void nft_answer_protocol(struct nft_reading *rd, enum nft_fit f, struct strview name)
{
	conditions_add(rd->out, outcome[f], ASKED_PROTO, name);
}

void nft_answer_family(struct nft_reading *rd, struct strview name)
{
	for (int i = 0; i < 2; i++) {
		struct condition *c = conditions_add(rd->out, CONDITION_FAILED,
						     ASKED_FAMILY, name);

		if (c)
			c->tell = tell_family;
	}
	rd->over = true;
}
