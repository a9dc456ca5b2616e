// SPDX-License-Identifier: GPL-2.0-or-later
/* rule_table_test: a rule is one, whatever its text was; and drops are counted by rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "grounds/grounds.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "printer/drop_counts.h"
#include "protocol/stats.h"
#include "report/rule_table.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "tests/unit/in_range.h"

/* A place as its cache has it: gone, and its memory another's, when it is swept. */
struct fake {
	struct place place;
	char prefix[64], rule[64], line[192], chain[16];
};

/* "t:c 7 TEXT": of nft; "filter:FORWARD#2 TEXT": of a legacy table */
static const struct place *fake(struct fake *f, uint32_t id, uint8_t nfproto,
				const char *words)
{
	static const char *const tables[] = { "t", "u", "filter" };
	char table[16], sep;
	unsigned long long n = 0;
	int end = 0;

	memset(f, 0, sizeof(*f));
	if (sscanf(words, "%15[^:]:%15[^ #]%c%llu %n", table, f->chain, &sep,
		   &n, &end) < 4)
		fail_msg("what is %s?", words);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (strcmp(tables[i], table) == 0)
			f->place.table = tables[i];
	strcpy(f->rule, words + end);
	snprintf(f->prefix, sizeof(f->prefix), "TRACE: nft ip %s:%s:rule:%llu",
		 table, f->chain, n);
	snprintf(f->line, sizeof(f->line), "%s  \"%s\"\n", f->prefix, f->rule);
	f->place.prefix = f->prefix;
	f->place.prefix_len = (uint32_t)strlen(f->prefix);
	f->place.rule = f->rule;
	f->place.rule_len = (uint32_t)strlen(f->rule);
	f->place.line = f->line;
	f->place.line_len = (uint32_t)strlen(f->line);
	f->place.chain = f->chain;
	f->place.chain_len = (uint32_t)strlen(f->chain);
	f->place.target = "";
	f->place.id = id;
	f->place.nfproto = f->place.family = nfproto;
	f->place.backend = sep == '#' ? EVENT_LEGACY : EVENT_NFT;
	if (sep == '#')
		f->place.number = (uint32_t)n;
	else
		f->place.handle = n;
	return &f->place;
}

static uint32_t find(struct rule_table *t, uint32_t id, uint8_t nfproto,
		     const char *words)
{
	struct fake f;

	return rule_table_find(t, fake(&f, id, nfproto, words));
}

static void a_rule_is_its_place(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "t:c 7 drop", "t:c 7 drop", true },
		{ "t:c 7 drop", "t:c 7 accept", true },
		{ "t:c 7 drop", "t:c 7 ", true },
		{ "t:c 7 drop", "t:c 8 drop", false },
		{ "t:c 7 drop", "t:d 7 drop", false },
		{ "t:c 7 drop", "u:c 7 drop", false },
		{ "t:c 7 drop", "t:c#7 drop", false },
		{ "filter:F#2 -j DROP", "filter:F#2 -j DROP", true },
		{ "filter:F#2 -j DROP", "filter:F#3 -j DROP", false },
		/* Somebody has put one in front of it: two that are not one. */
		{ "filter:F#2 -j DROP", "filter:F#2 -j LOG", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_table *t = rule_table_open(8);
		uint32_t a = find(t, 0, NFPROTO_IPV4, rows[i].a);
		uint32_t b = find(t, 1, NFPROTO_IPV4, rows[i].b);

		if ((a == b) != rows[i].same)
			fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
		assert_int_equal(rule_table_count(t), rows[i].same ? 1 : 2);
		/* Each is known again by its id alone. */
		assert_int_equal(find(t, 0, NFPROTO_IPV4, rows[i].a), a);
		assert_int_equal(find(t, 1, NFPROTO_IPV4, rows[i].b), b);
		rule_table_close(t);
	}
}

static void families_of_one_table(void **state)
{
	struct rule_table *t = rule_table_open(8);
	struct fake f;
	uint32_t four, six;

	(void)state;
	fake(&f, 0, NFPROTO_IPV4, "t:c 7 drop");
	f.place.family = NFPROTO_INET;
	four = rule_table_find(t, &f.place);
	f.place.id = 1;
	f.place.nfproto = NFPROTO_IPV6;
	six = rule_table_find(t, &f.place);
	assert_int_equal(four, six);
	assert_int_not_equal(find(t, 2, NFPROTO_IPV4, "filter:F#1 a"),
			     find(t, 3, NFPROTO_IPV6, "filter:F#1 a"));
	rule_table_close(t);
}

