/* SPDX-License-Identifier: GPL-2.0-or-later */
/* complete: --complete: what could stand in a word of the command line, for a shell. */
#ifndef NFTRACE_COMPLETE_H
#define NFTRACE_COMPLETE_H

/**
 * complete_main - "--complete[=TYPED]" in argv[0], the words before the one typed behind it
 *
 * With TYPED: whole words that begin with it, one a line; "@file", "@user" or
 * "@command" where the shell knows better.  Without: what words_next() has.
 * Return: the exit status.
 */
int complete_main(int argc, char *argv[]);

#endif
