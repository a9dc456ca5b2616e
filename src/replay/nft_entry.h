/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_entry: where in a line one entry of nft's or xtables-monitor's ends and the next begins; pure. */
#ifndef NFTRACE_NFT_ENTRY_H
#define NFTRACE_NFT_ENTRY_H

#include <stdbool.h>

#include "rules/base/strview.h"

/** nft_entry_may_be - has a line a word that begins one?  Cheap: most lines of a log have none. */
bool nft_entry_may_be(struct strview line);

/**
 * nft_entry_next - offset of the second entry on a line, .len: there is one at most
 *
 * A rule's comment may hold what looks like an entry: what stands in quotes begins none,
 * unless they are not closed, and the line is damaged.
 */
size_t nft_entry_next(struct strview line);

#endif
