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

/* Of each kind, in a kernel that describes them: bytes behind a type (Linux 7). */
struct layout {
	uint8_t once, each;
	uint16_t flags;
};

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

/* What follows types of that kind; false: nobody knows. */
static bool find_tail(const struct types *t, uint32_t kind, struct layout *tail)
{
	if (kind < ARRAY_SIZE(tails) && tails[kind].known) {
		tail->once = tails[kind].once;
		tail->each = tails[kind].each;
		return true;
	}
	if (kind >= t->kinds)
		return false;
	memcpy(tail, t->layout + kind * sizeof(*tail), sizeof(*tail));
	return true;
}

/* With what follows it; 0: it is not known, or does not lie within. */
static size_t length(const struct types *t, size_t at)
{
	const struct btf_type *type = read_type(t, at);
	size_t len = sizeof(*type);
	struct layout tail;

	if (t->bytes - at < len || !find_tail(t, types_kind(type), &tail))
		return 0;
	len += tail.once + (size_t)tail.each * types_members(type);
	return t->bytes - at < len || len % sizeof(uint32_t) ? 0 : len;
}

/* The sizes of each kind; without them kinds that are new are not known. */
static void find_layout(struct types *t, const unsigned char *data, size_t room,
			uint32_t header)
{
	uint32_t place[2];	/* offset, bytes */

	if (header < HEADER_WITH_LAYOUT)
		return;
	memcpy(place, data + HEADER, sizeof(place));
	if (place[0] > room || place[1] > room - place[0])
		return;
	t->layout = data + header + place[0];
	t->kinds = place[1] / sizeof(struct layout);
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

static void compare(const struct types *t, const struct btf_type *type,
		    struct type_wanted *w)
{
	const char *name;

	if (w->id || w->kind != types_kind(type))
		return;
	name = types_name(t, type->name_off);
	/* Most are told apart by their first letter. */
	if (*name == *w->name && strcmp(w->name, name) == 0)
		w->id = t->count;
}

/* All in one pass: 3 MB of a kernel's types take 1 ms. */
static bool walk(struct types *t, struct type_wanted *w, unsigned int count)
{
	uint32_t kinds = 0;
	size_t at = 0, len;

	for (unsigned int i = 0; i < count; i++) {
		w[i].id = 0;
		kinds |= 1U << w[i].kind;
	}
	for (; at < t->bytes; at += len) {
		const struct btf_type *type = read_type(t, at);

		len = length(t, at);
		if (!len)
			return false;
		if (t->count % TYPES_STEP == 0)
			t->mark[t->count / TYPES_STEP] = (uint32_t)at;
		t->count++;
		if (!is_one_of(type, kinds))
			continue;
		for (unsigned int i = 0; i < count; i++)
			compare(t, type, &w[i]);
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
	return walk(t, w, count) ? 0 : -EINVAL;
}

void types_close(struct types *t)
{
	free(t->mark);
	t->mark = NULL;
}

const struct btf_type *types_at(const struct types *t, uint32_t id)
{
	uint32_t n = id - 1;
	size_t at;

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

const struct btf_type *types_resolve(const struct types *t, uint32_t id)
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

uint32_t types_size(const struct types *t, uint32_t id)
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
