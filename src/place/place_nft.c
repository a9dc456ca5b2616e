// SPDX-License-Identifier: GPL-2.0-or-later
/* place_nft: where in the nft rules an event was made, and with which text at that time. */
#include "place/place_nft.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "place/nft_history.h"
#include "place/nft_lookup.h"
#include "place/nft_names.h"
#include "place/nft_place_cache.h"
#include "place/nft_resolve.h"
#include "place/nft_slots.h"
#include "place/nft_touched.h"
#include "place/path_map.h"
#include "place/place.h"
#include "rules/base/family.h"
#include "rules/nft/snapshot.h"

/* Packets at ingress at a time, told apart by trace ids: some for each CPU. */
enum { AT_INGRESS = 64 };

struct place_nft {
	struct path_map *map;
	struct nft_history history;
	struct nft_place_cache cache;
	uint32_t missing_epoch;	/* of the cache, when .missing was last asked for */
	bool missing;		/* an event's rule is in no reading, nor told of */
	bool asked;		/* the rules are being read */
	struct nft_touched touched;	/* rules, and maps with their elements */
	/* Trace ids of packets that are at ingress, by their low bits. */
	uint32_t at_ingress[AT_INGRESS];
};

struct place_nft *place_nft_open(struct place_index *idx, struct path_map *map,
				 const struct nft_snapshot *snap, uint32_t began)
{
	struct place_nft *pn = calloc(1, sizeof(*pn));

	if (!pn)
		return NULL;
	pn->map = map;
	pn->cache.idx = idx;
	pn->cache.map = map;
	pn->cache.now = snap;
	pn->missing_epoch = UINT32_MAX;
	nft_history_begin(&pn->history, snap, began);
	nft_touched_begin(&pn->touched, snap->generation);
	map->generation = nft_history_told(&pn->history);
	nft_slots_fill(pn->map, &pn->cache.names, snap);
	return pn;
}

void place_nft_close(struct place_nft *pn)
{
	if (!pn)
		return;
	nft_history_end(&pn->history);
	nft_place_cache_close(&pn->cache);
	free(pn);
}

static const struct place *look_up(struct place_nft *pn, struct nft_node *like)
{
	struct nft_lookup_result f;
	struct nft_node *n;

	if (nft_history_has_update(&pn->history, like->key,
				   nft_history_span(&pn->history))) {
		n = nft_place_cache_in_state(&pn->cache, like, PLACE_PENDING);
	} else if (nft_lookup(pn->history.snap[0], like, &f)) {
		n = nft_place_cache_known(&pn->cache, like, &f);
	} else {
		pn->missing |= pn->missing_epoch != pn->cache.epoch;
		n = nft_place_cache_in_state(&pn->cache, like, PLACE_PENDING);
	}
	return n ? &n->place : NULL;
}

bool place_nft_is_ingress(const struct place *at)
{
	return at->hook == NF_INET_INGRESS ||
	       (at->hook == NFT_SNAP_LINK_HOOK + NF_NETDEV_INGRESS &&
		at->family == NFPROTO_NETDEV);
}

/*
 * Families inet and netdev have ingress as well, ahead of IP's hooks.  Its chains
 * may call others; the first event of an evaluation has the headers.
 */
