// SPDX-License-Identifier: GPL-2.0-or-later
/* flow: who speaks to whom in a recording, and which packet of that each one is. */
#include "diff/flow.h"

#include <netinet/in.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "journey/journey.h"
#include "rules/base/hash.h"

enum {
	SYN = 2, RST = 4, ACK = 16, FIN = 1,
	ECHO_REPLY = 0, ECHO_REPLY6 = 129,
};

#define REPLY (UINT32_C(1) << 31)	/* in .kind */

/* Names of a flow: its ends before and behind NAT. */
struct name {
	const struct flow_ends *ends;
	uint32_t flow;
	uint32_t next;		/* of its bucket; FLOW_NONE */
};

struct names {
	struct name *name;
	uint32_t *bucket;
	uint32_t count, buckets;
	uint64_t seed;
};

static void set_end(struct flow_end *e, const struct packet *p,
		    const uint8_t *addr, int32_t port)
{
	memset(e, 0, sizeof(*e));
	if (addr)
		memcpy(e->addr, addr, p->addr_len);
	e->port = port;
}

static bool is_icmp(const struct packet *p)
{
	return p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6;
}

static bool is_echo_reply(const struct packet *p)
{
	return p->layer == PACKET_TRANSPORT && is_icmp(p) &&
	       p->icmp_type == (p->proto == IPPROTO_ICMP ? ECHO_REPLY
							 : ECHO_REPLY6);
}

/* As the packet goes: who sends it stands first. */
static void ends_of(struct flow_ends *to, const struct packet *p)
{
	bool ports = p->flags & PACKET_PORTS, back = is_echo_reply(p);
	bool id = p->layer == PACKET_TRANSPORT && is_icmp(p) && p->icmp_id;

	memset(to, 0, sizeof(*to));
	to->nfproto = p->nfproto;
	to->proto = p->proto;
	set_end(&to->client, p, p->src,
		ports ? p->sport : id && !back ? p->icmp_id : -1);
	set_end(&to->server, p, p->dst,
		ports ? p->dport : id && back ? p->icmp_id : -1);
}

static void turn(struct flow_ends *e)
{
	struct flow_end client = e->client;

	e->client = e->server;
	e->server = client;
}

/* Where no packet before it was seen: does it answer one? */
static bool is_answer(const struct journey *j)
{
	const struct packet *p = &j->first;

	if (j->ct.known & CONNTRACK_DIRECTION)
		return j->ct.reply;
	return is_echo_reply(p) ||
	       (p->layer == PACKET_TRANSPORT && p->proto == IPPROTO_TCP &&
		(p->tcp_flags & (SYN | ACK)) == (SYN | ACK));
}

/* Less than all of it are the first packets of both, but which they are is the same. */
static uint32_t kind_of(const struct packet *p)
{
	uint32_t kind = p->proto;

	if (p->frag_offset)
		return kind | 1 << 24;
	if (p->layer != PACKET_TRANSPORT)
		return kind;
	if (is_icmp(p))
		return kind | (uint32_t)(p->icmp_type << 8 | p->icmp_code << 16);
	if (p->proto == IPPROTO_TCP)
		return kind | (uint32_t)(p->tcp_flags & (SYN | RST | FIN)) << 8 |
		       (uint32_t)(p->tcp_flags & SYN ? p->tcp_flags & ACK : 0)
			       << 8;
	return kind;
}

/* The same for both directions; of those to themselves it is not the same for all. */
static uint32_t bucket_of(const struct names *n, const struct flow_ends *e)
{
	uint64_t h = hash_bytes(n->seed, &e->client, sizeof(e->client)) +
		     hash_bytes(n->seed, &e->server, sizeof(e->server));

	return (uint32_t)(hash_mix(h, e->proto) % n->buckets);
}

static void add_name(struct names *n, const struct flow_ends *ends,
		     uint32_t flow)
{
	uint32_t b = bucket_of(n, ends);

	n->name[n->count] = (struct name){ ends, flow, n->bucket[b] };
	n->bucket[b] = n->count++;
}

/* Return: whose it is, FLOW_NONE; @reply: against the flow's direction */
static uint32_t find_name(const struct names *n, const struct flow_ends *e,
			  bool *reply)
{
	struct flow_ends back = *e;

	turn(&back);
	for (uint32_t i = n->bucket[bucket_of(n, e)]; i != FLOW_NONE;
	     i = n->name[i].next) {
		*reply = memcmp(n->name[i].ends, &back, sizeof(back)) == 0;
		if (*reply || memcmp(n->name[i].ends, e, sizeof(*e)) == 0)
			return n->name[i].flow;
	}
	return FLOW_NONE;
}

static uint32_t add_flow(struct flows *f, struct names *n,
			 const struct journey *j, const struct flow_ends *ends,
			 bool *reply)
{
	struct flow *to = &f->flow[f->count];

	*to = (struct flow){ .ends = *ends, .other = FLOW_NONE };
	ends_of(&to->behind, &j->last);
	*reply = is_answer(j);
	if (*reply) {
		turn(&to->ends);
		turn(&to->behind);
	}
	add_name(n, &to->ends, f->count);
	if (memcmp(&to->ends, &to->behind, sizeof(to->ends)) != 0)
		add_name(n, &to->behind, f->count);
	return f->count++;
}

static void add_packet(struct flows *f, struct names *n,
		       const struct journey *j, uint32_t index)
{
	struct flow_ends ends;
	bool reply = false;
	uint32_t flow;

	ends_of(&ends, &j->first);
	flow = find_name(n, &ends, &reply);
	if (flow == FLOW_NONE)
		flow = add_flow(f, n, j, &ends, &reply);
	f->packet[f->packets++] = (struct flow_packet){
		flow, kind_of(&j->first) | (reply ? REPLY : 0), index,
	};
}

bool flows_find(struct flows *f, struct journey *const *j, uint32_t n)
{
	struct names names = { .buckets = 2 * n + 1, .seed = hash_seed() };

	*f = (struct flows){ NULL };
	f->flow = calloc(n + 1, sizeof(*f->flow));
	f->packet = calloc(n + 1, sizeof(*f->packet));
	names.name = calloc(2 * (size_t)n + 1, sizeof(*names.name));
	names.bucket = malloc(names.buckets * sizeof(*names.bucket));
	if (f->flow && f->packet && names.name && names.bucket) {
		memset(names.bucket, 0xff,
		       names.buckets * sizeof(*names.bucket));
		for (uint32_t i = 0; i < n; i++)
			add_packet(f, &names, j[i], i);
	}
	free(names.name);
	free(names.bucket);
	return f->packets == n && f->flow;
}

void flows_free(struct flows *f)
{
	free(f->flow);
	free(f->packet);
	*f = (struct flows){ NULL };
}
