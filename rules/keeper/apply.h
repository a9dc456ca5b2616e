/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apply: makes the changes that undo takes back, and records them before. */
#ifndef NFTRACE_APPLY_H
#define NFTRACE_APPLY_H

#include "rules/keeper/protocol.h"

/**
 * apply_plan - set the loggers, add nft's tables, insert rules into raw
 * @req: its .undo becomes the plan's, its .witness narrows the plan's; all is known now
 * @m: filled: what went in, what was refused, what failed
 * Return: 0 or -errno; undo_run() takes back what went in till then.
 */
int apply_plan(struct keeper_plan *p, const struct keeper_request *req,
	       struct keeper_message *m);

/**
 * apply_record - write down what the loggers were, and until when the run lasts
 * @m: filled where it fails
 * Return: 0 or -errno.
 */
int apply_record(const struct keeper_plan *p, struct keeper_message *m);

/**
 * apply_again - put back what others took away
 * @m: filled where it fails; .logger: the one that the run's end restores
 * Return: 0, also when it is there; or -errno.
 */
int apply_again(struct keeper_plan *p, enum keeper_thing thing,
		unsigned int family, struct keeper_message *m);

/** apply_left_ms - milliseconds from now to @end, seconds since epoch; one second at least */
uint64_t apply_left_ms(int64_t end);

/** apply_failed - note in @m that @what failed for @family, an index; @err: -errno */
void apply_failed(struct keeper_message *m, int err, const char *what,
		    unsigned int family);

#endif
