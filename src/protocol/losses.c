// SPDX-License-Identifier: GPL-2.0-or-later
/* losses: questions about packets that went missing, and their answers, in shared memory. */
#include "protocol/losses.h"

uint32_t losses_asked(const struct loss *l)
{
	return atomic_load_explicit(&l->asked, memory_order_acquire);
}

bool losses_answered(const struct loss_answer *a, const struct loss *l)
{
	return atomic_load_explicit(&a->answered, memory_order_acquire) ==
	       losses_asked(l);
}
