// SPDX-License-Identifier: GPL-2.0-or-later
/* expect_way: why a packet did not come to a chain that --expect names. */
#include "supervisor/expect_way.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/spelling.h"
#include "printer/display_filter.h"
#include "rules/base/hash.h"
#include "rules/base/strview.h"
#include "supervisor/run_state.h"

enum {
	LEVELS = 16,		/* of chains that call the one before */
	SAID = 4,		/* rules */
};

/* The rules of one backend and family; the other one is NULL. */
struct view {
	const struct snapshot *legacy;
	const struct nft_snapshot *nft;
};

struct chain_seen {
	const char *table, *name;
	uint32_t table_index, first, count;
	uint32_t own_before;	/* rules of the run's own at its top */
	uint8_t nfproto;
	bool base;
};

static uint32_t chains_of(const struct view *v)
{
	return v->nft ? v->nft->chains : v->legacy->chains;
}

static struct chain_seen chain_at(const struct view *v, uint32_t i)
{
	if (v->nft) {
		const struct nft_snap_chain *c = nft_snapshot_chain(v->nft, i);
		const struct nft_snap_table *t =
			nft_snapshot_table(v->nft, c->table);

		return (struct chain_seen){
			nft_snapshot_text(v->nft, t->name),
			nft_snapshot_text(v->nft, c->name), c->table, c->first,
			c->count, 0, t->nfproto, c->hook != NFT_SNAP_NO_HOOK,
		};
	}
	const struct snap_chain *c = snapshot_chain(v->legacy, i);

	return (struct chain_seen){
		v->legacy->table[c->table].name,
		snapshot_text(v->legacy, c->name), c->table, c->first, c->count,
		c->own_before, v->legacy->nfproto, c->hook != 0xff,
	};
}

/* The chain that a rule leads to; SHM_NONE: to none. */
static uint32_t target_of(const struct view *v, uint32_t rule)
{
	const struct snap_rule *r;

	if (v->nft)
		return nft_snapshot_rule(v->nft, rule)->to;
	r = snapshot_rule(v->legacy, rule);
	return r->verdict == SNAP_JUMP || r->verdict == SNAP_GOTO ? r->chain
								  : SHM_NONE;
}

static struct strview text_of(const struct view *v, uint32_t rule)
{
	if (v->nft) {
		const struct nft_snap_rule *r = nft_snapshot_rule(v->nft, rule);

		return (struct strview){ nft_snapshot_text(v->nft, r->text),
					 r->len };
	}
	const struct snap_rule *r = snapshot_rule(v->legacy, rule);

	return (struct strview){ snapshot_text(v->legacy, r->text), r->len };
}

/* The last of the packet's events in a chain; NULL: it was not there. */
static const struct stats_trail *last_in(const struct stats_unreached *u,
					 const struct view *v,
					 const struct chain_seen *c)
{
	uint64_t table = hash_name(0, c->table, strlen(c->table));
	uint64_t chain = hash_name(0, c->name, strlen(c->name));

	for (uint32_t i = u->steps; i-- > 0;) {
		const struct stats_trail *s = &u->step[i];

		if (s->table == table && s->chain == chain &&
		    s->nfproto == c->nfproto && s->nft == !!v->nft)
			return s;
	}
	return NULL;
}

/* The index of an event's rule; of a chain's end one more than its last; SHM_NONE: gone. */
static uint32_t rule_of(const struct view *v, const struct chain_seen *c,
			const struct stats_trail *s)
{
	uint32_t i;

	if (s->at_end)
		return c->first + c->count;
	if (!v->nft)
		return s->rule && s->rule <= c->count ?
			c->first + (uint32_t)s->rule - 1 : SHM_NONE;
	i = nft_snapshot_find_rule(v->nft, c->table_index, s->rule);
	return i != SHM_NONE && i - c->first < c->count ? i : SHM_NONE;
}

/* As iptables counts, when the run's rules are gone. */
static uint32_t number_of(const struct chain_seen *c, uint32_t rule)
{
	return rule - c->first + 1 - c->own_before;
}

static int size_of(struct strview text)
{
	return (int)(text.len < 512 ? text.len : 512);
}

