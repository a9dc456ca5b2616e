// SPDX-License-Identifier: GPL-2.0-or-later
/* fields: where the running kernel has what the program reads, from its BTF. */
#include "drop/fields.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/btf.h>

#include "drop/reason.h"
#include "drop/types.h"
#include "rules/base/units.h"

enum { BITS = 8, DEEPEST = 3, NESTED = 8 };

enum kernel_type { SK_BUFF, NET_DEVICE, SOCK, NET, TRACEPOINT, REASON };

static const struct type_wanted kernel_types[DROP_TYPES] = {
	[SK_BUFF] = { "sk_buff", BTF_KIND_STRUCT, 0 },
	[NET_DEVICE] = { "net_device", BTF_KIND_STRUCT, 0 },
	[SOCK] = { "sock", BTF_KIND_STRUCT, 0 },
	[NET] = { "net", BTF_KIND_STRUCT, 0 },
	[TRACEPOINT] = { "btf_trace_kfree_skb", BTF_KIND_TYPEDEF, 0 },
	[REASON] = { "skb_drop_reason", BTF_KIND_ENUM, 0 },
};

/* A field is a member of a member ... of a structure. */
static const struct named {
	enum kernel_type structure;
	const char *member[DEEPEST];
} named[DROP_FIELDS] = {
	[SKB_NF_TRACE] = { SK_BUFF, { "nf_trace" } },
	[SKB_DEV] = { SK_BUFF, { "dev" } },
	[SKB_SK] = { SK_BUFF, { "sk" } },
	[SKB_TSTAMP] = { SK_BUFF, { "tstamp" } },
	[SKB_NFCT] = { SK_BUFF, { "_nfct" } },
	[SKB_LEN] = { SK_BUFF, { "len" } },
	[SKB_MARK] = { SK_BUFF, { "mark" } },
	[SKB_IIF] = { SK_BUFF, { "skb_iif" } },
	[SKB_PROTOCOL] = { SK_BUFF, { "protocol" } },
	[SKB_NETWORK_HEADER] = { SK_BUFF, { "network_header" } },
	[SKB_HEAD] = { SK_BUFF, { "head" } },
	[SKB_TAIL] = { SK_BUFF, { "tail" } },
	[DEVICE_NET] = { NET_DEVICE, { "nd_net", "net" } },
	[DEVICE_IFINDEX] = { NET_DEVICE, { "ifindex" } },
	[SOCK_NET] = { SOCK, { "__sk_common", "skc_net", "net" } },
	[NET_INUM] = { NET, { "ns", "inum" } },
};

/* A member, as seen from the structure that it was looked for in. */
struct member {
	uint32_t bit;		/* from the start */
	uint32_t bits;		/* of a bit field, else 0 */
	uint32_t type;
};

