// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_place_cache: the places of nft events: one for each rule, verdict and text. */
#include "place/nft_place_cache.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "place/ct_rule.h"
#include "place/nft_history.h"
#include "place/nft_lookup.h"
#include "place/place.h"
#include "place/place_index.h"
#include "place/place_says.h"
#include "place/text_doubt.h"
#include "rules/base/hash.h"
#include "rules/base/owner.h"
#include "rules/nft/snapshot.h"

static void node_free(struct nft_node *n)
{
	nft_place_cache_empty(n);
	free(n);
}

void nft_place_cache_close(struct nft_place_cache *ns)
{
	for (unsigned int b = 0; b < NFT_PLACE_CACHE_BUCKETS; b++)
		for (struct nft_node *n = ns->bucket[b], *next; n; n = next) {
			next = n->next;
			node_free(n);
		}
	nft_names_close(&ns->names);
}

void nft_place_cache_new_epoch(struct nft_place_cache *ns,
			       const struct nft_snapshot *now)
{
	ns->now = now;
	ns->epoch++;
}

bool nft_place_cache_is_full(const struct nft_place_cache *ns)
{
	return ns->nodes > NFT_PLACE_CACHE_SOME && ns->nodes >= ns->sweep_at;
}

void nft_place_cache_use(const struct nft_place_cache *ns,
			 const struct place *at)
{
	/* All of them are the cache's own. */
	struct nft_node *n = (struct nft_node *)nft_node_of(at);

	if (n)
		n->used = ns->round + 1;
}

static bool is_needed(const struct nft_place_cache *ns,
		      const struct nft_node *n)
{
	return n->used == ns->round ||
	       (n->place.state == PLACE_KNOWN && n->epoch == ns->epoch);
}

static void sweep_bucket(struct nft_place_cache *ns, struct nft_node **at)
{
	while (*at) {
		struct nft_node *n = *at;

		if (is_needed(ns, n)) {
			at = &n->next;
			continue;
		}
		*at = n->next;
		place_release(ns->idx, &n->place);
		node_free(n);
		ns->nodes--;
	}
}

/* The next one when there are twice as many: what it costs is little a node. */
void nft_place_cache_sweep(struct nft_place_cache *ns)
{
	ns->round++;
	ns->maps = 0;
	for (unsigned int b = 0; b < NFT_PLACE_CACHE_BUCKETS; b++)
		sweep_bucket(ns, &ns->bucket[b]);
	ns->sweep_at = 2 * ns->nodes;
}

static bool same_name(const struct event_name *n, const char *name,
		      uint32_t len)
{
	return n->len == len && memcmp(n->text, name, len) == 0;
}

static bool is_of(const struct nft_node *n, const struct event *e)
{
	const struct event_nft *f = e->nft;
	const struct place *p = &n->place;

	return p->handle == f->handle && n->type == f->type &&
	       n->verdict == f->verdict && n->policy == f->policy &&
	       p->nfproto == e->nfproto && p->family == f->family &&
	       same_name(&f->chain, p->chain, p->chain_len) &&
	       same_name(&f->jump, n->jump, n->jump_len) &&
	       event_name_is(&f->table, p->table);
}

static uint64_t hash_of(const struct event *e)
{
	const struct event_nft *f = e->nft;
	uint64_t h = hash_mix(f->handle, (uint64_t)e->nfproto << 16 |
			 (uint64_t)f->family << 8 | f->type);

	h = hash_mix(h, (uint64_t)(uint32_t)f->verdict << 32 | f->policy);
	h = hash_name(h, f->table.text, f->table.len);
	h = hash_name(h, f->chain.text, f->chain.len);
	return f->jump.len ? hash_name(h, f->jump.text, f->jump.len) : h;
}

struct nft_node *nft_place_cache_find(const struct nft_place_cache *ns,
				      const struct event *e)
{
	uint64_t hash = hash_of(e);
	struct nft_node *n = ns->bucket[hash % NFT_PLACE_CACHE_BUCKETS];

	while (n && (n->hash != hash || !is_of(n, e)))
		n = n->next;
	return n;
}

/* As the words in which its text is count: "iptables -S CHAIN N", "handle N". */
static int put_number(char *to, size_t size, const struct place *p)
{
	if (!p->handle)
		return snprintf(to, size, "%s", "");
	if (p->counted)
		return snprintf(to, size, ":%u", p->position);
	return snprintf(to, size, ":handle %llu", (unsigned long long)p->handle);
}

