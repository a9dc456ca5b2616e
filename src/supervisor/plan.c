// SPDX-License-Identifier: GPL-2.0-or-later
/* plan: match expressions and the host's tables -> the rules that shall go in. */
#include "supervisor/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/option_near.h"
#include "cli/options.h"
#include "cli/refusal_hint.h"
#include "rules/base/entry.h"
#include "rules/base/units.h"
#include "rules/keeper/protocol.h"
#include "rules/legacy/trace_rules.h"
#include "rules/match/match.h"
#include "rules/match/match_traits.h"
#include "supervisor/backend.h"
#include "supervisor/rate.h"
#include "supervisor/reply_match.h"

static bool only_one_asked(const struct options *o, unsigned int i)
{
	return i == 0 ? o->ipv4 : o->ipv6;
}

/* One expression for both families. */
struct parsed {
	struct helper_result res[FAMILY_COUNT];
	const struct match_result *m[FAMILY_COUNT];
};

/* A rule of nft has a limit and a deadline of its own: rules/nft/trigger_table.c. */
static void fit_request(struct match_request *req, const struct plan_family *pf,
			const struct match_request *full)
{
	*req = *full;
	req->nft = pf->trigger == TRIGGER_NFT;
	if (!req->nft)
		return;
	req->rate = NULL;
	req->deadline = 0;
	req->comment = NULL;
}

static int parse_expression(struct plan *p, struct parsed *x,
			    const struct match_request *full,
			    const struct options *o)
{
	struct match_request req;
	struct helper h[FAMILY_COUNT];
	bool started[FAMILY_COUNT] = { false };
	int err = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT && !err; i++) {
		if ((o->ipv4 || o->ipv6) && !only_one_asked(o, i))
			continue;
		fit_request(&req, &p->family[i], full);
		req.family = families[i];
		err = match_start(&h[i], &req);
		started[i] = !err;
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		int e = started[i] ? match_finish(&h[i], &x->res[i], &x->m[i])
				   : 0;

		if (e && !err)
			err = e;
	}
	return err;
}

static bool any_is(const struct parsed *x, enum match_status status)
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
		[MATCH_DIED] = 3,
	};
	const struct match_result *best = NULL;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct match_result *m = x->m[i];

		if (m && (!best || says[m->status] > says[best->status]))
			best = m;
	}
	return best;
}

static void join_words(const struct expression *e, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (int i = 0; i < e->argc && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s",
				       i ? " " : "", e->argv[i]);
}

