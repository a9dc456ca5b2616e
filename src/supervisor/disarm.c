// SPDX-License-Identifier: GPL-2.0-or-later
/* disarm: has everything undone, compares the tables, lets the reader finish. */
#include "supervisor/disarm.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/process.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/nft/found.h"
#include "supervisor/begin.h"
#include "supervisor/books.h"
#include "supervisor/drop_symbols.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/lock_turns.h"
#include "supervisor/nft_refresh.h"
#include "supervisor/questions.h"
#include "supervisor/run_hints.h"
#include "supervisor/run_state.h"
#include "supervisor/taken.h"

enum {
	UNDO_MS = 10000,	/* for the keeper, which may have to wait for the lock */
	LOCK_MS = 3000,		/* for the lock; then without it */
	STUCK_MS = 5000,	/* of silence, then it is asked what keeps the reader */
	SOON_MS = 250,		/* for texts, before the host is put back ... */
	NFT_MS = 5000,		/* ... and for nft's rules ... */
	LATE_MS = 120000,	/* ... and behind that: as begin.c has it */
};

static void undo_here(struct run_host *h, bool take_lock)
{
	/* Without the lock rather than not at all. */
	if (take_lock)
		lock_acquire(&h->lock, LOCK_MS, -1);
	undo_run(&h->keeper_plan.undo, &h->undo);
	if (take_lock)
		lock_release(&h->lock);
	h->undone = true;
}

/* The keeper undoes; when it is gone or stuck, the supervisor does. */
static void undo(struct run *r, bool take_lock)
{
	struct run_host *h = &r->host;
	struct keeper_message m;
	int err = keeper_ask_undo(&h->keeper);

	if (!err)
		err = keeper_await(&h->keeper, KEEPER_UNDONE, UNDO_MS, &m);
	if (!err) {
		h->undo = m.undo;
		h->undone = true;
		return;
	}
	msg("warning: the keeper %s: undoing its work here",
	    err == -ETIMEDOUT ? "does not answer" : "was killed");
	/* Not two at the same time.  Its nft tables go now, before the rules. */
	r->reader.tables.keeper_gone = true;
	bulletin_post_tables(r->reader.board.post, &r->reader.tables);
	keeper_kill(&h->keeper);
	undo_here(h, take_lock);
}

static void begin_undo(struct run *r)
{
	struct run_host *h = &r->host;

	if (h->undone || !h->changed)
		return;
	TESTPOINT("before-undo");
	taken_look_last(r);
	r->reader.tables.undoing = true;
	r->reader.tables.keeper_gone = r->outcome.end == END_KEEPER;
	bulletin_post_tables(r->reader.board.post, &r->reader.tables);
	lock_turns_end(r);
	undo(r, r->plan.lock && !h->locked);
	/* No packet is traced any more: what whoever has the lock does is behind all events. */
	legacy_window_close(r);
}

static void check_own_gone(struct run *r, unsigned int i,
			   const struct snapshot *now)
{
	for (uint32_t n = 0; n < now->rules; n++) {
		if (!(snapshot_rule(now, n)->flags & SNAP_OWN))
			continue;
		r->outcome.verify_failed = true;
		msg("error: a rule of this run is still in %s: nftrace "
		    "--cleanup", families[i]->command);
	}
}

/* @which: by family */
static void check_tables_gone(struct run *r, const bool which[FAMILY_COUNT])
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!which[i] ||
		    !nft_trigger_present(families[i], &r->plan.owner, NULL))
			continue;
		r->outcome.verify_failed = true;
		msg("error: the nft table of this run for %s is still there: "
		    "nftrace --cleanup", families[i]->name);
	}
}

/* Read all tables once more, to hold them against the snapshot. */
static void verify(struct run *r)
{
	int err = legacy_refresh_verify(r, check_own_gone);

	check_tables_gone(r, r->host.keeper_plan.undo.nft);
	if (r->begin.done)
		legacy_refresh_verified(r);
	if (!err)
		return;
	r->outcome.verify_failed = true;
	msg_error("reading the tables again", err);
}

static void release_lock(struct run *r)
{
	struct run_host *h = &r->host;

	if (h->locked)
		h->held_ns += clock_monotonic_ns() - h->locked_ns;
	lock_release(&h->lock);
	h->locked = false;
	lock_turns_close(r);
}

/* A second interrupt while the reader waits for a slow stdout ends it. */
static bool was_interrupted(struct run *r)
{
	struct signalfd_siginfo si;
	bool yes = false;

	while (read(r->signal_fd, &si, sizeof(si)) == sizeof(si))
		yes |= si.ssi_signo == SIGINT || si.ssi_signo == SIGTERM ||
		       si.ssi_signo == SIGHUP || si.ssi_signo == SIGQUIT;
	return yes;
}

/* Of what the reader still says only its questions matter, and its end. */
static bool reader_closed(struct run *r, short revents)
{
	struct run_reader *rd = &r->reader;
	char word = 0;
	bool closed = revents &&
		recv(rd->process.fd, &word, 1, MSG_DONTWAIT) <= 0;

	questions_answer(rd, &r->plan.owner, word);
	nft_refresh_finish(rd);
	drop_symbols_finish(rd);
	if (!closed)
		legacy_refresh_finish(r);
	return closed;
}

