/* SPDX-License-Identifier: GPL-2.0-or-later */
/* word: one piece of a command line. */
#ifndef NFTRACE_WORD_H
#define NFTRACE_WORD_H

#include <stdint.h>

enum word_kind {
	WORD_MATCH,	/* belongs to match expression number @group */
	WORD_OWN,	/* an option of the caller's; @own and @value are set */
	WORD_OR,	/* --or */
	WORD_END,	/* --; the words behind it are a command's */
	WORD_ERROR,	/* an own option without its argument; @own is set */
};

/*
 * One piece of the command line.  A cluster of short options (-nq) makes one
 * word each.  WORD_MATCH keeps argv's order within its group.
 */
struct word {
	uint16_t kind;		/* enum word_kind */
	uint16_t group;		/* 0 before the first --or */
	uint16_t own;		/* index into the caller's options */
	uint16_t arg;		/* index into argv */
	uint16_t offset;	/* WORD_MATCH: text starts here in argv[arg], and
				 * a "-" belongs here if it is not 0 ("-nni") */
	uint16_t value_arg;	/* the value: index into argv ... */
	uint16_t value_offset;	/* ... and where it starts in that word */
};

struct words {
	unsigned int count;
	struct word *word;	/* malloc'ed; words_free() */
	char end[256];		/* after -EIO: how the helper ended, else empty */
};

#endif
