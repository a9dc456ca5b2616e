/* SPDX-License-Identifier: GPL-2.0-or-later */
/* found: nftrace's own nft tables that are there: of this run, living runs, dead ones. */
#ifndef NFTRACE_NFT_FOUND_H
#define NFTRACE_NFT_FOUND_H

#include <stdbool.h>

#include "rules/base/family.h"
#include "rules/base/owner.h"

struct trace_removed;
struct trace_stale;

/**
 * nft_trigger_remove - take a family's table out, whoever put it in
 * @done: filled on success; may be NULL
 * Return: 0, also when there is none; -EPERM: another process owns it; or -errno.
 */
int nft_trigger_remove(const struct family *f, const struct owner *owner,
		       struct trace_removed *done);

/**
 * nft_trigger_present - is the run's table there?
 * @name: filled with its name, which tells of the end that the run had when it
 * went in; may be NULL
 */
bool nft_trigger_present(const struct family *f, const struct owner *owner,
			 char name[OWNER_TEXT]);

/**
 * nft_trigger_tracing - rules in the run's table that turn tracing on
 * Return: how many; 0 also when there is no such table, or it is dormant; or -errno.
 */
int nft_trigger_tracing(const struct family *f, const struct owner *owner);

/**
 * nft_trigger_renew - move the deadline of a table that this process owns
 * @deadline_ms: from now on
 * Return: 0, also when the table, or its deadline, is not there any more; or -errno.
 */
int nft_trigger_renew(const struct family *f, const struct owner *owner,
		      uint64_t deadline_ms);

/**
 * nft_trigger_sweep - tables of other runs; dead runs' are removed
 * As trace_rules_sweep(); tables that belong to a socket are a living run's, and
 * whoever has NFLOG group 0 says nothing of tables.
 */
int nft_trigger_sweep(const struct family *f, unsigned int how,
		      struct trace_stale *stale, unsigned int max);

/**
 * nft_trigger_tables - how many tables see packets of each family
 * @count: by family_index(); those of nftrace's runs are not counted
 * @link: those of families bridge and netdev
 * Return: 0; -EOPNOTSUPP: no nf_tables in this kernel; or -errno.
 */
int nft_trigger_tables(unsigned int count[FAMILY_COUNT], unsigned int *link);

#endif
