// SPDX-License-Identifier: GPL-2.0-or-later
/* evidence: which journey an event belongs to, by all that the kernel tells. */
#include "evidence.h"

#include "event.h"
#include "identity.h"
#include "journey.h"
#include "place.h"
#include "shelf.h"

/* How well an event fits a journey that it may belong to. */
static int score(const struct journey *j, const struct path *path,
		 const struct event *e, const struct packet *p)
{
	int s = 0;

	/*
	 * One stamp, one packet.  TCP of a local socket shows the time of
	 * each call instead, so there a difference says nothing.
	 */
	if (j->stamp_ns && e->flags & EVENT_HAS_STAMP) {
		if (j->stamp_ns == e->stamp_ns)
			s += 16;
		else if (p->proto != IPPROTO_TCP)
			s -= 16;
	}
	if (identity_same_headers(&j->last, p))
		s += 4;
	if (path->out == e->out || !path->out)
		s += 1;
	if (path->last->hook == e->hook || e->hook == path->hook)
		s += 2;
	return s;
}

static bool loops_back(const struct path *path, const struct event *e)
{
	return path->hook != NF_INET_POST_ROUTING ||
	       e->hook != NF_INET_PRE_ROUTING || path->out == e->in;
}

static void consider(struct candidate *best, struct journey *j,
		     unsigned int branch, bool fork, int s)
{
	if (!best->j || s > best->score) {
		best->j = j;
		best->branch = branch;
		best->fork = fork;
		best->twins = false;
		best->score = s;
	} else if (s == best->score && best->j != j) {
		best->twins = true;
	}
}

static void weigh(const struct path_map *map, struct candidate *best,
		  struct journey *j, const struct event *e,
		  const struct place *at, const struct packet *p)
{
	bool relaxed = j->flags & JOURNEY_GAP;
	bool follows = false;

	for (unsigned int b = 0; b < j->branches; b++) {
		struct path *path = &j->path[b];

		if (!path_may_follow(map, path, at, e, relaxed) ||
		    !loops_back(path, e))
			continue;
		follows = true;
		consider(best, j, b, false, score(j, path, e, p));
	}
	if (!follows && j->branches < JOURNEY_BRANCHES &&
	    (j->flags & JOURNEY_CLONES) &&
	    path_may_fork(map, &j->path[0], at))
		consider(best, j, j->branches, true,
			 score(j, &j->path[0], e, p) - 3);
}

struct candidate evidence_find(const struct shelf *shelf,
			       const struct path_map *map,
			       const struct event *e, const struct place *at,
			       const struct packet *p, uint64_t key)
{
	struct candidate best = { .j = NULL };
	struct journey *j;

	for (j = shelf_bucket(shelf, key); j; j = j->hash_next)
		if (j->key == key && j->nfproto == e->nfproto)
			weigh(map, &best, j, e, at, p);
	/* A packet that user space has rewritten: any that was queued. */
	if (!best.j && !path_is_start(at))
		for (j = shelf->newest; j; j = j->older)
			if (j->path[0].state == PATH_QUEUED &&
			    j->nfproto == e->nfproto)
				weigh(map, &best, j, e, at, p);
	/* What TEE sends is at a start, and another packet in all but this. */
	if (best.j && !best.fork && path_is_start(at) && best.score < 0)
		best.j = NULL;
	return best;
}