/* Refusals and warnings that hold for the expression as a whole. */
static int judge(const struct options *o, const struct match_result *m,
		 const char *words, unsigned int *chains)
{
	unsigned int can = TRACE_BOTH;

	if (m->traits & (MATCH_IN | MATCH_ONLY_PRE))
		can &= TRACE_PREROUTING;
	if (m->traits & (MATCH_OUT | MATCH_ONLY_OUT))
		can &= TRACE_OUTPUT;
	if (!can) {
		msg("error: '%s' can match no packet: what comes in has no "
		    "out-interface yet where the trace begins, and what this "
		    "host sends has come in by none: leave out -o, and say "
		    "--only out=NAME", words);
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

static void warn(const struct match_result *m, const char *words,
		 const struct plan *p, unsigned int trigger)
{
	const char *what = m->conntrack_word[0] ? m->conntrack_word : words;

	if (m->traits & MATCH_OUT)
		msg("note: '%s' has -o: only what this host sends itself is "
		    "traced; in raw a forwarded packet has no out-interface "
		    "yet", words);
	if (p->behind_nat)
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

static bool make_room(struct plan_family *pf, unsigned int count)
{
	struct trace_rule *rules = realloc(pf->set.rule,
					   count * sizeof(*rules));
	char **texts = realloc(pf->text, count * sizeof(*texts));

	if (rules)
		pf->set.rule = rules;
	if (texts)
		pf->text = texts;
	return rules && texts;
}

static bool add_rule(struct plan_family *pf, const struct match_result *m,
		     unsigned int i, unsigned int chains, bool late)
{
	void *entry = malloc(m->entry[i].size);
	char *text = strdup(match_entry_text(m, i));

	if (!entry || !text) {
		free(entry);
		free(text);
		return false;
	}
	memcpy(entry, match_entry_bytes(m, i), m->entry[i].size);
	pf->text[pf->set.count] = text;
	pf->set.rule[pf->set.count++] = (struct trace_rule){
		.chains = chains,
		.late = late || m->traits & MATCH_CONNTRACK,
		.entry = entry,
	};
	return true;
}

static int add_rules(struct plan_family *pf, const struct match_result *m,
		     unsigned int chains, bool late)
{
	unsigned int count = pf->set.count + m->count;
	bool room;

	if (count > KEEPER_RULES) {
		msg("error: that makes %u rules, more than %d: use fewer "
		    "addresses", count, KEEPER_RULES);
		return STATUS_USAGE;
	}
	room = make_room(pf, count);
	for (unsigned int i = 0; i < m->count && room; i++)
		room = add_rule(pf, m, i, chains, late);
	if (!room)
		msg_error("keeping the rules to insert", -ENOMEM);
	return room ? 0 : STATUS_FAILURE;
}

/* An option that iptables does not know: often one that is right, too early. */
static void say_meant(const char *word)
{
	const char *needs = option_needs(word), *near = option_near(word);

	if (needs)
		msg("'%.*s' needs %s before it", (int)strcspn(word, "="), word,
		    needs);
	else if (near)
		msg("did you mean --%s?", near);
}

static int refuse(const struct parsed *x, const char *words)
{
	const struct match_result *m = worst(x);
	char hint[512];

	msg("error: %s", m && m->message[0] ? m->message : words);
	if (m && refusal_hint(hint, sizeof(hint), m->message))
		msg("%s", hint);
	if (m && strncmp(m->unknown, "--", 2) == 0)
		say_meant(m->unknown);
	return m && (m->status == MATCH_KERNEL || m->status == MATCH_DIED) ?
	       STATUS_FAILURE : STATUS_USAGE;
}

/* The words are good, but for a family only that has no tables here. */
static int refuse_family(const struct plan *p, const struct parsed *x,
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

/* A bit for each family that is traced and that the expression is for. */
static unsigned int find_families(struct plan *p, const struct parsed *x)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		p->family[i].fits |= is_ok(x->m[i]);
		if (is_ok(x->m[i]) && p->family[i].use)
			found |= 1u << i;
	}
	return found;
}

static int judge_all(const struct options *o, const struct parsed *x,
		     const char *words, unsigned int chains[FAMILY_COUNT])
{
	int status = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++)
		if (is_ok(x->m[i]))
			status = judge(o, x->m[i], words, &chains[i]);
	return status;
}

/* @mirrored: made of another expression for the replies; nft's trigger needs none */
static int take_expression(struct plan *p, const struct options *o,
			   const struct expression *e, const struct parsed *x,
			   bool mirrored)
{
	unsigned int into = find_families(p, x), chains[FAMILY_COUNT];
	bool warned = false;
	char words[512];
	int status;

	join_words(e, words, sizeof(words));
	/* What the parser of one family dies of is not to pass unseen. */
	if (!any_is(x, MATCH_OK) || any_is(x, MATCH_DIED))
		return refuse(x, words);
	status = judge_all(o, x, words, chains);
	if (!status && !into)
		status = refuse_family(p, x, words);
	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++) {
		const struct match_result *m = x->m[i];
		struct plan_family *pf = &p->family[i];

		if (!(into & 1u << i) ||
		    (mirrored && pf->trigger == TRIGGER_NFT))
			continue;
		if (!warned)
			warn(m, words, p, pf->trigger);
		warned = true;
		if (m->traits & MATCH_NO_DEADLINE)
			p->deadline = false;
		pf->set.family = families[i];
		status = add_rules(pf, m, chains[i], p->behind_nat);
	}
	return status;
}

