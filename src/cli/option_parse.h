/* SPDX-License-Identifier: GPL-2.0-or-later */
/* option_parse: the command line -> struct options; one row an option. */
#ifndef NFTRACE_OPTION_PARSE_H
#define NFTRACE_OPTION_PARSE_H

#include <stdbool.h>

struct options;

/**
 * options_parse - read the command line
 * @o: filled; options_free() it in any case
 *
 * A mistake is reported here, with the word quoted.
 * Return: 0, or the exit status after a report.
 */
int options_parse(struct options *o, int argc, char *argv[]);
void options_free(struct options *o);

/**
 * options_next - what could follow the words in argv[1] ...: see words_next()
 * Return: its lines, free(3) them; NULL after a report.
 */
char *options_next(int argc, char *argv[]);

#endif
