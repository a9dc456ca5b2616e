// SPDX-License-Identifier: GPL-2.0-or-later
/* supervisor_loop: the supervisor's wait for whatever ends the capture. */
#include "supervisor/supervisor_loop.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "supervisor/begin.h"
#include "supervisor/conntrack_look.h"
#include "supervisor/drop_symbols.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/lock_turns.h"
#include "supervisor/nft_refresh.h"
#include "supervisor/overrun.h"
#include "supervisor/questions.h"
#include "supervisor/run_state.h"
#include "supervisor/taken.h"

enum {
	STATUS_MS = 200,	/* between two status lines */
	LONGER_MS = 100,	/* for COMMAND to be let go, and again */
	COMMAND_GRACE_MS = 200,	/* for what the command sent last, and the answers */
};

static void show_status(const struct run *r)
{
	const struct stats *st = r->reader.stats;
	char line[256], total[32] = "";
	uint64_t now = clock_monotonic_ns();
	uint64_t packets = stats_get(&st->packets);
	uint64_t events = stats_get(&st->events);

	if (r->o->time_ns)
		snprintf(total, sizeof(total), "/%g",
			 (double)r->o->time_ns / 1e9);
	snprintf(line, sizeof(line), "%.1f%s s  %" PRIu64 " packet%s  %" PRIu64
		 " event%s  %" PRIu64 " lost",
		 (double)(now - r->clock.armed_ns) / 1e9, total, packets,
		 plural(packets), events, plural(events), stats_get(&st->lost));
	msg_status(line);
}

/* Who reads a pipe may draw on the same terminal: less, grep, jq. */
static bool may_show_status(const struct run *r)
{
	struct stat st;

	return isatty(STDERR_FILENO) && !r->o->command &&
	       (isatty(STDOUT_FILENO) ||
		(fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode)));
}

static enum run_end on_signal(struct run *r)
{
	enum run_end end = END_NONE;
	struct signalfd_siginfo si;

	while (read(r->signal_fd, &si, sizeof(si)) == sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGCHLD:
			helper_collect(false);
			command_watch(&r->command);
			continue;
		case SIGCONT:
		case SIGURG:
		case SIGWINCH:
			continue;
		case SIGINT:
			/* The command's own while it runs. */
			if (r->command.state == COMMAND_RUNS)
				continue;
		}
		end = END_SIGNAL;
		r->outcome.signal = (int)si.ssi_signo;
	}
	return end;
}

static void say_clock_stepped(const struct keeper_message *m)
{
	if (m->error)
		msg("warning: the clock was set, and %s failed: %s", m->what,
		    msg_errno_text(m->error));
	else
		msg("note: the clock was set; the rules' deadline was moved "
		    "with it");
}

static enum run_end on_keeper(struct run *r)
{
	struct keeper_message m;
	int err = keeper_receive(&r->host.keeper, &m, 0);

	if (err)
		return err == -EAGAIN || err == -ETIMEDOUT ? END_NONE
							   : END_KEEPER;
	switch (m.event) {
	case KEEPER_UNDONE:
		r->host.undo = m.undo;
		r->host.undone = true;
		r->host.locked = false;
		r->host.undone_ns = m.undone_ns;
		return END_OVERDUE;
	case KEEPER_LEASE_LOST:
		msg("error: %s: %s", m.what, msg_errno_text(m.error));
		return END_LEASE;
	case KEEPER_CLOCK_STEPPED:
		say_clock_stepped(&m);
		break;
	case KEEPER_LEASE_LATE:
		overrun_hole(&r->outcome, m.hole_ns);
		break;
	case KEEPER_PUT_BACK:
		taken_answered(r, &m);
		break;
	case KEEPER_GIVEN:
	case KEEPER_TAKEN:
		lock_turns_heard(r, &m);
		break;
	}
	return END_NONE;
}

static enum run_end on_reader(struct run *r)
{
	char word;
	ssize_t n = recv(r->reader.process.fd, &word, 1, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return END_NONE;
	if (n <= 0)
		return END_READER;
	switch (word) {
	case READER_COUNT:
		return END_COUNT;
	case READER_CLOSED:
		return END_STDOUT;
	}
	questions_answer(&r->reader, &r->plan.owner, word);
	return END_NONE;
}

static enum run_end move_end(struct run *r, uint64_t end_ns)
{
	struct run_clock *c = &r->clock;

	if (c->end_ns >= end_ns)
		return END_NONE;
	c->end_boot_ns += end_ns - c->end_ns;
	c->end_ns = end_ns;
	return keeper_armed(&r->host.keeper, end_ns) ? END_KEEPER : END_NONE;
}

static enum run_end on_time(struct run *r)
{
	uint64_t now = clock_monotonic_ns();