static bool is_at_ingress(struct place_nft *pn, const struct event *e,
			  const struct place *at)
{
	uint32_t *id = &pn->at_ingress[e->nft->id % AT_INGRESS];

	if (place_nft_is_ingress(at))
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

static bool is_link(const struct event *e)
{
	return (nft_snapshot_is_link(e->nft->family) ||
		e->nft->family == NFPROTO_INET) &&
	       e->nft->type <= NFT_TRACETYPE_RULE;
}

static const struct place *find_nft(struct place_nft *pn, const struct event *e,
				    bool (*is_looked_up)(const struct event *e))
{
	struct nft_node *n = nft_place_cache_find(&pn->cache, e), fresh;
	const struct place *at;

	/* No rule is in doubt: the usual way. */
	if (n && !pn->history.open && n->place.state == PLACE_KNOWN &&
	    n->epoch == pn->cache.epoch)
		return &n->place;
	if (n)
		return look_up(pn, n);
	if (!is_looked_up(e))
		return NULL;
	at = nft_place_cache_fill(&pn->cache, &fresh, e) ? look_up(pn, &fresh)
							 : NULL;
	nft_place_cache_empty(&fresh);
	return at;
}

const struct place *place_nft_find(struct place_nft *pn, const struct event *e)
{
	const struct place *at;

	/* nft_snapshot_is_link(), without a call an event */
	if (e->nft->family == NFPROTO_BRIDGE || e->nft->family == NFPROTO_NETDEV)
		return NULL;
	at = find_nft(pn, e, is_followed);
	return at && e->nft->family == NFPROTO_INET &&
	       is_at_ingress(pn, e, at) ? NULL : at;
}

const struct place *place_nft_find_link(struct place_nft *pn,
					const struct event *e, uint8_t nfproto)
{
	struct event as_ip = *e;
	const struct place *at;

	as_ip.nfproto = nfproto;
	at = find_nft(pn, &as_ip, is_link);
	if (at)
		is_at_ingress(pn, e, at);
	return at;
}

struct nft_span place_nft_span(const struct place_nft *pn)
{
	return nft_history_span(&pn->history);
}

static bool changes_chains(const struct nft_update *c)
{
	return c->kind == NFT_UPDATE_TABLE || c->kind == NFT_UPDATE_NO_TABLE ||
	       c->kind == NFT_UPDATE_CHAIN || c->kind == NFT_UPDATE_OTHER;
}

/* In the generation that the message is of: its lower half it tells. */
static void note_touched(struct place_nft *pn, const struct nft_update *c)
{
	uint32_t told = pn->history.generation;
	uint32_t generation = told + (uint32_t)(int16_t)(c->serial - (uint16_t)told);

	if (c->kind == NFT_UPDATE_SET)
		nft_touched_note(&pn->touched,
				 nft_key_chain(c->family, &c->table, &c->set),
				 generation);
	else if (c->kind == NFT_UPDATE_RULE)
		nft_touched_note(&pn->touched,
				 nft_key_rule(c->family, &c->table, c->handle),
				 generation);
}

bool place_nft_update(struct place_nft *pn, const struct nft_update *c)
{
	struct nft_update update = *c;
	bool table = c->kind == NFT_UPDATE_TABLE ||
		     c->kind == NFT_UPDATE_NO_TABLE;
	bool lost;

	/* Base chains, or another run, may come and go before the rules are read. */
	update.hidden = nft_update_is_of_run(c);
	/* What a run has in its tables no packet is told of. */
	if (!update.hidden)
		note_touched(pn, c);
	if (c->kind == NFT_UPDATE_SET)
		return false;
	if (table && !update.hidden)
		pn->map->changes++;
	else if (table && !nft_history_is_own(&pn->history, c))
		pn->map->others |= OTHERS_RUNS;
	pn->map->changing |= changes_chains(c) && !update.hidden;
	lost = nft_history_update(&pn->history, &update);
	pn->map->generation = nft_history_told(&pn->history);
	return lost;
}

void place_nft_lost(struct place_nft *pn)
{
	nft_history_lost(&pn->history);
}

const struct place *place_nft_invalidate(struct place_nft *pn,
					 const struct place *at,
					 struct nft_span span)
{
	const struct nft_node *k = nft_node_of(at);
	struct nft_node *n;

	if (!k || at->own || at->state != PLACE_KNOWN ||
	    !nft_history_has_update(&pn->history, k->key, span))
		return at;
	n = nft_place_cache_in_state(&pn->cache, k, PLACE_PENDING);
	return n ? &n->place : at;
}

bool place_nft_is_now(struct place_nft *pn, const struct place *at)
{
	const struct nft_node *n = nft_node_of(at);
	struct nft_lookup_result f;

	if (!n || at->own || at->state != PLACE_KNOWN ||
	    n->epoch == pn->cache.epoch)
		return true;
	return nft_lookup(pn->history.snap[0], n, &f) &&
	       nft_place_cache_has_text(n, &f);
}

bool place_nft_is_open(const struct place_nft *pn)
{
	return pn->history.open;
}

bool place_nft_is_as_of(const struct place_nft *pn, uint32_t generation)
{
	return !pn->history.open &&
	       !nft_is_after(pn->history.snap[0]->generation, generation);
}

bool place_nft_wants(const struct place_nft *pn)
{
	return !pn->asked && (pn->history.changed || pn->missing);
}

void place_nft_asked(struct place_nft *pn)
{
	nft_history_asked(&pn->history);
	pn->asked = true;
	pn->missing = false;
	pn->missing_epoch = pn->cache.epoch;
}

bool place_nft_is_full(const struct place_nft *pn)
{
	return nft_place_cache_is_full(&pn->cache);
}

void place_nft_use(struct place_nft *pn, const struct place *at)
{
	nft_place_cache_use(&pn->cache, at);
}

void place_nft_sweep(struct place_nft *pn)
{
	nft_place_cache_sweep(&pn->cache);
}

uint32_t place_nft_generation(const struct place_nft *pn)
{
	return pn->history.generation;
}

bool place_nft_install(struct place_nft *pn, const struct nft_snapshot *snap)
{
	bool lost = pn->history.lost;
	struct path_map was;

	if (!nft_history_push(&pn->history, snap))
		return false;
	/* Who knows what was touched before. */
	if (lost && !pn->history.lost)
		nft_touched_begin(&pn->touched, pn->history.generation);
	pn->map->generation = nft_history_told(&pn->history);
	pn->map->changing = pn->history.open;
	pn->asked = false;
	nft_place_cache_new_epoch(&pn->cache, snap);
	was = *pn->map;
	nft_slots_fill(pn->map, &pn->cache.names, snap);
	pn->map->changes += !nft_slots_same(&was, pn->map);
	return true;
}

/* Can a message or reading that is still to come change the outcome @o? */
static bool may_become_certain(const struct place_nft *pn, enum nft_outcome o,
		     enum place_nft_time time)
{
	bool reading = pn->history.open || pn->asked || pn->missing;

	if (time == PLACE_NFT_NOW)
		return false;
	switch (o) {
	case NFT_NEVER_MADE:
		/* Its NEWRULE may be behind its event. */
		return time == PLACE_NFT_RULES || reading;
	case NFT_NOT_READ:
		return time == PLACE_NFT_RULES ? pn->history.open : reading;
	default:
		/* What was lost may turn out to be nothing of the rules. */
		return pn->history.lost;
	}
}

const struct nft_snapshot *place_nft_rules(const struct place_nft *pn)
{
	return pn->history.snap[0];
}

const struct path_map *place_nft_map(const struct place_nft *pn)
{
	return pn->map;
}

void place_nft_resolved_all(struct place_nft *pn)
{
	nft_history_close(&pn->history);
}

bool place_nft_untouched(const struct place_nft *pn, uint64_t key,
			 uint32_t generation)
{
	return !pn->history.lost &&
	       !nft_is_after(nft_touched_last(&pn->touched, key), generation);
}

const struct place *place_nft_next_map(struct place_nft *pn)
{
	return nft_place_cache_next_map(&pn->cache);
}

uint32_t place_nft_since(const struct place_nft *pn)
{
	return pn->touched.since;
}

void place_nft_failed(struct place_nft *pn)
{
	pn->asked = false;
}

const struct place *place_nft_resolve(struct place_nft *pn,
				      const struct place *at,
				      struct nft_span span,
				      enum place_nft_time time)
{
	const struct nft_node *n = nft_node_of(at);
	struct nft_node *k;
	enum nft_outcome o;

	if (!n || at->state != PLACE_PENDING)
		return at;
	o = nft_resolve(&pn->history, &pn->cache, n, span, &k);
	if (o != NFT_CERTAIN && may_become_certain(pn, o, time))
		return at;
	if (o != NFT_CERTAIN)
		k = nft_place_cache_in_state(&pn->cache, n, PLACE_LOST);
	return k ? &k->place : at;
}

const struct place *place_nft_forget_text(struct place_nft *pn,
					  const struct place *at)
{
	const struct nft_node *k = nft_node_of(at);
	struct nft_node *n;

	if (!k || at->own)
		return at;
	n = nft_place_cache_in_state(&pn->cache, k, PLACE_LOST);
	return n ? &n->place : at;
}
