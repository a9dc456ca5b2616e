/* SPDX-License-Identifier: GPL-2.0-or-later */
/* replay_nft: lines of `nft monitor trace` -> events -> journeys. */
#ifndef NFTRACE_REPLAY_NFT_H
#define NFTRACE_REPLAY_NFT_H

#include <stdint.h>

#include "rules/base/strview.h"

struct nft_replay;
struct replay;

/** replay_nft_open - @r: borrowed; NULL: no memory */
struct nft_replay *replay_nft_open(struct replay *r);

/** replay_nft_close - NULL is nothing */
void replay_nft_close(struct nft_replay *n);

/**
 * replay_nft_line - take a line
 * @number: of the text, from 1
 * Return: as nft_line_parse()
 */
int replay_nft_line(struct nft_replay *n, struct strview line, uint64_t number);

#endif
