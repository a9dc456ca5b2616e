// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_rules: iptables' tables as the reader knows them, from one reading to the next. */
#include "reader/legacy_rules.h"

#include <sys/mman.h>
#include <unistd.h>

#include "capture/capture.h"
#include "protocol/bulletin.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"

void legacy_rules_new_epoch(struct reader_state *s, bool undone)
{
	struct bulletin_tables t;

	s->tables_epoch = bulletin_tables_epoch(s->bulletin);
	bulletin_tables(s->bulletin, &t);
	place_index_new_epoch(s->index, undone	    ? PHASE_UNDONE
					: t.undoing ? PHASE_UNDOING
						    : PHASE_ARMED);
}

/* Unless somebody has come since the rules were read, or nobody knows. */
static void be_sure(struct reader_state *s)
{
	const struct legacy_watch *w = &s->tables;

	if (w->asks == w->answered && !w->opened)
		place_index_unsure(s->index, false);
}

void legacy_rules_drained(struct reader_state *s)
{
	struct legacy_watch *w = &s->tables;

	w->passed |= w->fenced;
	w->fenced = false;
	if (!w->straddles)
		return;
	w->straddles = false;
	w->changed_ns = clock_ns(CLOCK_MONOTONIC);
	place_index_settle(s->index);
	be_sure(s);
}

void legacy_rules_fence(struct reader_state *s)
{
	capture_fence(s->plan->capture);
	s->tables.fenced = true;
	s->tables.passed = false;
}

/* Return: which tables changed, a bit each. */
static unsigned int renew(struct reader_state *s, unsigned int family, int fd,
			  uint64_t size, bool certain)
{
	void *data = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	unsigned int changed;

	if (data == MAP_FAILED)
		return 0;
	changed = place_index_renew(s->index, family, data, certain);
	path_map_renew(&s->map, family, data);
	return changed;
}

/*
 * Until the fence was read, which was put there when the tables were.  That they have
 * not changed since says nothing of what is in the socket from before it.
 */
static void await_fence(struct reader_state *s, bool changed)
{
	struct legacy_watch *w = &s->tables;

	w->straddles |= changed;
	if (!w->straddles)
		be_sure(s);
	else if (changed && w->passed)
		legacy_rules_drained(s);
	else if (changed && !w->fenced)
		capture_fence(s->plan->capture);
	w->fenced = w->passed = false;
}

static void renew_all(struct reader_state *s,
		      const struct supervisor_message *m,
		      const int fd[READER_SNAPSHOTS])
{
	struct ruleset rules = s->plan->rules;
	unsigned int changed = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (fd[i] >= 0)
			changed |= renew(s, i, fd[i], m->size[i],
					 m->tables.certain);
		rules.legacy[i] = place_index_rules(s->index, i);
	}
	backend_diff_open(&s->diff, &rules);
	if (m->tables.touched)
		place_index_unsure(s->index, true);
	await_fence(s, changed || m->tables.touched);
}

void legacy_rules_renew(struct reader_state *s,
			 const struct supervisor_message *m,
			 const int fd[READER_SNAPSHOTS])
{
	struct legacy_watch *w = &s->tables;

	w->held = m->tables.held;
	if (m->tables.ask)
		w->answered = m->tables.ask;
	renew_all(s, m, fd);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	/* In the middle of a batch, too: what is left of it is asked about. */
	w->checked = false;
}
