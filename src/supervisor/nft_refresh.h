/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_refresh: the supervisor tells the reader about nft's rules while they change. */
#ifndef NFTRACE_NFT_REFRESH_H
#define NFTRACE_NFT_REFRESH_H

struct owner;
struct run_reader;

/** nft_refresh_generation - tell the reader nft's generation of now, if it can be had */
void nft_refresh_generation(struct run_reader *rd);

/**
 * nft_refresh_start - have nft's rules read again, in one helper child at a time
 * nft_refresh_look - is the helper done?  Then its rules go to the reader
 * nft_refresh_finish - the same, waiting for the helper
 *
 * Where the rules cannot be read the reader is told so.
 */
void nft_refresh_start(struct run_reader *rd, const struct owner *owner);
void nft_refresh_look(struct run_reader *rd);
void nft_refresh_finish(struct run_reader *rd);

#endif
