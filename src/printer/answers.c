// SPDX-License-Identifier: GPL-2.0-or-later
/* answers: of the connections of which packets were traced, those that nobody answered. */
#include "printer/answers.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/conntrack.h"
#include "grounds/grounds.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "packet/packet.h"
#include "packet/packet_print.h"
#include "place/place_says.h"
#include "protocol/stats.h"
#include "report/text_fate.h"
#include "report/text_grounds.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

enum {
	CONNECTIONS = 8192,	/* of more nothing is told */
	BUCKETS = 4096,
	HEADERS = 160,
	NONE = UINT32_MAX,
};

/* Both ends in one direction; what has no ports has 0. */
struct ends {
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	uint8_t proto, kind;	/* of ICMP: that asks, or that answers */
	uint16_t unused;
};

/* A connection by the ends that its packets came with, and left with. */
struct connection {
	struct ends by[2];
	uint32_t next[2];	/* of the bucket, twice the index + which; or NONE */
	uint32_t id;		/* conntrack's; 0: not told */
	bool answered, went_on;
	bool zoned;		/* a rule put it into a zone of conntrack */
	char first[HEADERS];
};

struct answers {
	uint32_t count;
	bool full;
	uint64_t untracked;
	uint32_t bucket[BUCKETS];
	struct connection connection[CONNECTIONS];
};

struct answers *answers_open(void)
{
	struct answers *a = calloc(1, sizeof(*a));

	if (a)
		memset(a->bucket, 0xff, sizeof(a->bucket));
	return a;
}

void answers_close(struct answers *a)
{
	free(a);
}

/* Of ICMP, and of ICMPv6: what asks, and what answers that. */
static const uint8_t queries[][2] = {
	{ 8, 0 }, { 13, 14 }, { 15, 16 }, { 17, 18 }, { 128, 129 },
};

static bool is_icmp(uint8_t proto)
{
	return proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6;
}

/* Return: which of the two; -1: neither. */
static int query_of(uint8_t type, uint8_t *other)
{
	for (size_t i = 0; i < ARRAY_SIZE(queries); i++)
		for (int side = 0; side < 2; side++)
			if (queries[i][side] == type) {
				*other = queries[i][!side];
				return side;
			}
	return -1;
}

static void set_ends(struct ends *e, const struct packet *p, const uint8_t *src,
		     const uint8_t *dst, int sport, int dport)
{
	memset(e, 0, sizeof(*e));
	memcpy(e->src, src, p->addr_len);
	memcpy(e->dst, dst, p->addr_len);
	e->proto = p->proto;
	if (is_icmp(p->proto)) {
		e->kind = p->icmp_type;
		e->sport = e->dport = p->icmp_id;
	} else {
		e->sport = (uint16_t)(sport < 0 ? 0 : sport);
		e->dport = (uint16_t)(dport < 0 ? 0 : dport);
	}
}

/* False: it is no question, nor an answer that tells to which. */
static bool tells_ends(const struct packet *p)
{
	uint8_t other;

	if (p->layer != PACKET_TRANSPORT || p->frag_offset)
		return false;
	if (is_icmp(p->proto))
		return query_of(p->icmp_type, &other) >= 0;
	return p->flags & PACKET_PORTS;
}

static void first_ends(struct ends *e, const struct packet *p)
{
	set_ends(e, p, p->src, p->dst, p->sport, p->dport);
}

static void last_ends(struct ends *e, const struct journey *j)
{
	struct grounds g;
	struct text_ends t;

	grounds_find(&g, j, 0);
	text_last_ends(&t, j, &g);
	if (!t.src || !t.dst)
		first_ends(e, &j->first);
	else
		set_ends(e, &j->first, t.src, t.dst, t.sport, t.dport);
}

static struct ends turn(const struct ends *e)
{
	struct ends r = *e;

	memcpy(r.src, e->dst, sizeof(r.src));
	memcpy(r.dst, e->src, sizeof(r.dst));
	r.sport = e->dport;
	r.dport = e->sport;
	if (is_icmp(e->proto))
		query_of(e->kind, &r.kind);
	return r;
}

static uint32_t *answer_bucket(struct answers *a, const struct ends *e)
{
	return &a->bucket[hash_bytes(0, e, sizeof(*e)) % BUCKETS];
}

static struct connection *find_answer(struct answers *a, const struct ends *e)
{
	uint32_t i = *answer_bucket(a, e);

