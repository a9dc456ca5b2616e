// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_state: how far a file is read, and what it tells beside the packets. */
#include "replay/replay_state.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/memory.h"
#include "printer/printer.h"
#include "protocol/stats.h"
#include "replay/line_reader.h"

enum { LOOK_EACH = 1 << 20 };	/* bytes */

bool replay_goes_on(struct replay *r, const struct line_reader *in)
{
	if (printer_enough(r->printer))
		return false;
	if (in->offset < r->next_look)
		return true;
	r->next_look = in->offset + LOOK_EACH;
	if (!memory_is_short())
		return true;
	r->stats->input_end = REPLAY_MEMORY;
	return false;
}

void replay_origin(struct replay *r, const char *host, size_t len,
		   const char *netns, bool log)
{
	printer_origin(r->printer, host, len, netns, log);
}

void replay_refuse(struct replay *r, uint64_t number, unsigned int fault,
		   const char *word)
{
	struct stats_refused *st = &r->stats->refused;

	stats_add(&r->stats->passed_over, 1);
	stats_add(&st->count, 1);
	if (stats_get(&st->count) > 1)
		return;
	st->first = number;
	st->fault = (uint8_t)fault;
	snprintf(st->word, sizeof(st->word), "%s", word);
}
