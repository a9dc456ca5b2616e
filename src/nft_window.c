// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_window: the nft rules of now and of just before, and which tables were made anew. */
#include "nft_window.h"

#include <string.h>

#include "event_nft.h"
#include "nft_snapshot.h"

static void drop_snap(struct nft_window *w, unsigned int i)
{
	if (w->snap[i] != w->first)
		nft_snapshot_unmap(w->snap[i]);
	memmove(&w->snap[i], &w->snap[i + 1],
		(w->snaps - i - 1) * sizeof(w->snap[0]));
	w->snaps--;
}

void nft_window_begin(struct nft_window *w, const struct nft_snapshot *snap)
{
	memset(w, 0, sizeof(*w));
	w->first = w->snap[0] = snap;
	w->snaps = 1;
	w->generation = snap->generation;
}

void nft_window_end(struct nft_window *w)
{
	while (w->snaps)
		drop_snap(w, w->snaps - 1);
}

void nft_window_close(struct nft_window *w)
{
	if (w->open)
		return;
	while (w->snaps > 1)
		drop_snap(w, w->snaps - 1);
	w->tables = 0;
	w->all = false;
}

static uint32_t find_table(const struct nft_snapshot *s, uint8_t family,
			   const char *name, uint32_t len)
{
	return nft_snapshot_find_table(s, family, name, len);
}

/* Return: was nothing like it noted before? */
static bool note(struct nft_window *w, const struct nft_change *c,
		 uint64_t made, uint64_t rule)
{
	bool fresh = !nft_window_touched(w, c->family, c->table.text,
					 c->table.len, rule);
	struct nft_touched *t = &w->table[w->tables];

	if (w->tables == NFT_WINDOW_TABLES || c->table.len >= sizeof(t->name)) {
		fresh = !w->all;
		w->all = true;
		return fresh;
	}
	memset(t, 0, sizeof(*t));
	t->family = c->family;
	t->made = made;
	t->rule = rule;
	memcpy(t->name, c->table.text, c->table.len);
	w->tables++;
	return fresh;
}

static bool is_own(const struct nft_window *w, const struct nft_change *c,
		   uint64_t *handle)
{
	uint32_t i = find_table(w->snap[0], c->family, c->table.text,
				c->table.len);
	const struct nft_snap_table *t;

	*handle = 0;
	if (i == NFT_SNAP_NONE)
		return false;
	t = nft_snapshot_table(w->snap[0], i);
	*handle = t->handle;
	return t->flags & NFT_SNAP_OWN;
}

static bool has_rule(const struct nft_window *w, const struct nft_change *c)
{
	uint32_t i = find_table(w->snap[0], c->family, c->table.text,
				c->table.len);

	return i != NFT_SNAP_NONE &&
	       nft_snapshot_find_rule(w->snap[0], i, c->handle) !=
		       NFT_SNAP_NONE;
}

bool nft_window_change(struct nft_window *w, const struct nft_change *c)
{
	uint64_t known;

	/* Told before the first snapshot was read: it is in there. */
	if ((int16_t)(c->serial - (uint16_t)w->generation) <= 0)
		return false;
	if (c->kind == NFT_CHANGE_GENERATION) {
		w->generation = c->generation;
		return false;
	}
	/* Of our own table we need no word. */
	if (is_own(w, c, &known))
		return false;
	w->open = w->changed = true;
	switch (c->kind) {
	case NFT_CHANGE_NO_TABLE:
		return note(w, c, 0, 0);
	case NFT_CHANGE_TABLE:
		/* Flags of a table change, too. */
		return c->handle != known && note(w, c, c->handle, 0);
	case NFT_CHANGE_RULE:
		/* A rule that replaces another has its handle. */
		if (c->handle == w->deleted || has_rule(w, c))
			return note(w, c, 0, c->handle);
		break;
	case NFT_CHANGE_NO_RULE:
		w->deleted = c->handle;
		break;
	}
	return false;
}

void nft_window_lost(struct nft_window *w)
{
	w->open = w->changed = w->all = true;
}

static bool same_table(const struct nft_touched *t, uint8_t family,
		       const char *name, uint32_t len)
{
	return t->family == family && strlen(t->name) == len &&
	       memcmp(t->name, name, len) == 0;
}

bool nft_window_touched(const struct nft_window *w, uint8_t family,
			const char *name, uint32_t len, uint64_t rule)
{
	for (unsigned int i = 0; i < w->tables; i++)
		if (same_table(&w->table[i], family, name, len) &&
		    (!w->table[i].rule || w->table[i].rule == rule))
			return true;
	return w->all;
}

static bool in_a_snapshot(const struct nft_window *w,
			  const struct nft_touched *t)
{
	for (unsigned int i = 0; i < w->snaps; i++) {
		uint32_t k = find_table(w->snap[i], t->family, t->name,
					(uint32_t)strlen(t->name));

		if (k != NFT_SNAP_NONE &&
		    nft_snapshot_table(w->snap[i], k)->handle == t->made)
			return true;
	}
	return false;
}

bool nft_window_gapless(const struct nft_window *w, uint8_t family,
			const char *name, uint32_t len, uint64_t rule)
{
	unsigned int replaced = 0;

	for (unsigned int i = 0; i < w->tables; i++) {
		const struct nft_touched *t = &w->table[i];

		if (!same_table(t, family, name, len))
			continue;
		if (t->made && !in_a_snapshot(w, t))
			return false;
		replaced += t->rule && t->rule == rule;
	}
	/* Replaced twice: what it was in between nobody has read. */
	return !w->all && replaced < 2;
}

bool nft_window_install(struct nft_window *w, const struct nft_snapshot *snap)
{
	if ((int32_t)(snap->generation - w->generation) > 0)
		return false;
	if (w->snaps == NFT_WINDOW_SNAPS) {
		/* The oldest stays: most of what is open is from then. */
		drop_snap(w, 1);
	}
	memmove(&w->snap[1], &w->snap[0], w->snaps * sizeof(w->snap[0]));
	w->snap[0] = snap;
	w->snaps++;
	w->changed = snap->generation != w->generation;
	w->open = w->changed;
	return true;
}
