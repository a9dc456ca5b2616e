/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_answer: what a comparison said of a packet -> one of the rule's conditions. */
#ifndef NFTRACE_NFT_ANSWER_H
#define NFTRACE_NFT_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "misses/nft_fit.h"
#include "rules/base/strview.h"

struct asked;
struct condition;
struct conditions;
struct nft_sets;
struct nft_rule;
struct nft_snap_rule;
struct nft_snapshot;

/* A rule that is being asked. */
struct nft_reading {
	const struct nft_rule *terms;
	const char *text;
	struct conditions *out;
	const struct asked *a;
	uint32_t written;	/* fields that the rule has changed, a bit each of enum asked_field */
	bool named;		/* it names a set */
	bool over;		/* the packet is of another family: no more is asked of it */
	const struct nft_sets *sets;	/* NULL: of these nothing is known */
	const struct nft_snapshot *snap;	/* what .sets is asked with */
	const struct nft_snap_rule *rule;
	uint8_t protocol;	/* that it has asked for, and this is the one; 0: none */
};

/** nft_answer - of a comparison with these words; of a concatenation that two parts refuse, two */
void nft_answer(struct nft_reading *rd, const struct nft_relation *r,
		enum nft_fit f, struct strview words);

/**
 * nft_answer_one - one condition, without what would do
 * @part: that it is of; @parts: that it depends on, a bit each
 * Return: NULL: there is no room.
 */
struct condition *nft_answer_one(struct nft_reading *rd, const struct nft_relation *r,
				 enum nft_fit f, struct strview words,
				 unsigned int part, unsigned int parts);

/** nft_answer_protocol - it asks for the protocol of this name */
void nft_answer_protocol(struct nft_reading *rd, enum nft_fit f, struct strview name);

/** nft_answer_family - the packet is of another family: more than one thing that failed */
void nft_answer_family(struct nft_reading *rd, struct strview name);

#endif
