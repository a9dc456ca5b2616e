// SPDX-License-Identifier: GPL-2.0-or-later
/* share: while much comes, a tenth of the time may go into what is not reading. */
#include "reader/share.h"

enum { PART = 10 };

/* What of that is not saved again. */
static uint64_t still_spent(const struct share *h, uint64_t now_ns)
{
	uint64_t saved_ns = (now_ns - h->at_ns) / PART;

	return h->spent_ns > saved_ns ? h->spent_ns - saved_ns : 0;
}

uint64_t share_left_ns(const struct share *h, uint64_t saved_ns, uint64_t now_ns)
{
	uint64_t spent_ns = still_spent(h, now_ns);

	return spent_ns < saved_ns ? saved_ns - spent_ns : 0;
}

void share_spend(struct share *h, uint64_t begin_ns, uint64_t end_ns)
{
	h->spent_ns = still_spent(h, begin_ns) + (end_ns - begin_ns);
	h->at_ns = end_ns;
}
