/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit: changes rules of a legacy table in one replacement and keeps every counter. */
#ifndef NFTRACE_EDIT_H
#define NFTRACE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/legacy/table.h"

struct family;
struct xt_counters;

/* What becomes of one entry of the table that was read. */
struct edit_entry {
	uint32_t offset;	/* in the table that was read */
	uint32_t new_offset;
	uint8_t hook;		/* builtin chain that it is in, or 0xff */
	uint8_t deleted;
	const void *rewritten;	/* other bytes of the same size, or NULL */
};

struct edit_insert {
	uint8_t hook;
	const void *entry;	/* borrowed until edit_close() */
	uint32_t from;		/* the entry that it was, or UINT32_MAX: it is new */
};

/*
 * A table that was read, and what shall be done to it.  libiptc does the same,
 * but sets the counters of policies to zero with every change (1.8.9), and
 * loses sight of what others change in between.
 */
struct edit {
	const struct family *f;
	int sock;
	struct table_blob table;
	struct edit_entry *entry;	/* .table.num_entries of them */
	struct edit_insert *insert;	/* at the top of their chains, in order */
	uint32_t inserts;
	struct xt_counters *old;	/* after the commit: what was counted */
};

/**
 * edit_open - read the table; brings it into being when it does not exist
 * Return: 0 or -errno.  edit_close() it on success.
 */
int edit_open(struct edit *e, const struct family *f, const char *table);
void edit_close(struct edit *e);

/** edit_bytes - entry number @i, as it was read; borrowed */
const void *edit_bytes(const struct edit *e, uint32_t i);

/** edit_is_rule - not a policy, a chain's head or its end? */
bool edit_is_rule(const struct edit *e, uint32_t i);

/** edit_add - insert at the top of a builtin chain, behind earlier additions */
int edit_add(struct edit *e, uint8_t hook, const void *entry);

/** edit_move - entry number @i to the same place as edit_add(), with its counters */
int edit_move(struct edit *e, uint8_t hook, uint32_t i);

/** edit_delete, edit_rewrite - entry number @i; @entry has its size, borrowed */
void edit_delete(struct edit *e, uint32_t i);
void edit_rewrite(struct edit *e, uint32_t i, const void *entry);

/**
 * edit_commit - replace the table
 *
 * The kernel itself notices others' changes since the table was read only by
 * the number of entries (xt_replace_table), so it is read once more just
 * before; what changes in the microseconds between is overwritten.
 *
 * Return: 0: in force, and @e->old holds each old entry's exact counters;
 * -EAGAIN: somebody else changed the table, nothing was done; or -errno,
 * nothing was done.
 */
int edit_commit(struct edit *e);

#endif
