/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_question: the question what the verdict map of a rule, or a set, holds. */
#ifndef NFTRACE_MAP_QUESTION_H
#define NFTRACE_MAP_QUESTION_H

#include <stdatomic.h>
#include <stdint.h>

enum { MAP_QUESTION_NAME = 256 };	/* NFT_NAME_MAXLEN */

/*
 * In struct stats: one at a time, the reader waits for its answer.  The supervisor
 * takes any bytes for it.
 */
struct map_question {
	/* Its number.  Release by the reader, behind what follows; acquire by the supervisor. */
	_Atomic uint32_t ask;
	uint8_t family;		/* of the table */
	uint64_t handle;	/* of the rule */
	char table[MAP_QUESTION_NAME], chain[MAP_QUESTION_NAME];
	char set[MAP_QUESTION_NAME];	/* that the rule names; "": its verdict map */
};

#endif
