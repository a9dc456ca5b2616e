/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_constant: a constant as nft prints it -> the first and the last number that it means. */
#ifndef NFTRACE_NFT_CONSTANT_H
#define NFTRACE_NFT_CONSTANT_H

#include <stdbool.h>

#include "misses/nft_field.h"

struct nft_range {
	struct nft_number from, to;
};

/** nft_number_order - below 0, 0, above 0: as @a is below, equal to or above @b */
int nft_number_order(const struct nft_number *a, const struct nft_number *b);

/**
 * nft_constant_read - "80", "1024-2047", "10.0.0.0/8", "tcp", "syn | ack"
 * @type: none of NFT_TYPE_DEVICE
 * Bits may be ored, with commas as well: then it is their number.
 * Return: false: it is not understood.
 */
bool nft_constant_read(struct nft_range *r, enum nft_type type, struct strview text);

/**
 * nft_constant_device - is that an interface's name?
 * @text: in its quotes, "*" at its end stands for anything
 * @plain: set to what is between the quotes, without that star
 * Return: 1: yes; 0: no; -1: it is not understood.
 */
int nft_constant_device(struct strview text, const char *name,
			struct strview *plain);

#endif
