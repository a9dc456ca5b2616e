// SPDX-License-Identifier: GPL-2.0-or-later
/* reason: the names that the running kernel has for its drop reasons. */
#include "drop/reason.h"

#include <stdlib.h>

static int reason_by_value(const void *key, const void *entry)
{
	uint32_t value = *(const uint32_t *)key;
	const struct drop_reason *r = entry;

	return value < r->value ? -1 : value > r->value;
}

const char *drop_reason_name(const struct drop_reasons *names, uint32_t reason)
{
	const struct drop_reason *r = !names ? NULL :
		bsearch(&reason, names->reason, names->count,
			sizeof(names->reason[0]), reason_by_value);

	return r ? r->name : NULL;
}
