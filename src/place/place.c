// SPDX-License-Identifier: GPL-2.0-or-later
/* place: where in the rules an event was made; looked up once, then by hash. */
#include "place/place.h"

#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "place/place_index.h"
#include "place/place_live.h"
#include "place/prefix.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/view/ruleset.h"

static void find_forgers(struct place_index *idx, unsigned int family)
{
	struct ruleset seen = { .nft = idx->nft };

	seen.legacy[family] = idx->history[family].latest;
	forgers_find(&idx->forgers[family], &seen);
}

struct place_index *place_index_open(const struct ruleset *rules,
				     const struct path_map *map)
{
	struct place_index *idx = calloc(1, sizeof(*idx));

	if (!idx)
		return NULL;
	idx->map = map;
	idx->nft = rules->nft;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		legacy_history_begin(&idx->history[i], rules->legacy[i]);
		find_forgers(idx, i);
	}
	return idx;
}

static void free_list(struct place_node *n)
{
	struct place_node *next;

	for (; n; n = next) {
		next = n->next;
		place_node_free(n);
	}
}

void place_index_close(struct place_index *idx)
{
	if (!idx)
		return;
	for (unsigned int b = 0; b < PLACE_BUCKETS; b++) {
		free_list(idx->bucket[b]);
		free_list(idx->idle[b]);
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		legacy_history_end(&idx->history[i]);
	nft_names_close(&idx->names);
	free(idx->free_id);
	free(idx);
}

/* Which places are looked up anew. */
struct renewed {
	unsigned int family;
	const struct legacy_history *history;	/* NULL: all families */
	unsigned int tables;			/* of .history, a bit each */
};

static bool is_renewed(const struct renewed *r, const struct place *p)
{
	const struct legacy_history *h = r->history;

	if (!p->snap)
		return false;
	if (!h)
		return true;
	if (family_index_by_nfproto(p->nfproto) != r->family)
		return false;
	for (unsigned int i = 0; i < h->tables; i++)
		if (r->tables & 1u << i &&
		    strcmp(h->table[i].name, p->table) == 0)
			return true;
	return false;
}

/* Journeys under way hold on to what was found. */
static void retire(struct place_index *idx, unsigned int bucket,
		   const struct renewed *r)
{
	struct place_node **at = &idx->bucket[bucket], *n;

	while ((n = *at)) {
		if (!is_renewed(r, &n->place)) {
			at = &n->next;
			continue;
		}
		*at = n->next;
		n->current = false;
		n->next = idx->idle[bucket];
		idx->idle[bucket] = n;
	}
}

static void retire_all(struct place_index *idx, const struct renewed *r)
{
	idx->last = NULL;
	for (unsigned int b = 0; b < PLACE_BUCKETS; b++)
		retire(idx, b, r);
}

void place_index_fit(struct place_index *idx, unsigned int family,
		     const uint8_t *fit)
{
	idx->fit[family] = fit;
}

void place_index_new_epoch(struct place_index *idx, enum place_phase phase)
{
	const struct renewed all = { .history = NULL };

	idx->phase = phase;
	retire_all(idx, &all);
}

static void retire_tables(struct place_index *idx, unsigned int family,
			  unsigned int tables)
{
	const struct renewed r = {
		.family = family, .history = &idx->history[family],
		.tables = tables,
	};

	if (tables)
		retire_all(idx, &r);
}

/* The number goes round, without 0. */
static uint8_t next_renewal(const struct place_index *idx)
{
	return idx->renewal == UINT8_MAX ? 1 : (uint8_t)(idx->renewal + 1);
}

unsigned int place_index_renew(struct place_index *idx, unsigned int family,
			       const struct snapshot *snap, bool certain,
			       uint32_t fence)
{
	unsigned int changed =
		legacy_history_push(&idx->history[family], snap,
				    idx->phase == PHASE_ARMED,
				    certain && !idx->unsure, fence);

	retire_tables(idx, family, changed);
	if (changed)
		idx->renewal = next_renewal(idx);
	find_forgers(idx, family);
	return changed;
}

void place_index_settle(struct place_index *idx, uint32_t read)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		retire_tables(idx, i,
			      legacy_history_settle(&idx->history[i], read));
}

void place_index_unsure(struct place_index *idx, bool unsure)
{
	if (idx->unsure == unsure)
		return;
	idx->unsure = unsure;
	place_index_new_epoch(idx, idx->phase);
}

bool place_index_is_unsure(const struct place_index *idx)
{
	return idx->unsure;
}

uint32_t place_index_misfits(const struct place_index *idx)
{
	return idx->misfits;
}

const struct snapshot *place_index_rules(const struct place_index *idx,
					 unsigned int family)
{
	return idx->history[family].latest;
}

enum { WORDS = 2 * sizeof(uint64_t) };

static inline bool is_words(const char *a, const char *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a, WORDS);
	memcpy(y, b, WORDS);
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]));
}

/* Some 30 bytes: to call memcmp() would cost more than to compare them. */
static inline bool is_long_text(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len - WORDS; i += WORDS)
		if (!is_words(a + i, b + i))
			return false;
	return is_words(a + len - WORDS, b + len - WORDS);
}

static inline bool is_text(const char *a, const char *b, size_t len)
{
	return len < WORDS ? memcmp(a, b, len) == 0 : is_long_text(a, b, len);
}

static inline bool may_be_named(const struct place_node *n, uint8_t nfproto,
				size_t len)
{
	return n->current && n->place.prefix_len == len &&
	       n->place.nfproto == nfproto;
}

static inline bool is_named(const struct place_node *n, uint8_t nfproto,
			    const char *prefix, size_t len)
{
	return may_be_named(n, nfproto, len) &&
	       is_text(n->place.prefix, prefix, len);
}

static struct place_node *find(struct place_index *idx, uint8_t nfproto,
			 const char *prefix, size_t len)
{
	uint64_t hash = prefix_hash(nfproto, prefix, len);

	for (struct place_node *n = idx->bucket[hash % PLACE_BUCKETS]; n; n = n->next)
		if (n->hash == hash && is_named(n, nfproto, prefix, len))
			return n;
	return place_live_look_up(idx, nfproto, hash, prefix, len);
}

static __attribute__((noinline)) const struct place *
find_then(struct place_index *idx, uint8_t nfproto, const char *prefix,
	  size_t len)
{
	struct place_node *n = find(idx, nfproto, prefix, prefix_trim(prefix, len));

	if (!n)
		return NULL;
	if (idx->last)
		idx->last->then = n;
	idx->last = n;
	return &n->place;
}

/* The kernel writes one blank behind it. */
static inline bool is_written(const struct place_node *n, uint8_t nfproto,
			      const char *prefix, size_t len)
{
	return len > WORDS && prefix[len - 1] == ' ' &&
	       may_be_named(n, nfproto, len - 1) &&
	       is_long_text(n->place.prefix, prefix, len - 1);
}

/* Most packets take the way of the one before. */
const struct place *place_find(struct place_index *idx, uint8_t nfproto,
			       const char *prefix, size_t len)
{
	struct place_node *n;

	if (!idx->last)
		return find_then(idx, nfproto, prefix, len);
	n = idx->last->then;
	if (!n || !is_written(n, nfproto, prefix, len))
		return find_then(idx, nfproto, prefix, len);
	idx->last = n;
	return &n->place;
}

const struct place *place_of_age(const struct place *at, unsigned int age)
{
	return at->straddles ? place_node_of(at)->of[age] : NULL;
}
