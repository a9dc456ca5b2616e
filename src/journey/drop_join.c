// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_join: which packet a drop record of the kernel's is of. */
#include "journey/drop_join.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/conntrack.h"
#include "capture/event.h"
#include "drop/record.h"
#include "journey/drop_meaning.h"
#include "journey/fate_drop.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/journey_table.h"
#include "journey/path.h"
#include "journey/slots.h"
#include "packet/identity.h"
#include "place/place.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

/*
 * Only an order.  The stamp outweighs all that is merely unusual; addresses that
 * nobody can have changed outweigh the stamp, which two packets can have.
 */
enum {
	FITS_STAMP = 32,
	FITS_VERDICT = 8,	/* a verdict was told, and there is one */
	MISS_CHANGED = -1,	/* by what may have changed it: each */
	MISS_DEVICE = -2,	/* each of two */
	MISS_MARK = -8,
	MISS_HOOK = -16,
	MISS_STATE = -16,
	MISS_HEADER = -128,
	IPV4_HEADER = 20, IPV6_HEADER = 40,
	CT_NEW = 2, CT_RELATED = 1, CT_UNTRACKED = 7,	/* enum ip_conntrack_info */
};

static struct drop_end hash_end(const uint8_t *addr, size_t len, int32_t port)
{
	uint64_t h = hash_bytes(0, addr, len);

	return (struct drop_end){
		.addr = (uint32_t)h,
		.whole = (uint32_t)hash_mix(h, (uint64_t)port),
	};
}

bool drop_sight_fill(struct drop_sight *s, const struct drop_record *r,
		     const struct drop_seen *seen, uint32_t depth,
		     uint32_t snaplen)
{
	const struct drop_meaning *m = drop_meaning(seen);
	uint32_t len = r->captured < DROP_BYTES ? r->captured : DROP_BYTES;
	bool six = len && r->bytes[0] >> 4 == 6;

	if (len < (six ? IPV6_HEADER : IPV4_HEADER) ||
	    (!six && r->bytes[0] >> 4 != 4))
		return false;
	*s = (struct drop_sight){
		.r = r, .seen = seen, .hooks = m->hooks,
		.nfproto = six ? NFPROTO_IPV6 : NFPROTO_IPV4,
		.verdict = m->says == DROP_SAYS_VERDICT,
	};
	packet_decode(&s->p, s->nfproto, r->bytes, len < snaplen ? len : snaplen);
	s->many = packet_is_for_many(&s->p) ||
		  (!six && s->p.dst && s->p.dst[3] == UINT8_MAX);
	s->copy = m->says == DROP_SAYS_MISSED || s->many;
	s->key = identity_key(&s->p, depth);
	if (!s->p.src || !s->p.dst)
		return false;
	s->src = hash_end(s->p.src, s->p.addr_len, s->p.sport);
	s->dst = hash_end(s->p.dst, s->p.addr_len, s->p.dport);
	return true;
}

/* What can have happened behind its last event, unseen. */
static uint8_t may_change(const struct path *p, const struct path_map *map)
{
	const struct path_hook *hook = slots_hook(map, p->last, 0);
	uint8_t d = p->last->mangles;
	uint64_t nat = 0;

	if (p->hook == NF_INET_PRE_ROUTING)
		d |= MANGLE_TTL;
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		nat |= hook[h].may;
	if (nat)
		d |= MANGLE_SRC | MANGLE_DST;
	if (p->last->effect == EFFECT_QUEUE || p->last->effect == EFFECT_MAYBE)
		d |= MANGLE_SRC | MANGLE_DST | MANGLE_TTL | MANGLE_TOS |
		     MANGLE_MARK;
	return d;
}

/* Return: 0: it is not known. */
static uint64_t journey_stamp_ns(const struct journey *j)
{
	return j->stamp.events && !(j->flags & JOURNEY_TIMES) ? j->stamp.ns : 0;
}

/* Neighbours' messages are untracked by themselves, others by a rule. */
static bool may_be_untracked(const struct journey *j)
{
	if (j->ct.state != CONNTRACK_UNTOLD)
		return j->ct.state == CONNTRACK_UNTRACKED;
	return journey_untracked_by(j) || j->flags & JOURNEY_GAP || j->omitted ||
	       j->first.proto == IPPROTO_ICMPV6;
}

/* At egress, where conntrack marks no copy; the rule names another interface for it. */
static bool has_copy_beside(const struct journey *j)
{
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *at = j->step[i].place;

		if (at->backend == EVENT_NFT && at->family == NFPROTO_NETDEV &&
		    at->mangles & MANGLE_CLONE)
			return true;
	}
	return false;
}

