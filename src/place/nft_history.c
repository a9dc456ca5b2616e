// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_history: nft's rules as read at some generations, and what was made in between. */
#include "place/nft_history.h"

#include <string.h>

#include "place/nft_names.h"
#include "rules/base/hash.h"
#include "rules/nft/snapshot.h"

/* Nothing older than the oldest that is left can be looked up any more. */
static void drop_oldest(struct nft_history *w)
{
	const struct nft_snapshot *s = w->snap[--w->snaps];

	if (s != w->first)
		nft_snapshot_unmap(s);
	if (w->snaps &&
	    nft_is_after(w->snap[w->snaps - 1]->generation, w->since))
		w->since = w->snap[w->snaps - 1]->generation;
}

void nft_history_begin(struct nft_history *w, const struct nft_snapshot *snap)
{
	memset(w, 0, sizeof(*w));
	w->first = w->snap[0] = snap;
	w->snaps = 1;
	w->generation = w->newest = w->since = snap->generation;
}

void nft_history_end(struct nft_history *w)
{
	while (w->snaps)
		drop_oldest(w);
}

void nft_history_close(struct nft_history *w)
{
	if (w->open)
		return;
	while (w->snaps > 1)
		drop_oldest(w);
	w->since = w->snap[0]->generation;
	nft_changelog_clear(&w->made);
}

uint64_t nft_key_rule(uint8_t family, const struct event_name *table,
		      uint64_t handle)
{
	return hash_mix(hash_name(family, table->text, table->len), handle);
}

uint64_t nft_key_chain(uint8_t family, const struct event_name *table,
		       const struct event_name *chain)
{
	return hash_name(nft_key_rule(family, table, 0), chain->text,
			     chain->len);
}

static uint32_t find_table(const struct nft_history *w,
			   const struct nft_update *c)
{
	return nft_snapshot_find_table(w->snap[0], c->family, c->table.text,
				       c->table.len);
}

bool nft_history_is_own(const struct nft_history *w, const struct nft_update *c)
{
	uint32_t i = find_table(w, c);

	return i != NFT_SNAP_NONE &&
	       nft_snapshot_table(w->snap[0], i)->flags & NFT_SNAP_OWN;
}

/* Rules that jump to it have another text now, and nothing tells of them. */
static bool is_renamed(const struct nft_history *w, const struct nft_update *c)
{
	uint32_t i = find_table(w, c);
	const struct nft_snap_table *t;

	if (i == NFT_SNAP_NONE ||
	    nft_snapshot_find_chain(w->snap[0], i, c->chain.text,
				    c->chain.len) != NFT_SNAP_NONE)
		return false;
	t = nft_snapshot_table(w->snap[0], i);
	for (uint32_t k = 0; k < t->chains; k++)
		if (nft_snapshot_chain(w->snap[0], t->first_chain + k)->handle ==
		    c->handle)
			return true;
	return false;
}

static bool is_making(const struct nft_update *c)
{
	return c->kind == NFT_UPDATE_RULE || c->kind == NFT_UPDATE_CHAIN;
}

static void note(struct nft_history *w, const struct nft_update *c,
		 uint32_t generation)
{
	uint64_t key = c->kind == NFT_UPDATE_RULE ?
		nft_key_rule(c->family, &c->table, c->handle) :
		nft_key_chain(c->family, &c->table, &c->chain);

	w->doubt = true;
	if (nft_changelog_note(&w->made, key, generation))
		return;
	/* Too much to remember is as good as never told. */
	nft_changelog_clear(&w->made);
	nft_history_lost(w);
}

static bool take_generation(struct nft_history *w, uint32_t generation)
{
	bool doubt = w->doubt;

	if (generation != w->generation + 1) {
		nft_history_lost(w);
		doubt = true;
	}
	w->generation = generation;
	w->doubt = false;
	return doubt;
}

bool nft_history_update(struct nft_history *w, const struct nft_update *c)
{
	uint16_t ahead = (uint16_t)(c->serial - (uint16_t)w->generation);
	bool told = (int16_t)ahead <= 0;

	if (c->kind == NFT_UPDATE_GENERATION)
		return !told && take_generation(w, c->generation);
	/* Of our own table we need no word. */
	if (nft_history_is_own(w, c))
		return false;
	/*
	 * Made after the trace began and before the first reading: that is not
	 * what the events read so far have met.
	 */
	if (told && !is_making(c))
		return false;
	if (told || (c->kind == NFT_UPDATE_CHAIN && is_renamed(w, c))) {
		nft_history_lost(w);
		return true;
	}
	w->open = w->changed = true;
	w->newest = w->generation + ahead;
	if (is_making(c))
		note(w, c, w->newest);
	return false;
}

void nft_history_lost(struct nft_history *w)
{
	if (!w->lost)
		w->lost_at = w->generation;
	w->open = w->changed = w->lost = true;
	w->healing = false;
}

void nft_history_asked(struct nft_history *w)
{
	w->healing = w->lost;
}

struct nft_span nft_history_span(const struct nft_history *w)
{
	return (struct nft_span){ w->snap[0]->generation, w->generation + 1 };
}

bool nft_history_reaches(const struct nft_history *w, uint32_t generation)
{
	return !w->lost && !nft_is_after(w->since, generation);
}

bool nft_history_has_update(const struct nft_history *w, uint64_t key,
			    struct nft_span span)
{
	uint32_t made[8];
	unsigned int n;

	if (w->lost)
		return true;
	n = nft_changelog_find(&w->made, key, made, 8);
	for (unsigned int i = 0; i < n && i < 8; i++)
		if (nft_is_after(made[i], span.from) &&
		    !nft_is_after(made[i], span.to))
			return true;
	return n > 8;
}

/*
 * Read after the loss.  What was missed is in there, if it was anything of the
 * rules at all; what came since then was not missed.
 */
static void heal(struct nft_history *w, uint32_t generation)
{
	w->lost = w->healing = false;
	if (generation == w->lost_at)
		return;
	w->since = generation;
	if (nft_is_after(generation, w->generation))
		w->generation = generation;
}

static bool is_full(const struct nft_history *w,
		    const struct nft_snapshot *more)
{
	uint64_t bytes = more->size;

	for (unsigned int i = 0; i < w->snaps; i++)
		bytes += w->snap[i]->size;
	return w->snaps == NFT_HISTORY_SNAPS ||
	       (w->snaps > 3 && bytes > NFT_HISTORY_BYTES);
}

bool nft_history_push(struct nft_history *w, const struct nft_snapshot *snap)
{
	if (w->healing)
		heal(w, snap->generation);
	if (nft_is_after(snap->generation, w->generation) && !w->lost)
		return false;
	while (is_full(w, snap))
		drop_oldest(w);
	memmove(&w->snap[1], &w->snap[0], w->snaps * sizeof(w->snap[0]));
	w->snap[0] = snap;
	w->snaps++;
	/* Of the next transaction a part may have been told, but not its end. */
	w->changed = w->lost || snap->generation != w->generation ||
		     nft_is_after(w->newest, w->generation);
	w->open = w->changed;
	return true;
}
