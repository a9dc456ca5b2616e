/* SPDX-License-Identifier: GPL-2.0-or-later */
/* columns: how much of a terminal's line a text takes. */
#ifndef NFTRACE_COLUMNS_H
#define NFTRACE_COLUMNS_H

#include <stddef.h>

/**
 * columns_of - of a text that escape_text() has let through
 *
 * Ideographs and the like take two columns, what combines with the letter before
 * it none: the ranges of Unicode's EastAsianWidth.txt and of category Mn, as far
 * as comments have them.  No locale is asked.
 */
size_t columns_of(const char *text, size_t len);

#endif
