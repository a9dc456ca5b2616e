// SPDX-License-Identifier: GPL-2.0-or-later
/* option_hint: what to type instead of an option that nobody has brought along. */
#include "plan/option_hint.h"

#include <stdbool.h>
#include <string.h>

#include "base/msg.h"
#include "base/spelling.h"
#include "cli/option_near.h"
#include "rules/base/units.h"
#include "rules/match/option_owners.h"

/* Typed most: of several that are as near, one of these is meant. */
static const char *const usual[] = {
	"protocol", "source", "destination", "in-interface", "out-interface",
	"dport", "sport", "dports", "sports", "ports", "ctstate", "state",
	"match-set", "comment",
};

/* Names that other programs have for what is no option of that name here. */
static const struct {
	const char *name, *instead;
} foreign_words[] = {
	{ "port", "did you mean --dport? (behind -p tcp or -p udp; of whichever "
	  "end it is: port 53)" },
	{ "srcport", "did you mean --sport?" }, { "src-port", "did you mean --sport?" },
	{ "dstport", "did you mean --dport?" }, { "dst-port", "did you mean --dport?" },
	{ "host", "a host is -s or -d; whichever it is: host 8.8.8.8" },
	{ "ip", "a host is -s or -d; whichever it is: host 8.8.8.8" },
	{ "address", "a host is -s or -d; whichever it is: host 8.8.8.8" },
	{ "net", "a network is -s or -d; whichever it is: net 10.0.0.0/8" },
	{ "interface", "an interface is -i NAME or -o NAME" },
	{ "iface", "an interface is -i NAME or -o NAME" },
	{ "dev", "an interface is -i NAME or -o NAME" },
	{ "table", "rules are inserted in the raw table alone; packets are told by "
	  "the table that decided with --only table=nat" },
	{ "ipv4", "one family alone is -4 or -6" },
	{ "ipv6", "one family alone is -4 or -6" },
};

static bool say_foreign(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(foreign_words); i++) {
		if (strlen(foreign_words[i].name) != len ||
		    memcmp(word, foreign_words[i].name, len) != 0)
			continue;
		msg("%s", foreign_words[i].instead);
		return true;
	}
	return false;
}

static void say_near(const struct option_owners *o, const char *word)
{
	const char *at = NULL;
	struct spelling n;

	option_near_begin(&n, word);
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		spelling_look(&n, usual[i]);
	while ((at = option_owners_next(o, at)))
		spelling_look(&n, at);
	if (n.name)
		msg("did you mean --%s?", n.name);
}

void option_hint_say(const char *word)
{
	size_t dashes = strspn(word, "-"), len = strcspn(word + dashes, "=");
	struct option_owners o;
	char needs[256];

	if (say_foreign(word + dashes, len))
		return;
	option_owners_read(&o);
	if (!option_owners_needs(&o, word + dashes, len, needs, sizeof(needs)))
		say_near(&o, word);
	else if (strncmp(needs, "-j ", 3) == 0)
		msg("'%.*s' is of a target (%s): nftrace takes the match only",
		    (int)(dashes + len), word, needs);
	else
		msg("'%.*s' needs %s before it", (int)(dashes + len), word,
		    needs);
	option_owners_release(&o);
}
