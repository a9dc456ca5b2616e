// SPDX-License-Identifier: GPL-2.0-or-later
/* place_nft: where in the nft rules an event was made, and with which text at that time. */
#include "place_nft.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "event.h"
#include "event_nft.h"
#include "family.h"
#include "nft_find.h"
#include "nft_names.h"
#include "nft_snapshot.h"
#include "nft_window.h"
#include "path_map.h"
#include "place.h"

enum { BUCKETS = 4096, VERSIONS = 16, OUTSIDE = 64 };

struct place_nft {
	struct place_index *idx;
	struct path_map *map;
	struct nft_window window;
	struct nft_node *bucket[BUCKETS];
	struct nft_names names;
	uint32_t epoch;		/* installs */
	uint32_t missing_epoch;	/* when a rule was looked for in vain */
	bool missing, asked;
	/* Trace ids of packets that are at ingress, by their low bits. */
	uint32_t outside[OUTSIDE];
};

/* Conntrack runs all of nat at one priority, whatever a chain of nat says. */
static int32_t priority_of(const struct nft_snap_chain *c)
{
	if (c->type != NFT_SNAP_NAT)
		return c->priority;
	return c->hook == NF_INET_LOCAL_IN || c->hook == NF_INET_POST_ROUTING ?
		100 : -100;
}

static void add_station(struct place_nft *pn, const struct nft_snapshot *s,
			const struct nft_snap_chain *c)
{
	const struct nft_snap_table *t = nft_snapshot_table(s, c->table);
	const char *table = nft_names_table(&pn->names, t->nfproto,
					    nft_snapshot_text(s, t->name),
					    t->name_len);
	const struct nft_chain_name *name = !table ? NULL :
		nft_names_chain(&pn->names, table,
				nft_snapshot_text(s, c->name), c->name_len);

	if (!name || t->flags & NFT_SNAP_DORMANT)
		return;
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		if (t->nfproto == NFPROTO_INET ||
		    t->nfproto == families[f]->nfproto)
			path_map_add(pn->map, f, c->hook, name->id,
				     priority_of(c), c->type == NFT_SNAP_NAT);
}

/* Is there a rule that does this? */
static bool any_does(const struct nft_snapshot *s, uint32_t what)
{
	for (uint32_t i = 0; i < s->rules; i++)
		if (nft_snapshot_rule(s, i)->does & what)
			return true;
	return false;
}

static void add_stations(struct place_nft *pn, const struct nft_snapshot *s)
{
	pn->map->untraced = any_does(s, NFT_DOES_TRACE_OFF);
	pn->map->copied = any_does(s, NFT_DOES_CLONE);
	path_map_forget(pn->map, NFT_CHAIN_ID);
	for (uint32_t i = 0; i < s->chains; i++) {
		const struct nft_snap_chain *c = nft_snapshot_chain(s, i);

		if (c->hook < NF_INET_NUMHOOKS)
			add_station(pn, s, c);
	}
}

struct place_nft *place_nft_open(struct place_index *idx, struct path_map *map,
				 const struct nft_snapshot *snap)
{
	struct place_nft *pn = calloc(1, sizeof(*pn));

	if (!pn)
		return NULL;
	pn->idx = idx;
	pn->map = map;
	pn->missing_epoch = UINT32_MAX;
	nft_window_begin(&pn->window, snap);
	add_stations(pn, snap);
	return pn;
}

static void node_free(struct nft_node *n)
{
	free((void *)n->place.prefix);
	free((void *)n->place.rule);
	free((void *)n->place.line);
	free(n->jump);
	free(n);
}

void place_nft_close(struct place_nft *pn)
{
	if (!pn)
		return;
	nft_window_end(&pn->window);
	for (unsigned int b = 0; b < BUCKETS; b++)
		for (struct nft_node *n = pn->bucket[b], *next; n; n = next) {
			next = n->next;
			node_free(n);
		}
	nft_names_close(&pn->names);
	free(pn);
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
	uint64_t h = nft_mix(f->handle, (uint64_t)e->nfproto << 16 |
			 (uint64_t)f->family << 8 | f->type);

	h = nft_mix(h, (uint64_t)(uint32_t)f->verdict << 32 | f->policy);
	h = nft_names_mix(h, f->table.text, f->table.len);
	h = nft_names_mix(h, f->chain.text, f->chain.len);
	return f->jump.len ? nft_names_mix(h, f->jump.text, f->jump.len) : h;
}