/*
 * A copy of TEE's or dup's is sent by this host, and the kernel marks it as untracked:
 * what tells its record from the packet's, which may be the same bytes.
 */
static void fill_clone(struct drop_look *l, const struct journey *j,
		       unsigned int b)
{
	if (!(j->flags & JOURNEY_CLONED))
		return;
	l->cloned = b && j->path[b].born_local;
	l->tracked = !b && !may_be_untracked(j);
	l->beside = !b && has_copy_beside(j);
}

void drop_look_fill(struct drop_look *l, const struct journey *j,
		    unsigned int b, const struct path_map *map)
{
	const struct path *p = &j->path[b];
	const struct packet_view *v = &p->look.view;
	size_t len = j->nfproto == NFPROTO_IPV6 ? 16 : 4;
	bool ports = v->src.port >= 0;
	struct drop_end src = hash_end(v->src.addr, len, v->src.port),
			dst = hash_end(v->dst.addr, len, v->dst.port);

	*l = (struct drop_look){
		.stamp_ns = journey_stamp_ns(j),
		.src = ports ? src.whole : src.addr,
		.dst = ports ? dst.whole : dst.addr,
		.mark = v->mark, .in = v->in, .out = v->out,
		.nfproto = j->nfproto, .hook = p->hook,
		.ttl = v->ttl, .tos = v->tos,
		.changes = may_change(p, map),
		.ports = ports,
		.ended = p->state == PATH_ENDED,
		.copied = j->flags & JOURNEY_COPIES,
	};
	fill_clone(l, j, b);
}

static bool drop_same_end(const struct drop_end *e, uint32_t was,
			  const struct drop_sight *s, const struct drop_look *l)
{
	return was == (l->ports && s->p.flags & PACKET_PORTS ? e->whole
							      : e->addr);
}

/* MANGLE_* of the headers and the mark. */
static unsigned int drop_differences(const struct drop_sight *s,
				     const struct drop_look *l)
{
	unsigned int d = 0;

	if (!drop_same_end(&s->src, l->src, s, l))
		d |= MANGLE_SRC;
	if (!drop_same_end(&s->dst, l->dst, s, l))
		d |= MANGLE_DST;
	if (l->ttl != s->p.ttl)
		d |= MANGLE_TTL;
	if (l->tos != s->p.tos)
		d |= MANGLE_TOS;
	if (l->mark != s->r->mark)
		d |= MANGLE_MARK;
	return d;
}

static int drop_header_score(const struct drop_sight *s, const struct drop_look *l)
{
	unsigned int d = drop_differences(s, l);
	int score = 0;

	for (unsigned int bit = MANGLE_SRC; bit <= MANGLE_TOS; bit <<= 1)
		if (d & bit)
			score += l->changes & bit ? MISS_CHANGED : MISS_HEADER;
	if (d & MANGLE_MARK)
		score += l->changes & MANGLE_MARK ? MISS_CHANGED : MISS_MARK;
	return score;
}

/* Over loopback, or where nothing sees it come in again, it is received behind SENT. */
static bool is_possible(const struct drop_sight *s, const struct drop_look *l)
{
	if (!s->hooks || s->hooks & BIT(l->hook))
		return true;
	return l->out == LOOPBACK_IFINDEX;
}

/* A bridge gives one to this host, and sends the others on: these have come further. */
static bool is_of_copy(const struct drop_sight *s, const struct drop_look *l)
{
	return (s->copy || l->copied) &&
	       s->hooks & BIT(NF_INET_PRE_ROUTING) && !is_possible(s, l);
}

static bool is_untracked(const struct drop_sight *s)
{
	return s->r->ct == CT_UNTRACKED && !s->r->ct_entry;
}

/* Kernel's stamps are known to the microsecond. */
static bool same_stamp(const struct drop_sight *s, uint64_t stamp_ns)
{
	return stamp_ns && stamp_ns / NS_PER_US == s->r->stamp_ns / NS_PER_US;
}

/*
 * Who is received has one stamp until it is forwarded, which clears it; of TCP the
 * kernel makes others.
 */
static bool other_stamp(const struct drop_sight *s, uint64_t stamp_ns)
{
	return stamp_ns && s->r->stamp_ns && s->p.proto != IPPROTO_TCP &&
	       !same_stamp(s, stamp_ns);
}

static bool is_other_way_out(const struct drop_sight *s, const struct drop_look *l)
{
	return l->out && s->r->dev && s->r->dev != s->r->in &&
	       l->out != s->r->dev;
}

