/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_state: the state of one run, which the parts of the supervisor share. */
#ifndef NFTRACE_RUN_STATE_H
#define NFTRACE_RUN_STATE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "capture/capture.h"
#include "cli/options.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "report/display_filter.h"
#include "report/sink.h"
#include "rules/keeper/keeper.h"
#include "rules/keeper/lock.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"
#include "supervisor/command.h"
#include "supervisor/loss_answer.h"
#include "supervisor/plan_state.h"
#include "supervisor/snapshots.h"

enum { RUN_WAITERS = 16 };

/* Why the capture ended. */
enum run_end {
	END_NONE,
	END_TIME,
	END_COUNT,
	END_SIGNAL,
	END_COMMAND,		/* it ended, or stopped */
	END_STDOUT,		/* nobody reads it any more */
	END_READER,		/* the reader died */
	END_KEEPER,		/* the keeper died */
	END_LEASE,		/* the deadline could not be renewed */
	END_OVERDUE,		/* the keeper undid on its own timer */
};

/* Somebody who waited for the lock while we held it. */
struct run_waiter {
	pid_t pid;
	uint64_t since_ns, until_ns;
	char name[96];
};

/* The state of a run; lives in the supervisor. */
struct run {
	const struct options *o;
	struct plan plan;
	struct lock lock;
	bool locked;
	bool lock_given;		/* to the command, before the end */
	uint64_t locked_ns, unlocked_ns;	/* CLOCK_MONOTONIC */
	int signal_fd;
	struct capture capture;
	struct keeper_plan keeper_plan;
	struct keeper keeper;
	bool changed;			/* the keeper was asked to install */
	bool undone;
	struct undo_report undo;
	unsigned int installed;
	bool foreign_trace;		/* others' rules trace packets as well */
	struct snapshots snapshots;
	struct helper news; /* reads them again; see nft_refresh.h */
	struct reader reader;
	int reader_status;		/* of wait(2) */
	bool reader_dismissed;		/* it was busy, and the user did not wait */
	struct display_filter only;
	struct sink_plan sink[SINK_COUNT];
	struct stats *stats;		/* the reader writes it as it likes */
	struct stats seen;		/* the same, copied at its end */
	struct bulletin_board board;	/* for the reader */
	struct bulletin_tables tables;	/* what is posted there, in truth */
	struct loss_known loss[LOSSES];	/* the same */
	uint64_t guard_ns; /* when table_monitor_tick() looks again */
	uint64_t armed_ns, end_ns;	/* CLOCK_MONOTONIC; end 0: none */
	struct command command;
	uint64_t command_end_ns;	/* when to stop after it; 0: it runs */
	enum run_end end;
	int end_signal;
	bool tables_differ;		/* others' doing */
	bool verify_failed;
	struct run_waiter waiter[RUN_WAITERS];
	unsigned int waiters;
	int status;
};

#endif