static bool name_place(struct place *p)
{
	static const char *const words[] = {
		[PLACE_RULE] = "rule", [PLACE_RETURN] = "return",
		[PLACE_POLICY] = "policy",
	};
	char *prefix;
	int n = p->handle ?
		asprintf(&prefix, "TRACE: nft %s %s:%s:%s:%llu",
			 nft_snapshot_family(p->family), p->table, p->chain,
			 words[p->kind], (unsigned long long)p->handle) :
		asprintf(&prefix, "TRACE: nft %s %s:%s:%s",
			 nft_snapshot_family(p->family), p->table, p->chain,
			 words[p->kind]);

	if (n < 0)
		return false;
	p->prefix = prefix;
	p->prefix_len = (uint32_t)n;
	return true;
}

/* Names and key, from an event. */
static bool fill_names(struct place_nft *pn, struct nft_node *n,
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

	p->backend = EVENT_NFT;
	p->nfproto = e->nfproto;
	p->family = f->family;
	p->handle = f->handle;
	p->kind = kinds[f->type];
	n->type = f->type;
	n->verdict = f->verdict;
	n->policy = f->policy;
	p->table = nft_names_table(&pn->names, f->family, f->table.text, f->table.len);
	chain = p->table ? nft_names_chain(&pn->names, p->table, f->chain.text,
					f->chain.len) : NULL;
	if (f->jump.len && chain)
		to = nft_names_chain(&pn->names, p->table, f->jump.text, f->jump.len);
	if (!chain || (f->jump.len && !to))
		return false;
	p->chain = chain->name;
	p->chain_len = chain->len;
	p->chain_index = chain->id;
	n->key = f->handle ? nft_key_rule(f->family, &f->table, f->handle) :
			     nft_key_chain(f->family, &f->table, &f->chain);
	p->target_chain = to ? to->id : NFT_SNAP_NONE;
	n->jump = strndup(f->jump.text ? f->jump.text : "", f->jump.len);
	n->jump_len = f->jump.len;
	p->target = to ? to->name : "";
	return n->jump && name_place(p);
}

static bool set_text(struct place *p, const char *text, uint32_t len)
{
	p->rule = strndup(text, len);
	p->rule_len = len;
	return p->rule && place_build_line(p);
}

static struct nft_node *add(struct place_nft *pn, struct nft_node *n)
{
	struct nft_node **head = &pn->bucket[n->hash % BUCKETS];

	if (!n->place.line || !place_adopt(pn->idx, &n->place)) {
		node_free(n);
		return NULL;
	}
	n->next = *head;
	*head = n;
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
	n->place.doubt = state == PLACE_LOST ? DOUBT_GONE : DOUBT_NONE;
	n->place.rule = n->place.line = NULL;
	n->place.prefix = strndup(from->place.prefix, from->place.prefix_len);
	n->jump = strndup(from->jump, from->jump_len);
	if (n->place.prefix && n->jump)
		return n;
	node_free(n);
	return NULL;
}

