// SPDX-License-Identifier: GPL-2.0-or-later
/* summary: what the run found and did, on stderr at its end. */
#include "supervisor/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "base/msg.h"
#include "replay/record_read.h"
#include "rules/base/clock.h"
#include "rules/base/netlink.h"
#include "supervisor/books.h"
#include "supervisor/changers_say.h"
#include "supervisor/expect.h"
#include "supervisor/lock_waiters.h"
#include "supervisor/loss_answer.h"
#include "supervisor/run_hints.h"
#include "supervisor/run_state.h"
#include "supervisor/taken.h"

enum { DROPS_SHOWN = 10 };

static const char *output_name(const struct run_reader *rd)
{
	uint8_t i = rd->seen.output_sink;
	const char *path = i < SINK_COUNT ? rd->sink[i].path : "";

	return *path && strcmp(path, "-") != 0 ? path : "standard output";
}

/* An error can come at the very end, when the last of the results are written. */
static void print_output_error(const struct run_reader *rd)
{
	int err = rd->seen.output_error;

	if (err && err != -EPIPE)
		msg("error: writing %s: %s: it is not complete", output_name(rd),
		    strerror(-err));
}

/* By itself or because it was ended: in either case not all is printed. */
static void print_reader_end(const struct run *r)
{
	if (r->outcome.end != END_READER &&
	    (!r->reader.status || r->reader.dismissed))
		return;
	if (r->reader.seen.memory_short)
		msg("error: the reader needs more memory than it may "
		    "have (%u MiB, or what ulimit -d allows)", MEMORY_MIB);
	else
		msg("error: the reader ended before its time");
}

static void print_end(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	double seconds = (double)(clock_monotonic_ns() - r->clock.armed_ns) / 1e9;

	switch (r->outcome.end) {
	case END_TIME:
		if (r->o->count && st->printed < r->o->count)
			msg("stopped by time: %" PRIu64 " of %" PRIu64,
			    st->printed, r->o->count);
		break;
	case END_SIGNAL:
		msg("stopped by signal %d (%s) after %.1f s", r->outcome.signal,
		    strsignal(r->outcome.signal), seconds);
		break;
	case END_STDOUT:
		if (st->output_error == -EPIPE || !st->output_error)
			msg("stopped: nobody reads %s any more",
			    output_name(&r->reader));
		break;
	case END_KEEPER:
		msg("error: the keeper ended before its time");
		break;
	case END_OVERDUE:
		msg("warning: nftrace was stopped or stuck beyond its end; "
		    "the keeper has put the host back");
		break;
	default:
		break;
	}
}

/* Which of the packets are told of; what stdout had no room for has a line of its own. */
static void say_which(char *to, size_t size, const struct stats *st,
		      const struct options *o)
{
	to[0] = '\0';
	if (st->printed + st->unprinted == st->packets)
		return;
	if (!o->count || st->printed < o->count)
		snprintf(to, size, ", %" PRIu64 " of them printed",
			 st->printed);
	else if (o->count == 1)
		snprintf(to, size, ", the first one%s printed",
			 o->only ? " that fits" : "");
	else
		snprintf(to, size, ", the first %" PRIu64 "%s printed",
			 o->count, o->only ? " that fit" : "");
}

static void print_fates(const struct stats *st, const struct options *o)
{
	char line[512], which[64];
	size_t at = 0;

	say_which(which, sizeof(which), st, o);
	line[0] = '\0';
	for (unsigned int k = 0; k < FATE_COUNT; k++)
		if (st->fate[k])
			at += (size_t)snprintf(line + at, sizeof(line) - at,
					       "%s%" PRIu64 " %s",
					       at ? ", " : ": ",
					       st->fate[k],
					       fate_word(k));
	msg("%" PRIu64 " packet%s traced%s%s", st->packets, plural(st->packets),
	    which, line);
	if (st->incomplete > st->fate[FATE_INCOMPLETE])
		msg("warning: of %" PRIu64 " packet%s that --only leaves out "
		    "events are missing: what became of %s is not known",
		    st->incomplete - st->fate[FATE_INCOMPLETE],
		    plural(st->incomplete - st->fate[FATE_INCOMPLETE]),
		    st->incomplete - st->fate[FATE_INCOMPLETE] == 1 ? "it" :
								   "them");
}

