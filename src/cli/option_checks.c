// SPDX-License-Identifier: GPL-2.0-or-later
/* option_checks: which options go together. */
#include "cli/option_checks.h"

#include <stddef.h>

#include "base/msg.h"
#include "cli/options.h"
#include "rules/base/units.h"

static bool check_groups(const struct options *o, unsigned int groups)
{
	/* "--or" promises an expression on both sides. */
	if (groups == 0)
		return true;
	for (unsigned int g = 0; g <= groups; g++) {
		if (g >= o->expressions || o->expression[g].argc == 0) {
			msg("error: '--or' needs a match expression on both "
			    "sides");
			return false;
		}
	}
	return true;
}

/* What the command line has, a bit each. */
enum {
	IPV4 = 1 << 0, IPV6 = 1 << 1, QUIET = 1 << 2, VERBOSE = 1 << 3,
	FLAT = 1 << 4, JSON = 1 << 5, NO_LOCK = 1 << 6, HOLD_LOCK = 1 << 7,
	ONLY = 1 << 8, DOCTOR = 1 << 9, CLEANUP = 1 << 10, READ = 1 << 11,
	RULES = 1 << 12, ALL = 1 << 13, WORDS = 1 << 14, MATCH = 1 << 15,
	COMPLETE = 1 << 16, COMMAND = 1 << 17, EMPTY = 1 << 18, USER = 1 << 19,
	EXPECT = 1 << 20, MARKDOWN = 1 << 21, FOLD = 1 << 22, FULL = 1 << 23,
	MASK = 1 << 24, DRY_RUN = 1 << 25, BEHIND_NAT = 1 << 26,
	BY_LEGACY = 1 << 27, EXPLAIN = 1 << 28, NO_EXPLAIN = 1 << 29,
};

static unsigned int find_given(const struct options *o)
{
	const struct {
		bool is;
		unsigned int bit;
	} rows[] = {
		{ o->ipv4, IPV4 }, { o->ipv6, IPV6 },
		{ o->quiet, QUIET }, { o->verbose, VERBOSE },
		{ o->flat, FLAT }, { o->json, JSON },
		{ o->markdown, MARKDOWN }, { o->mask, MASK },
		{ o->dry_run, DRY_RUN },
		{ o->no_lock, NO_LOCK }, { o->hold_lock, HOLD_LOCK },
		{ o->only, ONLY }, { o->expect, EXPECT }, { o->doctor, DOCTOR },
		{ o->cleanup, CLEANUP }, { o->read, READ },
		{ o->rules[0], RULES }, { o->all, ALL },
		{ o->expressions, WORDS },
		{ o->all || o->expressions || o->pod || o->container, MATCH },
		{ o->complete, COMPLETE }, { o->command, COMMAND },
		{ o->command && !o->command[0], EMPTY }, { o->user, USER },
		{ o->fold, FOLD }, { o->full, FULL },
		{ o->behind_nat, BEHIND_NAT },
		{ o->backend == BACKEND_LEGACY, BY_LEGACY },
		{ o->explain, EXPLAIN }, { o->no_explain, NO_EXPLAIN },
	};
	unsigned int given = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		given |= rows[i].is ? rows[i].bit : 0;
	return given;
}

/* Forms of what is printed, and those that none of them can be at the same time. */
static const struct form {
	const char *option;
	unsigned int bit, not;
} forms[] = {
	{ "--markdown", MARKDOWN, QUIET | FLAT | JSON },
	{ "--fold", FOLD, FULL | QUIET | FLAT | JSON },
	{ "--full", FULL, QUIET | FLAT | JSON },
	{ "-q", QUIET, JSON },
	{ "--flat", FLAT, 0 },
	{ "--json", JSON, 0 },
};

static bool check_form(const struct form *f, unsigned int given)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (!(given & f->bit && given & f->not & forms[i].bit))
			continue;
		msg("error: '%s' and '%s' together: choose one form", f->option,
		    forms[i].option);
		return false;
	}
	return true;
}

static bool check_forms(unsigned int given)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (!check_form(&forms[i], given))
			return false;
	return true;
}

/* What the user gave, between a refusal's .text and its .rest. */
enum value { NO_VALUE, RULES_FILE, FIRST_WORD, USER_NAME };

