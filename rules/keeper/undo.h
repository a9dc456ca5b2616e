/* SPDX-License-Identifier: GPL-2.0-or-later */
/* undo: what a run changes on the host, and its way back; idempotent. */
#ifndef NFTRACE_UNDO_H
#define NFTRACE_UNDO_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/base/rule_set.h"
#include "rules/keeper/logger.h"

/*
 * All that has to be known to take a run's changes back.  Filled before the first
 * change and sent to the keeper, so that supervisor and keeper know the same.
 */
struct undo {
	struct owner owner;
	bool rules[FAMILY_COUNT];	/* rules may be in this family's raw */
	bool nft[FAMILY_COUNT];		/* a table may be in nft's rules */
	/* One of witnesses alone, which goes with its owner: see undo_last(). */
	bool witness[FAMILY_COUNT];
	bool logger[FAMILY_COUNT];	/* the logger is changed */
	char old_logger[FAMILY_COUNT][LOGGER_NAME];
};

enum undo_logger {
	UNDO_LOGGER_KEPT,	/* was nfnetlink_log before; nothing to do */
	UNDO_LOGGER_RESTORED,
	UNDO_LOGGER_FOREIGN,	/* somebody chose another meanwhile: left */
	UNDO_LOGGER_FAILED,
};

struct undo_report {
	int error;			/* 0, or the first -errno met */
	char error_what[64];		/* while doing what */
	struct trace_removed removed[FAMILY_COUNT];
	uint8_t logger[FAMILY_COUNT];	/* enum undo_logger */
};

/**
 * undo_run - remove the rules, put the loggers back, forget the record
 * @report: filled; goes on after an error as far as it can
 */
void undo_run(const struct undo *u, struct undo_report *report);

/**
 * undo_last - what is left of the run behind its rules, when all they traced has passed
 *
 * The keeper's last: the tables of witnesses belong to its socket.  It waits for
 * every CPU, which nobody else need wait for: the lock is free by then.
 */
void undo_last(void);

/** undo_loggers_set - register nfnetlink_log for the families; 0 or -errno */
int undo_loggers_set(const struct undo *u);

#endif
