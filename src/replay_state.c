// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_state: how far a file is read. */
#include "replay_state.h"

#include "input.h"
#include "memory.h"
#include "printer.h"
#include "stats.h"

enum { LOOK_EACH = 1 << 20 };	/* bytes */

bool replay_goes_on(struct replay *r, const struct input *in)
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
