// SPDX-License-Identifier: GPL-2.0-or-later
/* way_ask: the reader asks by which rule and table of routing a packet went out. */
#include "reader/way_ask.h"

#include <string.h>

#include "journey/journey.h"
#include "journey/path.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "protocol/ways.h"
#include "reader/reader_control.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"

bool way_ask_open(const struct reader_state *s)
{
	const struct printer_plan *p = &s->plan->printer;

	return s->plan->capture &&
	       (p->env.verbose || p->sink[SINK_PCAP].report ||
		p->sink[SINK_STDOUT].report == &report_json);
}

static bool is_answered(const struct reader_state *s, const void *arg)
{
	(void)s;
	return ways_answered(arg);
}

/* Is it one of the packet's own changes of its way?  TEE's copy goes to its gateway. */
static inline bool is_routing(const struct change *c)
{
	return c->field == FIELD_OUT && c->maker == MAKER_ROUTING && !c->branch;
}

/* The last of these; .changes: there is none. */
static unsigned int find_routing(const struct journey *j)
{
	unsigned int c = j->changes;

	while (c-- > 0)
		if (is_routing(&j->change[c]))
			return c;
	return j->changes;
}

static void take_end(uint8_t to[16], const struct packet *p, const uint8_t *addr)
{
	if (addr)
		memcpy(to, addr, p->addr_len);
}

/* An event of nft shows the mark behind its rule: what it was is in the change. */
static uint32_t first_mark(const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].field == FIELD_MARK && !j->change[i].branch)
			return j->change[i].from.number;
	return journey_first(j)->mark;
}

/* What changed before the way was chosen was looked at as it was then. */
static void apply_changes(struct way_question *q, const struct journey *j,
			  unsigned int end)
{
	for (unsigned int i = 0; i < end; i++) {
		const struct change *c = &j->change[i];

		if (c->branch)
			continue;
		switch (c->field) {
		case FIELD_MARK:
			q->mark = c->to.number;
			break;
		case FIELD_SRC:
			memcpy(q->src, c->to.addr, sizeof(q->src));
			break;
		case FIELD_DST:
			memcpy(q->dst, c->to.addr, sizeof(q->dst));
			break;
		case FIELD_TOS:
			q->tos = (uint8_t)c->to.number;
			break;
		}
	}
}

/* @c: of .change, .changes: the way was chosen before anything was seen */
static void fill_question(struct way_question *q, const struct journey *j,
			  unsigned int c)
{
	const struct step *first = journey_first(j);
	bool routed = c < j->changes;

	memset(q, 0, sizeof(*q));
	take_end(q->src, &j->first, j->first.src);
	take_end(q->dst, &j->first, j->first.dst);
	q->nfproto = j->nfproto;
	q->proto = j->first.proto;
	q->tos = j->first.tos & 0xfc;
	q->in = j->entry.in;
	q->uid = q->in ? UINT32_MAX : j->uid;
	q->mark = first_mark(j);
	q->out = routed ? j->change[c].to.number : first->out;
	if (routed)
		apply_changes(q, j, c);
}

/* Was it routed again behind OUTPUT? */
static bool is_again(const struct journey *j, unsigned int c)
{
	return c < j->changes && j->change[c].from.number;
}

/*
 * Was it routed again, or can there be a mark to choose a way by, at its
 * first rule or by a later one?
 */
static bool may_be_worth_it(const struct journey *j)
{
	const struct change *c = j->change, *end = c + j->changes;
	bool again = false;

	if (journey_first(j)->mark)
		return true;
	for (; c < end; c++) {
		if (c->field == FIELD_MARK)
			return true;
		if (is_routing(c))
			again = c->from.number;
	}
	return again;
}

void way_ask(struct reader_state *s, struct journey *j)
{
	const struct way_answer *a;
	struct way_question q;
	unsigned int c;
	bool fresh;
	int i;

	if (!s->ways && !may_be_worth_it(j))
		return;
	c = find_routing(j);
	/* Of a VRF's tables that question knows nothing. */
	if (is_again(j, c) && path_is_vrf(s->map.vrf, j->change[c].from.number))
		return;
	fill_question(&q, j, c);
	/* A bridge's way is none of routing's. */
	if (!q.out || q.out == q.in || j->omitted ||
	    (!s->ways && !is_again(j, c) && !q.mark))
		return;
	i = ways_note(s->stats->way, &q, &fresh);
	if (i < 0)
		return;
	a = &s->bulletin->way[i];
	if (fresh)
		reader_ask(s, READER_WAY, is_answered, a, 1);
	if (!ways_answered(a) || !a->text[0])
		return;
	j->way.text = a->text;
	j->way.change = (uint8_t)c;
	j->way.shown = is_again(j, c) || a->by_mark;
}
