// SPDX-License-Identifier: GPL-2.0-or-later
/* expect: did all packets have one of the fates of --expect? */
#include "supervisor/expect.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/exit_status.h"
#include "base/msg.h"
#include "supervisor/run_state.h"

static void list(unsigned int fates, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned int k = 0; k < FATE_COUNT && at < size; k++)
		if (fates & 1u << k)
			at += (size_t)snprintf(buf + at, size - at, "%s%s",
					       at ? " or " : "", fate_word(k));
}

/* A drop that the kernel could not tell of would make another fate of one of them. */
static bool is_uncertain(const struct run *r)
{
	return stats_get(&r->reader.seen.drops_lost) > 0 ||
	       stats_get(&r->reader.seen.hidden.count) > 0;
}

void expect_say(const struct run *r)
{
	const struct stats_unexpected *u = &r->reader.seen.unexpected;
	char fates[160], copy[32] = "";

	if (!r->reader.expect)
		return;
	list(r->reader.expect, fates, sizeof(fates));
	if (u->branch)
		snprintf(copy, sizeof(copy), " (copy %u)", u->branch);
	if (u->count && u->number)
		msg_as_told("error: expected %s, but #%" PRIu64 "%s is %s: %s "
			    "(%" PRIu64 " in all)", fates, u->number, copy,
			    fate_word(u->kind), u->packet, u->count);
	else if (u->count)
		msg("error: expected %s, but %" PRIu64 " had another fate",
		    fates, u->count);
	else if (!r->reader.seen.printed && r->reader.seen.packets)
		msg("error: expected %s, but --only left out every packet",
		    fates);
	else if (is_uncertain(r))
		msg("error: expected %s, which is not certain: see above",
		    fates);
}

int expect_status(const struct run *r, int otherwise)
{
	const struct stats *st = &r->reader.seen;

	if (!r->reader.expect)
		return otherwise;
	if (st->unexpected.count)
		return STATUS_UNEXPECTED;
	if (otherwise == STATUS_TRACED && is_uncertain(r))
		return STATUS_INCOMPLETE;
	return otherwise == STATUS_TRACED && !st->printed ? STATUS_NOTHING
							  : otherwise;
}
