// SPDX-License-Identifier: GPL-2.0-or-later
/* several_test: which packet goes on as which, and the texts of several runs in order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rules/base/units.h"
#include "several/merge.h"
#include "several/stream.h"
#include "tests/unit/in_range.h"

#define MS UINT64_C(1000000)

/* Interface 2 of space 0 and 5 of space 1, a port of bridge 9, are one cable. */
static struct cable one_cable = { { { 0, 2, 0 }, { 1, 5, 9 } } };
static const struct cables cables = { &one_cable, 1 };

static const struct join_packet leaves = { 0, {
	.number = 1, .first_ns = 1000 * MS, .key = 7, .ends = { 10, 11 },
	.ttl = { 64, 64 }, .out = 2,
} };
static const struct join_packet comes = { 1, {
	.number = 4, .first_ns = 1001 * MS, .key = 7, .ends = { 11, 12 },
	.ttl = { 64, 63 }, .in = 5, .out = 6,
} };

static uint64_t next_of(struct join *j, const struct join_packet *p)
{
	const struct join_packet *next = join_next(j, p);

	return next ? next->frame.number : 0;
}

static struct join two(struct join_packet a, struct join_packet b)
{
	struct join j;

	assert_int_equal(join_open(&j, &cables), 0);
	join_add(&j, &a);
	join_add(&j, &b);
	return j;
}

static void joined(void **state)
{
	struct join j = two(leaves, comes);

	(void)state;
	assert_int_equal(next_of(&j, &leaves), 4);
	assert_int_equal(next_of(&j, &comes), 0);
	assert_int_equal(join_before(&j, &comes)->frame.number, 1);
	assert_null(join_before(&j, &leaves));
	join_close(&j);
}

/* By the bridge as well; forwarded, and seen before the TTL went down. */
static void joined_as_well(void **state)
{
	struct join_packet a = leaves, b = comes;
	struct join j;

	(void)state;
	b.frame.in = 9;
	j = two(a, b);
	assert_int_equal(next_of(&j, &a), 4);
	join_close(&j);
	b.frame.ttl[0] = 63;
	j = two(a, b);
	assert_int_equal(next_of(&j, &a), 0);
	join_close(&j);
	a.frame.forwarded = true;
	j = two(a, b);
	assert_int_equal(next_of(&j, &a), 4);
	join_close(&j);
}

static void not_proven(void **state)
{
	struct join_packet other[9];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(other); i++)
		other[i] = comes;
	other[0].frame.key++;
	other[1].frame.ends[0]++;
	other[2].frame.ttl[0]--;
	other[3].frame.in = 6;
	other[4].frame.in = 0;
	other[5].frame.first_ns += JOIN_NS;
	other[6].frame.first_ns = leaves.frame.first_ns - JOIN_NS - 1;
	other[7].space = 2;
	other[8].space = 0;
	for (size_t i = 0; i < ARRAY_SIZE(other); i++) {
		struct join j = two(leaves, other[i]);

		assert_int_equal(next_of(&j, &leaves), 0);
		assert_null(join_before(&j, &other[i]));
		join_close(&j);
	}
}

/* Of twins nobody knows which is which, on either side. */
static void twins(void **state)
{
	struct join_packet twin = comes;
	struct join j = two(leaves, comes);

	(void)state;
	twin.frame.number = 5;
	join_add(&j, &twin);
	assert_int_equal(next_of(&j, &leaves), 0);
	assert_null(join_before(&j, &comes));
	join_close(&j);

	j = two(leaves, comes);
	twin = leaves;
	twin.frame.number = 2;
	join_add(&j, &twin);
	assert_int_equal(next_of(&j, &leaves), 0);
	assert_int_equal(next_of(&j, &twin), 0);
	assert_null(join_before(&j, &comes));
	join_close(&j);
}

static void forgotten(void **state)
{
	struct join j = two(leaves, comes);
	struct join_packet other = { 3, { .key = 1 } };

	(void)state;
	for (int i = 0; i < JOIN_KEPT; i++)
		join_add(&j, &other);
	assert_int_equal(next_of(&j, &leaves), 0);
	join_close(&j);
}

/* What came out of a stream, a line each. */
static char told[1024];

