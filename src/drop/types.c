// SPDX-License-Identifier: GPL-2.0-or-later
/* types: BTF, read where it lies: the kernel's description of its types. */
#include "drop/types.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <linux/btf.h>

#include "rules/base/units.h"

enum {
	TYPEDEFS_MOST = 32,			/* typedefs of typedefs */
	/* What a header has at least, and with the sizes of each kind, in bytes. */
	HEADER = 24, HEADER_WITH_LAYOUT = 32,
};

/*
 * Linux 7 has made both wider, and a header of it may be newer or older than the
 * kernel: the bits beside them were 0.
 */
enum { KIND_SHIFT = 24, KIND_MASK = 0x7f, MEMBERS_MASK = 0xffffff };

/* What follows a type, in bytes: once, and for each of its members. */
static const struct tail {
	bool known;
	uint8_t once, each;
} tails[] = {
	[BTF_KIND_INT] = { true, sizeof(uint32_t), 0 },
	[BTF_KIND_PTR] = { true, 0, 0 },
	[BTF_KIND_ARRAY] = { true, sizeof(struct btf_array), 0 },
	[BTF_KIND_STRUCT] = { true, 0, sizeof(struct btf_member) },
	[BTF_KIND_UNION] = { true, 0, sizeof(struct btf_member) },
	[BTF_KIND_ENUM] = { true, 0, sizeof(struct btf_enum) },
	[BTF_KIND_FWD] = { true, 0, 0 },
	[BTF_KIND_TYPEDEF] = { true, 0, 0 },
	[BTF_KIND_VOLATILE] = { true, 0, 0 },
	[BTF_KIND_CONST] = { true, 0, 0 },
	[BTF_KIND_RESTRICT] = { true, 0, 0 },
	[BTF_KIND_FUNC] = { true, 0, 0 },
	[BTF_KIND_FUNC_PROTO] = { true, 0, sizeof(struct btf_param) },
	[BTF_KIND_VAR] = { true, sizeof(struct btf_var), 0 },
	[BTF_KIND_DATASEC] = { true, 0, sizeof(struct btf_var_secinfo) },
	[BTF_KIND_FLOAT] = { true, 0, 0 },
	[BTF_KIND_DECL_TAG] = { true, sizeof(struct btf_decl_tag), 0 },
	[BTF_KIND_TYPE_TAG] = { true, 0, 0 },
	[BTF_KIND_ENUM64] = { true, 0, sizeof(struct btf_enum64) },
};

static const struct btf_type *read_type(const struct types *t, size_t at)
{
	return (const struct btf_type *)(t->type + at);
}

uint32_t types_kind(const struct btf_type *type)
{
	return type ? type->info >> KIND_SHIFT & KIND_MASK : BTF_KIND_UNKN;
}

uint32_t types_members(const struct btf_type *type)
{
	return type->info & MEMBERS_MASK;
}

/* @kinds: 1U << BTF_KIND_*, of those that there are today */
static bool is_one_of(const struct btf_type *type, uint32_t kinds)
{
	uint32_t kind = types_kind(type);

	return kind < 32 && kinds & 1U << kind;
}

/* What follows types of that kind is known. */
static bool is_known(const struct types *t, uint32_t kind)
{
	return kind < 32 ? t->kinds & 1U << kind : kind < t->kinds_more;
}

/* With what follows it; 0: it is not known, or does not lie within. */
static inline size_t length(const struct types *t, size_t at)
{
	const struct btf_type *type = read_type(t, at);
	size_t len = sizeof(*type);
	uint32_t kind;

	if (t->bytes - at < len)
		return 0;
	kind = types_kind(type);
	if (!is_known(t, kind))
		return 0;
	len += t->tail[kind].once + (size_t)t->tail[kind].each * types_members(type);
	return t->bytes - at < len || len % sizeof(uint32_t) ? 0 : len;
}

/* The sizes of each kind: those of today, and of a kernel's that are new. */
static void find_layout(struct types *t, const unsigned char *data, size_t room,
			uint32_t header)
{
	uint32_t place[2] = { 0 }, count;	/* offset, bytes */

	for (uint32_t i = 0; i < ARRAY_SIZE(tails); i++) {
		t->tail[i].once = tails[i].once;
		t->tail[i].each = tails[i].each;
		t->kinds |= (uint32_t)tails[i].known << i;
	}
	if (header < HEADER_WITH_LAYOUT)
		return;
	memcpy(place, data + HEADER, sizeof(place));
	if (place[0] > room || place[1] > room - place[0])
		return;
	count = place[1] / sizeof(t->tail[0]);
	for (uint32_t i = 0; i < count && i < TYPES_KINDS; i++) {
		if (is_known(t, i))
			continue;
		memcpy(&t->tail[i], data + header + place[0] +
		       i * sizeof(t->tail[0]), sizeof(t->tail[0]));
		if (i < 32)
			t->kinds |= 1U << i;
		else
			t->kinds_more = i + 1;
	}
}

