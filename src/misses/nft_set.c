// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_set: values of a packet against the elements of a set that has a name. */
#include "misses/nft_set.h"

#include <string.h>

#include "misses/condition.h"
#include "rules/nft/elements.h"

/* Of more no element is compared with the packet, but for those beside its key. */
enum { COMPARED = 1024 };

/* Numbers that are no bytes of the packet lie in the host's order. */
static bool is_of_host(const struct nft_field *f, const struct nft_key_part *at)
{
	return f->get && f->len > 1 && f->type != NFT_TYPE_ETHERTYPE && !at->swapped;
}

static void put(uint8_t *to, const struct nft_part *p, const struct nft_key_part *at)
{
	struct nft_number n = p->value;
	uint32_t host = (uint32_t)n.low;

	if (p->f->type == NFT_TYPE_DEVICE) {
		memset(to, 0, at->len);
		memcpy(to, p->device, strnlen(p->device, at->len - 1u));
	} else if (is_of_host(p->f, at)) {
		memcpy(to, &host, sizeof(host));
	} else {
		for (unsigned int i = at->len; i-- > 0;) {
			to[i] = (uint8_t)n.low;
			n.low = n.low >> 8 | n.high << 56;
			n.high >>= 8;
		}
	}
}

static struct nft_number get(const uint8_t *from, const struct nft_part *p,
			     const struct nft_key_part *at)
{
	struct nft_number n = { 0, 0 };
	uint32_t host;

	if (is_of_host(p->f, at)) {
		memcpy(&host, from, sizeof(host));
		n.low = host;
		return n;
	}
	for (unsigned int i = 0; i < at->len; i++) {
		n.high = n.high << 8 | n.low >> 56;
		n.low = n.low << 8 | from[i];
	}
	return n;
}

/* Return: false: these are no fields of such a set. */
static bool make_key(const struct nft_relation *r, const struct nft_elements *e,
		     uint8_t key[NFT_KEY])
{
	if (r->masked || r->parts != e->parts)
		return false;
	memset(key, 0, NFT_KEY);
	for (unsigned int i = 0; i < r->parts; i++) {
		const struct nft_part *p = &r->part[i];
		const struct nft_key_part *at = &e->part[i];

		if (p->f->len != at->len || p->f->type == NFT_TYPE_CT_STATUS)
			return false;
		if (p->known)
			put(key + at->at, p, at);
	}
	return true;
}

/* What of a part would do: a number, or a name as it begins. */
static void find_nearest(struct nft_nearest *n, const struct nft_relation *r,
			 unsigned int part, const struct nft_key_part *at,
			 const uint8_t *first, const uint8_t *last)
{
	const struct nft_part *p = &r->part[part];
	struct nft_range range;

	n->is = true;
	n->part = part;
	n->distance = CONDITION_FAR;
	if (p->f->type == NFT_TYPE_DEVICE) {
		n->device = (struct strview){ (const char *)first,
					      strnlen((const char *)first, at->len) };
		return;
	}
	range = (struct nft_range){ get(first, p, at), get(last, p, at) };
	nft_fit_nearest(n, p, &range);
}

static enum nft_fit fit_set_element(struct nft_relation *r, const struct nft_elements *e,
				    uint32_t i, const uint8_t *key)
{
	const uint8_t *first = nft_elements_key(e, i), *last = nft_elements_last(e, i);
	unsigned int no = 0;
	bool unknown = false;

	if (nft_elements_at(e, i)->any)
		return NFT_FIT_YES;
	for (unsigned int p = 0; p < r->parts; p++) {
		const struct nft_key_part *at = &e->part[p];

		if (!r->part[p].known)
			unknown = true;
		else if (memcmp(key + at->at, first + at->at, at->len) < 0 ||
			 memcmp(key + at->at, last + at->at, at->len) > 0)
			no |= 1u << p;
	}
	if (!no)
		return unknown ? NFT_FIT_UNKNOWN : NFT_FIT_YES;
	nft_fit_note_parts(r, no);
	if (!(no & (no - 1)) && !unknown) {
		unsigned int p = (unsigned int)__builtin_ctz(no);
		struct nft_nearest n;

		find_nearest(&n, r, p, &e->part[p], first + e->part[p].at,
			     last + e->part[p].at);
		nft_fit_keep(&r->near, &n);
	}
	return NFT_FIT_NO;
}

/* Elements of one part are in order: the last that does not begin behind the key. */
static uint32_t find_beside(const struct nft_elements *e, const uint8_t *key)
{
	uint32_t from = 0, to = e->count;

	while (to - from > 1) {
		uint32_t middle = from + (to - from) / 2;

		if (nft_elements_at(e, middle)->any ||
		    memcmp(nft_elements_key(e, middle), key, e->key_len) <= 0)
			from = middle;
		else
			to = middle;
	}
	return from;
}

enum nft_fit nft_set_fit(struct nft_relation *r, const struct nft_elements *e)
{
	uint32_t from = 0, to = e->count;
	enum nft_fit all = NFT_FIT_NO;
	uint8_t key[NFT_KEY];

	/* One of them may have been there, or not, and nobody saw it. */
	if (e->expires || !make_key(r, e, key))
		return NFT_FIT_UNKNOWN;
	if (e->count > COMPARED) {
		if (r->parts > 1 || !r->part[0].known ||
		    nft_elements_at(e, 0)->any)
			return NFT_FIT_UNKNOWN;
		from = find_beside(e, key);
		to = from + 2 < e->count ? from + 2 : e->count;
	}
	for (uint32_t i = from; i < to; i++) {
		enum nft_fit one = fit_set_element(r, e, i, key);

		if (one == NFT_FIT_YES)
			return one;
		if (one == NFT_FIT_UNKNOWN)
			all = one;
	}
	return all;
}
