// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_test: --diff: which packets belong together, and which rules are the same. */
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/netfilter.h>

#include "capture/event.h"
#include "base/outbuf.h"
#include "diff/changed.h"
#include "diff/diff_form.h"
#include "diff/pair.h"
#include "diff/same_rule.h"
#include "diff/side.h"
#include "journey/journey.h"
#include "place/place_types.h"
#include "rules/base/units.h"

enum { BYTES = 40, PACKETS = 8 };

/* A packet and its bytes; host N is 10.0.0.N. */
struct made {
	struct journey j;
	uint8_t bytes[2][BYTES];
};

static void put16(uint8_t *to, unsigned int n)
{
	to[0] = (uint8_t)(n >> 8);
	to[1] = (uint8_t)n;
}

static void make_bytes(uint8_t *b, unsigned int src, unsigned int sport,
		       unsigned int dst, unsigned int dport, char kind)
{
	memset(b, 0, BYTES);
	b[0] = 0x45;
	b[3] = BYTES;
	b[8] = 64;
	b[9] = kind == 'u' ? IPPROTO_UDP : kind == 'e' || kind == 'r' ?
	       IPPROTO_ICMP : IPPROTO_TCP;
	b[12] = b[16] = 10;
	b[15] = (uint8_t)src;
	b[19] = (uint8_t)dst;
	if (b[9] == IPPROTO_ICMP) {
		b[20] = kind == 'e' ? 8 : 0;
		put16(b + 24, sport);
		return;
	}
	put16(b + 20, sport);
	put16(b + 22, dport);
	b[32] = 0x50;
	b[33] = kind == 'S' ? 2 : kind == 'A' ? 18 : kind == 'R' ? 4 : 16;
}

/* "1:4000>2:443S": S SYN, A SYN,ACK, R RST, d data, u UDP, e echo and r its reply; NAT: "=3:80" */
static const char *make(struct made *m, const char *text)
{
	unsigned int src, sport, dst, dport, to, port;
	char kind;
	int n = 0, more = 0;

	assert_int_equal(sscanf(text, "%u:%u>%u:%u%c%n", &src, &sport, &dst,
				&dport, &kind, &n), 5);
	memset(m, 0, sizeof(*m));
	make_bytes(m->bytes[0], src, sport, dst, dport, kind);
	if (sscanf(text + n, "=%u:%u%n", &to, &port, &more) == 2)
		make_bytes(m->bytes[1], src, sport, to, port, kind);
	else
		memcpy(m->bytes[1], m->bytes[0], BYTES);
	packet_decode(&m->j.first, NFPROTO_IPV4, m->bytes[0], BYTES);
	packet_decode(&m->j.last, NFPROTO_IPV4, m->bytes[1], BYTES);
	m->j.nfproto = NFPROTO_IPV4;
	return text + n + more;
}

static uint32_t make_all(struct made *m, struct journey *j[PACKETS],
			 const char *text)
{
	uint32_t n = 0;

	while (*text) {
		text = make(&m[n], text);
		j[n] = &m[n].j;
		n++;
		text += *text == ' ';
	}
	return n;
}

/* "1=1:flow 2= =2": numbers from 1, with the rung's word. */
static void write_pairs(char *to, size_t size, const struct pairs *p)
{
	size_t n = 0;

	*to = '\0';
	for (uint32_t i = 0; i < p->count; i++) {
		const struct pair *x = &p->pair[i];
		char a[12] = "", b[12] = "";

		if (x->packet[0] != PAIR_NONE)
			snprintf(a, sizeof(a), "%u", x->packet[0] + 1);
		if (x->packet[1] != PAIR_NONE)
			snprintf(b, sizeof(b), "%u", x->packet[1] + 1);
		n += (size_t)snprintf(to + n, size - n, "%s%s=%s%s%s",
				      i ? " " : "", a, b, *a && *b ? ":" : "",
				      *a && *b ? pair_rung_word(x->rung) : "");
	}
}

