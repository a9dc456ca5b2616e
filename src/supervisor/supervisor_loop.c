// SPDX-License-Identifier: GPL-2.0-or-later
/* supervisor_loop: the supervisor's wait for whatever ends the capture. */
#include "supervisor/supervisor_loop.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/helper.h"
#include "rules/base/units.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/nft_refresh.h"
#include "supervisor/questions.h"
#include "supervisor/run_state.h"
#include "supervisor/table_monitor.h"

enum {
	PEERS_MS = 500,
	COMMAND_PEERS_MS = 50,	/* while the command may be the one who waits */
	STATUS_MS = 200,
	COMMAND_GRACE_MS = 200,	/* for what it sent last, and the answers */
};

static void show_status(const struct run *r)
{
	const struct stats *st = r->stats;
	char line[256], total[32] = "";
	uint64_t now = clock_monotonic_ns();

	if (r->o->time_ns)
		snprintf(total, sizeof(total), "/%g",
			 (double)r->o->time_ns / 1e9);
	snprintf(line, sizeof(line), "%.1f%s s  %llu packets  %llu events  "
		 "%llu lost", (double)(now - r->armed_ns) / 1e9, total,
		 (unsigned long long)stats_get(&st->packets),
		 (unsigned long long)stats_get(&st->events),
		 (unsigned long long)stats_get(&st->lost));
	msg_status(line);
}

static void on_signal(struct run *r)
{
	struct signalfd_siginfo si;

	while (read(r->signal_fd, &si, sizeof(si)) == sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGCHLD:
			helper_collect(false);
			command_watch(&r->command);
			break;
		case SIGINT:
			/* The command's own while it runs. */
			if (r->command.state == COMMAND_RUNS)
				break;
			r->end = END_SIGNAL;
			r->end_signal = SIGINT;
			break;
		case SIGCONT:
		case SIGURG:
		case SIGWINCH:
			break;
		default:
			r->end = END_SIGNAL;
			r->end_signal = (int)si.ssi_signo;
		}
	}
}

static void on_keeper(struct run *r)
{
	struct keeper_message m;
	int err = keeper_receive(&r->keeper, &m, 0);

	if (err == -EAGAIN || err == -ETIMEDOUT)
		return;
	if (err) {
		r->end = END_KEEPER;
		return;
	}
	switch (m.event) {
	case KEEPER_UNDONE:
		r->undo = m.undo;
		r->undone = true;
		r->locked = false;
		r->end = END_OVERDUE;
		break;
	case KEEPER_LEASE_LOST:
		msg("error: %s: %s", m.what, msg_errno_text(m.error));
		r->end = END_LEASE;
		break;
	case KEEPER_CLOCK_STEPPED:
		if (m.error)
			msg("warning: the clock was set, and %s failed: %s",
			    m.what, msg_errno_text(m.error));
		else
			msg("note: the clock was set; the rules' deadline was "
			    "moved with it");
		break;
	}
}

static void on_command(struct run *r)
{
	uint64_t now = clock_monotonic_ns();

	if (r->command.state == COMMAND_STOPPED)
		r->end = END_COMMAND;
	else if (r->command.state != COMMAND_ENDED)
		return;
	else if (!r->command_end_ns)
		r->command_end_ns = now + COMMAND_GRACE_MS * NS_PER_MS;
	else if (now >= r->command_end_ns)
		r->end = END_COMMAND;
}

static void on_reader(struct run *r)
{
	char word;
	ssize_t n = recv(r->reader.fd, &word, 1, MSG_DONTWAIT);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n == 1 && word == READER_COUNT)
		r->end = END_COUNT;
	else if (n == 1 && word == READER_CLOSED)
		r->end = END_STDOUT;
	else if (n == 1)
		questions_answer(r, word);
	else if (n <= 0)
		r->end = END_READER;
}

static int next_timeout(struct run *r, bool tty)
{
	int timeout = table_monitor_tick(r);
	uint64_t now = clock_monotonic_ns(), left;

	if (r->locked && timeout > PEERS_MS)
		timeout = PEERS_MS;
	if (r->command.state != COMMAND_NONE && timeout > COMMAND_PEERS_MS)
		timeout = COMMAND_PEERS_MS;
	if (tty && timeout > STATUS_MS)
		timeout = STATUS_MS;

	if (!r->end_ns)
		return timeout;
	left = r->end_ns > now ?
		(r->end_ns - now + NS_PER_MS - 1) / NS_PER_MS : 0;
	return left < (uint64_t)timeout ? (int)left : timeout;
}

void supervisor_loop(struct run *r)
{
	bool tty = isatty(STDERR_FILENO) && !r->o->command;
	struct pollfd pfd[] = {
		{ .fd = r->signal_fd, .events = POLLIN },
		{ .fd = r->keeper.fd, .events = POLLIN },
		{ .fd = r->reader.fd, .events = POLLIN },
	};

	while (r->end == END_NONE) {
		if (tty)
			show_status(r);
		if (poll(pfd, 3, next_timeout(r, tty)) < 0 && errno != EINTR)
			r->end = END_SIGNAL;
		nft_refresh_look(r);
		if (pfd[2].revents)
			on_reader(r);
		if (pfd[1].revents && r->end == END_NONE)
			on_keeper(r);
		if (pfd[0].revents && r->end == END_NONE)
			on_signal(r);
		if (r->end == END_NONE && r->end_ns &&
		    clock_monotonic_ns() >= r->end_ns)
			r->end = END_TIME;
		if (r->end == END_NONE)
			on_command(r);
		if (r->end == END_NONE)
			lock_waiters_look(r);
	}
	msg_status(NULL);
}
