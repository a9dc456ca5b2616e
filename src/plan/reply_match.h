/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reply_match: a match expression -> the one for what answers. */
#ifndef NFTRACE_REPLY_MATCH_H
#define NFTRACE_REPLY_MATCH_H

#include <stdbool.h>

struct expression;

/**
 * reply_match_make - swap source and destination in the words of an expression
 * @to: filled; reply_match_free() it in any case
 *
 * An in-interface is left out: the reply goes out by it, which raw does not know
 * yet.  An out-interface becomes the in-interface.
 *
 * Return: false when nothing is left but a protocol: that is everybody's.
 */
bool reply_match_make(const struct expression *from, struct expression *to);

/** reply_match_free - what reply_match_make() has filled */
void reply_match_free(struct expression *e);

#endif
