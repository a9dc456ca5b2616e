// SPDX-License-Identifier: GPL-2.0-or-later
/* table_order: the kernel's legacy tables, their names and who comes first at a hook. */
#include "place/table_order.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "rules/base/units.h"

static const char *const table_words[] = {
	[T_RAW] = "raw", [T_MANGLE] = "mangle", [T_DNAT] = "nat",
	[T_FILTER] = "filter", [T_SECURITY] = "security",
};

const char *table_order_name(const char *name, size_t len)
{
	for (size_t t = 0; t < ARRAY_SIZE(table_words);
	     t++)
		if (table_words[t] && strlen(table_words[t]) == len &&
		    memcmp(table_words[t], name, len) == 0)
			return table_words[t];
	return NULL;
}

uint8_t table_order(const char *name, uint8_t hook)
{
	for (uint8_t t = 0; t <= T_SECURITY; t++)
		if (strcmp(table_words[t], name) == 0)
			return t == T_DNAT && (hook == NF_INET_LOCAL_IN ||
					       hook == NF_INET_POST_ROUTING)
				? T_SNAT : t;
	return T_OTHER;
}
