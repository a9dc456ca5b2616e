// SPDX-License-Identifier: GPL-2.0-or-later
/* place_node: a place of the index with all that is kept of it beside what others see. */
#include "place/place_node.h"

#include <stdlib.h>
#include <string.h>

struct place_node *place_node_new(uint64_t hash, const char *prefix, size_t len)
{
	struct place_node *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->hash = hash;
	n->place.prefix = n->texts.prefix = strndup(prefix, len);
	n->place.prefix_len = (uint32_t)len;
	if (n->place.prefix)
		return n;
	place_node_free(n);
	return NULL;
}

void place_node_free(struct place_node *n)
{
	place_texts_free(&n->texts);
	free(n);
}

bool place_node_own(struct place_node *n)
{
	struct place *p = &n->place;

	p->target = n->texts.target = strdup(p->target);
	if (p->rule_len)
		p->rule = n->texts.rule = strndup(p->rule, p->rule_len);
	return p->target && p->rule;
}

static bool same_rule(const struct place *a, const struct place *b)
{
	return a->rule_len == b->rule_len &&
	       memcmp(a->rule, b->rule, a->rule_len) == 0 &&
	       strcmp(a->target, b->target) == 0 && a->effect == b->effect &&
	       a->mangles == b->mangles && a->target_chain == b->target_chain &&
	       a->own == b->own && a->hidden == b->hidden &&
	       a->doubt == b->doubt;
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->snap == b->snap && a->nfproto == b->nfproto &&
	       a->prefix_len == b->prefix_len &&
	       memcmp(a->prefix, b->prefix, a->prefix_len) == 0 &&
	       a->chain_index == b->chain_index && a->number == b->number &&
	       a->own_before == b->own_before && a->at_end == b->at_end &&
	       a->hook == b->hook && a->slot == b->slot;
}

bool place_node_same(const struct place_node *a, const struct place_node *b)
{
	return a->place.straddles == b->place.straddles &&
	       memcmp(a->of, b->of, sizeof(a->of)) == 0 &&
	       same_place(&a->place, &b->place) &&
	       same_rule(&a->place, &b->place);
}
