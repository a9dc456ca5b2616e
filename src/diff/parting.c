// SPDX-License-Identifier: GPL-2.0-or-later
/* parting: where the ways of two packets part, and what tells the packets apart there. */
#include "diff/parting.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "diff/apart.h"
#include "diff/same_rule.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place_name.h"
#include "place/place_says.h"
#include "place/place_types.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

const char *parting_how_word(unsigned int how)
{
	static const char *const words[PARTING_HOWS] = {
		[PARTING_NOWHERE] = "outside the rules",
		[PARTING_CONDITION] = "condition",
		[PARTING_ONE_HAS] = "one has the rule",
		[PARTING_ONE_MET] = "one met the rule",
		[PARTING_TEXT] = "another rule",
		[PARTING_POLICY] = "policy",
		[PARTING_VERDICT] = "map verdict",
		[PARTING_WAY] = "another way",
		[PARTING_END] = "end",
	};

	return words[how];
}

/* Only first packets of connections are asked there, and all others go on as well. */
static bool is_nat_policy(const struct place *at)
{
	return rule_is_policy(at) &&
	       (strcmp(at->table, "nat") == 0 ||
		(at->rule_len > 9 && memcmp(at->rule, "type nat ", 9) == 0));
}

static bool has_change(const struct journey *j, uint32_t step)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].step == step && !j->change[i].branch &&
		    j->change[i].maker == MAKER_RULE)
			return true;
	return false;
}

/* A rule that at most writes something down, in either's words. */
static bool only_logs(const struct place *at)
{
	static const char *const others[] = {
		"set", "snat", "dnat", "masquerade", "redirect", "dup", "fwd",
		"notrack", "tproxy", "add", "update", "delete", "helper",
		"synproxy", "offload",
	};
	struct strview target;

	if (!at->rule_len || at->says != EFFECT_CONTINUE)
		return false;
	if (at->rule_len > 3 && memcmp(at->rule, "-A ", 3) == 0)
		return !place_option(at, "-j", &target) ||
		       strview_is(target, "LOG") ||
		       strview_is(target, "NFLOG");
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (place_has_word(at, others[i]))
			return false;
	return true;
}

/* Has the event changed nothing, of the packet or of which rules it comes to? */
static bool is_idle(const struct journey *j, uint32_t step)
{
	const struct place *at = j->step[step].place;

	if (j->step[step].branch || at->hidden)
		return true;
	if (has_change(j, step))
		return false;
	return is_nat_policy(at) || only_logs(at);
}

/* And what has led into a chain, and out of it? */
static bool has_effect(const struct journey *j, uint32_t step)
{
	uint8_t says = j->step[step].place->says;

	return !is_idle(j, step) && (has_change(j, step) ||
				     (says != EFFECT_JUMP &&
				      says != EFFECT_RETURN));
}

static bool fork_has_effect(const struct fork *f,
			    const struct journey *const j[PAIR_SIDES])
{
	for (unsigned int s = 0; s < PAIR_SIDES; s++)
		for (uint32_t i = f->at[s]; i < f->end[s]; i++)
			if (has_effect(j[s], i))
				return true;
	return false;
}

/* The first that can matter; where none can, the first. */
static const struct fork *choose(struct parting *p,
				 const struct journey *const j[PAIR_SIDES])
{
	const struct ways *w = &p->ways;

	for (unsigned int i = 0; i < w->forks; i++)
		if (fork_has_effect(&w->fork[i], j)) {
			p->passed = i;
			return &w->fork[i];
		}
	return w->forks ? &w->fork[0] : NULL;
}

/* The chain that the last event of both leads into; "": there is none, or it is over. */
static struct strview led_into(const struct place *last)
{
	if (!last || !last->names_len ||
	    (last->says != EFFECT_JUMP && last->says != EFFECT_GOTO))
		return (struct strview){ "", 0 };
	return (struct strview){ last->rule + last->names_at, last->names_len };
}

static bool is_inside(const struct place *at, const struct place *last)
{
	struct strview into = led_into(last);

	if (!at || !last || strcmp(at->table, last->table) != 0 ||
	    at->family != last->family)
		return false;
	return into.len ? at->chain_len == into.len &&
			  memcmp(at->chain, into.at, into.len) == 0
			: place_same_chain(at, last);
}

/* The last event of both that is shown. */
static const struct place *last_of_both(const struct parting *p,
					const struct journey *j)
{
	for (uint32_t i = p->at[0]; i-- > 0; )
		if (!j->step[i].branch && !j->step[i].place->hidden)
			return j->step[i].place;
	return NULL;
}

enum { NEITHER = PAIR_SIDES };

/* Who met a rule that the other has passed over: the one in front of the other's. */
static unsigned int who_met(const struct parting *p, const struct place *last)
{
	const struct place *a = p->next[0], *b = p->next[1];
	bool in[PAIR_SIDES] = { is_inside(a, last), is_inside(b, last) };

	if (a && b && place_same_chain(a, b)) {
		uint32_t x = place_number(a), y = place_number(b);

		if (x && y && x != y)
			return x > y;
		return a->kind == PLACE_RULE ? 0 : 1;
	}
	if (in[0] != in[1])
		return in[1];
	return NEITHER;
}

static void take_parting(struct parting *p, enum parting_how how, const char *subject)
{
	p->how = how;
	p->subject = subject;
}

/* Is it of a nat table, by its name or as its chain says? */
static bool is_nat(const struct place *at)
{
	return strcmp(at->table, "nat") == 0 || is_nat_policy(at);
}

