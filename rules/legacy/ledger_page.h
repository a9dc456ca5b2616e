/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger_page: one replacement of a table, with the counters that it took out. */
#ifndef NFTRACE_LEDGER_PAGE_H
#define NFTRACE_LEDGER_PAGE_H

#include <stddef.h>
#include <stdint.h>

struct family;
struct ipt_replace;
struct ledger_head;
struct xt_counters;

/* One replacement; the arrays are in the ledger's memory. */
struct ledger_page {
	const struct family *f;
	struct ipt_replace *replace;	/* ip6t_replace has the same layout */
	uint32_t *from;			/* by new entry: the old one, or UINT32_MAX */
	struct xt_counters *old;	/* after ledger_replace(): what was counted */
	struct ledger_head *head;
	size_t len;
	int file;			/* of which this is a copy; -1: it is the
					 * file itself, or memory */
};

#endif
