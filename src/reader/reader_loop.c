// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_loop: when the reader reads, rests, writes, and looks for what is silent. */
#include "reader/reader_loop.h"

#include <errno.h>
#include <poll.h>

#include "base/memory.h"
#include "capture/capture.h"
#include "journey/journeys_end.h"
#include "journey/journeys_link.h"
#include "capture/ifnames.h"
#include "protocol/bulletin.h"
#include "protocol/stats.h"
#include "reader/drops.h"
#include "reader/legacy_rules.h"
#include "reader/map_ask.h"
#include "reader/order.h"
#include "reader/place_sweep.h"
#include "reader/reader_control.h"
#include "reader/reader_events.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "reader/reader_turn.h"
#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"

enum {
	TURN_EVENTS = 8192,	/* messages, then it is output's and control's turn */
	DRAIN_SILENCE_MS = 100,	/* without an event: none is under way any more */
	DRAIN_QUEUE_MS = 1000,	/* the same, while user space may hold a packet */
	DRAIN_MAX_MS = 5000,	/* in all, whatever still comes */
	DRAIN_LOOK_MS = 20,	/* between two looks while draining */
	LOOK_NS = NS_PER_S,	/* between two looks at the memory that is left */
	PAUSE_NS = 20000000,	/* that output and silence wait at most: unnoticed */
};

static uint64_t count_events(const struct reader_state *s)
{
	return stats_get(&s->stats->events) + stats_get(&s->stats->own);
}

/* One batch.  Return: messages in it; 0: the socket is empty; or -errno. */
static int read_batch(struct reader_state *s)
{
	const uint64_t before = count_events(s);
	int n;

	s->now_ns = clock_ns(CLOCK_MONOTONIC);
	s->wall_ns = clock_ns(CLOCK_REALTIME);
	s->tables.checked = false;
	n = capture_receive(s->plan->capture, reader_on_message, s);
	if (count_events(s) != before)
		s->heard_ns = s->now_ns;
	s->empty = n <= 0 && n != -ENOBUFS;
	s->caught_up = n < CAPTURE_BATCH && n != -ENOBUFS;
	s->flooded = flood_is_on(&s->flood, n > 0 ? (unsigned int)n : 0, s->caught_up,
				 s->now_ns);
	s->more = !s->caught_up;
	if (s->caught_up)
		journeys_made_since(s->journeys, s->now_ns);
	lost_events_read(&s->missing, s->plan->capture, journeys_begun(s->journeys));
	/* A fence may be among the lost. */
	s->tables.settled &= n != -ENOBUFS;
	/* Lost events show in the sequence; changes of rules do not. */
	if (n == -ENOBUFS && s->pending)
		pending_lost(s->pending);
	return n;
}

/* Events that were dropped, and no gap in the sequence has shown; it may be negative. */
static uint32_t unshown_drops(const struct reader_state *s)
{
	return capture_drops(s->plan->capture) -
	       (uint32_t)stats_get(&s->stats->lost);
}

static bool is_more(const struct reader_state *s, uint32_t unshown)
{
	return (int32_t)(unshown - s->unshown) > 0;
}

/*
 * Silence tells something only when all was read, and nothing was dropped that
 * no gap in the sequence has shown yet.
 */
static void look_for_drops(struct reader_state *s)
{
	uint32_t unshown = unshown_drops(s);
	bool more = is_more(s, unshown);

	lost_events_look(&s->missing, journeys_begun(s->journeys),
			 more && s->pending ? unshown : 0);
	if (!more)
		return;
	journeys_gap(s->journeys, 0);
	/* What was lost of witnesses' events, no gap will show. */
	if (s->witness && !s->pending)
		s->unshown = unshown;
	/* Events of nft have no sequence, and a change may be among the lost. */
	if (s->pending) {
		stats_add(&s->stats->lost, unshown);
		pending_lost(s->pending);
	}
}

/* Once the run is being undone its own chains may be gone. */
static void look_for_end(struct reader_state *s)
{
	struct bulletin_tables t;

	if (!s->witness)
		return;
	bulletin_tables_epoch(s->bulletin);
	bulletin_tables(s->bulletin, &t);
	if (!s->map.ending_ns && (t.undoing || s->draining))
		s->map.ending_ns = s->now_ns;
	s->map.witness_gone = t.keeper_gone;
}

/*
 * The records of what was read are known, and packets need not wait for them.  Of
 * lost events it must be known before: a record's packet may be none that is known.
 */
static void take_drops(struct reader_state *s)
{
	if (!s->drops)
		return;
	if (drops_are_there(s->drops))
		look_for_drops(s);
	order_settle(s->order, drops_take(s->drops, s->now_ns));
}

