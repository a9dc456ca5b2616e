// SPDX-License-Identifier: GPL-2.0-or-later
/* rulebook: the chains and rules of one table, of either backend. */
#include "misses/rulebook.h"

#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "misses/brief.h"
#include "misses/condition.h"
#include "misses/nft_brief.h"
#include "misses/nft_conditions.h"
#include "misses/rule_kept.h"
#include "misses/shared.h"
#include "misses/xt_conditions.h"
#include "place/place_types.h"
#include "rules/base/family.h"
#include "rules/base/target.h"
#include "rules/legacy/snapshot.h"
#include "rules/nft/snapshot.h"

bool rulebook_open(struct rulebook *b, const struct place *at,
		   const struct snapshot *legacy, const struct nft_snapshot *nft)
{
	size_t len = strlen(at->table);
	int table;

	b->legacy = NULL;
	b->nft = NULL;
	if (at->backend == EVENT_NFT) {
		b->nft = nft;
		b->table = nft ? nft_snapshot_find_table(nft, at->family,
							 at->table, len) :
				 NFT_SNAP_NONE;
		return b->table != NFT_SNAP_NONE;
	}
	table = legacy ? snapshot_table(legacy, at->table, len) : -1;
	b->legacy = legacy;
	b->table = (uint32_t)table;
	return table >= 0;
}

uint32_t rulebook_chain(const struct rulebook *b, const char *name, size_t len)
{
	return b->nft ? nft_snapshot_find_chain(b->nft, b->table, name, len) :
			snapshot_find_chain(b->legacy, b->table, name, len);
}

const char *rulebook_name(const struct rulebook *b, uint32_t chain)
{
	return b->nft ? nft_snapshot_text(b->nft, nft_snapshot_chain(
						b->nft, chain)->name) :
			snapshot_text(b->legacy, snapshot_chain(
						b->legacy, chain)->name);
}

uint32_t rulebook_count(const struct rulebook *b, uint32_t chain)
{
	return b->nft ? nft_snapshot_chain(b->nft, chain)->count :
			snapshot_chain(b->legacy, chain)->count;
}

uint32_t rulebook_number(const struct rulebook *b, uint32_t chain,
			 const struct place *at)
{
	uint32_t count = rulebook_count(b, chain), i, number;

	if (!b->nft)
		return at->number <= count + 1 ? at->number : 0;
	if (at->kind != PLACE_RULE)
		return count + 1;
	/* A text has one without where several rules have its words. */
	if (!at->handle)
		return 0;
	i = nft_snapshot_find_rule(b->nft, b->table, at->handle);
	if (i == NFT_SNAP_NONE)
		return 0;
	number = i - nft_snapshot_chain(b->nft, chain)->first + 1;
	return number && number <= count ? number : 0;
}

static void read_legacy(const struct rulebook *b, const struct snap_rule *s,
			struct rulebook_rule *r)
{
	static const uint8_t effects[] = {
		[SNAP_CONTINUE] = EFFECT_CONTINUE, [SNAP_ACCEPT] = EFFECT_ACCEPT,
		[SNAP_DROP] = EFFECT_DROP, [SNAP_QUEUE] = EFFECT_QUEUE,
		[SNAP_RETURN] = EFFECT_RETURN, [SNAP_JUMP] = EFFECT_JUMP,
		[SNAP_GOTO] = EFFECT_GOTO, [SNAP_TARGET] = EFFECT_MAYBE,
	};
	const struct target *t = s->verdict == SNAP_TARGET ?
		target_find(b->legacy->target[s->target]) : NULL;

	r->text = (struct strview){ snapshot_text(b->legacy, s->text), s->len };
	r->effect = t ? (uint8_t)t->effect : effects[s->verdict];
	r->changes = t && t->does & MANGLE_ALL & ~MANGLE_CLONE;
	r->nat = t && t->does & DOES_NAT;
	r->to = s->chain;
	r->own = s->flags & SNAP_OWN;
}

static void read_nft(const struct rulebook *b, const struct nft_snap_rule *s,
		     struct rulebook_rule *r)
{
	static const uint8_t effects[] = {
		[NFT_SNAP_CONTINUE] = EFFECT_CONTINUE,
		[NFT_SNAP_ACCEPT] = EFFECT_ACCEPT,
		[NFT_SNAP_DROP] = EFFECT_DROP,
		[NFT_SNAP_RETURN] = EFFECT_RETURN,
		[NFT_SNAP_JUMP] = EFFECT_JUMP, [NFT_SNAP_GOTO] = EFFECT_GOTO,
	};
	const char *name = nft_snapshot_text(b->nft, s->target);
	const struct target *t = *name ? target_find(name) : NULL;

