/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save: text of iptables-save -> snapshot; for rules that are not in this kernel. */
#ifndef NFTRACE_SAVE_H
#define NFTRACE_SAVE_H

#include <stddef.h>
#include <stdint.h>

struct family;
struct snapshot;

/* What was found beside the rules. */
struct save_notes {
	uint32_t rules;		/* without policies and ends of chains */
	uint32_t passed_over;	/* lines that say nothing here */
	const char *first;	/* the first of them, in the text that was read */
	size_t first_len;
};

/** save_size - bytes of memory that save_read() needs at most */
size_t save_size(const char *text, size_t len);

/**
 * save_read - the tables of one family
 * @f: lines of the other family are passed over: under its header, or, without one, where
 *	a table comes a second time with rules of that family (save_family.h)
 * @to: @size zeroed bytes; the snapshot's own layout, see snapshot.h
 * @used: bytes of it in use
 *
 * Takes what iptables-save of either backend prints, with or without counters,
 * and what `iptables -S` prints (of table filter).  A table that comes a
 * second time is passed over.
 *
 * Return: 0; -ENOENT: there is no table of this family; -EOVERFLOW: more
 * tables or targets than a snapshot holds.
 */
int save_read(const struct family *f, const char *text, size_t len,
	      struct snapshot *to, size_t size, size_t *used,
	      struct save_notes *notes);

#endif
