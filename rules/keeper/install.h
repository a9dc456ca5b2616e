/* SPDX-License-Identifier: GPL-2.0-or-later */
/* install: puts in what undo takes out, and records it before. */
#ifndef NFTRACE_INSTALL_H
#define NFTRACE_INSTALL_H

#include "rules/keeper/protocol.h"

/**
 * install_run - set the loggers, add nft's tables, insert the rules
 * @undo: becomes the plan's; all of it is known now
 * @m: filled: what went in, what was refused, what failed
 * Return: 0 or -errno; undo_run() takes back what went in till then.
 */
int install_run(struct keeper_plan *p, const struct undo *undo,
		struct keeper_message *m);

/** install_record - what the loggers were, and until when this run needs them */
int install_record(const struct keeper_plan *p, struct keeper_message *m);

/** install_failed - note it in a message */
void install_failed(struct keeper_message *m, int err, const char *what,
		    unsigned int family);

#endif
