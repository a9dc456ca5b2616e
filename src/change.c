// SPDX-License-Identifier: GPL-2.0-or-later
/* change: what is different at an event from the one before, and who made it so. */
#include "change.h"

#include <string.h>

#include "event.h"
#include "journey.h"
#include "place.h"

const char *change_maker_word(enum change_maker m)
{
	static const char *const words[] = {
		[MAKER_RULE] = "rule",
		[MAKER_CONNTRACK] = "conntrack",
		[MAKER_ROUTING] = "routing",
		[MAKER_FORWARDING] = "forwarding",
		[MAKER_UNKNOWN] = "unknown",
	};

	return words[m];
}

const char *change_field_word(enum change_field f)
{
	static const char *const words[] = {
		[FIELD_MARK] = "mark",
		[FIELD_SRC] = "src",
		[FIELD_DST] = "dst",
		[FIELD_TTL] = "ttl",
		[FIELD_TOS] = "tos",
		[FIELD_OUT] = "out",
		[FIELD_IN] = "in",
		[FIELD_LENGTH] = "length",
	};

	return words[f];
}

/* Which target can change a field, and who else may have done it. */
static const struct {
	uint8_t by_rule, else_by;
} makers[] = {
	[FIELD_MARK] = { CHANGE_MARK, MAKER_UNKNOWN },
	[FIELD_SRC] = { CHANGE_SRC, MAKER_CONNTRACK },
	[FIELD_DST] = { CHANGE_DST, MAKER_CONNTRACK },
	[FIELD_TTL] = { CHANGE_TTL, MAKER_FORWARDING },
	[FIELD_TOS] = { CHANGE_TOS, MAKER_UNKNOWN },
	[FIELD_OUT] = { 0, MAKER_ROUTING },
	[FIELD_IN] = { 0, MAKER_ROUTING },
	[FIELD_LENGTH] = { CHANGE_OTHER, MAKER_UNKNOWN },
};

static struct change *add(struct journey *j, uint8_t field,
			  const struct step *before)
{
	struct change *c;

	if (j->changes == JOURNEY_CHANGES)
		return NULL;
	c = &j->change[j->changes++];
	memset(c, 0, sizeof(*c));
	c->step = (uint16_t)(journey_kept(j) - 1);
	c->field = field;
	c->maker = before->place->changes & makers[field].by_rule ?
		MAKER_RULE : makers[field].else_by;
	c->from.port = c->to.port = -1;
	return c;
}

static void number(struct journey *j, uint8_t field, const struct step *before,
		   uint32_t from, uint32_t to)
{
	struct change *c = from == to ? NULL : add(j, field, before);

	if (!c)
		return;
	c->from.number = from;
	c->to.number = to;
}

static int32_t port_of(const struct packet *p, uint16_t port)
{
	return p->flags & PACKET_PORTS ? port : -1;
}

static void address(struct journey *j, uint8_t field,
		    const struct step *before, const uint8_t *from,
		    const uint8_t *to, int32_t from_port, int32_t to_port,
		    uint8_t len)
{
	struct change *c;

	if (!from || !to ||
	    (from_port == to_port && memcmp(from, to, len) == 0))
		return;
	c = add(j, field, before);
	if (!c)
		return;
	memcpy(c->from.addr, from, len);
	memcpy(c->to.addr, to, len);
	c->from.port = from_port;
	c->to.port = to_port;
}

/* The last event of this branch; for a new clone the packet's own last. */
static const struct step *previous(const struct journey *j,
				   unsigned int branch)
{
	for (uint32_t i = journey_kept(j); i-- > 0; )
		if (j->step[i].branch == branch)
			return &j->step[i];
	return journey_kept(j) ? &j->step[journey_kept(j) - 1] : NULL;
}

void change_find(struct journey *j, unsigned int branch,
		 const struct event *e, const struct place *at,
		 const struct packet *p)
{
	const struct step *before = previous(j, branch);
	const struct packet *q = &j->last;

	(void)at;
	/* Indexes hold only while no event has been left out. */
	if (!before || j->omitted)
		return;
	number(j, FIELD_MARK, before, before->mark, e->mark);
	if (q->addr_len == p->addr_len && q->src && p->src) {
		address(j, FIELD_SRC, before, q->src, p->src,
			port_of(q, q->sport), port_of(p, p->sport),
			p->addr_len);
		address(j, FIELD_DST, before, q->dst, p->dst,
			port_of(q, q->dport), port_of(p, p->dport),
			p->addr_len);
		number(j, FIELD_TTL, before, q->ttl, p->ttl);
		number(j, FIELD_TOS, before, q->tos, p->tos);
		number(j, FIELD_LENGTH, before, q->length, p->length);
	}
	/* An interface that a hook merely does not tell is no change. */
	if (e->out && e->out != before->out)
		number(j, FIELD_OUT, before, before->out, e->out);
	if (e->in && e->in != before->in)
		number(j, FIELD_IN, before, before->in, e->in);
}