/* The same rule can be there for both families: then the family is said. */
static bool drops_are_mixed(const struct stats *st)
{
	bool seen[FAMILY_COUNT + 1] = { false };

	for (unsigned int i = 0; i < DROPS_SHOWN && i < st->drops; i++)
		seen[st->drop[i].family] = true;
	return seen[0] && seen[1];
}

static void print_drops(const struct stats *st)
{
	bool mixed = drops_are_mixed(st);

	for (unsigned int i = 0; i < DROPS_SHOWN && i < st->drops; i++) {
		const struct stats_drop *d = &st->drop[i];
		char family[16] = "";

		if (mixed && d->family < FAMILY_COUNT)
			snprintf(family, sizeof(family), " (%s)",
				 families[d->family]->name);
		msg("  %" PRIu64 " by %s%s", d->packets, d->text, family);
	}
}

/* What the kernel says of packets that no rule dropped. */
static void print_reasons(const struct stats *st)
{
	for (unsigned int i = 0; i < DROPS_SHOWN && i < st->reasons; i++)
		msg("  %" PRIu64 " %s", st->reason[i].packets,
		    st->reason[i].text);
	if (st->drops_lost)
		msg("warning: the kernel told why it lost %" PRIu64 " packet%s, "
		    "and there was no room for that: of as many that are told "
		    "to have gone on it is not so, or the reason is missing",
		    st->drops_lost, plural(st->drops_lost));
	if (st->late)
		msg("note: %" PRIu64 " packet%s lost after %s told of: the line "
		    "that says so came later", st->late, st->late == 1 ?
		    " was" : "s were", st->late == 1 ? "it was" : "they were");
	if (st->hidden.count)
		msg("note: %" PRIu64 " packet%s that --only had left out %s "
		    "lost later; the first: %s", st->hidden.count,
		    plural(st->hidden.count), st->hidden.count == 1 ? "was"
								   : "were",
		    st->hidden.first);
}

/* Of another run, or of rules that somebody else has made. */
static void print_others(const struct stats_others *o)
{
	uint64_t runs = stats_get(&o->runs), rules = stats_get(&o->rules);
	char pid[32] = "";

	if (o->pid && o->pid != STATS_MANY)
		snprintf(pid, sizeof(pid), " (nftrace pid %" PRIu32 ")",
			 o->pid);
	if (runs)
		msg("note: %" PRIu64 " packet%s of %s%s %s left out", runs,
		    plural(runs), o->pid == STATS_MANY ? "other runs of nftrace"
						       : "another trace",
		    pid, runs == 1 ? "was" : "were");
	if (rules)
		msg("note: %" PRIu64 " packet%s that only rules of others "
		    "traced %s left out", rules, plural(rules),
		    rules == 1 ? "was" : "were");
}

/* With an expression nobody asks for them. */
static void print_frames(const struct run *r)
{
	uint64_t n = r->reader.seen.frames;

	if (n && !r->plan.inserts)
		msg("note: %" PRIu64 " event%s of frames that are no packets "
		    "of IP (arp and the like) %s not shown", n, plural(n),
		    n == 1 ? "is" : "are");
}

