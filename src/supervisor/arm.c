// SPDX-License-Identifier: GPL-2.0-or-later
/* arm: takes the lock, binds the group, has the rules put in, starts the reader. */
#include "supervisor/arm.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "capture/event_nft.h"
#include "reader/reader_plan.h"
#include "reader/reader_process.h"
#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/legacy/ledger.h"
#include "supervisor/check.h"
#include "supervisor/insert.h"
#include "supervisor/results.h"
#include "supervisor/run_state.h"
#include "supervisor/snapshots.h"

enum { READER_MS = 20000 };

static int open_lock(struct run *r)
{
	int err = lock_open(&r->lock);

	if (!err)
		return 0;
	msg("error: the lock file %s cannot be opened: %s (set "
	    "XTABLES_LOCKFILE to use another)",
	    lock_path(), check_lock_error(err));
	return STATUS_FAILURE;
}

/* The signal that there is: one of a helper's end is no interrupt. */
static bool was_interrupt(struct run *r)
{
	struct signalfd_siginfo si;

	if (read(r->signal_fd, &si, sizeof(si)) != sizeof(si) ||
	    si.ssi_signo != SIGCHLD)
		return true;
	helper_collect(false);
	return false;
}

static int wait_for_lock(struct run *r)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t end = now + r->o->wait_s * 1000 * NS_PER_MS;
	int err;

	do {
		err = lock_acquire(&r->lock, (int)((end - now) / NS_PER_MS),
				   r->signal_fd);
		if (err != -ECANCELED || was_interrupt(r))
			return err;
		now = clock_monotonic_ns();
	} while (now < end);
	return -EWOULDBLOCK;
}

static int take_lock(struct run *r)
{
	int err;

	msg("Trying to acquire the lock: %s", r->lock.path);
	TESTPOINT("before-lock");
	err = wait_for_lock(r);
	if (err == -EWOULDBLOCK) {
		check_lock_holder(&r->lock);
		msg("error: the xtables lock was not to be had within %u "
		    "seconds (-w waits longer)",
		    r->o->wait_s);
		return STATUS_BUSY;
	}
	if (err == -ECANCELED) {
		msg("interrupted while waiting for the lock: nothing was "
		    "changed");
		return STATUS_NOTHING;
	}
	if (err) {
		msg_error("taking the xtables lock", err);
		return STATUS_FAILURE;
	}
	r->locked = true;
	r->locked_ns = clock_monotonic_ns();
	keeper_locked(&r->keeper);
	TESTPOINT("after-lock");
	return 0;
}

/* Before anything is replaced. */
static int open_ledger(struct run *r)
{
	int err = ledger_open(&r->plan.owner);

	if (err)
		msg_error("making a place for counters in /run/nftrace", err);
	return err ? STATUS_FAILURE : 0;
}

static int explain_group(int err)
{
	char who[160];

	if (err != -EBUSY) {
		msg_error("binding NFLOG group 0", err);
		return STATUS_FAILURE;
	}
	check_group_holder(who, sizeof(who));
	msg("error: NFLOG group 0 is taken by %s: end it first", who);
	return STATUS_FAILURE;
}

/*
 * What nft copies of a packet is what it copies.  Of the same packet the group
 * tells no less then, else the one's events would not be known in the other's.
 */
static uint32_t bytes_of_packet(const struct run *r)
{
	if (r->plan.see_nft && r->o->snaplen < EVENT_NFT_PACKET)
		return EVENT_NFT_PACKET;
	return r->o->snaplen;
}

static int bind_group(struct run *r)
{
	const struct capture_want want = {
		.snaplen = bytes_of_packet(r),
		.buffer = (size_t)r->o->buffer_mib << 20,
		.legacy = r->plan.see_legacy,
		.nft = r->plan.see_nft,
	};
	int err = capture_open(&r->capture, &want);

	if (err)
		return explain_group(err);
	if (r->capture.buffer < want.buffer)
		msg("note: the kernel gives a receive buffer of %zu KiB "
		    "instead of %u MiB: more events may be lost",
		    r->capture.buffer >> 10, r->o->buffer_mib);
	return 0;
}

