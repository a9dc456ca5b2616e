// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_lookup: the rule of an nft event in the rules of one moment: its text, and what it does. */
#include "place/nft_lookup.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "place/path_map.h"
#include "place/table_order.h"
#include "rules/base/family.h"
#include "rules/nft/snapshot.h"

/* A chain may have got another name, and the rule that jumps there as well. */
static bool jumps_there(const struct nft_snapshot *s, const struct nft_node *n,
			const struct nft_snap_rule *r)
{
	const struct nft_snap_chain *to;

	if (!n->jump_len || r->to == NFT_SNAP_NONE)
		return true;
	to = nft_snapshot_chain(s, r->to);
	return to->name_len == n->jump_len &&
	       memcmp(nft_snapshot_text(s, to->name), n->jump,
		      n->jump_len) == 0;
}

/* Looks a place up in the rules of one moment; false: it is not in there. */
bool nft_lookup(const struct nft_snapshot *s, const struct nft_node *n,
		struct nft_lookup_result *f)
{
	const struct place *p = &n->place;
	uint32_t t = nft_snapshot_find_table(s, p->family, p->table,
					     strlen(p->table)), c, r;

	memset(f, 0, sizeof(*f));
	if (t == NFT_SNAP_NONE)
		return false;
	f->snap = s;
	f->table = nft_snapshot_table(s, t);
	c = nft_snapshot_find_chain(s, t, p->chain, p->chain_len);
	if (c == NFT_SNAP_NONE)
		return false;
	f->chain = nft_snapshot_chain(s, c);
	if (!p->handle)
		return n->type != NFT_TRACETYPE_POLICY ||
		       (f->chain->hook != NFT_SNAP_NO_HOOK &&
			f->chain->policy == n->policy);
	r = nft_snapshot_find_rule(s, t, p->handle);
	if (r == NFT_SNAP_NONE || nft_snapshot_rule(s, r)->chain != c)
		return false;
	f->rule = nft_snapshot_rule(s, r);
	return jumps_there(s, n, f->rule);
}

const char *nft_lookup_text(const struct nft_lookup_result *f,
			    const struct nft_node *n, uint32_t *len)
{
	if (f->rule) {
		*len = f->rule->len;
		return nft_snapshot_text(f->snap, f->rule->text);
	}
	*len = n->type == NFT_TRACETYPE_POLICY ? f->chain->policy_len : 0;
	return nft_snapshot_text(f->snap, f->chain->policy_text);
}

uint32_t nft_lookup_position(const struct nft_lookup_result *f)
{
	return f->rule ? (uint32_t)(f->rule - nft_snapshot_rule(f->snap,
								f->chain->first)) + 1
		       : 0;
}

static uint8_t effect_of_rule(const struct nft_node *n, uint32_t does)
{
	if (n->verdict < 0) {
		switch (n->verdict) {
		case NFT_JUMP:
			return EFFECT_JUMP;
		case NFT_GOTO:
			return EFFECT_GOTO;
		case NFT_RETURN:
			return EFFECT_RETURN;
		}
		return n->place.handle ? EFFECT_CONTINUE : EFFECT_RETURN;
	}
	switch (n->verdict & NF_VERDICT_MASK) {
	case NF_DROP:
		return does & DOES_REJECT ? EFFECT_REJECT : EFFECT_DROP;
	case NF_ACCEPT:
	case NF_STOP:
		return EFFECT_ACCEPT;
	case NF_STOLEN:
		return EFFECT_STEAL;
	case NF_QUEUE:
		return EFFECT_QUEUE;
	}
	return EFFECT_MAYBE;
}

/* Which hook, and where there; of a chain that is not known: none. */
static void describe_chain(const struct path_map *map, struct nft_node *n,
			   const struct nft_lookup_result *f)
{
	struct place *p = &n->place;
	unsigned int family = family_index_by_nfproto(p->nfproto);

	p->hook = f->chain ? f->chain->hook : NFT_SNAP_NO_HOOK;
	p->routes = f->chain && f->chain->type == NFT_SNAP_ROUTE;
	p->order = T_OTHER;
	p->slot = SLOT_NONE;
	if (p->hook >= NF_INET_NUMHOOKS)
		return;
	if (f->chain->type == NFT_SNAP_NAT)
		p->order = p->hook == NF_INET_LOCAL_IN ||
			   p->hook == NF_INET_POST_ROUTING ? T_SNAT : T_DNAT;
	p->slot = path_map_slot(map, family, p->hook, p->chain_index);
}

/* Whatever else ends a rule says so itself. */
static bool is_mapped(const struct nft_node *n, const struct nft_lookup_result *f)
{
	return n->type == NFT_TRACETYPE_RULE && f->rule &&
	       f->rule->does & DOES_VERDICT_MAP &&
	       !(f->rule->does & (DOES_NAT | DOES_QUEUE | DOES_REJECT |
				  DOES_STEAL)) &&
	       f->rule->verdict == NFT_SNAP_CONTINUE &&
	       !*nft_snapshot_text(f->snap, f->rule->target);
}

void nft_lookup_describe(const struct path_map *map, struct nft_node *n,
			 const struct nft_lookup_result *f)
{
	struct place *p = &n->place;
	uint32_t does = f->rule ? f->rule->does : 0;

	describe_chain(map, n, f);
	p->position = nft_lookup_position(f);
	p->counted = f->rule && f->rule->iptables;
	p->at_end = n->type == NFT_TRACETYPE_POLICY || !p->handle;
	p->own = f->table && f->table->flags & NFT_SNAP_OWN;
	p->hidden = n->of_run || (n->type == NFT_TRACETYPE_RETURN && !p->handle &&
			       p->hook != NFT_SNAP_NO_HOOK);
	p->mangles = does & MANGLE_ALL;
	p->nat = does & DOES_NAT;
	p->mapped = is_mapped(n, f);
	if (n->type == NFT_TRACETYPE_POLICY)
		p->effect = n->policy == NF_DROP ? EFFECT_DROP : EFFECT_ACCEPT;
	else
		p->effect = effect_of_rule(n, does);
	if (p->effect == EFFECT_QUEUE)
		p->queue = (uint16_t)((uint32_t)n->verdict >> 16);
}