static void name_nft_place(struct nft_node *n)
{
	static const char *const words[] = {
		[PLACE_RULE] = "rule", [PLACE_RETURN] = "return",
		[PLACE_POLICY] = "policy",
	};
	struct place *p = &n->place;
	char number[32];
	int len;

	put_number(number, sizeof(number), p);
	len = asprintf(&n->texts.prefix, "TRACE: nft %s %s:%s:%s%s",
		       nft_snapshot_family(p->family), p->table, p->chain,
		       words[p->kind], number);
	if (len < 0)
		n->texts.prefix = NULL;
	p->prefix = n->texts.prefix;
	p->prefix_len = len < 0 ? 0 : (uint32_t)len;
}

bool nft_place_cache_fill(struct nft_place_cache *ns, struct nft_node *n,
			  const struct event *e)
{
	static const uint8_t kinds[] = {
		[NFT_TRACETYPE_POLICY] = PLACE_POLICY,
		[NFT_TRACETYPE_RETURN] = PLACE_RETURN,
		[NFT_TRACETYPE_RULE] = PLACE_RULE,
	};
	const struct event_nft *f = e->nft;
	const struct nft_chain_name *chain, *to = NULL;
	struct place *p = &n->place;
	struct owner run;

	memset(n, 0, sizeof(*n));
	n->hash = hash_of(e);
	p->backend = EVENT_NFT;
	p->nfproto = e->nfproto;
	p->family = f->family;
	p->handle = f->handle;
	p->kind = kinds[f->type];
	n->type = f->type;
	n->verdict = f->verdict;
	n->policy = f->policy;
	p->table = nft_names_table(&ns->names, f->family, f->table.text, f->table.len);
	chain = p->table ? nft_names_chain(&ns->names, p->table, f->chain.text,
					f->chain.len) : NULL;
	if (f->jump.len && chain)
		to = nft_names_chain(&ns->names, p->table, f->jump.text, f->jump.len);
	if (!chain || (f->jump.len && !to))
		return false;
	p->chain = chain->name;
	p->chain_len = chain->len;
	p->chain_index = chain->id;
	n->key = f->handle ? nft_key_rule(f->family, &f->table, f->handle) :
			     nft_key_chain(f->family, &f->table, &f->chain);
	p->target_chain = to ? to->id : NFT_SNAP_NONE;
	n->jump = strndup(f->jump.text, f->jump.len);
	n->jump_len = f->jump.len;
	p->target = to ? to->name : "";
	n->of_run = owner_parse_name(&run, p->table);
	return n->jump;
}

void nft_place_cache_empty(struct nft_node *n)
{
	place_texts_free(&n->texts);
	free(n->jump);
}

/* What a place is called, and its text, once it is described. */
static void set_texts(struct nft_node *n, const char *text, uint32_t len)
{
	name_nft_place(n);
	n->place.rule = n->texts.rule = strndup(text, len);
	n->place.rule_len = len;
	n->place.ct = ct_rule_read(text, len, n->place.effect, n->place.target);
	if (n->place.rule)
		place_read_words(&n->place);
	if (n->texts.prefix && n->texts.rule)
		place_build_line(&n->place, &n->texts);
}

static struct nft_node *add_node(struct nft_place_cache *ns, struct nft_node *n)
{
	struct nft_node **head = &ns->bucket[n->hash % NFT_PLACE_CACHE_BUCKETS];

	if (!n->texts.line || !place_adopt(ns->idx, &n->place)) {
		node_free(n);
		return NULL;
	}
	n->next = *head;
	*head = n;
	ns->nodes++;
	return n;
}

/* A copy of what @from names, in another state or with another text. */
static struct nft_node *copy(const struct nft_node *from, uint8_t state)
{
	struct nft_node *n = malloc(sizeof(*n));

	if (!n)
		return NULL;
	*n = *from;
	n->place.state = state;
	n->place.doubt = state == PLACE_LOST ? TEXT_DOUBT_GONE
					     : TEXT_DOUBT_NONE;
	n->place.prefix = n->place.rule = n->place.line = NULL;
	memset(&n->texts, 0, sizeof(n->texts));
	n->jump = strndup(from->jump, from->jump_len);
	if (n->jump)
		return n;
	node_free(n);
	return NULL;
}

/* Nodes of the same place as @like, itself among them. */
static struct nft_node *next_like(struct nft_place_cache *ns,
				  const struct nft_node *like,
				  struct nft_node *after)
{
	struct nft_node *n =
		after ? after->next
		      : ns->bucket[like->hash % NFT_PLACE_CACHE_BUCKETS];

