// SPDX-License-Identifier: GPL-2.0-or-later
/* pair: which packet of one recording is to be held against which of the other. */
#include "diff/pair.h"

#include <stdlib.h>
#include <string.h>

#include "diff/flow.h"

/* What of a flow has to be the same. */
enum { CLIENT = 1 << 0, CLIENT_PORT = 1 << 1, SERVER = 1 << 2, PORT = 1 << 3 };

static const struct {
	const char *word, *text;
	unsigned int same;
	bool alone;		/* only where there is no choice */
} rungs[PAIR_RUNGS] = {
	[PAIR_SAME] = { "flow", "", CLIENT | CLIENT_PORT | SERVER | PORT },
	[PAIR_CLIENT_PORT] = { "client-port", "", CLIENT | SERVER | PORT },
	[PAIR_SERVER] = { "server", "another client", SERVER | PORT },
	[PAIR_CLIENT] = { "client", "another server", CLIENT | PORT },
	[PAIR_HOSTS] = { "hosts", "another port", CLIENT | SERVER },
	[PAIR_PORT] = { "port", "other hosts, the same port; the only ones left",
			PORT, true },
	[PAIR_ONE_SERVER] = { "one-server",
			      "only the server is the same; the only ones left",
			      SERVER, true },
	[PAIR_ONE_CLIENT] = { "one-client",
			      "only the client is the same; the only ones left",
			      CLIENT, true },
	[PAIR_PROTOCOL] = { "protocol",
			    "only the protocol is the same; the only ones left",
			    0, true },
};

const char *pair_rung_word(unsigned int rung)
{
	return rungs[rung].word;
}

const char *pair_rung_text(unsigned int rung)
{
	return rungs[rung].text;
}

/* The packet of the other side, and by what it was found. */
struct match {
	uint32_t packet;	/* PAIR_NONE */
	uint8_t rung;
};

/* A flow by what of it has to be the same; in order of time where that is. */
struct key {
	struct flow_ends ends;
	uint32_t flow;
};

static int by_ends(const struct key *a, const struct key *b)
{
	return memcmp(&a->ends, &b->ends, sizeof(a->ends));
}

static int pair_by_key(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int d = by_ends(x, y);

	return d ? d : (x->flow > y->flow) - (x->flow < y->flow);
}

static void take_end(struct flow_end *to, const struct flow_end *from, bool addr,
		     bool port)
{
	if (addr)
		memcpy(to->addr, from->addr, sizeof(to->addr));
	if (port)
		to->port = from->port;
}

/* Of those that have no other yet, sorted.  Return: how many there are. */
static uint32_t make_keys(struct key *key, const struct flows *f,
			  unsigned int same)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < f->count; i++) {
		const struct flow_ends *e = &f->flow[i].ends;
		struct key *k = &key[n];

		if (f->flow[i].other != FLOW_NONE)
			continue;
		memset(k, 0, sizeof(*k));
		k->flow = i;
		k->ends.nfproto = e->nfproto;
		k->ends.proto = e->proto;
		take_end(&k->ends.client, &e->client, same & CLIENT,
			 same & CLIENT_PORT);
		take_end(&k->ends.server, &e->server, same & SERVER,
			 same & PORT);
		n++;
	}
	qsort(key, n, sizeof(*key), pair_by_key);
	return n;
}

static uint32_t run_of(const struct key *k, uint32_t n)
{
	uint32_t i = 1;

	while (i < n && by_ends(k, &k[i]) == 0)
		i++;
	return i;
}

static void tie(struct flows f[PAIR_SIDES], uint32_t a, uint32_t b,
		unsigned int rung)
{
	f[0].flow[a].other = b;
	f[1].flow[b].other = a;
	f[0].flow[a].rung = f[1].flow[b].rung = (uint8_t)rung;
}

static void climb(struct flows f[PAIR_SIDES], struct key *const key[PAIR_SIDES],
		  unsigned int rung)
{
	struct key *a = key[0], *b = key[1];
	uint32_t na = make_keys(a, &f[0], rungs[rung].same);
	uint32_t nb = make_keys(b, &f[1], rungs[rung].same);

	while (na && nb) {
		uint32_t ra = run_of(a, na), rb = run_of(b, nb);
		int d = by_ends(a, b);

		if (d == 0 && (!rungs[rung].alone || (ra == 1 && rb == 1)))
			for (uint32_t i = 0; i < ra && i < rb; i++)
				tie(f, a[i].flow, b[i].flow, rung);
		if (d <= 0)
			a += ra, na -= ra;
		if (d >= 0)
			b += rb, nb -= rb;
	}
}

