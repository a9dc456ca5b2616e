// SPDX-License-Identifier: GPL-2.0-or-later
/* match: a match expression in iptables' words -> the kernel's rule bytes. */
#include "rules/match/match.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <xtables.h>

#include "rules/base/family.h"
#include "rules/match/match_traits.h"
#include "rules/match/parse.h"
#include "rules/match/parse_build.h"
#include "rules/match/parse_filter.h"
#include "rules/match/parse_words.h"
#include "rules/nft/compat.h"
#include "rules/xtables/base_options.h"
#include "rules/xtables/render.h"
#include "rules/xtables/xt.h"

enum { PARSE_MS = 30000 };

/* nftrace's own matches, in the same words and through the same parser. */
static void parse_own(struct parse *p)
{
	const struct match_request *q = p->req;
	char burst[16], stop[32], *argv[16];
	time_t deadline = (time_t)q->deadline;
	struct tm tm;
	int argc = 0;

	if (q->rate) {
		snprintf(burst, sizeof(burst), "%u", q->burst);
		argv[argc++] = (char *)"-m";
		argv[argc++] = (char *)"limit";
		argv[argc++] = (char *)"--limit";
		argv[argc++] = (char *)q->rate;
		argv[argc++] = (char *)"--limit-burst";
		argv[argc++] = burst;
	}
	if (q->deadline && !parse_has_time(p)) {
		p->r->traits |= MATCH_NO_DEADLINE;
	} else if (q->deadline) {
		gmtime_r(&deadline, &tm);
		strftime(stop, sizeof(stop), "%Y-%m-%dT%H:%M:%S", &tm);
		argv[argc++] = (char *)"-m";
		argv[argc++] = (char *)"time";
		argv[argc++] = (char *)"--datestop";
		argv[argc++] = stop;
	}
	if (q->comment) {
		argv[argc++] = (char *)"-m";
		argv[argc++] = (char *)"comment";
		argv[argc++] = (char *)"--comment";
		argv[argc++] = (char *)q->comment;
	}
	parse_words(p, argc, argv);
}

/* The words by which a conntrack match was asked for. */
static void name_conntrack(struct parse *p, const struct xtables_match *m)
{
	static const char *const words[] = { "--ctstate", "--state" };
	const struct match_request *q = p->req;

	snprintf(p->r->conntrack_word, sizeof(p->r->conntrack_word), "-m %s",
		 m->name);
	for (int i = 0; i + 1 < q->argc; i++)
		for (size_t w = 0; w < 2; w++)
			if (strcmp(q->argv[i], words[w]) == 0)
				snprintf(p->r->conntrack_word,
					 sizeof(p->r->conntrack_word),
					 "%s %.40s", words[w], q->argv[i + 1]);
}

static void note_unchecked(struct parse *p, const struct xt_entry_match *m)
{
	bool filter = p->filter && strcmp(m->u.user.name, "bpf") == 0;

	if (!filter && !match_traits_is_sure(m))
		snprintf(p->r->unchecked, sizeof(p->r->unchecked), "-m %s",
			 m->u.user.name);
}

/* After the user's words, before nftrace's own. */
static void find_traits(struct parse *p)
{
	for (struct xtables_rule_match *m = p->matches; m; m = m->next) {
		uint32_t traits = match_traits_of_match(p->f, m->match->m,
							p->r->effect,
							sizeof(p->r->effect));

		if (traits & MATCH_CONNTRACK)
			name_conntrack(p, m->match);
		note_unchecked(p, m->match->m);
		p->r->traits |= traits;
		p->conditions += strcmp(m->match->m->u.user.name, "comment") != 0;
	}
}

/* Once for each: the final checks change what they look at (policy, hashlimit). */
static void finish_matches(struct parse *p)
{
	unsigned int n = 0;

	for (struct xtables_rule_match *m = p->matches; m; m = m->next)
		if (n++ >= p->finished)
			xtables_option_mfcall(m->match);
	p->finished = n;
}

/* -s 0/0 is no condition, and among several addresses it takes all. */
static bool has_open_entry(const struct parse *p)
{
	for (unsigned int i = 0; i < p->r->count; i++)
		if (match_traits_ip_is_open(p->f, match_entry_bytes(p->r, i)))
			return true;
	return false;
}

static void run_parse(struct parse *p)
{
	parse_words(p, p->req->argc, p->req->argv);
	parse_filter_end(p);
	finish_matches(p);
	find_traits(p);
	parse_check_kernel(p);
	parse_own(p);
	parse_check_own(p, p->finished);
	finish_matches(p);
	parse_write_ip(p);
	parse_build(p);
	if (p->r->traits & MATCH_IN && p->r->traits & MATCH_OUT)
		p->r->traits |= MATCH_NOTHING;
	if (!p->conditions && has_open_entry(p))
		p->r->traits |= MATCH_EVERYTHING;
	p->r->status = MATCH_OK;
}

/* A message of libxtables', with the user's word in it if it is not. */
static void keep_message(struct parse *p)
{
	const char *word = p->context;

	if (!word && optind > 0 && p->argv && optind <= p->argc)
		word = p->argv[optind - 1];
	p->r->status = MATCH_BAD;
	if (!word || !*word || strstr(xt_message, word))
		snprintf(p->r->message, sizeof(p->r->message), "%s",
			 xt_message);
	else
		snprintf(p->r->message, sizeof(p->r->message), "'%.100s': %.900s",
			 word, xt_message);
}

static int job(const void *arg, struct helper_out *out)
{
	/* Static: what libxtables hangs into it is not lost, only not freed. */
	static struct parse p;
	int jumped;

	p.req = arg;
	p.out = out;
	p.f = p.req->family;
	p.r = helper_reserve(out, PARSE_RESULT_MAX);
	if (!p.r) {
		fprintf(stderr, "%s\n", strerror(errno));
		return HELPER_BROKEN;
	}
	out->used = sizeof(*p.r);
	if (p.req->nft)
		xt_open_nft(p.f, base_options, nft_compat_match);
	else
		xt_open(p.f, base_options, XT_LEGACY);
	render_open(p.f);
	ip_part_read(p.f, &p.entry, &p.ip);
	xt_trap = &p.trap;
	jumped = setjmp(p.trap);
	if (jumped == 0)
		run_parse(&p);
	else if (jumped != PARSE_REFUSED)
		keep_message(&p);
	xt_trap = NULL;
	return 0;
}

int match_start(struct helper *h, const struct match_request *req)
{
	return helper_start_then(h, job, req, req->then);
}

int match_finish(struct helper *h, struct helper_result *res,
		 const struct match_result **result)
{
	static struct match_result dead;
	int err = helper_finish(h, PARSE_MS, res);

	*result = NULL;
	if (err)
		return err;
	*result = res->data;
	if (res->status == 0 && res->data)
		return 0;
	memset(&dead, 0, sizeof(dead));
	*result = &dead;
	if (res->status == -1) {
		dead.status = MATCH_BAD;
		snprintf(dead.message, sizeof(dead.message), "the match "
			 "expression could not be read in time: is there a "
			 "host name in it that no name server answers for?");
	} else {
		dead.status = MATCH_DIED;
		helper_tell_end(dead.message, sizeof(dead.message), res);
	}
	return 0;
}

const void *match_entry_bytes(const struct match_result *r, unsigned int i)
{
	return (const char *)r + r->entry[i].offset;
}

const char *match_entry_text(const struct match_result *r, unsigned int i)
{
	return (const char *)r + r->entry[i].text;
}
