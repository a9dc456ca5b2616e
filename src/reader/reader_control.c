// SPDX-License-Identifier: GPL-2.0-or-later
/* reader_control: what the supervisor says to the reader. */
#include "reader/reader_control.h"

#include <errno.h>

#include "capture/capture.h"
#include "protocol/reader_ipc.h"
#include "reader/legacy_rules.h"
#include "reader/reader_plan.h"
#include "reader/reader_state.h"
#include "rules/base/clock.h"

void reader_on_control(struct reader_state *s)
{
	struct supervisor_message m = { 0 };
	int fd[READER_SNAPSHOTS];
	ssize_t n = reader_receive(s->control, &m, fd);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0 && m.word == SUPERVISOR_RULES && s->hold) {
		pending_snapshot(s->hold, fd[READER_NFT], m.size[READER_NFT]);
		capture_fence(s->plan->capture);
	}
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
	s->orphaned |= n <= 0;
}
