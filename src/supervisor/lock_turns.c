// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_turns: gives the xtables lock to who wants it, and takes it back. */
#include "supervisor/lock_turns.h"

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/lock_giving.h"
#include "supervisor/lock_guests.h"
#include "supervisor/lock_pace.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/raw_watch.h"
#include "supervisor/run_state.h"

enum {
	AWAY_MS = 3000,		/* for who did not wait to come again */
	QUEUE_SOON_MS = 20,		/* for who opened the file to stand in the queue */
	ANSWER_MS = 1000,	/* for the keeper to let the lock go */
	DOOR_MS = 200,		/* for the keeper to take it, while others are held */
	EMPTY_MS = 250,		/* the file is open, but nobody wants the lock */
	LINGER_MAX_MS = 1000,
	LONG_MS = 2000,		/* given away for so long: that is said */
};

void lock_turns_open(struct run *r)
{
	struct lock_turns *t = &r->host.turns;

	t->door.fd = -1;
	if (!r->plan.lock)
		t->use = LOCK_UNUSED;
	else if (r->o->no_lock)
		t->use = LOCK_SHORT;
	else
		t->use = r->o->hold_lock ? LOCK_KEPT : LOCK_SHARED;
	t->turn = t->use == LOCK_KEPT || t->use == LOCK_SHARED ? TURN_OURS
							       : TURN_NOBODYS;
	if (t->use != LOCK_UNUSED)
		lock_door_open(&t->door);
}

void lock_turns_begin(struct run *r)
{
	struct lock_turns *t = &r->host.turns;

	t->taken_ns = clock_monotonic_ns();
	t->rules_ns = t->taken_ns + LOCK_PACE_CALM_MS * NS_PER_MS;
	lock_door_watch(&t->door, &r->host.lock);
}

const char *lock_turns_words(const struct run *r)
{
	static const char *const words[] = {
		[LOCK_UNUSED] = "",
		[LOCK_SHORT] = "; the xtables lock is free: what changes "
			       "meanwhile is noticed",
		[LOCK_SHARED] = "; the xtables lock is held, and given to "
				"whoever wants it",
		[LOCK_KEPT] = "; the xtables lock is held to the end: who "
			      "wants it waits, or fails",
	};

	return words[r->host.turns.use];
}

static void note_had(struct lock_turns *t, const struct lock_guest *g)
{
	uint64_t from = g->since_ns > t->given_ns ? g->since_ns : t->given_ns;

	lock_waiters_had(t, g->who, clock_monotonic_ns() - from);
}

/* Who stood in the queue, and was not heard to close the file; who came behind stays. */
static void see_off(struct run_host *h)
{
	struct lock_turns *t = &h->turns;

	for (unsigned int i = 0; i < t->guests; ) {
		struct lock_guest *g = &t->guest[i];

		if (!g->given) {
			i++;
			continue;
		}
		note_had(t, g);
		g->given = false;
		if (g->inside)
			i++;
		else
			lock_guests_drop(h, g);
	}
}

/* Who is at the door, or is through it already. */
static void let_in(struct run *r, struct lock_guest *g)
{
	struct lock_turns *t = &r->host.turns;

	if (t->use != LOCK_SHARED || t->turn == TURN_THEIRS) {
		g->given = t->turn == TURN_THEIRS;
		lock_door_admit(&t->door, g->ask);
		g->ask = -1;
	} else if (t->turn == TURN_OURS && g->ask >= 0) {
		lock_giving_ask(r);
	}
	if (t->turn == TURN_THEIRS || t->turn == TURN_NOBODYS) {
		t->last = g->who;
		t->came++;
	}
}

/* One at a time, as long as that takes no time of theirs to speak of. */
static void let_in_next(struct run *r)
{
	struct lock_turns *t = &r->host.turns;

	if (t->turn == TURN_GIVING || t->turn == TURN_TAKING)
		return;
	for (unsigned int i = 0; i < t->guests; i++) {
		struct lock_guest *g = &t->guest[i];

		if (g->ask < 0 || lock_pace_reads_first(r, g))
			continue;
		let_in(r, g);
		return;
	}
}

