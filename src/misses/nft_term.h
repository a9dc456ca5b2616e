/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_term: one thing that a rule in nft's own words asks for. */
#ifndef NFTRACE_NFT_TERM_H
#define NFTRACE_NFT_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/nft_constant.h"
#include "misses/nft_field.h"
#include "misses/rule_kept.h"

enum nft_term_kind {
	NFT_TERM_COMPARES,
	NFT_TERM_WRITES,	/* fields, which are others behind it */
	NFT_TERM_UNKNOWN,	/* it asks for something that nothing here tells of */
	NFT_TERM_UNREAD,	/* from here on it is not understood */
};

/* What stands on the right. */
enum nft_right {
	NFT_RIGHT_ONE,
	NFT_RIGHT_SET,		/* without a name */
	NFT_RIGHT_NAMED,
};

struct nft_term {
	uint8_t kind;		/* enum nft_term_kind */
	uint8_t op, right;	/* COMPARES: enum nft_compare, enum nft_right */
	uint8_t parts;
	uint8_t field;		/* UNKNOWN: enum asked_field */
	bool changes;		/* UNKNOWN: struct condition's */
	bool masked;
	bool lacks;		/* an element of its set is not understood, of which nothing is kept */
	/* Of conntrack's state: which would do, and which perhaps, 1 << enum conntrack_state */
	uint8_t would, perhaps;
	uint16_t shared, value;	/* shared_number(), of whether the value fits, and of it; 0: none */
	/* COMPARES this one field with numbers, or names of devices: see nft_brief.c; else NULL */
	const struct nft_field *plain;
	uint32_t part, constant;	/* the first of each in struct nft_rule */
	uint32_t constants;
	uint32_t written;	/* WRITES: 1 << enum asked_field each */
	uint64_t mask;
	struct rule_span words;
	struct rule_span set;	/* NAMED: its name */
};

/* One field that is compared. */
struct nft_term_part {
	const struct nft_field *f;
	struct rule_span name;	/* its first word */
};

/* Of one piece. */
struct nft_rule {
	uint32_t terms;
	const struct nft_term *term;
	const struct nft_term_part *part;
	const struct nft_constant *constant;
};

#endif