static void tell(void *arg, const struct frame *f, const char *text, size_t len)
{
	(void)arg;
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%d<%.*s>",
		 f ? (int)f->number : -1, (int)len, text);
}

/* However the bytes come, and however many at a time. */
static void apart(void **state)
{
	static const char bytes[] =
		"begin\n"
		"\x1e" "1 5 a b c 64 63 2 3 1\n" "one\n two\n" "\x1e\n"
		"beside\n"
		"\x1e" "2 5 a b c 64 63 2 3 1\n"		/* there was no room for it */
		"\x1e" "3 5 a b c 64 63 2 3 1\n" "three\n" "\x1e\n"
		"\x1e" "nonsense\n" "\x1e\n"
		"no end";
	static const char expected[] =
		"-1<begin\n>1<one\n two\n>-1<beside\n>3<three\n>-1<no end>";

	(void)state;
	for (size_t step = 1; step < sizeof(bytes); step++) {
		struct stream s;
		int fd[2], err = 0;

		assert_int_equal(pipe(fd), 0);
		stream_open(&s, fd[0]);
		told[0] = '\0';
		for (size_t at = 0; at < sizeof(bytes) - 1; at += step) {
			size_t n = sizeof(bytes) - 1 - at;

			n = n < step ? n : step;
			assert_int_equal(write(fd[1], bytes + at, n), n);
			assert_int_equal(stream_read(&s, tell, NULL), 0);
		}
		close(fd[1]);
		while (!err)
			err = stream_read(&s, tell, NULL);
		assert_int_equal(err, 1);
		assert_string_equal(told, expected);
		stream_close(&s);
	}
}

static void frame_line(void **state)
{
	struct frame f;

	(void)state;
	assert_true(frame_read(&f, "7 8 a b c 64 63 2 3 1"));
	assert_int_equal(f.number, 7);
	assert_int_equal(f.ends[1], 12);
	assert_int_equal(f.ttl[1], 63);
	assert_int_equal(f.out, 3);
	assert_true(f.forwarded);
	assert_false(frame_read(&f, ""));
	assert_false(frame_read(&f, "7 8 a"));
}

static const struct merge_space spaces[] = {
	{ .label = "web", .inode = 40 }, { .label = "node", .inode = 41 },
};

/* Return: free(3) it */
static char *merged(enum merge_form form, const char *from, const char *to,
		    uint64_t most)
{
	struct merge m;
	char *text;
	size_t len;

	assert_int_equal(merge_open(&m, spaces, 2, &cables, form), 0);
	m.out = open_memstream(&text, &len);
	m.most = most;
	/* The later one comes first, and waits. */
	assert_int_equal(merge_add(&m, 1, &comes.frame, to, strlen(to), 0), 0);
	assert_int_equal(merge_print(&m, 0), MERGE_MS);
	assert_int_equal(merge_add(&m, 0, &leaves.frame, from, strlen(from), 1), 0);
	assert_int_equal(m.printed, 0);
	merge_over(&m, 0);
	merge_over(&m, 1);
	assert_int_equal(merge_print(&m, 2), -1);
	fclose(m.out);
	merge_close(&m);
	return text;
}

