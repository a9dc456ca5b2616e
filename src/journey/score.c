// SPDX-License-Identifier: GPL-2.0-or-later
/* score: how well an event fits as the next one of a packet. */
#include "journey/score.h"

#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/path.h"
#include "packet/packet.h"
#include "place/place.h"
#include "place/table_order.h"

enum {
	SURE_STAMPS = 4,	/* events: so many equal stamps are no accident */
};

/* What the target of the last event can have done. */
static unsigned int score_by_target(const struct path *path)
{
	switch (path->last->effect) {
	case EFFECT_QUEUE:
	case EFFECT_MAYBE:
	case EFFECT_UNKNOWN:
		return MANGLE_SRC | MANGLE_DST | MANGLE_TTL | MANGLE_TOS |
		       MANGLE_MARK;
	}
	return path->last->mangles;
}

/* SNAT comes behind all tables of INPUT and POSTROUTING; late chains of nft show it. */
static unsigned int by_source_nat(const struct observation *o)
{
	return (o->e->hook == NF_INET_LOCAL_IN ||
		o->e->hook == NF_INET_POST_ROUTING) && o->at->order > T_SNAT ?
		MANGLE_SRC : 0;
}

/*
 * And what conntrack and forwarding can have done in between.  DNAT and its
 * undoing come behind mangle at PREROUTING and OUTPUT; of SNAT at a hook before
 * only loopback shows anything.
 */
static unsigned int by_kernel(const struct path *path,
			      const struct observation *o)
{
	uint8_t hook = o->e->hook;

	switch (path->hook) {
	case NF_INET_PRE_ROUTING:
		/* Forwarding takes one; what lost more has been forwarded elsewhere as well. */
		if (hook != path->hook)
			return path->look.view.ttl - o->p->ttl == 1 ?
				MANGLE_DST | MANGLE_TTL : MANGLE_DST;
		return o->at->order > T_DNAT ? MANGLE_DST : 0;
	case NF_INET_LOCAL_OUT:
		/* Back over loopback it has passed POSTROUTING, seen there or not. */
		if (hook != path->hook)
			return hook == NF_INET_POST_ROUTING ?
				MANGLE_DST : MANGLE_SRC | MANGLE_DST;
		return o->at->order > T_DNAT ? MANGLE_DST : 0;
	case NF_INET_POST_ROUTING:
		if (hook != path->hook)
			return MANGLE_SRC | MANGLE_DST;
		break;
	/* Only IPVS leads from there to OUTPUT. */
	case NF_INET_LOCAL_IN:
		return hook == NF_INET_LOCAL_OUT ? MANGLE_DST | MANGLE_TTL : 0;
	}
	return 0;
}

static bool same_end(const struct packet_view_end *was, const uint8_t *addr,
		     const struct packet *p, uint16_t port)
{
	return (!addr || memcmp(was->addr, addr, p->addr_len) == 0) &&
	       (!(p->flags & PACKET_PORTS) || was->port == port);
}

/* What is different; MANGLE_* of the headers and the mark. */
static unsigned int differences(const struct packet_view *was,
				const struct event *e, const struct packet *p)
{
	unsigned int d = 0;

	if (!same_end(&was->src, p->src, p, p->sport))
		d |= MANGLE_SRC;
	if (!same_end(&was->dst, p->dst, p, p->dport))
		d |= MANGLE_DST;
	if (was->ttl != p->ttl)
		d |= MANGLE_TTL;
	if (was->tos != p->tos)
		d |= MANGLE_TOS;
	if (was->mark != e->mark)
		d |= MANGLE_MARK;
	return d;
}

/*
 * Sent, and come in by another device than lo: multicast's copy has the same destination,
 * and by a VRF's device no more than one end is another.
 */
static bool is_no_loop(const struct path *path, const struct observation *o,
		       unsigned int differs)
{
	const unsigned int ends = MANGLE_SRC | MANGLE_DST;

	return (path->hook == NF_INET_LOCAL_OUT ||
		path->hook == NF_INET_POST_ROUTING) &&
	       (o->e->hook == NF_INET_PRE_ROUTING ||
		o->e->hook == NF_INET_LOCAL_IN) &&
	       o->e->in && o->e->in != LOOPBACK_IFINDEX &&
	       (differs & ends) == ends;
}

static int header_score(const struct path *path, const struct observation *o)
{
	unsigned int d = differences(&path->look.view, o->e, o->p);
	unsigned int usual = by_kernel(path, o) | by_source_nat(o);
	int s = is_no_loop(path, o, d) ? SCORE_HEADER : 0;

	/* A change is possible, and yet less likely than none. */
	if (d & ~(unsigned int)MANGLE_MARK)
		s += SCORE_CHANGED;
	/* A rule that is not known may have done anything; each flow has ports of its own. */
	if (d & ~(usual | MANGLE_MARK))
		s += SCORE_BY_RULE;
	if (d & (MANGLE_SRC | MANGLE_DST) && path->last->effect == EFFECT_QUEUE)
		s += SCORE_REWRITTEN;
	d &= ~(score_by_target(path) | usual);
	if (d & MANGLE_MARK)
		s += SCORE_MARK;
	if (d & ~(unsigned int)MANGLE_MARK)
		s += SCORE_HEADER;
	return s;
}

/*
 * One stamp, one packet: but for what a socket of this machine sent by TCP,
 * which shows the time of each call, and by accident one time twice.
 */
static int stamp_score(const struct journey *j, const struct observation *o,
		       bool stamps)
{
	const struct event *e = o->e;
	bool sure = j->stamp.events >= SURE_STAMPS ||
		    (stamps && o->p->proto != IPPROTO_TCP);

	if (!j->stamp.events || !(e->flags & EVENT_HAS_STAMP) ||
	    j->flags & JOURNEY_TIMES)
		return 0;
	if (j->stamp.ns == e->stamp_ns)
		return sure ? SCORE_STAMP_SAME : SCORE_STAMP_LIKELY;
	return sure ? SCORE_STAMP_OTHER : 0;
}

/* Interfaces are the same for all tables of a hook, and mostly beyond. */
static int device_score(const struct path *path, const struct observation *o)
{
	const struct event *e = o->e;
	const struct packet_view *was = &path->look.view;
	int other = path->hook == e->hook ? SCORE_HEADER : SCORE_DEVICE;
	int s = 0;

	if ((path->hook == NF_INET_POST_ROUTING && e->hook != path->hook) ||
	    path_crosses_vrf(path, o))
		return 0;
	if (e->in && was->in && e->hook != NF_INET_POST_ROUTING &&
	    e->in != was->in)
		s += other;
	if (e->out && was->out && e->out != was->out)
		s += other;
	return s;
}

int score_event(const struct journey *j, const struct path *path,
		const struct observation *o, bool stamps)
{
	int s = score_part(path, o) + stamp_score(j, o, stamps);

	return j->last.icmp_id == o->p->icmp_id ? s : s + SCORE_ICMP_ID;
}

int score_part(const struct path *path, const struct observation *o)
{
	return header_score(path, o) + device_score(path, o);
}
