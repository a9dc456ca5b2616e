// SPDX-License-Identifier: GPL-2.0-or-later
/* arm: the steps from the lock to "armed", in the order that is safe. */
#include "supervisor/arm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "host/ipvs.h"
#include "plan/check.h"
#include "reader/reader_plan.h"
#include "reader/reader_process.h"
#include "rules/base/clock.h"
#include "rules/base/life.h"
#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/legacy/ledger.h"
#include "supervisor/acquire.h"
#include "supervisor/arm_rules.h"
#include "supervisor/begin.h"
#include "supervisor/conntrack_look.h"
#include "supervisor/legacy_openers.h"
#include "supervisor/legacy_refresh.h"
#include "supervisor/lock_turns.h"
#include "supervisor/only_names.h"
#include "supervisor/results.h"
#include "supervisor/run_hints.h"
#include "supervisor/run_state.h"
#include "supervisor/snapshots.h"
#include "supervisor/witness_need.h"

/* Who comes from here on is not missed. */
static int watch_lock(struct run *r)
{
	legacy_openers_watch(r);
	return 0;
}

/* The ledger keeps the counters of what the run replaces in raw. */
static int open_ledger(struct run *r)
{
	int err = ledger_open(&r->plan.owner);

	if (err)
		msg_error("making a place for counters in /run/nftrace", err);
	return err ? STATUS_FAILURE : 0;
}

/* A journey may begin behind conntrack: raw is no part of it then. */
static bool begins_late(const struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct plan_family *pf = &p->family[i];

		if (pf->trigger != TRIGGER_NFT || !pf->use)
			continue;
		if (p->replies)
			return true;
		for (unsigned int r = 0; r < pf->set.count; r++)
			if (pf->set.rule[r].late)
				return true;
	}
	return false;
}

/* Before the lock, which others wait for; and before anything is traced. */
static int take_drops(struct run *r)
{
	drop_source_take(&r->reader.drops);
	witness_need_plan(&r->plan, drop_source_ring(&r->reader.drops));
	return 0;
}

/* The reader makes ready while the rules go in and are read. */
static int start_reader(struct run *r)
{
	struct run_reader *rd = &r->reader;
	struct reader_plan plan = {
		.capture = &rd->capture,
		.printer = {
			.stats = rd->stats,
			.only = r->o->only ? &rd->only : NULL,
			.count = r->o->count,
			.answers = r->plan.replies && !r->plan.mirrored,
			.expect = rd->expect,
			.mask = r->mask,
		},
		.bulletin = rd->board.view,
		.drops = drop_source_ring(&rd->drops),
		.drop_reasons = drop_source_reasons(&rd->drops),
		.lock_watch = rd->legacy.reader_watch,
		/* For the sake of witnesses more is captured, and not shown. */
		.snaplen = r->plan.see_nft ? acquire_packet_bytes(r)
					   : r->o->snaplen,
		.nft_unseen = r->plan.nft_unseen,
		.link_unseen = r->plan.link_tables && !r->plan.see_nft,
		.inserts = r->plan.inserts,
		.late = begins_late(&r->plan),
		.ipvs = ipvs_has_services(),
		.run = r->plan.owner,
	};
	int err;

	results_env(&plan.printer.env, r->o);
	for (unsigned int i = 0; i < SINK_COUNT; i++)
		plan.printer.sink[i] = rd->sink[i];
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		plan.by_legacy[i] = r->plan.family[i].use &&
			r->plan.family[i].trigger == TRIGGER_LEGACY;
	err = reader_start(&rd->process, &plan);
	if (err) {
		msg_error("starting the reader", err);
		return STATUS_FAILURE;
	}
	/* The group is the reader's alone: it is free when the reader ends. */
	capture_close(&rd->capture);
	drop_source_handed(&rd->drops);
	return 0;
}

static void say_armed(const struct run *r)
{
	char time_text[64] = "until interrupted", count[64] = "";

	if (r->o->time_ns)
		snprintf(time_text, sizeof(time_text), "for %g s",
			 (double)r->o->time_ns / 1e9);
	if (r->o->count)
		snprintf(count, sizeof(count), " or %" PRIu64 " packet%s",
			 r->o->count, plural(r->o->count));
	msg("armed: %u rule%s inserted, capturing %s%s%s%s%s%s%s%s",
	    r->host.installed, plural(r->host.installed), time_text, count,
	    r->o->command ? " or until the command ends" : "",
	    r->plan.rate[0] ? "; rate " : "", r->plan.rate,
	    r->plan.rate[0] && r->plan.rate_default ? " (default" : "",
	    r->plan.rate[0] && r->plan.rate_default ? ", -l changes it)" : "",
	    lock_turns_words(r));
}