static void print_events(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	uint64_t forged = st->forged + netlink_forged();
	uint64_t counted = books_counted(&r->host);

	/* What rules counted between the last look and their end is not known. */
	msg("%" PRIu64 " event%s, %" PRIu64 " lost; the TRACE rules counted "
	    "%s%" PRIu64 " packet%s",
	    st->events, plural(st->events), st->lost,
	    r->host.turns.put_back || books_rules_missing(r) ? "at least " : "",
	    counted, plural(counted));
	if (st->lost)
		msg("warning: events were lost: a larger --buffer, a lower "
		    "--rate or a narrower match helps");
	if (st->unprinted)
		msg("warning: %" PRIu64 " record%s left out of the output: %s",
		    st->unprinted, plural(st->unprinted),
		    r->reader.sink[SINK_STDOUT].limit ? "more came than is held back "
						 "while a command runs"
					       : "its reader was too slow");
	if (st->strangers)
		msg("warning: %" PRIu64 " trace event%s of rules that were not "
		    "there when the trace began",
		    st->strangers, plural(st->strangers));
	if (st->gone)
		msg("warning: %" PRIu64 " event%s of nft rules that were gone "
		    "before their text could be read",
		    st->gone, plural(st->gone));
	if (st->straddled)
		msg("warning: %" PRIu64 " %s%s met rules that were just being "
		    "changed: what is not certain of %s is marked (doubtful)",
		    st->straddled, r->o->flat ? "event" : "packet",
		    plural(st->straddled), st->straddled == 1 ? "it" : "them");
	if (forged)
		msg("warning: %" PRIu64 " netlink message%s came from another "
		    "process, not from the kernel: left out. Who has "
		    "CAP_NET_ADMIN here can send such", forged, plural(forged));
	if (st->broken)
		msg("warning: %" PRIu64 " netlink message%s could not be read: "
		    "what %s told of is missing",
		    st->broken, plural(st->broken),
		    st->broken == 1 ? "it" : "they");
	if (st->foreign)
		msg("note: %" PRIu64 " message%s of others on NFLOG group 0",
		    st->foreign, plural(st->foreign));
	if (st->ruleless)
		msg("note: %" PRIu64
		    " packet%s met no rule: no chain of nft is "
		    "at the hooks that %s passed",
		    st->ruleless, plural(st->ruleless),
		    st->ruleless == 1 ? "it" : "they");
	if (st->ambiguous)
		msg("note: %" PRIu64 " packet%s could not be told apart from "
		    "identical ones", st->ambiguous, plural(st->ambiguous));
	print_others(&st->others);
	print_frames(r);
}

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

static void print_proof(const struct run *r)
{
	const struct run_host *h = &r->host;
	unsigned int removed = 0, missing = books_rules_missing(r);
	char loggers[256], lock[96];

	describe_lock(r, lock, sizeof(lock));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		removed += h->undo.removed[i].rules;
	print_loggers(r, loggers, sizeof(loggers));
	msg("%u rule%s inserted, %u removed; %s; tables %s; %s", h->installed,
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

void summary_print(const struct run *r)
{
	print_end(r);
	print_reader_end(r);
	print_output_error(&r->reader);
	print_fates(&r->reader.seen, r->o);
	print_drops(&r->reader.seen);
	print_reasons(&r->reader.seen);
	losses_say(&r->reader.seen.losses, r->reader.loss);
	print_events(r);
	changers_say_all(&r->reader.seen);
	taken_say(&r->taken);
	run_hints_say(r);
	print_proof(r);
	expect_say(r);
}

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

/* What had to be done to the text before it could be read. */
static void print_text(const struct stats_text *st, const char *path)
{
	print_order(st, path);
	if (st->doubled)
		msg("note: %" PRIu64 " line%s there twice, and counted once",
		    st->doubled, st->doubled == 1 ? " was" : "s were");
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

void summary_print_read(const struct run *r)
{
	const struct stats *st = &r->reader.seen;

	print_output_error(&r->reader);
	print_fates(&r->reader.seen, r->o);
	print_drops(&r->reader.seen);
	print_reasons(&r->reader.seen);
	msg("%" PRIu64 " event%s, %" PRIu64 " lost; %" PRIu64 " line%s or "
	    "packet%s of others passed over",
	    st->events, plural(st->events), st->lost, st->passed_over,
	    plural(st->passed_over), plural(st->passed_over));
	print_refused(&st->refused, r->o->read);
	print_text(&st->text, r->o->read);
	if (st->strangers)
		msg("warning: %" PRIu64 " trace event%s of rules that are not "
		    "in the rules given: were they saved while the trace ran?",
		    st->strangers, plural(st->strangers));
	if (st->ambiguous)
		msg("note: %" PRIu64 " packet%s could not be told apart from "
		    "identical ones", st->ambiguous, plural(st->ambiguous));
	expect_say(r);
}
