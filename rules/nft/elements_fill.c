// SPDX-License-Identifier: GPL-2.0-or-later
/* elements_fill: libnftnl's set -> the elements of a map or set, in shared memory. */
#include "rules/nft/elements_fill.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/set.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>

#include "rules/base/helper.h"
#include "rules/base/shm.h"
#include "rules/nft/elements.h"
#include "rules/nft/key_fields.h"
#include "rules/nft/key_words.h"

enum {
	TYPE_BITS = 6,		/* of a data type in the number of several */
	TEXTS = 1536,		/* of one element at most: key, comment, chain */
};

/* One of the kernel's elements: of a range of one part it may be the first, or its end. */
struct raw {
	uint8_t key[NFT_KEY], last[NFT_KEY];
	bool is_end, any;
	const struct nftnl_set_elem *x;
};

struct maker {
	struct nft_elements *e;
	char *base;
	struct shm_heap heap;
	struct raw *raw;
	uint32_t raws;
	bool pairs;		/* ranges are told by their ends */
};

/* Several types are one number, the first one in front. */
static uint8_t type_at(uint32_t type, unsigned int part, unsigned int parts)
{
	return type >> TYPE_BITS * (parts - 1 - part) & ((1 << TYPE_BITS) - 1);
}

static unsigned int count_types(uint32_t type)
{
	unsigned int n = 1;

	while (type >>= TYPE_BITS)
		n++;
	return n;
}

/* Type, length, value; NULL: there is none of that type. */
static const uint8_t *find_udata(const uint8_t *u, uint32_t size, uint8_t type,
				 uint8_t *len)
{
	for (uint32_t at = 0; u && at + 2 <= size && at + 2 + u[at + 1] <= size;
	     at += 2u + u[at + 1]) {
		*len = u[at + 1];
		if (u[at] == type)
			return u + at + 2;
	}
	return NULL;
}

/* nft notes it for itself. */
static bool is_host_order(const struct nftnl_set *set)
{
	enum { HOST_ENDIAN = 1 };
	uint32_t size = 0, order = 0;
	const uint8_t *u = nftnl_set_get_data(set, NFTNL_SET_USERDATA, &size);
	uint8_t len = 0;

	u = find_udata(u, size, NFTNL_UDATA_SET_KEYBYTEORDER, &len);
	if (u && len == sizeof(order))
		memcpy(&order, u, sizeof(order));
	return order == HOST_ENDIAN;
}

/* Return: false: they are not as long as the key. */
static bool take_parts(struct nft_elements *e, const struct nftnl_set *set,
		       const struct key_fields *k)
{
	uint32_t type = nftnl_set_get_u32(set, NFTNL_SET_KEY_TYPE), bytes = 0;
	const uint8_t *lengths = NULL;
	unsigned int at = 0;

	e->parts = (uint8_t)count_types(type);
	if (nftnl_set_is_set(set, NFTNL_SET_DESC_CONCAT)) {
		lengths = nftnl_set_get_data(set, NFTNL_SET_DESC_CONCAT, &bytes);
		if (bytes != e->parts)
			return false;
	}
	for (unsigned int i = 0; i < e->parts; i++) {
		struct nft_key_part *p = &e->part[i];
		uint8_t of = type_at(type, i, e->parts);
		uint8_t len = lengths ? lengths[i] :
			      e->parts == 1 ? e->key_len : key_type_length(of);

		if (!len || at + len > e->key_len)
			return false;
		*p = k->from[at / 4];
		if (p->len != len)
			p->field = NFT_KEY_UNKNOWN;
		p->host = e->parts == 1 && is_host_order(set);
		p->at = (uint8_t)at;
		p->len = len;
		p->type = of;
		at += (len + 3u) / 4 * 4;
	}
	return at >= e->key_len;
}

static int take_raw(struct nftnl_set_elem *x, void *arg)
{
	struct maker *m = arg;
	struct raw *r = &m->raw[m->raws];
	uint32_t len = 0, flags = 0;
	const void *key;

	if (nftnl_set_elem_is_set(x, NFTNL_SET_ELEM_FLAGS))
		flags = nftnl_set_elem_get_u32(x, NFTNL_SET_ELEM_FLAGS);
	r->x = x;
	r->any = flags & NFT_SET_ELEM_CATCHALL;
	r->is_end = flags & NFT_SET_ELEM_INTERVAL_END;
	key = nftnl_set_elem_get(x, NFTNL_SET_ELEM_KEY, &len);
	if (key && len <= NFT_KEY)
		memcpy(r->key, key, len);
	memcpy(r->last, r->key, NFT_KEY);
	key = nftnl_set_elem_get(x, NFTNL_SET_ELEM_KEY_END, &len);
	if (key && len <= NFT_KEY) {
		memcpy(r->last, key, len);
		m->e->ranges = true;
		m->pairs = false;
	}
	m->raws++;
	return 0;
}

/* The end of a range stands before the start of the next with the same key. */
static int compare_elements(const void *a, const void *b)
{
	const struct raw *x = a, *y = b;
	int n = memcmp(x->key, y->key, NFT_KEY);

	if (x->any != y->any)
		return y->any - x->any;
	return n ? n : y->is_end - x->is_end;
}

static void decrement(uint8_t *key, unsigned int len)
{
	while (len-- > 0 && key[len]-- == 0)
		;
}

