/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drop_memory: packets that were told of, for drop records that come late. */
#ifndef NFTRACE_DROP_MEMORY_H
#define NFTRACE_DROP_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "journey/drop_join.h"

enum {
	DROP_MEMORY_PACKETS = 4096,	/* one more, and the oldest is forgotten */
	DROP_MEMORY_MS = 30000,		/* nor is one remembered for longer */
};

/* A branch of a journey that was told of. */
struct drop_memory_entry {
	uint64_t key;
	uint64_t number;	/* of the packet; 0: it was not printed ... */
	bool hidden;		/* ... which --only would have let be, were it LOST */
	uint64_t last_ns;	/* CLOCK_MONOTONIC: its last event */
	uint32_t out;
	uint16_t next, before;	/* of the same bucket; drop_memory.c's */
	uint8_t branch, kind, hook;	/* enum fate_kind, NF_INET_* */
	const char *by_rule;	/* fate_drop_by_rule() */
	bool taken;		/* a record was found */
	struct drop_look look;
};

struct drop_memory;

/** drop_memory_open - NULL: no memory; drop_memory_close() takes NULL */
struct drop_memory *drop_memory_open(void);
void drop_memory_close(struct drop_memory *m);

/** drop_memory_add - as its oldest; to be filled but for .key */
struct drop_memory_entry *drop_memory_add(struct drop_memory *m, uint64_t key);

/**
 * drop_memory_find - whose is the record?  Of packets alike the first
 * @twins: how many there are
 */
struct drop_memory_entry *drop_memory_find(struct drop_memory *m,
					   const struct drop_sight *s,
					   unsigned int *twins);

#endif
