/* SPDX-License-Identifier: GPL-2.0-or-later */
/* run_state: the state of one run, in the parts that its steps work with. */
#ifndef NFTRACE_RUN_STATE_H
#define NFTRACE_RUN_STATE_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "answers/loss_answer.h"
#include "capture/capture.h"
#include "cli/options.h"
#include "drop/drop_source.h"
#include "plan/plan_state.h"
#include "printer/display_filter.h"
#include "printer/expectation.h"
#include "protocol/bulletin.h"
#include "protocol/reader_ipc.h"
#include "protocol/stats.h"
#include "report/sink.h"
#include "rules/keeper/keeper.h"
#include "rules/keeper/lock.h"
#include "rules/keeper/lock_door.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"
#include "supervisor/command.h"
#include "supervisor/conntrack_counts.h"
#include "supervisor/legacy_state.h"
#include "supervisor/other_runs.h"
#include "supervisor/snapshots.h"
#include "supervisor/taken_state.h"

/* Why the capture ended. */
enum run_end {
	END_NONE,		/* it goes on */
	END_TIME,
	END_COUNT,
	END_SIGNAL,
	END_COMMAND,		/* it ended, or stopped */
	END_STDOUT,		/* nobody reads it any more */
	END_READER,		/* the reader died */
	END_BEGIN,		/* the rules' texts could not be had */
	END_KEEPER,		/* the keeper died */
	END_LEASE,		/* the deadline could not be renewed */
	END_OVERDUE,		/* the keeper undid on its own timer */
};

/* How the run uses the xtables lock while it traces. */
enum lock_use {
	LOCK_UNUSED,		/* nothing that it protects is traced, or changed */
	LOCK_SHORT,		/* held for each change, else not */
	LOCK_SHARED,		/* held, and given to whoever wants it */
	LOCK_KEPT,		/* held, and given to nobody */
};

/* All of one program and parent who wanted the lock. */
struct run_waiter {
	pid_t pid;		/* the last one's; 0: not known */
	char name[96];		/* its command line */
	char program[24], parent[24];
	unsigned int said;	/* lines about them */
	unsigned int waited, had, refused;	/* how often */
	uint64_t waited_ns, had_ns;
};

enum { RUN_WAITERS = 16 };

/* A process that has the lock file open, or asks to open it, or waits for the lock. */
struct lock_guest {
	pid_t pid;
	int ask;		/* held at the door until lock_door_admit(); -1 */
	bool inside;		/* it has opened the file and not closed it */
	bool waits;		/* it stands in the queue */
	bool waited;		/* it has stood there */
	bool given;		/* it had its turn */
	uint64_t since_ns;	/* it came, or began to wait: CLOCK_MONOTONIC */
	struct run_waiter *who;	/* NULL: there was no room */
};

enum { LOCK_GUESTS = 32 };

/* Whose turn it is. */
enum lock_turn {
	TURN_OURS,
	TURN_GIVING,		/* the keeper is asked to let it go */
	TURN_THEIRS,
	TURN_TAKING,		/* the keeper stands in the queue */
	TURN_NOBODYS,		/* LOCK_SHORT */
};

/* The lock between the run and others; times are CLOCK_MONOTONIC. */
struct lock_turns {
	uint8_t use;		/* enum lock_use */
	uint8_t turn;		/* enum lock_turn */
	struct lock_door door;
	struct lock_guest guest[LOCK_GUESTS];
	unsigned int guests;
	bool foreign_holder;	/* at the last look */
	uint64_t turn_ns;	/* since when it is this turn */
	uint64_t taken_ns;	/* the lock was ours again */
	uint64_t given_ns;
	uint64_t said_ns;	/* what was given then is not free again: said */
	uint64_t opened_ns;	/* somebody opened the file */
	uint64_t busy_ns;	/* somebody was seen to hold it or to wait */
	uint64_t seen_ns;	/* of the last look at /proc/locks */
	uint64_t look_ns;	/* of the next one */
	uint64_t away_ns;	/* not to be taken before */
	uint64_t storm_ns;	/* as many gives as are behind that are too many */
	uint64_t linger_ns;	/* of silence before it is taken */
	uint64_t rules_ns;	/* of the next look at the rules in raw */
	unsigned int gives;
	bool rules_gone;	/* and not to be put back a second time */
	unsigned int moved, put_back;	/* own rules in raw, by the keeper */
	uint64_t dropped;	/* packets that rules counted which are gone */
	const struct run_waiter *last;	/* who had it last, or opened its file ... */
	unsigned int came;	/* ... of so many since the rules in raw were mended */
	struct run_waiter waiter[RUN_WAITERS];
	unsigned int waiters;
	unsigned int said;	/* lines about all of them */
};

