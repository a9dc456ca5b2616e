// SPDX-License-Identifier: GPL-2.0-or-later
/* keeper_child: what the keeper does in its own process: install, undo, and when. */
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
#include "rules/keeper/apply.h"
#include "rules/keeper/keeper_deadline.h"
#include "rules/keeper/keeper_turns.h"
#include "rules/keeper/keeping.h"
#include "rules/keeper/lock_door.h"
#include "rules/legacy/ledger.h"

enum {
	DOOR_MS = 100,		/* between two looks whether somebody waits at the door */
};

static void undo_all(struct keeping *s, bool by_timer)
{
	struct keeper_message m = { .event = KEEPER_UNDONE };

	if (s->undone)
		return;
	TESTPOINT("keeper-before-undo");
	keeper_turns_leave_queue(s);
	keeper_turns_borrow(s);
	undo_run(&s->plan->undo, &m.undo);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (m.undo.removed[i].packets < s->counted[i])
			m.undo.removed[i].packets = s->counted[i];
	s->undone = true;
	TESTPOINT("keeper-after-undo");
	keeper_turns_return(s);
	/* The supervisor is stuck: nobody but the keeper would let the lock go. */
	if (by_timer) {
		keeper_turns_open_door(s);
		undo_last();
	}
	m.by_timer = by_timer;
	m.undone_ns = clock_ns(CLOCK_BOOTTIME);
	keeping_tell(s, &m);
}

/* A supervisor that is stuck does not keep the lock, whatever there is to undo. */
static void give_up(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_UNDONE, .by_timer = true };

	if (s->undone)
		return;
	if (s->installed) {
		undo_all(s, true);
		return;
	}
	s->undone = true;
	keeper_turns_open_door(s);
	keeping_tell(s, &m);
}

static void on_install(struct keeping *s, const struct keeper_request *req)
{
	struct keeper_message m = { .event = KEEPER_INSTALLED };

	if (s->undone) {
		apply_failed(&m, -ECANCELED, "arming", 0);
	} else {
		s->installed = true;
		if (apply_plan(s->plan, req, &m) < 0) {
			undo_run(&s->plan->undo, &m.undo);
			s->undone = true;
		}
	}
	keeping_tell(s, &m);
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
static void watch_clock(struct keeping *s)
{
	struct itimerspec its = { .it_value.tv_sec = INT32_MAX };

	timerfd_settime(s->clock_timer,
			TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &its,
			NULL);
}

static void start_looking(struct keeping *s)
{
	const struct timespec pause = { .tv_nsec = KEEPER_LOOK_MS * NS_PER_MS };
	struct itimerspec its = { .it_value = pause, .it_interval = pause };

	timerfd_settime(s->look_timer, 0, &its, NULL);
}

static void on_locked(struct keeping *s)
{
	set_timer(s->end_timer,
		  clock_monotonic_ns() + seconds_ns(KEEPER_SETUP_SECONDS),
		  TFD_TIMER_ABSTIME);
}

static void set_end(struct keeping *s, uint64_t end_ns)
{
	set_timer(s->end_timer, end_ns ? end_ns + seconds_ns(1) : 0,
		  TFD_TIMER_ABSTIME);
}

/* Armed: the supervisor needs no more looks, see on_look(). */
static void set_timers(struct keeping *s, uint64_t end_ns)
{
	const uint64_t half = seconds_ns(KEEPER_LEASE_SECONDS / 2);

	set_timer(s->look_timer, 0, 0);
	s->armed = true;
	s->end_ns = end_ns;
	set_end(s, end_ns);
	if (!s->plan->endless)
		return;
	s->lease_ns = keeper_deadline_ns(s);
	/* 0 would be never. */
	set_timer(s->lease_timer, s->lease_ns > half ? s->lease_ns - half : 1,
		  TFD_TIMER_ABSTIME);
}

/*
 * A supervisor that is stopped while arming has no end yet to which a timer could
 * be set.  A debugger's stops are over soon, or the timer of on_locked() comes.
 */
static void on_look(struct keeping *s)
{
	uint64_t ticks;

	if (read(s->look_timer, &ticks, sizeof(ticks)) < 0 || s->undone)
		return;
	if (process_state(s->plan->undo.owner.pid) != 'T')
		s->stops_seen = 0;
	else if (++s->stops_seen == 2)
		give_up(s);
}

static void renew_lease(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LOST };

	if (keeper_deadline_any(s) && keeper_deadline_renew(s, &m) < 0) {
		keeping_tell(s, &m);
		return;
	}
	keeper_deadline_tell_hole(s);
	set_timers(s, 0);
}

static void on_lease(struct keeping *s)
{
	uint64_t ticks;

	if (read(s->lease_timer, &ticks, sizeof(ticks)) < 0 || s->undone)
		return;
	TESTPOINT("keeper-before-renew");
	/* An endless run that is stopped must not keep the lock without end. */
	if (process_is_stopped(s->plan->undo.owner.pid))
		undo_all(s, true);
	else
		renew_lease(s);
}

