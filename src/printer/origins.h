/* SPDX-License-Identifier: GPL-2.0-or-later */
/* origins: the hosts that a log names, each with a number. */
#ifndef NFTRACE_ORIGINS_H
#define NFTRACE_ORIGINS_H

#include <stddef.h>
#include <stdint.h>

enum {
	ORIGINS_NAME = 64,	/* bytes of a name, its NUL with them; of longer ones the first */
	ORIGINS_MAX = 256,	/* hosts whose names are kept */
};

struct origins;

/** origins_open - freed with origins_close(); NULL: no memory */
struct origins *origins_open(void);

/** origins_close - NULL is nothing */
void origins_close(struct origins *o);

/**
 * origins_find - the number of a host, from 1: the same for the same name
 * @name: a stranger's bytes, one at least
 * More than ORIGINS_MAX of them have numbers, too, and no name.
 */
uint32_t origins_find(struct origins *o, const char *name, size_t len);

/** origins_name - as origins_find() was told; "": there is none; @len: of it */
const char *origins_name(const struct origins *o, uint32_t number, size_t *len);

#endif