/* Nodes of the same place as @like, itself among them. */
static struct nft_node *next_like(struct place_nft *pn, const struct nft_node *like,
			      struct nft_node *after)
{
	struct nft_node *n = after ? after->next : pn->bucket[like->hash % BUCKETS];

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

static bool has_text(const struct nft_node *n, const struct nft_finding *f)
{
	uint32_t len;
	const char *text = nft_find_text(f, n, &len);

	return n->place.state == PLACE_KNOWN && n->place.rule_len == len &&
	       n->place.hook == f->chain->hook &&
	       memcmp(n->place.rule, text, len) == 0;
}

/* The known node with this text, or a new one. */
static struct nft_node *known(struct place_nft *pn, const struct nft_node *like,
			  const struct nft_finding *f)
{
	struct nft_node *n;
	const char *text;
	uint32_t len;

	bool now = f->snap == pn->window.snap[0];

	for (n = next_like(pn, like, NULL); n; n = next_like(pn, like, n)) {
		if (has_text(n, f)) {
			if (now)
				n->epoch = pn->epoch;
			return n;
		}
	}
	n = copy(like, PLACE_KNOWN);
	if (!n)
		return NULL;
	text = nft_find_text(f, n, &len);
	/* A rule is there, but its text could not be had. */
	if (f->rule && !len) {
		n->place.state = PLACE_LOST;
		n->place.doubt = DOUBT_GONE;
	}
	nft_find_describe(pn->map, n, f);
	set_text(&n->place, text, len);
	/* Rules of before are none of now's, though they have the same name. */
	n->epoch = now ? pn->epoch : pn->epoch - 1;
	return add(pn, n);
}

static struct nft_node *in_state(struct place_nft *pn, const struct nft_node *like,
			     uint8_t state)
{
	struct nft_finding f;
	struct nft_node *n;

	for (n = next_like(pn, like, NULL); n; n = next_like(pn, like, n))
		if (n->place.state == state)
			return n;
	n = copy(like, state);
	if (!n)
		return NULL;
	nft_find(pn->window.snap[0], n, &f);
	f.rule = NULL;
	nft_find_describe(pn->map, n, &f);
	set_text(&n->place, "", 0);
	return add(pn, n);
}

static const struct place *look_up(struct place_nft *pn, struct nft_node *like)
{
	struct nft_finding f;
	struct nft_node *n;

	if (nft_window_touched(&pn->window, like->key,
			       nft_window_span(&pn->window))) {
		n = in_state(pn, like, PLACE_PENDING);
	} else if (nft_find(pn->window.snap[0], like, &f)) {
		n = known(pn, like, &f);
	} else {
		pn->missing |= pn->missing_epoch != pn->epoch;
		n = in_state(pn, like, PLACE_PENDING);
	}
	return n ? &n->place : NULL;
}

/*
 * Family inet has ingress as well, ahead of all that a journey knows of.  Its
 * chains may call others; the first event of an evaluation has the headers.
 */
static bool is_at_ingress(struct place_nft *pn, const struct event *e,
			  const struct place *at)
{
	uint32_t *id = &pn->outside[e->nft->id % OUTSIDE];

	if (at->hook == NF_INET_INGRESS)
		*id = e->nft->id;
	else if (*id == e->nft->id && !(e->flags & EVENT_NO_HEADERS))
		*id = 0;
	return *id == e->nft->id;
}

static bool is_followed(const struct event *e)
{
	return family_by_nfproto(e->nfproto) &&
	       (e->nft->family == NFPROTO_INET ||
		family_by_nfproto(e->nft->family)) &&
	       e->nft->type <= NFT_TRACETYPE_RULE;
}

static const struct place *find(struct place_nft *pn, const struct event *e)
{
	uint64_t hash = hash_of(e);
	struct nft_node *n, fresh;
	const struct place *at;

	for (n = pn->bucket[hash % BUCKETS]; n; n = n->next) {
		if (n->hash != hash || !is_of(n, e))
			continue;
		/* Nothing is in doubt: the usual way. */
		if (!pn->window.open && n->place.state == PLACE_KNOWN &&
		    n->epoch == pn->epoch)
			return &n->place;
		return look_up(pn, n);
	}
	if (!is_followed(e))
		return NULL;
	memset(&fresh, 0, sizeof(fresh));
	fresh.hash = hash;
	at = fill_names(pn, &fresh, e) ? look_up(pn, &fresh) : NULL;
	free((void *)fresh.place.prefix);
	free(fresh.jump);
	return at;
}

const struct place *place_nft_find(struct place_nft *pn, const struct event *e)
{
	const struct place *at = find(pn, e);

	return at && e->nft->family == NFPROTO_INET &&
	       is_at_ingress(pn, e, at) ? NULL : at;
}

struct nft_span place_nft_span(const struct place_nft *pn)
{
	return nft_window_span(&pn->window);
}

bool place_nft_change(struct place_nft *pn, const struct nft_change *c)
{
	return nft_window_change(&pn->window, c);
}

void place_nft_lost(struct place_nft *pn)
{
	nft_window_lost(&pn->window);
}

const struct place *place_nft_doubt(struct place_nft *pn,
				    const struct place *at,
				    struct nft_span span)
{
	const struct nft_node *k = (const struct nft_node *)at;
	struct nft_node *n;

