// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_resolve: which text a rule of nft had when an event was made, while rules change. */
#include "place/nft_resolve.h"

#include <string.h>

#include "place/nft_history.h"
#include "place/nft_lookup.h"
#include "place/nft_place_cache.h"
#include "rules/nft/snapshot.h"

/* A rule made anew more often than that within one history is not resolved. */
enum { VERSIONS = 16 };

/*
 * The versions of one rule or chain, newest first.  Each begins with a change
 * in the changelog; the last one is that of .since, should there have been one.
 */
struct versions {
	uint32_t from[VERSIONS + 1];
	unsigned int count;
};

/* A version was in force in the generations .from ... .end - 1. */
struct version {
	uint32_t from, end;
};

static bool list_versions(const struct nft_history *h, uint64_t key,
			  struct versions *vs)
{
	unsigned int made = nft_changelog_find(&h->changelog, key, vs->from,
					       VERSIONS);

	if (made > VERSIONS)
		return false;
	vs->count = 0;
	while (vs->count < made &&
	       nft_is_after(vs->from[vs->count], h->since))
		vs->count++;
	vs->from[vs->count++] = h->since;
	return true;
}

/* The newest version ends behind every reading and every event. */
static struct version version_of(const struct nft_history *h,
				 const struct versions *vs, unsigned int i)
{
	return (struct version){
		vs->from[i], i ? vs->from[i - 1] : h->generation + 2,
	};
}

static bool can_be_met(const struct version *v, struct nft_span span)
{
	return !nft_is_after(v->from, span.to) &&
	       nft_is_after(v->end, span.from);
}

/* Was a version read while it was in force?  The newest reading comes first. */
static bool find_version(const struct nft_history *h, const struct nft_node *n,
			 const struct version *v, struct nft_lookup_result *f)
{
	for (unsigned int i = 0; i < h->snaps; i++) {
		uint32_t at = h->snap[i]->generation;

		if (!nft_is_after(v->from, at) && nft_is_after(v->end, at) &&
		    nft_lookup(h->snap[i], n, f))
			return true;
	}
	return false;
}

static bool same_text(const struct nft_node *a, const struct nft_node *b)
{
	return a->place.rule_len == b->place.rule_len &&
	       a->place.hook == b->place.hook &&
	       memcmp(a->place.rule, b->place.rule, a->place.rule_len) == 0;
}

/*
 * Every version that an event of @span can have met must have been read, and
 * all of these must have the same text.  Only the version of .since need not be
 * found: the rules of .since were read, so there was none.  Why that is enough:
 * nft_history.h.
 */
enum nft_outcome nft_resolve(const struct nft_history *h,
			     struct nft_place_cache *ns,
			     const struct nft_node *n, struct nft_span span,
			     struct nft_node **result)
{
	struct nft_lookup_result f;
	struct versions vs;

	*result = NULL;
	/* The answer may be older than the event's place in the socket tells. */
	if (nft_is_after(span.from, span.to))
		span.to = span.from;
	if (!nft_history_reaches(h, span.from) ||
	    !list_versions(h, n->key, &vs))
		return NFT_NOT_CERTAIN;
	for (unsigned int i = 0; i < vs.count; i++) {
		struct version v = version_of(h, &vs, i);
		struct nft_node *k;

		if (!can_be_met(&v, span))
			continue;
		if (find_version(h, n, &v, &f)) {
			k = nft_place_cache_known(ns, n, &f);
			if (!k || (*result && !same_text(k, *result)))
				return NFT_NOT_CERTAIN;
			/* Others may have moved it; the newest comes first. */
			if (!*result)
				*result = k;
		} else if (i < vs.count - 1) {
			/* Of the newest version a reading may yet come. */
			return i ? NFT_NOT_CERTAIN : NFT_NOT_READ;
		}
	}
	return *result ? NFT_CERTAIN : NFT_NEVER_MADE;
}
