// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_rules: what `nft list ruleset` prints -> the base chains in it. */
#include "replay/nft_rules.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event_nft.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_restored.h"
#include "place/witness_places.h"
#include "replay/nft_list.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"

enum { RULE_TEXT = 4096 };

/* How far the reading has come. */
struct rules_cursor {
	struct nft_rules *r;
	struct nft_list at;
	uint32_t position;	/* of the chain's last rule */
};

static bool same(struct strview a, struct strview b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static bool take_hook(struct strview word, uint8_t *hook)
{
	static const char *const hooks[NF_INET_NUMHOOKS] = {
		[NF_INET_PRE_ROUTING] = "prerouting",
		[NF_INET_LOCAL_IN] = "input",
		[NF_INET_FORWARD] = "forward",
		[NF_INET_LOCAL_OUT] = "output",
		[NF_INET_POST_ROUTING] = "postrouting",
	};

	for (uint8_t h = 0; h < NF_INET_NUMHOOKS; h++) {
		if (!strview_is(word, hooks[h]))
			continue;
		*hook = h;
		return true;
	}
	return false;
}

static bool take_integer(struct strview word, int32_t *n)
{
	bool minus = word.len && *word.at == '-';
	uint32_t u;

	if (minus)
		word = strview_behind(word, 1);
	if (!strview_number(word, 10, &u) || u > INT32_MAX)
		return false;
	*n = minus ? -(int32_t)u : (int32_t)u;
	return true;
}

/* "-400;", "filter;", "filter + 10;", "dstnat - 5;" */
static bool take_priority(struct strview rest, int32_t *priority)
{
	static const struct {
		const char *word;
		int32_t priority;
	} names[] = {
		{ "raw", -300 }, { "mangle", -150 }, { "dstnat", -100 },
		{ "filter", 0 }, { "security", 50 }, { "srcnat", 100 },
	};
	struct strview value = strview_cut(&rest, ';'), word, sign;
	int32_t more = 0;

	if (!strview_word(&value, &word))
		return false;
	if (take_integer(word, priority))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strview_is(word, names[i].word))
			continue;
		*priority = names[i].priority;
		if (!strview_word(&value, &sign) || !strview_word(&value, &word) ||
		    !take_integer(word, &more))
			return true;
		/* The kernel has 32 bits as well: what is more is no priority. */
		return !__builtin_add_overflow(*priority, *sign.at == '-' ? -more : more,
					       priority);
	}
	return false;
}

/* "type filter hook input priority filter; policy drop;" */
static void take_base(struct rules_cursor *c, struct strview line)
{
	struct nft_rules *r = c->r;
	struct nft_rules_chain made = {
		.table = c->at.table, .name = c->at.chain, .policy = line,
		.family = c->at.family,
	};
	struct strview type, word, hook;

	strview_word(&line, &word);
	if (!strview_word(&line, &type) || !strview_word(&line, &word) ||
	    !strview_is(word, "hook") || !strview_word(&line, &hook) ||
	    !take_hook(hook, &made.hook) || !strview_word(&line, &word) ||
	    !strview_is(word, "priority") ||
	    !take_priority(line, &made.priority))
		return;
	made.nat = strview_is(type, "nat");
	/* Where conntrack asks them, whatever they say. */
	if (made.nat)
		made.priority = made.hook == NF_INET_LOCAL_IN ||
				made.hook == NF_INET_POST_ROUTING ? 100 : -100;
	if (r->chains == NFT_RULES_CHAINS)
		r->cut = true;
	else
		r->chain[r->chains++] = made;
}

size_t nft_rules_text(char *to, size_t size, struct strview text)
{
	static const char mark[] = "counter packets ";
	size_t len = 0, word = sizeof("counter") - 1;

	while (text.len && len < size) {
		if (strview_starts(text, mark) && len + word <= size) {
			struct strview skip;

			memcpy(to + len, mark, word);
			len += word;
			text = strview_behind(text, word);
			for (int i = 0; i < 4; i++)
				strview_word(&text, &skip);
			continue;
		}
		to[len++] = *text.at;
		text = strview_behind(text, 1);
	}
	return len;
}

static uint64_t rule_hash(uint8_t family, struct strview table,
			  struct strview chain, struct strview text)
{
	uint64_t h = hash_bytes(family, table.at, table.len);

	h = hash_bytes(hash_bytes(h, chain.at, chain.len), text.at, text.len);
	return h ? h : 1;
}

/* Where a rule is, or would be. */
static uint32_t rule_slot(const struct nft_rules *r, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (r->slots - 1);

	while (r->rule[i].hash && r->rule[i].hash != hash)
		i = (i + 1) & (r->slots - 1);
	return i;
}

uint64_t nft_rules_handle(const struct nft_rules *r, uint8_t family,
			  struct strview table, struct strview chain,
			  struct strview text)
{
	return r->rule[rule_slot(r, rule_hash(family, table, chain, text))]
		.handle;
}

static uint64_t words_hash(uint8_t family, struct strview table,
			   struct strview chain, uint64_t handle)
{
	return rule_hash(family, table, chain, (struct strview){
				 (const char *)&handle, sizeof(handle) });
}

static uint32_t words_slot(const struct nft_rules *r, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & (r->slots - 1);

	while (r->words[i].hash && r->words[i].hash != hash)
		i = (i + 1) & (r->slots - 1);
	return i;
}

