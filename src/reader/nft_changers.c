// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_changers: who changes nft's rules during the trace, and how often. */
#include "reader/nft_changers.h"

#include <string.h>

#include "capture/event_nft.h"
#include "capture/nft_update.h"
#include "protocol/stats.h"

/* Return: NULL when there is no room for one more name. */
static struct stats_changer *find_changer(struct stats *st,
					  const struct nft_update *c)
{
	uint32_t n = atomic_load_explicit(&st->changers, memory_order_relaxed);
	struct stats_changer *ch;
	size_t len = c->by.len;

	for (uint32_t i = 0; i < n; i++)
		if (event_name_is(&c->by, st->changer[i].name))
			return &st->changer[i];
	if (n == STATS_CHANGERS || len >= sizeof(ch->name))
		return NULL;
	ch = &st->changer[n];
	memcpy(ch->name, c->by.text, len);
	ch->name[len] = '\0';
	atomic_store_explicit(&ch->pid, c->pid, memory_order_relaxed);
	atomic_store_explicit(&st->changers, n + 1, memory_order_release);
	return ch;
}

static void count(struct stats *st, const struct nft_update *c)
{
	struct stats_changer *ch = find_changer(st, c);

	stats_add(&st->nft_changes, 1);
	if (!ch)
		return;
	if (atomic_load_explicit(&ch->pid, memory_order_relaxed) != c->pid)
		atomic_store_explicit(&ch->several, 1, memory_order_relaxed);
	atomic_store_explicit(&ch->pid, c->pid, memory_order_relaxed);
	stats_add(&ch->changes, 1);
}

bool nft_changers_note(struct nft_changers *n, struct stats *st,
		       const struct nft_update *c, bool own)
{
	if (c->kind != NFT_UPDATE_GENERATION) {
		n->touched |= !own && c->kind != NFT_UPDATE_SET;
		return false;
	}
	/* Elements of sets, or tables of nftrace's runs. */
	if (!n->touched)
		return false;
	n->touched = false;
	count(st, c);
	return stats_get(&st->nft_changes) == 1;
}