static int drop_device_score(const struct drop_sight *s, const struct drop_look *l)
{
	int score = 0;

	if (l->in && s->r->in && l->in != s->r->in)
		score += MISS_DEVICE;
	if (is_other_way_out(s, l))
		score += MISS_DEVICE;
	return score;
}

int drop_score(const struct drop_sight *s, const struct drop_look *l)
{
	int score;

	/* A rule's verdict is the end, and the kernel says so. */
	if (l->nfproto != s->nfproto || (l->ended && !s->verdict) ||
	    other_stamp(s, l->stamp_ns) || is_of_copy(s, l) ||
	    (l->tracked && is_untracked(s)) ||
	    (l->beside && is_other_way_out(s, l)))
		return DROP_SCORE_NONE;
	/* The record may be of a packet alike, of which every event was lost. */
	if (s->gap && !same_stamp(s, l->stamp_ns))
		return DROP_SCORE_NONE;
	score = drop_header_score(s, l) + drop_device_score(s, l);
	if (l->ended)
		score += FITS_VERDICT;
	if (!is_possible(s, l))
		score += MISS_HOOK;
	if (l->cloned && !is_untracked(s))
		score += MISS_STATE;
	if (same_stamp(s, l->stamp_ns))
		score += FITS_STAMP;
	return score;
}

static bool is_before(const struct drop_match *m, unsigned int i,
		      const struct journey *j)
{
	return m->of[i].j->serial <= j->serial;
}

/* Behind those that came before it; the last one gives way when there are too many. */
static void add(struct drop_match *m, struct journey *j, unsigned int b)
{
	unsigned int i = m->count < DROP_TWINS ? m->count++ : DROP_TWINS - 1;

	for (; i > 0 && !is_before(m, i - 1, j); i--)
		m->of[i] = m->of[i - 1];
	m->of[i].j = j;
	m->of[i].branch = b;
}

/* What is told beside a fate is no end, and gives way to one. */
static bool has_its_end(const struct journey *j, unsigned int b)
{
	return fate_drop_is_there(j, b) &&
	       !drop_meaning_is_beside(drop_meaning(j->path[b].drop.seen));
}

static void weigh_drop(struct drop_match *m, struct journey *j,
		       const struct path_map *map, const struct drop_sight *s)
{
	/* What came of it since tells that it was not freed, or a copy of it. */
	if (j->branches == 1 && j->last_ns > s->read_ns)
		return;
	/* Of a thousand alike the stamp tells all but one, and costs nothing. */
	if (other_stamp(s, journey_stamp_ns(j)))
		return;
	for (unsigned int b = 0; b < j->branches; b++) {
		struct drop_look l;
		int score;

		/* One end is enough for a packet. */
		if (has_its_end(j, b))
			continue;
		drop_look_fill(&l, j, b, map);
		score = drop_score(s, &l);
		if (score <= DROP_SCORE_NONE || score < m->score)
			continue;
		if (score > m->score)
			m->count = 0;
		m->score = score;
		add(m, j, b);
	}
}

void drop_join_find(struct drop_match *m, const struct journey_table *t,
		    const struct path_map *map, const struct drop_sight *s)
{
	struct journey *j;

	m->score = DROP_SCORE_NONE;
	m->count = 0;
	for (j = journey_table_bucket(t, s->key); j; j = j->links.hash_next)
		if (j->key == s->key)
			weigh_drop(m, j, map, s);
	for (j = journey_table_over(t, s->key); j; j = j->links.hash_next)
		if (j->key == s->key)
			weigh_drop(m, j, map, s);
}

void drop_join_note(struct journey *j, unsigned int b,
		    const struct path_map *map, const struct drop_sight *s,
		    uint32_t group)
{
	struct path *p = &j->path[b];
	uint8_t ct = s->r->ct;
	struct conntrack entry = { .state = CONNTRACK_UNTOLD };
	struct drop_look l;

	drop_look_fill(&l, j, b, map);
	conntrack_by_nfct(&entry, ct, s->r->ct_entry, true);
	p->drop = (struct path_drop){
		.seen = s->seen, .last = p->last, .last_ns = j->last_ns,
		.group = group, .ttl = s->p.ttl, .mark = s->r->mark,
		.changed = (uint8_t)drop_differences(s, &l),
		.port = s->p.flags & PACKET_PORTS ? s->p.dport : 0,
		.many = s->many,
		.fresh_entry = s->r->ct_entry && (ct == CT_NEW ||
						  ct == CT_RELATED),
		.state = entry.state,
	};
	memcpy(p->drop.src, s->p.src, s->p.addr_len);
	memcpy(p->drop.dst, s->p.dst, s->p.addr_len);
}
