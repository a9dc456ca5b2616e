// SPDX-License-Identifier: GPL-2.0-or-later
/* witness_places: the run's own chains at the end of hooks, as places and slots. */
#include "place/witness_places.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "place/path_map.h"
#include "place/place_index.h"
#include "place/place_texts.h"
#include "place/place_types.h"
#include "place/table_order.h"
#include "rules/base/owner.h"
#include "rules/base/witness.h"
#include "rules/nft/snapshot.h"

static const char table_start[] = "nftrace_";

struct witness {
	struct place place;
	struct place_texts texts;
};

struct witness_places {
	struct owner run;
	uint8_t hooks[FAMILY_COUNT];
	struct witness at[FAMILY_COUNT][NF_INET_NUMHOOKS];
	char table[FAMILY_COUNT][OWNER_TEXT];
	/* The last table that was asked about; its name tells of the run's end. */
	char asked[OWNER_TEXT];
	bool asked_is_own;
};

static bool name_texts(struct witness *w, uint8_t nfproto)
{
	struct place *p = &w->place;
	int len = asprintf(&w->texts.prefix, "TRACE: nft %s %s:%s:rule",
			   nft_snapshot_family(nfproto), p->table, p->chain);

	if (len < 0)
		w->texts.prefix = NULL;
	p->prefix = w->texts.prefix;
	p->prefix_len = len < 0 ? 0 : (uint32_t)len;
	return p->prefix && place_build_line(p, &w->texts);
}

/* As the policy of a base chain that lets all pass: own, and never shown. */
static bool fill(struct witness_places *w, struct place_index *idx,
		 struct path_map *map, unsigned int family, unsigned int hook)
{
	struct witness *x = &w->at[family][hook];

	x->place = (struct place){
		.rule = "", .target = "",
		.table = w->table[family], .chain = witness_chain(hook),
		.chain_len = (uint32_t)strlen(witness_chain(hook)),
		.chain_index = WITNESS_KEY + hook,
		.target_chain = NFT_SNAP_NONE,
		.kind = PLACE_POLICY, .effect = EFFECT_ACCEPT,
		.nfproto = families[family]->nfproto,
		.family = families[family]->nfproto,
		.backend = EVENT_NFT, .state = PLACE_KNOWN,
		.hook = (uint8_t)hook, .order = T_OTHER, .at_end = true,
		.own = true, .hidden = true, .witness = true,
		.slot = path_map_add_witness(map, family, hook,
					     WITNESS_PRIORITY),
	};
	return name_texts(x, x->place.family) && place_adopt(idx, &x->place);
}

struct witness_places *witness_places_open(struct place_index *idx,
					   struct path_map *map,
					   const struct owner *run,
					   const uint8_t hooks[FAMILY_COUNT])
{
	struct witness_places *w = calloc(1, sizeof(*w));
	bool ok = w;

	for (unsigned int f = 0; f < FAMILY_COUNT && ok; f++) {
		w->run = *run;
		w->hooks[f] = hooks[f];
		owner_format_name(run, w->table[f]);
		for (unsigned int h = 0; h < NF_INET_NUMHOOKS && ok; h++)
			ok = !(hooks[f] & BIT(h)) || fill(w, idx, map, f, h);
	}
	if (ok)
		return w;
	witness_places_close(w);
	return NULL;
}

void witness_places_close(struct witness_places *w)
{
	if (!w)
		return;
	for (unsigned int f = 0; f < FAMILY_COUNT; f++)
		for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
			place_texts_free(&w->at[f][h].texts);
	free(w);
}

bool witness_places_is_of_run(const struct event_nft *n)
{
	return n->table.len >= sizeof(table_start) &&
	       memcmp(n->table.text, table_start, sizeof(table_start) - 1) == 0;
}

bool witness_places_has_chain(const struct event_nft *n)
{
	return witness_places_is_of_run(n) &&
	       witness_hook(n->chain.text, n->chain.len) < NF_INET_NUMHOOKS;
}

static bool is_own(struct witness_places *w, const struct event_name *table)
{
	struct owner run;

	if (event_name_is(table, w->asked))
		return w->asked_is_own;
	if (table->len >= sizeof(w->asked))
		return false;
	memcpy(w->asked, table->text, table->len);
	w->asked[table->len] = '\0';
	w->asked_is_own = owner_parse_name(&run, w->asked) &&
			  owner_same_run(&run, &w->run);
	return w->asked_is_own;
}

const struct place *witness_places_find(struct witness_places *w,
					const struct event *e)
{
	const struct event_nft *n = e->nft;
	const struct family *f = family_by_nfproto(n->family);
	unsigned int hook = witness_hook(n->chain.text, n->chain.len);
	unsigned int family;

	if (!f || hook >= NF_INET_NUMHOOKS || !n->handle ||
	    !is_own(w, &n->table))
		return NULL;
	family = family_index(f);
	return w->hooks[family] & BIT(hook) ? &w->at[family][hook].place : NULL;
}