/* The host: what the run changes there, who takes it back, and who waits for it. */
struct run_host {
	struct lock lock;
	bool locked;			/* by this run, now */
	uint64_t locked_ns;		/* since then: CLOCK_MONOTONIC */
	uint64_t held_ns;		/* before that, in all */
	struct lock_turns turns;
	struct keeper_plan keeper_plan;
	struct keeper keeper;
	bool changed;			/* the keeper was asked to install */
	bool undone;
	uint64_t undone_ns;		/* when, CLOCK_BOOTTIME; 0: by the end */
	struct undo_report undo;	/* once undone */
	unsigned int installed;		/* rules */
	unsigned int nft_tracing[FAMILY_COUNT];	/* rules that turn tracing on, in
						 * a table of the run's own */
	uint8_t witness[FAMILY_COUNT];	/* it has chains at the end of these hooks */
};

/* How far the reading of the rules is: begin.h. */
struct run_begin {
	uint32_t generation;		/* nft's, when the run's own rules were in */
	uint64_t end_ns;		/* so long texts are waited for: CLOCK_MONOTONIC */
	uint8_t size;			/* enum snapshots_size */
	bool taken;			/* the texts are there */
	bool done;			/* the reader has them, or it failed */
};

/* The reader: its process, what it is given, and what it tells. */
struct run_reader {
	struct capture capture;		/* until the reader has it */
	struct display_filter only;
	struct expectation expect;
	struct sink_plan sink[SINK_COUNT];
	struct reader process;
	int status;			/* of wait(2) */
	bool dismissed;			/* it was busy, and the user did not wait */
	struct stats *stats;		/* the reader writes it as it likes */
	struct stats seen;		/* a copy within bounds, made at its end */
	struct bulletin_board board;	/* what it is told */
	struct bulletin_tables tables;	/* what is posted there, in truth */
	struct loss_known loss[LOSS_SLOTS];	/* the same */
	struct drop_source drops;	/* the kernel's word, for it alone */
	bool way_known[WAYS];		/* which it has been told */
	struct conntrack_counts conntrack;
	uint64_t listen_full;		/* listen_queue_full() before; UINT64_MAX: not told */
	uint32_t nft_before;		/* nft_generation() as it was armed, where .nft_told */
	bool nft_told;
	bool nft_changed;		/* by others, while it was armed */
	struct helper refresh;		/* reads nft's rules again for it */
	struct other_runs others;	/* that these readings showed */
	bool changers_said;		/* who changed them first */
	struct legacy_refresh legacy;	/* and this iptables' tables */
};

/* Times of the run: CLOCK_MONOTONIC in nanoseconds; 0: not known, or never. */
struct run_clock {
	uint64_t armed_ns, end_ns;
	uint64_t command_end_ns;	/* when to stop after it; 0: it runs */
	/* Of overrun: CLOCK_BOOTTIME. */
	uint64_t end_boot_ns;		/* .end_ns, had the machine not slept */
	uint64_t awake_ns;		/* when the supervisor ran last */
	uint64_t frozen_ns;		/* the longest time that it did not */
	int64_t ahead_ns;		/* of CLOCK_MONOTONIC, when it began */
};

/* How the run went; the exit status is made of it. */
struct run_outcome {
	enum run_end end;
	int signal;			/* END_SIGNAL */
	bool tables_differ;		/* others' doing */
	bool unnoticed;			/* and without the lock: texts may be wrong */
	bool verify_failed;
	bool overrun;			/* it was frozen beyond its end */
	bool untold;			/* its end came before the rules' texts */
	int status;			/* of arm() */
	int drawing;			/* of results_draw() */
};

/* The state of a run; lives in the supervisor. */
struct run {
	const struct options *o;
	struct mask *mask;		/* NULL: all is shown as it is */
	struct plan plan;
	struct snapshots snapshots;	/* of the rules, once these are in */
	struct run_begin begin;
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
