// SPDX-License-Identifier: GPL-2.0-or-later
/* text_doubt: why the text of an event's rule may be the wrong one. */
#include "place/text_doubt.h"

#include <string.h>

#include "rules/base/units.h"
#include "rules/view/ruleset.h"

static const struct {
	const char *word, *sentence;
} doubts[] = {
	[TEXT_DOUBT_FORGED] = { "forged",
		"an NFLOG rule here logs with this very prefix" },
	[TEXT_DOUBT_RENUMBERED] = { "renumbered",
		"nftrace's rules were just being removed: it may be as many "
		"rules further down" },
	[TEXT_DOUBT_CHANGED] = { "changed",
		"this table was changed during the trace: it may be another "
		"rule" },
	[TEXT_DOUBT_GONE] = { "gone",
		"the rules were changed, or may have been, before its text could "
		"be read" },
	[TEXT_DOUBT_MISFIT] = { "misfit",
		"the rules given are not those that the log is of: it may be "
		"another rule" },
};

const char *text_doubt_word(enum text_doubt d)
{
	return doubts[d].word;
}

const char *text_doubt_sentence(enum text_doubt d)
{
	return doubts[d].sentence;
}

static void note(void *arg, const struct ruleset_rule *r)
{
	struct forgers *f = arg;

	if (f->count == ARRAY_SIZE(f->rule))
		return;
	f->rule[f->count].text = r->text;
	f->rule[f->count++].len = r->len;
}

void forgers_find(struct forgers *f, const struct ruleset *rules)
{
	f->count = 0;
	ruleset_each(rules, DOES_NFLOG0, note, f);
}

bool forgers_write(const struct forgers *f, const char *prefix, size_t len)
{
	for (unsigned int i = 0; i < f->count; i++)
		if (memmem(f->rule[i].text, f->rule[i].len, prefix, len))
			return true;
	return false;
}
