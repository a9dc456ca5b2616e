// SPDX-License-Identifier: GPL-2.0-or-later
/* apart: which condition of a rule one packet met and the other did not. */
#include "diff/apart.h"

#include <string.h>

#include "diff/parting_types.h"
#include "diff/same_rule.h"
#include "diff/seen.h"
#include "journey/journey.h"
#include "misses/condition.h"
#include "misses/nft_conditions.h"
#include "misses/xt_conditions.h"
#include "place/place_name.h"
#include "place/place_types.h"

/* What a rule asks two packets. */
struct question {
	struct seen seen[PAIR_SIDES];
	struct conditions all[PAIR_SIDES];
};

static const char *const subjects[ASKED_FIELDS] = {
	[ASKED_OTHER] = "condition", [ASKED_SRC] = "address",
	[ASKED_DST] = "address", [ASKED_PROTO] = "protocol",
	[ASKED_FRAGMENT] = "fragment", [ASKED_SPORT] = "port",
	[ASKED_DPORT] = "port", [ASKED_TCP_FLAGS] = "TCP flags",
	[ASKED_TCP_OPTION] = "TCP option", [ASKED_ICMP] = "ICMP type",
	[ASKED_LENGTH] = "length", [ASKED_TTL] = "TTL", [ASKED_TOS] = "TOS",
	[ASKED_BYTES] = "packet", [ASKED_IN] = "interface",
	[ASKED_OUT] = "interface", [ASKED_PHYS_IN] = "bridge port",
	[ASKED_PHYS_OUT] = "bridge port", [ASKED_MARK] = "mark",
	[ASKED_STATE] = "conntrack state", [ASKED_CT] = "conntrack",
	[ASKED_UID] = "user", [ASKED_GID] = "group",
	[ASKED_PKTTYPE] = "packet type", [ASKED_MAC] = "MAC address",
	[ASKED_FAMILY] = "family",
};

static bool has(struct strview words, const char *word)
{
	return memmem(words.at, words.len, word, strlen(word));
}

static const char *subject_of(unsigned int field, struct strview words)
{
	if (has(words, " vmap "))
		return "map element";
	if (has(words, "--match-set ") || has(words, "@"))
		return "set element";
	if (has(words, "--ctstate ") || has(words, "ct state "))
		return "conntrack state";
	return subjects[field];
}

static void ask(struct conditions *out, const struct place *rule,
		const struct asked *a)
{
	const struct strview text = { rule->rule, rule->rule_len };

	memset(out, 0, sizeof(*out));
	if (strview_starts(text, "-A "))
		xt_conditions(out, text, a);
	else
		nft_conditions_read(out, text, a);
}

static void tell_value(char value[NEAR_MISS_VALUE], const struct condition *c,
		       const struct asked *a)
{
	value[0] = '\0';
	if (c->state == CONDITION_UNKNOWN)
		return;
	if (c->tell && c->state == CONDITION_FAILED)
		c->tell(value, c, a);
	else
		asked_value(value, NEAR_MISS_VALUE, a, c->field);
}

static void add_lack(struct parting *p, const struct question *q, unsigned int i)
{
	const unsigned int other = !p->met;
	struct near_misses *n = p->lack;
	const struct condition *c = &q->all[other].c[i];
	uint32_t at = n[other].count;

	if (at == NEAR_MISSES)
		return;
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		struct near_miss *m = &n[s].miss[at];

		m->at = p->rule;
		m->how = c->state == CONDITION_UNKNOWN ? NEAR_MISS_ELIMINATED :
			 c->now ? NEAR_MISS_ASKED : NEAR_MISS_SEEN;
		near_miss_copy(m, c->words);
		m->value[0] = '\0';
		if (i < q->all[s].n)
			tell_value(m->value, &q->all[s].c[i],
				   &q->seen[s].asked);
		n[s].count = at + 1;
	}
	if (!at)
		p->subject = subject_of(c->field, c->words);
}

/* All conditions in that state of the side that did not meet it. */
static void add_all(struct parting *p, const struct question *q,
		    enum condition_state state)
{
	const struct conditions *all = &q->all[!p->met];

	for (unsigned int i = 0; i < all->n; i++)
		if (all->c[i].state == state)
			add_lack(p, q, i);
}

static unsigned int count(const struct conditions *all,
			  enum condition_state state)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < all->n; i++)
		n += all->c[i].state == state;
	return n;
}

/* What the live run has found, and put into its recording: it could ask the kernel. */
static bool take_near(struct parting *p, const struct journey *other)
{
	const struct near_misses *near = other->fate[0].near;

	for (uint32_t i = 0; near && i < near->count; i++) {
		const struct near_miss *n = &near->miss[i];
		struct strview words = { n->words, strlen(n->words) };

		if (n->how == NEAR_MISS_BEHIND || !same_rule(n->at, p->rule))
			continue;
		p->lack[!p->met].miss[0] = *n;
		p->lack[!p->met].count = 1;
		p->how = PARTING_CONDITION;
		p->subject = subject_of(ASKED_OTHER, words);
		return true;
	}
	return false;
}

/* The words of what was found live, by what is read off the rule here. */
static void complete_near(struct parting *p, const struct question *q)
{
	const struct conditions *all = &q->all[p->met];
	struct near_miss *own = &p->lack[p->met].miss[0];
	const char *words = p->lack[!p->met].miss[0].words;

	for (unsigned int i = 0; i < all->n; i++) {
		near_miss_copy(own, all->c[i].words);
		if (strcmp(own->words, words) != 0)
			continue;
		p->subject = subject_of(all->c[i].field, all->c[i].words);
		p->lack[p->met].count = 1;
		tell_value(own->value, &all->c[i], &q->seen[p->met].asked);
		return;
	}
}

/* Where it is asked, both are in the same hook: if not the next event, the last one is. */
static uint32_t place_to_look(const struct parting *p, unsigned int side)
{
	const struct place *at = p->next[side];

	return (at && place_same_chain(at, p->rule)) || !p->at[side] ?
		       p->at[side] : p->at[side] - 1;
}

static void judge_question(struct parting *p, const struct question *q)
{
	const struct conditions *met = &q->all[p->met],
				*other = &q->all[!p->met];

	/* What the kernel has found it does not ask: something is not understood. */
	if (met->unread || other->unread || count(met, CONDITION_FAILED))
		return;
	if (count(other, CONDITION_FAILED)) {
		p->how = PARTING_CONDITION;
		p->known = true;
		add_all(p, q, CONDITION_FAILED);
		return;
	}
	if (!count(other, CONDITION_UNKNOWN)) {
		p->how = PARTING_ONE_HAS;
		return;
	}
	p->how = PARTING_CONDITION;
	add_all(p, q, CONDITION_UNKNOWN);
}

void apart_find(struct parting *p, const struct journey *const j[PAIR_SIDES],
		const struct ifnames *names)
{
	static struct question q;

	p->how = PARTING_ONE_MET;
	p->subject = "rule";
	p->lack[0].count = p->lack[1].count = 0;
	p->lack[0].more = p->lack[1].more = 0;
	p->lack[p->met].miss[0].value[0] = '\0';
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		seen_at(&q.seen[s], j[s], p->at[s], place_to_look(p, s),
			names);
		ask(&q.all[s], p->rule, &q.seen[s].asked);
	}
	if (!p->rule->rule_len || p->rule->doubt ||
	    rule_is_policy(p->rule))
		return;
	if (take_near(p, j[!p->met])) {
		p->known = true;
		p->lack[p->met].miss[0].at = p->rule;
		complete_near(p, &q);
		return;
	}
	judge_question(p, &q);
}
