// SPDX-License-Identifier: GPL-2.0-or-later
/* set_ask: what sets of nft held when a packet met the rules that name them. */
#include "reader/set_ask.h"

#include <string.h>

#include "place/nft_history.h"
#include "protocol/map_question.h"
#include "reader/elements_ask.h"
#include "reader/reader_state.h"
#include "rules/nft/snapshot.h"

static struct event_name set_name(const char *text)
{
	return (struct event_name){ .text = text, .len = (uint32_t)strlen(text) };
}

static const struct nft_elements *find_set(void *arg, const struct nft_snapshot *s,
					   const struct nft_snap_rule *r,
					   struct strview set)
{
	const struct nft_snap_chain *c = nft_snapshot_chain(s, r->chain);
	const struct nft_snap_table *t = nft_snapshot_table(s, c->table);
	struct elements_of of = {
		.family = t->nfproto, .handle = r->handle,
		.table = nft_snapshot_text(s, t->name),
		.chain = nft_snapshot_text(s, c->name),
	};
	struct event_name table = set_name(of.table), name;
	char text[MAP_QUESTION_NAME];
	struct set_ask *q = arg;

	if (!set.len || set.len >= sizeof(text))
		return NULL;
	memcpy(text, set.at, set.len);
	text[set.len] = '\0';
	of.set = text;
	name = set_name(text);
	of.key = nft_key_chain(of.family, &table, &name);
	return elements_ask(q->s, q->j, &of, q->last);
}

void set_ask_begin(struct set_ask *q, struct reader_state *s, const struct journey *j)
{
	*q = (struct set_ask){
		.sets = { .find = find_set, .arg = q }, .s = s, .j = j,
		.last = s->maps.asks + SET_ASKS,
	};
}