static void the_last_text_is_kept(void **state)
{
	struct rule_table *t = rule_table_open(8);
	uint32_t i = find(t, 0, NFPROTO_IPV4, "t:c 7 ");

	(void)state;
	assert_int_equal(find(t, 1, NFPROTO_IPV4, "t:c 7 drop"), i);
	assert_string_equal(rule_table_rule(t, i)->rule, "drop");
	assert_false(rule_table_was_replaced(t, i));
	assert_int_equal(find(t, 2, NFPROTO_IPV4, "t:c 7 reject"), i);
	assert_string_equal(rule_table_rule(t, i)->rule, "reject");
	assert_true(rule_table_was_replaced(t, i));
	assert_int_equal(rule_table_rule(t, i)->id, i);
	rule_table_close(t);
}

static void an_id_becomes_anothers(void **state)
{
	struct rule_table *t = rule_table_open(8);
	uint32_t a = find(t, 5, NFPROTO_IPV4, "t:c 7 drop");

	(void)state;
	rule_table_forget(t, 5);
	rule_table_forget(t, 12345);
	assert_int_not_equal(find(t, 5, NFPROTO_IPV4, "t:c 8 drop"), a);
	assert_string_equal(rule_table_rule(t, a)->rule, "drop");
	assert_int_equal(find(t, 6, NFPROTO_IPV4, "t:c 7 drop"), a);
	rule_table_close(t);
}

static void no_more_than_max(void **state)
{
	struct rule_table *t = rule_table_open(2);
	struct fake f;
	uint32_t b;

	(void)state;
	find(t, 0, NFPROTO_IPV4, "t:c 1 a");
	b = find(t, 1, NFPROTO_IPV4, "t:c 2 b");
	assert_int_equal(find(t, 2, NFPROTO_IPV4, "t:c 3 c"), RULE_TABLE_NONE);
	assert_true(rule_table_renew(t, b, fake(&f, 2, NFPROTO_IPV4,
						"t:c 3 c")));
	assert_int_equal(find(t, 2, NFPROTO_IPV4, "t:c 3 c"), b);
	assert_int_equal(find(t, 7, NFPROTO_IPV4, "t:c 3 c"), b);
	assert_int_equal(find(t, 1, NFPROTO_IPV4, "t:c 2 b"), RULE_TABLE_NONE);
	assert_string_equal(rule_table_rule(t, b)->rule, "c");
	rule_table_close(t);
}

static void drop(struct drop_counts *d, uint32_t id, const char *words,
		 unsigned int times)
{
	static const struct grounds none;
	struct fake f;

	while (times--)
		drop_counts_add(d, fake(&f, id, NFPROTO_IPV4, words), &none, NULL);
}

/* A rule that several lead to: each of these counts for itself. */
static void drops_by_way(void **state)
{
	static struct stats st;
	struct fake shared, one, two;
	const struct place *by = fake(&shared, 0, NFPROTO_IPV4, "t:rej 7 reject");
	const struct place *a = fake(&one, 1, NFPROTO_IPV4, "t:c 1 jump"),
			   *b = fake(&two, 2, NFPROTO_IPV4, "t:c 2 jump");
	struct drop_counts d;

	(void)state;
	assert_true(drop_counts_open(&d));
	drop_counts_add(&d, by, &(struct grounds){ .via = a }, NULL);
	for (int i = 0; i < 4; i++)
		drop_counts_add(&d, by, &(struct grounds){ .via = b }, NULL);
	for (int i = 0; i < 3; i++)
		drop_counts_add(&d, by, &(struct grounds){ .marked = a }, NULL);
	for (int i = 0; i < 2; i++)
		drop_counts_add(&d, by, &(struct grounds){ .marked = b,
							   .marked_via = a }, NULL);
	drop_counts_tell(&d, &st);
	assert_int_equal(st.drops, 4);
	assert_int_equal(st.drop[0].packets, 4);
	assert_string_equal(st.drop[0].text, "nft ip t:rej:rule:7  \"reject\""
			    "; via nft ip t:c:rule:2  \"jump\"");
	assert_string_equal(st.drop[1].text, "nft ip t:rej:rule:7  \"reject\""
			    "; mark set by nft ip t:c:rule:1  \"jump\"");
	assert_string_equal(st.drop[2].text, "nft ip t:rej:rule:7  \"reject\""
			    "; mark set via nft ip t:c:rule:1  \"jump\"");
	assert_int_equal(st.drop[3].packets, 1);
	drop_counts_close(&d);
}

