// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_conditions: a rule in nft's own words, held against a packet. */
#include "misses/nft_conditions.h"

#include <stdlib.h>

#include "misses/asked.h"
#include "misses/condition.h"
#include "misses/nft_answer.h"
#include "misses/nft_compare.h"
#include "misses/nft_rule.h"
#include "misses/rule_kept.h"
#include "rules/nft/snapshot.h"

static bool is_enough(const struct nft_reading *rd)
{
	const struct conditions *out = rd->out;

	return rd->over || out->unread || (out->enough && out->failed >= out->enough);
}

static void ask_one(struct nft_reading *rd, const struct nft_term *t)
{
	struct condition *c;

	switch (t->kind) {
	case NFT_TERM_COMPARES:
		nft_compare(rd, t);
		break;
	case NFT_TERM_WRITES:
		rd->written |= t->written;
		break;
	case NFT_TERM_UNKNOWN:
		c = conditions_add(rd->out, CONDITION_UNKNOWN, t->field,
				   rule_span_text(t->words, rd->text));
		if (c)
			c->changes = t->changes;
		break;
	case NFT_TERM_UNREAD:
		rd->out->unread = true;
		break;
	}
}

static void ask_all(struct nft_reading *rd)
{
	const struct nft_rule *r = rd->terms;

	rd->out->n = rd->out->failed = 0;
	rd->out->unread = !r;
	for (uint32_t i = 0; r && i < r->terms && !is_enough(rd); i++)
		ask_one(rd, &r->term[i]);
}

void nft_conditions_read(struct conditions *out, struct strview text,
			 const struct asked *a)
{
	struct nft_rule *terms = nft_rule_make(text, NULL);
	struct nft_reading rd = {
		.terms = terms, .text = text.at, .out = out, .a = a,
	};

	ask_all(&rd);
	free(terms);
}

/* Return: is there a set whose elements would tell more? */
static bool ask_without(struct nft_reading *rd)
{
	ask_all(rd);
	return rd->named && rd->a->sets && !is_enough(rd);
}

void nft_conditions_kept(struct conditions *out, struct rule_kept *kept, uint32_t index,
			 const struct nft_snapshot *s, const struct nft_snap_rule *r,
			 const struct asked *a)
{
	struct strview text = { nft_snapshot_text(s, r->text), r->len };
	void *read = kept ? NULL : nft_rule_make(text, NULL);
	struct nft_reading rd = {
		.terms = kept ? rule_kept_find(kept, index, text, nft_rule_make) : read,
		.text = text.at, .out = out, .a = a,
	};

	/* To know what a set holds costs a question: where the rest has decided, none. */
	if (ask_without(&rd)) {
		rd = (struct nft_reading){
			.terms = rd.terms, .text = text.at, .out = out, .a = a,
			.sets = a->sets, .snap = s, .rule = r,
		};
		ask_all(&rd);
	}
	free(read);
}
