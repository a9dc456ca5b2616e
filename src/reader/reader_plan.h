/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reader_plan: all that the reader is given when it is started. */
#ifndef NFTRACE_READER_PLAN_H
#define NFTRACE_READER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "printer/printer.h"
#include "rules/base/owner.h"
#include "rules/base/strview.h"
#include "rules/view/ruleset.h"

struct bulletin;
struct capture;
struct drop_reasons;
struct drop_ring;

/*
 * All that the reader needs; the fork copies it, but for .rules, .witness, .nft_began and
 * .foreign_trace with .capture: these come with reader_begin().
 */
struct reader_plan {
	struct capture *capture;	/* NULL: .input_fd is read instead */
	int input_fd;
	int against_fd;			/* --diff: the other file; else -1 */
	int lock_watch;			/* inotify: who opens the lock file; -1: none */
	struct ruleset rules;		/* .nft: NULL: no events of nft */
	struct printer_plan printer;	/* .stats: shared with the supervisor;
					 * .env.names: opened by the reader */
	const struct bulletin *bulletin;	/* the supervisor's; NULL: of a file */
	struct drop_ring *drops;	/* NULL: none */
	const struct drop_reasons *drop_reasons;	/* names; with .drops */
	uint32_t snaplen;		/* bytes of a packet that an event can have */
	bool inserts;			/* rules of the run's own trace packets; */
	bool by_legacy[FAMILY_COUNT];	/* ... those in raw, of these families */
	struct strview nft_text;	/* --read: rules of nft as it lists them */
	bool flat;			/* --flat: events, not packets */
	bool foreign_trace;		/* journeys may begin anywhere */
	uint32_t nft_began;		/* generation: the run's own rules were in */
	bool late;			/* behind conntrack as well: raw is no part of them */
	bool nft_unseen;		/* nft may drop packets unseen */
	bool link_unseen;		/* rules of its families bridge and netdev may */
	bool ipvs;			/* IPVS has services here */
	struct owner run;		/* by which its own nft tables are known */
	uint8_t witness[FAMILY_COUNT];	/* hooks, 1 << NF_INET_*: at their end they have a chain */
};

#endif
