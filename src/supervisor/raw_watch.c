// SPDX-License-Identifier: GPL-2.0-or-later
/* raw_watch: do the run's own TRACE rules still stand where they were put? */
#include "supervisor/raw_watch.h"

#include <stdio.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/legacy/trace_mend.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/run_state.h"

/* Between two looks; a look takes 1/SHARE of the time at most. */
enum { PAUSE_MS = 500, WATCH_SHARE = 50 };

static bool is_mending_needed(const struct run *r)
{
	const struct keeper_plan *k = &r->host.keeper_plan;
	bool needed = false;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		needed |= k->undo.rules[i] &&
			trace_mend_needed(&k->set[i], &k->undo.owner);
	return needed;
}

bool raw_watch_due(struct run *r)
{
	struct lock_turns *t = &r->host.turns;
	uint64_t begun = clock_monotonic_ns(), pause = PAUSE_MS * NS_PER_MS, now;
	bool needed;

	if (begun < t->rules_ns || t->rules_gone || r->host.undone)
		return false;
	needed = is_mending_needed(r);
	now = clock_monotonic_ns();
	if (pause < (now - begun) * WATCH_SHARE)
		pause = (now - begun) * WATCH_SHARE;
	t->rules_ns = now + pause;
	return needed;
}

static void name_culprit(const struct lock_turns *t, char *buf, size_t size)
{
	size_t n;

	if (!t->last || !t->came) {
		snprintf(buf, size, "by somebody who did not take the xtables "
			 "lock");
		return;
	}
	if (t->came > 1)
		n = (size_t)snprintf(buf, size, "by one of %u who had the "
				     "lock, the last of them ", t->came);
	else
		n = (size_t)snprintf(buf, size, "by ");
	lock_waiters_who(t->last, buf + n, size - n);
}

static void say_moved(struct lock_turns *t, unsigned int rules,
		      const struct family *f)
{
	char who[360];

	/* Somebody may insist; the summary says how often. */
	if (t->moved > rules)
		return;
	name_culprit(t, who, sizeof(who));
	msg("note: rules were put before the run's own in raw of %s, %s: its "
	    "%u rule%s moved back to the top", f->command, who, rules,
	    rules == 1 ? " was" : "s were");
}

static void say_put_back(const struct lock_turns *t, unsigned int rules,
			 const struct family *f)
{
	char who[360];

	name_culprit(t, who, sizeof(who));
	msg("warning: %u rule%s of the run %s taken out of raw of %s, %s; put "
	    "back: packets in between were not traced",
	    rules, plural(rules), rules == 1 ? "was" : "were", f->command, who);
}

static void say_missing(const struct lock_turns *t, unsigned int rules,
			const struct family *f)
{
	char who[360];

	name_culprit(t, who, sizeof(who));
	msg("warning: %u rule%s of the run %s taken out of raw of %s once "
	    "more, %s: not put back a second time",
	    rules, plural(rules), rules == 1 ? "was" : "were", f->command, who);
}

void raw_watch_mended(struct run *r, const struct keeper_message *m)
{
	struct lock_turns *t = &r->host.turns;
	const bool known = t->rules_gone;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct trace_mended *d = &m->mended[i];

		t->moved += d->moved;
		t->put_back += d->put_back;
		t->dropped += d->dropped;
		t->rules_gone |= d->missing > 0;
		if (d->moved)
			say_moved(t, d->moved, families[i]);
		if (d->put_back)
			say_put_back(t, d->put_back, families[i]);
		if (d->missing && !known)
			say_missing(t, d->missing, families[i]);
	}
}
