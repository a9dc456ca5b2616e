// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_news: what is said of iptables' tables that others have changed. */
#include "supervisor/legacy_news.h"

#include <stdio.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/run_state.h"

enum { QUIET_MS = 5000 };	/* between two lines */

static bool is_time(const struct legacy_refresh *l, uint64_t now_ns)
{
	return !l->said_ns || now_ns >= l->said_ns + QUIET_MS * NS_PER_MS;
}

/* Return: a line is to be written. */
static bool note_change(struct run *r)
{
	struct legacy_refresh *l = &r->reader.legacy;
	uint64_t now = clock_monotonic_ns();

	r->outcome.tables_differ = true;
	if (!is_time(l, now)) {
		l->unsaid++;
		return false;
	}
	legacy_news_flush(r, UINT64_MAX);
	l->said_ns = now;
	return true;
}

/* Who had the lock, or opened its file, last; "" where nobody was seen. */
static void name_changer(const struct run *r, char *buf, size_t size)
{
	const struct run_waiter *last = r->host.turns.last;
	const char *who = r->reader.legacy.who;
	size_t n = (size_t)snprintf(buf, size, last || *who ? " by " : "");

	if (last)
		lock_waiters_who(last, buf + n, size - n);
	else if (*who)
		snprintf(buf + n, size - n, "%s", who);
}

void legacy_news_told(struct run *r, unsigned int family,
		      const struct snap_table *then,
		      const struct snap_table *now)
{
	char who[320];

	name_changer(r, who, sizeof(who));
	if (note_change(r))
		msg("note: table %s of %s was changed (%u rules then, %u now)"
		    "%s: its rules were read again",
		    then->name, families[family]->command, then->rules,
		    now ? now->rules : 0, who);
}

/* Between the look before, when all was as known, and this one. */
void legacy_news_unnoticed(struct run *r, unsigned int family,
			   const struct snap_table *then,
			   const struct snap_table *now)
{
	const struct legacy_refresh *l = &r->reader.legacy;
	double since = (double)(clock_monotonic_ns() - l->read_ns) / 1e9;

	r->outcome.unnoticed = true;
	if (note_change(r))
		msg("warning: table %s of %s was changed by somebody else who "
		    "did not take the lock (%u rules then, %u now): texts of "
		    "its rules in the last %.1f s may be wrong; they were read "
		    "again",
		    then->name, families[family]->command, then->rules,
		    now ? now->rules : 0, since);
}

void legacy_news_flush(struct run *r, uint64_t now_ns)
{
	struct legacy_refresh *l = &r->reader.legacy;

	if (!l->unsaid || !is_time(l, now_ns))
		return;
	msg("note: tables of iptables were changed %u time%s more: their rules "
	    "were read again", l->unsaid, plural(l->unsaid));
	l->unsaid = 0;
	l->said_ns = clock_monotonic_ns();
}
