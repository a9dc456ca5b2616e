// SPDX-License-Identifier: GPL-2.0-or-later
/* apply: makes the changes that undo takes back, and records them before. */
#include "rules/keeper/apply.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "rules/base/testpoint.h"
#include "rules/base/units.h"
#include "rules/keeper/logger.h"
#include "rules/keeper/logger_gaps.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"
#include "rules/nft/found.h"
#include "rules/nft/trigger.h"

void apply_failed(struct keeper_message *m, int err, const char *what,
		    unsigned int family)
{
	m->error = err;
	m->error_family = (uint8_t)family;
	snprintf(m->what, sizeof(m->what), "%s", what);
}

int apply_record(const struct keeper_plan *p, struct keeper_message *m)
{
	const struct undo *u = &p->undo;
	const char *old[FAMILY_COUNT];
	bool any = false;
	int err;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		old[i] = u->logger[i] ? u->old_logger[i] : NULL;
		any |= u->logger[i];
	}
	if (!any || !p->record)
		return 0;
	err = logger_record(&u->owner, old);
	if (err)
		apply_failed(m, err, "recording the logger in /run/nftrace",
			       0);
	return err;
}

static int apply_loggers(struct keeper_plan *p, struct keeper_message *m)
{
	const struct undo *u = &p->undo;
	int err;

	TESTPOINT("keeper-before-record");
	err = apply_record(p, m);
	if (err)
		return err;
	TESTPOINT("keeper-after-record");
	err = undo_loggers_set(u);
	if (err)
		apply_failed(m, err, "registering the logger nfnetlink_log "
			       "in /proc/sys/net/netfilter/nf_log", 0);
	return err;
}

static void note_refused(struct keeper_message *m, unsigned int i,
			 const struct trace_set *set)
{
	for (unsigned int r = 0; r < set->count; r++)
		m->refused[i][r] = (uint8_t)set->rule[r].refused;
}

static int apply_nft_table(struct keeper_plan *p, unsigned int i,
			   struct keeper_message *m)
{
	const struct nft_trigger_set *set = &p->nft[i];
	int n = nft_trigger_install(families[i], set, &p->undo.owner,
				    &m->witness[i]);

	/* No table of that family: its rules make no events that a key would turn on. */
	if (n < 0 && (set->optional || (set->key_only && n == -EAFNOSUPPORT)))
		return 0;
	if (n < 0) {
		apply_failed(m, n, "adding an nft table", i);
		return n;
	}
	m->nft[i] = true;
	m->installed[i] += (uint32_t)n;
	if (!set->key_only)
		note_refused(m, i, set->rules);
	return 0;
}

static int apply_nft_tables(struct keeper_plan *p, struct keeper_message *m)
{
	int err = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT && !err; i++)
		if (p->nft[i].use)
			err = apply_nft_table(p, i, m);
	return err;
}

static int apply_raw_rules(struct keeper_plan *p, struct keeper_message *m)
{
	struct logger_gaps gaps;
	int n;

	TESTPOINT("keeper-before-insert");
	logger_gaps_note(&gaps);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct trace_set *set = &p->set[i];

		if (set->count == 0)
			continue;
		n = trace_rules_install(set, &p->undo.owner);
		logger_gaps_mend(&gaps);
		if (n < 0) {
			apply_failed(m, n, "inserting the TRACE rules into "
				       "raw", i);
			return n;
		}
		m->installed[i] = (uint32_t)n;
		note_refused(m, i, set);
	}
	TESTPOINT("keeper-after-insert");
	return 0;
}

uint64_t apply_left_ms(int64_t end)
{
	int64_t left = end - time(NULL);

	return (left > 0 ? (uint64_t)left : 1) * MS_PER_S;
}

/*
 * The owner's end, the loggers and what drop records will tell were not known when
 * the keeper was forked.
 */
static void complete_plan(struct keeper_plan *p, const struct keeper_request *req)
{
	const struct undo *undo = &p->undo;

	p->undo = req->undo;
	ledger_date(&undo->owner);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		trace_rules_date(&p->set[i], &undo->owner, p->deadline);
		p->nft[i].deadline_ms = apply_left_ms(undo->owner.end);
		p->nft[i].witness &= req->witness[i];
	}
}

int apply_plan(struct keeper_plan *p, const struct keeper_request *req,
	       struct keeper_message *m)
{
	int err;

	complete_plan(p, req);
	err = apply_loggers(p, m);
	if (!err)
		err = apply_nft_tables(p, m);
	return err ? err : apply_raw_rules(p, m);
}

/* Whoever chose another meanwhile finds it when the run is over. */
static int set_logger_again(struct keeper_plan *p, unsigned int family,
			    struct keeper_message *m)
{
	struct undo *u = &p->undo;
	int err = logger_read(families[family], m->logger);

	if (err || strcmp(m->logger, LOGGER_NETLINK) == 0)
		return err;
	memcpy(u->old_logger[family], m->logger, LOGGER_NAME);
	u->logger[family] = true;
	err = apply_record(p, m);
	TESTPOINT("keeper-logger-again");
	return err ? err : logger_write(families[family], LOGGER_NETLINK);
}

/* What is left of it, if anything, matches without its deadline, or not at all. */
static int put_table_again(struct keeper_plan *p, unsigned int family,
			   struct keeper_message *m)
{
	struct nft_trigger_set *set = &p->nft[family];
	int err = nft_trigger_remove(families[family], &p->undo.owner, NULL);

	TESTPOINT("keeper-table-again");
	if (err)
		return err;
	set->deadline_ms = apply_left_ms(p->undo.owner.end);
	err = nft_trigger_install(families[family], set, &p->undo.owner,
				  &m->witness[family]);
	return err < 0 ? err : 0;
}

static int (*const again[KEEPER_THINGS])(struct keeper_plan *p,
					 unsigned int family,
					 struct keeper_message *m) = {
	[KEEPER_LOGGER] = set_logger_again,
	[KEEPER_NFT_TABLE] = put_table_again,
};

int apply_again(struct keeper_plan *p, enum keeper_thing thing,
		unsigned int family, struct keeper_message *m)
{
	return again[thing](p, family, m);
}
