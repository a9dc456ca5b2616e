// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_kept_test: a rule that was read is not read again, and another in its place is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "misses/nft_rule.h"
#include "misses/rule_kept.h"
#include "misses/xt_rule.h"

static struct strview view(const char *text)
{
	return (struct strview){ text, strlen(text) };
}

static const struct xt_term *find(struct rule_kept *k, uint32_t index,
				  const char *text, uint32_t n)
{
	const struct xt_rule *r = rule_kept_find(k, index, view(text), xt_rule_make);

	assert_non_null(r);
	assert_int_equal(r->n, n);
	return r->term;
}

static void test_kept(void **state)
{
	static const char one[] = "-A F -p tcp -m tcp --dport 80 -j ACCEPT";
	char again[sizeof(one)];
	struct rule_kept *k = rule_kept_open();
	const struct xt_term *t;

	(void)state;
	assert_non_null(k);
	t = find(k, 7, one, 2);
	assert_int_equal(t[1].v.ports.range[0].low, 80);
	/* The same text in another place is the same rule. */
	memcpy(again, one, sizeof(one));
	assert_ptr_equal(find(k, 7, again, 2), t);
	/* One byte of it is another: the rules were changed. */
	again[27] = '9';
	t = find(k, 7, again, 2);
	assert_int_equal(t[1].v.ports.range[0].low, 90);
	t = find(k, 7, "-A F -j ACCEPT", 0);
	/* Who shares a slot takes it. */
	t = find(k, 7 + RULE_KEPT, one, 2);
	assert_int_equal(t[1].v.ports.range[0].low, 80);
	find(k, 7, again, 2);
	find(k, UINT32_MAX, one, 2);
	rule_kept_close(k);
	rule_kept_close(NULL);
}

/* Rules in nft's words are kept beside them, whatever their texts are. */
static void test_both(void **state)
{
	static const char text[] = "-A F -p tcp -m tcp --dport 80 -j ACCEPT";
	struct rule_kept *k = rule_kept_open();
	const struct nft_rule *r;

	(void)state;
	find(k, 7, text, 2);
	r = rule_kept_find(k, 7, view(text), nft_rule_make);
	assert_non_null(r);
	assert_int_equal(r->terms, 1);
	assert_int_equal(r->term[0].kind, NFT_TERM_UNREAD);
	r = rule_kept_find(k, 7, view("tcp dport { 22, 80-90 } ip saddr 10.0.0.0/8 drop"),
			   nft_rule_make);
	assert_int_equal(r->terms, 2);
	assert_int_equal(r->term[0].constants, 2);
	assert_int_equal(r->constant[1].range.to.low, 90);
	assert_ptr_equal(rule_kept_find(k, 7, view("tcp dport { 22, 80-90 } ip saddr 10.0.0.0/8 drop"),
					nft_rule_make), r);
	find(k, 7, text, 2);
	rule_kept_close(k);
}

static unsigned int readings;

static void *count(struct strview text, struct shared *shared)
{
	(void)text;
	(void)shared;
	readings++;
	return calloc(1, 1);
}

/* Long texts are kept as long as there is room for all of them. */
static void test_bytes(void **state)
{
	enum { LEN = 1 << 20, ROOM = RULE_KEPT_TEXT / LEN };
	struct rule_kept *k = rule_kept_open();
	struct strview text = { calloc(1, LEN), LEN };

	(void)state;
	for (uint32_t i = 0; i < 3 * ROOM; i++)
		rule_kept_find(k, i % ROOM, text, count);
	assert_int_equal(readings, ROOM);
	rule_kept_find(k, ROOM, text, count);
	rule_kept_find(k, ROOM, text, count);
	assert_int_equal(readings, ROOM + 1);
	rule_kept_find(k, 0, text, count);
	assert_int_equal(readings, ROOM + 2);
	rule_kept_close(k);
	free((void *)text.at);
}

/* A stranger's commas are no elements, which have room for each of their parts. */
static void test_no_elements(void **state)
{
	struct nft_rule *r = nft_rule_make(view(
		"ip saddr . ip daddr . tcp dport { ,,,,, 10.0.0.1 . 10.0.0.2 . 80, 10.0.0.3 } drop"),
		NULL);

	(void)state;
	assert_non_null(r);
	assert_int_equal(r->term[0].constants, 3);
	assert_true(r->term[0].lacks);
	free(r);
}

/* So many are kept, and no more. */
static void test_many(void **state)
{
	struct rule_kept *k = rule_kept_open();
	const struct xt_term *first;
	char text[64];

	(void)state;
	for (uint32_t i = 0; i < 2 * RULE_KEPT; i++) {
		snprintf(text, sizeof(text), "-A F -p udp -m udp --sport %u -j DROP", i);
		assert_int_equal(find(k, i, text, 2)[1].v.ports.range[0].low, i);
	}
	snprintf(text, sizeof(text), "-A F -p udp -m udp --sport %u -j DROP", RULE_KEPT);
	first = find(k, RULE_KEPT, text, 2);
	assert_ptr_equal(find(k, RULE_KEPT, text, 2), first);
	rule_kept_close(k);
}

/* Words that are not understood: what stands in front of them is. */
static void test_unread(void **state)
{
	static const struct {
		const char *text;
		uint32_t n;
	} rows[] = {
		{ "-P FORWARD ACCEPT", 1 }, { "", 1 }, { "-A F", 0 }, { "-A F !", 1 },
		{ "-A F -p", 1 }, { "-A F -p tcp --nonsense 1 -j DROP", 2 },
		{ "-A F -p tcp -m", 2 }, { "-A F -p tcp -m limit --limit 1/s -j DROP", 2 },
	};
	struct xt_rule r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		xt_rule_read(&r, view(rows[i].text));
		assert_int_equal(r.n, rows[i].n);
		if (r.n)
			assert_int_equal(r.term[r.n - 1].unread, i != 7);
	}
}

/* More than a rule may ask for: the rest is not understood, whatever it is. */
static void test_long(void **state)
{
	static const char *const ends[] = {
		" -j ACCEPT", " -p tcp -j ACCEPT", " --nonsense", " !", " -m limit", " -m",
	};
	struct xt_rule r;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char text[512] = "-A F";

		for (unsigned int n = 0; n < CONDITIONS_MAX; n++)
			strcat(text, " -i eth0");
		strcat(text, ends[i]);
		xt_rule_read(&r, view(text));
		assert_int_equal(r.n, CONDITIONS_MAX + !!i);
		assert_int_equal(r.term[r.n - 1].unread, !!i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		cmocka_unit_test(test_both),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_no_elements),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
