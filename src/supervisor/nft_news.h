/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_news: the supervisor tells the reader about nft's rules while they change. */
#ifndef NFTRACE_NFT_NEWS_H
#define NFTRACE_NFT_NEWS_H

#include <stdbool.h>

struct run;

/** nft_news_generation - which one is it now?  The answer goes to the reader. */
void nft_news_generation(struct run *r);

/**
 * nft_news_start - have the rules read again, in a helper child
 * nft_news_look - is it done (SIGCHLD tells)?  Then hand it to the reader.
 * nft_news_finish - the same, waiting for it
 */
void nft_news_start(struct run *r);
void nft_news_look(struct run *r);
void nft_news_finish(struct run *r);

#endif
