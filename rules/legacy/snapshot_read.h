/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snapshot_read: a table's bytes -> its chains and rules in a snapshot under construction. */
#ifndef NFTRACE_SNAPSHOT_READ_H
#define NFTRACE_SNAPSHOT_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/legacy/snapshot.h"
#include "rules/legacy/table.h"

struct family;
struct owner;

/* The state of the child that makes a snapshot. */
struct maker {
	const struct family *f;
	const struct owner *own;
	bool texts;
	struct table_blob t[TABLE_MAX];
	unsigned int tables;
	struct snapshot *s;
	char *base;
	struct snap_chain *chain;
	struct snap_rule *rule;
	uint32_t *start;	/* by chain: offset of its first entry */
	struct shm_heap heap;	/* .full: of targets there are too many as well */
	uint64_t digest;
};

/**
 * maker_find_chains - first pass over a table: its chains, so that jumps can be
 * named in the second; where their rules will stand; and the targets' names
 */
void maker_find_chains(struct maker *m, unsigned int table);

/** maker_read_chains - second pass: the rules of chains [@from, @to) */
void maker_read_chains(struct maker *m, uint32_t from, uint32_t to);

#endif
