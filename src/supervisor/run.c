// SPDX-License-Identifier: GPL-2.0-or-later
/* run: one run of the supervisor, from the checks to the exit status. */
#include "supervisor/run.h"

#include <errno.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "plan/plan.h"
#include "plan/plan_print.h"
#include "rules/base/units.h"
#include "rules/legacy/ledger.h"
#include "supervisor/arm.h"
#include "supervisor/books.h"
#include "supervisor/disarm.h"
#include "supervisor/expect.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/masking.h"
#include "supervisor/pod_match.h"
#include "supervisor/results.h"
#include "supervisor/run_hints.h"
#include "supervisor/run_state.h"
#include "supervisor/stats_seen.h"
#include "supervisor/summary.h"
#include "supervisor/supervisor_loop.h"
#include "supervisor/taken.h"

/* Every signal that would end or stop the supervisor becomes something to read. */
static int catch_signals(void)
{
	static const int left[] = {
		SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS,
	};
	sigset_t set;

	sigfillset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(left); i++)
		sigdelset(&set, left[i]);
	/* Inherited as ignored (nohup), a signal would never be seen. */
	for (int sig = 1; sig < SIGRTMAX; sig++)
		if (sigismember(&set, sig) == 1 && sig != SIGHUP)
			signal(sig, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* --only and --expect: return: false after a report. */
static bool take_fates(struct run *r, const struct options *o)
{
	const char *bad = "";

	if (o->only && !display_filter_parse(&r->reader.only, o->only, &bad)) {
		msg("error: '%s' is nothing that --only knows: a fate (drop, "
		    "reject, ...), table=NAME, chain=NAME, in=IF, out=IF, "
		    "state=STATE, nat or changed; '!' before it turns it round",
		    bad);
		return false;
	}
	if (!o->expect)
		return true;
	if (expectation_parse(&r->reader.expect, o->expect, &bad))
		return true;
	msg("error: '%s' is no fate that --expect knows: drop, reject, "
	    "delivered, forwarded, sent, ..., nor chain=NAME", bad);
	return false;
}

int run_open(struct run *r, const struct options *o)
{
	int err;

	r->o = o;
	r->host.lock.fd = r->signal_fd = r->host.turns.door.fd = -1;
	r->reader.capture.fd = r->reader.capture.stamp_fd = -1;
	r->host.keeper.fd = r->reader.process.fd = -1;
	snapshots_open(&r->snapshots);
	legacy_refresh_init(&r->reader.legacy);
	drop_source_open(&r->reader.drops);
	r->host.keeper.pid = r->reader.process.pid = r->reader.refresh.pid = -1;
	if (!take_fates(r, o))
		return STATUS_USAGE;
	if (o->mask && masking_begin(&r->mask, !o->read) < 0)
		return STATUS_FAILURE;
	r->reader.stats = stats_open();
	err = r->reader.stats ? bulletin_open(&r->reader.board) : -errno;
	if (err)
		msg_error("sharing memory with the reader", err);
	return err ? STATUS_FAILURE : 0;
}

void run_close(struct run *r)
{
	snapshots_close(&r->snapshots);
	keeper_stop(&r->host.keeper);
	/* What could not be undone is the next run's, and its to read. */
	if (!r->host.undo.error)
		ledger_forget();
	capture_close(&r->reader.capture);
	lock_close(&r->host.lock);
	lock_door_close(&r->host.turns.door);
	legacy_refresh_close(&r->reader.legacy);
	snapshots_release(&r->snapshots);
	drop_source_close(&r->reader.drops);
	if (r->signal_fd >= 0)
		close(r->signal_fd);
	stats_close(r->reader.stats);
	bulletin_close(&r->reader.board);
	results_close(r->reader.sink);
	plan_free(&r->plan);
	masking_end(r->mask);
}

/* Somebody changed it when nobody looked any more. */
static bool logger_is_foreign(const struct undo_report *u)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (u->logger[i] == UNDO_LOGGER_FOREIGN)
			return true;
	return false;
}

/* Is something missing or doubtful of what came? */
static bool is_incomplete(const struct run *r)
{
	const struct run_outcome *out = &r->outcome;
	const struct stats *st = &r->reader.seen;

	return taken_any(&r->taken) || r->host.turns.put_back ||
	       books_rules_missing(r) || books_wrong(r) ||
	       logger_is_foreign(&r->host.undo) || out->overrun ||
	       out->unnoticed || st->straddled || stats_lacks_events(st) || st->gone ||
	       st->drops_doubted || st->drops_unread || st->strangers ||
	       st->unprinted || st->broken || st->incomplete;
}

static int conclude(const struct run *r)
{
	const struct run_outcome *out = &r->outcome;
	const struct run_reader *rd = &r->reader;
	const struct stats *st = &rd->seen;

	if (out->status)
		return out->status;
	if (r->host.undo.error || out->verify_failed || out->drawing ||
	    out->end == END_KEEPER || out->end == END_READER ||
	    out->end == END_LEASE || (rd->status && !rd->dismissed) ||
	    (st->output_error && st->output_error != -EPIPE))
		return STATUS_FAILURE;
	return expect_status(r, is_incomplete(r) ? STATUS_INCOMPLETE :
			     st->packets ? STATUS_TRACED : STATUS_NOTHING);
}

static void start_snapshots(void *arg)
{
	struct run *r = arg;

	snapshots_start(&r->snapshots, &r->plan);
}

static void snapshot_behind(void *arg, unsigned int family, struct helper_then *then)
{
	struct run *r = arg;

	snapshots_then(&r->snapshots, &r->plan, family, then);
}

static int run_trace(struct run *r)
{
	const struct plan_meanwhile m = { start_snapshots, snapshot_behind, r };
	int status;

	/* First of all: nobody waits as long as for this one. */
	if (!r->o->dry_run && !r->o->no_drops)
		drop_source_start(&r->reader.drops);
	status = plan_begin(&r->plan, r->o);
	if (!status)
		status = plan_make(&r->plan, r->o, r->o->dry_run ? NULL : &m);
	if (status || r->o->dry_run)
		return status ? status : plan_print(&r->plan);
	status = results_open(r->reader.sink, r->o);
	if (status)
		return status;
	status = command_start(&r->command, r->o);
	if (status)
		return status;
	r->signal_fd = catch_signals();
	if (r->signal_fd < 0)
		return STATUS_FAILURE;
	r->outcome.status = arm(r);
	if (!r->outcome.status)
		r->outcome.end = supervisor_loop(r);
	disarm(r);
	stats_take(&r->reader.seen, r->reader.stats);
	command_close(&r->command);
	results_show(r->reader.sink);
	if (r->clock.armed_ns)
		r->outcome.drawing = results_draw(r->reader.sink);
	if (r->clock.armed_ns)
		summary_print(r);
	command_say(&r->command);
	return conclude(r);
}

int run_main(struct options *o)
{
	/* Large: on the stack each of its pages would be touched. */
	static struct run r;
	struct pod_match pod = { .words = 0 };
	int status = run_open(&r, o);

	if (!status)
		status = pod_match_take(&pod, o, r.mask);
	if (!status)
		status = run_trace(&r);
	run_close(&r);
	pod_match_free(&pod);
	return status;
}