static void on_open(struct run *r, const struct door_event *e)
{
	struct run_host *h = &r->host;
	struct lock_turns *t = &h->turns;
	struct lock_guest *g;

	/* Another run needs what this one has to its end (group 0): it waits. */
	g = lock_guests_is_run(e->pid) ? NULL :
		lock_guests_add(h, e->pid, e->ask);
	if (!g) {
		lock_door_admit(&t->door, e->ask);
		return;
	}
	t->opened_ns = clock_monotonic_ns();
	t->look_ns = t->opened_ns + QUEUE_SOON_MS * NS_PER_MS;
	/* Of a lock that is nobody's each opening is a turn. */
	if (t->turn == TURN_NOBODYS)
		lock_pace_give(t, t->opened_ns);
	if (g->ask < 0 || !lock_pace_reads_first(r, g))
		let_in(r, g);
}

/* Who would not wait finds the lock free when he comes again. */
static void on_refused(struct run *r, struct lock_guest *g)
{
	struct lock_turns *t = &r->host.turns;

	lock_waiters_refused(t, g->who);
	if (t->use != LOCK_SHARED)
		return;
	t->away_ns = clock_monotonic_ns() + AWAY_MS * NS_PER_MS;
	if (t->turn == TURN_OURS)
		lock_giving_ask(r);
}

static void on_close(struct run *r, pid_t pid)
{
	struct lock_turns *t = &r->host.turns;
	struct lock_guest *g = lock_guests_inside(&r->host, pid);

	if (t->turn == TURN_NOBODYS)
		t->rules_ns = 0;
	if (!g)
		return;
	g->inside = false;
	if (g->given)
		note_had(t, g);
	else if (!g->waited && t->turn == TURN_OURS && g->since_ns > t->taken_ns)
		on_refused(r, g);
	lock_guests_drop(&r->host, g);
}

static void hear_door(struct run *r)
{
	struct door_event e;

	while (lock_door_next(&r->host.turns.door, &e))
		if (e.opens)
			on_open(r, &e);
		else
			on_close(r, e.pid);
}

static void have_taken(struct run *r, const struct keeper_message *m)
{
	struct run_host *h = &r->host;
	struct lock_turns *t = &h->turns;
	bool was_given = !h->locked && t->use == LOCK_SHARED;

	if (m->error)
		msg("warning: %s: %s", m->what, msg_errno_text(m->error));
	/* Who came before may have had the lock, and has not found it held. */
	hear_door(r);
	t->taken_ns = clock_monotonic_ns();
	if (was_given && !m->error) {
		h->locked = true;
		h->locked_ns = t->taken_ns;
	}
	/* What could not be had is tried again. */
	t->away_ns = m->error ? t->taken_ns + AWAY_MS * NS_PER_MS : 0;
	lock_giving_turn(t, t->use == LOCK_SHORT ? TURN_NOBODYS :
			 h->locked ? TURN_OURS : TURN_THEIRS);
	raw_watch_mended(r, m);
	t->came = 0;
	if (h->locked || t->use == LOCK_SHORT)
		legacy_window_close(r);
	/* The lock was the keeper's for a moment only. */
	if (t->use == LOCK_SHORT)
		legacy_window_open(r);
	if (was_given)
		see_off(h);
}

void lock_turns_heard(struct run *r, const struct keeper_message *m)
{
	struct lock_turns *t = &r->host.turns;

	if (m->event == KEEPER_TAKEN) {
		have_taken(r, m);
		return;
	}
	/* The keeper's own doing: this process was stopped, or slow. */
	if (t->turn == TURN_OURS || t->turn == TURN_TAKING) {
		lock_door_watch(&t->door, &r->host.lock);
		if (t->use != LOCK_SHARED)
			return;
		legacy_window_open(r);
	} else if (t->turn != TURN_GIVING) {
		return;
	}
	lock_giving_done(r);
}

static void when_ours(struct run *r)
{
	struct lock_turns *t = &r->host.turns;
	uint64_t now = clock_monotonic_ns();

	for (unsigned int i = 0; i < t->guests && t->use == LOCK_SHARED; i++) {
		const struct lock_guest *g = &t->guest[i];

		if (!g->waits || lock_guests_is_run(g->pid) ||
		    now - g->since_ns < lock_pace_patience_ns(r, g))
			continue;
		lock_giving_ask(r);
		return;
	}
}

