// SPDX-License-Identifier: GPL-2.0-or-later
/* reader: netlink bytes into results: the loop of the unprivileged process. */
#include "reader.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "both.h"
#include "capture.h"
#include "clock.h"
#include "doubt.h"
#include "event.h"
#include "event_nft.h"
#include "hold.h"
#include "hook.h"
#include "ifnames.h"
#include "journey.h"
#include "journeys.h"
#include "losses.h"
#include "pace.h"
#include "path.h"
#include "place.h"
#include "place_nft.h"
#include "printer.h"
#include "reader_line.h"
#include "replay.h"
#include "stats.h"

enum {
	TURN_EVENTS = 8192,	/* then see to output and control */
	DRAIN_SILENCE_MS = 100,
	DRAIN_QUEUE_MS = 1000,	/* user space may still hold a packet */
	DRAIN_MAX_MS = 5000,
	CAUSE_MS = 1000,	/* to wait for a cause, on a busy machine */
	PAUSE_NS = 20000000,	/* output and silence wait for so long at most */
};

struct state {
	const struct reader_plan *plan;
	struct stats *stats;
	struct place_index *index;
	struct place_nft *nft;		/* NULL: no events of nft */
	struct path_map map;
	struct both both;
	struct journeys *journeys;
	struct hold *hold;		/* NULL: no events of nft */
	struct ifnames *names;
	struct printer printer;
	uint64_t now_ns, wall_ns;
	uint64_t paused_ns;		/* CLOCK_MONOTONIC */
	struct pace pace;
	uint32_t next_seq;
	uint32_t turns;			/* of stats.h, as last seen */
	int control;
	bool draining, orphaned;
	bool empty;			/* the socket, after the last turn */
	bool caught_up;			/* as good as empty, or messages lost */
	bool busy;			/* much comes at the moment */
};

static void on_control(struct state *s)
{
	struct supervisor_message m = { 0 };
	int fd;
	ssize_t n = reader_receive(s->control, &m, &fd);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0 && m.word == SUPERVISOR_RULES && s->hold) {
		hold_snapshot(s->hold, fd, m.size);
		capture_fence(s->plan->capture);
	}
	/* "Drain", or the supervisor is gone: the same. */
	if (n <= 0 || m.word == SUPERVISOR_DRAIN)
		s->draining = true;
	s->orphaned |= n <= 0;
}

/*
 * The supervisor asks the host why.  Its answer comes within milliseconds;
 * for packets alike it is there already, and where much is going on it is
 * for the summary only.
 */
static void wait_for_cause(struct state *s, const struct loss *l)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + CAUSE_MS * 1000000;
	struct pollfd pfd = { .fd = s->control, .events = POLLIN };

	reader_tell(s->control, READER_LOST);
	while (!s->busy && !s->orphaned && !losses_answered(l)) {
		uint64_t now = clock_ns(CLOCK_MONOTONIC);

		if (now >= end ||
		    poll(&pfd, 1, (int)((end - now) / 1000000) + 1) <= 0)
			return;
		on_control(s);
	}
}

static void find_causes(struct state *s, struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++) {
		struct fate *f = &j->fate[b];
		struct loss *l;
		bool fresh;

		if (f->kind != FATE_LOST && f->kind != FATE_QUEUE)
			continue;
		l = losses_note(&s->stats->losses, j, b, &fresh);
		if (fresh)
			wait_for_cause(s, l);
		f->cause = l ? losses_cause(l) : NULL;
	}
}

static void print_journey(void *arg, struct journey *j)
{
	struct state *s = arg;

	/* What a file tells of happened on another host, or another day. */
	if (s->plan->capture)
		find_causes(s, j);
	if (s->nft)
		both_mark(&s->both, place_nft_rules(s->nft), j);
	s->stats->nat_silent += journey_passed_nat(j, &s->map);
	printer_journey(&s->printer, j);
}

static bool on_journey(void *arg, struct journey *j)
{
	struct state *s = arg;

	if (s->hold && hold_journey(s->hold, j, s->now_ns))
		return true;
	print_journey(s, j);
	return false;
}

static const struct journey_ops ops = { .done = on_journey };

static void print_event(void *arg, const struct event *e,
			const struct place *at, uint64_t wall_ns)
{
	struct state *s = arg;

	printer_event(&s->printer, e, at, wall_ns);
}

static void tell(void *arg, int word)
{
	struct state *s = arg;

	reader_tell(s->control, (enum reader_word)word);
}

