/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_refresh: the supervisor tells the reader about nft's rules while they change. */
#ifndef NFTRACE_NFT_REFRESH_H
#define NFTRACE_NFT_REFRESH_H

#include <stdbool.h>

struct run;

/** nft_refresh_generation - which one is it now?  The answer goes to the reader. */
void nft_refresh_generation(struct run *r);

/**
 * nft_refresh_start - have the rules read again, in a helper child
 * nft_refresh_look - is it done (SIGCHLD tells)?  Then hand it to the reader.
 * nft_refresh_finish - the same, waiting for it
 */
void nft_refresh_start(struct run *r);
void nft_refresh_look(struct run *r);
void nft_refresh_finish(struct run *r);

#endif