static void test_pairs(void **state)
{
	static const struct {
		const char *a, *b, *pairs;
	} rows[] = {
		{ "1:4000>2:443S", "1:4000>2:443S", "1=1:flow" },
		{ "1:4000>2:443S", "1:4001>2:443S", "1=1:client-port" },
		{ "1:4000>2:443S", "3:4001>2:443S", "1=1:server" },
		{ "1:4000>2:443S", "1:4001>3:443S", "1=1:client" },
		{ "1:4000>2:443S", "1:4001>2:80S", "1=1:hosts" },
		{ "1:4000>2:443S", "3:4001>4:443S", "1=1:port" },
		{ "1:4000>2:443S", "3:4001>2:80S", "1=1:one-server" },
		{ "1:4000>2:443S", "1:4001>3:80S", "1=1:one-client" },
		{ "1:4000>2:443S", "3:4001>4:80S", "1=1:protocol" },
		/* Of another protocol it is nothing's. */
		{ "1:4000>2:53S", "1:4000>2:53u", "1= =1" },
		/* What says more goes first, whatever the order. */
		{ "1:1>2:443S 1:2>2:443S", "1:2>2:443S 1:3>2:443S",
		  "1=2:client-port 2=1:flow" },
		{ "1:1>2:443S", "3:1>2:443S 1:2>2:443S", "1=2:client-port =1" },
		/* The first with the first, where nothing else tells them apart ... */
		{ "1:1>2:443S 1:2>2:443S", "1:3>2:443S 1:4>2:443S",
		  "1=1:client-port 2=2:client-port" },
		/* ... but not where next to nothing is the same. */
		{ "1:1>2:443S", "3:1>4:443S 5:1>6:443S", "1= =1 =2" },
		{ "1:1>2:443S", "3:1>4:80S 5:1>6:81S", "1= =1 =2" },
		/* Kinds: a SYN is held against a SYN, the second against the second. */
		{ "1:1>2:443S 2:443>1:1A 1:1>2:443d",
		  "1:2>2:443S 1:2>2:443S 2:443>1:2R",
		  "1=1:client-port 2= 3= =2 =3" },
		{ "1:1>2:443S 2:443>1:1A 1:1>2:443d 1:1>2:443d",
		  "1:1>2:443S 2:443>1:1A 1:1>2:443d",
		  "1=1:flow 2=2:flow 3=3:flow 4=" },
		/* An answer alone tells who the client is. */
		{ "2:443>1:1A", "2:443>1:2A", "1=1:client-port" },
		/* What DNAT has made of it answers. */
		{ "1:1>9:80S=2:8080 2:8080>1:1A", "1:1>9:80S=2:8080 2:8080>1:1A",
		  "1=1:flow 2=2:flow" },
		/* Echoes: the id is the kernel's choice, request is no reply. */
		{ "1:7>2:0e 2:7>1:0r", "1:8>2:0e", "1=1:client-port 2=" },
		{ "1:7>2:0r", "1:8>2:0e", "1= =1" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static struct made made[PAIR_SIDES][PACKETS];
		struct journey *j[PAIR_SIDES][PACKETS];
		struct journey *const *both[PAIR_SIDES] = { j[0], j[1] };
		uint32_t n[PAIR_SIDES] = { make_all(made[0], j[0], rows[i].a),
					   make_all(made[1], j[1], rows[i].b) };
		struct pairs p;
		char text[256];

		assert_true(pairs_find(&p, both, n));
		write_pairs(text, sizeof(text), &p);
		if (strcmp(text, rows[i].pairs) != 0)
			fail_msg("%s | %s: %s, not %s", rows[i].a, rows[i].b,
				 text, rows[i].pairs);
		pairs_free(&p);
	}
}

static struct place place_of(const char *rule, uint32_t number)
{
	return (struct place){
		.rule = rule, .rule_len = (uint32_t)strlen(rule),
		.table = "filter", .chain = "C", .chain_len = 1,
		.number = number, .kind = PLACE_RULE,
	};
}

static void test_texts(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ "-A C -p tcp -j ACCEPT", "-A C -p tcp -j ACCEPT", true },
		{ "-A C -p tcp -j ACCEPT", "-A C -p udp -j ACCEPT", false },
		{ "-A C -p tcp -j ACCEPT", "-A C -p tcp", false },
		{ "[1:60] -A C -j DROP", "[20:1200] -A C -j DROP", true },
		{ "[1:60] -A C -j DROP", "-A C -j DROP", true },
		{ "-A C -c 1 60 -j DROP", "-A C -c 2 120 -j DROP", true },
		{ "tcp dport 1 counter packets 1 bytes 60 drop",
		  "tcp dport 1 counter packets 2 bytes 120 drop", true },
		{ "tcp dport 1 counter packets 1 bytes 60 drop",
		  "tcp dport 1 counter drop", true },
		{ "quota over 500 bytes used 60 bytes drop",
		  "quota over 500 bytes used 120 bytes drop", true },
		{ "quota over 500 bytes used 60 bytes drop",
		  "quota over 600 bytes used 60 bytes drop", false },
		{ "ct bytes 60 drop", "ct bytes 61 drop", false },
		{ "limit rate 10/second burst 5 packets accept",
		  "limit rate 10/second burst 6 packets accept", false },
		/* What is in quotes is no count. */
		{ "-A C -m comment --comment \"packets 1 bytes 2\"",
		  "-A C -m comment --comment \"packets 2 bytes 2\"", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct place a = place_of(rows[i].a, 1),
			     b = place_of(rows[i].b, 2);

		if (same_rule(&a, &b) != rows[i].same ||
		    same_rule(&b, &a) != rows[i].same)
			fail_msg("%s | %s", rows[i].a, rows[i].b);
	}
}