static const struct hold_ops hold_ops = {
	.journey = print_journey,
	.event = print_event,
	.tell = tell,
};

/* The sequence counts messages of our group instance, from 0. */
static void check_sequence(struct state *s, const struct event *e)
{
	uint32_t missing;

	if (!(e->flags & EVENT_HAS_SEQ))
		return;
	missing = e->seq - s->next_seq;
	s->next_seq = e->seq + 1;
	if (missing == 0)
		return;
	if (!s->nft)
		s->stats->lost += missing;
	journeys_gap(s->journeys, missing);
}

static void on_event(struct state *s, const struct event *e,
		     const struct place *at)
{
	if (at->own)
		s->stats->own++;
	else
		s->stats->events++;
	if (s->printer.by_event && !at->hidden &&
	    !(s->hold &&
	      hold_event(s->hold, e, at, s->now_ns, s->wall_ns)))
		print_event(s, e, at, s->wall_ns);
	journeys_add(s->journeys, e, at, s->now_ns, s->wall_ns);
}

/* Of a chain that was not there: the packet's story misses it. */
static void on_stranger(struct state *s)
{
	s->stats->strangers++;
	journeys_gap(s->journeys, 1);
}

static void turn(struct state *s, enum place_phase phase)
{
	s->turns = s->stats->turns;
	place_index_turn(s->index, phase, s->stats->changed);
}

static void on_change(struct state *s, const struct nlmsghdr *nlh, size_t len)
{
	struct nft_change c;
	int err = nft_change_parse(&c, nlh, len);

	if (!err)
		hold_change(s->hold, &c);
	else if (capture_is_fence(s->plan->capture, nlh))
		hold_drained(s->hold);
	s->stats->broken += err == -EBADMSG;
}

static void on_nft(struct state *s, const struct nlmsghdr *nlh, size_t len)
{
	const struct place *at;
	struct event_nft nft;
	struct event e;
	int err = event_nft_parse(&e, &nft, nlh, len);

	if (err == -ENOMSG) {
		on_change(s, nlh, len);
		return;
	}
	at = err ? NULL : place_nft_find(s->nft, &e);
	s->stats->broken += err == -EBADMSG;
	if (!at)
		return;
	e.hook = at->hook;
	nft.span = place_nft_span(s->nft);
	on_event(s, &e, at);
}

static void on_message(void *arg, const struct nlmsghdr *nlh, size_t len)
{
	struct state *s = arg;
	const struct place *at;
	struct event e;
	int err = event_parse(&e, nlh, len);

	if (err == -ENOMSG && s->nft) {
		on_nft(s, nlh, len);
		return;
	}
	if (err) {
		s->stats->broken += err == -EBADMSG;
		return;
	}
	check_sequence(s, &e);
	if (s->turns != s->stats->turns)
		turn(s, s->stats->undoing ? PHASE_UNDOING : PHASE_ARMED);
	/* An NFLOG rule's message may wait for others; a trace never does. */
	if (event_has_successor(nlh, len)) {
		s->stats->foreign++;
		return;
	}
	at = e.prefix ? place_find(s->index, e.nfproto, e.prefix,
				   e.prefix_len) : NULL;
	if (!at && e.prefix && place_looks_like_trace(e.prefix, e.prefix_len))
		on_stranger(s);
	else if (!at)
		s->stats->foreign++;
	else
		on_event(s, &e, at);
}

/* One batch.  Return: messages in it; 0: the socket is empty; or -errno. */
static int read_batch(struct state *s)
{
	int n;

	s->now_ns = clock_ns(CLOCK_MONOTONIC);
	s->wall_ns = clock_ns(CLOCK_REALTIME);
	n = capture_receive(s->plan->capture, on_message, s);
	s->empty = n <= 0 && n != -ENOBUFS;
	s->caught_up = n < CAPTURE_BATCH && n != -ENOBUFS;
	/* Lost events show in the sequence; changes of rules do not. */
	if (n == -ENOBUFS && s->hold)
		hold_lost(s->hold);
	return n;
}

/* Return: messages read until nearly no more were there, or TURN_EVENTS. */
static unsigned int read_most(struct state *s)
{
	unsigned int total = 0;

	do {
		int n = read_batch(s);

		total += n > 0 ? (unsigned int)n : 0;
	} while (!s->caught_up && total < TURN_EVENTS);
	return total;
}

