/* SPDX-License-Identifier: GPL-2.0-or-later */
/* witness_need: the hooks whose end nothing but a witness chain would show. */
#ifndef NFTRACE_WITNESS_NEED_H
#define NFTRACE_WITNESS_NEED_H

#include <stdbool.h>
#include <stdint.h>

struct plan;

/* What there is of one family; hooks are 1 << NF_INET_* each. */
struct witness_facts {
	uint8_t sees;		/* hooks with a table or chain that sees every packet */
	uint8_t nat;		/* hooks at which nat may choose an address */
	bool reroutes;		/* a chain at OUTPUT has the route chosen anew */
	bool takes;		/* somebody can take a packet without a word, or may be */
};

/**
 * witness_need - the hooks that need one, where the kernel tells of each packet it drops
 *
 * A packet that was neither seen further on nor told of has gone on, if nobody can
 * have taken it: see journey/EVIDENCE.rst, "What silence means".  What is left is where to.
 */
uint8_t witness_need(const struct witness_facts *f);

/**
 * witness_need_plan - fill .witness of each family of the plan, and the plan's own
 * @records: drop records are had
 *
 * Asks the kernel about tables, chains and who takes packets; what cannot be asked
 * makes for more witnesses.
 */
void witness_need_plan(struct plan *p, bool records);

#endif
