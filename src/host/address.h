/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address: which addresses this host has. */
#ifndef NFTRACE_ADDRESS_H
#define NFTRACE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

/* What the kernel could take for a packet whose address it writes anew. */
struct address_count {
	unsigned int global;	/* of scope global, on any interface */
	unsigned int here;	/* of any scope, on the interface asked for */
};

/**
 * address_count - count the addresses of a family
 * @index: an interface
 * Return: 0 or -errno.
 */
int address_count(bool six, uint32_t index, struct address_count *n);

#endif