	/* A COMMAND that still waits has its time from then on. */
	if (!r->clock.end_ns || now < r->clock.end_ns)
		return END_NONE;
	if (r->command.state != COMMAND_HELD)
		return END_TIME;
	return move_end(r, now + LONGER_MS * NS_PER_MS);
}

/* It has all the time that was asked for, though it had to wait. */
static enum run_end let_command_go(struct run *r)
{
	if (r->command.state != COMMAND_HELD || !begin_lets_command_go(r))
		return END_NONE;
	command_go(&r->command);
	return r->clock.end_ns ?
		move_end(r, clock_monotonic_ns() + r->o->time_ns) : END_NONE;
}

static enum run_end on_texts(struct run *r)
{
	if (begin_is_due(r))
		r->outcome.status = begin_finish(r);
	if (r->outcome.status)
		return END_BEGIN;
	return let_command_go(r);
}

static enum run_end on_command(struct run *r)
{
	uint64_t now = clock_monotonic_ns();

	if (r->command.state == COMMAND_STOPPED)
		return END_COMMAND;
	if (r->command.state != COMMAND_ENDED)
		return END_NONE;
	if (!r->clock.command_end_ns)
		r->clock.command_end_ns = now + COMMAND_GRACE_MS * NS_PER_MS;
	return now >= r->clock.command_end_ns ? END_COMMAND : END_NONE;
}

static int next_timeout(struct run *r, bool tty)
{
	int timeout = r->begin.done ? legacy_refresh_look(r) : STATUS_MS;
	int turns = begin_is_settled(r) ? lock_turns_step(r) : STATUS_MS;
	int taken = taken_tick(r);
	uint64_t now = clock_monotonic_ns(), left;

	if (timeout > taken)
		timeout = taken;
	if (timeout > turns)
		timeout = turns;
	if (tty && timeout > STATUS_MS)
		timeout = STATUS_MS;

	if (!r->clock.end_ns)
		return timeout;
	left = r->clock.end_ns > now ?
		(r->clock.end_ns - now + NS_PER_MS - 1) / NS_PER_MS : 0;
	return left < (uint64_t)timeout ? (int)left : timeout;
}

enum {
	FROM_READER, FROM_KEEPER, FROM_SIGNALS, FROM_DOOR, FROM_WATCH, FROM_TEXTS,
	SOURCES = FROM_TEXTS + SNAPSHOTS_HELPERS,
	ALWAYS = SOURCES,
};

/* Of two reasons to end the run at once the upper one is its end. */
static const struct {
	unsigned int source;
	enum run_end (*on)(struct run *r);
} reasons[] = {
	{ ALWAYS, on_texts },
	{ FROM_READER, on_reader },
	{ FROM_KEEPER, on_keeper },
	{ FROM_SIGNALS, on_signal },
	{ ALWAYS, on_time },
	{ ALWAYS, on_command },
};

static enum run_end find_reason(struct run *r, const struct pollfd pfd[SOURCES])
{
	enum run_end end = END_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(reasons) && end == END_NONE; i++)
		if (reasons[i].source == ALWAYS ||
		    pfd[reasons[i].source].revents)
			end = reasons[i].on(r);
	return end;
}

enum run_end supervisor_loop(struct run *r)
{
	bool tty = may_show_status(r);
	enum run_end end;
	struct pollfd pfd[SOURCES] = {
		[FROM_READER] = { .fd = r->reader.process.fd, .events = POLLIN },
		[FROM_KEEPER] = { .fd = r->host.keeper.fd, .events = POLLIN },
		[FROM_SIGNALS] = { .fd = r->signal_fd, .events = POLLIN },
		[FROM_DOOR] = { .fd = -1, .events = POLLIN },
		/* For legacy_refresh_look(): who it was is seen only at once. */
		[FROM_WATCH] = { .fd = r->reader.legacy.watch,
				 .events = POLLIN },
	};

	overrun_begin(&r->clock);
	for (;;) {
		if (tty)
			show_status(r);
		end = END_SIGNAL;
		snapshots_poll(&r->snapshots, &r->plan, pfd + FROM_TEXTS);
		pfd[FROM_DOOR].fd = begin_is_settled(r) ? r->host.turns.door.fd : -1;
		if (poll(pfd, SOURCES, next_timeout(r, tty)) < 0 &&
		    errno != EINTR)
			break;
		overrun_awake(&r->clock);
		nft_refresh_look(&r->reader);
		drop_symbols_look(&r->reader);
		conntrack_look_again(&r->reader);
		end = find_reason(r, pfd);
		if (end != END_NONE)
			break;
	}
	msg_status(NULL);
	conntrack_look_again(&r->reader);
	overrun_end(&r->outcome, &r->clock, r->host.undone_ns);
	return end;
}
