// SPDX-License-Identifier: GPL-2.0-or-later
/* join: which packet of one namespace goes on as which of another. */
#include "several/join.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

int join_open(struct join *j, const struct cables *c)
{
	j->cables = c;
	j->count = 0;
	j->packet = calloc(JOIN_KEPT, sizeof(*j->packet));
	return j->packet ? 0 : -ENOMEM;
}

void join_close(struct join *j)
{
	free(j->packet);
	j->packet = NULL;
}

void join_add(struct join *j, const struct join_packet *p)
{
	j->packet[j->count++ % JOIN_KEPT] = *p;
}

static bool is_near(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) <= JOIN_NS;
}

/* Nothing happens to a packet on a cable. */
static bool leads(const struct join *j, const struct join_packet *from,
		  const struct join_packet *to)
{
	const struct frame *a = &from->frame, *b = &to->frame;

	return a->key == b->key && a->ends[1] == b->ends[0] &&
	       (a->ttl[1] == b->ttl[0] ||
		(a->forwarded && a->ttl[1] == b->ttl[0] + 1)) &&
	       from->space != to->space && is_near(a->first_ns, b->first_ns) &&
	       cables_lead(j->cables, from->space, a->out, to->space, b->in);
}

/* @ahead: of those that it leads to, else of those that lead to it */
static const struct join_packet *only(const struct join *j,
				      const struct join_packet *p, bool ahead)
{
	const struct join_packet *found = NULL;
	uint64_t kept = j->count < JOIN_KEPT ? j->count : JOIN_KEPT;

	for (uint64_t i = 0; i < kept; i++) {
		const struct join_packet *q = &j->packet[i];

		if (!(ahead ? leads(j, p, q) : leads(j, q, p)))
			continue;
		if (found)
			return NULL;
		found = q;
	}
	return found;
}

const struct join_packet *join_next(const struct join *j,
				    const struct join_packet *p)
{
	const struct join_packet *next = only(j, p, true);

	return next && only(j, next, false) ? next : NULL;
}

const struct join_packet *join_before(const struct join *j,
				      const struct join_packet *p)
{
	const struct join_packet *before = only(j, p, false);

	return before && only(j, before, true) ? before : NULL;
}
