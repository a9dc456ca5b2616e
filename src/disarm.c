// SPDX-License-Identifier: GPL-2.0-or-later
/* disarm: has everything undone, compares the tables, lets the reader finish. */
#include "disarm.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "guard.h"
#include "hook.h"
#include "lock_waiters.h"
#include "nft_found.h"
#include "nft_news.h"
#include "questions.h"
#include "run_state.h"
#include "say.h"

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
	HOOK("before-undo");
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
	say("warning: the keeper %s: undoing its work here",
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
		say("error: a rule of this run is still in %s: nftrace "
		    "--cleanup", families[i]->command);
	}
}

static void check_tables_gone(struct run *r)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!r->keeper_plan.undo.nft[i] ||
		    !nft_trigger_present(families[i], &r->plan.owner))
			continue;
		r->verify_failed = true;
		say("error: the nft table of this run for %s is still there: "
		    "nftrace --cleanup", families[i]->name);
	}
}

/* Read all tables once more and hold them against the snapshot. */
static void verify(struct run *r)
{
	int err = guard_look(r, check_own_gone);

	check_tables_gone(r);
	if (!err)
		return;
	r->verify_failed = true;
	say_error("reading the tables again", err);
}

static void release_lock(struct run *r)
{
	if (r->locked && !r->o->no_lock)
		r->unlocked_ns = clock_monotonic_ns();
	lock_release(&r->lock);
	r->locked = false;
}

static bool reader_is_stopped(const struct run *r)
{
	siginfo_t si = { 0 };

	return waitid(P_PID, (id_t)r->reader.pid, &si,
		      WSTOPPED | WNOHANG | WNOWAIT) == 0 && si.si_pid != 0;
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
	nft_news_finish(r);
	return closed;
}

static void wait_for_reader(struct run *r)
{
	struct pollfd pfd[] = {
		/* Its end of the socket closes when it ends. */
		{ .fd = r->reader.fd, .events = POLLIN },
		{ .fd = r->signal_fd, .events = POLLIN },
	};
	bool said = false;

	for (;;) {
		int n = poll(pfd, 2, STUCK_MS);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || reader_closed(r, pfd[0].revents))
			break;
		if (n > 0 && !interrupted(r))
			continue;
		if (n > 0 || reader_is_stopped(r)) {
			say("warning: the reader is %s: ending it",
			    n > 0 ? "busy writing" : "stopped");
			kill(r->reader.pid, SIGKILL);
			continue;
		}
		if (!said)
			say("waiting for whoever reads the output; the host "
			    "is as before, interrupt to leave the rest out");
		said = true;
	}
	while (waitpid(r->reader.pid, &r->reader_status, 0) < 0 &&
	       errno == EINTR)
		;
	r->reader_gone = true;
}

void disarm(struct run *r)
{
	undo(r);
	if (r->undone)
		verify(r);
	HOOK("before-unlock");
	release_lock(r);
	/* Nothing is left to keep; the reader may take its time. */
	keeper_stop(&r->keeper);
	if (r->reader.pid > 0) {
		HOOK("before-drain");
		reader_drain(&r->reader);
		wait_for_reader(r);
		close(r->reader.fd);
	}
	HOOK("before-end");
}
