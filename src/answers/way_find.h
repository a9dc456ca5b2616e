/* SPDX-License-Identifier: GPL-2.0-or-later */
/* way_find: asks the kernel by which rule, table and route it would send a packet now. */
#ifndef NFTRACE_WAY_FIND_H
#define NFTRACE_WAY_FIND_H

#include <stdbool.h>

#include "journey/fate.h"

struct way_question;

struct way_found {
	bool by_mark;			/* the rule looks at the packet's mark */
	char text[CAUSE_TEXT];		/* terminated; not escaped */
};

/**
 * way_find - RTM_GETROUTE, and of RTM_GETRULE's rules the first that leads there
 * @found: .text is "" when nothing is known
 *
 * To be called in a process of its own: it waits for the kernel's answers.
 */
void way_find(const struct way_question *q, struct way_found *found);

#endif
