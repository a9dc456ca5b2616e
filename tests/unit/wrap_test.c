// SPDX-License-Identifier: GPL-2.0-or-later
/* wrap_test: how wide a text is, and where a line is broken. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/columns.h"
#include "report/wrap.h"

static struct outbuf out;

static int open_out(void **state)
{
	(void)state;
	return outbuf_open(&out, -1);
}

static int close_out(void **state)
{
	(void)state;
	outbuf_close(&out);
	return 0;
}

/* One wide character among ASCII, or none: where it stands is nothing to the width. */
static void test_columns_anywhere(void **state)
{
	static const char wide[] = "\xe4\xb8\xad";
	enum { ROOM = 80, WIDE = sizeof(wide) - 1 };
	char text[ROOM];

	(void)state;
	for (size_t len = 0; len <= ROOM; len++) {
		memset(text, 'x', sizeof(text));
		assert_int_equal(columns_of(text, len), len);
		for (size_t at = 0; at + WIDE <= len; at++) {
			memset(text, 'x', sizeof(text));
			memcpy(text + at, wide, WIDE);
			assert_int_equal(columns_of(text, len), len - WIDE + 2);
		}
	}
}

/* A line of @width columns in @out, behind something else. */
static struct wrap begin(unsigned int width)
{
	out.head = out.tail = 0;
	outbuf_text(&out, "before\n");
	outbuf_begin(&out);
	return (struct wrap){ .o = &out, .width = width, .indent = 4 };
}

static void assert_out(const char *text)
{
	char got[4096];

	snprintf(got, sizeof(got), "%.*s", (int)outbuf_written(&out),
		 outbuf_record(&out, 0));
	assert_string_equal(got, text);
}

static void flow(struct wrap *w, const char *text)
{
	size_t at = wrap_here(w);

	outbuf_text(w->o, text);
	wrap_flow(w, at);
}

static void unit(struct wrap *w, const char *text)
{
	size_t at = wrap_here(w);

	outbuf_text(w->o, text);
	wrap_unit(w, at);
}

