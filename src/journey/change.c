// SPDX-License-Identifier: GPL-2.0-or-later
/* change: what is different at an event from the one before. */
#include "journey/change.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdbool.h>
#include <string.h>

#include "capture/event.h"
#include "journey/change_maker.h"
#include "journey/journey_room.h"
#include "journey/observation.h"
#include "place/place_types.h"

const char *change_maker_word(enum change_maker m)
{
	static const char *const words[] = {
		[MAKER_RULE] = "rule",
		[MAKER_CONNTRACK] = "conntrack",
		[MAKER_ROUTING] = "routing",
		[MAKER_FORWARDING] = "forwarding",
		[MAKER_BRIDGE] = "bridge",
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
		[FIELD_MSS] = "mss",
		[FIELD_CTMARK] = "ctmark",
	};

	return words[f];
}

enum { NO_PORT = -1 };

/* The length of a view whose packet does not tell it. */
static const uint32_t UNSIZED = UINT32_MAX;

_Static_assert(MAKER_COUNT <= 8 && JOURNEY_BRANCHES == 32, "struct change");

/*
 * What was so before anything was shown is no change, unless a rule made it.  The
 * packet's head shows its ends all the same, as the run's own rule saw them: of them
 * it is one, also where a witness alone has seen what conntrack made of them.
 */
static bool is_before_all(const struct difference *d, uint8_t field,
			  struct made made)
{
	return !d->before && made.maker != MAKER_RULE && !change_is_end(field);
}

/* Changes are in the order of the events behind which they were made. */
static struct change *add_change(const struct difference *d, uint8_t field,
				 struct made made)
{
	struct journey *j = d->j;
	unsigned int at = j->changes;
	struct change *c;

	if (is_before_all(d, field, made) || !journey_has_room(j))
		return NULL;
	while (at && j->change[at - 1].step > made.step)
		at--;
	c = &j->change[at];
	if (at < j->changes)
		memmove(c + 1, c, (j->changes - at) * sizeof(*c));
	j->changes++;
	memset(c, 0, sizeof(*c));
	c->step = made.step;
	c->maker = made.maker & 7;
	c->field = field;
	c->branch = d->branch & (JOURNEY_BRANCHES - 1);
	c->from.port = c->to.port = NO_PORT;
	return c;
}

static void add_number(const struct difference *d, uint8_t field,
		       struct made made, uint32_t from, uint32_t to)
{
	struct change *c = from == to ? NULL : add_change(d, field, made);

	if (!c)
		return;
	c->from.number = from;
	c->to.number = to;
}

static void compare_number(const struct difference *d, uint8_t field,
			   uint32_t from, uint32_t to)
{
	if (from != to)
		add_number(d, field, change_find_maker(d, field), from, to);
}

/*
 * Forwarding takes one, behind the rules of the first hook and ahead of those
 * that come then: what is left of the difference is a rule's.
 */
static void compare_ttl(const struct difference *d, uint32_t from, uint32_t to)
{
	const struct made forwarding = { MAKER_FORWARDING, d->step };
	bool here = change_can_be_here(d, FIELD_TTL);
	struct made made = { .maker = MAKER_UNKNOWN, .step = d->step };

	if (d->way != WAY_ROUTED || !from || to == UINT8_MAX) {
		compare_number(d, FIELD_TTL, from, to);
		return;
	}
	if (here || from != to + 1)
		made = change_find_maker(d, FIELD_TTL);
	if ((here || from == to) && made.maker != MAKER_RULE) {
		add_number(d, FIELD_TTL, made, from, to);
	} else if (here) {
		add_number(d, FIELD_TTL, forwarding, from, from - 1);
		add_number(d, FIELD_TTL, made, from - 1, to);
	} else {
		add_number(d, FIELD_TTL, made, from, to + 1);
		add_number(d, FIELD_TTL, forwarding, to + 1, to);
	}
}