	while (i != NONE) {
		struct connection *c = &a->connection[i / 2];

		if (memcmp(&c->by[i % 2], e, sizeof(*e)) == 0)
			return c;
		i = c->next[i % 2];
	}
	return NULL;
}

static struct connection *find_either(struct answers *a, const struct ends *x,
				      const struct ends *y)
{
	struct connection *c = find_answer(a, x);

	return c ? c : find_answer(a, y);
}

static struct connection *add_answer(struct answers *a, const struct journey *j,
				     const struct ends *came, const struct ends *left)
{
	const uint32_t index = a->count;
	struct connection *c;

	if (index == CONNECTIONS) {
		a->full = true;
		return NULL;
	}
	c = &a->connection[a->count++];
	c->by[0] = *came;
	c->by[1] = *left;
	for (uint32_t k = 0; k < 2; k++) {
		uint32_t *head = answer_bucket(a, &c->by[k]);

		c->next[k] = *head;
		*head = 2 * index + k;
	}
	c->id = j->ct.id;
	packet_print(c->first, sizeof(c->first), &j->first, false);
	return c;
}

/* An error quotes the packet as it was where it was refused; NULL: not enough of it. */
static struct connection *find_quoted(struct answers *a, const struct packet *p)
{
	struct packet quoted;
	struct ends e;

	if (p->layer != PACKET_TRANSPORT || p->payload >= p->caplen)
		return NULL;
	packet_decode(&quoted, p->nfproto, p->data + p->payload,
		      p->caplen - p->payload);
	if (!tells_ends(&quoted))
		return NULL;
	first_ends(&e, &quoted);
	return find_answer(a, &e);
}

static bool asked_rows(const struct connection *c, const uint8_t *who, size_t len)
{
	return memcmp(c->by[0].src, who, len) == 0 ||
	       memcmp(c->by[1].src, who, len) == 0;
}

/*
 * Events of nft show the first 20 bytes behind IP's header, which is too little of a
 * quote.  Where conntrack tells nothing either it may be any of who gets the error.
 */
static void take_error(struct answers *a, const struct journey *j)
{
	const struct packet *p = &j->first;
	struct connection *quoted = find_quoted(a, p);

	if (quoted) {
		quoted->answered = true;
		return;
	}
	for (uint32_t i = 0; i < a->count; i++) {
		struct connection *c = &a->connection[i];

		if (j->ct.id && c->id)
			c->answered |= c->id == j->ct.id;
		else if (p->layer != PACKET_NOTHING)
			c->answered |= asked_rows(c, p->dst, p->addr_len);
	}
}

/* Its answers are of no connection either. */
static bool is_untracked(const struct journey *j)
{
	struct conntrack c;

	conntrack_seen(j, &c);
	return c.state == CONNTRACK_UNTRACKED || journey_untracked_by(j);
}

/* An answer in another zone is of no connection that is known there. */
static bool meets_zone(const struct journey *j)
{
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].branch == 0 && place_zones(j->step[i].place))
			return true;
	return false;
}

void answers_add(struct answers *a, const struct journey *j)
{
	const struct packet *p = &j->first;
	struct ends came, left, back[2];
	struct connection *c;

	if (!tells_ends(p)) {
		if (is_icmp(p->proto))
			take_error(a, j);
		return;
	}
	first_ends(&came, p);
	last_ends(&left, j);
	back[0] = turn(&came);
	back[1] = turn(&left);
	c = find_either(a, &back[0], &back[1]);
	if (c) {
		c->answered = true;
		return;
	}
	c = find_either(a, &came, &left);
	if (!c && is_untracked(j)) {
		a->untracked += text_fate_goes_on(j->fate[0].kind);
		return;
	}
	if (!c && !packet_is_for_many(p))
		c = add_answer(a, j, &came, &left);
	if (!c)
		return;
	c->went_on |= text_fate_goes_on(j->fate[0].kind);
	/* Of one that was answered nobody asks. */
	if (!c->answered)
		c->zoned |= meets_zone(j);
}

void answers_tell(const struct answers *a, struct stats *st, bool masked)
{
	struct stats_unanswered *u = &st->unanswered;

	for (uint32_t i = 0; i < a->count; i++) {
		const struct connection *c = &a->connection[i];

		u->connections += c->went_on || c->answered;
		if (!c->went_on || c->answered)
			continue;
		u->zoned += c->zoned;
		if (!u->count++ && !masked)
			snprintf(u->first, sizeof(u->first), "%s", c->first);
	}
	u->more = a->full;
	u->untracked = a->untracked;
}
