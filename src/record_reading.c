// SPDX-License-Identifier: GPL-2.0-or-later
/* record_reading: words and names of a record, for the files that read one. */
#include "record_reading.h"

#include <string.h>

#include "ifnames.h"

enum { NAME = 256 };

void record_name(struct span t, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < t.len && n + 1 < size; i++) {
		struct span hex = { t.at + i + 1, 2 };

		to[n] = t.at[i];
		if (t.at[i] == '%' && i + 2 < t.len &&
		    span_bytes(hex, &to[n], 1) == 1)
			i += 2;
		n++;
	}
	to[n] = '\0';
}

bool record_word(struct span t, const char *(*word)(unsigned int),
		 unsigned int count, uint8_t *index)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!span_is(t, word(i)))
			continue;
		*index = (uint8_t)i;
		return true;
	}
	return false;
}

uint32_t record_interface(struct reading *rd, struct span t)
{
	char name[NAME];

	record_name(t, name, sizeof(name));
	return *name ? ifnames_index(rd->r->names, name, strlen(name)) : 0;
}
