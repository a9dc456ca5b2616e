/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list: the text of each rule out of what `nft -a -s -t list` prints. */
#ifndef NFTRACE_NFT_LIST_H
#define NFTRACE_NFT_LIST_H

struct nft_maker;

/**
 * nft_list_read - what `nft -a -s -t` prints for commands, of which each ends its line
 * @commands: NULL, or when they fail: all there is
 * Return: malloc'ed, or NULL after the reason was written to stderr.
 */
char *nft_list_read(const char *commands);

/**
 * nft_list_fill - give every rule and policy its text from it
 * A rule that is not found there keeps none; where it can be taken for others' texts, no
 * rule has any.
 */
void nft_list_fill(struct nft_maker *m, const char *list);

#endif
