// SPDX-License-Identifier: GPL-2.0-or-later
/* watch: the supervisor's wait for whatever ends the capture. */
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "guard.h"
#include "helper.h"
#include "nft_news.h"
#include "say.h"

enum {
	PEERS_MS = 500,
	COMMAND_PEERS_MS = 50,	/* while the command may be the one who waits */
	STATUS_MS = 200,
	COMMAND_GRACE_MS = 200,	/* for what it sent last, and the answers */
};

static struct run_waiter *find_waiter(struct run *r, pid_t pid)
{
	for (unsigned int i = 0; i < r->waiters; i++)
		if (r->waiter[i].pid == pid)
			return &r->waiter[i];
	if (r->waiters == RUN_WAITERS)
		return NULL;
	return &r->waiter[r->waiters];
}

/* A command that waits for us to let go, while we wait for it to end. */
static void give_lock(struct run *r, const struct run_waiter *w)
{
	if (keeper_unlocked(&r->keeper) < 0)
		return;
	lock_release(&r->lock);
	r->locked = false;
	r->lock_given = true;
	r->unlocked_ns = clock_monotonic_ns();
	say("the lock is released for pid %d (%s), which the command started: "
	    "what changes in the rules from now on is noticed and said",
	    (int)w->pid, w->name);
}

void watch_peers(struct run *r)
{
	struct lock_peer peer[2 * RUN_WAITERS];
	uint64_t now = clock_monotonic_ns();
	int n;

	if (!r->locked)
		return;
	n = lock_peers(&r->lock, peer, 2 * RUN_WAITERS);
	for (int i = 0; i < n; i++) {
		struct run_waiter *w;

		if (!peer[i].waits)
			continue;
		w = find_waiter(r, peer[i].pid);
		if (!w)
			continue;
		if (w == &r->waiter[r->waiters]) {
			r->waiters++;
			w->pid = peer[i].pid;
			w->since_ns = now;
			process_name(w->pid, w->name, sizeof(w->name));
			say("pid %d (%s) waits for the xtables lock",
			    (int)w->pid, w->name);
		}
		w->until_ns = now;
		if (w->pid != r->keeper.pid &&
		    command_is_parent_of(&r->command, w->pid)) {
			give_lock(r, w);
			return;
		}
	}
}

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
		 (unsigned long long)st->packets,
		 (unsigned long long)st->events,
		 (unsigned long long)st->lost);
	say_status(line);
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
		say("error: %s: %s", m.what, say_errno_text(m.error));
		r->end = END_LEASE;
		break;
	case KEEPER_CLOCK_STEPPED:
		if (m.error)
			say("warning: the clock was set, and %s failed: %s",
			    m.what, say_errno_text(m.error));
		else
			say("note: the clock was set; the rules' deadline was "
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
		r->command_end_ns = now + COMMAND_GRACE_MS * 1000000ull;
	else if (now >= r->command_end_ns)
		r->end = END_COMMAND;
}

void watch_question(struct run *r, char word)
{
	switch (word) {
	case READER_LOST:
		losses_answer(&r->stats->losses);
		reader_answered(&r->reader);
		break;
	case READER_GENERATION:
		nft_news_generation(r);
		break;
	case READER_RULES:
		nft_news_start(r);
		break;
	}
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
		watch_question(r, word);
	else if (n <= 0)
		r->end = END_READER;
}

static int next_timeout(struct run *r, bool tty)
{
	int timeout = guard_tick(r);
	uint64_t now = clock_monotonic_ns(), left;

	if (r->locked && timeout > PEERS_MS)
		timeout = PEERS_MS;
	if (r->command.state != COMMAND_NONE && timeout > COMMAND_PEERS_MS)
		timeout = COMMAND_PEERS_MS;
	if (tty && timeout > STATUS_MS)
		timeout = STATUS_MS;

	if (!r->end_ns)
		return timeout;
	left = r->end_ns > now ? (r->end_ns - now + 999999) / 1000000 : 0;
	return left < (uint64_t)timeout ? (int)left : timeout;
}

void watch(struct run *r)
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
		nft_news_look(r);
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
			watch_peers(r);
	}
	say_status(NULL);
}
