// SPDX-License-Identifier: GPL-2.0-or-later
/* keeper_child: what the keeper does in its own process: install, renew, undo. */
#include "rules/keeper/keeper_child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "rules/base/clock.h"
#include "rules/base/process.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/keeper/install.h"
#include "rules/keeper/lock.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"

/* The keeper's own state; lives in its process only. */
struct state {
	struct keeper_plan *plan;
	int fd;
	int end_timer;		/* CLOCK_MONOTONIC: planned end + 1 s */
	int look_timer;		/* CLOCK_MONOTONIC: while arming */
	unsigned int stops_seen;	/* in a row */
	int lease_timer;	/* CLOCK_MONOTONIC: renew */
	int clock_timer;	/* CLOCK_REALTIME, cancelled when it is set */
	uint64_t end_ns;
	bool installed, undone;
};

static void msg(struct state *s, struct keeper_message *m)
{
	/* A peer that does not read must not hold us up. */
	if (send(s->fd, m, sizeof(*m), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

static void take_lock(struct state *s)
{
	/*
	 * Removing without the lock is safe as far as the kernel notices
	 * foreign changes; leaving the rules in is not.
	 */
	if (!s->plan->hold_lock)
		lock_acquire(s->plan->lock, 3000, -1);
}

static void give_lock(struct state *s)
{
	if (!s->plan->hold_lock)
		lock_release(s->plan->lock);
}

static void undo(struct state *s, bool by_timer)
{
	struct keeper_message m = { .event = KEEPER_UNDONE };

	if (s->undone)
		return;
	TESTPOINT("keeper-before-undo");
	take_lock(s);
	undo_run(&s->plan->undo, &m.undo);
	s->undone = true;
	TESTPOINT("keeper-after-undo");
	give_lock(s);
	/* The supervisor is stuck: nobody else would let the lock go. */
	if (by_timer)
		lock_release(s->plan->lock);
	m.by_timer = by_timer;
	msg(s, &m);
}

/* Nobody who is stuck keeps the lock, whether there is something to undo or not. */
static void give_up(struct state *s)
{
	struct keeper_message m = { .event = KEEPER_UNDONE, .by_timer = true };

	if (s->undone)
		return;
	if (s->installed) {
		undo(s, true);
		return;
	}
	s->undone = true;
	lock_release(s->plan->lock);
	msg(s, &m);
}

static void install(struct state *s, const struct undo *undo)
{
	struct keeper_message m = { .event = KEEPER_INSTALLED };

	if (s->undone) {
		install_failed(&m, -ECANCELED, "arming", 0);
	} else {
		s->installed = true;
		if (install_run(s->plan, undo, &m) < 0) {
			undo_run(&s->plan->undo, &m.undo);
			s->undone = true;
		}
	}
	msg(s, &m);
}

static void set_timer(int fd, uint64_t at_ns, int flags)
{
	struct itimerspec its = {
		.it_value.tv_sec = (time_t)(at_ns / NS_PER_S),
		.it_value.tv_nsec = (long)(at_ns % NS_PER_S),
	};

	timerfd_settime(fd, flags, &its, NULL);
}

static uint64_t seconds_ns(unsigned int s)
{
	return (uint64_t)s * NS_PER_S;
}

/* A timer far away that is cancelled when somebody sets the clock. */
static void watch_clock(struct state *s)
{
	struct itimerspec its = { .it_value.tv_sec = INT32_MAX };

	timerfd_settime(s->clock_timer,
			TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &its,
			NULL);
}

static void start_looking(struct state *s)
{
	const struct timespec pause = { .tv_nsec = KEEPER_LOOK_MS * NS_PER_MS };
	struct itimerspec its = { .it_value = pause, .it_interval = pause };

	timerfd_settime(s->look_timer, 0, &its, NULL);
}

/* Seconds since epoch at which the rules shall stop matching. */
static int64_t deadline_end(const struct state *s)
{
	uint64_t now = clock_monotonic_ns(), left;

	if (s->end_ns == 0)
		return time(NULL) + KEEPER_LEASE_SECONDS;
	left = s->end_ns > now ? s->end_ns - now : 0;
	return time(NULL) + (int64_t)(left / NS_PER_S) +
	       KEEPER_DEADLINE_SECONDS;
}

/* Write a deadline that fits the clock as it is now into all our rules. */
static int renew(struct state *s, struct keeper_message *m)
{
	struct undo *u = &s->plan->undo;
	int64_t end = deadline_end(s);
	int err = 0;

	if (!s->plan->hold_lock)
		err = lock_acquire(s->plan->lock, 5000, -1);
	if (err) {
		install_failed(m, err, "waiting for the xtables lock", 0);
		return err;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT && !err; i++) {
		if (!u->rules[i])
			continue;
		err = trace_rules_renew(families[i], &u->owner, end);
		if (err)
			install_failed(m, err, "renewing the deadline of the "
				       "TRACE rules", i);
	}
	u->owner.end = end;
	ledger_date(&u->owner);
	/* Who cannot see our process goes by the end that is written there. */
	if (!err)
		err = install_record(s->plan, m);
	give_lock(s);
	return err;
}

static void locked(struct state *s)
{
	set_timer(s->end_timer,
		  clock_monotonic_ns() + seconds_ns(KEEPER_SETUP_SECONDS),
		  TFD_TIMER_ABSTIME);
}

/* Until then the supervisor is looked at, see on_look(). */
static void armed(struct state *s, uint64_t end_ns)
{
	set_timer(s->look_timer, 0, 0);
	s->end_ns = end_ns;
	set_timer(s->end_timer, end_ns ? end_ns + seconds_ns(1) : 0,
		  TFD_TIMER_ABSTIME);
	if (s->plan->endless)
		set_timer(s->lease_timer, clock_monotonic_ns() +
			  seconds_ns(KEEPER_LEASE_SECONDS / 2),
			  TFD_TIMER_ABSTIME);
}

/* Arming took so long that the deadline would come before the end. */
static void check_deadline(struct state *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LOST };

	if (s->plan->deadline && s->end_ns && !s->undone &&
	    s->plan->undo.owner.end < deadline_end(s) - 1 && renew(s, &m) < 0)
		msg(s, &m);
}

/*
 * Who is stopped while arming has no end yet that a timer could be set to.  A
 * debugger's stops are over soon, or the timer of locked() comes.
 */
static void on_look(struct state *s)
{
	uint64_t ticks;

	if (read(s->look_timer, &ticks, sizeof(ticks)) < 0 || s->undone)
		return;
	if (process_state(s->plan->undo.owner.pid) != 'T')
		s->stops_seen = 0;
	else if (++s->stops_seen == 2)
		give_up(s);
}

static void on_lease(struct state *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LOST };
	uint64_t ticks;

	if (read(s->lease_timer, &ticks, sizeof(ticks)) < 0 || s->undone)
		return;
	TESTPOINT("keeper-before-renew");
	/* An endless run that is stopped must not keep the lock without end. */
	if (process_is_stopped(s->plan->undo.owner.pid))
		undo(s, true);
	else if (s->plan->deadline && renew(s, &m) < 0)
		msg(s, &m);
	else
		armed(s, 0);
}

static void on_clock(struct state *s)
{
	struct keeper_message m = { .event = KEEPER_CLOCK_STEPPED };
	uint64_t ticks;

	if (read(s->clock_timer, &ticks, sizeof(ticks)) >= 0 ||
	    errno != ECANCELED)
		return;
	watch_clock(s);
	if (!s->installed || s->undone || !s->plan->deadline)
		return;
	renew(s, &m);
	msg(s, &m);
}

/* Return: false when the supervisor is gone. */
static bool on_request(struct state *s)
{
	struct keeping_request req;
	ssize_t n = recv(s->fd, &req, sizeof(req), 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n != sizeof(req))
		return false;
	switch (req.op) {
	case OP_LOCKED:
		locked(s);
		break;
	case OP_INSTALL:
		install(s, &req.undo);
		break;
	case OP_ARMED:
		armed(s, req.end_ns);
		check_deadline(s);
		break;
	case OP_UNLOCKED:
		s->plan->hold_lock = false;
		break;
	case OP_UNDO:
		undo(s, false);
		break;
	}
	return true;
}

/* Nothing may have been installed yet, but the ledger is there. */
static void leave(struct state *s)
{
	if (s->installed)
		undo(s, false);
	else if (ledger_settle() == 0)
		ledger_forget();
}

static void loop(struct state *s)
{
	struct pollfd pfd[] = {
		{ .fd = s->fd, .events = POLLIN },
		{ .fd = s->end_timer, .events = POLLIN },
		{ .fd = s->lease_timer, .events = POLLIN },
		{ .fd = s->clock_timer, .events = POLLIN },
		{ .fd = s->look_timer, .events = POLLIN },
	};
	uint64_t ticks;

	for (;;) {
		if (poll(pfd, 5, -1) < 0 && errno != EINTR)
			break;
		if (pfd[1].revents &&
		    read(s->end_timer, &ticks, sizeof(ticks)) > 0)
			give_up(s);
		if (pfd[4].revents)
			on_look(s);
		if (pfd[2].revents)
			on_lease(s);
		if (pfd[3].revents)
			on_clock(s);
		if (pfd[0].revents && !on_request(s))
			break;
	}
	leave(s);
}

static void detach(void)
{
	int fd;

	process_ignore_signals();
	setsid();
	prctl(PR_SET_NAME, "nftrace-keeper");
	fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		/* Refused to the unprivileged; then the default must do. */
		if (write(fd, "-900", 4) < 0)
			errno = 0;
		close(fd);
	}
	/* Whoever reads our stdout or stderr must see its end without us. */
	fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i <= STDERR_FILENO; i++)
		dup2(fd, i);
	if (fd > STDERR_FILENO)
		close(fd);
	if (chdir("/") < 0)
		errno = 0;
}

void keeper_child_main(struct keeper_plan *plan, int fd)
{
	struct state s = { .plan = plan, .fd = fd };

	detach();
	s.end_timer = timerfd_create(CLOCK_MONOTONIC,
				     TFD_CLOEXEC | TFD_NONBLOCK);
	s.lease_timer = timerfd_create(CLOCK_MONOTONIC,
				       TFD_CLOEXEC | TFD_NONBLOCK);
	s.clock_timer = timerfd_create(CLOCK_REALTIME,
				       TFD_CLOEXEC | TFD_NONBLOCK);
	s.look_timer = timerfd_create(CLOCK_MONOTONIC,
				      TFD_CLOEXEC | TFD_NONBLOCK);
	start_looking(&s);
	watch_clock(&s);
	loop(&s);
	_exit(0);
}
