/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_fit: values of a packet against what a rule of nft's words compares them with. */
#ifndef NFTRACE_NFT_FIT_H
#define NFTRACE_NFT_FIT_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/nft_constant.h"
#include "misses/nft_field.h"

struct nft_term;
struct nft_term_part;

enum { NFT_PARTS = 8 };	/* of a concatenation */

/* What is found of a packet and what a rule wants. */
enum nft_fit { NFT_FIT_NO, NFT_FIT_YES, NFT_FIT_UNKNOWN };

enum nft_compare {
	NFT_IS,		/* nothing stands there: of bits one must be set, else as NFT_EQUAL */
	NFT_EQUAL, NFT_DIFFERS,
	NFT_NONE_OF,	/* "!": none of the bits */
	NFT_BELOW, NFT_ABOVE, NFT_AT_MOST, NFT_AT_LEAST,
};

struct nft_part {
	const struct nft_field *f;
	struct strview name;	/* its first word */
	struct nft_number value;
	const char *device;	/* NFT_TYPE_DEVICE: instead of .value */
	bool known;
};

/* Of what failed: what would do that is nearest to what the packet has. */
struct nft_nearest {
	bool is;
	unsigned int part;
	uint32_t distance;
	struct nft_number want;
	struct strview device;
};

struct nft_relation {
	const char *text;		/* the rule's */
	unsigned int parts;
	uint8_t op;			/* enum nft_compare */
	bool other;			/* the packet is of a protocol without such a thing */
	bool masked;
	uint64_t mask;
	struct nft_nearest near;
	/*
	 * What does not fit would by another value of one of these parts, a bit each; or,
	 * if by none, not by one of .both alone.
	 */
	uint8_t alone, both;
	struct nft_part part[NFT_PARTS];	/* .parts of them are set */
};

/**
 * nft_relation_begin - of a rule's term: nothing is known of the packet
 * @part: all parts of the rule
 * nft_fit_unnamed - of what stands on the right; @c: all constants of the rule
 * Where that does not fit, .near, .alone and .both are set.
 */
void nft_relation_begin(struct nft_relation *r, const struct nft_term *t,
			const struct nft_term_part *part, const char *text);
enum nft_fit nft_fit_unnamed(struct nft_relation *r, const struct nft_term *t,
			     const struct nft_constant *c);

/** nft_fit_inverted - what it is where the rule asks for the opposite */
enum nft_fit nft_fit_inverted(enum nft_fit f);

/** nft_fit_distance - struct condition's, of a value from a range that it is not in */
uint32_t nft_fit_distance(const struct nft_field *f, const struct nft_number *v,
			  const struct nft_range *r);

/**
 * nft_fit_note_parts - an element does not fit in these parts, a bit each: .alone, .both
 * nft_fit_nearest - what would do, of a range that does not fit: .distance, .want
 * nft_fit_keep - the nearer one of both is kept in @to
 */
void nft_fit_note_parts(struct nft_relation *r, unsigned int no);
void nft_fit_nearest(struct nft_nearest *n, const struct nft_part *p,
		     const struct nft_range *range);
void nft_fit_keep(struct nft_nearest *to, const struct nft_nearest *n);

#endif
