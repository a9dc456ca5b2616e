// SPDX-License-Identifier: GPL-2.0-or-later
/* own_rules: which rules of raw carry the comment of a run, and in which chains they may be. */
#include "rules/legacy/own_rules.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/legacy/edit.h"
#include "rules/legacy/table.h"

enum { OWN_TRIES = 120, TRIES_AT_ONCE = 40, PAUSE_NS = 25000000 };

const uint8_t own_rules_hooks[OWN_RULES_CHAINS] = { NF_INET_PRE_ROUTING,
						    NF_INET_LOCAL_OUT };

bool own_rules_once_more(unsigned int tries, int err)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };

	if (err != -EAGAIN || tries == OWN_TRIES)
		return false;
	if (tries >= TRIES_AT_ONCE)
		nanosleep(&pause, NULL);
	return true;
}

int own_rules_raw_there(const struct family *f)
{
	struct table_names names;
	int err = table_names(f, &names);

	for (unsigned int i = 0; i < names.count && !err; i++)
		if (strcmp(names.name[i], "raw") == 0)
			return 1;
	return err;
}

bool own_rules_raw_exists(const struct family *f)
{
	return own_rules_raw_there(f) > 0;
}

bool own_rules_owner(const struct edit *e, uint32_t i, struct owner *o)
{
	const void *entry = edit_bytes(e, i);
	const char *text;

	if (!edit_is_rule(e, i) ||
	    strcmp(entry_target(e->f, entry)->u.user.name, "TRACE") != 0)
		return false;
	text = entry_comment(e->f, entry);
	return text && owner_parse(o, text);
}

bool own_rules_is_of(const struct edit *e, uint32_t i,
		     const struct owner *owner)
{
	struct owner o;

	return own_rules_owner(e, i, &o) && owner_same_run(&o, owner);
}
