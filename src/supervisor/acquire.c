// SPDX-License-Identifier: GPL-2.0-or-later
/* acquire: the xtables lock and NFLOG group 0, both at once, waited for in a fair way. */
#include "supervisor/acquire.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "capture/capture.h"
#include "capture/event_nft.h"
#include "doctor/kernel_lacks.h"
#include "plan/check.h"
#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "supervisor/lock_turns.h"
#include "supervisor/run_state.h"

/* Nothing tells that a group got free. */
enum { GROUP_POLL_MS = 20 };

/* One -w for all that is waited for. */
struct wait {
	uint64_t end_ns;	/* CLOCK_MONOTONIC */
	uint32_t said;		/* the group's holder that was, its netlink port */
};

int acquire_open_lock(struct run *r)
{
	int err = lock_open(&r->host.lock);

	if (!err) {
		lock_turns_open(r);
		return 0;
	}
	msg("error: the lock file %s cannot be opened: %s (set "
	    "XTABLES_LOCKFILE to use another)",
	    lock_path(), check_lock_error(err));
	return STATUS_FAILURE;
}

/* The signal of a helper's end is no interrupt. */
static bool was_interrupt(int signal_fd)
{
	struct signalfd_siginfo si;

	if (read(signal_fd, &si, sizeof(si)) != sizeof(si) ||
	    si.ssi_signo != SIGCHLD)
		return true;
	helper_collect(false);
	return false;
}

static uint64_t left_ms(const struct wait *w)
{
	uint64_t now = clock_monotonic_ns();

	return now < w->end_ns ? (w->end_ns - now) / NS_PER_MS : 0;
}

static int interrupted(const char *what)
{
	msg("interrupted while waiting for %s: nothing was changed", what);
	return STATUS_NOTHING;
}

static int explain_busy_lock(const struct run *r)
{
	check_lock_holder(&r->host.lock);
	msg("error: could not get the xtables lock in %u s (-w waits longer)",
	    r->o->wait_s);
	return STATUS_BUSY;
}

static int wait_for_lock(struct run *r, const struct wait *w)
{
	int err;

	do
		err = lock_acquire(&r->host.lock, (int)left_ms(w),
				   r->signal_fd);
	while (err == -ECANCELED && !was_interrupt(r->signal_fd));
	return err;
}

static int take_lock(struct run *r, const struct wait *w)
{
	int err;

	TESTPOINT("before-lock");
	err = lock_acquire(&r->host.lock, 0, -1);
	if (err == -EWOULDBLOCK) {
		msg("Trying to acquire the lock: %s", r->host.lock.path);
		err = wait_for_lock(r, w);
	}
	if (err == -EWOULDBLOCK)
		return explain_busy_lock(r);
	if (err == -ECANCELED)
		return interrupted("the lock");
	if (err) {
		msg_error("taking the xtables lock", err);
		return STATUS_FAILURE;
	}
	return 0;
}

static int explain_busy_group(const struct run *r)
{
	char who[CHECK_HOLDER];

	if (r->plan.lock)
		check_lock_holder(&r->host.lock);
	check_group_holder(who, sizeof(who));
	msg("error: could not get NFLOG group 0 in %u s: it is taken by %s "
	    "(-w waits longer)", r->o->wait_s, who);
	return STATUS_BUSY;
}

/* Each one once: to find the process means to look at all of them. */
static void say_group_holder(struct wait *w, uint32_t portid)
{
	char who[CHECK_HOLDER];

	if (w->said == portid || !check_group_holder(who, sizeof(who)))
		return;
	w->said = portid;
	msg("NFLOG group 0 is taken by %s: waiting up to %" PRIu64 " s", who,
	    (left_ms(w) + 999) / 1000);
}

/* Return: a signal that ends the run came meanwhile. */
static bool pause_for_group(int signal_fd)
{
	struct pollfd pfd = { .fd = signal_fd, .events = POLLIN };

	return poll(&pfd, 1, GROUP_POLL_MS) > 0 && was_interrupt(signal_fd);
}

/*
 * Without the lock, which others need meanwhile: a run that had it, and waited
 * for the group of another that waits for the lock, would wait for ever.
 */
static int wait_for_group(struct run *r, struct wait *w)
{
	uint32_t portid;

	while (capture_holder(&portid) == 1) {
		if (!left_ms(w))
			return explain_busy_group(r);
		say_group_holder(w, portid);
		if (pause_for_group(r->signal_fd))
			return interrupted("NFLOG group 0");
	}
	return 0;
}

/*
 * nft copies so many bytes of a packet into an event, whatever is asked for.  The
 * group has to tell no fewer of the same packet, else its legacy events would
 * have another key than those of nft.
 */
uint32_t acquire_packet_bytes(const struct run *r)
{
	if ((r->plan.see_nft || r->plan.witness) &&
	    r->o->snaplen < NFT_HEADERS_MAX)
		return NFT_HEADERS_MAX;
	return r->o->snaplen;
}

/* Conntrack's state costs the kernel as much as the rest of an event: for forms that show it. */
static bool tells_conntrack(const struct run *r)
{
	return r->o->verbose || r->o->json || r->o->pcap ||
	       r->reader.only.kinds & 1u << DISPLAY_STATE;
}

static int bind_group(struct run *r)
{
	struct capture *c = &r->reader.capture;
	const struct capture_want want = {
		.snaplen = acquire_packet_bytes(r),
		.buffer = (size_t)r->o->buffer_mib << 20,
		.legacy = r->plan.see_legacy,
		.nft = r->plan.see_nft,
		.nft_trace = r->plan.witness,
		.conntrack = tells_conntrack(r),
	};
	int err;

	TESTPOINT("before-bind");
	err = capture_open(c, &want);
	if (err)
		return err;
	if (c->buffer < want.buffer)
		msg("note: the kernel gives a receive buffer of %zu KiB "
		    "instead of %u MiB: more events may be lost",
		    c->buffer >> 10, r->o->buffer_mib);
	return 0;
}

/* The keeper watches over the lock from here on. */
static void note_lock(struct run *r)
{
	struct run_host *h = &r->host;

	h->locked = true;
	h->locked_ns = clock_monotonic_ns();
	lock_turns_begin(r);
	keeper_locked(&h->keeper);
	TESTPOINT("after-lock");
}

/*
 * Return: 0; -EBUSY: another run was faster, and the lock is let go; or the exit
 * status after a report.
 */
static int try_both(struct run *r, struct wait *w)
{
	int status = r->plan.see_legacy ? wait_for_group(r, w) : 0, err;
	char lacks[LACKS_TEXT];

	if (!status && r->plan.lock)
		status = take_lock(r, w);
	if (status)
		return status;
	err = bind_group(r);
	if (!err && r->plan.lock)
		note_lock(r);
	if (err && r->plan.lock)
		lock_release(&r->host.lock);
	if (!err || err == -EBUSY)
		return err;
	if (r->plan.see_legacy && kernel_lacks_group(lacks))
		msg("error: %s", lacks);
	else
		msg_error("binding NFLOG group 0", err);
	return STATUS_FAILURE;
}

int acquire(struct run *r)
{
	struct wait w = {
		.end_ns = clock_monotonic_ns() + r->o->wait_s * NS_PER_S,
	};
	int status;

	do
		status = try_both(r, &w);
	while (status == -EBUSY);
	return status;
}
