/* SPDX-License-Identifier: GPL-2.0-or-later */
/* words: tells nftrace's own options from the words of match expressions. */
#ifndef NFTRACE_WORDS_H
#define NFTRACE_WORDS_H

#include <getopt.h>

#include "rules/match/word.h"

struct helper_result;

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

/** words_free - idempotent; not of the command line, which the words point into */
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