/* How the reader's end is waited for. */
struct farewell {
	struct pollfd pfd[2];	/* the reader's socket, signals */
	uint64_t due_ns;	/* when patience ends: CLOCK_MONOTONIC */
	bool closed;		/* the socket: the reader has nothing left to say */
	bool said, killed;	/* what was done about it */
};

static void set_due(struct farewell *f)
{
	f->due_ns = clock_monotonic_ns() + STUCK_MS * NS_PER_MS;
}

static void kill_reader(pid_t reader, struct farewell *f, const char *why)
{
	msg("warning: the reader %s: ending it", why);
	process_kill(reader, SIGKILL);
	f->killed = true;
	set_due(f);
}

/* Return: false: there is nothing to wait for any more. */
static bool be_impatient(pid_t reader, struct farewell *f)
{
	if (f->killed) {
		msg("warning: the reader (pid %d) hangs in the kernel and "
		    "cannot be ended", (int)reader);
		return false;
	}
	if (process_child_is_stopped(reader)) {
		kill_reader(reader, f, "is stopped");
	} else if (f->closed) {
		kill_reader(reader, f, "has printed all and does not end");
	} else if (!f->said) {
		msg("waiting for whoever reads the output; the host "
		    "is as before, interrupt to leave the rest out");
		f->said = true;
	}
	set_due(f);
	return true;
}

static void hear_farewell(struct run *r, struct farewell *f)
{
	struct run_reader *rd = &r->reader;
	uint64_t now = clock_monotonic_ns();
	uint64_t left = f->due_ns > now ?
		(f->due_ns - now) / NS_PER_MS + 1 : 0;

	if (poll(f->pfd, 2, (int)left) <= 0)
		return;
	if (reader_closed(r, f->pfd[0].revents)) {
		f->closed = true;
		f->pfd[0].fd = -1;
	}
	/* Behind the answer, which can take long. */
	if (f->pfd[0].revents)
		set_due(f);
	if (!f->pfd[1].revents || !was_interrupted(r))
		return;
	/* What the reader leaves out then is left out by wish. */
	rd->dismissed = !f->closed;
	if (f->killed)
		f->due_ns = 0;
	else
		kill_reader(rd->process.pid, f,
			    f->closed ? "does not end" : "is busy writing");
}

/* Whatever the reader does: its words, its end (SIGCHLD) and interrupts are heard. */
static void await_reader_end(struct run *r)
{
	struct run_reader *rd = &r->reader;
	struct farewell f = {
		.pfd = {
			{ .fd = rd->process.fd, .events = POLLIN },
			{ .fd = r->signal_fd, .events = POLLIN },
		},
	};

	set_due(&f);
	while (!process_wait(rd->process.pid, 0, &rd->status)) {
		if (clock_monotonic_ns() >= f.due_ns &&
		    !be_impatient(rd->process.pid, &f)) {
			rd->status = SIGKILL;
			break;
		}
		hear_farewell(r, &f);
	}
}

static bool misses_texts(const struct run *r)
{
	return r->clock.armed_ns && !r->outcome.status && !r->begin.done;
}

/*
 * The end came before the texts.  For a moment they are waited for: with the run's rules
 * still there nothing is doubtful.  For longer where nft's rules are not read: without the
 * run's own among them its packets would be taken for others'.  The keeper waits as well.
 */
static void begin_soon(struct run *r)
{
	const bool nft = snapshots_nft_left(&r->snapshots);
	const unsigned int ms = nft ? NFT_MS : SOON_MS;

	if (!misses_texts(r))
		return;
	if (nft && r->clock.end_ns && !r->host.undone)
		keeper_put_off(&r->host.keeper,
			       clock_monotonic_ns() + ms * NS_PER_MS);
	if (!(nft && r->host.undone) && begin_await(r, ms, was_interrupted))
		r->outcome.status = begin_finish(r);
	r->outcome.untold = !r->begin.done && snapshots_nft_left(&r->snapshots);
}

/* The host is as before; what waits in the socket is shown as soon as texts are there. */
static void begin_late(struct run *r)
{
	if (!misses_texts(r))
		return;
	if (!r->outcome.untold && begin_await(r, LATE_MS, was_interrupted)) {
		r->outcome.status = begin_finish(r);
		legacy_refresh_verified(r);
		return;
	}
	r->outcome.untold = true;
	r->begin.done = r->reader.dismissed = true;
	r->outcome.status = STATUS_INCOMPLETE;
	process_kill(r->reader.process.pid, SIGKILL);
}

void disarm(struct run *r)
{
	begin_soon(r);
	run_hints_disarm(r);
	begin_undo(r);
	if (r->host.undone)
		verify(r);
	TESTPOINT("before-unlock");
	release_lock(r);
	/* Nothing is left to keep; the reader may take its time. */
	if (!keeper_stop(&r->host.keeper))
		msg("warning: the keeper was stopped or stuck, and was killed");
	if (r->host.undone)
		check_tables_gone(r, r->host.keeper_plan.undo.witness);
	begin_late(r);
	if (r->reader.process.pid > 0) {
		TESTPOINT("before-drain");
		reader_drain(&r->reader.process, books_known(r));
		TESTPOINT("draining");
		await_reader_end(r);
		close(r->reader.process.fd);
	}
	drop_source_end(&r->reader.drops);
	TESTPOINT("before-end");
}
