// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_giving: the lock goes to others, and comes back. */
#include "supervisor/lock_giving.h"

#include "rules/base/clock.h"
#include "rules/base/testpoint.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/lock_guests.h"
#include "supervisor/lock_pace.h"
#include "supervisor/run_state.h"

void lock_giving_turn(struct lock_turns *t, enum lock_turn turn)
{
	t->turn = turn;
	t->turn_ns = t->look_ns = clock_monotonic_ns();
}

/* All of them: who has it first is the kernel's choice. */
static void mark_given(struct lock_turns *t)
{
	for (unsigned int i = 0; i < t->guests; i++) {
		if (t->guest[i].given)
			continue;
		t->guest[i].given = true;
		t->last = t->guest[i].who;
		t->came++;
	}
}

/*
 * The reader hears of it before anybody can have the lock.  Who waits may have had
 * it, and be gone, before the keeper's answer is heard.
 */
void lock_giving_ask(struct run *r)
{
	legacy_window_open(r);
	TESTPOINT("before-give");
	mark_given(&r->host.turns);
	lock_giving_turn(&r->host.turns, TURN_GIVING);
	r->host.turns.given_ns = r->host.turns.turn_ns;
	keeper_ask_give(&r->host.keeper);
}

void lock_giving_done(struct run *r)
{
	struct run_host *h = &r->host;
	struct lock_turns *t = &h->turns;
	uint64_t now = clock_monotonic_ns();

	t->gives++;
	lock_pace_give(t, now);
	t->given_ns = t->opened_ns = t->busy_ns = now;
	h->held_ns += now - h->locked_ns;
	h->locked = false;
	mark_given(t);
	lock_giving_turn(t, TURN_THEIRS);
	lock_guests_admit(h);
}

void lock_giving_take(struct run *r)
{
	TESTPOINT("before-take");
	lock_giving_turn(&r->host.turns, TURN_TAKING);
	keeper_ask_take(&r->host.keeper);
}