static void mark_drops(struct reader_state *s)
{
	const struct capture *c = s->plan->capture;

	if (drops_mark(s->drops, clock_ns(CLOCK_MONOTONIC)))
		s->marked_bytes = capture_taken_least(c) + capture_waiting(c);
}

/*
 * Much comes without a pause.  Behind as much as waited at the mark all is read that was
 * there, in a socket that lost none.
 */
static bool is_past_mark(const struct reader_state *s)
{
	const struct capture *c = s->plan->capture;

	return s->drops && capture_taken_least(c) >= s->marked_bytes &&
	       !is_more(s, unshown_drops(s));
}

/* @end: of the state's.  Return: messages read until it was so, or TURN_EVENTS. */
static unsigned int read_until(struct reader_state *s, const bool *end)
{
	unsigned int total = 0;

	if (s->drops)
		mark_drops(s);
	do {
		int n = read_batch(s);

		if (s->drops)
			drops_fetch(s->drops);
		total += n > 0 ? (unsigned int)n : 0;
		if (!*end && is_past_mark(s)) {
			take_drops(s);
			mark_drops(s);
		}
	} while (!*end && total < TURN_EVENTS);
	if (*end)
		take_drops(s);
	return total;
}

static unsigned int read_all(struct reader_state *s)
{
	unsigned int total = read_until(s, &s->empty);

	if (!s->empty || TESTPOINT_IS_SET("never-empty"))
		return total;
	legacy_rules_drained(s);
	if (s->pending)
		pending_drained(s->pending);
	return total;
}

/* Of two times in ms, of which -1 is never. */
static int sooner(int a, int b)
{
	return b >= 0 && (a < 0 || b < a) ? b : a;
}

/* Return: ms until something is due, -1: nothing is. */
static int expire(struct reader_state *s)
{
	int due = 0;

	if (s->empty) {
		look_for_end(s);
		look_for_drops(s);
		due = sooner(journeys_link_expire(s->journeys, s->now_ns),
			     journeys_expire(s->journeys, s->now_ns));
	}
	if (s->pending)
		due = sooner(due, pending_poll(s->pending, s->now_ns, s->empty));
	if (s->empty)
		due = sooner(due, order_expire(s->order, s->now_ns));
	place_sweep(s);
	return due;
}

/* The same, where the socket is read to its end only if something depends on it. */
static int expire_when_due(struct reader_state *s)
{
	int due = sooner(journeys_due_ms(s->journeys, s->now_ns),
			 order_due_ms(s->order, s->now_ns));

	if (due != 0 && !s->pending)
		return due;
	read_all(s);
	return expire(s);
}

/* Only for POLLERR, when nothing is pending: the reader of a pipe has gone. */
static void poll_sink(const struct reader_state *s, unsigned int i,
		      bool writing, struct pollfd *pfd)
{
	const struct sink *k = &s->printer.sink[i];

	pfd->fd = s->printer.closed_told || !k->report ? -1 : k->out.fd;
	pfd->events = writing && outbuf_pending(&k->out) ? POLLOUT : 0;
}

/* Until messages come, or anything else that is for the reader. */
static void wait_for(struct reader_state *s, bool messages, int timeout_ms)
{
	struct pollfd pfd[3 + SINK_COUNT] = {
		{ .fd = s->orphaned ? -1 : s->control, .events = POLLIN },
		{ .fd = ifnames_fd(s->names), .events = POLLIN },
		{ .fd = messages ? s->plan->capture->fd : -1,
		  .events = POLLIN },
	};

	for (unsigned int i = 0; i < s->printer.sinks; i++)
		poll_sink(s, i, messages, &pfd[3 + i]);
	if (poll(pfd, 3 + s->printer.sinks, timeout_ms) <= 0)
		return;
	if (pfd[0].revents)
		reader_on_control(s);
	if (pfd[1].revents) {
		ifnames_update(s->names);
		ifnames_vrfs(s->names, s->map.vrf, PATH_VRFS);
	}
	for (unsigned int i = 0; i < s->printer.sinks; i++)
		if (pfd[3 + i].revents & (POLLERR | POLLHUP | POLLNVAL) &&
		    !s->printer.sink[i].out.error)
			s->printer.sink[i].out.error = -EPIPE;
}

/* While nothing has failed yet: the supervisor sees the end, and undoes all. */
static void look_at_memory(struct reader_state *s)
{
	if (s->now_ns - s->looked_ns < LOOK_NS)
		return;
	s->looked_ns = s->now_ns;
	if (!memory_is_short())
		return;
	s->stats->memory_short = 1;
	s->draining = true;
}

/*
 * What is silent is closed and what is written goes out.  A full buffer is
 * written at once (sink_journey()); what is less waits for a pause in the
 * traffic, but never for longer than anybody would notice.
 * Return: ms until something is due, -1: nothing is.
 */
