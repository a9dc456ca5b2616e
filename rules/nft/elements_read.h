/* SPDX-License-Identifier: GPL-2.0-or-later */
/* elements_read: reads the elements of a rule's verdict map or set, in a helper child. */
#ifndef NFTRACE_NFT_ELEMENTS_READ_H
#define NFTRACE_NFT_ELEMENTS_READ_H

#include <stdint.h>

struct helper_result;

/* Of a larger one none are read, nor of one that takes half a second. */
enum { NFT_ELEMENTS_MAX = 65536 };

/* Which rule; the names end in NUL. */
struct nft_rule_id {
	uint64_t handle;
	uint8_t nfproto;	/* of the table */
	char table[256], chain[256];
	char set[256];		/* that it looks something up in; "": its verdict map */
};

/**
 * nft_elements_read - as it is now
 * @res: its .data is a struct nft_elements; helper_release() it
 * @fd: a descriptor of the same memory, for another process; close(2) it; -1
 *	after an error
 * Return: 0; -ENOENT: there is no such rule, or it has no such set; -E2BIG;
 * -EAGAIN: it changed all the time; or -errno.
 */
int nft_elements_read(const struct nft_rule_id *id, struct helper_result *res,
		      int *fd);

#endif