static bool match_flows(struct flows f[PAIR_SIDES])
{
	struct key *key[PAIR_SIDES];

	for (unsigned int s = 0; s < PAIR_SIDES; s++)
		key[s] = calloc(f[s].count + 1, sizeof(*key[s]));
	for (unsigned int r = 0; key[0] && key[1] && r < PAIR_RUNGS; r++)
		climb(f, key, r);
	free(key[0]);
	free(key[1]);
	return key[0] && key[1];
}

static int by_kind(const void *a, const void *b)
{
	const struct flow_packet *x = a, *y = b;

	if (x->flow != y->flow)
		return x->flow < y->flow ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->packet > y->packet) - (x->packet < y->packet);
}

/* The first SYN against the first SYN, the second against the second. */
static void match_packets(const struct flows *a, const struct flows *b,
			  struct match other[])
{
	uint32_t i = 0, k = 0;

	while (i < a->packets && k < b->packets) {
		const struct flow_packet *x = &a->packet[i], *y = &b->packet[k];
		int d = by_kind(&(struct flow_packet){ x->flow, x->kind, 0 },
				&(struct flow_packet){ y->flow, y->kind, 0 });

		if (d == 0)
			other[x->packet] = (struct match){
				y->packet, a->flow[x->flow].rung,
			};
		i += d <= 0;
		k += d >= 0;
	}
}

/* The second side's flows go by the numbers that the first side's have. */
static void renumber(struct flows *f)
{
	for (uint32_t i = 0; i < f->packets; i++)
		f->packet[i].flow = f->flow[f->packet[i].flow].other;
}

static void put_in_order(struct pairs *p, const struct match other[],
			 const uint32_t n[PAIR_SIDES], bool taken[])
{
	struct pair *to = p->pair;

	for (unsigned int both = 2; both-- > 0; )
		for (uint32_t i = 0; i < n[0]; i++) {
			if ((other[i].packet != PAIR_NONE) != both)
				continue;
			if (both)
				taken[other[i].packet] = true;
			p->matched += both;
			*to++ = (struct pair){ { i, other[i].packet },
					       other[i].rung };
		}
	for (uint32_t i = 0; i < n[1]; i++)
		if (!taken[i])
			*to++ = (struct pair){ { PAIR_NONE, i }, 0 };
	p->count = (uint32_t)(to - p->pair);
}

static bool match(struct pairs *p, struct flows f[PAIR_SIDES],
		  const uint32_t n[PAIR_SIDES])
{
	struct match *other = malloc((n[0] + 1) * sizeof(*other));
	bool *taken = calloc(n[1] + 1, sizeof(*taken));
	bool ok = other && taken && p->pair && match_flows(f);

	if (ok) {
		memset(other, 0xff, (n[0] + 1) * sizeof(*other));
		renumber(&f[1]);
		for (unsigned int s = 0; s < PAIR_SIDES; s++)
			qsort(f[s].packet, f[s].packets, sizeof(*f[s].packet),
			      by_kind);
		match_packets(&f[0], &f[1], other);
		put_in_order(p, other, n, taken);
	}
	free(other);
	free(taken);
	return ok;
}

bool pairs_find(struct pairs *p, struct journey *const *const j[PAIR_SIDES],
		const uint32_t n[PAIR_SIDES])
{
	struct flows f[PAIR_SIDES] = { { NULL } };
	bool ok = true;

	*p = (struct pairs){ .pair = calloc((size_t)n[0] + n[1] + 1,
					    sizeof(*p->pair)) };
	for (unsigned int s = 0; s < PAIR_SIDES && ok; s++)
		ok = flows_find(&f[s], j[s], n[s]);
	ok = ok && match(p, f, n);
	for (unsigned int s = 0; s < PAIR_SIDES; s++)
		flows_free(&f[s]);
	return ok;
}

void pairs_free(struct pairs *p)
{
	free(p->pair);
	*p = (struct pairs){ NULL };
}
