/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mirror: a match expression -> the one for what answers. */
#ifndef NFTRACE_MIRROR_H
#define NFTRACE_MIRROR_H

#include <stdbool.h>

struct expression;

/**
 * mirror_make - swap source and destination in the words of an expression
 * @to: filled; mirror_free() it in any case
 *
 * An in-interface is left out: a reply goes out there, and raw does not know
 * yet.  An out-interface becomes the in-interface.
 *
 * Return: false when nothing is left but a protocol: that is everybody's.
 */
bool mirror_make(const struct expression *from, struct expression *to);
void mirror_free(struct expression *e);

#endif