/* Return: messages read until the socket was empty, or TURN_EVENTS. */
static unsigned int read_all(struct state *s)
{
	unsigned int total = 0;

	do {
		int n = read_batch(s);

		total += n > 0 ? (unsigned int)n : 0;
	} while (!s->empty && total < TURN_EVENTS);
	if (s->hold && s->empty && !HOOK_IS_SET("never-empty"))
		hold_drained(s->hold);
	return total;
}

/*
 * Silence tells something only when all was read, and nothing was dropped that
 * no gap in the sequence has shown yet.
 */
static void look_for_drops(struct state *s)
{
	uint32_t drops = capture_drops(s->plan->capture);

	if ((int32_t)(drops - (uint32_t)s->stats->lost) <= 0)
		return;
	journeys_gap(s->journeys, 0);
	/* Events of nft have no sequence, and a change may be among the lost. */
	if (s->hold) {
		s->stats->lost = drops;
		hold_lost(s->hold);
	}
}

/* Return: ms until something is due, -1: nothing is. */
static int expire(struct state *s)
{
	int due = 0, held = -1;

	if (s->empty) {
		look_for_drops(s);
		due = journeys_expire(s->journeys, s->now_ns);
	}
	if (s->hold)
		held = hold_turn(s->hold, s->now_ns, s->empty);
	return held >= 0 && (due < 0 || held < due) ? held : due;
}

/* The same, where the socket is read to its end only if something depends on it. */
static int expire_when_due(struct state *s)
{
	int due = journeys_due_ms(s->journeys, s->now_ns);

	if (due != 0 && !s->hold)
		return due;
	read_all(s);
	return expire(s);
}

/* Only for POLLERR, when nothing is pending: the reader of a pipe has gone. */
static void poll_sink(const struct state *s, unsigned int i, bool writing,
		      struct pollfd *pfd)
{
	const struct sink *k = &s->printer.sink[i];

	pfd->fd = s->printer.closed_told || !k->report ? -1 : k->out.fd;
	pfd->events = writing && out_pending(&k->out) ? POLLOUT : 0;
}

/* Until messages come, or anything else that is for the reader. */
static void wait_for(struct state *s, bool messages, int timeout_ms)
{
	struct pollfd pfd[3 + SINK_COUNT] = {
		{ .fd = s->orphaned ? -1 : s->control, .events = POLLIN },
		{ .fd = ifnames_fd(s->names), .events = POLLIN },
		{ .fd = messages ? s->plan->capture->fd : -1,
		  .events = POLLIN },
	};

	for (unsigned int i = 0; i < SINK_COUNT; i++)
		poll_sink(s, i, messages, &pfd[3 + i]);
	if (poll(pfd, 3 + SINK_COUNT, timeout_ms) <= 0)
		return;
	if (pfd[0].revents)
		on_control(s);
	if (pfd[1].revents)
		ifnames_update(s->names);
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		if (pfd[3 + i].revents & (POLLERR | POLLHUP | POLLNVAL) &&
		    !s->printer.sink[i].out.error)
			s->printer.sink[i].out.error = -EPIPE;
}

/*
 * What is silent is closed and what is written goes out.  A full buffer is
 * written at once (sink_journey()); what is less waits for a pause in the
 * traffic, but never for longer than anybody would notice.
 * Return: ms until something is due, -1: nothing is.
 */
static int pause_for_output(struct state *s)
{
	int due;

	if (s->busy && !s->hold && s->now_ns - s->paused_ns < PAUSE_NS)
		return 0;
	due = expire_when_due(s);
	printer_flush(&s->printer);
	s->paused_ns = s->now_ns;
	return due;
}