	r->text = (struct strview){ nft_snapshot_text(b->nft, s->text), s->len };
	r->handle = s->handle;
	r->effect = *name ? EFFECT_MAYBE : effects[s->verdict];
	if (t)
		r->effect = (uint8_t)t->effect;
	else if (s->does & (DOES_VERDICT_MAP | DOES_QUEUE | DOES_STEAL |
			    DOES_NAT))
		r->effect = EFFECT_MAYBE;
	if (s->does & DOES_REJECT)
		r->effect = EFFECT_REJECT;
	r->changes = s->does & MANGLE_ALL & ~MANGLE_CLONE;
	r->nat = s->does & DOES_NAT;
	/* What nat does to a packet is the last thing in a rule, and shows. */
	r->writes = s->does & MANGLE_ALL &
		    ~(MANGLE_CLONE | MANGLE_MARK |
		      (r->nat ? MANGLE_SRC | MANGLE_DST : 0));
	r->to = s->to;
}

void rulebook_rule(const struct rulebook *b, uint32_t chain, uint32_t number,
		   struct rulebook_rule *r)
{
	memset(r, 0, sizeof(*r));
	if (b->nft)
		read_nft(b, nft_snapshot_rule(b->nft, nft_snapshot_chain(
					b->nft, chain)->first + number - 1), r);
	else
		read_legacy(b, snapshot_rule(b->legacy, snapshot_chain(
				b->legacy, chain)->first + number - 1), r);
}

bool rulebook_is_of_iptables(const struct rulebook *b, uint32_t chain, uint32_t number)
{
	return !b->nft || nft_snapshot_rule(b->nft, nft_snapshot_chain(
				b->nft, chain)->first + number - 1)->iptables;
}

uint8_t rulebook_end(const struct rulebook *b, uint32_t chain)
{
	struct rulebook_rule r;

	if (b->nft) {
		const struct nft_snap_chain *c = nft_snapshot_chain(b->nft, chain);

		return c->hook == NFT_SNAP_NO_HOOK ? EFFECT_RETURN :
		       c->policy == NF_DROP ? EFFECT_DROP : EFFECT_ACCEPT;
	}
	if (snapshot_chain(b->legacy, chain)->hook == NOT_A_HOOK)
		return EFFECT_RETURN;
	rulebook_rule(b, chain, rulebook_count(b, chain) + 1, &r);
	return r.effect;
}

/* A rule whose conditions are asked for. */
struct rulebook_text {
	const struct nft_snap_rule *nft;	/* NULL: it is in iptables' words */
	struct strview text;
	uint32_t index;		/* rule_kept_find()'s */
};

static inline struct rulebook_text text_of(const struct rulebook *b, uint32_t chain, uint32_t number)
{
	struct rulebook_text t = { .nft = NULL };
	const struct nft_snap_rule *n;
	const struct snap_rule *s;

	if (!b->nft) {
		t.index = snapshot_chain(b->legacy, chain)->first + number - 1;
		s = snapshot_rule(b->legacy, t.index);
		t.text = (struct strview){ snapshot_text(b->legacy, s->text), s->len };
		return t;
	}
	t.index = nft_snapshot_chain(b->nft, chain)->first + number - 1;
	n = nft_snapshot_rule(b->nft, t.index);
	t.text = (struct strview){ nft_snapshot_text(b->nft, n->text), n->len };
	if (!n->iptables)
		t.nft = n;
	return t;
}

void rulebook_ask(const struct rulebook *b, uint32_t chain, uint32_t number,
		  const struct asked *a, struct conditions *out)
{
	struct rulebook_text t = text_of(b, chain, number);

	if (t.nft)
		nft_conditions_kept(out, b->kept, t.index, b->nft, t.nft, a);
	else
		xt_conditions_kept(out, b->kept, t.index, t.text, a);
}

bool rulebook_ask_brief(const struct rulebook *b, uint32_t chain, uint32_t number,
			const struct asked *a, struct brief *out)
{
	struct rulebook_text t;

	if (!b->kept)
		return false;
	t = text_of(b, chain, number);
	return t.nft ? nft_conditions_brief(out, b->kept, t.index, t.text, a) :
		       xt_conditions_brief(out, b->kept, t.index, t.text, a);
}

uint64_t rulebook_serial(const struct rulebook *b)
{
	return b->kept ? shared_serial(rule_kept_shared(b->kept)) : 0;
}

bool rulebook_ask_or_fail(const struct rulebook *b, uint32_t chain, uint32_t number,
			  const struct asked *a, struct conditions *room)
{
	struct brief brief = { .enough = 1 };

	if (rulebook_ask_brief(b, chain, number, a, &brief) && brief.fails)
		return true;
	room->enough = 1;
	rulebook_ask(b, chain, number, a, room);
	return false;
}

bool rulebook_fails(const struct rulebook *b, uint32_t chain, uint32_t number,
		    const struct asked *a, struct conditions *room)
{
	return rulebook_ask_or_fail(b, chain, number, a, room) || room->failed;
}
