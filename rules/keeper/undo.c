// SPDX-License-Identifier: GPL-2.0-or-later
/* undo: what a run changes on the host, and its way back; idempotent. */
#include "rules/keeper/undo.h"

#include <stdio.h>
#include <string.h>

#include "rules/base/testpoint.h"
#include "rules/legacy/ledger.h"
#include "rules/legacy/trace_rules.h"
#include "rules/nft/batch.h"
#include "rules/nft/found.h"
#include "rules/nft/trigger.h"

static void note_error(struct undo_report *r, int err, const char *what,
		       const struct family *f)
{
	if (!err || r->error)
		return;
	r->error = err;
	snprintf(r->error_what, sizeof(r->error_what), "%s (%s)", what,
		 f->command);
}

static int restore_logger(const struct undo *u, unsigned int i,
			  uint8_t *outcome)
{
	char now[LOGGER_NAME];
	int err;

	*outcome = UNDO_LOGGER_KEPT;
	if (!u->logger[i])
		return 0;
	err = logger_read(families[i], now);
	if (!err && strcmp(now, u->old_logger[i]) == 0) {
		*outcome = UNDO_LOGGER_RESTORED;
		return 0;
	}
	if (!err && strcmp(now, LOGGER_NETLINK) != 0) {
		*outcome = UNDO_LOGGER_FOREIGN;
		return 0;
	}
	if (!err)
		err = logger_write(families[i], u->old_logger[i]);
	*outcome = err ? UNDO_LOGGER_FAILED : UNDO_LOGGER_RESTORED;
	return err;
}

/* Rules and packets of both backends are told as one number. */
static void remove_table(const struct undo *u, unsigned int i,
			 struct undo_report *r)
{
	struct trace_removed done = { 0 };
	int err = nft_trigger_remove(families[i], &u->owner, &done);

	r->removed[i].rules += done.rules;
	r->removed[i].packets += done.packets;
	note_error(r, err, "removing the nft table", families[i]);
}

static bool leaves_witness(const struct undo *u)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (u->witness[i])
			return true;
	return false;
}

void undo_run(const struct undo *u, struct undo_report *report)
{
	bool failed = false;
	int err;

	memset(report, 0, sizeof(*report));
	/* The ledger first: whoever died may have had no time for its counters. */
	note_error(report, ledger_settle(), "putting counters back",
		   families[0]);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!u->rules[i])
			continue;
		err = trace_rules_remove(families[i], &u->owner,
					 &report->removed[i]);
		note_error(report, err, "removing the TRACE rules",
			   families[i]);
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (u->nft[i])
			remove_table(u, i, report);
	if (!leaves_witness(u))
		nft_trigger_release();
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		err = restore_logger(u, i, &report->logger[i]);
		note_error(report, err, "putting the logger back",
			   families[i]);
		TESTPOINT("undo-logger-back");
		failed |= err != 0;
	}
	if (failed)
		return;
	logger_forget(&u->owner);
	ledger_forget();
}

void undo_last(void)
{
	if (!nft_trigger_socket())
		return;
	nft_batch_settle();
	nft_trigger_release();
}

int undo_loggers_set(const struct undo *u)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		int err = u->logger[i] ?
			logger_write(families[i], LOGGER_NETLINK) : 0;

		if (err)
			return err;
		TESTPOINT("undo-logger-set");
	}
	return 0;
}