static const struct refusal {
	unsigned int with, without;	/* all of these bits, and none of those */
	const char *text;
	enum value value;
	const char *rest;
} refusals[] = {
	{ .with = IPV4 | IPV6,
	  .text = "'-4' and '-6' together: leave out both for both families" },
	{ .with = QUIET | FLAT,
	  .text = "'-q' and '--flat' together: a packet or an event a line?" },
	{ .with = MASK | DRY_RUN,
	  .text = "'--masked' masks what is traced: '--dry-run' prints your own "
	  "words as they are" },
	{ .with = MASK | DOCTOR,
	  .text = "'--masked' masks what is traced: not what '--doctor' finds" },
	{ .with = MASK | CLEANUP,
	  .text = "'--masked' masks what is traced: not what '--cleanup' finds" },
	{ .with = FOLD | VERBOSE,
	  .text = "'--fold' and '-v' together: -v tells of each event, and "
	  "--fold leaves most of them out" },
	{ .with = EXPLAIN | NO_EXPLAIN,
	  .text = "'--explain' and '--no-explain' together: choose one" },
	{ .with = NO_LOCK | HOLD_LOCK,
	  .text = "'--no-lock' and '--hold-lock' together: choose one; "
	  "without either the lock is held and given to whoever wants it" },
	{ .with = ONLY | FLAT,
	  .text = "'--only' and '--flat' together: --flat prints "
	  "events before a packet's fate is known" },
	{ .with = EXPECT | FLAT,
	  .text = "'--expect' and '--flat' together: --flat prints "
	  "events before a packet's fate is known" },
	{ .with = BEHIND_NAT | BY_LEGACY,
	  .text = "'--behind-nat' and '--backend legacy' together: the trace "
	  "begins in raw by iptables-legacy, ahead of DNAT" },
	{ .with = BEHIND_NAT, .without = MATCH,
	  .text = "'--behind-nat' is for a match expression" },
	{ .with = DOCTOR | CLEANUP,
	  .text = "'--doctor' and '--cleanup' together: one after the other" },
	{ .with = DOCTOR | MATCH,
	  .text = "'--doctor' takes no match expression" },
	{ .with = CLEANUP | MATCH,
	  .text = "'--cleanup' takes no match expression" },
	{ .with = RULES, .without = READ,
	  .text = "'--rules ", .value = RULES_FILE,
	  .rest = "' belongs to a log that --read reads" },
	{ .with = READ | MATCH,
	  .text = "'--read' takes one file and no match expression ('",
	  .value = FIRST_WORD, .rest = "' is too much): --only chooses "
	  "among the packets of the file" },
	{ .with = ALL | WORDS,
	  .text = "'--all' and a match expression ('", .value = FIRST_WORD,
	  .rest = "') together: leave one of them out" },
	{ .with = COMPLETE,
	  .text = "'--complete' comes first: nftrace --complete WORDS..." },
	{ .with = DOCTOR | COMMAND,
	  .text = "'--doctor' takes no command" },
	{ .with = CLEANUP | COMMAND,
	  .text = "'--cleanup' takes no command" },
	{ .with = READ | COMMAND,
	  .text = "'--read' takes no command" },
	{ .with = EMPTY,
	  .text = "'--' needs a command behind it, e.g. "
	  "-- ping -c 1 8.8.8.8" },
	{ .with = USER, .without = COMMAND,
	  .text = "'--user ", .value = USER_NAME,
	  .rest = "' is for a command: -- COMMAND is missing" },
};

static const char *find_value(const struct options *o, enum value value)
{
	switch (value) {
	case RULES_FILE:
		return o->rules[0];
	case FIRST_WORD:
		return o->expression[0].argv[0];
	case USER_NAME:
		return o->user;
	default:
		return "";
	}
}

static bool check_together(const struct options *o, unsigned int given)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++) {
		const struct refusal *r = &refusals[i];

		if ((given & r->with) != r->with || given & r->without)
			continue;
		msg("error: %s%s%s", r->text, find_value(o, r->value),
		    r->rest ? r->rest : "");
		return false;
	}
	return true;
}

/* --pod and --container stand for match expressions. */
static bool check_named(const struct options *o, unsigned int given)
{
	const char *option = o->pod ? "--pod" : "--container";

	if (o->pod && o->container) {
		msg("error: '--pod' and '--container' together: choose one");
		return false;
	}
	if ((o->pod || o->container) && given & (READ | ALL)) {
		msg("error: '%s' chooses what is traced: not beside '%s'",
		    option, o->diff ? "--diff" :
		    given & READ ? "--read" : "--all");
		return false;
	}
	return true;
}

/* What is written of one file is not written of two. */
static bool check_diff(const struct options *o)
{
	const struct {
		bool is;
		const char *option;
	} others[] = {
		{ o->pcap, "--pcap" }, { o->graph, "--graph" },
		{ o->report, "--report" }, { o->flat, "--flat" },
		{ o->fold, "--fold" }, { o->full, "--full" },
		{ o->markdown, "--markdown" }, { o->verbose, "-v" },
		{ o->expect, "--expect" }, { o->count, "-c" },
		{ o->doctor, "--doctor" }, { o->cleanup, "--cleanup" },
		{ o->dry_run, "--dry-run" },
	};

	for (size_t i = 0; o->diff && i < ARRAY_SIZE(others); i++) {
		if (!others[i].is)
			continue;
		msg("error: '--diff' and '%s' together: --diff has a form of "
		    "its own, and -q and --json", others[i].option);
		return false;
	}
	return true;
}

/* What a run in one namespace can do, and several at once cannot. */
static bool check_several(const struct options *o, unsigned int given)
{
	const struct {
		bool is;
		const char *option;
	} not[] = {
		{ o->command, "-- COMMAND" }, { o->pcap, "--pcap" },
		{ o->graph, "--graph" }, { o->report, "--report" },
		{ given & MARKDOWN, "--markdown" }, { given & FLAT, "--flat" },
		{ given & MASK, "--masked" }, { given & DOCTOR, "--doctor" },
		{ given & CLEANUP, "--cleanup" }, { given & READ, "--read" },
		{ given & DRY_RUN, "--dry-run" },
	};
	const char *option = o->and_node ? "'--and-node'" : "'--netns' twice";

	if (!o->and_node && !o->netns[1])
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(not); i++) {
		if (!not[i].is)
			continue;
		msg("error: '%s' is for one network namespace: not beside %s",
		    not[i].option, option);
		return false;
	}
	if ((o->pod || o->container) && o->netns[1]) {
		msg("error: '%s' is in one network namespace: not beside "
		    "'--netns' twice", o->pod ? "--pod" : "--container");
		return false;
	}
	if (!o->pod && !o->container && !o->netns[0]) {
		msg("error: '--and-node' traces here as well as in another "
		    "namespace: say in which by --pod, --container or --netns");
		return false;
	}
	return true;
}

bool options_check(const struct options *o, unsigned int groups)
{
	unsigned int given = find_given(o);

	return check_groups(o, groups) && check_diff(o) && check_forms(given) &&
	       check_named(o, given) && check_several(o, given) &&
	       check_together(o, given);
}
