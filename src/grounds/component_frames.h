/* SPDX-License-Identifier: GPL-2.0-or-later */
/* component_frames: the rule that decided, and those that led there, against the rows. */
#ifndef NFTRACE_COMPONENT_FRAMES_H
#define NFTRACE_COMPONENT_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "grounds/component_match.h"

struct component_row;
struct journey;
struct place;

enum { FRAME_DEPTH = 17, FRAME_COMMENTS = 3, FRAME_ROOM = 256 };

/* A rule, and what of it was read. */
struct component_frame {
	const struct place *at;
	struct strview text;		/* "" where it may be another rule's */
	struct strview calls;		/* .at NULL: not read yet; as the comments */
	struct strview comment[FRAME_COMMENTS];
	uint8_t comments;
	bool read;			/* .comment and .comments are */
	bool xtables;			/* its table is one of iptables' */
	char room[FRAME_COMMENTS][FRAME_ROOM];
};

struct component_frames {
	const struct journey *j;
	unsigned int branch;
	uint32_t step;		/* the one that decided, of journey_kept(); there are so many before */
	uint32_t entered;	/* of the jump to its chain; 0: none was seen */
	unsigned int depth;
	const struct component_row *rows, *end;	/* of the component, and of all: component_fit.h */
	bool *by_tables;	/* set where more than the packet's events was asked */
	bool complete;		/* the callers are there */
	bool by_name;		/* of a chain by its name alone */
	struct component_frame frame[FRAME_DEPTH];	/* the rule itself comes first */
};

/**
 * component_frames_begin - the rule alone; what it points to is borrowed
 * @by_tables: set when snapshots had to be asked
 */
void component_frames_begin(struct component_frames *f, const struct journey *j,
			    unsigned int b, const struct place *by,
			    bool *by_tables);

/** component_frames_complete - add those that called its chain, outwards, unless it was done */
void component_frames_complete(struct component_frames *f);

/** component_frames_chain - as of a rule without text in another chain of its table */
void component_frames_chain(struct component_frames *f,
			    const struct component_frames *of,
			    struct place *room, struct strview chain);

/** frame_calls - the chain that the rule jumps to; .len 0: none */
struct strview frame_calls(struct component_frame *f);

/** frames_has_step - is this step one of the branch? */
bool frames_has_step(const struct component_frames *f, uint32_t step);

/** frames_chain - of a place */
struct strview frames_chain(const struct place *at);

/** frames_in_chain - is it in this table, and chain? */
bool frames_in_chain(const struct place *at, const struct place *of,
		     struct strview chain);

#endif
