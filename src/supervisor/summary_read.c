// SPDX-License-Identifier: GPL-2.0-or-later
/* summary_read: what was found in the file of --read, on stderr at its end. */
#include "supervisor/summary_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/msg.h"
#include "base/strbuf.h"
#include "replay/record_read.h"
#include "supervisor/expect.h"
#include "supervisor/run_state.h"
#include "supervisor/summary_packets.h"

/* What the user may look for in the file. */
static void print_refused(const struct stats_refused *st, const char *file)
{
	int len = (int)strlen(st->word);

	if (!st->count)
		return;
	if (st->fault == RECORD_WHOLE)
		msg("warning: %" PRIu64 " TRACE line%s cut off or damaged; the "
		    "first is line %" PRIu64 " of %s",
		    st->count, st->count == 1 ? " is" : "s are", st->first,
		    file);
	else
		msg("warning: the journey%s of %" PRIu64 " packet%s make%s no "
		    "sense; the first is that of packet %" PRIu64 " of "
		    "%s%s%.*s%s: %s",
		    plural(st->count), st->count, plural(st->count),
		    st->count == 1 ? "s" : "", st->first, file,
		    len ? ", at \"" : "", len, st->word, len ? "\"" : "",
		    record_fault_text(st->fault));
}

/* "2, 5 to 9": counted as Wireshark does. */
static void print_bare(const struct stats_bare *st, const char *file)
{
	char list[STATS_RANGES * 48];
	struct strbuf to = { list, sizeof(list), 0 };
	uint64_t told = 0;

	for (uint32_t i = 0; i < st->ranges; i++) {
		const struct stats_range *r = &st->range[i];

		told += r->last - r->first + 1;
		strbuf_add(&to, "%s%" PRIu64, i ? ", " : "", r->first);
		if (r->last > r->first)
			strbuf_add(&to, " to %" PRIu64, r->last);
	}
	if (st->count)
		msg("note: %" PRIu64 " packet%s of %s %s no journey: nothing of "
		    "nftrace's is in %s: number%s %s%s", st->count,
		    plural(st->count), file, st->count == 1 ? "has" : "have",
		    st->count == 1 ? "it" : "them", plural(st->count), list,
		    told < st->count ? " and others" : "");
}

/* A log that runs backwards is none in which packets can be followed. */
static void print_order(const struct stats_text *st, const char *path)
{
	if (!st->older)
		return;
	if (st->older > st->newer)
		msg("warning: the times in %s run backwards, newest first: try "
		    "tac %s | nftrace --read -", path, path);
	else
		msg("note: %" PRIu64 " line%s of %s %s older than the one "
		    "before: lines are out of order, or there are several logs "
		    "in it", st->older, plural(st->older), path,
		    st->older == 1 ? "is" : "are");
}

/* Rules of one backend, and a text that can only be of the other's. */
static void print_backend(const struct stats_text *st)
{
	if (st->holds == STATS_LOGGED && st->rules == STATS_PRINTED)
		msg("note: --rules: the rules are of nft; lines of the kernel's "
		    "log are of iptables-legacy's, which iptables-legacy-save "
		    "prints");
	if (st->holds == STATS_PRINTED && st->rules == STATS_LOGGED)
		msg("note: --rules: the rules are of iptables; what nft monitor "
		    "trace and xtables-monitor print is of nft's, which nft -a "
		    "list ruleset prints");
}

/* What had to be done to the text before it could be read. */
static void print_text(const struct stats_text *st, const char *path)
{
	print_backend(st);
	print_order(st, path);
	if (st->doubled)
		msg("note: %" PRIu64 " line%s there twice, and counted once",
		    st->doubled, st->doubled == 1 ? " was" : "s were");
	if (st->again)
		msg("note: %" PRIu64 " packet%s printed with the id and the "
		    "headers of one before: the text may hold %s twice",
		    st->again, st->again == 1 ? " was" : "s were",
		    st->again == 1 ? "it" : "them");
	if (st->joined)
		msg("note: %" PRIu64 " entr%s stood on the line of another",
		    st->joined, st->joined == 1 ? "y" : "ies");
	if (st->wrapped)
		msg("note: %" PRIu64 " entr%s put together from several lines",
		    st->wrapped, st->wrapped == 1 ? "y was" : "ies were");
	if (st->masked)
		msg("note: %" PRIu64 " line%s masked addresses: what is hidden "
		    "of them is shown as 0", st->masked,
		    st->masked == 1 ? " has" : "s have");
}

