/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rival: how a journey answers whether an event is its next one. */
#ifndef NFTRACE_RIVAL_H
#define NFTRACE_RIVAL_H

#include <stdbool.h>

struct event;
struct journey;
struct observation;
struct path;
struct path_map;

/* How a journey answers whether the event is its next one. */
enum answer {
	ANSWER_NO,
	ANSWER_ROBBED,	/* if a twin has got all that it made in chains of nft in between */
	ANSWER_SWAPPED,	/* if a twin has got one of its events */
	ANSWER_RELAXED,	/* if events or chains are missing in between, or the id says so */
	ANSWER_STRICT,
};

/* A journey that may have made the event: one of its branches, or a new copy. */
struct rival {
	struct journey *j;
	const struct path *path;	/* of a new copy: the packet's own */
	unsigned int branch;
	bool copy;			/* a new copy */
	bool waits;			/* put aside since its last event */
	enum answer answer;
	int score;
};

/** rival_has_passed - has it met this chain, of which only that is known? */
bool rival_has_passed(const struct journey *j, const struct observation *o);

/**
 * rival_ask - is the event the next one of @r, whose .j, .path and .branch are filled?
 * @loops_back: it would come in again behind its last hook
 */
enum answer rival_ask(const struct path_map *map, const struct rival *r,
		      const struct observation *o, bool loops_back);

/** rival_id_score - what nft's id adds to its score; 0: the event has none */
int rival_id_score(const struct rival *r, const struct event *e,
		   bool loops_back);

#endif
