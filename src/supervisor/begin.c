// SPDX-License-Identifier: GPL-2.0-or-later
/* begin: the rules are read and handed to the reader, if need be behind "armed". */
#include "supervisor/begin.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "plan/check.h"
#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/nft/dump.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/only_names.h"
#include "supervisor/other_runs.h"
#include "supervisor/run_state.h"

enum {
	READER_MS = 20000,	/* to begin: many rules, a busy machine */
	TEXTS_MS = 120000,	/* as for a helper that is waited for */
	GIVE_LOCK_MS = 400,	/* for who wants the lock: less than the keeper's patience */
	COMMAND_MS = 5000,	/* for COMMAND */
	SLICE_MS = 200,		/* so often it is looked whether a helper was stopped */
};

/* Others' rules that trace: ours come in addition, or they are all there is. */
static bool foreign_traces(const struct snapshots *s, const struct plan *p)
{
	return check_foreign(&s->rules, p) > 0;
}

int begin_to_read(struct run *r)
{
	struct run_begin *b = &r->begin;

	/*
	 * Behind the run's own rules.  Unknown it is 0, which the kernel's is never.
	 * Where nft's rules are not read, nobody is asked: that could load nf_tables.
	 */
	if (!r->plan.see_nft || nft_generation(&b->generation) < 0)
		b->generation = 0;
	b->size = snapshots_read(&r->snapshots, &r->plan);
	b->end_ns = clock_monotonic_ns();
	/* A test waits for no time to pass. */
	if (!TESTPOINT_IS_SET("before-texts:1"))
		b->end_ns += (uint64_t)TEXTS_MS * NS_PER_MS;
	legacy_refresh_guard(r);
	return 0;
}

static int take_texts(struct run *r)
{
	int status = snapshots_take(&r->snapshots, &r->plan);

	if (status)
		return status;
	r->foreign_trace = foreign_traces(&r->snapshots, &r->plan);
	r->reader.others.left_out = r->plan.inserts;
	other_runs_say(&r->reader.others, r->snapshots.rules.nft);
	only_names_say(&r->reader.only, &r->reader.expect, &r->snapshots.rules);
	return 0;
}

int begin_with_others(struct run *r)
{
	int status = begin_to_read(r);

	if (!status) {
		begin_texts(r);
		status = take_texts(r);
	}
	r->begin.taken = true;
	if (status || r->foreign_trace)
		return status;
	msg("error: no match expression, and there is no TRACE rule in any "
	    "table: say what to trace, e.g. nftrace -d 8.8.8.8, or --all");
	return STATUS_USAGE;
}

static int await_reading(struct reader *rd)
{
	struct timeval tv = { .tv_sec = READER_MS / 1000 };
	char answer[READER_MESSAGE];
	ssize_t n;

	setsockopt(rd->fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	/* With a time limit SIGSTOP and SIGCONT end a call: signal(7). */
	do
		n = recv(rd->fd, answer, sizeof(answer), 0);
	while (n < 0 && errno == EINTR);
	return reader_ready(answer, n, sizeof(answer)) ? 0 : STATUS_FAILURE;
}

/* The reader gets the rules, and reads from then on. */
static int begin_reader(struct run *r)
{
	struct snapshots *s = &r->snapshots;
	struct reader_rules rules = {
		.fd = { [READER_NFT] = r->plan.see_nft ? s->nft_fd : -1 },
		.size = { [READER_NFT] = s->nft_res.len },
		.foreign_trace = r->foreign_trace,
		.nft_began = r->begin.generation,
	};
	int err;

	TESTPOINT("before-reader");
	legacy_refresh_begin(r);
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink_truncate(&r->reader.sink[i]);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		rules.witness[i] = r->host.witness[i];
		rules.fd[i] = s->legacy_fd[i];
		rules.size[i] = s->snap_res[i].len;
	}
	err = reader_begin(&r->reader.process, &rules);
	snapshots_close(s);
	if (err) {
		msg_error("handing the rules to the reader", err);
		return STATUS_FAILURE;
	}
	return await_reading(&r->reader.process);
}

/* Where the lock is free rules change at once; and what is there is not kept back. */
static bool begins_now(struct run *r)
{
	const struct run_begin *b = &r->begin;

	return b->taken || b->size == SNAPSHOTS_UNREAD ||
	       (b->size == SNAPSHOTS_SOME && r->host.turns.use == LOCK_SHORT) ||
	       (!snapshots_nft_later(&r->snapshots, &r->plan) &&
		snapshots_are_done(&r->snapshots, &r->plan));
}

int begin_if_done(struct run *r)
{
	const struct run_begin *b = &r->begin;

	if (!begins_now(r))
		return 0;
	if (!b->taken)
		begin_texts(r);
	return begin_finish(r);
}

void begin_texts(struct run *r)
{
	if (!r->begin.done && !r->begin.taken)
		snapshots_go_texts(&r->snapshots, &r->plan);
}

static bool waited(const struct run *r, unsigned int ms)
{
	return r->begin.done || r->begin.size == SNAPSHOTS_MANY ||
	       clock_monotonic_ns() - r->clock.armed_ns >= ms * NS_PER_MS;
}

bool begin_is_settled(const struct run *r)
{
	return waited(r, GIVE_LOCK_MS);
}

bool begin_lets_command_go(const struct run *r)
{
	return waited(r, COMMAND_MS);
}

bool begin_is_due(struct run *r)
{
	if (r->begin.done)
		return false;
	if (snapshots_are_done(&r->snapshots, &r->plan))
		return true;
	if (clock_monotonic_ns() < r->begin.end_ns)
		return false;
	snapshots_give_up(&r->snapshots, &r->plan);
	return true;
}

bool begin_await(struct run *r, unsigned int ms, bool (*heard)(struct run *r))
{
	const uint64_t end = clock_monotonic_ns() + ms * NS_PER_MS;
	struct pollfd pfd[SNAPSHOTS_HELPERS + 1];
	uint64_t now;

	while (!r->begin.done && !begin_is_due(r)) {
		now = clock_monotonic_ns();
		if (now >= end)
			return false;
		snapshots_poll(&r->snapshots, &r->plan, pfd);
		pfd[SNAPSHOTS_HELPERS] = (struct pollfd){
			.fd = r->signal_fd, .events = POLLIN,
		};
		now = (end - now) / NS_PER_MS + 1;
		poll(pfd, ARRAY_SIZE(pfd), now < SLICE_MS ? (int)now : SLICE_MS);
		if (pfd[SNAPSHOTS_HELPERS].revents && heard(r))
			return false;
	}
	return true;
}

int begin_finish(struct run *r)
{
	struct run_begin *b = &r->begin;
	int status = 0;

	if (b->done)
		return 0;
	/* Once, whatever comes of it. */
	b->done = true;
	if (!b->taken)
		status = take_texts(r);
	return status ? status : begin_reader(r);
}
