// SPDX-License-Identifier: GPL-2.0-or-later
/* snapshot_sound: is a snapshot that an unprivileged process has made what it says it is? */
#include "rules/legacy/snapshot_sound.h"

#include <stdint.h>
#include <string.h>

#include <linux/netfilter.h>

#include "rules/base/family.h"
#include "rules/legacy/snapshot.h"

enum { ALL_FLAGS = SNAP_UNCONDITIONAL | SNAP_OWN | SNAP_TRACE | SNAP_NFLOG0 |
		   SNAP_ALWAYS };

/* What is checked, and how large its heap is. */
struct suspect {
	const struct snapshot *s;
	size_t len, heap;
};

static bool is_index(uint32_t i, uint32_t count)
{
	return i == SNAP_NONE || i < count;
}

static bool fits(uint64_t at, uint64_t count, size_t size, size_t align,
		 size_t len)
{
	return at >= sizeof(struct snapshot) && at <= len &&
	       at % align == 0 && count <= (len - at) / size;
}

static bool is_laid_out(const struct suspect *x)
{
	const struct snapshot *s = x->s;

	return fits(s->hash_at, s->hash_mask + 1ull, sizeof(uint32_t),
		    _Alignof(uint32_t), x->len) &&
	       fits(s->chain_at, s->chains, sizeof(struct snap_chain),
		    _Alignof(struct snap_chain), x->len) &&
	       fits(s->rule_at, s->rules, sizeof(struct snap_rule),
		    _Alignof(struct snap_rule), x->len) &&
	       fits(s->heap_at, 0, 1, 1, x->len) &&
	       s->tables <= SNAP_TABLES && s->targets <= SNAP_TARGETS;
}

static bool is_table(const struct suspect *x, uint32_t i)
{
	const struct snap_table *t = &x->s->table[i];

	return memchr(t->name, '\0', sizeof(t->name)) &&
	       t->valid_hooks < 1u << NF_INET_NUMHOOKS &&
	       t->first_chain <= x->s->chains &&
	       t->chains <= x->s->chains - t->first_chain &&
	       t->rules <= x->s->rules;
}

static bool is_target(const struct suspect *x, uint32_t i)
{
	const char *name = x->s->target[i];

	return memchr(name, '\0', sizeof(x->s->target[i]));
}

static bool is_head(const struct suspect *x, uint32_t i)
{
	const uint32_t *hash = (const uint32_t *)((const char *)x->s +
						  x->s->hash_at);

	return is_index(hash[i], x->s->chains);
}

static bool is_in_heap(const struct suspect *x, uint32_t at, uint32_t len)
{
	return at <= x->heap && len <= x->heap - at;
}

/* A chain leads to earlier ones only: each search ends. */
static bool is_chain(const struct suspect *x, uint32_t i)
{
	const struct snap_chain *c = snapshot_chain(x->s, i);

	return is_in_heap(x, c->name, c->name_len) &&
	       c->name_len < x->heap - c->name &&
	       snapshot_text(x->s, c->name)[c->name_len] == '\0' &&
	       c->table < x->s->tables &&
	       (c->hook < NF_INET_NUMHOOKS || c->hook == NOT_A_HOOK) &&
	       c->first < x->s->rules &&
	       c->count < x->s->rules - c->first &&
	       is_index(c->next, i) && c->own_before <= c->count;
}

static bool is_rule(const struct suspect *x, uint32_t i)
{
	const struct snap_rule *r = snapshot_rule(x->s, i);
	bool jumps = r->verdict == SNAP_JUMP || r->verdict == SNAP_GOTO;

	return is_in_heap(x, r->text, r->len) && r->verdict <= SNAP_TARGET &&
	       (jumps ? r->chain < x->s->chains
		      : is_index(r->chain, x->s->chains)) &&
	       (r->verdict != SNAP_TARGET || r->target < x->s->targets) &&
	       !(r->flags & ~ALL_FLAGS);
}

static bool all(const struct suspect *x, uint64_t count,
		bool (*is_sound)(const struct suspect *x, uint32_t i))
{
	for (uint64_t i = 0; i < count; i++)
		if (!is_sound(x, (uint32_t)i))
			return false;
	return true;
}

bool snapshot_sound(const struct snapshot *s, size_t len,
		    const struct family *f)
{
	struct suspect x = { .s = s, .len = len };

	if (len < sizeof(*s) || s->nfproto != f->nfproto || !is_laid_out(&x))
		return false;
	x.heap = len - s->heap_at;
	return all(&x, s->tables, is_table) &&
	       all(&x, s->targets, is_target) &&
	       all(&x, s->hash_mask + 1ull, is_head) &&
	       all(&x, s->chains, is_chain) && all(&x, s->rules, is_rule);
}