static void when_giving(struct run *r)
{
	struct lock_turns *t = &r->host.turns;

	/* The keeper is stopped, or does what takes long: it is free all the same. */
	if (clock_monotonic_ns() - t->turn_ns > ANSWER_MS * NS_PER_MS) {
		lock_release(&r->host.lock);
		lock_giving_done(r);
	}
}

static unsigned int count_inside(struct lock_turns *t, uint64_t now)
{
	unsigned int inside = 0, waits = 0;

	for (unsigned int i = 0; i < t->guests; i++) {
		inside += t->guest[i].inside;
		waits += t->guest[i].waits;
	}
	/* Somebody keeps the file open, for the next time. */
	if (!waits && !t->foreign_holder &&
	    now - t->opened_ns > EMPTY_MS * NS_PER_MS &&
	    now - t->busy_ns > EMPTY_MS * NS_PER_MS)
		return 0;
	return inside;
}

static bool somebody_waits(const struct lock_turns *t)
{
	for (unsigned int i = 0; i < t->guests; i++)
		if (t->guest[i].waits)
			return true;
	return false;
}

/* Who asked for it may have given it to another: it is not said who has it. */
static void say_long(struct lock_turns *t, uint64_t now)
{
	char who[256];

	if (!t->last || t->said_ns == t->given_ns || !t->foreign_holder ||
	    now - t->given_ns < LONG_MS * NS_PER_MS)
		return;
	t->said_ns = t->given_ns;
	lock_waiters_who(t->last, who, sizeof(who));
	msg("note: the xtables lock was given to %s, and is not free again: "
	    "what changes in the rules meanwhile is noticed", who);
}

/*
 * Who waits must have got the lock before the keeper stands in the queue: the kernel
 * wakes the first, and whoever asks at that moment gets it.
 */
static void when_theirs(struct run *r)
{
	struct lock_turns *t = &r->host.turns;
	uint64_t now = clock_monotonic_ns();

	say_long(t, now);
	if (now < t->away_ns || count_inside(t, now))
		return;
	if (now - t->opened_ns < t->linger_ns &&
	    now - t->given_ns < LINGER_MAX_MS * NS_PER_MS)
		return;
	if (t->foreign_holder || !somebody_waits(t))
		lock_giving_take(r);
}

static void when_taking(struct run *r)
{
	struct lock_turns *t = &r->host.turns;
	uint64_t now = clock_monotonic_ns();

	say_long(t, now);
	/* Somebody has it for long: they may see that for themselves. */
	if (now - t->turn_ns > DOOR_MS * NS_PER_MS)
		lock_guests_admit(&r->host);
}

static void when_nobodys(struct run *r)
{
	(void)r;
}

static void (*const when[])(struct run *r) = {
	[TURN_OURS] = when_ours,
	[TURN_GIVING] = when_giving,
	[TURN_THEIRS] = when_theirs,
	[TURN_TAKING] = when_taking,
	[TURN_NOBODYS] = when_nobodys,
};

static bool may_take_for_rules(const struct lock_turns *t)
{
	return t->turn == TURN_OURS || t->turn == TURN_NOBODYS;
}

int lock_turns_step(struct run *r)
{
	struct lock_turns *t = &r->host.turns;
	uint64_t now;

	if (t->use == LOCK_UNUSED)
		return LOCK_PACE_CALM_MS;
	hear_door(r);
	now = clock_monotonic_ns();
	if (now >= t->look_ns) {
		lock_guests_look(&r->host);
		t->look_ns = now + lock_pace_look_ms(r, now) * NS_PER_MS;
	}
	when[t->turn](r);
	let_in_next(r);
	if (may_take_for_rules(t) && raw_watch_due(r)) {
		legacy_window_open(r);
		lock_giving_take(r);
	}
	now = clock_monotonic_ns();
	return t->look_ns > now ? (int)((t->look_ns - now) / NS_PER_MS) + 1 : 0;
}

void lock_turns_end(struct run *r)
{
	if (r->host.turns.use == LOCK_UNUSED)
		return;
	hear_door(r);
	lock_guests_look(&r->host);
	see_off(&r->host);
}

void lock_turns_close(struct run *r)
{
	struct lock_turns *t = &r->host.turns;

	lock_door_leave(&t->door);
	lock_guests_admit(&r->host);
	lock_door_close(&t->door);
}
