// SPDX-License-Identifier: GPL-2.0-or-later
/* confirm_watch: has conntrack dropped new connections at the very end of a hook? */
#include "reader/confirm_watch.h"

#include "protocol/bulletin.h"

bool confirm_watch_is_behind(const struct confirm_watch *w, uint64_t last_ns)
{
	return w->of_ns < last_ns;
}

void confirm_watch_answer(struct confirm_watch *w, const struct bulletin *b,
			  uint64_t asked_ns)
{
	if (bulletin_confirms(b, w->asks, &w->failed))
		w->of_ns = asked_ns;
}

uint64_t confirm_watch_failed(const struct confirm_watch *w, uint64_t last_ns)
{
	return confirm_watch_is_behind(w, last_ns) ? 0 : w->failed;
}
