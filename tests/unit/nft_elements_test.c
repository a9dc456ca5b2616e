// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_elements_test: which element of a verdict map a packet's key leads to, or that nobody knows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "place/nft_touched.h"
#include "rules/base/hash.h"
#include "rules/base/units.h"
#include "rules/nft/elements.h"

enum { ELEMENTS = 5, PART = 4, PARTS = 2, NONE = -1 };

/* Keys of two parts, a byte each: {first, last} of both. */
struct element {
	uint8_t key[PARTS][2];
	int32_t verdict;
	const char *chain;
	bool any;
};

struct row {
	const char *name;
	struct element element[ELEMENTS];
	bool ranges, expires;
	uint8_t key[PARTS];
	uint16_t known;
	int32_t verdict;
	const char *chain;
	int found;		/* index; NONE */
};

#define EXACT(a, b)	{ { a, a }, { b, b } }
#define RANGE(a, b, c, d) { { a, b }, { c, d } }

static const struct row rows[] = {
	{ "the key", { { EXACT(1, 1), NF_DROP, "", false },
		       { EXACT(1, 2), NF_DROP, "", false },
		       { EXACT(2, 1), NF_ACCEPT, "", false } },
	  .key = { 1, 2 }, .known = 3, .verdict = NF_DROP, .chain = "", .found = 1 },
	{ "no such key", { { EXACT(1, 1), NF_DROP, "", false } },
	  .key = { 1, 2 }, .known = 3, .verdict = NF_DROP, .chain = "", .found = NONE },
	{ "the key, but the event told another verdict",
	  { { EXACT(1, 1), NF_DROP, "", false } },
	  .key = { 1, 1 }, .known = 3, .verdict = NF_ACCEPT, .chain = "", .found = NONE },
	{ "the key, but another chain", { { EXACT(1, 1), NFT_GOTO, "a", false } },
	  .key = { 1, 1 }, .known = 3, .verdict = NFT_GOTO, .chain = "b", .found = NONE },
	{ "the chain, too", { { EXACT(1, 1), NFT_GOTO, "a", false } },
	  .key = { 1, 1 }, .known = 3, .verdict = NFT_GOTO, .chain = "a", .found = 0 },
	{ "a range's first", { { RANGE(1, 3, 5, 9), NF_DROP, "", false },
			       { RANGE(4, 7, 5, 9), NF_DROP, "", false } },
	  .ranges = true, .key = { 4, 5 }, .known = 3, .verdict = NF_DROP, .chain = "",
	  .found = 1 },
	{ "a range's last", { { RANGE(1, 3, 5, 9), NF_DROP, "", false } },
	  .ranges = true, .key = { 3, 9 }, .known = 3, .verdict = NF_DROP, .chain = "",
	  .found = 0 },
	{ "each part has a range of its own", { { RANGE(1, 3, 5, 9), NF_DROP, "", false } },
	  .ranges = true, .key = { 2, 4 }, .known = 3, .verdict = NF_DROP, .chain = "",
	  .found = NONE },
	{ "for all others", { { EXACT(0, 0), NF_DROP, "", true },
			      { EXACT(1, 1), NF_DROP, "", false } },
	  .key = { 2, 2 }, .known = 3, .verdict = NF_DROP, .chain = "", .found = 0 },
	{ "not for this one", { { EXACT(0, 0), NF_DROP, "", true },
				{ EXACT(1, 1), NF_ACCEPT, "", false } },
	  .key = { 1, 1 }, .known = 3, .verdict = NF_DROP, .chain = "", .found = NONE },
	{ "the key of zeros is not that for all others",
	  { { EXACT(0, 0), NF_DROP, "", true }, { EXACT(0, 0), NF_ACCEPT, "", false } },
	  .key = { 0, 0 }, .known = 3, .verdict = NF_ACCEPT, .chain = "", .found = 1 },
	{ "half of the key, one of this verdict", { { EXACT(1, 1), NF_DROP, "", false },
						    { EXACT(1, 2), NF_ACCEPT, "", false },
						    { EXACT(2, 1), NF_DROP, "", false } },
	  .key = { 1, 0 }, .known = 1, .verdict = NF_DROP, .chain = "", .found = 0 },
	{ "half of the key, two of this verdict", { { EXACT(1, 1), NF_DROP, "", false },
						    { EXACT(1, 2), NF_DROP, "", false } },
	  .key = { 1, 0 }, .known = 1, .verdict = NF_DROP, .chain = "", .found = NONE },
	{ "half of the key, or for all others", { { EXACT(0, 0), NF_DROP, "", true },
						  { EXACT(1, 1), NF_DROP, "", false } },
	  .key = { 1, 0 }, .known = 1, .verdict = NF_DROP, .chain = "", .found = NONE },
	{ "nothing of the key, one of this chain", { { EXACT(1, 1), NFT_GOTO, "a", false },
						     { EXACT(1, 2), NFT_GOTO, "b", false } },
	  .known = 0, .verdict = NFT_GOTO, .chain = "b", .found = 1 },
	{ "of elements that time out another may have been there",
	  { { EXACT(1, 1), NF_DROP, "", false } }, .expires = true,
	  .key = { 1, 0 }, .known = 1, .verdict = NF_DROP, .chain = "", .found = NONE },
	{ "the key of one that times out", { { EXACT(1, 1), NF_DROP, "", false } },
	  .expires = true, .key = { 1, 1 }, .known = 3, .verdict = NF_DROP, .chain = "",
	  .found = 0 },
	{ "one that times out, or that for all others, which says the same",
	  { { EXACT(0, 0), NF_DROP, "", true }, { EXACT(1, 1), NF_DROP, "", false } },
	  .expires = true, .key = { 1, 1 }, .known = 3, .verdict = NF_DROP, .chain = "",
	  .found = NONE },
	{ "for all others, while one may have timed out",
	  { { EXACT(0, 0), NF_DROP, "", true } }, .expires = true,
	  .key = { 1, 1 }, .known = 3, .verdict = NF_DROP, .chain = "", .found = NONE },
};

