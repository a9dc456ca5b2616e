/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ways: questions which rule and table of routing sent packets out, and their answers. */
#ifndef NFTRACE_WAYS_H
#define NFTRACE_WAYS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "journey/fate.h"

enum { WAYS = 64 };

/*
 * What routing looked at, ports left out.  Compared as bytes: to be zeroed first.
 * A question comes from another process: any bytes will do.
 */
struct way_question {
	uint8_t src[16], dst[16];
	uint32_t mark, uid;	/* .uid: UINT32_MAX: of no socket that is known */
	uint32_t in, out;	/* interfaces; .in 0: sent by this host */
	uint8_t nfproto;
	uint8_t proto;		/* IPPROTO_* */
	uint8_t tos;
	uint8_t unused;
};

/* A question, in struct stats: the reader writes it, the supervisor does not. */
struct way {
	/* Release by the reader, behind .q; acquire by the supervisor. */
	_Atomic uint32_t asked;
	struct way_question q;
};

/* Its answer, in struct bulletin: the supervisor writes it, the reader cannot. */
struct way_answer {
	/* Release by the supervisor, behind what follows; acquire by the reader. */
	_Atomic uint32_t answered;
	uint32_t by_mark;		/* 0, or the rule looks at the mark */
	char text[CAUSE_TEXT];		/* "by ip rule 102 ..."; "": not known */
};

/** ways_note - the reader: the slot of a question, @fresh: it is new; -1: no room */
int ways_note(struct way ways[WAYS], const struct way_question *q, bool *fresh);

/** ways_asked - the question is whole */
bool ways_asked(const struct way *w);

/** ways_answered - the reader: has the supervisor done with it? */
bool ways_answered(const struct way_answer *a);

#endif
