// SPDX-License-Identifier: GPL-2.0-or-later
/* line_fit: what gives way in a line that is too wide, and how it is cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/columns.h"
#include "base/outbuf.h"
#include "report/line_fit.h"
#include "tests/unit/in_range.h"

static struct outbuf out;
static struct line line;

static int begin(void **state)
{
	(void)state;
	line = (struct line){ .o = &out };
	if (outbuf_open(&out, open("/dev/null", O_WRONLY | O_CLOEXEC)))
		return -1;
	outbuf_begin(&out);
	return 0;
}

static int end(void **state)
{
	(void)state;
	close(out.fd);
	outbuf_close(&out);
	return 0;
}

static void put(enum line_kind kind, const char *text)
{
	line_part(&line, kind);
	outbuf_text(&out, text);
}

static void expect(size_t width, const char *want)
{
	line_fit(&line, width);
	outbuf_bytes(&out, "", 1);
	assert_string_equal(outbuf_record(&out, 0), want);
}

static void what_fits_stays(void **state)
{
	(void)state;
	put(LINE_FIXED, "DROP ");
	put(LINE_IN, " in w1");
	assert_int_equal(line_columns(&line), 11);
	assert_false(line_fit(&line, 11));
	expect(11, "DROP  in w1");
}

static void least_goes_first(void **state)
{
	(void)state;
	put(LINE_FIXED, "DROP by ");
	put(LINE_FAMILY, "nft ip ");
	put(LINE_BY_TABLE, "filter:");
	put(LINE_BY_CHAIN, "FORWARD:1");
	put(LINE_FIXED, " via ");
	put(LINE_FAMILY, "nft ip ");
	put(LINE_VIA, "INPUT:3");
	assert_true(line_fit(&line, 42));
	expect(42, "DROP by filter:FORWARD:1 via INPUT:3");
}

static void no_more_than_needed(void **state)
{
	(void)state;
	put(LINE_OWNER, " [Calico: policy default/dns-and-web, egress]");
	expect(40, " [Calico: policy default/dns-and-web, ~]");
}

static void rules_keep_their_number(void **state)
{
	(void)state;
	put(LINE_BY_CHAIN, "KUBE-SEP-PODPODPODPODPODPODPODPOD:12");
	expect(28, "KUBE-SEP-PODPODPODPODPOD~:12");
}

static void handles_stay(void **state)
{
	(void)state;
	put(LINE_BY_CHAIN, "endpoint-ABCDEFGH-web/http handle 12");
	expect(28, "endpoint-ABCDEFGH~ handle 12");
}

static void a_number_alone_is_no_place(void **state)
{
	(void)state;
	put(LINE_BY_CHAIN, "1234567890123456789012345678901234567890");
	expect(28, "123456789012345678901234567~");
}

static void addresses_keep_both_ends(void **state)
{
	(void)state;
	put(LINE_SRC, "2001:db8:1234:5678:9abc:def0:1234:5678.65535");
	expect(20, "2001:db8:~5678.65535");
}

static void numbers_are_not_cut(void **state)
{
	(void)state;
	put(LINE_FIXED, "LOST");
	put(LINE_WORDS, ", length 1390");
	put(LINE_REASON, "; longer than the MTU of eth1 (1400) and must not be fragmented, by 1234567");
	expect(74, "LOST~; longer than the MTU of eth1 (1400) and must not be fragmented, by~");
}

static void characters_stay_whole(void **state)
{
	(void)state;
	put(LINE_OWNER, " [\xe8\xa6\x8f\xe5\x89\x87\xe8\xa6\x8f\xe5\x89\x87"
			"\xe8\xa6\x8f\xe5\x89\x87\xe8\xa6\x8f\xe5\x89\x87"
			"\xe8\xa6\x8f\xe5\x89\x87\xe8\xa6\x8f\xe5\x89\x87"
			"\xe8\xa6\x8f\xe5\x89\x87\xe8\xa6\x8f\xe5\x89\x87]");
	assert_int_equal(line_columns(&line), 35);
	line_fit(&line, 27);
	assert_int_equal(line_columns(&line), 26);
	assert_memory_equal(outbuf_record(&out, outbuf_written(&out) - 5),
			    "\xe8\xa6\x8f~]", 5);
}

static void colours_take_no_room_and_stay(void **state)
{
	(void)state;
	put(LINE_COLOR, "\033[1;31m");
	put(LINE_FIXED, "DROP and more");
	put(LINE_COLOR, "\033[0m");
	put(LINE_FIXED, " behind");
	put(LINE_COLOR, "\033[32m");
	expect(10, "\033[1;31mDROP and ~\033[0m\033[32m");
}

/* Whatever the parts and the width: it fits, and only a mark says that something is gone. */
static void everything_fits(void **state)
{
	(void)state;
	srandom(7);
	for (unsigned int round = 0; round < 2000; round++) {
		size_t width = 20 + (size_t)random() % 120;

		outbuf_cut(&out, 0);
		line.parts = 0;
		for (unsigned int i = 0, n = (unsigned int)random() % 40; i < n; i++) {
			line_part(&line, (enum line_kind)(random() % (LINE_OWNER + 1)));
			outbuf_bytes(&out, "table:chain-of-some-length:7 handle 12]\xc3\xa9",
				     (size_t)random() % 42);
		}
		line_fit(&line, width);
		assert_uint_in_range(line_columns(&line), 0, width);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(what_fits_stays),
		TEST(least_goes_first),
		TEST(no_more_than_needed),
		TEST(rules_keep_their_number),
		TEST(handles_stay),
		TEST(a_number_alone_is_no_place),
		TEST(addresses_keep_both_ends),
		TEST(numbers_are_not_cut),
		TEST(characters_stay_whole),
		TEST(colours_take_no_room_and_stay),
		TEST(everything_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
