// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_symbols_test: places get the names of the functions that they are in, whoever asks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "drop/kallsyms.h"
#include "drop/load.h"
#include "drop/symbol_ask.h"
#include "protocol/drop_places.h"
#include "rules/base/units.h"
#include "supervisor/drop_symbols.h"
#include "supervisor/run_state.h"

/* ---- /proc/kallsyms */

static void search(const char *lines, const struct kallsyms_question *q,
		   struct kallsyms_answer *a)
{
	FILE *f = fmemopen((void *)lines, strlen(lines), "r");

	assert_non_null(f);
	memset(a, 'x', sizeof(*a));
	kallsyms_search(f, q, a);
	fclose(f);
}

static void test_nearest_function_below(void **state)
{
	/* In no order, as those of modules. */
	static const char lines[] =
		"ffffffff81000000 T _stext\n"
		"ffffffffc0001000 t nft_do_chain.part.0\t[nf_tables]\n"
		"ffffffff81000400 d some_data\n"
		"ffffffff81000200 t ip_forward\n"
		"ffffffff81000300 W .weak_one\n"
		"ffffffff81000380 T ip_rcv_finish_core.isra.0\n"
		"junk\n"
		"\n";
	static const struct {
		uint64_t address;
		const char *text;
	} rows[] = {
		{ 0xffffffff81000210, "ip_forward+0x10" },
		/* What returns to where the next one begins was called in the first. */
		{ 0xffffffff81000300, "ip_forward+0x100" },
		{ 0xffffffff81000301, ".weak_one+0x1" },
		{ 0xffffffff81000420, "ip_rcv_finish_core+0xa0" },
		{ 0xffffffffc0001010, "nft_do_chain+0x10" },
		{ 0xffffffff81000000, "" },
		{ 0xffffffff90000000, "" },
		{ UINT64_MAX, "" },
		{ 0, "" },
	};
	struct kallsyms_question q = { .count = ARRAY_SIZE(rows) };
	struct kallsyms_answer a;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		q.address[i] = rows[i].address;
	search(lines, &q, &a);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(a.text[i], rows[i].text);
}

/* As whoever may not see addresses reads them. */
static void test_only_zeros(void **state)
{
	struct kallsyms_question q = { .count = 1, .address = { 0x10 } };
	struct kallsyms_answer a;

	(void)state;
	search("0000000000000000 T ip_forward\n", &q, &a);
	assert_string_equal(a.text[0], "");
}

static void test_long_names(void **state)
{
	struct kallsyms_question q = {
		.count = 1, .address = { 0xffffffff81000010 },
	};
	char line[400] = "ffffffff81000000 T ";
	struct kallsyms_answer a;

	(void)state;
	memset(line + strlen(line), 'n', 300);
	search(line, &q, &a);
	assert_true(strlen(a.text[0]) < KALLSYMS_TEXT);
	assert_non_null(strstr(a.text[0], "nnn+0x10"));
}

/* ---- the kernel's own word */

static void test_as_a_backtrace(void **state)
{
	static const struct {
		const char *printed, *text;
	} rows[] = {
		{ "ip_rcv_core+0x10/0x3c0", "ip_rcv_core+0x10" },
		{ "ip_rcv_core.isra.0+0x1a/0x3c0", "ip_rcv_core+0x1a" },
		{ "nft_do_chain.part.0+0x5/0x9 [nf_tables]", "nft_do_chain+0x5" },
		{ ".weak_one+0x1/0x2", ".weak_one+0x1" },
		{ "0xffffffff81000000", "" },
		{ "+0x1/0x2", "" },
		{ "", "" },
	};
	char text[KALLSYMS_TEXT], long_name[300];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		symbol_ask_read(text, rows[i].printed);
		assert_string_equal(text, rows[i].text);
	}
	memset(long_name, 'n', sizeof(long_name));
	strcpy(long_name + sizeof(long_name) - 10, "+0x10/0x2");
	symbol_ask_read(text, long_name);
	assert_true(strlen(text) < KALLSYMS_TEXT);
	assert_non_null(strstr(text, "nnn+0x10"));
	memset(long_name + 5, '+', 100);
	symbol_ask_read(text, long_name);
	assert_true(strlen(text) < KALLSYMS_TEXT);
}

/* Addresses in functions all over the kernel: so many, each KALLSYMS_MAX. */
enum { ASKED_OFTEN = 4 };

static bool pick_addresses(struct kallsyms_question q[ASKED_OFTEN])
{
	enum { EVERY = 197 };
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[1024], kind;
	unsigned int seen = 0, n = 0;
	unsigned long long at;

	memset(q, 0, ASKED_OFTEN * sizeof(*q));
	while (f && n < ASKED_OFTEN * KALLSYMS_MAX && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx %c", &at, &kind) != 2 || !at ||
		    !strchr("tT", kind) || strchr(line, '[') || seen++ % EVERY)
			continue;
		q[n / KALLSYMS_MAX].address[n % KALLSYMS_MAX] = at + 1 + seen % 16;
		q[n++ / KALLSYMS_MAX].count++;
	}
	if (f)
		fclose(f);
	return n == ASKED_OFTEN * KALLSYMS_MAX;
}

