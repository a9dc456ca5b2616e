/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backend_diff: where iptables-legacy and nft have rules, which chains only one of them has. */
#ifndef NFTRACE_BACKEND_DIFF_H
#define NFTRACE_BACKEND_DIFF_H

#include "rules/view/ruleset.h"

struct journey;
struct nft_snapshot;

struct backend_diff {
	struct ruleset rules;	/* .legacy: NULL: no rules */
};

/** backend_diff_open - @rules: its snapshots are borrowed */
void backend_diff_open(struct backend_diff *b, const struct ruleset *rules);

/**
 * backend_diff_mark - .one_backend of each event whose chain only its backend has
 * @nft: the rules of now
 *
 * The difference is where "iptables -S" or "nft list" alone would not show it.  Left out
 * are chains of which only the end was met, and let the packet pass; nothing is
 * marked where one backend has no rules.
 */
void backend_diff_mark(const struct backend_diff *b,
		       const struct nft_snapshot *nft, struct journey *j);

#endif
