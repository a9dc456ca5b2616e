// SPDX-License-Identifier: GPL-2.0-or-later
/* doubt: why the text of an event's rule may be the wrong one. */
#include "doubt.h"

#include <string.h>

#include "snapshot.h"

static const struct {
	const char *word, *sentence;
} doubts[] = {
	[DOUBT_FORGED] = { "forged",
		"an NFLOG rule here logs with this very prefix" },
	[DOUBT_RENUMBERED] = { "renumbered",
		"nftrace's rules were just being removed: it may be as many "
		"rules further down" },
	[DOUBT_CHANGED] = { "changed",
		"this table was changed during the trace: it may be another "
		"rule" },
	[DOUBT_GONE] = { "gone",
		"the rules were changed before its text could be read" },
};

const char *doubt_word(enum doubt d)
{
	return doubts[d].word;
}

const char *doubt_sentence(enum doubt d)
{
	return doubts[d].sentence;
}

void forgers_find(struct forgers *f, const struct snapshot *s)
{
	const unsigned int room = sizeof(f->rule) / sizeof(f->rule[0]);

	f->snap = s;
	f->count = 0;
	for (uint32_t i = 0; s && i < s->rules && f->count < room; i++)
		if (snapshot_rule(s, i)->flags & SNAP_NFLOG0)
			f->rule[f->count++] = i;
}

bool forgers_write(const struct forgers *f, const char *prefix, size_t len)
{
	for (unsigned int i = 0; i < f->count; i++) {
		const struct snap_rule *r = snapshot_rule(f->snap, f->rule[i]);

		if (memmem(snapshot_text(f->snap, r->text), r->len, prefix,
			   len))
			return true;
	}
	return false;
}
