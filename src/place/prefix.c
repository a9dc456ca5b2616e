// SPDX-License-Identifier: GPL-2.0-or-later
/* prefix: the kernel's "TRACE: table:chain:kind:number", in its parts. */
#include "place/prefix.h"

#include <string.h>

#include "place/place_types.h"

static const char *const kind_words[] = {
	[PLACE_RULE] = "rule",
	[PLACE_RETURN] = "return",
	[PLACE_POLICY] = "policy",
};

uint64_t prefix_hash(uint8_t nfproto, const char *p, size_t len)
{
	uint64_t h = nfproto + len * 0x9e3779b97f4a7c15, w;

	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xff51afd7ed558ccd;
		h ^= h >> 32;
	}
	w = 0;
	memcpy(&w, p, len);
	h = (h ^ w) * 0xc4ceb9fe1a85ec53;
	return h ^ h >> 29;
}

const char *prefix_colon(const char *from, const char *to)
{
	return memrchr(from, ':', (size_t)(to - from));
}

static bool take_number(const char *p, const char *end, uint32_t *number)
{
	uint64_t n = 0;

	if (p == end || *p == '0')
		return false;
	for (; p < end; p++) {
		if (*p < '0' || *p > '9')
			return false;
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > UINT32_MAX)
			return false;
	}
	*number = (uint32_t)n;
	return true;
}

bool prefix_kind(const char *p, size_t len, uint8_t *kind)
{
	for (unsigned int k = 0; k < 3; k++) {
		if (strlen(kind_words[k]) == len &&
		    memcmp(kind_words[k], p, len) == 0) {
			*kind = (uint8_t)k;
			return true;
		}
	}
	return false;
}

/* From the right: a chain's name may contain a colon, a table's may not. */
bool prefix_split(const char *prefix, size_t len, struct prefix *p)
{
	static const char head[] = "TRACE: ";
	const char *end = prefix + len, *at, *before;

	if (len < sizeof(head) - 1 || memcmp(prefix, head, sizeof(head) - 1))
		return false;
	p->table = prefix + sizeof(head) - 1;
	at = prefix_colon(p->table, end);
	if (!at || !take_number(at + 1, end, &p->number))
		return false;
	before = prefix_colon(p->table, at);
	if (!before || !prefix_kind(before + 1, (size_t)(at - before - 1),
				  &p->kind))
		return false;
	at = memchr(p->table, ':', (size_t)(before - p->table));
	if (!at)
		return false;
	p->table_len = (size_t)(at - p->table);
	p->chain = at + 1;
	p->chain_len = (size_t)(before - p->chain);
	return p->chain_len > 0;
}

bool place_looks_like_trace(const char *prefix, size_t len)
{
	struct prefix p;

	return prefix_split(prefix, prefix_trim(prefix, len), &p);
}