static void test_rules_without_text(void **state)
{
	struct place a = place_of("", 1), b = place_of("", 1),
		     c = place_of("", 2), text = place_of("-A C -j DROP", 1);

	(void)state;
	assert_true(same_rule(&a, &b));
	assert_false(same_rule(&a, &c));
	assert_false(same_rule(&a, &text));
	/* The end of a chain is that, however many rules it has. */
	a.kind = c.kind = PLACE_RETURN;
	assert_true(same_rule(&a, &c));
	c.chain = "D";
	assert_false(same_rule(&a, &c));
}

static void forget_index(struct side_index *x)
{
	free(x->bucket);
	free(x->next);
}

static void find_changed(struct changed *c, struct side side[PAIR_SIDES])
{
	for (unsigned int s = 0; s < PAIR_SIDES; s++)
		assert_true(side_index(&side[s]));
	changed_find(c, side);
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		forget_index(&side[s].by_rule);
		forget_index(&side[s].by_number);
	}
}

/* "+1 TEXT": numbers and texts of both sides' rules, and what is told of them. */
static void test_changed(void **state)
{
	static const struct {
		struct place a[3], b[3];
		const char *told;
	} *r, rows[] = {
#define RULE(n, text) { .rule = text, .rule_len = sizeof(text) - 1, \
	.table = "filter", .chain = "C", .chain_len = 1, .number = n, \
	.kind = PLACE_RULE }
#define POLICY(n, text) { .rule = text, .rule_len = sizeof(text) - 1, \
	.table = "filter", .chain = "C", .chain_len = 1, .number = n, \
	.kind = PLACE_POLICY, .backend = EVENT_LEGACY }
		{ { RULE(1, "-A C -j X"), RULE(2, "-A C -j Y") },
		  { RULE(1, "-A C -j X"), RULE(2, "-A C -j Y") }, "" },
		{ { RULE(1, "-A C -j X") }, { RULE(1, "-A C -j Y") }, "text 1 1;" },
		{ { RULE(1, "-A C -j X") }, { RULE(2, "-A C -j Y") }, "" },
		/* One was put in front of both: the first that stands elsewhere is told. */
		{ { RULE(1, "-A C -j X"), RULE(2, "-A C -j Y") },
		  { RULE(1, "-A C -j Z"), RULE(2, "-A C -j X"),
		    RULE(3, "-A C -j Y") }, "place 1 2;" },
		/* Which of two that say the same it is nobody knows. */
		{ { RULE(1, "-A C -j X"), RULE(3, "-A C -j X") },
		  { RULE(3, "-A C -j X") }, "" },
		{ { POLICY(1, "-P C ACCEPT") }, { POLICY(2, "-P C DROP") },
		  "text 1 2;" },
		{ { POLICY(1, "-P C DROP") }, { POLICY(2, "-P C DROP") }, "" },
	};

	(void)state;
	for (r = rows; r < rows + ARRAY_SIZE(rows); r++) {
		static struct changed c;
		const struct place *rule[PAIR_SIDES][3];
		struct side side[PAIR_SIDES] = { { NULL } };
		char text[256] = "";
		size_t n = 0;

		for (unsigned int s = 0; s < PAIR_SIDES; s++) {
			const struct place *all = s ? r->b : r->a;

			side[s].rule = rule[s];
			while (side[s].rules < 3 && all[side[s].rules].rule) {
				rule[s][side[s].rules] = &all[side[s].rules];
				side[s].rules++;
			}
		}
		find_changed(&c, side);
		for (uint32_t i = 0; i < c.count; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
				"%s %u %u;", c.rule[i].how == CHANGED_TEXT ?
				"text" : "place", c.rule[i].at[0]->number,
				c.rule[i].at[1]->number);
		assert_string_equal(text, r->told);
	}
}

