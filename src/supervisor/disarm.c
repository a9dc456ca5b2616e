// SPDX-License-Identifier: GPL-2.0-or-later
/* disarm: has everything undone, compares the tables, lets the reader finish. */
#include "supervisor/disarm.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/process.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/nft/found.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/nft_refresh.h"
#include "supervisor/questions.h"
#include "supervisor/run_state.h"
#include "supervisor/table_monitor.h"

enum { UNDO_MS = 10000, LOCK_MS = 3000, STUCK_MS = 5000 };

static void undo_here(struct run *r)
{
	bool take = (r->o->no_lock || r->lock_given) && r->plan.lock;

	/* Without the lock rather than not at all. */
	if (take)
		lock_acquire(&r->lock, LOCK_MS, -1);
	undo_run(&r->keeper_plan.undo, &r->undo);
	if (take)
		lock_release(&r->lock);
	r->undone = true;
}

/* The keeper does it; when it is gone or stuck, we do. */
static void undo(struct run *r)
{
	struct keeper_message m;
	int err;

	if (r->undone || !r->changed)
		return;
	TESTPOINT("before-undo");
	r->tables.undoing = true;
	bulletin_post_tables(r->board.post, &r->tables);
	lock_waiters_look(r);
	err = keeper_undo(&r->keeper);
	if (!err)
		err = keeper_await(&r->keeper, KEEPER_UNDONE, UNDO_MS, &m);
	if (!err) {
		r->undo = m.undo;
		r->undone = true;
		return;
	}
	msg("warning: the keeper %s: undoing its work here",
	    err == -ETIMEDOUT ? "does not answer" : "was killed");
	/* Not two at the same time. */
	keeper_kill(&r->keeper);
	undo_here(r);
}

static void check_own_gone(struct run *r, unsigned int i,
			   const struct snapshot *now)
{
	for (uint32_t n = 0; n < now->rules; n++) {
		if (!(snapshot_rule(now, n)->flags & SNAP_OWN))
			continue;
		r->verify_failed = true;
		msg("error: a rule of this run is still in %s: nftrace "
		    "--cleanup",
		    families[i]->command);
	}
}

static void check_tables_gone(struct run *r)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!r->keeper_plan.undo.nft[i] ||
		    !nft_trigger_present(families[i], &r->plan.owner))
			continue;
		r->verify_failed = true;
		msg("error: the nft table of this run for %s is still there: "
		    "nftrace --cleanup",
		    families[i]->name);
	}
}

/* Read all tables once more and hold them against the snapshot. */
static void verify(struct run *r)
{
	int err = table_monitor_look(r, check_own_gone);

	check_tables_gone(r);
	if (!err)
		return;
	r->verify_failed = true;
	msg_error("reading the tables again", err);
}

static void release_lock(struct run *r)
{
	if (r->locked && !r->o->no_lock)
		r->unlocked_ns = clock_monotonic_ns();
	lock_release(&r->lock);
	r->locked = false;
}

/* A second interrupt while the reader waits for a slow stdout ends it. */
static bool interrupted(struct run *r)
{
	struct signalfd_siginfo si;
	bool yes = false;

	while (read(r->signal_fd, &si, sizeof(si)) == sizeof(si))
		yes |= si.ssi_signo == SIGINT || si.ssi_signo == SIGTERM ||
		       si.ssi_signo == SIGHUP || si.ssi_signo == SIGQUIT;
	return yes;
}

/* Of what it still has to say only what it asks matters, and its end. */
static bool reader_closed(struct run *r, short revents)
{
	char word = 0;
	bool closed = revents &&
		recv(r->reader.fd, &word, 1, MSG_DONTWAIT) <= 0;

	questions_answer(r, word);
	nft_refresh_finish(r);
	return closed;
}

/* How the reader's end is waited for. */
struct farewell {
	struct pollfd pfd[2];	/* its end of the line, our signals */
	uint64_t due_ns;	/* when patience ends: CLOCK_MONOTONIC */
	bool closed;		/* the line: it has nothing left to say */
	bool said, killed;
};

static void set_due(struct farewell *f)
{
	f->due_ns = clock_monotonic_ns() + STUCK_MS * NS_PER_MS;
}

static void kill_reader(struct run *r, struct farewell *f, const char *why)
{
	msg("warning: the reader %s: ending it", why);
	kill(r->reader.pid, SIGKILL);
	f->killed = true;
	set_due(f);
}

/* Return: false: there is nothing to wait for any more. */
static bool be_impatient(struct run *r, struct farewell *f)
{
	if (f->killed) {
		msg("warning: the reader (pid %d) hangs in the kernel and "
		    "cannot be ended",
		    (int)r->reader.pid);
		return false;
	}
	if (process_child_is_stopped(r->reader.pid)) {
		kill_reader(r, f, "is stopped");
	} else if (f->closed) {
		kill_reader(r, f, "has said its last word and lives on");
	} else if (!f->said) {
		msg("waiting for whoever reads the output; the host "
		    "is as before, interrupt to leave the rest out");
		f->said = true;
	}
	set_due(f);
	return true;
}

static void hear(struct run *r, struct farewell *f)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t left = f->due_ns > now ?
		(f->due_ns - now) / NS_PER_MS + 1 : 0;

	if (poll(f->pfd, 2, (int)left) <= 0)
		return;
	if (reader_closed(r, f->pfd[0].revents)) {
		f->closed = true;
		f->pfd[0].fd = -1;
		set_due(f);
	}
	if (!f->pfd[1].revents || !interrupted(r))
		return;
	/* What it leaves out then is left out by wish. */
	r->reader_dismissed = !f->closed;
	if (f->killed)
		f->due_ns = 0;
	else
		kill_reader(r, f, f->closed ? "lives on" : "is busy writing");
}

/* Whatever it does: its line, its end (SIGCHLD) and interrupts are heard. */
static void wait_for_reader(struct run *r)
{
	struct farewell f = {
		.pfd = {
			{ .fd = r->reader.fd, .events = POLLIN },
			{ .fd = r->signal_fd, .events = POLLIN },
		},
	};

	set_due(&f);
	while (!process_wait(r->reader.pid, 0, &r->reader_status)) {
		if (clock_monotonic_ns() >= f.due_ns && !be_impatient(r, &f)) {
			r->reader_status = SIGKILL;
			break;
		}
		hear(r, &f);
	}
}

void disarm(struct run *r)
{
	undo(r);
	if (r->undone)
		verify(r);
	TESTPOINT("before-unlock");
	release_lock(r);
	/* Nothing is left to keep; the reader may take its time. */
	if (!keeper_stop(&r->keeper))
		msg("warning: the keeper was stopped or stuck, and was killed");
	if (r->reader.pid > 0) {
		TESTPOINT("before-drain");
		reader_drain(&r->reader);
		wait_for_reader(r);
		close(r->reader.fd);
	}
	TESTPOINT("before-end");
}
