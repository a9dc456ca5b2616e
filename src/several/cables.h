/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cables: the pairs of interfaces that join network namespaces. */
#ifndef NFTRACE_CABLES_H
#define NFTRACE_CABLES_H

#include <stdbool.h>
#include <stdint.h>

enum { CABLES_SPACES = 9 };

struct cable_end {
	uint32_t space;		/* index of its namespace */
	uint32_t index;		/* of the interface */
	uint32_t master;	/* of the bridge that it is a port of; 0: none */
};

struct cable {
	struct cable_end end[2];
};

struct cables {
	struct cable *cable;	/* free(3) */
	uint32_t count;
};

/**
 * cables_read - all between @count namespaces
 * @space: descriptors of them; the process goes to each, and comes back to @home
 * Return: 0 or -errno.
 */
int cables_read(struct cables *c, const int space[], uint32_t count, int home);

/** cables_lead - does what leaves one by @out come into the other by @in? */
bool cables_lead(const struct cables *c, uint32_t from, uint32_t out,
		 uint32_t to, uint32_t in);

#endif
