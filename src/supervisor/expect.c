// SPDX-License-Identifier: GPL-2.0-or-later
/* expect: did all packets have one of the fates of --expect? */
#include "supervisor/expect.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "base/strbuf.h"
#include "supervisor/expect_way.h"
#include "supervisor/run_state.h"

/* A drop that the kernel could not tell of would make another fate of one of them. */
static bool is_uncertain(const struct run *r)
{
	return stats_get(&r->reader.seen.drops_lost) > 0 ||
	       stats_get(&r->reader.seen.drops_unread) > 0 ||
	       stats_get(&r->reader.seen.hidden.count) > 0;
}

static void list(const struct expectation *e, struct strbuf *to)
{
	for (unsigned int k = 0; k < FATE_COUNT; k++)
		if (e->fates & 1u << k)
			strbuf_add(to, "%s%s", to->len ? " or " : "",
				   fate_word(k));
}

static void say_unreached(const struct run *r)
{
	const struct stats_unreached *u = &r->reader.seen.unreached;
	const struct expectation *e = &r->reader.expect;
	char chains[512] = "";
	struct strbuf to = { chains, sizeof(chains), 0 };

	if (!u->count)
		return;
	for (unsigned int i = 0; i < e->chains; i++)
		strbuf_add(&to, "%s%s", i ? " or " : "", e->chain[i]);
	if (r->o->mask)
		msg("error: %" PRIu64 " packet%s did not come to a chain that was "
		    "expected", u->count, plural(u->count));
	else
		msg_as_told("error: expected chain %s, to which #%" PRIu64
			    " did not come (%s): %s (%" PRIu64 " in all)",
			    chains, u->number, fate_word(u->kind), u->packet,
			    u->count);
	expect_way_say(r);
}

static void say_nothing_known(const struct run *r, const char *what)
{
	if (!r->reader.seen.printed && r->reader.seen.packets)
		msg("error: expected %s, but --only left out every packet",
		    what);
	else if (is_uncertain(r))
		msg("error: expected %s, which is not certain: see above",
		    what);
}

void expect_say(const struct run *r)
{
	const struct stats_unexpected *u = &r->reader.seen.unexpected;
	char fates[160] = "", copy[32] = "";
	struct strbuf to = { fates, sizeof(fates), 0 };

	say_unreached(r);
	if (!expectation_any(&r->reader.expect))
		return;
	list(&r->reader.expect, &to);
	if (u->branch)
		snprintf(copy, sizeof(copy), " (copy %u)", u->branch);
	if (u->count && u->number)
		msg_as_told("error: expected %s, but #%" PRIu64 "%s is %s: %s "
			    "(%" PRIu64 " in all)", fates, u->number, copy,
			    fate_word(u->kind), u->packet, u->count);
	else if (u->count)
		msg("error: expected %s, but %" PRIu64 " had another fate",
		    fates, u->count);
	else if (!r->reader.seen.unreached.count)
		say_nothing_known(r, *fates ? fates : "a chain");
}

int expect_status(const struct run *r, int otherwise)
{
	const struct stats *st = &r->reader.seen;

	if (!expectation_any(&r->reader.expect))
		return otherwise;
	if (st->unexpected.count || st->unreached.count)
		return STATUS_UNEXPECTED;
	if (otherwise == STATUS_TRACED && is_uncertain(r))
		return STATUS_INCOMPLETE;
	return otherwise == STATUS_TRACED && !st->printed ? STATUS_NOTHING
							  : otherwise;
}
