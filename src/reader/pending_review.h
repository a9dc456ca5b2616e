/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pending_review: places of what waits are looked at again. */
#ifndef NFTRACE_PENDING_REVIEW_H
#define NFTRACE_PENDING_REVIEW_H

#include <stdbool.h>

struct held;
struct pending;

/* Why places are looked at again. */
enum review_kind {
	REVIEW_INVALIDATE,	/* a rule was made: who may have met it? */
	REVIEW_RULES,		/* the rules were read: what is certain now? */
	REVIEW_TOLD,		/* all up to the event has been told of */
	REVIEW_NOW,		/* the same, and there is no more time */
	REVIEW_FORGET,		/* there is no time, and not all was told of */
};

/** pending_review_all - all places, those of journeys that are still under way as well */
void pending_review_all(struct pending *p, enum review_kind kind);

/** pending_review_one - those of one that waits.  Return: one of them is still pending */
bool pending_review_one(struct pending *p, struct held *d,
			enum review_kind kind);

#endif
