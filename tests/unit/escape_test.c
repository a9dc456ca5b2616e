// SPDX-License-Identifier: GPL-2.0-or-later
/* escape_test: what strangers write reaches neither a terminal nor JSON as they meant it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/escape.h"

struct row {
	const char *in, *text;
	size_t len;
};
#define ROW(in, text) { in, text, sizeof(in) - 1 }

static const struct row rows[] = {
	ROW("", ""),
	ROW("eth0", "eth0"),
	ROW("a\"b\\c", "a\"b\\c"),
	ROW("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"),
	ROW("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"),
	ROW("a\nb\rc\td", "a\\x0ab\\x0dc\\x09d"),
	ROW("\033]0;title\007", "\\x1b]0;title\\x07"),
	ROW("\033[2J", "\\x1b[2J"),
	ROW("a\0b", "a\\x00b"),
	ROW("\x7f", "\\x7f"),
	ROW("\xc2\x9b""2J", "\\xc2\\x9b2J"),		/* C1: CSI */
	ROW("\xc2\x85", "\\xc2\\x85"),			/* next line */
	ROW("\xe2\x80\xa8", "\\xe2\\x80\\xa8"),		/* line separator */
	ROW("\xe2\x80\xae", "\\xe2\\x80\\xae"),		/* right to left */
	ROW("\xe2\x81\xa6", "\\xe2\\x81\\xa6"),		/* isolate */
	ROW("\xd8\x9c", "\\xd8\\x9c"),			/* Arabic mark */
	ROW("\xef\xbb\xbf", "\\xef\\xbb\\xbf"),		/* BOM */
	ROW("\xef\xbf\xbe", "\\xef\\xbf\\xbe"),		/* none at all */
	ROW("\xef\xbf\xbf", "\\xef\\xbf\\xbf"),
	ROW("\xef\xbf\xbd", "\xef\xbf\xbd"),
	ROW("\xff\xfe", "\\xff\\xfe"),
	ROW("\x9b", "\\x9b"),
	ROW("\xc0\xaf", "\\xc0\\xaf"),			/* too long a form */
	ROW("\xe0\x80\x80", "\\xe0\\x80\\x80"),
	ROW("\xed\xa0\x80", "\\xed\\xa0\\x80"),		/* surrogate */
	ROW("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),	/* > 10ffff */
	ROW("\xe2\x82", "\\xe2\\x82"),			/* cut off */
	ROW("\xc3", "\\xc3"),
	ROW("\xc3(", "\\xc3("),
};

/* What a packet carries is bytes, whatever they look like. */
static void bytes_are_ascii(void **state)
{
	static const struct row bytes[] = {
		ROW("", ""),
		ROW("v=spf1 -all", "v=spf1 -all"),
		ROW("gr\xc3\xbc\xc3\x9f", "gr\\xc3\\xbc\\xc3\\x9f"),
		ROW("a\0\033[2J\n", "a\\x00\\x1b[2J\\x0a"),
		ROW("\x7f\xff", "\\x7f\\xff"),
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
		size_t n = escape_ascii(buf, sizeof(buf), bytes[i].in,
					bytes[i].len);

		assert_string_equal(buf, bytes[i].text);
		assert_int_equal(n, strlen(bytes[i].text));
	}
	assert_int_equal(escape_ascii(buf, 5, "ab\xff", 3), 2);
	assert_string_equal(buf, "ab");
}

static void text_is_harmless(void **state)
{
	char buf[256];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = escape_text(buf, sizeof(buf), rows[i].in,
				       rows[i].len);

		assert_string_equal(buf, rows[i].text);
		assert_int_equal(n, strlen(rows[i].text));
	}
}

/* Whatever the room is: terminated, a prefix, and no half of an escape. */
static void text_is_cut_at_characters(void **state)
{
	static const char in[] = "\xc3\xbc\n\xf0\x9f\x98\x80\xe2\x80\xaeZ";
	static const char whole[] =
		"\xc3\xbc\\x0a\xf0\x9f\x98\x80\\xe2\\x80\\xaeZ";
	static const size_t ends[] = { 0, 2, 6, 10, 22, 23 };
	char buf[64];

	(void)state;
	for (size_t size = 1; size < sizeof(buf); size++) {
		size_t n = escape_text(buf, size, in, sizeof(in) - 1), k = 0;

		assert_true(n < size);
		assert_int_equal(strlen(buf), n);
		assert_memory_equal(buf, whole, n);
		while (k < 6 && ends[k] != n)
			k++;
		assert_true(k < 6);
	}
	assert_int_equal(escape_text(buf, 0, in, 1), 0);
}

/* Another reader of JSON gives back what was written. */
static void json_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[300] = "[\"";
		size_t n = 2 + escape_json(buf + 2, sizeof(buf) - 5, rows[i].in,
					   rows[i].len);
		json_error_t error;
		json_t *array, *string;

		memcpy(buf + n, "\"]", 3);
		assert_int_equal(strlen(buf), n + 2);
		array = json_loadb(buf, n + 2, JSON_ALLOW_NUL, &error);
		assert_non_null(array);
		string = json_array_get(array, 0);
		assert_non_null(string);
		/* What is UTF-8 comes back as it was. */
		if (strcmp(rows[i].in, rows[i].text) == 0)
			assert_string_equal(json_string_value(string),
					    rows[i].in);
		json_decref(array);
	}
}

static void json_escapes(void **state)
{
	static const struct row json[] = {
		ROW("\"\\", "\\\"\\\\"), ROW("\n", "\\u000a"),
		ROW("\xff", "\\u00ff"), ROW("\0", "\\u0000"),
		ROW("\xed\xa0\x80", "\\u00ed\\u00a0\\u0080"),
		ROW("\xc2\x9b", "\\u009b"), ROW("\xe2\x80\xae", "\\u202e"),
		ROW("\x7f", "\\u007f"),
		ROW("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"),
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
		size_t n = escape_json(buf, sizeof(buf), json[i].in,
				       json[i].len);

		assert_int_equal(n, strlen(json[i].text));
		assert_memory_equal(buf, json[i].text, n);
	}
	/* Cut off at a character, not within an escape. */
	assert_int_equal(escape_json(buf, 11, "\n\n", 2), 6);
	assert_int_equal(escape_json(buf, 1, "\"", 1), 0);
}

static void html_escapes(void **state)
{
	static const struct row html[] = {
		ROW("<b a=\"'&\">", "&lt;b a=&quot;&#39;&amp;&quot;&gt;"),
		ROW("\033[1m\n", "\\x1b[1m\\x0a"), ROW("\0", "\\x00"),
		ROW("\xff<", "\\xff&lt;"),
		ROW("\xe2\x80\xae", "\\xe2\\x80\\xae"),
		ROW("\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"),
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(html) / sizeof(html[0]); i++) {
		size_t n = escape_html(buf, sizeof(buf), html[i].in,
				       html[i].len);

		assert_int_equal(n, strlen(html[i].text));
		assert_memory_equal(buf, html[i].text, n);
		assert_true(n <= 6 * html[i].len);
	}
	/* Cut off at a character, not within an entity. */
	assert_int_equal(escape_html(buf, 7, "<<", 2), 4);
	assert_int_equal(escape_html(buf, 3, "<", 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_harmless),
		cmocka_unit_test(bytes_are_ascii),
		cmocka_unit_test(text_is_cut_at_characters),
		cmocka_unit_test(json_is_understood),
		cmocka_unit_test(json_escapes),
		cmocka_unit_test(html_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