/* What begins somewhere ends in front of the next key, whichever that is. */
static void close_ranges(struct maker *m)
{
	const unsigned int len = m->e->key_len;

	for (uint32_t i = 0; i < m->raws; i++) {
		struct raw *r = &m->raw[i];

		if (r->any || r->is_end)
			continue;
		if (i + 1 < m->raws) {
			memcpy(r->last, m->raw[i + 1].key, len);
			decrement(r->last, len);
		} else {
			memset(r->last, 0xff, len);
		}
	}
}

static const char *comment_of(const struct nftnl_set_elem *x, uint32_t *len)
{
	uint32_t size = 0;
	const uint8_t *u = nftnl_set_elem_get((struct nftnl_set_elem *)x,
					      NFTNL_SET_ELEM_USERDATA, &size);
	uint8_t room = 0;

	/* The name ends in a NUL. */
	u = find_udata(u, size, NFTNL_UDATA_SET_ELEM_COMMENT, &room);
	*len = u ? (uint32_t)strnlen((const char *)u, room) : 0;
	return *len ? (const char *)u : NULL;
}

static uint32_t add_text(struct maker *m, const char *text, size_t len)
{
	uint32_t here = shm_heap_add(&m->heap, text, len);

	shm_heap_add(&m->heap, "", 1);
	return here;
}

static void put_words(struct maker *m, struct nft_element *to, const struct raw *r)
{
	char words[KEY_WORDS] = "*";
	size_t len = 1;

	if (!r->any)
		len = key_words(words, m->e, r->key, r->last);
	to->words = add_text(m, words, len);
}

static void put_element(struct maker *m, const struct raw *r)
{
	uint32_t i = m->e->count++, len = 0;
	struct nft_element *to = (struct nft_element *)(m->base + m->e->element_at) + i;
	struct nftnl_set_elem *x = (struct nftnl_set_elem *)r->x;
	const char *comment = comment_of(x, &len);
	const char *chain = nftnl_set_elem_is_set(x, NFTNL_SET_ELEM_CHAIN) ?
		nftnl_set_elem_get_str(x, NFTNL_SET_ELEM_CHAIN) : NULL;
	size_t key_len = m->e->key_len;

	to->verdict = nftnl_set_elem_is_set(x, NFTNL_SET_ELEM_VERDICT) ?
		(int32_t)nftnl_set_elem_get_u32(x, NFTNL_SET_ELEM_VERDICT) : 0;
	to->any = r->any;
	/* The heap begins with an empty string. */
	to->chain = chain ? add_text(m, chain, strlen(chain)) : 0;
	to->comment = comment ? add_text(m, comment, len) : 0;
	put_words(m, to, r);
	memcpy(m->base + m->e->key_at + i * key_len, r->key, key_len);
	if (m->e->ranges)
		memcpy(m->base + m->e->last_at + i * key_len, r->last, key_len);
}

/* Bounds for every array; what is not touched costs nothing. */
static uint64_t plan(struct nft_elements *e, uint32_t count)
{
	uint64_t end = sizeof(*e);

	e->element_at = shm_array(&end, count, sizeof(struct nft_element));
	e->key_at = shm_array(&end, count, e->key_len);
	e->last_at = shm_array(&end, e->ranges ? count : 0, e->key_len);
	e->heap_at = shm_array(&end, 0, 0);
	return end;
}

static int put_all(struct maker *m, struct helper_out *out)
{
	uint64_t fixed = plan(m->e, m->raws), room = m->raws * (uint64_t)TEXTS + 64;
	struct nft_elements head = *m->e;

	m->base = helper_reserve(out, fixed + room);
	if (!m->base)
		return -errno;
	m->e = (struct nft_elements *)m->base;
	*m->e = head;
	shm_heap_open(&m->heap, m->base + head.heap_at, room, false);
	shm_heap_add(&m->heap, "", 1);
	for (uint32_t i = 0; i < m->raws; i++)
		if (!m->raw[i].is_end)
			put_element(m, &m->raw[i]);
	m->e->size = fixed + m->heap.used;
	out->used = (size_t)m->e->size;
	return m->heap.full ? -E2BIG : 0;
}

static int count_one(struct nftnl_set_elem *x, void *arg)
{
	(void)x;
	++*(uint32_t *)arg;
	return 0;
}

int elements_fill(struct helper_out *out, const struct nftnl_set *set,
		  const struct key_fields *k, uint32_t generation)
{
	uint32_t flags = nftnl_set_get_u32(set, NFTNL_SET_FLAGS), count = 0;
	struct nftnl_set *of = (struct nftnl_set *)set;
	struct nft_elements head = {
		.generation = generation,
		.key_len = (uint8_t)nftnl_set_get_u32(set, NFTNL_SET_KEY_LEN),
		.expires = flags & (NFT_SET_TIMEOUT | NFT_SET_EVAL),
		.ranges = flags & NFT_SET_INTERVAL,
	};
	struct maker m = { .e = &head, .pairs = head.ranges };
	int err;

	if (!head.key_len || head.key_len > NFT_KEY ||
	    !take_parts(&head, set, k))
		return -EOPNOTSUPP;
	strncpy(head.set, k->set, sizeof(head.set) - 1);
	nftnl_set_elem_foreach(of, count_one, &count);
	m.raw = calloc(count + 1ul, sizeof(*m.raw));
	if (!m.raw)
		return -ENOMEM;
	nftnl_set_elem_foreach(of, take_raw, &m);
	qsort(m.raw, m.raws, sizeof(*m.raw), compare_elements);
	/* Of several parts each element has both of its keys. */
	if (m.pairs && head.parts == 1)
		close_ranges(&m);
	err = put_all(&m, out);
	free(m.raw);
	return err;
}
