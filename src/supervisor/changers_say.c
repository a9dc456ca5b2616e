// SPDX-License-Identifier: GPL-2.0-or-later
/* changers_say: who changed nft's rules during the trace, in words. */
#include "supervisor/changers_say.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/escape.h"
#include "base/msg.h"
#include "protocol/stats.h"

enum { CHANGER_WHO = 128 };

/* "nft (pid 812)"; @name: not of the reader's memory */
static void put_who(char to[CHANGER_WHO], const char *name, uint32_t pid, bool several)
{
	if (!*name)
		snprintf(to, CHANGER_WHO, "somebody");
	else if (!pid)
		snprintf(to, CHANGER_WHO, "%s", name);
	else
		snprintf(to, CHANGER_WHO, "%s (%spid %" PRIu32 ")", name,
			 several ? "the last: " : "", pid);
}

void changers_say_first(const struct stats *st)
{
	const struct stats_changer *ch = &st->changer[0];
	char told[sizeof(ch->name)], name[sizeof(ch->name)], who[CHANGER_WHO];

	if (!atomic_load_explicit(&st->changers, memory_order_acquire))
		return;
	memcpy(told, ch->name, sizeof(told));
	/* The copy is what is printed, whatever the reader does. */
	atomic_signal_fence(memory_order_seq_cst);
	escape_text(name, sizeof(name), told, strnlen(told, sizeof(told)));
	put_who(who, name, ch->pid, false);
	msg("note: the nft rules were changed by %s: what packets meet from "
	    "now on is read again", who);
}

/* Return: how many transactions the names account for. */
static uint64_t put_each(char *line, size_t size, const struct stats *st)
{
	uint64_t named = 0;
	size_t at = 0;
	char who[CHANGER_WHO];

	line[0] = '\0';
	for (uint32_t i = 0; i < st->changers && at < size; i++) {
		const struct stats_changer *ch = &st->changer[i];

		put_who(who, ch->name, ch->pid, ch->several);
		at += (size_t)snprintf(line + at, size - at,
				       "%s%" PRIu64 " by %s", i ? ", " : ": ",
				       ch->changes, who);
		named += ch->changes;
	}
	return named;
}

void changers_say_all(const struct stats *st)
{
	char line[(STATS_CHANGERS + 1) * CHANGER_WHO], who[CHANGER_WHO], others[64] = "";
	uint64_t n = st->nft_changes, named;

	if (!n)
		return;
	named = put_each(line, sizeof(line), st);
	if (st->changers == 1 && named == n) {
		put_who(who, st->changer[0].name, st->changer[0].pid,
			st->changer[0].several);
		snprintf(line, sizeof(line), ", by %s", who);
	} else if (named < n) {
		snprintf(others, sizeof(others), ", %" PRIu64 " by others",
			 n - named);
	}
	msg("the nft rules were changed %" PRIu64 " time%s during the trace"
	    "%s%s", n, plural(n), line, others);
}
