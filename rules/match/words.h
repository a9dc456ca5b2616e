/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: tells nftrace's own options from the words of match expressions. */
#ifndef NFTRACE_WORDS_H
#define NFTRACE_WORDS_H

#include <getopt.h>
#include <stdint.h>

struct helper_result;

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

/**
 * words_split - sort the words of a command line
 * @argc, @argv: the command line, argv[0] is skipped
 * @own: the caller's options as for getopt_long, ended by a zero row; @val is
 *	the option's letter or 0
 * @words: filled; words_free() it
 *
 * A word that follows a match option as its argument belongs to it whatever
 * it looks like (`--comment --json`).  Where a word that looks like an option may
 * be such an argument it takes the extensions' own option tables to tell, and a
 * helper child to ask them.  Nothing is refused here but
 * an own option without its argument: bad match words are the parser's to name.
 *
 * Return: 0 or -errno.
 */
int words_split(int argc, char *const argv[], const struct option *own,
		struct words *words);

void words_free(struct words *words);

/**
 * words_next - what could follow a command line, for a shell's completion
 * @res: its data holds a word a line; a line "@NAME" stands for the value of
 *	the option --NAME, "@command" for a command's words
 * Return: 0 or -errno; helper_release() @res in that case.
 */
int words_next(int argc, char *const argv[], const struct option *own,
	       struct helper_result *res);

#endif
