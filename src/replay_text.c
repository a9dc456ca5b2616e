// SPDX-License-Identifier: GPL-2.0-or-later
/* replay_text: lines of a log -> events -> journeys. */
#include "replay.h"

void replay_text(struct replay *r, struct input *in)
{
	(void)r;
	(void)in;
}
