/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link_row: what the kernel says of an interface and of the one behind it. */
#ifndef NFTRACE_POD_LINK_ROW_H
#define NFTRACE_POD_LINK_ROW_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "pod/pod.h"

enum { NSID_HERE = -1 };	/* the other interface is in the same namespace */

struct link_row {
	uint32_t index;
	bool up, loopback, port;	/* port: of a bridge */
	char name[IFNAMSIZ];
	char kind[POD_KIND];
	uint32_t other;		/* its peer's or lower one's index; 0: none */
	int32_t nsid;		/* the other's namespace, as it is known here */
	uint32_t master;
	uint8_t mac[6];
};

/**
 * link_rows - all of the process's network namespace
 * @fn: is told each, borrowed
 * Return: 0 or -errno.
 */
int link_rows(void (*fn)(void *arg, const struct link_row *l), void *arg);

/** link_row_find - the one of an index; false: there is none, or it cannot be asked */
bool link_row_find(struct link_row *l, uint32_t index);

/** link_nsid - the number by which the process's namespace knows another; NSID_HERE: by none */
int32_t link_nsid(int fd);

#endif
