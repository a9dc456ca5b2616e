// SPDX-License-Identifier: GPL-2.0-or-later
/* losses: questions about packets that went missing, and their answers, in shared memory. */
#include "losses.h"

#include <stddef.h>

uint32_t losses_state(const struct loss *l)
{
	return __atomic_load_n(&l->state, __ATOMIC_ACQUIRE);
}

void losses_set_state(struct loss *l, uint32_t state)
{
	__atomic_store_n(&l->state, state, __ATOMIC_RELEASE);
}

bool losses_answered(const struct loss *l)
{
	return losses_state(l) == LOSS_ANSWERED;
}

const char *losses_cause(const struct loss *l)
{
	return losses_answered(l) && l->text[0] ? l->text : NULL;
}