	for (; n; n = n->next)
		if (n->hash == like->hash &&
		    n->place.handle == like->place.handle &&
		    n->type == like->type && n->verdict == like->verdict &&
		    n->policy == like->policy &&
		    n->place.nfproto == like->place.nfproto &&
		    n->place.chain_index == like->place.chain_index &&
		    n->place.target_chain == like->place.target_chain)
			return n;
	return NULL;
}

bool nft_place_cache_has_text(const struct nft_node *n,
			      const struct nft_lookup_result *f)
{
	uint32_t len;
	const char *text = nft_lookup_text(f, n, &len);

	return n->place.state == PLACE_KNOWN && n->place.rule_len == len &&
	       n->place.hook == f->chain->hook &&
	       memcmp(n->place.rule, text, len) == 0;
}

/* The first of a bucket is found at once. */
static void move_to_front(struct nft_place_cache *ns, struct nft_node *n)
{
	struct nft_node **head = &ns->bucket[n->hash % NFT_PLACE_CACHE_BUCKETS];
	struct nft_node **at = head;

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	n->next = *head;
	*head = n;
}

/* A snapshot goes, and its texts with it. */
static const char *holder_of(struct nft_place_cache *ns, const struct nft_lookup_result *f)
{
	const char *text = f->table ? nft_snapshot_text(f->snap, f->table->holder) : "";

	return *text ? nft_names_table(&ns->names, NFPROTO_UNSPEC, text,
				       (uint32_t)strlen(text)) : NULL;
}

static struct nft_node *find_known(struct nft_place_cache *ns,
				   const struct nft_node *like,
				   const struct nft_lookup_result *f)
{
	uint32_t position = nft_lookup_position(f);
	struct nft_node *n = next_like(ns, like, NULL);
	const char *holder = holder_of(ns, f);

	/* A process that begins anew makes the same table, with the same handles. */
	while (n && (n->place.position != position || n->place.holder != holder ||
		     !nft_place_cache_has_text(n, f)))
		n = next_like(ns, like, n);
	if (!n || f->snap != ns->now)
		return n;
	n->epoch = ns->epoch;
	move_to_front(ns, n);
	return n;
}

/* Who wrote a chain may say for what at its first rule, which no packet need match. */
static void note_first_rule(const struct place *at,
			    const struct nft_lookup_result *f)
{
	const struct nft_snap_rule *r;

	if (!f->chain->count)
		return;
	r = nft_snapshot_rule(f->snap, f->chain->first);
	nft_names_note(at->chain, nft_snapshot_text(f->snap, r->text), r->len);
}

struct nft_node *nft_place_cache_known(struct nft_place_cache *ns,
				       const struct nft_node *like,
				       const struct nft_lookup_result *f)
{
	struct nft_node *n = find_known(ns, like, f);
	bool now = f->snap == ns->now;
	const char *text;
	uint32_t len;

	if (n)
		return n;
	n = copy(like, PLACE_KNOWN);
	if (!n)
		return NULL;
	text = nft_lookup_text(f, n, &len);
	/* A rule is there, but its text could not be had. */
	if (f->rule && !len) {
		n->place.state = PLACE_LOST;
		n->place.doubt = TEXT_DOUBT_GONE;
	}
	nft_lookup_describe(ns->map, n, f);
	note_first_rule(&n->place, f);
	n->place.holder = holder_of(ns, f);
	set_texts(n, text, len);
	/* Rules of before are none of now's, though they have the same name. */
	n->epoch = now ? ns->epoch : ns->epoch - 1;
	n = add_node(ns, n);
	if (n && n->place.mapped && ns->maps < NFT_PLACE_CACHE_MAPS)
		ns->unasked[ns->maps++] = &n->place;
	return n;
}

const struct place *nft_place_cache_next_map(struct nft_place_cache *ns)
{
	return ns->maps ? ns->unasked[--ns->maps] : NULL;
}

struct nft_node *nft_place_cache_in_state(struct nft_place_cache *ns,
					  const struct nft_node *like,
					  uint8_t state)
{
	struct nft_lookup_result f;
	struct nft_node *n;

	for (n = next_like(ns, like, NULL); n; n = next_like(ns, like, n))
		if (n->place.state == state)
			return n;
	n = copy(like, state);
	if (!n)
		return NULL;
	nft_lookup(ns->now, n, &f);
	f.rule = NULL;
	nft_lookup_describe(ns->map, n, &f);
	set_texts(n, "", 0);
	return add_node(ns, n);
}
