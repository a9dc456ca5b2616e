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
#include "rules/keeper/apply.h"
#include "rules/keeper/lock.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"
#include "rules/nft/found.h"

enum {
	UNDO_LOCK_MS = 3000,	/* to wait for the lock; then without it */
	RENEW_LOCK_MS = 5000,	/* the same; then the deadline is not renewed */
};

/* The keeper's state; lives in its process only. */
struct keeping {
	struct keeper_plan *plan;
	int fd;			/* the supervisor's socket */
	int end_timer;		/* CLOCK_MONOTONIC: planned end + 1 s */
	int look_timer;		/* CLOCK_MONOTONIC: while arming */
	unsigned int stops_seen;	/* in a row */
	int lease_timer;	/* CLOCK_MONOTONIC: renew */
	int clock_timer;	/* CLOCK_REALTIME, cancelled when it is set */
	uint64_t end_ns;
	bool installed, undone;
};

static void tell(struct keeping *s, struct keeper_message *m)
{
	/* A supervisor that does not read must not hold the keeper up. */
	if (send(s->fd, m, sizeof(*m), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		return;
}

static void take_lock_back(struct keeping *s)
{
	/*
	 * Removing without the lock is safe as far as the kernel notices
	 * foreign changes; leaving the rules in is not.
	 */
	if (!s->plan->hold_lock)
		lock_acquire(s->plan->lock, UNDO_LOCK_MS, -1);
}

static void give_lock(struct keeping *s)
{
	if (!s->plan->hold_lock)
		lock_release(s->plan->lock);
}

static void undo_all(struct keeping *s, bool by_timer)
{
	struct keeper_message m = { .event = KEEPER_UNDONE };

	if (s->undone)
		return;
	TESTPOINT("keeper-before-undo");
	take_lock_back(s);
	undo_run(&s->plan->undo, &m.undo);
	s->undone = true;
	TESTPOINT("keeper-after-undo");
	give_lock(s);
	/* The supervisor is stuck: nobody but the keeper would let the lock go. */
	if (by_timer)
		lock_release(s->plan->lock);
	m.by_timer = by_timer;
	tell(s, &m);
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
	lock_release(s->plan->lock);
	tell(s, &m);
}

static void on_install(struct keeping *s, const struct undo *undo)
{
	struct keeper_message m = { .event = KEEPER_INSTALLED };

	if (s->undone) {
		apply_failed(&m, -ECANCELED, "arming", 0);
	} else {
		s->installed = true;
		if (apply_plan(s->plan, undo, &m) < 0) {
			undo_run(&s->plan->undo, &m.undo);
			s->undone = true;
		}
	}
	tell(s, &m);
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

/* Seconds since epoch at which the rules shall stop matching. */
static int64_t deadline_end(const struct keeping *s)
{
	uint64_t now = clock_monotonic_ns(), left;

	if (s->end_ns == 0)
		return time(NULL) + KEEPER_LEASE_SECONDS;
	left = s->end_ns > now ? s->end_ns - now : 0;
	return time(NULL) + (int64_t)(left / NS_PER_S) +
	       KEEPER_DEADLINE_SECONDS;
}

/* nft's rules go by the kernel's own clock. */
static int renew_nft(struct keeping *s, int64_t end, struct keeper_message *m)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct nft_trigger_set *set = &s->plan->nft[i];
		int err = set->use && !set->key_only ?
			nft_trigger_renew(families[i], &s->plan->undo.owner,
					  apply_left_ms(end)) : 0;

		if (err) {
			apply_failed(m, err, "renewing the deadline of the nft "
				       "table", i);
			return err;
		}
	}
	return 0;
}

static int renew_raw(struct keeping *s, int64_t end, struct keeper_message *m)
{
	struct undo *u = &s->plan->undo;

	for (unsigned int i = 0; i < FAMILY_COUNT && s->plan->deadline; i++) {
		int err = u->rules[i] ?
			trace_rules_renew(families[i], &u->owner, end) : 0;

		if (err) {
			apply_failed(m, err, "renewing the deadline of the "
				       "TRACE rules", i);
			return err;
		}
	}
	return 0;
}

/* Write a deadline that fits the clock as it is now into all rules of the run. */
static int renew_deadline(struct keeping *s, struct keeper_message *m)
{
	struct undo *u = &s->plan->undo;
	int64_t end = deadline_end(s);
	int err = renew_nft(s, end, m);

	if (err)
		return err;
	if (!s->plan->hold_lock)
		err = lock_acquire(s->plan->lock, RENEW_LOCK_MS, -1);
	if (err) {
		apply_failed(m, err, "waiting for the xtables lock", 0);
		return err;
	}
	err = renew_raw(s, end, m);
	u->owner.end = end;
	ledger_date(&u->owner);
	/* Who cannot see the supervisor goes by the end that is recorded. */
	if (!err)
		err = apply_record(s->plan, m);
	give_lock(s);
	return err;
}

/* Has any rule of the run a deadline? */
static bool has_deadline(const struct keeping *s)
{
	bool any = s->plan->deadline;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		any |= s->plan->nft[i].use && !s->plan->nft[i].key_only;
	return any;
}

static void on_locked(struct keeping *s)
{
	set_timer(s->end_timer,
		  clock_monotonic_ns() + seconds_ns(KEEPER_SETUP_SECONDS),
		  TFD_TIMER_ABSTIME);
}

/* Armed: the supervisor needs no more looks, see on_look(). */
static void set_timers(struct keeping *s, uint64_t end_ns)
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
static void check_deadline(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LOST };

	if (has_deadline(s) && s->end_ns && !s->undone &&
	    s->plan->undo.owner.end < deadline_end(s) - 1 && renew_deadline(s, &m) < 0)
		tell(s, &m);
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

static void on_lease(struct keeping *s)
{
	struct keeper_message m = { .event = KEEPER_LEASE_LOST };
	uint64_t ticks;

	if (read(s->lease_timer, &ticks, sizeof(ticks)) < 0 || s->undone)
		return;
	TESTPOINT("keeper-before-renew");
	/* An endless run that is stopped must not keep the lock without end. */
	if (process_is_stopped(s->plan->undo.owner.pid))
		undo_all(s, true);
	else if (has_deadline(s) && renew_deadline(s, &m) < 0)
		tell(s, &m);
	else
		set_timers(s, 0);
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
	renew_deadline(s, &m);
	tell(s, &m);
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
	tell(s, &m);
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
		on_install(s, &req.undo);
		break;
	case OP_ARMED:
		set_timers(s, req.end_ns);
		check_deadline(s);
		break;
	case OP_UNLOCKED:
		s->plan->hold_lock = false;
		break;
	case OP_PUT_BACK:
		on_put_back(s, &req);
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
	if (s->installed)
		undo_all(s, false);
	else if (ledger_settle() == 0)
		ledger_forget();
}

static void serve(struct keeping *s)
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
	struct keeping s = { .plan = plan, .fd = fd };

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
	serve(&s);
	_exit(0);
}