/* Return: was anything said?  The packet may never have been in the chain. */
static bool say_caller(const struct stats_unreached *u, const struct view *v,
		       const struct chain_seen *c, uint32_t rule)
{
	const struct stats_trail *last = last_in(u, v, c);
	uint32_t left = last ? rule_of(v, c, last) : SHM_NONE;
	struct strview text = text_of(v, rule), at;

	if (left == SHM_NONE || left == rule)
		return false;
	if (left > rule) {
		msg("  it came to chain %s of %s, and rule %u, which leads there, "
		    "did not match: %.*s", c->name, c->table,
		    number_of(c, rule), size_of(text), text.at);
		return true;
	}
	at = text_of(v, left);
	msg("  it left chain %s of %s at rule %u (%.*s), ahead of rule %u, which "
	    "leads there: %.*s", c->name, c->table, number_of(c, left),
	    size_of(at), at.at, number_of(c, rule), size_of(text), text.at);
	return true;
}

/* Return: rules told of that lead to a marked chain; their chains are marked with @level. */
static unsigned int look_level(const struct stats_unreached *u,
			       const struct view *v, uint8_t *mark,
			       uint8_t level, bool *more)
{
	unsigned int said = 0;

	*more = false;
	for (uint32_t i = 0; i < chains_of(v) && said < SAID; i++) {
		struct chain_seen c = chain_at(v, i);

		for (uint32_t r = c.first; r < c.first + c.count; r++) {
			uint32_t to = target_of(v, r);

			if (to == SHM_NONE || mark[to] != level - 1)
				continue;
			said += said < SAID && say_caller(u, v, &c, r);
			if (!mark[i]) {
				mark[i] = level;
				*more = true;
			}
		}
	}
	return said;
}

/* No chain that leads there was met: then these were not, where that begins. */
static void say_bases(const struct stats_unreached *u, const struct view *v,
		      const uint8_t *mark)
{
	for (uint32_t i = 0; i < chains_of(v); i++) {
		struct chain_seen c = chain_at(v, i);

		if (mark[i] && c.base && !last_in(u, v, &c))
			msg("  chain %s of %s%s is at a hook that it did not pass",
			    c.name, c.table, mark[i] == 1 ? "" :
			    ", which leads there,");
	}
}

/* Return: how many chains of these rules are meant. */
static unsigned int mark_meant(const struct expectation *e,
			       const struct view *v, uint8_t *mark,
			       struct spelling *near)
{
	unsigned int meant = 0;

	for (uint32_t i = 0; i < chains_of(v); i++) {
		struct chain_seen c = chain_at(v, i);

		spelling_look(near, c.name);
		for (unsigned int k = 0; k < e->chains && !mark[i]; k++)
			mark[i] = display_filter_chain_fits(e->chain[k], c.table, c.name);
		meant += mark[i];
	}
	return meant;
}

/* Return: is a chain that is meant among these rules? */
static bool look_at(const struct run *r, const struct view *v,
		    struct spelling *near)
{
	const struct stats_unreached *u = &r->reader.seen.unreached;
	uint8_t *mark = calloc(chains_of(v) + 1, 1);
	bool meant = mark && mark_meant(&r->reader.expect, v, mark, near);
	bool more = meant;
	unsigned int said = 0;

	for (uint8_t level = 2; more && !said && level < LEVELS; level++)
		said = look_level(u, v, mark, level, &more);
	if (meant && !said)
		say_bases(u, v, mark);
	free(mark);
	return meant;
}

static bool has_changed(const struct run *r)
{
	return r->host.turns.gives || r->reader.seen.nft_changes;
}

void expect_way_say(const struct run *r)
{
	const struct stats_unreached *u = &r->reader.seen.unreached;
	const struct ruleset *rules = &r->snapshots.rules;
	const char *first = r->reader.expect.chain[0], *colon;
	bool meant = false, any = rules->nft;
	struct spelling near;

	if (!u->steps || r->o->mask || has_changed(r))
		return;
	colon = strrchr(first, ':');
	first = colon ? colon + 1 : first;
	spelling_begin(&near, first, strlen(first));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		any |= rules->legacy[i] != NULL;
		if (rules->legacy[i])
			meant |= look_at(r, &(struct view){
				.legacy = rules->legacy[i] }, &near);
	}
	if (rules->nft)
		meant |= look_at(r, &(struct view){ .nft = rules->nft }, &near);
	if (any && !meant)
		msg("  there is no such chain here%s%s%s",
		    near.name ? ": did you mean '" : "",
		    near.name ? near.name : "", near.name ? "'?" : "");
}