static bool is_at_other_hook(const struct parting *p,
			     const struct journey *const j[PAIR_SIDES])
{
	const struct step *a = &j[0]->step[p->at[0]],
			  *b = &j[1]->step[p->at[1]];
	const uint8_t known = NF_INET_NUMHOOKS;

	if (a->place->hook < known && b->place->hook < known)
		return a->place->hook != b->place->hook;
	return !a->out != !b->out || !a->in != !b->in;
}

/*
 * Rules of different tables: one packet has another state, for which nat is not asked, or
 * another way through the host, or there are other tables.
 */
static void take_way(struct parting *p, const struct journey *const j[PAIR_SIDES])
{
	const bool state = p->facts.differ & 1u << FACT_STATE;

	take_parting(p, PARTING_WAY,
		     is_nat(p->next[0]) != is_nat(p->next[1]) && state ?
		     "conntrack state" : is_at_other_hook(p, j) ? "route" : "table");
}

/* Not by elimination: that holds of a rule that the other's rules have. */
static bool is_seen_to_fail(const struct parting *p)
{
	const struct near_misses *lack = &p->lack[!p->met];

	return p->how == PARTING_CONDITION && lack->count &&
	       lack->miss[0].how != NEAR_MISS_ELIMINATED;
}

/*
 * Two rules whose numbers nobody tells: either may be in front, or they are one that was
 * written anew.  One that asks for what the other packet has not parts them.
 */
static void try_both(struct parting *p, const struct journey *const j[],
		     const struct ifnames *names)
{
	for (unsigned int turn = 0; turn < PAIR_SIDES; turn++) {
		p->rule = p->next[p->met];
		apart_find(p, j, names);
		if (is_seen_to_fail(p))
			return;
		p->met = !p->met;
	}
	p->rule = NULL;
	take_parting(p, PARTING_WAY, "rule");
}

static void judge(struct parting *p, const struct journey *const j[PAIR_SIDES],
		  const struct ifnames *names)
{
	const struct place *a = p->next[0], *b = p->next[1];
	unsigned int met = who_met(p, last_of_both(p, j[0]));

	if (!a || !b) {
		take_parting(p, PARTING_END, "end");
		return;
	}
	if (same_rule(a, b)) {
		take_parting(p, PARTING_VERDICT, "map element");
		return;
	}
	if (rule_is_policy(a) && rule_is_policy(b) && place_same_chain(a, b)) {
		take_parting(p, PARTING_POLICY, "policy");
		return;
	}
	if (same_number(a, b) && a->rule_len && b->rule_len) {
		take_parting(p, PARTING_TEXT, "rule");
		return;
	}
	if (met == NEITHER) {
		take_way(p, j);
		return;
	}
	p->met = (uint8_t)met;
	p->rule = p->next[met];
	if (place_same_chain(a, b) && !(place_number(a) && place_number(b)) &&
	    a->kind == PLACE_RULE && b->kind == PLACE_RULE)
		try_both(p, j, names);
	else
		apart_find(p, j, names);
}

static bool is_doubtful(const struct journey *j)
{
	return j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS |
			   JOURNEY_AMBIGUOUS | JOURNEY_STRADDLES) ||
	       j->omitted || j->fate[0].kind == FATE_INCOMPLETE;
}

/* Where there is something else as well, idle events parted nobody. */
static uint32_t pass_idle(struct parting *p, const struct fork *f,
			  const struct journey *const j[PAIR_SIDES],
			  unsigned int side)
{
	const struct journey *own = j[side], *other = j[!side];
	const struct place *there = f->at[!side] < journey_kept(other) ?
		other->step[f->at[!side]].place : NULL;
	uint32_t at = f->at[side];

	/* A policy of nat that was met tells much where the other met a rule there. */
	while (at < f->end[side] && is_idle(own, at) &&
	       !(there && rule_is_policy(own->step[at].place) &&
		 place_same_chain(there, own->step[at].place)))
		at++;
	if (at > f->at[side])
		p->passed++;
	return at;
}

static void take_fork(struct parting *p, const struct fork *f,
		      const struct journey *const j[PAIR_SIDES])
{
	bool pass = f && fork_has_effect(f, j);

	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		p->at[s] = !f ? journey_kept(j[s]) :
			   pass ? pass_idle(p, f, j, s) : f->at[s];
		p->next[s] = p->at[s] < journey_kept(j[s]) ?
			j[s]->step[p->at[s]].place : NULL;
	}
	p->before = f ? f->before : p->ways.same;
}

void parting_find(struct parting *p, const struct journey *const j[PAIR_SIDES],
		  const struct side side[PAIR_SIDES],
		  const struct ifnames *names)
{
	const struct fork *f;

	p->rule = p->instead = NULL;
	p->known = false;
	p->passed = 0;
	p->met = 0;
	p->lack[0].count = p->lack[1].count = 0;
	ways_compare(&p->ways, j);
	f = choose(p, j);
	take_fork(p, f, j);
	/* Behind the first fork events of both are no longer side by side. */
	facts_compare(&p->facts, j, p->ways.forks ? p->ways.fork[0].at : p->at);
	take_parting(p, PARTING_NOWHERE, "");
	p->same = !f && !p->facts.differ;
	p->doubtful = is_doubtful(j[0]) || is_doubtful(j[1]) ||
		      side[0].excerpt || side[1].excerpt;
	if (!f)
		return;
	judge(p, j, names);
	if (p->rule && !p->known)
		p->known = side_has(&side[!p->met], p->rule);
	if (p->how == PARTING_ONE_HAS)
		p->instead = side_instead(&side[!p->met], p->rule);
}
