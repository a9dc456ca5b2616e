// SPDX-License-Identifier: GPL-2.0-or-later
/* losses: questions about packets that went missing, and their answers, in shared memory. */
#include "protocol/losses.h"

#include <stddef.h>

bool losses_asked(const struct loss *l)
{
	return atomic_load_explicit(&l->asked, memory_order_acquire);
}

bool losses_answered(const struct loss_answer *a)
{
	return atomic_load_explicit(&a->answered, memory_order_acquire);
}

const char *losses_cause(const struct loss_answer *a)
{
	return losses_answered(a) && a->text[0] ? a->text : NULL;
}
