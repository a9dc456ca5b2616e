// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_history: nft's rules as read at some generations, and what was made in between. */
#include "place/nft_history.h"

#include <string.h>

#include "capture/nft_update.h"
#include "place/nft_names.h"
#include "rules/base/hash.h"
#include "rules/nft/snapshot.h"

/* Versions of one rule that are looked through; with more it is in doubt. */
enum { LATEST = 8 };

/* What was made before the oldest reading that is left cannot be looked up. */
static void drop_oldest(struct nft_history *h)
{
	const struct nft_snapshot *s = h->snap[--h->snaps];

	if (s != h->first)
		nft_snapshot_unmap(s);
	if (h->snaps &&
	    nft_is_after(h->snap[h->snaps - 1]->generation, h->since))
		h->since = h->snap[h->snaps - 1]->generation;
}

void nft_history_begin(struct nft_history *h, const struct nft_snapshot *snap,
		       uint32_t began)
{
	memset(h, 0, sizeof(*h));
	h->first = h->snap[0] = snap;
	h->snaps = 1;
	h->generation = h->newest = h->since = snap->generation;
	h->began = began;
	h->early = began != snap->generation;
	if (h->early)
		nft_history_lost(h);
}

void nft_history_end(struct nft_history *h)
{
	while (h->snaps)
		drop_oldest(h);
}

void nft_history_close(struct nft_history *h)
{
	if (h->open)
		return;
	while (h->snaps > 1)
		drop_oldest(h);
	nft_changelog_clear(&h->changelog);
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

static uint32_t find_table_of(const struct nft_history *h,
			   const struct nft_update *c)
{
	return nft_snapshot_find_table(h->snap[0], c->family, c->table.text,
				       c->table.len);
}

bool nft_history_is_own(const struct nft_history *h, const struct nft_update *c)
{
	uint32_t i = find_table_of(h, c);

	return i != NFT_SNAP_NONE &&
	       nft_snapshot_table(h->snap[0], i)->flags & NFT_SNAP_OWN;
}

/* Rules that jump to a renamed chain have another text; no message says so. */
static bool is_renamed(const struct nft_history *h, const struct nft_update *c)
{
	uint32_t i = find_table_of(h, c);
	const struct nft_snap_table *t;

	if (i == NFT_SNAP_NONE ||
	    nft_snapshot_find_chain(h->snap[0], i, c->chain.text,
				    c->chain.len) != NFT_SNAP_NONE)
		return false;
	t = nft_snapshot_table(h->snap[0], i);
	for (uint32_t k = 0; k < t->chains; k++)
		if (nft_snapshot_chain(h->snap[0], t->first_chain + k)->handle ==
		    c->handle)
			return true;
	return false;
}

static bool makes_version(const struct nft_update *c)
{
	return c->kind == NFT_UPDATE_RULE || c->kind == NFT_UPDATE_CHAIN;
}

static void note_version(struct nft_history *h, const struct nft_update *c,
		 uint32_t generation)
{
	uint64_t key = c->kind == NFT_UPDATE_RULE ?
		nft_key_rule(c->family, &c->table, c->handle) :
		nft_key_chain(c->family, &c->table, &c->chain);

	h->made = true;
	if (nft_changelog_note(&h->changelog, key, generation))
		return;
	/* A change that cannot be remembered is as good as never told. */
	nft_changelog_clear(&h->changelog);
	nft_history_lost(h);
}

/* Return: did it make a version, or is a transaction missing? */
static bool end_transaction(struct nft_history *h, uint32_t generation)
{
	bool made = h->made;

	if (generation != h->generation + 1) {
		nft_history_lost(h);
		made = true;
	}
	h->generation = generation;
	h->made = false;
	return made;
}

bool nft_history_update(struct nft_history *h, const struct nft_update *c)
{
	uint16_t ahead = (uint16_t)(c->serial - (uint16_t)h->generation);
	bool told = (int16_t)ahead <= 0;

	if (c->kind == NFT_UPDATE_GENERATION)
		return !told && end_transaction(h, c->generation);
	/* The texts of the run's own rules are not shown. */
	if (nft_history_is_own(h, c))
		return false;
	/*
	 * A change that a reading has already, told of late.  A version that it
	 * made may not be what earlier events met: those got the later text.
	 */
	if (told && (!makes_version(c) || c->hidden))
		return false;
	if (told || (c->kind == NFT_UPDATE_CHAIN && !c->hidden &&
		     is_renamed(h, c))) {
		nft_history_lost(h);
		return true;
	}
	h->open = h->changed = true;
	h->newest = h->generation + ahead;
	if (makes_version(c) && !c->hidden)
		note_version(h, c, h->newest);
	return false;
}

void nft_history_lost(struct nft_history *h)
{
	if (!h->lost)
		h->lost_at = h->generation;
	h->open = h->changed = h->lost = true;
	h->healing = false;
}

void nft_history_asked(struct nft_history *h)
{
	h->healing = h->lost;
}

struct nft_span nft_history_span(const struct nft_history *h)
{
	return (struct nft_span){
		h->early ? h->began : h->snap[0]->generation, h->generation + 1,
	};
}

uint32_t nft_history_told(const struct nft_history *h)
{
	return h->early ? h->began : h->generation;
}

bool nft_history_reaches(const struct nft_history *h, uint32_t generation)
{
	return !h->lost && !nft_is_after(h->since, generation);
}

bool nft_history_has_update(const struct nft_history *h, uint64_t key,
			    struct nft_span span)
{
	uint32_t made[LATEST];
	unsigned int n;

	if (h->lost)
		return true;
	n = nft_changelog_find(&h->changelog, key, made, LATEST);
	for (unsigned int i = 0; i < n && i < LATEST; i++)
		if (nft_is_after(made[i], span.from) &&
		    !nft_is_after(made[i], span.to))
			return true;
	return n > LATEST;
}

/*
 * A reading that began after the loss has the changes that were missed; changes
 * behind it have been told of.  If none was missed, the changelog is whole.
 */
static void heal(struct nft_history *h, uint32_t generation)
{
	h->lost = h->healing = false;
	if (generation == h->lost_at)
		return;
	h->since = generation;
	if (nft_is_after(generation, h->generation))
		h->generation = generation;
}

static bool is_full(const struct nft_history *h,
		    const struct nft_snapshot *more)
{
	uint64_t bytes = more->size;

	for (unsigned int i = 0; i < h->snaps; i++)
		bytes += h->snap[i]->size;
	return h->snaps == NFT_HISTORY_SNAPS ||
	       (h->snaps > 3 && bytes > NFT_HISTORY_BYTES);
}

bool nft_history_push(struct nft_history *h, const struct nft_snapshot *snap)
{
	if (h->healing)
		heal(h, snap->generation);
	if (nft_is_after(snap->generation, h->generation) && !h->lost)
		return false;
	while (is_full(h, snap))
		drop_oldest(h);
	memmove(&h->snap[1], &h->snap[0], h->snaps * sizeof(h->snap[0]));
	h->snap[0] = snap;
	h->early = false;
	h->snaps++;
	/* Of the next transaction a part may have been told, but not its end. */
	h->changed = h->lost || snap->generation != h->generation ||
		     nft_is_after(h->newest, h->generation);
	h->open = h->changed;
	return true;
}
