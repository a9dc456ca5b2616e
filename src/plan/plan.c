// SPDX-License-Identifier: GPL-2.0-or-later
/* plan: match expressions and the host's tables -> the rules that shall go in. */
#include "plan/plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "cli/options.h"
#include "plan/backend.h"
#include "plan/plan_judge.h"
#include "plan/rate.h"
#include "plan/reply_match.h"
#include "rules/base/entry.h"
#include "rules/base/units.h"
#include "rules/keeper/logger_gaps.h"
#include "rules/keeper/protocol.h"
#include "rules/legacy/trace_rules.h"
#include "rules/match/match.h"
#include "rules/match/match_traits.h"

static bool only_one_asked(const struct options *o, unsigned int i)
{
	return i == 0 ? o->ipv4 : o->ipv6;
}

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

/* The first helpers are on their way, and their parent has nothing to do. */
static void act_meanwhile(struct plan *p)
{
	const struct plan_meanwhile *m = p->meanwhile;

	p->meanwhile = NULL;
	if (m)
		m->act(m->arg);
}

static int parse_expression(struct plan *p, struct parsed *x,
			    const struct match_request *full,
			    const struct options *o)
{
	struct match_request req;
	const struct plan_meanwhile *m = p->meanwhile;
	struct helper_then then;
	struct helper h[FAMILY_COUNT];
	bool started[FAMILY_COUNT] = { false };
	struct logger_gaps gaps;
	int err = 0;

	logger_gaps_note(&gaps);
	for (unsigned int i = 0; i < FAMILY_COUNT && !err; i++) {
		if ((o->ipv4 || o->ipv6) && !only_one_asked(o, i))
			continue;
		fit_request(&req, &p->family[i], full);
		req.family = families[i];
		if (m && p->family[i].use && !req.nft) {
			m->then(m->arg, i, &then);
			req.then = &then;
		}
		err = match_start(&h[i], &req);
		started[i] = !err;
	}
	act_meanwhile(p);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		int e = started[i] ? match_finish(&h[i], &x->res[i], &x->m[i])
				   : 0;

		if (e && !err)
			err = e;
	}
	logger_gaps_mend(&gaps);
	return err;
}

static void join_words(const struct expression *e, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (int i = 0; i < e->argc && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s",
				       i ? " " : "", e->argv[i]);
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

/* A bit for each family that is traced and that the expression is for. */
static unsigned int find_families(struct plan *p, const struct parsed *x)
{
	unsigned int found = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		bool ok = x->m[i] && x->m[i]->status == MATCH_OK;

		p->family[i].fits |= ok;
		if (ok && p->family[i].use)
			found |= 1u << i;
	}
	return found;
}

/* Of an address of a family that is not traced, or that the other words are not for. */
static bool is_for_others(const struct parsed *x, unsigned int into)
{
	return !into && !plan_judge_any(x, MATCH_BAD) &&
	       !plan_judge_any(x, MATCH_KERNEL) &&
	       !plan_judge_any(x, MATCH_LARGE) && !plan_judge_any(x, MATCH_DIED);
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

	if (e->optional && is_for_others(x, into))
		return 0;
	join_words(e, words, sizeof(words));
	/* What the parser of one family dies of, or has no room for, is not to pass unseen. */
	if (!plan_judge_any(x, MATCH_OK) || plan_judge_any(x, MATCH_LARGE) ||
	    plan_judge_any(x, MATCH_DIED))
		return plan_judge_refuse(x, words);
	status = plan_judge_all(o, x, words, chains);
	if (!status && !into)
		status = plan_judge_no_family(p, x, words);
	for (unsigned int i = 0; i < FAMILY_COUNT && !status; i++) {
		const struct match_result *m = x->m[i];
		struct plan_family *pf = &p->family[i];

		if (!(into & 1u << i) ||
		    (mirrored && pf->trigger == TRIGGER_NFT) ||
		    (e->behind_nat && pf->trigger != TRIGGER_NFT))
			continue;
		warned |= e->optional;
		if (!warned)
			plan_judge_warn(o, m, words, p, pf->trigger);
		if (!warned && o->dry_run && m->unchecked[0])
			msg("note: whether the kernel takes '%s' is not checked: "
			    "only inserting it tells", m->unchecked);
		warned = true;
		if (m->traits & MATCH_NO_DEADLINE)
			p->deadline = false;
		pf->set.family = families[i];
		status = add_rules(pf, m, chains[i],
				   o->behind_nat || e->behind_nat);
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
	p->mirrored = true;
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
	p->behind_nat = o->behind_nat || o->late_too;
	return status;
}

/* Of --pod and --container: expressions that were left out are missed, or all there were. */
static int judge_left_out(const struct plan *p)
{
	unsigned int rules = 0;
	bool raw = false;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		rules += p->family[i].set.count;
		raw |= p->family[i].use &&
			p->family[i].trigger == TRIGGER_LEGACY;
	}
	if (raw)
		msg("note: what comes to it through a Service or a host port is "
		    "not traced: the rules stand in raw, ahead of DNAT, as "
		    "--backend legacy wants it or the kernel has no nf_tables");
	if (rules || !backend_any(p))
		return 0;
	msg("error: none of its addresses is of a family that is traced here: "
	    "-4 or -6 traces one that has no tables, too");
	return STATUS_USAGE;
}

int plan_make(struct plan *p, const struct options *o,
	      const struct plan_meanwhile *m)
{
	int status;

	p->meanwhile = m;
	status = p->inserts ? parse_all(p, o) : 0;
	act_meanwhile(p);

	if (!status && o->late_too)
		status = judge_left_out(p);
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
