/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_constant: a constant as nft prints it -> the first and the last number that it means. */
#ifndef NFTRACE_NFT_CONSTANT_H
#define NFTRACE_NFT_CONSTANT_H

#include <stdbool.h>

#include "misses/nft_field.h"
#include "misses/rule_kept.h"

struct nft_range {
	struct nft_number from, to;
};

/** nft_number_order - below 0, 0, above 0: as @a is below, equal to or above @b */
static inline int nft_number_order(const struct nft_number *a, const struct nft_number *b)
{
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	return a->low == b->low ? 0 : a->low < b->low ? -1 : 1;
}

/**
 * nft_constant_read - "80", "1024-2047", "10.0.0.0/8", "tcp", "syn | ack"
 * @type: none of NFT_TYPE_DEVICE
 * Bits may be ored, with commas as well: then it is their number.
 * Return: false: it is not understood.
 */
bool nft_constant_read(struct nft_range *r, enum nft_type type, struct strview text);

/* A constant, or one part of an element's key. */
struct nft_constant {
	bool known;	/* it is understood */
	bool wild;	/* a device: what begins so */
	union {
		struct nft_range range;
		struct rule_span device;	/* NFT_TYPE_DEVICE: its name, without quotes and star */
	};
};

/** nft_constant_take - of any type; @begin: of the rule's text, in which @text lies */
void nft_constant_take(struct nft_constant *c, enum nft_type type, struct strview text,
		       const char *begin);

/** nft_constant_device - is that the interface's name? */
bool nft_constant_device(const struct nft_constant *c, const char *text, const char *name);

#endif
