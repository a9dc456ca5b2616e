// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_control: what the supervisor says to the reader. */
#include "reader/reader_control.h"

#include <errno.h>
#include <poll.h>

#include "capture/capture.h"
#include "reader/legacy_rules.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"

enum {
	ANSWER_MS = 4000,	/* on a busy machine */
	BURST_MS = 400,		/* while much comes: for a burst's questions; see share.h */
	BURST_WAIT_MS = 100,	/* then for an answer: until it has come no other is asked for */
	ROOM = 4,		/* one part in so many of the socket may be taken */
};

void reader_on_control(struct reader_state *s)
{
	struct supervisor_message m = { 0 };
	int fd[READER_SNAPSHOTS];
	ssize_t n = reader_receive(s->control, &m, fd);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	s->silent = false;
	if (n > 0 && m.word == SUPERVISOR_RULES && s->pending) {
		pending_snapshot(s->pending, fd[READER_NFT], m.size[READER_NFT]);
		s->nft_fence = capture_fence(s->plan->capture);
	}
	if (n > 0 && m.word == SUPERVISOR_ELEMENTS)
		map_readings_answer(&s->maps, m.ask, fd[READER_NFT], m.size[READER_NFT]);
	if (n > 0 && m.word == SUPERVISOR_ANSWERED)
		queue_watch_answer(&s->queues, s->bulletin,
				   clock_ns(CLOCK_MONOTONIC));
	if (n > 0 && m.word == SUPERVISOR_FENCE)
		legacy_rules_fence(s);
	if (n > 0 && m.word == SUPERVISOR_TABLES)
		legacy_rules_renew(s, &m, fd);
	/* "Drain", or the supervisor is gone: the same. */
	if (n <= 0 || m.word == SUPERVISOR_DRAIN)
		s->draining = true;
	if (n > 0 && m.word == SUPERVISOR_DRAIN)
		s->matched = m.matched;
	s->orphaned |= n <= 0;
}

/* Return: false: no answer in @ms. */
static bool await(struct reader_state *s,
		  bool (*answered)(const struct reader_state *s, const void *arg),
		  const void *arg, int ms)
{
	uint64_t end = clock_ns(CLOCK_MONOTONIC) + (uint64_t)ms * NS_PER_MS;
	struct pollfd pfd = { .fd = s->control, .events = POLLIN };

	while (!s->orphaned && !answered(s, arg)) {
		uint64_t now = clock_ns(CLOCK_MONOTONIC);

		if (now >= end ||
		    poll(&pfd, 1, (int)((end - now) / NS_PER_MS) + 1) <= 0)
			return false;
		reader_on_control(s);
	}
	return true;
}

static bool has_room(const struct capture *c)
{
	return capture_waiting(c) < c->buffer / ROOM;
}

static uint64_t left_ns(const struct reader_state *s)
{
	return share_left_ns(&s->asking, BURST_MS * NS_PER_MS, clock_ns(CLOCK_MONOTONIC));
}

bool reader_may_ask(const struct reader_state *s)
{
	return !reader_is_busy(s) || (left_ns(s) >= BURST_WAIT_MS * NS_PER_MS / 2 &&
			    has_room(s->plan->capture));
}

void reader_ask(struct reader_state *s, enum reader_word word,
		bool (*answered)(const struct reader_state *s, const void *arg),
		const void *arg, unsigned int times)
{
	uint64_t begin_ns;
	int ms = ANSWER_MS * (int)times;

	reader_tell(s->control, word);
	/* Who is stuck answers no other question sooner. */
	if (s->silent || !reader_may_ask(s))
		return;
	begin_ns = clock_ns(CLOCK_MONOTONIC);
	if (reader_is_busy(s))
		ms = BURST_WAIT_MS;
	s->silent = !await(s, answered, arg, ms);
	if (reader_is_busy(s))
		share_spend(&s->asking, begin_ns, clock_ns(CLOCK_MONOTONIC));
}