static void test_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} rows[] = {
		{ "", 0 }, { "plain", 5 }, { "just eight and more", 19 },
		{ "Stra\303\237e", 6 },		/* two bytes, one column */
		{ "\346\274\242\345\255\227", 4 },	/* ideographs */
		{ "e\314\201", 1 },		/* combines */
		{ "\360\237\230\200!", 3 },	/* U+1F600 */
		{ "\352\260\200", 2 }, { "\357\274\241", 2 },
		{ "\xff", 1 },			/* none, and counted all the same */
		{ "12345678\303\237", 9 }, { "\342\202", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(columns_of(rows[i].text, strlen(rows[i].text)),
				 rows[i].columns);
}

static void test_fits(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	flow(&w, "twenty columns, just");
	wrap_end(&w);
	assert_out("twenty columns, just\n");
	assert_int_equal(w.column, 0);
}

static void test_flow(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	flow(&w, "twenty columns, and one");
	flow(&w, "  more words behind");
	assert_out("twenty columns, and\n    one  more words\n    behind");
	assert_int_equal(w.column, 10);
}

/* A word that no line has room for stands alone, and nothing of it is lost. */
static void test_long_word(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	flow(&w, "01234 match-set-of-a-very-long-name-there b");
	assert_out("01234\n    match-set-of-a-very-long-name-there\n    b");
	/* The next line would have less room for it. */
	w = begin(20);
	flow(&w, "a match-set-of-a-very-long-name-there b");
	assert_out("a match-set-of-a-very-long-name-there\n    b");
}

static void test_arrows(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	flow(&w, "FORWARD:1 > cali-FORWARD:3 > c:7");
	assert_out("FORWARD:1 >\n    cali-FORWARD:3 >\n    c:7");
	w = begin(20);
	flow(&w, "0123456789 mark 0x0 -> 0x1");
	assert_out("0123456789 mark\n    0x0 -> 0x1");
	w = begin(12);
	flow(&w, "0123456789 -x >y");
	assert_out("0123456789\n    -x >y");
}

/* An option is read with its value. */
static void test_options(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	flow(&w, "-p udp --dport 53 -j DROP");
	assert_out("-p udp --dport 53\n    -j DROP");
	w = begin(20);
	flow(&w, "-m set ! --match-set x src -m udp");
	assert_out("-m set\n    ! --match-set x\n    src -m udp");
	w = begin(20);
	flow(&w, "0123456 --syn --more-of-it");
	assert_out("0123456 --syn\n    --more-of-it");
}

static void test_unit(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	flow(&w, "0123456789");
	unit(&w, "  mark 0x0");
	assert_out("0123456789  mark 0x0");
	unit(&w, "   mark 0x0 -> 1");
	assert_out("0123456789  mark 0x0\n    mark 0x0 -> 1");
	unit(&w, " wider than any line has room for");
	assert_out("0123456789  mark 0x0\n    mark 0x0 -> 1\n"
		   "    wider than any\n    line has room\n    for");
}

/* Colours take no columns: they stand outside what is measured. */
static void test_between(void **state)
{
	struct wrap w = begin(12);

	(void)state;
	flow(&w, "by");
	outbuf_text(&out, "\033[1m");
	flow(&w, " 12345678 9");
	outbuf_text(&out, "\033[0m");
	assert_out("by\033[1m 12345678\n    9\033[0m");
}

static void lines(const char *text, unsigned int width, unsigned int lead)
{
	size_t at;

	begin(width);
	outbuf_text(&out, "\r\033[Kno line of it, however wide it may be ");
	at = outbuf_written(&out);
	outbuf_text(&out, text);
	wrap_lines(&out, at, width, lead);
	outbuf_replace(&out, 0, at, 0);
}

/* Each for itself, further in than it begins. */
static void test_lines(void **state)
{
	(void)state;
	lines("=> a line of more than twenty\n  short\n  and one that is not\nx\n", 20, 0);
	assert_out("=> a line of more\n      than twenty\n  short\n"
		   "  and one that is\n        not\nx\n");
	lines("twenty columns, just\nand here, twenty-one x\n", 20, 0);
	assert_out("twenty columns, just\nand here, twenty-one\n      x\n");
	lines("twenty with [blue] \nand here, twenty just\n", 20, 7);
	assert_out("twenty with\n      [blue] \nand here, twenty\n      just\n");
	lines("no end, more than twenty", 20, 0);
	assert_out("no end, more than twenty");
	lines("", 20, 0);
	assert_out("");
}

/* Colours within a line, and in front of its blanks, take none. */
static void test_lines_colored(void **state)
{
	(void)state;
	lines("\033[1mtwenty\033[0m columns, \033[31mjust\033[0m\n", 20, 0);
	assert_out("\033[1mtwenty\033[0m columns, \033[31mjust\033[0m\n");
	lines("\033[1m  twenty\033[0m columns, \033[31mnot\033[0m\n", 20, 0);
	assert_out("\033[1m  twenty\033[0m columns,\n        \033[31mnot\033[0m\n");
}

static void test_wide(void **state)
{
	struct wrap w = begin(10);

	(void)state;
	flow(&w, "\346\274\242\345\255\227 \346\274\242\345\255\227 x");
	assert_out("\346\274\242\345\255\227 \346\274\242\345\255\227\n    x");
}

static void test_pad(void **state)
{
	struct wrap w = begin(20);

	(void)state;
	wrap_pad(&w, 3);
	flow(&w, "raw");
	wrap_pad(&w, 8);
	flow(&w, "c");
	wrap_pad(&w, 2);
	assert_out("   raw  c ");
}

/* A record that has no room is given up whole, and none is written beside it. */
static void test_overflow(void **state)
{
	struct wrap w = begin(20);
	char blanks[4096];

	(void)state;
	memset(blanks, ' ', sizeof(blanks));
	while (!out.overflow)
		outbuf_bytes(&out, blanks, sizeof(blanks));
	flow(&w, " a word");
	unit(&w, " and another that is long");
	wrap_end(&w);
	assert_false(outbuf_end(&out));
	assert_int_equal(outbuf_pending(&out), strlen("before\n"));
}

static unsigned int lines_in(const char *text, size_t len)
{
	unsigned int n = 1;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

/* Of lines of all sorts of words: as many as are said before they are made. */
static void test_rows(void **state)
{
	static const char *const words[] = {
		" ", "  ", " by ", " -> ", " > ", " -j ", " ! ", " handle ", "a", "long-er",
		"\346\274\242", " \033[31mred\033[0m ", " filter:INPUT:7 ",
	};
	enum { WORDS = sizeof(words) / sizeof(words[0]), LINES = 3000 };
	unsigned int most = 0;

	(void)state;
	srandom(1);
	for (unsigned int i = 0; i < LINES; i++) {
		struct wrap w = begin(12 + (unsigned int)random() % 60);
		unsigned int rows;

		w.column = w.indent;
		for (long n = random() % 30; n; n--)
			outbuf_text(&out, words[random() % WORDS]);
		rows = wrap_rows(&w, 0);
		wrap_flow(&w, 0);
		assert_int_equal(rows, lines_in(outbuf_record(&out, 0),
						outbuf_written(&out)));
		most = rows > most ? rows : most;
	}
	assert_true(most > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_columns_anywhere),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_flow),
		cmocka_unit_test(test_long_word),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_arrows),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_unit),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_lines_colored),
		cmocka_unit_test(test_wide),
		cmocka_unit_test(test_pad),
		cmocka_unit_test(test_overflow),
	};

	return cmocka_run_group_tests(tests, open_out, close_out);
}