	if (at->backend != EVENT_NFT || at->own || at->state != PLACE_KNOWN ||
	    !nft_window_touched(&pn->window, k->key, span))
		return at;
	n = in_state(pn, k, PLACE_PENDING);
	return n ? &n->place : at;
}

bool place_nft_is_now(struct place_nft *pn, const struct place *at)
{
	const struct nft_node *n = (const struct nft_node *)at;
	struct nft_finding f;

	if (at->backend != EVENT_NFT || at->own || at->state != PLACE_KNOWN ||
	    n->epoch == pn->epoch)
		return true;
	return nft_find(pn->window.snap[0], n, &f) && has_text(n, &f);
}

bool place_nft_is_open(const struct place_nft *pn)
{
	return pn->window.open;
}

bool place_nft_wants(const struct place_nft *pn)
{
	return !pn->asked && (pn->window.changed || pn->missing);
}

void place_nft_asked(struct place_nft *pn)
{
	nft_window_asked(&pn->window);
	pn->asked = true;
	pn->missing = false;
	pn->missing_epoch = pn->epoch;
}

uint32_t place_nft_generation(const struct place_nft *pn)
{
	return pn->window.generation;
}

bool place_nft_install(struct place_nft *pn, const struct nft_snapshot *snap)
{
	if (!nft_window_install(&pn->window, snap))
		return false;
	pn->asked = false;
	pn->epoch++;
	add_stations(pn, snap);
	return true;
}

/* What can be said of an event's rule. */
enum outcome {
	NEVER_MADE,	/* no version that it can have met was told of */
	NOT_READ,	/* it can have met one that has not been read */
	NOT_CERTAIN,	/* the versions it can have met differ, or are unknown */
	CERTAIN,
};

/* The version that began with generation @from and ended with @end. */
struct version {
	uint32_t from, end;
};

/* Read while it was in force?  Newest first: what is asked most is there. */
static bool find_version(const struct nft_window *w, const struct nft_node *n,
			 const struct version *v, struct nft_finding *f)
{
	for (unsigned int i = 0; i < w->snaps; i++) {
		uint32_t at = w->snap[i]->generation;

		if (!nft_is_after(v->from, at) && nft_is_after(v->end, at) &&
		    nft_find(w->snap[i], n, f))
			return true;
	}
	return false;
}

/* Is there a reading from .since on by which it was not there at @from? */
static bool was_absent(const struct nft_window *w, uint32_t from)
{
	for (unsigned int i = 0; i < w->snaps; i++)
		if (!nft_is_after(w->snap[i]->generation, from) &&
		    !nft_is_after(w->since, w->snap[i]->generation))
			return true;
	return false;
}

/*
 * Which text was in force at an event of the generations @span?  Every version
 * that was in force in one of them must have been read, and all that have been
 * must agree.  Versions begin with what is in .made; before the first of these
 * was that of .since, if any.  Why that is enough: nft_window.h.
 */
static enum outcome settle(struct place_nft *pn, const struct nft_node *n,
			   struct nft_span span, struct nft_node **result)
{
	const struct nft_window *w = &pn->window;
	uint32_t made[VERSIONS];
	unsigned int count = nft_made_find(&w->made, n->key, made, VERSIONS);
	struct version v = { .end = w->generation + 2 };
	struct nft_finding f;

	*result = NULL;
	if (nft_is_after(span.from, span.to))
		span.to = span.from;
	if (count > VERSIONS || !nft_window_reaches(w, span.from))
		return NOT_CERTAIN;
	for (unsigned int i = 0; nft_is_after(v.end, span.from); i++) {
		bool base = i == count || !nft_is_after(made[i], w->since);
		struct nft_node *k;

		v.from = base ? w->since : made[i];
		if (nft_is_after(v.from, span.to)) {
			v.end = v.from;
			continue;
		}
		if (find_version(w, n, &v, &f)) {
			k = known(pn, n, &f);
			if (!k || (*result && k != *result))
				return NOT_CERTAIN;
			*result = k;
		} else if (!base) {
			return i ? NOT_CERTAIN : NOT_READ;
		} else if (!was_absent(w, span.from)) {
			return NOT_CERTAIN;
		}
		if (base)
			break;
		v.end = v.from;
	}
	return *result ? CERTAIN : NEVER_MADE;
}

/* Can what is still to come make it certain? */
static bool may_come(const struct place_nft *pn, enum outcome o,
		     enum place_nft_time time)
{
	bool reading = pn->window.open || pn->asked || pn->missing;

	if (time == PLACE_NFT_NOW)
		return false;
	switch (o) {
	case NEVER_MADE:
		return time == PLACE_NFT_RULES || reading;
	case NOT_READ:
		return time == PLACE_NFT_RULES ? pn->window.open : reading;
	default:
		return pn->window.lost;
	}
}

const struct nft_snapshot *place_nft_rules(const struct place_nft *pn)
{
	return pn->window.snap[0];
}

void place_nft_settled(struct place_nft *pn)
{
	nft_window_close(&pn->window);
}

void place_nft_failed(struct place_nft *pn)
{
	pn->asked = false;
}

const struct place *place_nft_settle(struct place_nft *pn,
				     const struct place *at,
				     struct nft_span span,
				     enum place_nft_time time)
{
	const struct nft_node *n = (const struct nft_node *)at;
	struct nft_node *k;
	enum outcome o;

	if (at->backend != EVENT_NFT || at->state != PLACE_PENDING)
		return at;
	o = settle(pn, n, span, &k);
	if (o != CERTAIN && may_come(pn, o, time))
		return at;
	if (o != CERTAIN)
		k = in_state(pn, n, PLACE_LOST);
	return k ? &k->place : at;
}

const struct place *place_nft_distrust(struct place_nft *pn,
				       const struct place *at)
{
	struct nft_node *n;

	if (at->backend != EVENT_NFT || at->own)
		return at;
	n = in_state(pn, (const struct nft_node *)at, PLACE_LOST);
	return n ? &n->place : at;
}
