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
 * nft_news_fd - becomes readable or hung up when that is done; -1: nothing to do
 * nft_news_finish - wait for it, and hand the result to the reader
 */
void nft_news_start(struct run *r);
int nft_news_fd(const struct run *r);
void nft_news_finish(struct run *r);

#endif