/* Each of the thousands at one place is another: to look for all among all takes an hour. */
static void test_changed_ends(void **state)
{
	enum { RULES = 3000, TEXT = 24 };
	static struct place rule[PAIR_SIDES][RULES];
	static const struct place *at[PAIR_SIDES][RULES];
	static char text[PAIR_SIDES][RULES][TEXT];
	static struct changed c;
	struct side side[PAIR_SIDES] = { { NULL } };

	(void)state;
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		for (unsigned int i = 0; i < RULES; i++) {
			snprintf(text[s][i], TEXT, "-A C -j %c%u", 'A' + s, i);
			rule[s][i] = place_of(text[s][i], 1);
			at[s][i] = &rule[s][i];
		}
		side[s].rule = at[s];
		side[s].rules = RULES;
	}
	find_changed(&c, side);
	assert_int_equal(c.count, CHANGED_MAX);
	assert_true(c.more);
}

/* Of what is the same the keys are, counters and all. */
static void test_keys(void **state)
{
	static const char *const texts[][2] = {
		{ "-A x -j DROP", "-A x -j DROP" },
		{ "udp dport 7 counter packets 3 bytes 9 drop",
		  "udp dport 7 counter packets 12 bytes 99 drop" },
		{ "[3:4] -A x -p udp -j ACCEPT", "[55:6] -A x -p udp -j ACCEPT" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct place at[2];

		for (unsigned int s = 0; s < 2; s++)
			at[s] = (struct place){
				.id = s, .table = "filter", .chain = "x",
				.chain_len = 1, .kind = PLACE_RULE, .number = 4,
				.rule = texts[i][s],
				.rule_len = (uint32_t)strlen(texts[i][s]),
			};
		assert_true(same_rule(&at[0], &at[1]));
		assert_true(same_rule_key(&at[0]) == same_rule_key(&at[1]));
		assert_true(same_number_key(&at[0]) == same_number_key(&at[1]));
		at[1].number = 5;
		assert_false(same_number_key(&at[0]) == same_number_key(&at[1]));
	}
}

enum { MANY = 40000 };

/* All of one chain, each another text: to find one takes no walk through all. */
static void test_many_rules(void **state)
{
	struct place *at = calloc(MANY, sizeof(*at));
	char (*text)[32] = calloc(MANY, sizeof(*text));
	const struct place **rule = calloc(MANY, sizeof(*rule));
	struct side side[PAIR_SIDES] = { { .rules = MANY }, { .rules = MANY } };
	struct changed c;
	struct place other;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(text[i], sizeof(text[i]), "-A x -s 10.%u.%u.1", i >> 8, i & 255);
		at[i] = (struct place){
			.id = i, .table = "filter", .chain = "x", .chain_len = 1,
			.kind = PLACE_RULE, .number = i + 1, .rule = text[i],
			.rule_len = (uint32_t)strlen(text[i]),
		};
		rule[i] = &at[i];
	}
	side[0].rule = side[1].rule = rule;
	assert_true(side_index(&side[0]));
	for (unsigned int i = 0; i < MANY; i++) {
		other = at[i];
		assert_true(side_has(&side[0], &other));
		assert_null(side_instead(&side[0], &other));
		other.rule = "-A x -j DROP";
		other.rule_len = (uint32_t)strlen(other.rule);
		assert_false(side_has(&side[0], &other));
		assert_ptr_equal(side_instead(&side[0], &other), &at[i]);
	}
	changed_find(&c, side);
	assert_true(c.cut);
	side[0].rule = NULL;
	side_free(&side[0]);
	free(at);
	free(text);
	free(rule);
}

/* What was left out is told, and nothing where nothing was. */
static void test_rest(void **state)
{
	static char room[4096];
	struct outbuf o = { .buf = room, .size = sizeof(room), .fd = -1 };
	struct diff_counts n = { .same = 3 };

	(void)state;
	diff_form_json.end(&o, NULL, &n);
	assert_int_equal(o.tail, 0);
	n.more[1] = 7;
	n.cut = true;
	diff_form_json.end(&o, NULL, &n);
	room[o.tail] = '\0';
	assert_string_equal(room, "{\"schema\":2,\"diff\":\"rest\",\"a\":false,"
			    "\"b\":true,\"rules\":true}\n");
	o.tail = 0;
	diff_form_text.end(&o, NULL, &n);
	room[o.tail] = '\0';
	assert_string_equal(room, "not all packets of B were compared: there are too many\n"
			    "not all rules were compared: there are too many\n"
			    "the same way: 3 pairs of packets\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_rules_without_text),
		cmocka_unit_test(test_changed),
		cmocka_unit_test(test_changed_ends),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_many_rules),
		cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
