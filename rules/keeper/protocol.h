/* SPDX-License-Identifier: GPL-2.0-or-later */
/* protocol: what supervisor and keeper know and say to each other. */
#ifndef NFTRACE_KEEPER_PROTOCOL_H
#define NFTRACE_KEEPER_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/family.h"
#include "rules/base/rule_set.h"
#include "rules/keeper/undo.h"
#include "rules/legacy/trace_mend.h"
#include "rules/nft/trigger_set.h"

struct lock;
struct lock_door;

/*
 * The keeper gives the run up so long after OP_LOCKED if it is not armed
 * then: longer than many rules take on a busy machine.
 */
enum { KEEPER_SETUP_SECONDS = 60 };

/*
 * While arming, the keeper looks so often whether the supervisor is stopped.  Two
 * looks in a row that find it so end the run: a debugger stops for less, and
 * others wait for the lock meanwhile.
 */
enum { KEEPER_LOOK_MS = 400 };

/*
 * Seconds from a run's planned end to the deadline in the kernel: the keeper's
 * own second, and the time that arming takes; when that is longer the keeper
 * moves the deadline.
 */
enum { KEEPER_DEADLINE_SECONDS = 3 };

/* With -t 0 the rules' deadline is so far away, and is renewed at half of it. */
enum { KEEPER_LEASE_SECONDS = 60 };

/*
 * All that the keeper needs.  The fork copies the plan; what is known only under
 * the lock comes with keeper_ask_install().
 */
struct keeper_plan {
	struct undo undo;	/* .owner; the rest comes later */
	struct trace_set set[FAMILY_COUNT];	/* for raw */
	struct nft_trigger_set nft[FAMILY_COUNT];
	struct lock *lock;
	struct lock_door *door;	/* who opens its file */
	bool hold_lock;		/* else only for each change */
	bool gives_lock;	/* while it is held others can have it */
	bool endless;		/* -t 0: renew the deadline */
	bool deadline;		/* the rules in raw carry one */
	bool record;		/* the logger could be and must be recorded */
};

enum keeper_event {
	KEEPER_INSTALLED,	/* answer to keeper_ask_install() */
	KEEPER_UNDONE,		/* answer to keeper_ask_undo(), or its own doing:
				 * then the lock is let go as well */
	KEEPER_LEASE_LOST,	/* the deadline could not be renewed */
	KEEPER_CLOCK_STEPPED,	/* the wall clock was set; deadlines renewed */
	KEEPER_PUT_BACK,	/* answer to keeper_ask_put_back() */
	KEEPER_GIVEN,		/* answer to keeper_ask_give(), or its own doing when
				 * somebody asked for the lock and nobody answered */
	KEEPER_TAKEN,		/* answer to keeper_ask_take() */
	KEEPER_LEASE_LATE,	/* renewed, when it had run out: .hole_ns */
};

/* What others can take away from a run, a family's each, and the keeper put back. */
enum keeper_thing { KEEPER_LOGGER, KEEPER_NFT_TABLE, KEEPER_THINGS };

enum { KEEPER_RULES = 512 };	/* a family at most */

/* What the keeper says. */
struct keeper_message {
	uint8_t event;			/* enum keeper_event */
	uint8_t by_timer;		/* KEEPER_UNDONE: planned end passed */
	uint64_t undone_ns;		/* KEEPER_UNDONE: when, CLOCK_BOOTTIME */
	uint64_t hole_ns;		/* for so long the rules matched nothing */
	int32_t error;			/* 0 or -errno */
	char what[128];			/* while doing what */
	uint8_t error_family;		/* index */
	uint8_t thing;			/* KEEPER_PUT_BACK: enum keeper_thing */
	uint8_t family;			/* KEEPER_PUT_BACK: index */
	char logger[LOGGER_NAME];	/* KEEPER_LOGGER: to be restored at the end */
	uint32_t installed[FAMILY_COUNT];
	bool nft[FAMILY_COUNT];		/* an nft table of the run's own is in ... */
	uint8_t witness[FAMILY_COUNT];	/* ... with chains at the end of these hooks */
	uint8_t refused[FAMILY_COUNT][KEEPER_RULES]; /* enum trace_chain */
	struct undo_report undo;
	struct trace_mended mended[FAMILY_COUNT];	/* KEEPER_TAKEN */
};

/*
 * What the supervisor says, in this order; OP_GIVE and OP_TAKE in turns, as often
 * as somebody wants the lock, OP_PUT_BACK when something was taken away.  All but
 * OP_LOCKED, OP_ARMED and OP_PUT_OFF have answers, struct keeper_message.
 */
enum keeper_op {
	OP_LOCKED,
	OP_INSTALL,
	OP_ARMED,
	OP_GIVE,
	OP_TAKE,
	OP_PUT_BACK,
	OP_PUT_OFF,
	OP_UNDO,
};

struct keeper_request {
	uint32_t op;
	uint8_t thing;		/* OP_PUT_BACK: enum keeper_thing */
	uint8_t family;		/* OP_PUT_BACK: index */
	uint64_t end_ns;	/* OP_ARMED, OP_PUT_OFF */
	struct undo undo;	/* OP_INSTALL */
	uint8_t witness[FAMILY_COUNT];	/* OP_INSTALL: hooks that need a chain */
};

#endif
