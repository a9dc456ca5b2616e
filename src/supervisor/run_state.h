/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_state: the state of one run, in the parts that its steps work with. */
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
#include "supervisor/taken_state.h"

enum { RUN_WAITERS = 16 };

/* Why the capture ended. */
enum run_end {
	END_NONE,		/* it goes on */
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

/* Somebody who waited for the lock while the run held it; CLOCK_MONOTONIC. */
struct run_waiter {
	pid_t pid;
	uint64_t since_ns, until_ns;
	char name[96];
};

/* The host: what the run changes there, who takes it back, and who waits for it. */
struct run_host {
	struct lock lock;
	bool locked;
	bool lock_given;		/* to the command, before the end */
	uint64_t locked_ns, unlocked_ns;	/* CLOCK_MONOTONIC; 0: never */
	struct run_waiter waiter[RUN_WAITERS];
	unsigned int waiters;
	struct keeper_plan keeper_plan;
	struct keeper keeper;
	bool changed;			/* the keeper was asked to install */
	bool undone;
	struct undo_report undo;	/* once undone */
	unsigned int installed;		/* rules */
};

/* The reader: its process, what it is given, and what it tells. */
struct run_reader {
	struct capture capture;		/* until the reader has it */
	struct display_filter only;
	struct sink_plan sink[SINK_COUNT];
	struct reader process;
	int status;			/* of wait(2) */
	bool dismissed;			/* it was busy, and the user did not wait */
	struct stats *stats;		/* the reader writes it as it likes */
	struct stats seen;		/* a copy within bounds, made at its end */
	struct bulletin_board board;	/* what it is told */
	struct bulletin_tables tables;	/* what is posted there, in truth */
	struct loss_known loss[LOSSES];	/* the same */
	struct helper refresh;		/* reads nft's rules again for it */
};

/* Times of the run: CLOCK_MONOTONIC in nanoseconds; 0: not known, or never. */
struct run_clock {
	uint64_t armed_ns, end_ns;
	uint64_t command_end_ns;	/* when to stop after it; 0: it runs */
	uint64_t monitor_ns;		/* of the next table_monitor_look() */
};

/* How the run went; the exit status is made of it. */
struct run_outcome {
	enum run_end end;
	int signal;			/* END_SIGNAL */
	bool tables_differ;		/* others' doing */
	bool verify_failed;
	int status;			/* of arm() */
};

/* The state of a run; lives in the supervisor. */
struct run {
	const struct options *o;
	struct plan plan;
	struct snapshots snapshots;	/* of the rules, once these are in */
	bool foreign_trace;		/* others' rules trace packets as well */
	int signal_fd;
	struct run_host host;
	struct run_reader reader;
	struct command command;
	struct run_clock clock;
	struct run_taken taken;
	struct run_outcome outcome;
};

#endif