static void capture_loop(struct state *s)
{
	pace_open(&s->pace, s->plan->capture->buffer, s->plan->snaplen);
	while (!s->draining) {
		unsigned int n = read_most(s);
		int rest = pace_rest_ms(&s->pace, n, s->now_ns), due;

		s->busy = rest || !s->caught_up;
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
static void drain_hold(struct state *s)
{
	uint64_t begun = clock_ns(CLOCK_MONOTONIC);

	for (;;) {
		read_all(s);
		hold_turn(s->hold, s->now_ns, s->empty);
		printer_flush(&s->printer);
		if (!hold_waits(s->hold) || s->orphaned || s->now_ns - begun >
		    (uint64_t)DRAIN_MAX_MS * 1000000)
			break;
		wait_for(s, true, 20);
	}
	hold_finish(s->hold);
}

/*
 * The rules are out, so nothing new begins.  What is on its way in the kernel
 * arrives within moments; what user space holds gets a little longer.
 */
static void drain(struct state *s)
{
	uint64_t begun = clock_ns(CLOCK_MONOTONIC), last = begun;

	/* What was made before the removal is read first. */
	do
		read_all(s);
	while (!s->empty);
	turn(s, PHASE_UNDONE);
	for (;;) {
		uint64_t quiet, limit;

		if (read_all(s))
			last = s->now_ns;
		expire(s);
		printer_flush(&s->printer);
		quiet = (s->now_ns - last) / 1000000;
		limit = journeys_open_count(s->journeys) ? DRAIN_QUEUE_MS
							 : DRAIN_SILENCE_MS;
		if (quiet >= limit || s->now_ns - begun >
		    (uint64_t)DRAIN_MAX_MS * 1000000)
			break;
		wait_for(s, true, 20);
	}
	look_for_drops(s);
	journeys_finish(s->journeys);
	if (s->hold)
		drain_hold(s);
}

static void replay_event(void *arg, const struct event *e,
			 const struct place *at, uint64_t now_ns,
			 uint64_t wall_ns)
{
	struct state *s = arg;

	s->now_ns = now_ns;
	s->wall_ns = wall_ns;
	on_event(s, e, at);
}

static void replay_gap(void *arg, uint32_t lost)
{
	struct state *s = arg;

	s->stats->lost += lost;
	journeys_gap(s->journeys, lost);
}

static void replay_hole(void *arg)
{
	struct state *s = arg;

	journeys_hole(s->journeys);
}

static void replay_silence(void *arg, uint64_t now_ns)
{
	struct state *s = arg;

	journeys_expire(s->journeys, now_ns);
}

/* A file instead of the socket; all else is the same. */
static void replay(struct state *s)
{
	struct replay r = {
		.fd = s->plan->input_fd,
		.snaplen = s->plan->snaplen,
		.flat = s->plan->flat,
		.snap = s->plan->snap,
		.stats = s->stats,
		.index = s->index,
		.names = s->names,
		.printer = &s->printer,
		.event = replay_event,
		.gap = replay_gap,
		.hole = replay_hole,
		.silence = replay_silence,
		.arg = s,
	};

	replay_run(&r);
	journeys_finish(s->journeys);
	printer_finish(&s->printer);
}

static void finish(struct state *s)
{
	uint32_t drops = capture_drops(s->plan->capture);

	/* Drops behind the last message delivered leave no gap behind them. */
	if (drops > s->stats->lost)
		s->stats->lost = drops;
	/* A slow reader of our output must not keep the group from others. */
	capture_close(s->plan->capture);
	printer_finish(&s->printer);
}

static void close_state(struct state *s)
{
	hold_close(s->hold);
	journeys_close(s->journeys);
	place_nft_close(s->nft);
	place_index_close(s->index);
	ifnames_close(s->names);
	printer_close(&s->printer);
}

static int open_state(struct state *s, const struct reader_plan *plan)
{
	s->plan = plan;
	s->stats = plan->stats;
	s->names = plan->capture ? ifnames_open() : ifnames_new();
	path_map_fill(&s->map, plan->snap);
	s->map.nft_unseen = plan->nft_unseen;
	both_open(&s->both, plan->snap);
	s->index = place_index_open(plan->snap, &s->map);
	s->journeys = journeys_open(&s->map, plan->snaplen,
				    plan->foreign_trace, plan->nft, &ops, s);
	if (s->index && plan->nft)
		s->nft = place_nft_open(s->index, &s->map, plan->nft);
	if (s->nft && s->journeys)
		s->hold = hold_open(s->nft, s->journeys, s->stats, &hold_ops,
				    s);
	if (!s->names || !s->index || !s->journeys || (plan->nft && !s->hold))
		return -ENOMEM;
	return printer_open(&s->printer, plan, s->index, s->names, s->control);
}

void reader_run(const struct reader_plan *plan, int control,
		int (*seal)(char *what, size_t size))
{
	struct state s = { .control = control };
	char what[128] = "F", *text = what + 1;
	int err = open_state(&s, plan);

	if (err)
		snprintf(text, sizeof(what) - 1, "making ready to read");
	else
		err = seal(text, sizeof(what) - 1);
	if (err) {
		/* The supervisor sees the end, if not the words. */
		if (write(control, what, strlen(what)) < 0)
			_exit(1);
		_exit(1);
	}
	reader_tell(control, READER_READY);
	if (plan->capture) {
		capture_loop(&s);
		drain(&s);
		finish(&s);
	} else {
		replay(&s);
	}
	close_state(&s);
}
