/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules_fit: are the rules of --rules those that a log is of? */
#ifndef NFTRACE_RULES_FIT_H
#define NFTRACE_RULES_FIT_H

#include <stdint.h>

struct line_reader;
struct replay;
struct rules_fit;

/**
 * rules_fit_find - hold a log's first lines, as far as they are read, against the rules
 * @now: as trace_text_parse() takes it
 *
 * A chain that cannot have written what the log says of it is in doubt as a whole; one
 * of raw that was saved without the TRACE rule is read one rule further down, if all
 * that the log says of it fits then and something would not fit else.  The index of
 * places is told, and the stats say what is wrong.
 * Return: rules_fit_close() it when the index is not used any more; NULL: no memory.
 */
struct rules_fit *rules_fit_find(struct replay *r, const struct line_reader *in,
				 int64_t now);

/** rules_fit_close - NULL: nothing to do */
void rules_fit_close(struct rules_fit *fit);

#endif
