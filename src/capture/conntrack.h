/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack: what the kernel says of the connection that a packet is of. */
#ifndef NFTRACE_CONNTRACK_H
#define NFTRACE_CONNTRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A packet's state, as rules ask for it (--ctstate, ct state). */
enum conntrack_state {
	CONNTRACK_UNTOLD,	/* nobody has said */
	CONNTRACK_NEW,
	CONNTRACK_ESTABLISHED,
	CONNTRACK_RELATED,
	CONNTRACK_INVALID,
	CONNTRACK_UNTRACKED,
	CONNTRACK_STATES
};

enum conntrack_known {
	CONNTRACK_DIRECTION = 1 << 0,	/* .reply */
	CONNTRACK_ID = 1 << 1,		/* .id */
	CONNTRACK_MARK = 1 << 2,	/* .mark */
	CONNTRACK_STATUS = 1 << 3,	/* .status */
};

/* What is known of a packet's connection; zeros: nothing. */
struct conntrack {
	uint8_t state;		/* enum conntrack_state */
	uint8_t known;		/* enum conntrack_known, ored */
	bool reply;		/* against the connection's direction */
	uint32_t id;		/* as `conntrack -L -o id` shows it */
	uint32_t mark;
	uint32_t status;	/* IPS_*: linux/netfilter/nf_conntrack_common.h */
};

/** conntrack_state_word - "NEW", ...; "" for what is untold */
const char *conntrack_state_word(unsigned int state);

/** conntrack_state_find - of a word, in small letters or not; UNTOLD: it is none */
enum conntrack_state conntrack_state_find(const char *word, size_t len);

/** conntrack_by_info - state and direction from enum ip_conntrack_info, of a packet with an entry */
void conntrack_by_info(struct conntrack *c, uint32_t info);

/**
 * conntrack_by_nfct - the same from a buffer's _nfct, as a drop record has it
 * @low: its low 3 bits; @entry: is there a pointer in the others?
 * @active: has conntrack seen the packet?  Without an entry it is then INVALID;
 *	else nothing is known of it.
 */
void conntrack_by_nfct(struct conntrack *c, uint8_t low, bool entry,
		       bool active);

#endif
