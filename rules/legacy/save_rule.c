// SPDX-License-Identifier: GPL-2.0-or-later
/* save_rule: the words of one rule in iptables-save's text -> its verdict. */
#include "rules/legacy/save_rule.h"

#include <errno.h>
#include <string.h>

#include "rules/base/units.h"
#include "rules/legacy/snapshot.h"

enum { RULE_NAME_MAX = 31 };

static int set_target(struct snapshot *s, struct snap_rule *r,
		      struct strview name)
{
	uint32_t i;

	r->verdict = SNAP_TARGET;
	for (i = 0; i < s->targets; i++)
		if (strview_is(name, s->target[i]))
			break;
	if (i == SNAP_TARGETS || name.len > RULE_NAME_MAX)
		return -EOVERFLOW;
	if (i == s->targets) {
		memcpy(s->target[i], name.at, name.len);
		s->targets++;
	}
	r->target = (uint16_t)i;
	if (strview_is(name, "TRACE"))
		r->flags |= SNAP_TRACE;
	return 0;
}

bool save_verdict(struct strview name, uint8_t *verdict)
{
	static const struct {
		const char *word;
		uint8_t verdict;
	} words[] = {
		{ "ACCEPT", SNAP_ACCEPT }, { "DROP", SNAP_DROP },
		{ "QUEUE", SNAP_QUEUE }, { "RETURN", SNAP_RETURN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strview_is(name, words[i].word))
			continue;
		*verdict = words[i].verdict;
		return true;
	}
	return false;
}

/* @words: of the rule in front of its target */
static int read_verdict(struct snapshot *s, unsigned int table,
			struct snap_rule *r, struct strview target, bool jump,
			unsigned int words)
{
	uint32_t chain = snapshot_find_chain(s, table, target.at, target.len);

	if (save_verdict(target, &r->verdict)) {
		/* Nothing but the verdict: the kernel calls it policy or return. */
		if (words == 0)
			r->flags |= SNAP_UNCONDITIONAL;
	} else if (chain != SNAP_NONE) {
		r->chain = chain;
		r->verdict = jump ? SNAP_JUMP : SNAP_GOTO;
	} else {
		return set_target(s, r, target);
	}
	return 0;
}

/* NFLOG without a group is group 0. */
static bool logs_to_group_0(struct strview rest)
{
	struct strview word;

	while (strview_quoted(&rest, &word))
		if (strview_is(word, "--nflog-group"))
			return strview_quoted(&rest, &word) &&
			       strview_is(word, "0");
	return true;
}

/* Words of a rule that ask for something: a comment's four do not. */
static bool is_always(unsigned int words, unsigned int comments)
{
	return words == 4 * comments;
}

static bool is_count(struct strview word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.at[i] < '0' || word.at[i] > '9')
			return false;
	return word.len > 0;
}

struct strview save_rule_counters(struct strview rule)
{
	struct strview rest = rule, word, before = { "", 0 };

	while (strview_quoted(&rest, &word)) {
		struct strview next = rest, packets, bytes;

		if (strview_is(word, "-c") && !strview_is(before, "--comment") &&
		    strview_quoted(&next, &packets) && is_count(packets) &&
		    strview_quoted(&next, &bytes) && is_count(bytes))
			return (struct strview){
				word.at, (size_t)(next.at - word.at),
			};
		before = word;
	}
	return (struct strview){ "", 0 };
}

int save_rule_read(struct snapshot *s, unsigned int table, struct snap_rule *r,
		   struct strview rest)
{
	struct strview word, before = { "", 0 };
	struct strview counters = save_rule_counters(rest);
	unsigned int words = 0, comments = 0;
	int err;

	while (strview_quoted(&rest, &word)) {
		bool jump = strview_is(word, "-j");

		if (counters.len && word.at == counters.at) {
			rest = strview_behind(rest, counters.len - word.len);
			continue;
		}

		/* What somebody writes into a comment is no target. */
		if ((jump || strview_is(word, "-g")) &&
		    !strview_is(before, "--comment") &&
		    strview_quoted(&rest, &word)) {
			err = read_verdict(s, table, r, word, jump, words);
			if (strview_is(word, "NFLOG") && logs_to_group_0(rest))
				r->flags |= SNAP_NFLOG0;
			if (is_always(words, comments))
				r->flags |= SNAP_ALWAYS;
			return err;
		}
		comments += strview_is(word, "--comment") &&
			    !strview_is(before, "--comment");
		before = word;
		words++;
	}
	return 0;
}
