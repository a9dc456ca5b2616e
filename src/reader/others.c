// SPDX-License-Identifier: GPL-2.0-or-later
/* others: packets that somebody else traces, and this run does not. */
#include "reader/others.h"

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/journeys.h"
#include "protocol/stats.h"
#include "reader/reader_state.h"
#include "rules/base/family.h"
#include "rules/base/owner.h"

/*
 * The run's TRACE rules in raw make no event of their own: of what begins in a
 * legacy table nobody can say that they did not trace it.
 */
bool others_may_be_unseen(const struct reader_state *s,
			  const struct place *entry)
{
	return entry->backend == EVENT_LEGACY &&
	       s->plan->by_legacy[family_index_by_nfproto(entry->nfproto)];
}

static bool is_anothers(const struct reader_state *s, const struct journey *j)
{
	return s->plan->inserts && s->map.others &&
	       !(j->flags & (JOURNEY_OWN | JOURNEY_GAP)) &&
	       !others_may_be_unseen(s, j->entry.place);
}

/* Of two runs, whose rule the first event was of is whose packet it is. */
static bool find_run(const struct reader_state *s, const struct journey *j,
		     struct owner *run)
{
	const struct place *entry = j->entry.place;

	if (entry->backend == EVENT_NFT && !entry->own &&
	    owner_parse_name(run, entry->table))
		return true;
	run->pid = 0;
	return !(s->map.others & OTHERS_RULES);
}

static void note_run(struct stats_others *o, pid_t pid)
{
	uint32_t known = atomic_load_explicit(&o->pid, memory_order_relaxed);

	if (pid && known != (uint32_t)pid)
		atomic_store_explicit(&o->pid,
				      known ? STATS_MANY : (uint32_t)pid,
				      memory_order_relaxed);
}

/* The run's own rules trace at IP's hooks: what came to none of them is others'. */
static bool is_out_of_reach(const struct reader_state *s,
			    const struct journey *j)
{
	return s->plan->inserts && journey_is_link(j);
}

bool others_leave_out(struct reader_state *s, const struct journey *j)
{
	struct stats_others *o = &s->stats->others;
	struct owner run;

	if (is_out_of_reach(s, j))
		return true;
	if (!is_anothers(s, j))
		return false;
	if (find_run(s, j, &run)) {
		stats_add(&o->runs, 1);
		note_run(o, run.pid);
	} else {
		stats_add(&o->rules, 1);
	}
	return true;
}

bool others_made(const struct reader_state *s, const struct event *e,
		 const struct place *at)
{
	const struct journey *j;

	if (!s->plan->inserts || !s->map.others || !e->nft)
		return false;
	j = journeys_by_id(s->journeys, e->nft->id);
	return j ? is_anothers(s, j) : !at->own;
}
