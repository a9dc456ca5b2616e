// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_watch: the reader stops reading while somebody may be changing iptables' tables. */
#include "reader/legacy_watch.h"

#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "capture/capture.h"
#include "protocol/bulletin.h"
#include "protocol/stats.h"
#include "reader/legacy_rules.h"
#include "reader/reader_control.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"

enum {
	LEGACY_WAIT_MS = 1500,	/* for an answer; then without it, in doubt ... */
	LEGACY_READING_MS = 30000, /* ... and this while the tables are being read */
	LOOK_MS = 20,		/* between two looks at how full the socket is */
	STRANGER_MS = 500,	/* between two questions that strange events raise */
};

/* Whoever opens the file is in the queue before open(2) returns to him. */
static bool was_opened(int fd)
{
	char events[4096];
	bool any = false;

	while (fd >= 0 && read(fd, events, sizeof(events)) > 0)
		any = true;
	return any;
}

static bool is_open_question(const struct legacy_watch *w)
{
	return w->answered != w->asks;
}

/*
 * Many rules, or a slow machine: the tables are being read for long.  Behind the run's
 * end nobody reads them.
 */
static uint64_t later_end(const struct reader_state *s, uint64_t now_ns,
			  uint64_t end_ns)
{
	uint64_t last_ns = s->tables.asked_ns + LEGACY_READING_MS * NS_PER_MS;
	uint64_t later_ns = now_ns + LEGACY_WAIT_MS * NS_PER_MS;

	if (s->draining || !bulletin_is_reading(s->bulletin))
		return end_ns;
	return later_ns < last_ns ? later_ns : last_ns;
}

/* Return: false: no answer in time, or the socket fills up. */
static bool await_answer(struct reader_state *s)
{
	uint64_t now = s->tables.asked_ns, end = now + LEGACY_WAIT_MS * NS_PER_MS;
	struct pollfd pfd = { .fd = s->control, .events = POLLIN };

	while (is_open_question(&s->tables) && !s->orphaned) {
		now = clock_ns(CLOCK_MONOTONIC);
		end = later_end(s, now, end);
		if (now >= end || capture_is_half_full(s->plan->capture))
			return false;
		if (poll(&pfd, 1, LOOK_MS) > 0)
			reader_on_control(s);
	}
	return !is_open_question(&s->tables);
}

static void ask_rules(struct reader_state *s)
{
	struct legacy_watch *w = &s->tables;

	w->opened = false;
	w->misfits = place_index_misfits(s->index);
	w->asked_ns = clock_ns(CLOCK_MONOTONIC);
	w->ask_fence = capture_fence(s->plan->capture);
	w->ask_passed = w->settled = false;
	atomic_store_explicit(&s->stats->tables_ask, ++w->asks,
			      memory_order_release);
	printer_flush(&s->printer);
	reader_tell(s->control, READER_TABLES);
	if (!await_answer(s))
		place_index_unsure(s->index, true);
}

/*
 * While the lock is given away, and when it was since the last look, anything may
 * have been done to the tables, and by the run itself.  Who came while it was the run's only
 * waits, and is in the watch's queue when it is not any more.
 */
static bool was_given(struct reader_state *s)
{
	struct bulletin_tables t;
	bool given = s->tables.guard == GUARD_NONE;

	if (s->tables_epoch != bulletin_tables_epoch(s->bulletin)) {
		legacy_rules_new_epoch(s, false);
		bulletin_tables(s->bulletin, &t);
		given |= s->tables.windows != t.windows;
		s->tables.guard = t.guard;
		s->tables.windows = t.windows;
	}
	return given;
}

static bool is_strange(const struct reader_state *s)
{
	const struct legacy_watch *w = &s->tables;

	return place_index_misfits(s->index) != w->misfits &&
	       clock_ns(CLOCK_MONOTONIC) - w->asked_ns >=
	       STRANGER_MS * NS_PER_MS;
}

void legacy_watch_check(struct reader_state *s)
{
	struct legacy_watch *w = &s->tables;

	w->opened |= was_given(s);
	if (w->guard == GUARD_WATCH && !w->settled)
		w->opened |= was_opened(s->plan->lock_watch) || w->held;
	if (((w->opened && !w->settled) || is_strange(s)) && !is_open_question(w))
		ask_rules(s);
	w->passed = false;
	w->checked = true;
}

bool legacy_watch_stranger(struct reader_state *s)
{
	if (!is_strange(s) || is_open_question(&s->tables))
		return false;
	ask_rules(s);
	return s->tables.straddles;
}
