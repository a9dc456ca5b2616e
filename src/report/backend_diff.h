/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backend_diff: where iptables-legacy and nft have rules, which chains only one of them has. */
#ifndef NFTRACE_BACKEND_DIFF_H
#define NFTRACE_BACKEND_DIFF_H

#include "rules/base/family.h"

struct journey;
struct nft_snapshot;
struct snapshot;

struct backend_diff {
	const struct snapshot *legacy[FAMILY_COUNT];	/* NULL: no rules */
};

/** backend_diff_open - @snaps: by family_index(), NULL where there is none; borrowed */
void backend_diff_open(struct backend_diff *b,
		       const struct snapshot *const snaps[]);

/**
 * backend_diff_mark - .alone of each event whose chain only its backend has
 * @nft: the rules of now
 *
 * That is where "iptables -S" or "nft list" alone would not show it.  Left out
 * are chains of which only the end was met, and let the packet pass; nothing is
 * marked where one backend has no rules.
 */
void backend_diff_mark(const struct backend_diff *b,
		       const struct nft_snapshot *nft, struct journey *j);

#endif