static int wait_for_reader(struct run *r)
{
	struct timeval tv = { .tv_sec = READER_MS / 1000 };
	char answer[160];
	ssize_t n;

	setsockopt(r->reader.fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	n = recv(r->reader.fd, answer, sizeof(answer), 0);
	return reader_ready(answer, n, sizeof(answer)) ? 0 : STATUS_FAILURE;
}

/* It makes ready while the rules go in and are read. */
static int start_reader(struct run *r)
{
	struct reader_plan plan = {
		.capture = &r->capture,
		.printer = {
			.stats = r->stats,
			.only = r->o->only ? &r->only : NULL,
			.count = r->o->count,
		},
		.bulletin = r->board.view,
		.snaplen = bytes_of_packet(r),
		.nft_unseen = r->plan.nft_unseen,
	};
	int err;

	results_env(&plan.printer.env, r->o);
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		plan.printer.sink[i] = r->sink[i];
	err = reader_start(&r->reader, &plan);
	if (err) {
		msg_error("starting the reader", err);
		return STATUS_FAILURE;
	}
	/* The group is the reader's alone: it is free when the reader ends. */
	capture_close(&r->capture);
	return 0;
}

static void say_armed(const struct run *r)
{
	char time_text[64] = "until interrupted", count[64] = "";

	if (r->o->time_ns)
		snprintf(time_text, sizeof(time_text), "for %g s",
			 (double)r->o->time_ns / 1e9);
	if (r->o->count)
		snprintf(count, sizeof(count), " or %" PRIu64 " packet%s",
			 r->o->count, plural(r->o->count));
	msg("armed: %u rule%s inserted, capturing %s%s%s%s%s%s%s", r->installed,
	    plural(r->installed), time_text, count,
	    r->o->command ? " or until the command ends" : "",
	    r->plan.rate[0] ? "; rate " : "", r->plan.rate,
	    r->plan.rate[0] && r->plan.rate_default ? " (default" : "",
	    r->plan.rate[0] && r->plan.rate_default ? ", -l changes it)" : "");
}

static int set_time(struct run *r)
{
	r->armed_ns = clock_monotonic_ns();
	r->end_ns = r->o->time_ns ? r->armed_ns + r->o->time_ns : 0;
	return keeper_armed(&r->keeper, r->end_ns);
}

/* Others' rules that trace: ours come in addition, or they are all there is. */
static unsigned int foreign_traces(const struct run *r)
{
	return check_foreign_rules(r->snapshots.snap, r->plan.inserts) +
	       check_foreign_nft(r->snapshots.nft, r->plan.inserts,
				 r->plan.see_legacy);
}

static int nothing_to_follow(void)
{
	msg("error: no match expression, and there is no TRACE rule in any "
	    "table: say what to trace, e.g. nftrace -d 8.8.8.8, or --all");
	return STATUS_USAGE;
}

/* A journey may begin behind conntrack: raw is no part of it then. */
static bool begins_late(const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct plan_family *pf = &p->family[i];

		if (pf->trigger != TRIGGER_NFT || !pf->use)
			continue;
		if (p->replies)
			return true;
		for (unsigned int r = 0; r < pf->set.count; r++)
			if (pf->set.rule[r].late)
				return true;
	}
	return false;
}

static int begin_reader(struct run *r)
{
	struct snapshots *s = &r->snapshots;
	struct reader_rules rules = {
		.fd = { [READER_NFT] = s->nft_fd },
		.size = { [READER_NFT] = r->snapshots.nft_res.len },
	};
	int err;

	r->foreign_trace = !r->plan.inserts || foreign_traces(r) > 0;
	rules.foreign_trace = r->foreign_trace || begins_late(&r->plan);
	TESTPOINT("before-reader");
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		sink_truncate(&r->sink[i]);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		rules.fd[i] = s->legacy_fd[i];
		rules.size[i] = r->snapshots.snap_res[i].len;
	}
	err = reader_begin(&r->reader, &rules);
	snapshots_close(s);
	if (err) {
		msg_error("handing the rules to the reader", err);
		return STATUS_FAILURE;
	}
	return wait_for_reader(r);
}

/*
 * What changes in raw need, and nothing else does.  The ledger before the
 * keeper, to share it; the keeper before the lock, to watch over it.
 */
static int prepare(struct run *r)
{
	int status = r->plan.lock ? open_lock(r) : 0;

	if (!status && r->plan.lock)
		status = open_ledger(r);
	TESTPOINT("before-keeper");
	if (!status)
		status = insert_keeper_start(r);
	if (!status && r->plan.lock)
		status = take_lock(r);
	return status;
}

/* Up to the snapshots; where rules go in, they do so before these are finished. */
static int insert(struct run *r)
{
	struct check_left left;
	int status = check_dead_runs(false, r->plan.lock, &left);

	TESTPOINT("before-bind");
	if (!status)
		status = bind_group(r);
	if (!status)
		status = start_reader(r);
	/* Others' rules alone: they are looked for before anything is changed. */
	if (!status && !r->plan.inserts)
		status = snapshots_take(&r->snapshots, &r->plan);
	if (!status && !r->plan.inserts && foreign_traces(r) == 0)
		status = nothing_to_follow();
	if (!status)
		status = insert_rules(r);
	if (!status && r->plan.inserts)
		status = snapshots_take(&r->snapshots, &r->plan);
	return status;
}

int arm(struct run *r)
{
	int status = prepare(r);

	if (status)
		return status;
	snapshots_go_on(&r->snapshots, &r->plan);
	status = insert(r);
	if (!status)
		status = begin_reader(r);
	if (status)
		return status;
	TESTPOINT("before-armed");
	status = insert_check(r);
	if (status)
		return status;
	if (set_time(r) < 0) {
		msg("error: the keeper is gone");
		return STATUS_FAILURE;
	}
	if (r->o->no_lock && r->plan.lock) {
		lock_release(&r->lock);
		r->locked = false;
		r->unlocked_ns = clock_monotonic_ns();
	}
	say_armed(r);
	command_go(&r->command);
	return 0;
}
