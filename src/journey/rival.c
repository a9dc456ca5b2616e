// SPDX-License-Identifier: GPL-2.0-or-later
/* rival: how a journey answers whether an event is its next one. */
#include "journey/rival.h"

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/path_next.h"
#include "journey/score.h"
#include "place/place.h"

/*
 * After two twins were taken for one another, what is left for the one may be
 * any rule of the table that its path is in, and behind the path as well.
 */
static bool is_left_over(const struct journey *j, const struct path *path,
			 const struct observation *o)
{
	return j->flags & JOURNEY_TIED && path->state == PATH_IN_CHAIN &&
	       path->hook == o->e->hook && path->last->snap == o->at->snap &&
	       path->last->table == o->at->table && !o->is_start;
}

/*
 * Only what this host sent comes back, from where it was sent to; of what it
 * sends to many that is one copy (ip_mc_output).
 */
static bool may_come_back(const struct journey *j, const struct path *path,
			  const struct event *e)
{
	if (!path->local || path->out != e->in || e->phys_in)
		return false;
	for (unsigned int b = 0; b < j->branches; b++)
		if (!j->path[b].local)
			return false;
	return true;
}

static bool has_id(const struct journey *j, const struct path *path,
		   const struct event *e)
{
	return e->nft && j->trace_id &&
	       e->nft->id == (j->branches > 1 ? path->trace_id : j->trace_id);
}

/*
 * Nft's id tells whose an event is, whatever chains the map has: the map may be
 * out of date, or a rule may have ended the tracing and a later one begun it
 * again.  Of packets alike in legacy tables one may have got the other's id, and
 * then the map shows that: packet_ids_settle().
 */
static bool is_told_by_id(const struct path_map *map, const struct journey *j,
			  const struct path *path, const struct observation *o)
{
	if (j->flags & JOURNEY_LEGACY && !map->untraced)
		return false;
	return has_id(j, path, o->e) && !o->is_start &&
	       path_may_go_on(map, path, o);
}

/* Events were lost, or lines are: then the packet has gone on all the same. */
static bool may_lack(const struct path_map *map, const struct rival *r,
		     const struct observation *o)
{
	return r->j->flags & JOURNEY_GAP ||
	       (map->excerpt && path_is_later(r->path, o));
}

/*
 * Chains of nft that stood where it passed have not seen it.  They are gone, and nft
 * has not told yet; or a twin has got these events, which have no stamp.
 */
static bool may_be_robbed(const struct path_map *map, const struct journey *j)
{
	return j->flags & JOURNEY_TIED && !(j->flags & JOURNEY_GAP) &&
	       !map->excerpt && !map->changing && j->map_changes == map->changes;
}

/* Of a chain whose hook is not known all that is known is that nothing meets it twice. */
bool rival_has_passed(const struct journey *j, const struct observation *o)
{
	if (!path_is_nowhere(o))
		return false;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].place->chain_index == o->at->chain_index)
			return true;
	return false;
}

enum answer rival_ask(const struct path_map *map, const struct rival *r,
		      const struct observation *o, bool loops_back)
{
	enum path_answer follows;

	if ((loops_back && !may_come_back(r->j, r->path, o->e)) ||
	    rival_has_passed(r->j, o))
		return ANSWER_NO;
	follows = path_may_follow(map, r->path, o);
	if (follows == PATH_STRICT)
		return ANSWER_STRICT;
	if (follows == PATH_GONE && may_be_robbed(map, r->j))
		return ANSWER_ROBBED;
	if (follows == PATH_GONE ||
	    (follows == PATH_RELAXED && may_lack(map, r, o)) ||
	    is_told_by_id(map, r->j, r->path, o))
		return ANSWER_RELAXED;
	return is_left_over(r->j, r->path, o) ? ANSWER_SWAPPED : ANSWER_NO;
}

/* nft's id holds for a buffer; loopback gives a packet another one. */
int rival_id_score(const struct rival *r, const struct event *e,
		   bool loops_back)
{
	if (has_id(r->j, r->path, e))
		return SCORE_TRACE_ID_SAME;
	/* A copy has an id of its own, maybe one of a buffer that is free. */
	if (!e->nft || !r->j->trace_id || loops_back ||
	    r->j->flags & JOURNEY_COPIES)
		return 0;
	return SCORE_TRACE_ID_OTHER;
}
