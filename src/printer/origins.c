// SPDX-License-Identifier: GPL-2.0-or-later
/* origins: the hosts that a log names, each with a number. */
#include "printer/origins.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/hash.h"

struct origin {
	uint8_t len;
	char name[ORIGINS_NAME];
};

struct origins {
	uint32_t count;
	uint32_t last;		/* the last one that was found: the next is mostly the same */
	struct origin origin[ORIGINS_MAX];
};

struct origins *origins_open(void)
{
	return calloc(1, sizeof(struct origins));
}

void origins_close(struct origins *o)
{
	free(o);
}

static bool is_named(const struct origin *at, const char *name, size_t len)
{
	return at->len == len && memcmp(at->name, name, len) == 0;
}

uint32_t origins_find(struct origins *o, const char *name, size_t len)
{
	struct origin *at = &o->origin[o->last];

	if (len >= ORIGINS_NAME)
		len = ORIGINS_NAME - 1;
	if (o->count && is_named(at, name, len))
		return o->last + 1;
	for (uint32_t i = 0; i < o->count; i++)
		if (is_named(&o->origin[i], name, len)) {
			o->last = i;
			return i + 1;
		}
	if (o->count == ORIGINS_MAX)
		return (uint32_t)hash_name(0, name, len) | UINT32_C(1) << 31;
	o->last = o->count++;
	at = &o->origin[o->last];
	at->len = (uint8_t)len;
	memcpy(at->name, name, len);
	return o->last + 1;
}

const char *origins_name(const struct origins *o, uint32_t number, size_t *len)
{
	if (!number || number > o->count) {
		*len = 0;
		return "";
	}
	*len = o->origin[number - 1].len;
	return o->origin[number - 1].name;
}
