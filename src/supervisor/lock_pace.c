// SPDX-License-Identifier: GPL-2.0-or-later
/* lock_pace: how patient who waits for the lock must be, and how often it is looked at. */
#include "supervisor/lock_pace.h"

#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/run_state.h"

enum {
	PATIENCE_MS = 1000,	/* of who waits; long before others' 5 s */
	ABOUT_MS = 3000,	/* behind that the next one need not be as patient */
	STORM_GIVES = 10,	/* so many turns at once, and one each ... */
	STORM_MS = 200,		/* ... are no storm: it is taken as soon as it is free */
	LINGER_MS = 50,		/* else only when nobody came for so long */
	READ_FIRST_MS = 100,	/* who comes meanwhile is kept at the door at most */
};

/* Between two looks at /proc/locks. */
enum {
	WATCHFUL_MS = 250,	/* who comes is not heard */
	QUEUE_MS = 50,		/* somebody waits, or the command may */
	ABOUT_LOOK_MS = 10,
	GIVEN_MS = 2,		/* who was given the lock has it soon, and no more soon */
	GIVEN_LONG_MS = 20,
	GIVEN_SHORT_NS = 50000000,
};

/* Each turn has the tables read: a script of 1000 iptables shall be one turn, or few. */
void lock_pace_give(struct lock_turns *t, uint64_t now)
{
	const uint64_t step = STORM_MS * NS_PER_MS;

	if (t->storm_ns < now)
		t->storm_ns = now;
	t->storm_ns += step;
	t->linger_ns = t->storm_ns > now + STORM_GIVES * step ?
		LINGER_MS * NS_PER_MS : 0;
	if (t->linger_ns)
		t->storm_ns -= step;
}

/*
 * Of two who were at the tables between two readings nobody knows what rules were in
 * force in between.  Not in a storm, though, and not for who has waited for it already.
 */
bool lock_pace_reads_first(const struct run *r, const struct lock_guest *g)
{
	const struct lock_turns *t = &r->host.turns;

	if (t->use == LOCK_KEPT || t->linger_ns)
		return false;
	return legacy_refresh_is_busy(r) &&
	       clock_monotonic_ns() - g->since_ns < READ_FIRST_MS * NS_PER_MS;
}

uint64_t lock_pace_patience_ns(const struct run *r, const struct lock_guest *g)
{
	const struct lock_turns *t = &r->host.turns;

	/* The run waits for the command's end, and the command for the lock. */
	if (command_is_parent_of(&r->command, g->pid))
		return 0;
	if (t->gives && clock_monotonic_ns() - t->taken_ns < ABOUT_MS * NS_PER_MS)
		return 0;
	return PATIENCE_MS * NS_PER_MS;
}

static unsigned int pause_when_ours(const struct run *r, uint64_t now)
{
	const struct lock_turns *t = &r->host.turns;

	if (t->guests)
		return QUEUE_MS;
	if (t->door.kind == DOOR_ASKS)
		return LOCK_PACE_CALM_MS;
	if (t->gives && now - t->taken_ns < ABOUT_MS * NS_PER_MS)
		return ABOUT_LOOK_MS;
	return r->command.state != COMMAND_NONE ? QUEUE_MS : WATCHFUL_MS;
}

/* From one look at /proc/locks to the next, milliseconds. */
unsigned int lock_pace_look_ms(const struct run *r, uint64_t now)
{
	const struct lock_turns *t = &r->host.turns;

	switch (t->turn) {
	case TURN_OURS:
		return pause_when_ours(r, now);
	case TURN_THEIRS:
		return now - t->turn_ns < GIVEN_SHORT_NS ? GIVEN_MS
							 : GIVEN_LONG_MS;
	case TURN_NOBODYS:
		return LOCK_PACE_CALM_MS;
	default:
		return QUEUE_MS;
	}
}