/* The same layout as elements_fill() makes. */
static struct {
	struct nft_elements head;
	struct nft_element element[ELEMENTS];
	uint8_t key[ELEMENTS][PARTS * PART], last[ELEMENTS][PARTS * PART];
	char heap[64];
} map;

static void fill(const struct row *r)
{
	size_t used = 1;

	memset(&map, 0, sizeof(map));
	map.head = (struct nft_elements){
		.size = sizeof(map), .ranges = r->ranges, .expires = r->expires,
		.key_len = PARTS * PART, .parts = PARTS,
		.part = { { .at = 0, .len = 1 }, { .at = PART, .len = 1 } },
		.element_at = offsetof(__typeof__(map), element),
		.key_at = offsetof(__typeof__(map), key),
		.last_at = offsetof(__typeof__(map), last),
		.heap_at = offsetof(__typeof__(map), heap),
	};
	for (unsigned int i = 0; i < ELEMENTS && r->element[i].chain; i++) {
		const struct element *e = &r->element[i];

		for (unsigned int p = 0; p < PARTS; p++) {
			map.key[i][p * PART] = e->key[p][0];
			map.last[i][p * PART] = e->key[p][1];
		}
		map.element[i].verdict = e->verdict;
		map.element[i].any = e->any;
		map.element[i].chain = (uint32_t)used;
		strcpy(map.heap + used, e->chain);
		used += strlen(e->chain) + 1;
		map.head.count++;
	}
}

static void test_find(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct row *r = &rows[i];
		struct nft_key key = { .known = r->known };

		fill(r);
		for (unsigned int p = 0; p < PARTS; p++)
			key.bytes[p * PART] = r->key[p];
		if ((int)nft_elements_find(&map.head, &key, r->verdict, r->chain) !=
		    r->found)
			fail_msg("%s", r->name);
	}
}

/* Of what shares its places with another both are in doubt; what was not told of is not. */
static void test_touched(void **state)
{
	static struct nft_touched t;

	(void)state;
	for (uint32_t base = 40; ; base = UINT32_MAX - 2) {
		nft_touched_begin(&t, base);
		assert_int_equal(nft_touched_last(&t, 7), base);
		nft_touched_note(&t, 7, base + 2);
		nft_touched_note(&t, 7, base + 1);
		assert_int_equal(nft_touched_last(&t, 7), base + 2);
		assert_int_equal(nft_touched_last(&t, 8), base);
		assert_int_equal(nft_touched_last(&t, 7 + (1ULL << 60)), base + 2);
		nft_touched_begin(&t, base + 5);
		assert_int_equal(nft_touched_last(&t, 7), base + 5);
		if (base != 40)
			break;
	}
}

/* A transaction touches some rules and maps, and no packet is in doubt for it but theirs. */
static void test_touched_others(void **state)
{
	static struct nft_touched t;
	unsigned int others = 0;

	(void)state;
	nft_touched_begin(&t, 40);
	for (uint64_t i = 0; i < 32; i++)
		nft_touched_note(&t, hash_mix(1, i), 41);
	for (uint64_t i = 0; i < 32; i++)
		assert_int_equal(nft_touched_last(&t, hash_mix(1, i)), 41);
	for (uint64_t i = 32; i < 10032; i++)
		others += nft_touched_last(&t, hash_mix(1, i)) != 40;
	assert_true(others <= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_touched),
		cmocka_unit_test(test_touched_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
