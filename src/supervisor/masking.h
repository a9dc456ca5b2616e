/* SPDX-License-Identifier: GPL-2.0-or-later */
/* masking: --masked: what the supervisor says has other addresses and names as well. */
#ifndef NFTRACE_MASKING_H
#define NFTRACE_MASKING_H

#include <stdbool.h>

struct mask;

/**
 * masking_begin - from now on msg() masks; before the reader is forked
 * @here: it is about this host, whose name and interfaces are known to be names
 * Return: 0, or -errno after a report.
 */
int masking_begin(struct mask **mask, bool here);

/** masking_learn - whatever it may mean elsewhere, @name is one; "" is none */
void masking_learn(struct mask *mask, const char *name);

/** masking_end - and from now on it does not; NULL is taken */
void masking_end(struct mask *mask);

#endif