static bool is_composite(const struct btf_type *t)
{
	uint32_t kind = types_kind(t);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

static void take_member(struct member *found, const struct btf_type *t,
			const struct btf_member *m)
{
	bool fields = BTF_INFO_KFLAG(t->info);

	found->bit = fields ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset;
	found->bits = fields ? BTF_MEMBER_BITFIELD_SIZE(m->offset) : 0;
	found->type = m->type;
}

/*
 * A structure or union without a name lends its members to the one around it.
 * @deep: so many of these may be within one another
 */
static bool find_member(struct types *t, uint32_t structure,
			const char *name, int deep, struct member *found)
{
	const struct btf_type *s = types_resolve(t, structure);
	const struct btf_member *m;

	if (!deep || !is_composite(s))
		return false;
	m = (const struct btf_member *)(s + 1);
	for (uint32_t i = 0; i < types_members(s); i++, m++) {
		const char *own = types_name(t, m->name_off);
		struct member here;

		take_member(&here, s, m);
		if (strcmp(own, name) == 0) {
			*found = here;
			return true;
		}
		if (!*own && find_member(t, m->type, name, deep - 1, found)) {
			found->bit += here.bit;
			return true;
		}
	}
	return false;
}

/* Where a byte's bits are counted from its highest one, so does BTF. */
static uint8_t mask_of(const struct member *m)
{
	uint32_t first = m->bit % BITS, ones = (1U << m->bits) - 1;

	return (uint8_t)(BYTE_ORDER == LITTLE_ENDIAN ? ones << first :
			 ones << (BITS - first - m->bits));
}

static int place_member(struct drop_field_place *p, const struct member *m,
			uint32_t size)
{
	if (m->bits) {
		if (m->bit % BITS + m->bits > BITS)
			return -ERANGE;
		p->mask = mask_of(m);
		size = 1;
	} else if (m->bit % BITS) {
		return -ERANGE;
	}
	if ((size != 1 && size != 2 && size != 4 && size != 8) ||
	    m->bit / BITS > INT16_MAX)
		return -ERANGE;
	p->offset = (int16_t)(m->bit / BITS);
	p->size = (uint8_t)size;
	return 0;
}

/* @structure: its number; 0: there is none */
static int find_field(struct drop_field_place *p, struct types *t,
		      uint32_t structure, const struct named *n)
{
	struct member m = { .type = structure };
	uint32_t bit = 0;

	for (int i = 0; i < DEEPEST && n->member[i]; i++) {
		if (!find_member(t, m.type, n->member[i], NESTED, &m))
			return -ENOENT;
		m.bit += bit;
		bit = m.bit;
	}
	memset(p, 0, sizeof(*p));
	return place_member(p, &m, types_size(t, m.type));
}

static const char *full_name(const struct named *n)
{
	static char text[64];
	int len = snprintf(text, sizeof(text), "%s",
			   kernel_types[n->structure].name);

	for (int i = 0; i < DEEPEST && n->member[i]; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, ".%s",
				n->member[i]);
	return text;
}

/* @id: of the tracepoint's type, a pointer to a function's; 0: there is none */
static int find_tracepoint(struct drop_fields *f, struct types *t,
			   uint32_t id)
{
	enum { LEAST = 2 };	/* the packet, and where */
	const struct btf_type *type = types_resolve(t, id);

	f->tracepoint = id;
	if (types_kind(type) == BTF_KIND_PTR)
		type = types_at(t, type->type);
	/* The first argument is the tracepoint's own. */
	if (types_kind(type) != BTF_KIND_FUNC_PROTO ||
	    types_members(type) < 1 + LEAST)
		return -ESRCH;
	f->arguments = types_members(type) - 1;
	return 0;
}

static int by_value(const void *a, const void *b)
{
	const struct drop_reason *x = a, *y = b;

	return x->value < y->value ? -1 : x->value > y->value;
}

/* The last of the list, and the mask of the upper bits, are no reasons. */
static bool is_reason(const char *name)
{
	return strcmp(name, "MAX") != 0 && strcmp(name, "SUBSYS_MASK") != 0;
}

static void add_reason(struct drop_reasons *names, const char *name,
		       uint32_t value)
{
	static const char prefix[] = "SKB_DROP_REASON_";
	struct drop_reason *r = &names->reason[names->count];
	size_t skip = sizeof(prefix) - 1;

	if (names->count == DROP_REASONS ||
	    strncmp(name, prefix, skip) != 0 || !is_reason(name + skip))
		return;
	r->value = value;
	snprintf(r->name, sizeof(r->name), "%s", name + skip);
	names->count++;
}

/* @id: of the enum; 0: there is none */
static void find_reasons(struct drop_reasons *names, struct types *t,
			 uint32_t id)
{
	const struct btf_type *type = types_at(t, id);
	const struct btf_enum *e;

	names->count = 0;
	if (!type)
		return;
	e = (const struct btf_enum *)(type + 1);
	for (uint32_t i = 0; i < types_members(type); i++, e++)
		add_reason(names, types_name(t, e->name_off),
			   (uint32_t)e->val);
	qsort(names->reason, names->count, sizeof(names->reason[0]), by_value);
}

void drop_fields_want(struct type_wanted *w)
{
	memcpy(w, kernel_types, sizeof(kernel_types));
}

int drop_fields_find(struct drop_fields *f, struct drop_reasons *names,
		     struct types *t,
		     const struct type_wanted *w,
		     const char **missing)
{
	int err = find_tracepoint(f, t, w[TRACEPOINT].id);

	for (unsigned int i = 0; i < DROP_FIELDS && !err; i++) {
		const struct named *n = &named[i];

		err = find_field(&f->at[i], t, w[n->structure].id, n);
		if (err)
			*missing = full_name(n);
	}
	find_reasons(names, t, w[REASON].id);
	return err;
}