static void merging(void **state)
{
	static const struct {
		enum merge_form form;
		const char *from, *to, *expected;
		uint64_t most;
	} rows[] = {
		{ MERGE_BLOCK, "#1 a\n=> SENT\n", "#4 b\n", "[web] #1 a\n=> SENT\n"
		  "  continues as #4 in node\n[node] #4 b\n  was #1 in web\n", 0 },
		{ MERGE_LINE, "a\n", "b\n",
		  "[web] a  continues as #4 in node\n[node] b\n", 0 },
		{ MERGE_JSON, "{\"x\":{}}\n", "{\"y\":1}\n", "{\"x\":{},"
		  "\"continues\":{\"netns\":\"41\",\"packet\":4}}\n{\"y\":1}\n", 0 },
		{ MERGE_LINE, "a\n", "b\n", "[web] a  continues as #4 in node\n", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *text = merged(rows[i].form, rows[i].from, rows[i].to,
				    rows[i].most);

		assert_string_equal(text, rows[i].expected);
		free(text);
	}
}

/* What is printed is @text, from the close of .out on. */
static void open_lines(struct merge *m, char **text, size_t *len)
{
	assert_int_equal(merge_open(m, spaces, 2, &cables, MERGE_LINE), 0);
	m->out = open_memstream(text, len);
}

/* Of a join it is proven which came first, and of a time of reading it is not. */
static void order_by_join(void **state)
{
	struct frame early = comes.frame;
	struct merge m;
	char *text;
	size_t len;

	(void)state;
	early.first_ns = leaves.frame.first_ns - MS;
	open_lines(&m, &text, &len);
	assert_int_equal(merge_add(&m, 1, &early, "b\n", 2, 0), 0);
	assert_int_equal(merge_add(&m, 0, &leaves.frame, "a\n", 2, 0), 0);
	merge_over(&m, 0);
	merge_over(&m, 1);
	assert_int_equal(merge_print(&m, 0), -1);
	fclose(m.out);
	assert_string_equal(text, "[web] a  continues as #4 in node\n[node] b\n");
	free(text);
	merge_close(&m);
}

/* Nobody waits for a run that sees nothing; nor is said beside what was not told. */
static void waiting(void **state)
{
	struct merge m;
	char *text;
	size_t len;

	(void)state;
	open_lines(&m, &text, &len);
	assert_int_equal(merge_add(&m, 0, &leaves.frame, "a\n", 2, 100), 0);
	assert_int_equal(merge_add(&m, 0, NULL, "late\n", 5, 100), 0);
	assert_int_equal(merge_print(&m, 100 + MERGE_MS - 1), 1);
	m.patient = true;
	assert_int_equal(merge_print(&m, 100 + MERGE_MS), -1);
	assert_int_equal(m.printed, 0);
	m.patient = false;
	assert_int_equal(merge_print(&m, 100 + MERGE_MS), -1);
	fclose(m.out);
	assert_string_equal(text, "[web] a\n[web] late\n");
	free(text);
	merge_close(&m);
}

/* A reader that was taken over dates each of its packets before all that wait. */
static void overtaken(void **state)
{
	struct frame f = leaves.frame;
	struct merge m;
	char *text;
	size_t len;

	(void)state;
	open_lines(&m, &text, &len);
	assert_int_equal(merge_add(&m, 0, &f, "honest\n", 7, 100), 0);
	for (uint64_t ms = 101; ms < 100 + MERGE_MS; ms += 100) {
		f.first_ns--;
		assert_int_equal(merge_add(&m, 1, &f, "forged\n", 7, ms), 0);
		assert_int_equal(merge_print(&m, ms), 100 + MERGE_MS - ms);
	}
	assert_int_equal(merge_print(&m, 100 + MERGE_MS), -1);
	fclose(m.out);
	assert_non_null(strstr(text, "[web] honest\n"));
	free(text);
	merge_close(&m);
}

/* Nor does it fill the memory, in whatever order its packets are. */
static void bounded(void **state)
{
	enum { PART = 8 << 20 };
	char *part = calloc(1, PART);
	struct frame f = leaves.frame;
	struct merge m;

	(void)state;
	assert_non_null(part);
	assert_int_equal(merge_open(&m, spaces, 2, &cables, MERGE_LINE), 0);
	m.out = fopen("/dev/null", "w");
	m.patient = true;
	for (unsigned int i = 0; i < MERGE_KEPT / PART; i++) {
		f.first_ns--;
		assert_int_equal(merge_add(&m, 1, &f, part, PART, 0), 0);
		merge_print(&m, 0);
	}
	assert_int_equal(m.printed, 1);
	assert_uint_in_range(m.kept, MERGE_KEPT - 2 * PART, MERGE_KEPT);
	fclose(m.out);
	merge_close(&m);
	free(part);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(joined),
		cmocka_unit_test(joined_as_well),
		cmocka_unit_test(not_proven),
		cmocka_unit_test(twins),
		cmocka_unit_test(forgotten),
		cmocka_unit_test(apart),
		cmocka_unit_test(frame_line),
		cmocka_unit_test(merging),
		cmocka_unit_test(order_by_join),
		cmocka_unit_test(waiting),
		cmocka_unit_test(overtaken),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests_name("several", tests, NULL, NULL);
}