static int set_time(struct run *r)
{
	struct run_clock *c = &r->clock;

	c->armed_ns = clock_monotonic_ns();
	c->end_ns = r->o->time_ns ? c->armed_ns + r->o->time_ns : 0;
	if (keeper_armed(&r->host.keeper, c->end_ns) == 0)
		return 0;
	msg("error: the keeper is gone");
	return STATUS_FAILURE;
}

static int start_keeper(struct run *r)
{
	TESTPOINT("before-keeper");
	return arm_rules_start_keeper(r);
}

static int clear_dead_runs(struct run *r)
{
	struct check_left left;

	return check_dead_runs(r->plan.see_legacy ? SWEEP_ALONE : 0,
			       r->plan.lock, &left);
}

/* Tables that the run's rules do not go into are read from here on. */
static int begin_snapshots(struct run *r)
{
	snapshots_go_on(&r->snapshots, &r->plan);
	return 0;
}

static int check_keeper(struct run *r)
{
	TESTPOINT("before-armed");
	return arm_rules_check(r);
}

static int give_lock_back(struct run *r)
{
	struct run_host *h = &r->host;

	if (!r->o->no_lock)
		return 0;
	legacy_refresh_unguard(r);
	lock_release(&h->lock);
	h->locked = false;
	h->held_ns = clock_monotonic_ns() - h->locked_ns;
	return 0;
}

enum arm_when {
	AT_ANY_TIME,
	WITH_LOCK,	/* something changes in raw, which is under the lock */
	WITH_RULES,	/* the run has rules of its own */
	WITHOUT_RULES,	/* it follows others' */
};

/*
 * The ledger comes before the keeper, to share it; the keeper before the lock, to
 * watch over it; the group before the rules, so that no event is missed.  The keeper
 * comes before the drops as well: it must not hold what keeps their program running.
 *
 * The reader is forked while the keeper inserts: events wait in the group's socket,
 * which it inherits.
 *
 * The snapshots have one of two places.  Behind the run's own rules, since the
 * kernel's numbers count these as well; where there are none, before the
 * loggers are set: a run that finds nothing to follow has changed nothing.
 */
static const struct arm_step {
	enum arm_when when;
	int (*take)(struct run *r);	/* 0, or the exit status after a report */
} steps[] = {
	{ WITH_LOCK, acquire_open_lock },
	{ WITH_LOCK, watch_lock },
	{ WITH_LOCK, open_ledger },
	{ AT_ANY_TIME, start_keeper },
	{ AT_ANY_TIME, take_drops },
	{ AT_ANY_TIME, acquire },
	{ AT_ANY_TIME, begin_snapshots },
	{ AT_ANY_TIME, clear_dead_runs },
	{ AT_ANY_TIME, conntrack_look_begin },
	{ WITHOUT_RULES, begin_with_others },
	{ AT_ANY_TIME, arm_rules_ask },
	{ AT_ANY_TIME, start_reader },
	{ AT_ANY_TIME, run_hints_begin },
	{ AT_ANY_TIME, arm_rules_await },
	{ AT_ANY_TIME, run_hints_armed },
	{ WITH_RULES, begin_to_read },
	{ AT_ANY_TIME, begin_if_done },
	{ AT_ANY_TIME, check_keeper },
	{ AT_ANY_TIME, set_time },
	{ WITH_LOCK, give_lock_back },
};

static bool is_due(enum arm_when when, const struct plan *p)
{
	switch (when) {
	case WITH_LOCK:
		return p->lock;
	case WITH_RULES:
		return p->inserts;
	case WITHOUT_RULES:
		return !p->inserts;
	default:
		return true;
	}
}

int arm(struct run *r)
{
	int status = 0;

	for (size_t i = 0; i < ARRAY_SIZE(steps) && !status; i++)
		if (is_due(steps[i].when, &r->plan))
			status = steps[i].take(r);
	if (status)
		return status;
	say_armed(r);
	begin_texts(r);
	if (begin_lets_command_go(r))
		command_go(&r->command);
	return 0;
}
