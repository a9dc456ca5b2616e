// SPDX-License-Identifier: GPL-2.0-or-later
/* worth: which rules that were passed over are worth a line. */
#include "misses/worth.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "misses/brief.h"
#include "misses/condition.h"
#include "misses/passed.h"
#include "rules/base/target.h"

/* Policies accept by a mark, which a rule behind them asks for. */
bool worth_is_better(const struct passed *w, const struct passed_rule *r)
{
	if (r->effect == EFFECT_JUMP || r->effect == EFFECT_GOTO)
		return true;
	if (w->nat)
		return r->nat;
	return r->effect == EFFECT_ACCEPT || r->effect == EFFECT_RETURN ||
	       (r->effect == EFFECT_CONTINUE && r->marks);
}

static bool has(const struct condition *c, const char *words)
{
	return strview_find(c->words, words) < c->words.len;
}

/* "! -d 10.0.0.0/8", "ip daddr != 10.0.0.0/8": nearly every packet, but for a few. */
static bool is_negative(const struct condition *c)
{
	return strview_starts(c->words, "! ") || has(c, " ! ") ||
	       has(c, " != ");
}

static bool is_of_set(const struct condition *c)
{
	return has(c, "--match-set ") || has(c, " @");
}

static bool asks_for(const struct condition *c, enum asked_field field)
{
	return condition_fields(c) & UINT32_C(1) << field;
}

static bool holds(const struct conditions *all, enum asked_field field)
{
	for (unsigned int i = 0; i < all->n; i++)
		if (all->c[i].state == CONDITION_HELD &&
		    asks_for(&all->c[i], field) && !is_negative(&all->c[i]))
			return true;
	return false;
}

/*
 * A rule of nat is for one source, or goes out one way; or it is for one destination.
 * That a packet has another one is no reason: it is not for this packet.  But a set of
 * sources is filled by somebody.
 */
bool worth_is_for_it(const struct passed *w, const struct conditions *all, unsigned int at)
{
	const struct condition *failed = &all->c[at];

	if (is_negative(failed) || asks_for(failed, ASKED_DST) ||
	    asks_for(failed, ASKED_STATE) || asks_for(failed, ASKED_CT))
		return false;
	if (w->hook == NF_INET_PRE_ROUTING)
		return holds(all, ASKED_DST);
	return (asks_for(failed, ASKED_SRC) && is_of_set(failed)) ||
	       holds(all, ASKED_SRC) || holds(all, ASKED_OUT);
}

/*
 * What answers is let pass by nearly every ruleset: that a packet is no answer is no
 * reason that anybody could do something about.
 */
bool worth_is_telling(const struct brief *b)
{
	unsigned int wanted = b->fails && b->states ? (unsigned int)__builtin_ctz(b->states) :
						      CONNTRACK_UNTOLD;

	return wanted != CONNTRACK_ESTABLISHED && wanted != CONNTRACK_RELATED;
}

bool worth_is_nearer(const struct worth *a, const struct worth *b)
{
	if ((a->effect == EFFECT_ACCEPT) != (b->effect == EFFECT_ACCEPT))
		return a->effect == EFFECT_ACCEPT;
	if (a->held != b->held)
		return a->held > b->held;
	return a->distance < b->distance;
}