/* The parts lie behind the header, which has grown and may again. */
static bool find_parts(struct types *t, const unsigned char *data, size_t size)
{
	const struct btf_header *h = (const struct btf_header *)data;
	size_t room;

	if (size < HEADER || h->magic != BTF_MAGIC || h->hdr_len < HEADER ||
	    h->hdr_len > size)
		return false;
	room = size - h->hdr_len;
	if (h->type_off > room || h->type_len > room - h->type_off ||
	    h->str_off > room || h->str_len > room - h->str_off ||
	    h->type_off % sizeof(uint32_t) || h->hdr_len % sizeof(uint32_t))
		return false;
	t->type = data + h->hdr_len + h->type_off;
	t->bytes = h->type_len;
	t->names = (const char *)data + h->hdr_len + h->str_off;
	t->names_bytes = h->str_len;
	find_layout(t, data, room, h->hdr_len);
	return t->names_bytes && !t->names[t->names_bytes - 1];
}

/* Return: it is what was looked for. */
static bool compare(const struct types *t, const struct btf_type *type,
		    struct type_wanted *w)
{
	const char *name;

	if (w->id || w->kind != types_kind(type))
		return false;
	name = types_name(t, type->name_off);
	/* Most are told apart by their first letter. */
	if (*name != *w->name || strcmp(w->name, name) != 0)
		return false;
	w->id = t->count;
	return true;
}

/* One more.  Return: NULL: it was the last one, or they are broken. */
static inline const struct btf_type *step(struct types *t)
{
	const size_t at = t->end, len = at < t->bytes ? length(t, at) : 0;

	if (!len)
		return NULL;
	if (t->count % TYPES_STEP == 0)
		t->mark[t->count / TYPES_STEP] = (uint32_t)at;
	t->count++;
	t->end += len;
	return read_type(t, at);
}

/* Of those that are not found yet: their names are what costs, far from their types. */
static uint32_t kinds_wanted(const struct type_wanted *w, unsigned int count)
{
	uint32_t kinds = 0;

	for (unsigned int i = 0; i < count; i++)
		if (!w[i].id)
			kinds |= 1U << w[i].kind;
	return kinds;
}

bool types_walk(struct types *t)
{
	while (step(t))
		;
	return t->end == t->bytes;
}

/* Until all are found: 3 MB of a kernel's types take 1 ms. */
static bool look_for(struct types *t, struct type_wanted *w, unsigned int count)
{
	uint32_t kinds;

	for (unsigned int i = 0; i < count; i++)
		w[i].id = 0;
	kinds = kinds_wanted(w, count);
	while (kinds) {
		const struct btf_type *type = step(t);

		if (!type)
			return t->end == t->bytes;
		if (!is_one_of(type, kinds))
			continue;
		for (unsigned int i = 0; i < count; i++)
			if (compare(t, type, &w[i]))
				kinds = kinds_wanted(w, count);
	}
	return true;
}

int types_open(struct types *t, const void *data, size_t size,
	       struct type_wanted *w, unsigned int count)
{
	size_t most;

	memset(t, 0, sizeof(*t));
	if (!find_parts(t, data, size))
		return -EINVAL;
	most = t->bytes / sizeof(struct btf_type) / TYPES_STEP + 1;
	t->mark = malloc(most * sizeof(*t->mark));
	if (!t->mark)
		return -ENOMEM;
	return look_for(t, w, count) ? 0 : -EINVAL;
}

void types_close(struct types *t)
{
	free(t->mark);
	t->mark = NULL;
}

const struct btf_type *types_at(struct types *t, uint32_t id)
{
	uint32_t n = id - 1;
	size_t at;

	while (t->count < id && step(t))
		;
	if (id == 0 || id > t->count)
		return NULL;
	at = t->mark[n / TYPES_STEP];
	for (uint32_t i = 0; i < n % TYPES_STEP; i++)
		at += length(t, at);
	return read_type(t, at);
}

const char *types_name(const struct types *t, uint32_t offset)
{
	return offset < t->names_bytes ? t->names + offset : "";
}

const struct btf_type *types_resolve(struct types *t, uint32_t id)
{
	enum {
		LEADS_ON = 1 << BTF_KIND_TYPEDEF | 1 << BTF_KIND_CONST |
			   1 << BTF_KIND_VOLATILE | 1 << BTF_KIND_RESTRICT |
			   1 << BTF_KIND_TYPE_TAG,
	};

	for (int i = 0; i < TYPEDEFS_MOST; i++) {
		const struct btf_type *type = types_at(t, id);

		if (!is_one_of(type, LEADS_ON))
			return type;
		id = type->type;
	}
	return NULL;
}

uint32_t types_size(struct types *t, uint32_t id)
{
	enum {
		HAS_SIZE = 1 << BTF_KIND_INT | 1 << BTF_KIND_ENUM |
			   1 << BTF_KIND_ENUM64 | 1 << BTF_KIND_STRUCT |
			   1 << BTF_KIND_UNION,
	};
	const struct btf_type *type = types_resolve(t, id);

	if (types_kind(type) == BTF_KIND_PTR)
		return sizeof(void *);
	return is_one_of(type, HAS_SIZE) ? type->size : 0;
}
