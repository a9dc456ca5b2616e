// SPDX-License-Identifier: GPL-2.0-or-later
/* record_value: what stands in the words of a record, checked: a file may be anybody's. */
#include "replay/record_value.h"

#include <net/if.h>
#include <string.h>

#include "base/escape.h"
#include "capture/ifnames.h"

enum { VALUE_TEXT = 1024 };

bool record_name(struct strview t, char *to, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < t.len; i++, n++) {
		struct strview hex = { t.at + i + 1, 2 };

		if (n + 1 >= size)
			return false;
		to[n] = t.at[i];
		if (t.at[i] == '%' && i + 2 < t.len &&
		    strview_bytes(hex, &to[n], 1) == 1)
			i += 2;
		if (!to[n])
			return false;
	}
	to[n] = '\0';
	return true;
}

bool record_text(struct strview t, char *to, size_t size)
{
	char raw[VALUE_TEXT];

	if (!record_name(t, raw, sizeof(raw) < size ? sizeof(raw) : size))
		return false;
	escape_text(to, size, raw, strlen(raw));
	return true;
}

bool record_digits(struct strview t, char *to, size_t size)
{
	if (t.len >= size)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] < '0' || t.at[i] > '9')
			return false;
	memcpy(to, t.at, t.len);
	to[t.len] = '\0';
	return true;
}

bool record_interface(struct ifnames *names, struct strview t, uint32_t *index)
{
	char name[IF_NAMESIZE];

	if (!record_name(t, name, sizeof(name)))
		return false;
	*index = *name ? ifnames_index(names, name, strlen(name)) : 0;
	return true;
}

bool record_number(struct strview t, uint32_t least, uint32_t most, uint32_t *n)
{
	return strview_number(t, 10, n) && *n >= least && *n <= most;
}

bool record_handle(struct strview t, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < t.len; i++)
		if (t.at[i] < '0' || t.at[i] > '9' ||
		    __builtin_mul_overflow(*n, 10, n) ||
		    __builtin_add_overflow(*n, (uint64_t)(t.at[i] - '0'), n))
			return false;
	return *n;
}

bool record_word(struct strview t, const char *(*word)(unsigned int),
		 unsigned int count, uint8_t *index)
{
	for (unsigned int i = 0; i < count; i++) {
		if (!strview_is(t, word(i)))
			continue;
		*index = (uint8_t)i;
		return true;
	}
	return false;
}
