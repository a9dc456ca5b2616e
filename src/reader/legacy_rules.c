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

/* Fence @read has been read. */
static void settle_tables(struct reader_state *s, uint32_t read)
{
	struct legacy_watch *w = &s->tables;

	if (!w->straddles)
		return;
	place_index_settle(s->index, read);
	if ((int32_t)(read - w->last_fence) < 0)
		return;
	w->straddles = false;
	w->changed_ns = clock_ns(CLOCK_MONOTONIC);
	be_sure(s);
}

static void pass_tables(struct legacy_watch *w)
{
	w->passed |= w->fenced;
	w->fenced = false;
}

/* What follows is asked about anew, also in the middle of a batch. */
static void pass_question(struct legacy_watch *w)
{
	w->ask_passed = true;
	if (w->settled)
		w->checked = false;
	w->settled = false;
}

void legacy_rules_passed(struct reader_state *s, const struct nlmsghdr *nlh)
{
	struct legacy_watch *w = &s->tables;

	if (capture_is_behind(nlh, w->ask_fence))
		pass_question(w);
	if (capture_is_behind(nlh, w->fence))
		pass_tables(w);
	settle_tables(s, nlh->nlmsg_seq);
}

void legacy_rules_drained(struct reader_state *s)
{
	pass_question(&s->tables);
	pass_tables(&s->tables);
	settle_tables(s, s->tables.last_fence);
}

void legacy_rules_fence(struct reader_state *s)
{
	s->tables.fence = capture_fence(s->plan->capture);
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
	changed = place_index_renew(s->index, family, data, certain,
				    s->tables.last_fence);
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
		settle_tables(s, w->last_fence);
	w->fenced = w->passed = false;
}

/* The one that was put when they were read; it was lost, or nobody put it: one behind it. */
static void put_fence(struct reader_state *s, const struct supervisor_message *m,
		      const int fd[READER_SNAPSHOTS])
{
	struct legacy_watch *w = &s->tables;
	bool any = m->tables.touched;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		any |= fd[i] >= 0;
	if (!any)
		return;
	if (!w->fenced && !w->passed)
		w->fence = capture_fence(s->plan->capture);
	w->last_fence = w->fence;
}

/* Return: tables have changed, or may have. */
static bool renew_all(struct reader_state *s,
		      const struct supervisor_message *m,
		      const int fd[READER_SNAPSHOTS])
{
	struct ruleset rules = s->plan->rules;
	unsigned int changed = 0;

	put_fence(s, m, fd);
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
	return changed || m->tables.touched;
}

void legacy_rules_renew(struct reader_state *s,
			 const struct supervisor_message *m,
			 const int fd[READER_SNAPSHOTS])
{
	struct legacy_watch *w = &s->tables;

	w->held = m->tables.held;
	if (m->tables.ask)
		w->answered = m->tables.ask;
	w->settled = !renew_all(s, m, fd) && m->tables.ask == w->asks &&
		!w->ask_passed;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	/* In the middle of a batch, too: what is left of it is asked about. */
	w->checked = false;
}
