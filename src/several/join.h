/* SPDX-License-Identifier: GPL-2.0-or-later */
/* join: which packet of one namespace goes on as which of another. */
#ifndef NFTRACE_JOIN_H
#define NFTRACE_JOIN_H

#include <stdint.h>

#include "report/frame.h"
#include "several/cables.h"

/* Between two first events: on the cable, and until it was read where that is the time. */
enum { JOIN_NS = 250000000 };

struct join_packet {
	uint32_t space;
	struct frame frame;
};

/* The last packets of all, borrowed: newer ones take the place of the oldest. */
enum { JOIN_KEPT = 8192 };

struct join {
	const struct cables *cables;
	struct join_packet *packet;	/* JOIN_KEPT of them */
	uint64_t count;			/* that have been added */
};

/** join_open - 0 or -ENOMEM; join_close() in any case */
int join_open(struct join *j, const struct cables *c);
void join_close(struct join *j);

void join_add(struct join *j, const struct join_packet *p);

/**
 * join_next, join_before - the one that @p goes on as, and the one that it was
 * Return: borrowed until the next join_add(); NULL: none, or it is not certain which.
 */
const struct join_packet *join_next(const struct join *j,
				    const struct join_packet *p);
const struct join_packet *join_before(const struct join *j,
				      const struct join_packet *p);

#endif
