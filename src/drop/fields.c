// SPDX-License-Identifier: GPL-2.0-or-later
/* fields: where the running kernel has what the program reads, from its BTF. */
#include "drop/fields.h"

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drop/libbpf.h"
#include "drop/reason.h"
#include "rules/base/units.h"

enum { BITS = 8, DEEPEST = 3 };

/* A field is a member of a member ... of a structure. */
static const struct named {
	const char *structure, *member[DEEPEST];
} named[DROP_FIELDS] = {
	[SKB_NF_TRACE] = { "sk_buff", { "nf_trace" } },
	[SKB_DEV] = { "sk_buff", { "dev" } },
	[SKB_SK] = { "sk_buff", { "sk" } },
	[SKB_TSTAMP] = { "sk_buff", { "tstamp" } },
	[SKB_NFCT] = { "sk_buff", { "_nfct" } },
	[SKB_LEN] = { "sk_buff", { "len" } },
	[SKB_MARK] = { "sk_buff", { "mark" } },
	[SKB_IIF] = { "sk_buff", { "skb_iif" } },
	[SKB_PROTOCOL] = { "sk_buff", { "protocol" } },
	[SKB_NETWORK_HEADER] = { "sk_buff", { "network_header" } },
	[SKB_HEAD] = { "sk_buff", { "head" } },
	[SKB_TAIL] = { "sk_buff", { "tail" } },
	[DEVICE_NET] = { "net_device", { "nd_net", "net" } },
	[DEVICE_IFINDEX] = { "net_device", { "ifindex" } },
	[SOCK_NET] = { "sock", { "__sk_common", "skc_net", "net" } },
	[NET_INUM] = { "net", { "ns", "inum" } },
};

/* A member, as seen from the structure that it was looked for in. */
struct member {
	uint32_t bit;		/* from the start */
	uint32_t bits;		/* of a bit field, else 0 */
	uint32_t type;
};

/* A structure or union without a name lends its members to the one around it. */
static bool find_member(const struct libbpf *l, const struct btf *btf,
			uint32_t structure, const char *name,
			struct member *found)
{
	int id = l->resolve_type(btf, structure);
	const struct btf_type *t = id < 0 ? NULL : l->type(btf, (uint32_t)id);

	if (!t || !btf_is_composite(t))
		return false;
	for (uint32_t i = 0; i < btf_vlen(t); i++) {
		const struct btf_member *m = btf_members(t) + i;
		const char *own = l->name(btf, m->name_off);
		uint32_t bit = btf_member_bit_offset(t, i);

		if (own && strcmp(own, name) == 0) {
			found->bit = bit;
			found->bits = btf_member_bitfield_size(t, i);
			found->type = m->type;
			return true;
		}
		if ((!own || !*own) &&
		    find_member(l, btf, m->type, name, found)) {
			found->bit += bit;
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
			int64_t size)
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

/* @structure: BTF id; negative: there is none */
static int find_field(struct drop_field_place *p, const struct libbpf *l,
		      const struct btf *btf, int structure,
		      const struct named *n)
{
	struct member m = { .type = (uint32_t)structure };
	uint32_t bit = 0;

	if (structure < 0)
		return -ENOENT;
	for (int i = 0; i < DEEPEST && n->member[i]; i++) {
		if (!find_member(l, btf, m.type, n->member[i], &m))
			return -ENOENT;
		m.bit += bit;
		bit = m.bit;
	}
	return place_member(p, &m, l->resolve_size(btf, m.type));
}

static const char *full_name(const struct named *n)
{
	static char text[64];
	int len = snprintf(text, sizeof(text), "%s", n->structure);

	for (int i = 0; i < DEEPEST && n->member[i]; i++)
		len += snprintf(text + len, sizeof(text) - (size_t)len, ".%s",
				n->member[i]);
	return text;
}

int drop_fields_find(struct drop_fields *f, const struct libbpf *l,
		     const struct btf *btf, const char **missing)
{
	const char *last = "";
	int structure = -1;

	for (unsigned int i = 0; i < DROP_FIELDS; i++) {
		const struct named *n = &named[i];
		int err;

		/* A search through all types: once for each structure. */
		if (strcmp(n->structure, last) != 0)
			structure = l->find(btf, n->structure,
					    BTF_KIND_STRUCT);
		last = n->structure;
		memset(&f->at[i], 0, sizeof(f->at[i]));
		err = find_field(&f->at[i], l, btf, structure, n);
		if (err) {
			*missing = full_name(n);
			return err;
		}
	}
	return 0;
}

int drop_fields_tracepoint(struct drop_fields *f, const struct libbpf *l,
			   const struct btf *btf)
{
	enum { LEAST = 2 };	/* the packet, and where */
	const struct btf_type *t;

	f->tracepoint = l->find(btf, "btf_trace_kfree_skb", BTF_KIND_TYPEDEF);
	t = f->tracepoint < 0 ? NULL : l->type(btf, (uint32_t)f->tracepoint);
	t = t ? l->type(btf, t->type) : NULL;
	t = t && btf_is_ptr(t) ? l->type(btf, t->type) : NULL;
	/* The first argument is the tracepoint's own. */
	if (!t || !btf_is_func_proto(t) || btf_vlen(t) < 1 + LEAST)
		return -ENOENT;
	f->arguments = btf_vlen(t) - 1;
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

	if (names->count == DROP_REASONS || !name ||
	    strncmp(name, prefix, skip) != 0 || !is_reason(name + skip))
		return;
	r->value = value;
	snprintf(r->name, sizeof(r->name), "%s", name + skip);
	names->count++;
}

void drop_fields_reasons(struct drop_reasons *names, const struct libbpf *l,
			 const struct btf *btf)
{
	int id = l->find(btf, "skb_drop_reason", BTF_KIND_ENUM);
	const struct btf_type *t = id < 0 ? NULL : l->type(btf, (uint32_t)id);

	names->count = 0;
	for (uint32_t i = 0; t && i < btf_vlen(t); i++) {
		const struct btf_enum *e = btf_enum(t) + i;

		add_reason(names, l->name(btf, e->name_off), (uint32_t)e->val);
	}
	qsort(names->reason, names->count, sizeof(names->reason[0]), by_value);
}