/* A map that sends the packets of several services there: each element counts. */
static void drops_by_element(void **state)
{
	static const struct map_verdict web = { .key = "53", .comment = "web" },
					other = { .key = "54" }, unknown;
	static struct stats st;
	struct fake shared, one;
	const struct place *by = fake(&shared, 0, NFPROTO_IPV4, "t:rej 7 reject");
	const struct place *map = fake(&one, 1, NFPROTO_IPV4, "t:c 1 vmap @m");
	const struct grounds via = { .via = map }, none = { .via = NULL };
	const struct {
		const struct place *by;
		const struct grounds *g;
		const struct map_verdict *map;
		const char *text;
	} ways[] = {
		{ by, &via, &web, "nft ip t:rej:rule:7  \"reject\"; via "
		  "nft ip t:c:rule:1  \"vmap @m\": 53 \"web\"" },
		{ by, &via, &other, "nft ip t:rej:rule:7  \"reject\"; via "
		  "nft ip t:c:rule:1  \"vmap @m\": 54" },
		{ by, &via, &unknown, "nft ip t:rej:rule:7  \"reject\"; via "
		  "nft ip t:c:rule:1  \"vmap @m\"" },
		{ map, &none, &web, "nft ip t:c:rule:1  \"vmap @m\": 53 \"web\"" },
	};
	struct drop_counts d;

	(void)state;
	assert_true(drop_counts_open(&d));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		for (size_t n = i; n < ARRAY_SIZE(ways); n++)
			drop_counts_add(&d, ways[i].by, ways[i].g, ways[i].map);
	drop_counts_tell(&d, &st);
	assert_int_equal(st.drops, ARRAY_SIZE(ways));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		assert_string_equal(st.drop[i].text, ways[i].text);
	drop_counts_close(&d);
}

static void drops_by_rule(void **state)
{
	static struct stats st;
	struct drop_counts d;

	(void)state;
	assert_true(drop_counts_open(&d));
	drop(&d, 0, "t:c 7 drop", 2);
	drop(&d, 1, "filter:FORWARD#2 -A FORWARD -j DROP", 4);
	drop(&d, 2, "t:c 7 reject", 3);
	drop_counts_tell(&d, &st);
	assert_int_equal(st.drops, 2);
	assert_int_equal(st.drop[0].packets, 5);
	assert_int_equal(st.drop[0].family, FAMILY_COUNT);
	assert_string_equal(st.drop[0].text,
			    "nft ip t:c:rule:7  \"reject\" "
			    "(replaced during the trace)");
	assert_int_equal(st.drop[1].packets, 4);
	assert_int_equal(st.drop[1].family, 0);
	assert_string_equal(st.drop[1].text, "filter:FORWARD:rule:2  "
					     "\"-A FORWARD -j DROP\"");
	drop_counts_close(&d);
}

/* Rules that come and go: those that dropped most are told, and room is bounded. */
static void the_busy_ones_stay(void **state)
{
	static struct stats st;
	struct drop_counts d;
	char words[32];

	(void)state;
	assert_true(drop_counts_open(&d));
	drop(&d, 0, "t:c 1 drop", 3);
	for (uint32_t i = 2; i < 3 * DROP_COUNTS_WAYS; i++) {
		snprintf(words, sizeof(words), "t:c %u drop", i);
		drop(&d, 1, words, 1);
		drop_counts_forget(&d, 1);
	}
	drop(&d, 2, "t:c 1000000 drop", 2);
	assert_int_equal(d.ways, DROP_COUNTS_WAYS);
	assert_uint_in_range(rule_table_count(d.rules), DROP_COUNTS_WAYS,
			2 * DROP_COUNTS_WAYS + 2);
	drop_counts_tell(&d, &st);
	assert_string_equal(st.drop[0].text, "nft ip t:c:rule:1  \"drop\"");
	assert_int_equal(st.drop[0].packets, 3);
	assert_string_equal(st.drop[1].text,
			    "nft ip t:c:rule:1000000  \"drop\"");
	drop_counts_close(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_rule_is_its_place),
		cmocka_unit_test(families_of_one_table),
		cmocka_unit_test(the_last_text_is_kept),
		cmocka_unit_test(an_id_becomes_anothers),
		cmocka_unit_test(no_more_than_max),
		cmocka_unit_test(drops_by_rule),
		cmocka_unit_test(drops_by_way),
		cmocka_unit_test(drops_by_element),
		cmocka_unit_test(the_busy_ones_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
