// SPDX-License-Identifier: GPL-2.0-or-later
/* summary_host: is the host as it was found?  What was removed, put back, given. */
#include "supervisor/summary_host.h"

#include <stdio.h>

#include "base/msg.h"
#include "supervisor/books.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/run_state.h"

static void print_loggers(const struct run *r, char *buf, size_t size)
{
	static const char *const words[] = {
		[UNDO_LOGGER_KEPT] = "unchanged",
		[UNDO_LOGGER_RESTORED] = "restored",
		[UNDO_LOGGER_FOREIGN] = "left as somebody else has set it",
		[UNDO_LOGGER_FAILED] = "NOT restored",
	};
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (r->plan.family[i].use)
			at += (size_t)snprintf(buf + at, size - at,
					       "%s%s logger %s",
					       at ? ", " : "",
					       families[i]->name,
					       words[r->host.undo.logger[i]]);
}

static void describe_lock(const struct run *r, char *buf, size_t size)
{
	const struct run_host *h = &r->host;
	unsigned int n = h->turns.gives;
	size_t at;

	if (!r->plan.lock) {
		snprintf(buf, size, "no lock was needed");
		return;
	}
	at = (size_t)snprintf(buf, size, "lock held %.1f s",
			      (double)h->held_ns / 1e9);
	if (n)
		snprintf(buf + at, size - at, ", and given to others %u time%s",
			 n, plural(n));
}

static void print_mended(const struct lock_turns *t)
{
	if (t->put_back)
		msg("warning: %u rule%s of the run had to be put back into "
		    "raw: packets in between were not traced",
		    t->put_back, plural(t->put_back));
	if (t->moved)
		msg("note: the run's rules were moved back to the top of raw, "
		    "%u in all", t->moved);
}

static unsigned int rules_removed(const struct run_host *h)
{
	unsigned int removed = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		removed += h->undo.removed[i].rules;
	return removed;
}

bool summary_host_is_clean(const struct run *r)
{
	const struct run_host *h = &r->host;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (r->plan.family[i].use &&
		    h->undo.logger[i] != UNDO_LOGGER_KEPT &&
		    h->undo.logger[i] != UNDO_LOGGER_RESTORED)
			return false;
	return h->undone && !h->undo.error && !h->turns.put_back &&
	       !r->outcome.verify_failed && !r->outcome.tables_differ &&
	       rules_removed(h) == h->installed && !books_rules_missing(r);
}

void summary_host(const struct run *r)
{
	const struct run_host *h = &r->host;
	unsigned int removed = rules_removed(h), missing = books_rules_missing(r);
	char loggers[256], lock[96];
	void (*say)(const char *fmt, ...)
		__attribute__((format(printf, 1, 2))) =
		summary_host_is_clean(r) && !h->turns.gives ? msg_detail : msg;

	describe_lock(r, lock, sizeof(lock));
	print_loggers(r, loggers, sizeof(loggers));
	say("%u rule%s inserted, %u removed; %s; tables %s; %s", h->installed,
	    plural(h->installed), removed, loggers,
	    r->outcome.verify_failed   ? "NOT verified"
	    : r->outcome.tables_differ ? "changed by others"
			       : "as before",
	    lock);
	if (missing)
		msg("note: %u rule%s had been removed by somebody else",
		    missing, plural(missing));
	print_mended(&h->turns);
	lock_waiters_print(&h->turns);
	if (h->undo.error)
		msg("error: %s: %s; try 'nftrace --cleanup'",
		    h->undo.error_what, msg_errno_text(h->undo.error));
}