/* "raw:PREROUTING and raw:OUTPUT", of both families. */
static void name_raw(char *buf, size_t size, unsigned int bits)
{
	static const char *const names[] = {
		[STATS_BELOW_PREROUTING] = "raw:PREROUTING",
		[STATS_BELOW_OUTPUT] = "raw:OUTPUT",
	};
	size_t n = 0;

	bits |= bits >> STATS_BELOW_HOOKS;
	for (unsigned int i = 0; i < STATS_BELOW_HOOKS; i++)
		if (bits & 1u << i)
			n += (size_t)snprintf(buf + n, size - n, "%s%s",
					      n ? " and " : "", names[i]);
}

static void print_misfit(const struct stats_misfit *m, const char *path)
{
	char raw[64];

	if (m->below) {
		name_raw(raw, sizeof(raw), m->below);
		msg("note: --rules are without the TRACE rule that %s is of: "
		    "numbers in %s are one higher there, and were read so",
		    path, raw);
	}
	if (m->unproved) {
		name_raw(raw, sizeof(raw), m->unproved);
		msg("warning: --rules have no TRACE rule: nothing in %s tells "
		    "whether its numbers in %s are one higher; rules there are "
		    "marked as doubtful", path, raw);
	}
	if (m->chains && m->how == STATS_OTHER_POLICY)
		msg("warning: --rules are not those that %s is of: line %"
		    PRIu64 " says %s, and they have another; the policies of %u "
		    "chain%s are told without their words", path, m->line,
		    m->place, m->chains, plural(m->chains));
	else if (m->chains)
		msg("warning: --rules are not those that %s is of: line %"
		    PRIu64 " says %s, %s; rules of %u chain%s are marked as "
		    "doubtful", path, m->line, m->place,
		    m->how == STATS_WENT_ON ?
		    "where they end that packet, and it went on" :
		    "which they do not have, or that packet cannot meet",
		    m->chains, plural(m->chains));
}

/* Somebody may have chosen among them: that is not a loss. */
static void print_recorded(const struct stats *st, const char *path)
{
	if (st->twins)
		msg("note: %" PRIu64 " packet%s there twice, and told once",
		    st->twins, st->twins == 1 ? " was" : "s were");
	if (st->absent)
		msg("note: by the packets' numbers %" PRIu64 " of the run %s not "
		    "in %s: it is an excerpt", st->absent,
		    st->absent == 1 ? "is" : "are", path);
}

static void print_read_events(const struct stats *st)
{
	char others[96] = "";

	if (st->passed_over)
		snprintf(others, sizeof(others), "; %" PRIu64 " line%s or "
			 "packet%s of others passed over", st->passed_over,
			 plural(st->passed_over), plural(st->passed_over));
	if (st->lost || st->passed_over)
		msg("%" PRIu64 " event%s, %" PRIu64 " lost%s", st->events,
		    plural(st->events), st->lost, others);
	else
		msg_detail("%" PRIu64 " event%s, 0 lost", st->events,
			   plural(st->events));
}

void summary_read(const struct run *r)
{
	const struct stats *st = &r->reader.seen;

	summary_output_error(&r->reader);
	summary_packets(st, r->o, "");
	print_read_events(st);
	print_refused(&st->refused, r->o->read);
	print_bare(&st->bare, r->o->read);
	print_text(&st->text, r->o->read);
	print_recorded(st, r->o->read);
	print_misfit(&st->misfit, r->o->read);
	if (st->strangers)
		msg("warning: %" PRIu64 " trace event%s of rules that are not "
		    "in the rules given: were they saved while the trace ran?",
		    st->strangers, plural(st->strangers));
	if (st->ambiguous)
		msg("note: %" PRIu64 " packet%s could not be told apart from "
		    "identical ones", st->ambiguous, plural(st->ambiguous));
	expect_say(r);
}
