// SPDX-License-Identifier: GPL-2.0-or-later
/* hook_guess: at which hook an event of a user chain was made, which a log does not tell. */
#include "replay/hook_guess.h"

#include <linux/netfilter.h>
#include <stdbool.h>
#include <stdlib.h>

#include "capture/event.h"
#include "place/place.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"

enum { MEMORY = HASH_SLOTS(4096), ALL_HOOKS = (1 << NF_INET_NUMHOOKS) - 1 };

#define HOOK_BIT(h) (1u << (h))

/* Where a packet was last. */
struct memory {
	uint64_t key;
	const char *table;
	uint8_t hook;
};

struct hook_guess {
	const struct snapshot *snap[FAMILY_COUNT];
	uint8_t *from[FAMILY_COUNT];	/* by chain: hooks that lead to it */
	struct memory memory[MEMORY];
};

/* Mark what can be reached from one builtin chain; each chain is walked once. */
static void spread(const struct snapshot *s, uint8_t *from, uint32_t *stack,
		   uint32_t start)
{
	uint8_t bit = (uint8_t)HOOK_BIT(snapshot_chain(s, start)->hook);
	uint32_t depth = 0;

	stack[depth++] = start;
	from[start] |= bit;
	while (depth) {
		const struct snap_chain *c = snapshot_chain(s, stack[--depth]);

		for (uint32_t i = 0; i < c->count; i++) {
			const struct snap_rule *r =
				snapshot_rule(s, c->first + i);

			if (r->chain == SNAP_NONE || from[r->chain] & bit)
				continue;
			from[r->chain] |= bit;
			stack[depth++] = r->chain;
		}
	}
}

static uint8_t *find_callers(const struct snapshot *s)
{
	uint8_t *from = calloc(s->chains + 1, 1);
	uint32_t *stack = malloc((s->chains + 1) * sizeof(*stack));

	for (uint32_t i = 0; from && stack && i < s->chains; i++)
		if (snapshot_chain(s, i)->hook < NF_INET_NUMHOOKS)
			spread(s, from, stack, i);
	free(stack);
	return from;
}

struct hook_guess *hook_guess_open(const struct snapshot *const snaps[])
{
	struct hook_guess *g = calloc(1, sizeof(*g));

	for (unsigned int f = 0; g && f < FAMILY_COUNT; f++) {
		g->snap[f] = snaps[f];
		g->from[f] = snaps[f] ? find_callers(snaps[f]) : NULL;
	}
	return g;
}

void hook_guess_close(struct hook_guess *g)
{
	for (unsigned int f = 0; g && f < FAMILY_COUNT; f++)
		free(g->from[f]);
	free(g);
}

/* Hooks that have these interfaces; newer kernels tell POSTROUTING both. */
static unsigned int by_interfaces(const struct event *e)
{
	if (e->in && e->out)
		return HOOK_BIT(NF_INET_FORWARD) | HOOK_BIT(NF_INET_POST_ROUTING);
	if (e->in)
		return HOOK_BIT(NF_INET_PRE_ROUTING) | HOOK_BIT(NF_INET_LOCAL_IN);
	if (e->out)
		return HOOK_BIT(NF_INET_LOCAL_OUT) | HOOK_BIT(NF_INET_POST_ROUTING);
	return ALL_HOOKS;
}

static unsigned int by_callers(const struct hook_guess *g,
			       const struct place *at)
{
	unsigned int f = family_index_by_nfproto(at->nfproto);

	if (!at->snap || at->snap != g->snap[f] || !g->from[f])
		return ALL_HOOKS;
	return g->from[f][at->chain_index];
}

static uint8_t lowest(unsigned int hooks)
{
	uint8_t h = 0;

	while (h < NF_INET_NUMHOOKS - 1 && !(hooks & HOOK_BIT(h)))
		h++;
	return h;
}

uint8_t hook_guess_find(struct hook_guess *g, const struct event *e,
			const struct place *at, uint64_t key)
{
	struct memory *m = &g->memory[key % MEMORY];
	unsigned int hooks = by_interfaces(e);
	uint8_t hook;

	if (hooks & by_callers(g, at))
		hooks &= by_callers(g, at);
	if (at->hook < NF_INET_NUMHOOKS)
		hook = at->hook;
	else if (m->key == key && m->table == at->table &&
		 hooks & HOOK_BIT(m->hook))
		hook = m->hook;
	else
		hook = lowest(hooks);
	*m = (struct memory){ .key = key, .table = at->table, .hook = hook };
	return hook;
}
