// SPDX-License-Identifier: GPL-2.0-or-later
/* map_ask: what verdict maps said of a packet that is about to be printed. */
#include "reader/map_ask.h"

#include <string.h>

#include "journey/journey.h"
#include "journey/map_key.h"
#include "journey/map_verdict.h"
#include "place/nft_lookup.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "reader/elements_ask.h"
#include "reader/reader_state.h"
#include "rules/nft/elements.h"

static struct elements_of of_map(const struct place *at)
{
	return (struct elements_of){
		.family = at->family, .handle = at->handle, .table = at->table,
		.chain = at->chain, .set = "", .key = nft_node_of(at)->key,
		.rule = nft_node_of(at)->key,
	};
}

static const struct nft_elements *find_elements(struct reader_state *s,
						const struct journey *j,
						const struct place *at)
{
	struct elements_of of = of_map(at);

	return elements_ask(s, j, &of, ELEMENTS_ASK_ALWAYS);
}

static const struct nft_element *find_element(struct reader_state *s,
					      const struct journey *j,
					      uint32_t step,
					      const struct nft_elements **e)
{
	const struct place *at = j->step[step].place;
	const struct nft_node *n = nft_node_of(at);
	struct nft_key key;
	uint32_t i;

	*e = n ? find_elements(s, j, at) : NULL;
	if (!*e)
		return NULL;
	map_key_read(&key, *e, j, step, s->names);
	i = nft_elements_find(*e, &key, n->verdict, at->target);
	return i == NFT_ELEMENT_NONE ? NULL : nft_elements_at(*e, i);
}

static void ask_of(struct reader_state *s, struct journey *j, uint32_t step)
{
	const struct nft_elements *e;
	const struct nft_element *x = find_element(s, j, step, &e);
	char word[MAP_VERDICT_TEXT];

	map_verdict_word(word, j->step[step].place);
	map_verdicts_add(&s->verdicts, j, step, word,
			 x ? nft_elements_text(e, x->words) : NULL,
			 x && x->comment ? nft_elements_text(e, x->comment) : NULL);
}

void map_ask(struct reader_state *s, struct journey *j)
{
	s->verdicts.count = s->verdicts.used = 0;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].place->mapped)
			ask_of(s, j, i);
}

void map_ask_ahead(struct reader_state *s)
{
	const struct place *at;

	while ((at = place_nft_next_map(s->nft))) {
		struct elements_of of = of_map(at);

		elements_ask_ahead(s, &of);
	}
}
