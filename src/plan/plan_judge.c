// SPDX-License-Identifier: GPL-2.0-or-later
/* plan_judge: whether a match expression can be traced, and what is said of it. */
#include "plan/plan_judge.h"

#include <stdio.h>
#include <string.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/options.h"
#include "cli/refusal_hint.h"
#include "plan/backend.h"
#include "plan/option_hint.h"
#include "plan/plan_state.h"
#include "rules/legacy/trace_rules.h"
#include "rules/match/match.h"
#include "rules/match/match_traits.h"

bool plan_judge_any(const struct parsed *x, enum match_status status)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (x->m[i] && x->m[i]->status == status)
			return true;
	return false;
}

/* Of several refusals, the one that says most. */
static const struct match_result *worst(const struct parsed *x)
{
	static const unsigned char says[] = {
		[MATCH_FAMILY] = 1, [MATCH_BAD] = 2, [MATCH_KERNEL] = 2,
		[MATCH_LARGE] = 3, [MATCH_DIED] = 4,
	};
	const struct match_result *best = NULL;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct match_result *m = x->m[i];

		if (m && (!best || says[m->status] > says[best->status]))
			best = m;
	}
	return best;
}

/* What asks of what comes in, beside what asks of what goes out. */
static const char *why_nowhere(uint32_t traits)
{
	if (traits & MATCH_OUT && traits & MATCH_IN)
		return "what comes in has no out-interface yet where the trace "
		       "begins, and what this host sends has come in by none: "
		       "leave out -o, and say --only out=NAME";
	if (traits & MATCH_OUT)
		return "a part of it is known of what comes in alone, which has "
		       "no out-interface yet where the trace begins: leave out "
		       "-o, and say --only out=NAME";
	if (traits & MATCH_IN)
		return "a part of it (owner, cgroup) is known of what this host "
		       "sends alone, and that has come in by no interface: "
		       "leave out -i";
	return "one part of it is known of what comes in alone, and another of "
	       "what this host sends alone";
}

/* Refusals and warnings that hold for the expression as a whole. */
static int judge(const struct options *o, const struct match_result *m,
		 const char *words, unsigned int *chains)
{
	unsigned int can = match_traits_chains(m->traits);

	if (!can) {
		msg("error: '%s' can match no packet: %s", words,
		    why_nowhere(m->traits));
		return STATUS_USAGE;
	}
	if (m->traits & MATCH_NOTHING) {
		msg("error: '%s' can match no packet at all", words);
		return STATUS_USAGE;
	}
	if (m->traits & MATCH_EVERYTHING && !o->all) {
		msg("error: '%s' matches every packet: if that is what you "
		    "want, say --all", words);
		return STATUS_USAGE;
	}
	if (m->traits & MATCH_SIDE_EFFECT && !o->side_effects) {
		msg("error: '%s' changes state that others use (%s): say "
		    "--allow-side-effects if that is acceptable",
		    words, m->effect);
		return STATUS_USAGE;
	}
	*chains = can & (o->chains ? o->chains : TRACE_BOTH);
	if (!*chains) {
		msg("error: '%s' cannot be used in chain %s of raw, only in "
		    "%s",
		    words, trace_chain_name(o->chains), trace_chain_name(can));
		return STATUS_USAGE;
	}
	return 0;
}

/* Said of matches alone: what -i and -o leave out is in their words. */
static void say_chain(const struct options *o, uint32_t traits, const char *words)
{
	if (o->chains)
		return;
	if (traits & MATCH_ONLY_OUT && !(traits & MATCH_OUT))
		msg("note: '%s' can be asked in OUTPUT alone: what comes in or is "
		    "forwarded is not traced", words);
	if (traits & MATCH_ONLY_PRE && !(traits & MATCH_IN))
		msg("note: '%s' can be asked in PREROUTING alone: what this host "
		    "sends itself is not traced", words);
}

void plan_judge_warn(const struct options *o, const struct match_result *m,
		     const char *words, const struct plan *p,
		     unsigned int trigger)
{
	const char *what = m->conntrack_word[0] ? m->conntrack_word : words;

	if (m->traits & MATCH_OUT)
		msg("note: '%s' has -o: only what this host sends itself is "
		    "traced; in raw a forwarded packet has no out-interface "
		    "yet (--only out=NAME instead of -o prints both)", words);
	say_chain(o, m->traits, words);
	if (m->traits & MATCH_FILTER && m->traits & MATCH_IN)
		msg("note: -i is what comes in, as for iptables: what goes out "
		    "there is not traced (without -i both are)");
	if (o->behind_nat || (p->behind_nat && m->traits & MATCH_CONNTRACK))
		msg("note: packets are traced from behind DNAT on: what they meet "
		    "before (raw, mangle, nat) is not shown");
	else if (m->traits & MATCH_CONNTRACK && trigger == TRIGGER_NFT)
		msg("note: '%s' needs conntrack: packets are traced from "
		    "behind it on, so what they meet before (raw) is not "
		    "shown", what);
	else if (m->traits & MATCH_CONNTRACK)
		msg("warning: '%s' will hardly match: in raw a packet has no "
		    "conntrack entry yet (--backend nft traces behind "
		    "conntrack)", what);
	if (m->traits & MATCH_FRAGMENT)
		msg("warning: '%s' matches nothing where conntrack is in use: "
		    "it puts fragments together before raw", words);
}

int plan_judge_refuse(const struct parsed *x, const char *words)
{
	const struct match_result *m = worst(x);
	char hint[512];

	msg("error: %s", m && m->message[0] ? m->message : words);
	if (m && refusal_hint(hint, sizeof(hint), m->message, words))
		msg("%s", hint);
	if (m && strncmp(m->unknown, "--", 2) == 0)
		option_hint_say(m->unknown);
	return m && (m->status == MATCH_KERNEL || m->status == MATCH_DIED) ?
	       STATUS_FAILURE : STATUS_USAGE;
}

/* The words are good, but for a family only that has no tables here. */
int plan_judge_no_family(const struct plan *p, const struct parsed *x,
			 const char *words)
{
	if (!backend_any(p))
		return backend_none();
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (x->m[i] && x->m[i]->status == MATCH_OK)
			msg("error: '%s' is for %s, and there is no table of "
			    "%s here: say -%c to have raw created",
			    words, families[i]->name, families[i]->command,
			    i == 0 ? '4' : '6');
	return STATUS_FAILURE;
}

static bool is_ok(const struct match_result *m)
{
	return m && m->status == MATCH_OK;
}

int plan_judge_all(const struct options *o, const struct parsed *x,
		   const char *words, unsigned int chains[FAMILY_COUNT])
{
	int status = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++)
		if (is_ok(x->m[i]))
			status = judge(o, x->m[i], words, &chains[i]);
	return status;
}
