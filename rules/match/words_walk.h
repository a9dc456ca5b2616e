/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words_walk: word by word along a command line: whose is each? */
#ifndef NFTRACE_WORDS_WALK_H
#define NFTRACE_WORDS_WALK_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

struct helper_out;
struct words;

/* As words_split() has it. */
struct words_job {
	int argc;
	char *const *argv;
	const struct option *own;
};

/* The walk along the command line. */
struct words_walk {
	const struct words_job *job;
	struct helper_out *out;	/* in the helper child */
	struct words *words;	/* without extensions, in this process */
	bool unsure;		/* only an extension knows whose the next word is */
	int err;
	int at;			/* index of the word looked at */
	uint16_t group;
	const char *protocol;	/* of the last -p, for its implicit match */
	uint16_t offset;	/* in the word looked at: flags of ours end there */
	const struct option *wants;	/* the last word's, whose value is missing */
	bool ended;
};

/** words_walk_step - take the word at .at, and what belongs to it */
void words_walk_step(struct words_walk *w);

/** words_walk_load_protocol - the match that the last -p implies, in a helper child */
void words_walk_load_protocol(struct words_walk *w);

#endif
