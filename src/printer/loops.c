// SPDX-License-Identifier: GPL-2.0-or-later
/* loops: packets that came again by the same way, their TTL less: a routing loop. */
#include "printer/loops.h"

#include <stdio.h>

#include "capture/ifnames.h"
#include "journey/journey.h"
#include "packet/packet_print.h"
#include "protocol/stats.h"
#include "rules/base/hash.h"

static uint64_t key_of(const struct journey *j)
{
	const struct packet *p = &j->first;

	/* Both addresses: in a header of either family they lie side by side. */
	return hash_bytes(j->key, p->src, 2u * p->addr_len) | 1;
}

static struct loops_packet *packet_of(struct loops *l, uint64_t key)
{
	struct loops_packet *p = &l->packet[(key >> 32) % LOOPS_PACKETS];

	if (p->key == key)
		return p;
	/* Of .pass none counts that is not among the passes. */
	p->key = key;
	p->passes = 0;
	p->told = false;
	return p;
}

/* NULL: it has not come this way before, or not with a higher TTL. */
static const struct loops_pass *find_pass(const struct loops_packet *p,
					  const struct loops_pass *now)
{
	for (unsigned int i = 0; i < p->passes && i < LOOPS_PASSES; i++)
		if (p->pass[i].in == now->in && p->pass[i].out == now->out &&
		    p->pass[i].ttl > now->ttl)
			return &p->pass[i];
	return NULL;
}

/* The names are in a room that the next one takes. */
static void tell_loop(struct stats_loops *s, const struct journey *j,
		      const struct loops_pass *was, const struct loops_pass *now,
		      const struct ifnames *names)
{
	char headers[160];
	int n;

	packet_print(headers, sizeof(headers), &j->first, false);
	n = snprintf(s->first, sizeof(s->first), "in by %s and ",
		     ifnames_get(names, now->in));
	if (n > 0 && (size_t)n < sizeof(s->first))
		snprintf(s->first + n, sizeof(s->first) - (size_t)n,
			 "out by %s with TTL %u, and again with %u: %s",
			 ifnames_get(names, now->out), was->ttl, now->ttl,
			 headers);
}

void loops_add(struct loops *l, struct stats *st, const struct journey *j,
	       const struct ifnames *names, bool masked)
{
	const struct loops_pass now = {
		.in = journey_first(j)->in, .out = j->fate[0].out,
		.ttl = j->first.ttl,
	};
	const struct loops_pass *was;
	struct loops_packet *p;

	if (j->fate[0].kind != FATE_FORWARDED || !now.in || !now.out ||
	    j->first.layer == PACKET_NOTHING)
		return;
	p = packet_of(l, key_of(j));
	was = find_pass(p, &now);
	if (was && !p->told) {
		p->told = true;
		if (!stats_get(&st->loops.count) && !masked)
			tell_loop(&st->loops, j, was, &now, names);
		stats_add(&st->loops.count, 1);
	}
	p->pass[p->passes++ % LOOPS_PASSES] = now;
	if (p->passes == 2 * LOOPS_PASSES)
		p->passes = LOOPS_PASSES;
}