static int pause_for_output(struct reader_state *s)
{
	int due;

	if (s->more && !s->pending && s->now_ns - s->paused_ns < PAUSE_NS)
		return 0;
	due = expire_when_due(s);
	if (s->drops)
		due = sooner(due, drops_due_ms(s->drops, s->now_ns));
	printer_flush(&s->printer);
	s->paused_ns = s->now_ns;
	look_at_memory(s);
	return due;
}

/* -c: behind so many nobody waits for records; but who else traces may have some of them. */
static void want_first(struct reader_state *s)
{
	const struct printer_plan *p = &s->plan->printer;
	bool first = p->count && !p->only && !s->map.others;

	order_want(s->order, p->count, first ? reader_on_surplus : NULL);
}

static void capture_loop(struct reader_state *s)
{
	coalesce_open(&s->coalesce, s->plan->capture->buffer, s->plan->snaplen);
	lost_events_begin(&s->missing, s->plan->capture);
	while (!s->draining) {
		unsigned int n;
		int rest, due;

		want_first(s);
		n = read_until(s, &s->caught_up);
		rest = coalesce_rest_ms(&s->coalesce, n, s->now_ns);
		s->more |= rest > 0;
		if (s->nft)
			map_ask_ahead(s);
		due = pause_for_output(s);
		/* The end may have been told while a cause was waited for. */
		if (s->draining)
			break;
		if (!s->caught_up)
			wait_for(s, true, 0);
		else if (rest)
			wait_for(s, false, rest);
		else
			wait_for(s, true, due);
	}
}

/* The supervisor still answers; what it does not know by then is not known. */
static void drain_hold(struct reader_state *s)
{
	uint64_t begun = clock_ns(CLOCK_MONOTONIC);

	for (;;) {
		read_all(s);
		pending_poll(s->pending, s->now_ns, s->empty);
		printer_flush(&s->printer);
		if (!pending_waits(s->pending) || s->orphaned ||
		    (s->now_ns - begun > (uint64_t)DRAIN_MAX_MS * NS_PER_MS &&
		     !pending_is_read_for(s->pending, s->now_ns)))
			break;
		wait_for(s, true, DRAIN_LOOK_MS);
	}
	pending_finish(s->pending);
}

/*
 * The kernel tells of a match before it goes on, so all that the rules counted has been
 * read.  If all of it is over, the silence from before the removal counts as well.
 */
static bool is_all_over(const struct reader_state *s)
{
	const struct stats *st = s->stats;

	return s->matched == stats_get(&st->own_rules) + stats_get(&st->unannounced) &&
	       !journeys_open_count(s->journeys) &&
	       order_due_ms(s->order, s->now_ns) < 0 &&
	       s->now_ns - s->heard_ns >= DRAIN_SILENCE_MS * NS_PER_MS;
}

/*
 * The rules are out, so nothing new begins.  What is on its way in the kernel
 * arrives within moments; what user space holds gets a little longer.
 */
static bool is_quiet(const struct reader_state *s, uint64_t last_ns)
{
	uint64_t limit = journeys_open_count(s->journeys) ? DRAIN_QUEUE_MS
							  : DRAIN_SILENCE_MS;

	/* The supervisor still answers. */
	if (s->drops && !s->orphaned && drops_wait(s->drops))
		return false;
	/* A test lets go of its packet when it is sure that this is under way. */
	if (TESTPOINT_IS_SET("draining") && journeys_open_count(s->journeys))
		return false;
	return is_all_over(s) || (s->now_ns - last_ns) / NS_PER_MS >= limit;
}

static void drain(struct reader_state *s)
{
	uint64_t begun = clock_ns(CLOCK_MONOTONIC), last = begun;

	/* What was made before the removal is read first. */
	do
		read_all(s);
	while (!s->empty);
	legacy_rules_new_epoch(s, true);
	for (;;) {
		if (read_all(s))
			last = s->now_ns;
		expire(s);
		printer_flush(&s->printer);
		if (is_quiet(s, last) || s->now_ns - begun >
		    (uint64_t)DRAIN_MAX_MS * NS_PER_MS *
		    (TESTPOINT_IS_SET("draining") ? 100 : 1))
			break;
		wait_for(s, true, DRAIN_LOOK_MS);
	}
	look_for_drops(s);
	journeys_link_finish(s->journeys);
	journeys_finish(s->journeys);
	if (s->pending)
		drain_hold(s);
	if (s->drops)
		drops_finish(s->drops, s->now_ns);
	order_finish(s->order);
}

void reader_listen(struct reader_state *s)
{
	capture_loop(s);
	drain(s);
}
