/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_relation: a comparison in a rule of nft's words, held against a packet. */
#ifndef NFTRACE_NFT_RELATION_H
#define NFTRACE_NFT_RELATION_H

#include <stdbool.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct asked;
struct conditions;
struct nft_elements;

/* A rule that is being read. */
struct nft_reading {
	struct conditions *out;
	const struct asked *a;
	uint32_t written;	/* fields that the rule has changed, a bit each of enum asked_field */
	uint8_t failed;		/* conditions so far */
	uint8_t protocol;	/* that it has asked for, and this is the one; 0: none */
};

/**
 * nft_relation_read - take one off @rest and add it; "meta mark set 0x1" is taken, too
 * Return: false: it is not understood, and @rest is where it was.
 */
bool nft_relation_read(struct nft_reading *rd, struct strview *rest);

#endif
