/* SPDX-License-Identifier: GPL-2.0-or-later */
/* save: the text of rules that iptables-nft wrote, out of iptables-nft-save. */
#ifndef NFTRACE_NFT_SAVE_H
#define NFTRACE_NFT_SAVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct nft_maker;

/* iptables-nft-save under way. */
struct nft_save {
	pid_t pid;
	int fd;
};

/**
 * nft_save_start - false: there is no such program
 * nft_save_finish - what it prints, malloc'ed; NULL: it failed
 */
bool nft_save_start(struct nft_save *s, uint8_t nfproto);
char *nft_save_finish(struct nft_save *s);

/**
 * nft_save_fill - give rules that iptables-nft wrote their text in its words
 *
 * A line is taken for a rule when the nth line of a chain meets the chain's
 * nth rule, there are as many of one as of the other, the rule's expressions
 * are all of forms that iptables-nft writes, and both jump to the same place.
 */
void nft_save_fill(struct nft_maker *m, uint8_t nfproto, const char *save);

#endif
