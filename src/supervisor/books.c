// SPDX-License-Identifier: GPL-2.0-or-later
/* books: do the packets told account for all that the run's own rules counted? */
#include "supervisor/books.h"

#include <inttypes.h>

#include "base/msg.h"
#include "protocol/reader_ipc.h"
#include "rules/base/units.h"
#include "supervisor/run_state.h"
#include "supervisor/taken.h"

uint64_t books_counted(const struct run_host *h)
{
	uint64_t n = h->turns.dropped;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		n += h->undo.removed[i].packets;
	return n;
}

static unsigned int removed(const struct run_host *h)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		n += h->undo.removed[i].rules;
	return n;
}

/* Are any of the rules that count packets in a table of nft's? */
static bool counts_in_nft(const struct run_host *h)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (h->keeper_plan.nft[i].use && !h->keeper_plan.nft[i].key_only)
			return true;
	return false;
}

/* The run's nft tables go with the keeper: nobody could count them. */
unsigned int books_rules_missing(const struct run *r)
{
	const struct run_host *h = &r->host;

	if (removed(h) >= h->installed || !h->undone || h->undo.error ||
	    (r->outcome.end == END_KEEPER && counts_in_nft(h)))
		return 0;
	return h->installed - removed(h);
}

/*
 * A rule counts each packet that it matches.  Each such match makes an event of
 * that rule, but the one by which TRACE turns the tracing on.  So what was counted
 * is what came of own rules' events, and one more for each packet that no such
 * event began.  Packets that match several rules, or the same again behind
 * loopback, are in there as often as they were counted.
 */
static uint64_t matches_told(const struct stats *st)
{
	return st->own_rules + st->unannounced;
}

static bool rules_are_missing(const struct run *r)
{
	return !r->host.undone || r->host.undo.error ||
	       removed(&r->host) != r->host.installed;
}

static bool rules_are_others(const struct run *r)
{
	return r->outcome.tables_differ || r->outcome.verify_failed ||
	       taken_any(&r->taken) || r->host.turns.put_back;
}

/* TRACE tells of a packet from the rule behind it on, if that rule's matches let it come so far. */
static bool traces_in_raw(const struct run *r)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (r->plan.family[i].use &&
		    r->plan.family[i].trigger == TRIGGER_LEGACY)
			return true;
	return false;
}

/* In nft the run's own packets are known by its rule's event; in raw they are not. */
static bool others_trace(const struct run *r)
{
	return (r->foreign_trace && traces_in_raw(r)) ||
	       r->reader.seen.strangers;
}

/* What matched is remembered by rules that count nothing. */
static bool traces_replies(const struct run *r)
{
	return r->plan.replies;
}

static bool reader_was_ended(const struct run *r)
{
	return r->outcome.end == END_READER || r->outcome.end == END_BEGIN ||
	       r->reader.status || r->reader.dismissed;
}

/* -c: nobody counts what came behind the last packet that was asked for. */
static bool lost_what_nobody_asked_for(const struct run *r)
{
	return r->reader.seen.lost && !stats_lacks_events(&r->reader.seen);
}

static bool events_are_missing(const struct run *r)
{
	const struct stats *st = &r->reader.seen;

	return st->lost || st->broken || st->gone || r->outcome.overrun;
}

static bool packets_are_doubtful(const struct run *r)
{
	return r->reader.seen.ambiguous || r->reader.seen.incomplete;
}

/* Why the books need not balance; the first that holds. */
static const struct reason {
	bool (*holds)(const struct run *r);
	const char *text;		/* NULL: there are no books */
} books_reasons[] = {
	{ traces_replies, NULL },
	{ others_trace, NULL },
	{ reader_was_ended, NULL },
	{ lost_what_nobody_asked_for, NULL },
	{ rules_are_missing, "not all rules were there to the end" },
	{ rules_are_others, "others changed rules meanwhile" },
	{ events_are_missing, "events are missing" },
	{ packets_are_doubtful, "packets are doubtful" },
};

static const struct reason *find_books_reason(const struct run *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(books_reasons); i++)
		if (books_reasons[i].holds(r))
			return &books_reasons[i];
	return NULL;
}

static const char *guess(const struct run *r, bool more)
{
	if (more)
		return "packets came in again and were taken for others, or "
		       "rules of others trace that came meanwhile";
	return traces_in_raw(r) ?
		"packets are missing, or were taken for others, or a match of "
		"the rule behind TRACE dropped them, as for a header that is "
		"cut short" : "packets are missing, or were taken for others";
}

/* Return: matches that are told more (> 0) or fewer than were counted. */
static int64_t balance(const struct run *r)
{
	return (int64_t)(matches_told(&r->reader.seen) -
			 books_counted(&r->host));
}

uint64_t books_known(const struct run *r)
{
	if (!r->plan.inserts || r->plan.replies || r->foreign_trace ||
	    rules_are_missing(r) || taken_any(&r->taken) || r->host.turns.put_back)
		return READER_UNCOUNTED;
	return books_counted(&r->host);
}

bool books_wrong(const struct run *r)
{
	return r->plan.inserts && !find_books_reason(r) && balance(r);
}

void books_say(const struct run *r)
{
	const struct reason *why = find_books_reason(r);
	int64_t more = r->plan.inserts ? balance(r) : 0;
	uint64_t n = (uint64_t)(more < 0 ? -more : more);

	if (!more || (why && !why->text))
		return;
	msg("%s: the packets told account for %" PRIu64 " match%s %s than the "
	    "TRACE rules counted (%" PRIu64 "): %s",
	    why ? "note" : "warning", n, n == 1 ? "" : "es",
	    more < 0 ? "fewer" : "more", books_counted(&r->host),
	    why ? why->text : guess(r, more > 0));
}
