// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_places: which function of the kernel a drop record's location lies in. */
#include "protocol/drop_places.h"

#include <stddef.h>

int drop_places_note(struct drop_places *q, uint64_t location, bool *fresh)
{
	uint32_t count = atomic_load_explicit(&q->count, memory_order_relaxed);

	*fresh = false;
	for (uint32_t i = 0; i < count; i++)
		if (atomic_load_explicit(&q->location[i],
					 memory_order_relaxed) == location)
			return (int)i;
	if (count >= DROP_PLACES)
		return -1;
	atomic_store_explicit(&q->location[count], location,
			      memory_order_relaxed);
	atomic_store_explicit(&q->count, count + 1, memory_order_release);
	*fresh = true;
	return (int)count;
}

bool drop_places_answered(const struct drop_place_answer *a)
{
	return atomic_load_explicit(&a->answered, memory_order_acquire);
}

const char *drop_places_symbol(const struct drop_place_answer *a)
{
	return drop_places_answered(a) && a->text[0] ? a->text : NULL;
}