static void test_as_kallsyms_has_it(void **state)
{
	static struct kallsyms_question q[ASKED_OFTEN];
	static struct kallsyms_answer told, read;
	FILE *f;

	(void)state;
	/* Addresses, and bpf(2), are root's. */
	if (!pick_addresses(q) || !symbol_ask(&q[0], &told))
		skip();
	for (int i = 0; i < ASKED_OFTEN; i++) {
		assert_true(symbol_ask(&q[i], &told));
		f = fopen("/proc/kallsyms", "re");
		assert_non_null(f);
		kallsyms_search(f, &q[i], &read);
		fclose(f);
		for (uint32_t n = 0; n < q[i].count; n++)
			assert_string_equal(told.text[n], read.text[n]);
	}
}

/* ---- the questions */

static void test_each_place_once(void **state)
{
	static struct drop_places q;
	bool fresh;

	(void)state;
	for (int i = 0; i < DROP_PLACES; i++) {
		assert_int_equal(drop_places_note(&q, 1000 + (uint64_t)i,
						  &fresh), i);
		assert_true(fresh);
		assert_int_equal(drop_places_note(&q, 1000, &fresh), 0);
		assert_false(fresh);
	}
	assert_int_equal(drop_places_note(&q, 5, &fresh), -1);
	assert_false(fresh);
	assert_int_equal(drop_places_note(&q, 1000 + DROP_PLACES - 1, &fresh),
			 DROP_PLACES - 1);
}

/* ---- the supervisor */

struct supervised {
	struct run_reader rd;
	struct drop_job job;
	int reader_end;
};

static int open_run(void **state)
{
	struct supervised *s = calloc(1, sizeof(*s));
	int pair[2];

	if (!s || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		return -1;
	s->rd.process.fd = pair[0];
	s->reader_end = pair[1];
	s->rd.stats = stats_open();
	drop_source_open(&s->rd.drops);
	s->job.secret = UINT64_C(0xfedcba9876543210);
	s->rd.drops.job = &s->job;
	*state = s;
	return s->rd.stats ? bulletin_open(&s->rd.board) : -1;
}

static int close_run(void **state)
{
	struct supervised *s = *state;

	bulletin_close(&s->rd.board);
	stats_close(s->rd.stats);
	close(s->rd.process.fd);
	close(s->reader_end);
	helper_collect(true);
	free(s);
	return 0;
}

static const char *symbol(const struct supervised *s, int slot)
{
	return drop_places_symbol(&s->rd.board.view->drop_place[slot]);
}

static bool answered(const struct supervised *s, int slot)
{
	return drop_places_answered(&s->rd.board.view->drop_place[slot]);
}

/* A function of the kernel's that is called by that name everywhere; 0: untold. */
static uint64_t address_of(const char *name)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[1024], found[128];
	unsigned long long at;
	uint64_t address = 0;

	while (f && !address && fgets(line, sizeof(line), f))
		if (sscanf(line, "%llx %*c %127s", &at, found) == 2 &&
		    strcmp(found, name) == 0)
			address = at;
	if (f)
		fclose(f);
	return address;
}

static void test_answers(void **state)
{
	struct supervised *s = *state;
	struct drop_places *q = &s->rd.stats->drop_places;
	uint64_t code = address_of("netif_receive_skb");
	char word[256];
	bool fresh;

	if (!code)
		skip();
	drop_places_note(q, code + 0x10 + s->job.secret, &fresh);
	drop_places_note(q, 77, &fresh);
	assert_false(answered(s, 0));
	assert_null(symbol(s, 0));
	drop_symbols_start(&s->rd);
	/* Asked while the helper reads: it is asked for as well. */
	drop_places_note(q, code + 0x11 + s->job.secret, &fresh);
	drop_symbols_start(&s->rd);
	drop_symbols_finish(&s->rd);
	assert_string_equal(symbol(s, 0), "netif_receive_skb+0x10");
	assert_true(answered(s, 1));
	assert_null(symbol(s, 1));
	assert_false(answered(s, 2));
	drop_symbols_finish(&s->rd);
	assert_string_equal(symbol(s, 2), "netif_receive_skb+0x11");
	assert_false(answered(s, 3));
	assert_true(recv(s->reader_end, word, sizeof(word), MSG_DONTWAIT) > 0);
	assert_int_equal(s->rd.drops.symbols.pid, -1);
}

/* A reader that was taken over writes whatever it likes. */
static void test_anything_asked(void **state)
{
	struct supervised *s = *state;
	struct drop_places *q = &s->rd.stats->drop_places;

	memset(q, 0xff, sizeof(*q));
	drop_symbols_start(&s->rd);
	drop_symbols_finish(&s->rd);
	for (int i = 0; i < DROP_PLACES; i++)
		assert_true(answered(s, i));
	/* Each place has one answer. */
	memset(q, 0x11, sizeof(*q));
	drop_symbols_start(&s->rd);
	assert_int_equal(s->rd.drops.symbols.pid, -1);
	q->count = 3;
	drop_symbols_start(&s->rd);
	assert_int_equal(s->rd.drops.symbols.pid, -1);
}

int main(void)
{
#define WITH_RUN(test) cmocka_unit_test_setup_teardown(test, open_run, close_run)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearest_function_below),
		cmocka_unit_test(test_only_zeros),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_as_a_backtrace),
		cmocka_unit_test(test_as_kallsyms_has_it),
		cmocka_unit_test(test_each_place_once),
		WITH_RUN(test_answers),
		WITH_RUN(test_anything_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
