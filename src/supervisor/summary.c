// SPDX-License-Identifier: GPL-2.0-or-later
/* summary: what the run found and did, on stderr at its end. */
#include "supervisor/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answers/loss_answer.h"
#include "base/memory.h"
#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/netlink.h"
#include "supervisor/books.h"
#include "supervisor/changers_say.h"
#include "supervisor/expect.h"
#include "supervisor/run_hints.h"
#include "supervisor/run_state.h"
#include "supervisor/summary_host.h"
#include "supervisor/summary_packets.h"
#include "supervisor/taken.h"

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
		msg("error: the reader ended too soon: what is printed is not "
		    "all");
}

static double seconds_traced(const struct run *r)
{
	return (double)(clock_monotonic_ns() - r->clock.armed_ns) / 1e9;
}

static void print_end(const struct run *r)
{
	const struct stats *st = &r->reader.seen;

	switch (r->outcome.end) {
	case END_TIME:
		if (r->o->count && st->printed < r->o->count)
			msg("stopped by time: %" PRIu64 " of %" PRIu64,
			    st->printed, r->o->count);
		break;
	case END_SIGNAL:
		/* What whoever pressed it knows stands behind the packets. */
		if (r->outcome.signal == SIGINT)
			break;
		msg("stopped by signal %d (%s) after %.1f s", r->outcome.signal,
		    strsignal(r->outcome.signal), seconds_traced(r));
		break;
	case END_STDOUT:
		if (st->output_error == -EPIPE || !st->output_error)
			msg("stopped: nobody reads %s any more",
			    summary_output_name(&r->reader));
		break;
	case END_KEEPER:
		msg("error: the keeper ended too soon, and the trace with it");
		break;
	case END_OVERDUE:
		msg("warning: nftrace was stopped or stuck beyond its end; "
		    "the keeper has put the host back");
		break;
	default:
		break;
	}
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

/* Something is missing or in doubt, or others came in between: then all numbers count. */
static bool is_eventful(const struct run *r)
{
	const struct stats *st = &r->reader.seen;

	return stats_lacks_events(st) || st->unprinted || st->gone || st->strangers ||
	       st->broken || st->incomplete || st->straddled ||
	       r->host.turns.gives || taken_any(&r->taken) ||
	       !summary_host_is_clean(r);
}

static void print_events(const struct run *r)
{
	const struct stats *st = &r->reader.seen;
	uint64_t forged = st->forged + netlink_forged();
	uint64_t counted = books_counted(&r->host);
	void (*say)(const char *fmt, ...)
		__attribute__((format(printf, 1, 2))) = msg;

	/* What rules counted between the last look and their end is not known. */
	if (!is_eventful(r) && (!r->plan.inserts || st->packets <= counted))
		say = msg_detail;
	say("%" PRIu64 " event%s, %" PRIu64 " lost; the TRACE rules counted "
	    "%s%" PRIu64 " packet%s",
	    st->events, plural(st->events), st->lost,
	    r->host.turns.put_back || books_rules_missing(r) ? "at least " : "",
	    counted, plural(counted));
	if (stats_lacks_events(st))
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
		msg("warning: %" PRIu64 " event%s of nft rules that were gone, or "
		    "may have been, before their text could be read",
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

/* Behind the packets, on the one line of a run without surprises. */
static void describe_rest(const struct run *r, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	if (r->outcome.end == END_SIGNAL && r->outcome.signal == SIGINT)
		at = (size_t)snprintf(buf, size, "; stopped by Ctrl-C after "
				      "%.1f s", seconds_traced(r));
	if (summary_host_is_clean(r))
		snprintf(buf + at, size - at, "; %s", r->host.installed ?
			 "all removed" : "the host is as it was");
}

void summary_print(const struct run *r)
{
	char rest[96];

	describe_rest(r, rest, sizeof(rest));
	if (r->outcome.untold) {
		msg("warning: the rules' texts were not there yet: what was traced "
		    "is not shown%s", rest);
		summary_host(r);
		return;
	}
	print_end(r);
	print_reader_end(r);
	summary_output_error(&r->reader);
	summary_packets(&r->reader.seen, r->o, rest);
	losses_say(&r->reader.seen.losses, r->reader.loss);
	print_events(r);
	changers_say_all(&r->reader.seen);
	taken_say(&r->taken);
	run_hints_say(r);
	summary_host(r);
	expect_say(r);
}