static void compare_end(const struct difference *d, uint8_t field,
			const struct packet_view_end *from,
			const struct packet_view_end *to)
{
	struct change *c;

	if (memcmp(from, to, sizeof(*from)) == 0)
		return;
	/* The whole shows the ports that a later piece of it has not. */
	if (from->port == NO_PORT && memcmp(from->addr, to->addr, sizeof(from->addr)) == 0)
		return;
	c = add_change(d, field, change_find_maker(d, field));
	if (!c)
		return;
	memcpy(c->from.addr, from->addr, sizeof(from->addr));
	memcpy(c->to.addr, to->addr, sizeof(to->addr));
	c->from.port = from->port;
	c->to.port = to->port;
}

/* The last event of this branch; for a new copy the last before it was made. */
static void find_step_before(struct difference *d, unsigned int branch)
{
	uint32_t kept = journey_kept(d->j), i = kept;

	if (kept == 0)
		return;
	while (i-- > 0)
		if (d->j->step[i].branch == branch)
			break;
	d->end = kept;
	d->step = (uint16_t)i;
	if (i == UINT32_MAX) {
		d->end = d->j->path[branch].shared;
		i = d->end ? d->end - 1 : 0;
		d->step = (uint16_t)(kept - 1);
	}
	d->before = &d->j->step[i];
}

static void fill_view_end(struct packet_view_end *end, const struct packet *p,
		     const uint8_t *addr, uint16_t port)
{
	if (addr)
		memcpy(end->addr, addr, p->addr_len);
	end->port = p->flags & PACKET_PORTS ? port : NO_PORT;
}

static bool shows_headers(const struct observation *o,
			  const struct packet_view *was)
{
	return o->headers == HEADERS_WHOLE ||
	       (o->headers == HEADERS_PARTIAL && !was->length);
}

/* What the event tells besides the packet's headers. */
static void fill_view_around(struct packet_view *l, const struct event *e,
			const struct packet_view *was)
{
	l->mark = e->mark;
	/* An interface that a hook merely does not tell is no change. */
	l->out = e->out ? e->out : was->out;
	/* POSTROUTING's is where the buffer was last, not where it came in. */
	l->in = e->in && e->hook != NF_INET_POST_ROUTING ? e->in : was->in;
	l->hook = e->hook < NF_INET_NUMHOOKS ? e->hook : was->hook;
	if (e->ct.known & CONNTRACK_MARK) {
		l->ct_id = e->ct.id;
		l->ct_mark = e->ct.mark;
	} else {
		l->ct_id = was->ct_id;
		l->ct_mark = was->ct_mark;
	}
}

/* Of a fragment of IPv6 the first event in each chain of nft tells them, without all headers. */
static bool shows_interfaces(const struct observation *o)
{
	return o->at->hook < NF_INET_NUMHOOKS && (o->e->in || o->e->out);
}

static void fill_view(struct packet_view *l, const struct observation *o,
		      const struct packet_view *was)
{
	static const struct packet_view nothing;
	const struct packet *p = o->p;

	if (!shows_headers(o, was)) {
		*l = *was;
		if (shows_interfaces(o))
			fill_view_around(l, o->e, was);
		l->mark = o->e->mark;
		return;
	}
	/* gcc clears so few bytes in a slow way. */
	*l = nothing;
	fill_view_around(l, o->e, was);
	l->length = p->unsized ? UNSIZED : p->length;
	l->ttl = p->ttl;
	l->tos = p->tos;
	/* nft copies no options of TCP. */
	l->mss = o->e->nft ? was->mss : packet_mss(p);
	fill_view_end(&l->src, p, p->src, p->sport);
	fill_view_end(&l->dst, p, p->dst, p->dport);
}

static void compare_views(const struct difference *d,
			  const struct packet_view *a,
			  const struct packet_view *b)
{
	compare_number(d, FIELD_MARK, a->mark, b->mark);
	/* Of one connection: that it has one by now is no change of its mark. */
	if (a->ct_id && a->ct_id == b->ct_id)
		compare_number(d, FIELD_CTMARK, a->ct_mark, b->ct_mark);
	compare_end(d, FIELD_SRC, &a->src, &b->src);
	compare_end(d, FIELD_DST, &a->dst, &b->dst);
	compare_ttl(d, a->ttl, b->ttl);
	compare_number(d, FIELD_TOS, a->tos, b->tos);
	if (a->length != UNSIZED && b->length != UNSIZED)
		compare_number(d, FIELD_LENGTH, a->length, b->length);
	compare_number(d, FIELD_MSS, a->mss, b->mss);
	compare_number(d, FIELD_OUT, a->out, b->out);
	compare_number(d, FIELD_IN, a->in, b->in);
}

