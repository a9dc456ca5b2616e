// SPDX-License-Identifier: GPL-2.0-or-later
/* links: packets that rules of nft have seen outside IP's hooks, and none at them yet. */
#include "journey/links.h"

#include <stddef.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/observation.h"
#include "place/place.h"

void links_close(struct links *ls)
{
	struct journey *j;

	while ((j = ls->oldest)) {
		links_remove(ls, j);
		journey_free(j);
	}
}

void links_add(struct links *ls, struct journey *j)
{
	j->links.newer = NULL;
	j->links.older = ls->newest;
	*(ls->newest ? &ls->newest->links.newer : &ls->oldest) = j;
	ls->newest = j;
	ls->count++;
}

void links_remove(struct links *ls, struct journey *j)
{
	struct journey *older = j->links.older, *newer = j->links.newer;

	*(older ? &older->links.newer : &ls->oldest) = newer;
	*(newer ? &newer->links.older : &ls->newest) = older;
	ls->count--;
}

struct journey *links_find(const struct links *ls, uint32_t id)
{
	struct journey *j = ls->newest;

	while (j && j->path[0].trace_id != id)
		j = j->links.older;
	return j;
}

bool links_is_next(const struct journey *j, const struct observation *o)
{
	if (o->headers == HEADERS_WHOLE && j->key != o->key)
		return false;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].place->chain_index == o->at->chain_index)
			return false;
	return true;
}

/* Both have met the same: whichever is taken, the stories are the same. */
static bool is_alike(const struct journey *a, const struct journey *b)
{
	if (a->steps != b->steps)
		return false;
	for (uint32_t i = 0; i < journey_kept(a); i++)
		if (a->step[i].place != b->step[i].place)
			return false;
	return true;
}

/* What was seen first at egress is behind IP's hooks. */
static bool may_claim(const struct journey *j, const struct observation *o)
{
	return j->nfproto == o->e->nfproto && j->path[0].state != PATH_ENDED &&
	       j->path[0].link != FATE_HOOK_EGRESS;
}

/* Without headers the id is all there is; else the bytes must be the same. */
static struct journey *claim_by_id(const struct links *ls, const struct observation *o)
{
	struct journey *j = o->e->nft ? links_find(ls, o->e->nft->id) : NULL;

	if (!j || !may_claim(j, o) ||
	    (o->headers == HEADERS_WHOLE && j->key != o->key))
		return NULL;
	return j;
}

/* A legacy event has no id, and a frame that a bridge delivers up another one. */
static struct journey *claim_by_key(struct links *ls, const struct observation *o)
{
	struct journey *found = NULL;

	if (o->headers != HEADERS_WHOLE)
		return NULL;
	for (struct journey *j = ls->oldest; j; j = j->links.newer) {
		if (j->key != o->key || !may_claim(j, o))
			continue;
		if (!found)
			found = j;
		else if (!is_alike(found, j))
			found->flags |= JOURNEY_AMBIGUOUS;
	}
	return found;
}

bool links_has(const struct links *ls, const struct observation *o)
{
	return ls->count && o->e->hook != NF_INET_LOCAL_OUT &&
	       claim_by_id(ls, o);
}

struct journey *links_claim(struct links *ls, const struct observation *o)
{
	struct journey *j;

	if (!ls->count || o->e->hook == NF_INET_LOCAL_OUT)
		return NULL;
	j = claim_by_id(ls, o);
	if (!j)
		j = claim_by_key(ls, o);
	if (j)
		links_remove(ls, j);
	return j;
}