const struct nft_rules_words *nft_rules_words(const struct nft_rules *r,
					      uint8_t family,
					      struct strview table,
					      struct strview chain,
					      uint64_t handle)
{
	const struct nft_rules_words *w =
		&r->words[words_slot(r, words_hash(family, table, chain, handle))];

	return w->hash ? w : NULL;
}

static void note_words(struct rules_cursor *c, uint64_t handle, struct strview text)
{
	uint64_t hash = words_hash(c->at.family, c->at.table, c->at.chain, handle);
	struct nft_rules_words *words = &c->r->words[words_slot(c->r, hash)];

	*words = (struct nft_rules_words){ hash, text, ++c->position };
}

static void note_handle(struct rules_cursor *c)
{
	const struct nft_list *l = &c->at;
	struct nft_rules_rule *rule;
	struct strview text;
	char room[RULE_TEXT];
	uint64_t hash;

	if (!l->handle)
		return;
	note_words(c, l->handle, l->text);
	text = (struct strview){
		room, nft_rules_text(room, sizeof(room), l->text),
	};
	hash = rule_hash(l->family, l->table, l->chain, text);
	rule = &c->r->rule[rule_slot(c->r, hash)];
	rule->handle = rule->hash ? 0 : l->handle;
	rule->hash = hash;
}

/* Texts are quoted where they could be mistaken. */
static void take_rules_rule(struct nft_rules *r, struct strview line)
{
	struct strview word, before = { "", 0 };

	while (strview_quoted(&line, &word)) {
		r->untraced |= strview_is(before, "nftrace") &&
			       strview_is(word, "set") &&
			       strview_starts(line, " 0");
		r->copied |= strview_is(word, "dup");
		before = word;
	}
}

static void take_rules_line(struct rules_cursor *c, struct strview line)
{
	switch (nft_list_line(&c->at, line)) {
	case NFT_LIST_CHAIN:
		c->position = 0;
		break;
	case NFT_LIST_BASE:
		take_base(c, line);
		break;
	case NFT_LIST_RULE:
		note_handle(c);
		take_rules_rule(c->r, line);
		break;
	case NFT_LIST_OTHER: case NFT_LIST_TABLE: case NFT_LIST_END:
		break;
	}
}

bool nft_rules_is(struct strview text)
{
	struct nft_list l = { .family = 0 };
	struct strview line;

	while (strview_line(&text, &line))
		if (nft_list_line(&l, line) == NFT_LIST_TABLE && l.table.len)
			return true;
	return false;
}

static bool make_slots(struct nft_rules *r, struct strview text)
{
	struct nft_list l = { .family = 0 };
	struct strview line;
	uint32_t rules = 0;

	while (strview_line(&text, &line))
		rules += nft_list_line(&l, line) == NFT_LIST_RULE && l.handle;
	for (r->slots = 16; r->slots / 2 < rules; r->slots *= 2)
		;
	r->rule = calloc(r->slots, sizeof(*r->rule));
	r->words = calloc(r->slots, sizeof(*r->words));
	return r->rule && r->words;
}

bool nft_rules_read(struct nft_rules *r, struct strview text)
{
	struct rules_cursor c = { .r = r };
	struct strview line;

	r->chains = 0;
	r->cut = r->untraced = r->copied = false;
	if (!make_slots(r, text))
		return false;
	while (strview_line(&text, &line))
		take_rules_line(&c, line);
	return true;
}

void nft_rules_free(struct nft_rules *r)
{
	free(r->rule);
	free(r->words);
	r->rule = NULL;
	r->words = NULL;
}

/* Of a trace, which comes and goes: that it shows nothing says nothing. */
static bool is_of_trace(const struct nft_rules_chain *c)
{
	const struct event_nft n = {
		.family = c->family,
		.table = { c->table.at, (uint32_t)c->table.len },
		.chain = { c->name.at, (uint32_t)c->name.len },
	};

	return witness_places_is_of_run(&n);
}

static void add_slot(const struct nft_rules_chain *c, struct path_map *map,
		     unsigned int family, uint32_t id)
{
	uint8_t slot = path_map_add(map, family, c->hook, id, c->priority,
				    c->nat);

	if (slot != SLOT_NONE && is_of_trace(c))
		path_map_excuse(map, family, c->hook, slot);
}

void nft_rules_add_slots(const struct nft_rules *r, struct path_map *map,
			 struct place_index *idx)
{
	map->untraced |= r->untraced || r->cut;
	map->copied |= r->copied;
	for (unsigned int i = 0; i < r->chains; i++) {
		const struct nft_rules_chain *c = &r->chain[i];
		uint32_t id = place_chain_id(idx, c->family, c->table.at,
					     c->table.len, c->name.at,
					     c->name.len);

		for (unsigned int f = 0; f < FAMILY_COUNT; f++)
			if (c->family == NFPROTO_INET ||
			    c->family == families[f]->nfproto)
				add_slot(c, map, f, id);
	}
}

const struct nft_rules_chain *nft_rules_find(const struct nft_rules *r,
					     uint8_t family,
					     struct strview table,
					     struct strview name)
{
	for (unsigned int i = 0; i < r->chains; i++) {
		const struct nft_rules_chain *c = &r->chain[i];

		if (c->family == family && same(c->table, table) &&
		    same(c->name, name))
			return c;
	}
	return NULL;
}
