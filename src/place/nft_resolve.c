// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_resolve: which text a rule of nft had when an event was made, while rules change. */
#include "place/nft_resolve.h"

#include "place/nft_history.h"
#include "place/nft_lookup.h"
#include "place/nft_place_cache.h"
#include "rules/nft/snapshot.h"

enum { VERSIONS = 16 };

/* The version that began with generation @from and ended with @end. */
struct version {
	uint32_t from, end;
};

/* Read while it was in force?  Newest first: what is asked most is there. */
static bool find_version(const struct nft_history *w, const struct nft_node *n,
			 const struct version *v, struct nft_lookup_result *f)
{
	for (unsigned int i = 0; i < w->snaps; i++) {
		uint32_t at = w->snap[i]->generation;

		if (!nft_is_after(v->from, at) && nft_is_after(v->end, at) &&
		    nft_lookup(w->snap[i], n, f))
			return true;
	}
	return false;
}

/* Is there a reading from .since on by which it was not there at @from? */
static bool was_absent(const struct nft_history *w, uint32_t from)
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
 * was that of .since, if any.  Why that is enough: nft_history.h.
 */
enum nft_outcome nft_resolve(const struct nft_history *w,
			     struct nft_place_cache *ns,
			     const struct nft_node *n, struct nft_span span,
			     struct nft_node **result)
{
	uint32_t made[VERSIONS];
	unsigned int count = nft_changelog_find(&w->made, n->key, made,
						VERSIONS);
	struct version v = { .end = w->generation + 2 };
	struct nft_lookup_result f;

	*result = NULL;
	if (nft_is_after(span.from, span.to))
		span.to = span.from;
	if (count > VERSIONS || !nft_history_reaches(w, span.from))
		return NFT_NOT_CERTAIN;
	for (unsigned int i = 0; nft_is_after(v.end, span.from); i++) {
		bool base = i == count || !nft_is_after(made[i], w->since);
		struct nft_node *k;

		v.from = base ? w->since : made[i];
		if (nft_is_after(v.from, span.to)) {
			v.end = v.from;
			continue;
		}
		if (find_version(w, n, &v, &f)) {
			k = nft_place_cache_known(ns, n, &f);
			if (!k || (*result && k != *result))
				return NFT_NOT_CERTAIN;
			*result = k;
		} else if (!base) {
			return i ? NFT_NOT_CERTAIN : NFT_NOT_READ;
		} else if (!was_absent(w, span.from)) {
			return NFT_NOT_CERTAIN;
		}
		if (base)
			break;
		v.end = v.from;
	}
	return *result ? NFT_CERTAIN : NFT_NEVER_MADE;
}