static int add_expression(struct plan *p, const struct options *o,
			  struct match_request *req,
			  const struct expression *e, bool mirrored)
{
	struct parsed x = { 0 };
	int status, err;

	req->argc = e->argc;
	req->argv = e->argv;
	err = parse_expression(p, &x, req, o);
	if (err)
		msg_error("parsing the match expression", err);
	status = err ? STATUS_FAILURE : take_expression(p, o, e, &x, mirrored);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		helper_release(&x.res[i]);
	return status;
}

/* In raw, ahead of conntrack, replies are told by their addresses and ports alone. */
static int add_mirrored(struct plan *p, const struct options *o,
			struct match_request *req, const struct expression *e)
{
	struct expression mirrored;
	bool any = reply_match_make(e, &mirrored);
	char words[512];
	int status;

	join_words(e, words, sizeof(words));
	if (!any) {
		reply_match_free(&mirrored);
		msg("error: '%s' names no address or port that a reply could "
		    "be told by: leave out --replies, or say --backend nft",
		    words);
		return STATUS_USAGE;
	}
	status = add_expression(p, o, req, &mirrored, true);
	join_words(&mirrored, words, sizeof(words));
	if (!status)
		msg("warning: replies are looked for by '%s': those whose "
		    "addresses or ports NAT changes (masquerading, services) "
		    "are not caught in raw; --backend nft finds them", words);
	reply_match_free(&mirrored);
	return status;
}

static int parse_all(struct plan *p, const struct options *o)
{
	static const struct expression everything = { .argc = 0 };
	struct match_request req = { 0 };
	char comment[OWNER_TEXT], rate[32];
	unsigned int count = o->all ? 1 : o->expressions;
	int status = 0;

	owner_format(&p->owner, comment);
	req.comment = comment;
	req.deadline = (uint32_t)p->owner.end;
	if (rate_choose(p, o, rate, sizeof(rate), &req.burst))
		req.rate = rate;
	for (unsigned int g = 0; g < count && !status; g++) {
		const struct expression *e = o->all ? &everything
						    : &o->expression[g];

		status = add_expression(p, o, &req, e, false);
		if (!status && o->replies && !o->all && p->lock)
			status = add_mirrored(p, o, &req, e);
	}
	return status;
}

int64_t plan_end(const struct options *o)
{
	return time(NULL) + (o->time_ns ?
		(int64_t)((o->time_ns + NS_PER_S - 1) / NS_PER_S) +
		KEEPER_DEADLINE_SECONDS : KEEPER_LEASE_SECONDS);
}

int plan_begin(struct plan *p, const struct options *o)
{
	int status;

	memset(p, 0, sizeof(*p));
	p->inserts = o->all || o->expressions;
	if (owner_init(&p->owner, plan_end(o)) < 0) {
		msg("error: /proc is not there or not readable");
		return STATUS_FAILURE;
	}
	status = backend_choose(p, o);
	/* Of those of nft the keeper takes care. */
	p->deadline = p->inserts && p->lock;
	p->replies = o->replies;
	p->behind_nat = o->behind_nat;
	return status;
}

int plan_make(struct plan *p, const struct options *o)
{
	int status = p->inserts ? parse_all(p, o) : 0;

	if (!status && !backend_any(p))
		status = backend_none();
	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++)
		status = in_interface_check(&p->in, &p->family[i].set);
	if (!status)
		backend_drop_idle(p, o);
	return status;
}

void plan_free(struct plan *p)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		struct plan_family *pf = &p->family[i];

		for (unsigned int r = 0; r < pf->set.count; r++) {
			free(pf->set.rule[r].entry);
			free(pf->text[r]);
		}
		free(pf->set.rule);
		free(pf->text);
	}
}