static void on_clock(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_CLOCK_STEPPED };
	uint64_t ticks;

	if (read(s->clock_timer, &ticks, sizeof(ticks)) >= 0 ||
	    errno != ECANCELED)
		return;
	watch_clock(s);
	if (!s->installed || s->undone || !s->plan->deadline)
		return;
	keeper_deadline_renew(s, &m);
	keeping_tell(s, &m);
}

static void on_put_back(struct keeping *s, const struct keeper_request *req)
{
	struct keeper_message m = {
		.event = KEEPER_PUT_BACK, .thing = req->thing,
		.family = req->family,
	};

	if (!s->installed || s->undone)
		return;
	m.error = apply_again(s->plan, req->thing, req->family, &m);
	keeping_tell(s, &m);
}

/* Return: false when the supervisor is gone. */
static bool on_request(struct keeping *s)
{
	struct keeper_request req;
	ssize_t n = recv(s->fd, &req, sizeof(req), 0);

	if (n < 0 && errno == EINTR)
		return true;
	if (n != sizeof(req))
		return false;
	switch (req.op) {
	case OP_LOCKED:
		on_locked(s);
		break;
	case OP_INSTALL:
		on_install(s, &req);
		break;
	case OP_ARMED:
		set_timers(s, req.end_ns);
		keeper_deadline_check(s);
		break;
	case OP_GIVE:
		keeper_turns_give(s);
		break;
	case OP_TAKE:
		keeper_turns_take(s);
		break;
	case OP_PUT_BACK:
		on_put_back(s, &req);
		break;
	case OP_PUT_OFF:
		set_end(s, req.end_ns);
		break;
	case OP_UNDO:
		undo_all(s, false);
		break;
	}
	return true;
}

/* Before anything is installed there is the ledger. */
static void leave(struct keeping *s)
{
	/* There is nobody else to let them in, and others have the lock. */
	if (!s->plan->hold_lock)
		lock_door_leave(s->plan->door);
	if (s->installed)
		undo_all(s, false);
	else if (ledger_settle() == 0)
		ledger_forget();
	undo_last();
}

enum {
	FROM_SUPERVISOR, FROM_END_TIMER, FROM_LEASE_TIMER, FROM_CLOCK_TIMER,
	FROM_LOOK_TIMER, FROM_DOOR, FROM_LOCK, SOURCES,
};

static void on_timers(struct keeping *s, const struct pollfd pfd[SOURCES])
{
	uint64_t ticks;

	if (pfd[FROM_END_TIMER].revents &&
	    read(s->end_timer, &ticks, sizeof(ticks)) > 0)
		give_up(s);
	if (pfd[FROM_LOOK_TIMER].revents)
		on_look(s);
	if (pfd[FROM_LEASE_TIMER].revents)
		on_lease(s);
	if (pfd[FROM_CLOCK_TIMER].revents)
		on_clock(s);
}

/* Return: false: no more is to come. */
static bool serve_once(struct keeping *s)
{
	/* Somebody at the door is looked at again and again, and not waited for. */
	const bool pause = s->door_looks > 0;
	struct pollfd pfd[SOURCES] = {
		[FROM_SUPERVISOR] = { .fd = s->fd, .events = POLLIN },
		[FROM_END_TIMER] = { .fd = s->end_timer, .events = POLLIN },
		[FROM_LEASE_TIMER] = { .fd = s->lease_timer, .events = POLLIN },
		[FROM_CLOCK_TIMER] = { .fd = s->clock_timer, .events = POLLIN },
		[FROM_LOOK_TIMER] = { .fd = s->look_timer, .events = POLLIN },
		[FROM_DOOR] = { .fd = pause || !s->armed ? -1 : s->plan->door->fd,
				.events = POLLIN },
		[FROM_LOCK] = { .fd = s->wait.fd, .events = POLLIN },
	};
	int n = poll(pfd, SOURCES, pause ? DOOR_MS : -1);

	if (n < 0)
		return errno == EINTR;
	on_timers(s, pfd);
	if (pfd[FROM_LOCK].revents && s->wait.fd >= 0)
		keeper_turns_taken(s);
	if (pfd[FROM_DOOR].revents || (pause && n == 0))
		keeper_turns_look_at_door(s);
	return !pfd[FROM_SUPERVISOR].revents || on_request(s);
}

static void serve(struct keeping *s)
{
	while (serve_once(s))
		;
	leave(s);
}

static void detach(const struct keeper_plan *plan, int line)
{
	const int its[] = {
		plan->lock->fd, plan->door->fd, ledger_file(), line,
	};
	int fd;

	/* It outlives the supervisor: what else is open belongs to others' ends. */
	process_close_others(its, ARRAY_SIZE(its));
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
	/* Whoever reads the run's output must see its end without the keeper's. */
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
	struct keeping s = { .plan = plan, .fd = fd, .wait.fd = -1 };

	detach(plan, fd);
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
	serve(&s);
	_exit(0);
}