void change_begin(struct journey *j, const struct observation *o)
{
	static const struct packet_view nothing;

	fill_view(&j->path[0].look.view, o, &nothing);
	j->path[0].look_serial = o->p->serial;
}

/*
 * Events of legacy come before the target runs, nft's behind it: a difference that the next
 * event shows was made by the steps from here on (legacy), or by those behind (nft).
 */
static void look_up_to(struct path *p, const struct journey *j,
		       const struct observation *o)
{
	uint32_t here = journey_kept(j);
	uint32_t next = here + (o->e->nft && !o->at->hidden);

	p->look.since.mark = (uint16_t)next;
	if (o->headers != HEADERS_WHOLE)
		return;
	p->look.since.headers = (uint16_t)next;
	p->look.since.ends = (uint16_t)(o->at->nat ? here : next);
}

/* From its first hook to those where only packets are that are not for this host. */
static bool goes_through(const struct packet_view *was, uint32_t hook)
{
	return was->hook == NF_INET_PRE_ROUTING &&
	       (hook == NF_INET_FORWARD || hook == NF_INET_POST_ROUTING);
}

/*
 * Events of nft do not name a bridge's ports.  In and out by the same interface
 * is a bridge's way, or a route back; that one takes from the TTL.
 */
static uint8_t find_way(const struct difference *d, const struct event *e,
			const struct packet_view *was,
			const struct packet_view *now)
{
	if (e->phys_out)
		return WAY_BRIDGED;
	if (!goes_through(was, now->hook))
		return WAY_NONE;
	if (!now->in || now->in != now->out)
		return WAY_ROUTED;
	if (change_may_be_rule(d, FIELD_TTL) ||
	    e->flags & (EVENT_NO_HEADERS | EVENT_PARTIAL))
		return WAY_UNTOLD;
	return now->ttl == was->ttl ? WAY_BRIDGED : WAY_ROUTED;
}

/* All but the hook as fill_view_around() would have it. */
static bool looks_same_around(const struct packet_view *was,
			      const struct event *e)
{
	if (e->mark != was->mark || (e->out && e->out != was->out) ||
	    (e->in && e->in != was->in && e->hook != NF_INET_POST_ROUTING))
		return false;
	return !(e->ct.known & CONNTRACK_MARK) ||
	       (e->ct.id == was->ct_id && e->ct.mark == was->ct_mark);
}

/* Nothing but the hook: the same bytes, and the same around them. */
static bool looks_same(const struct path *path, const struct observation *o)
{
	const struct packet_view *was = &path->look.view;

	return o->p->serial && o->p->serial == path->look_serial &&
	       !goes_through(was, o->e->hook) && looks_same_around(was, o->e);
}

static void look_anew(struct journey *j, unsigned int branch,
		      const struct observation *o)
{
	struct path *path = &j->path[branch];
	struct difference d = { .j = j, .branch = (uint8_t)branch, .at = o->at,
				.since = &path->look.since };
	struct packet_view *was = &path->look.view, now;

	fill_view(&now, o, was);
	/* Indexes hold only while no event has been left out. */
	if (memcmp(was, &now, sizeof(now)) != 0 && !j->omitted) {
		find_step_before(&d, branch);
		d.way = find_way(&d, o->e, was, &now);
		compare_views(&d, was, &now);
	}
	if (shows_headers(o, was))
		path->look_serial = o->p->serial;
	*was = now;
}

void change_find(struct journey *j, unsigned int branch,
		 const struct observation *o)
{
	struct path *path = &j->path[branch];

	/* The event shows nothing of what its rule has taken. */
	if (o->at->effect == EFFECT_STEAL && o->e->nft)
		return;
	if (!looks_same(path, o))
		look_anew(j, branch, o);
	else if (o->e->hook < NF_INET_NUMHOOKS)
		path->look.view.hook = o->e->hook;
	look_up_to(path, j, o);
}
