// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_queue_test: records leave the ring at once, and wait for their mark in their order. */
#include "reader/drop_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <linux/bpf.h>

#include "drop/ring.h"

enum {
	SIZE = 1 << 12,
	ROOM = (sizeof(struct drop_record) + BPF_RINGBUF_HDR_SZ + 7) & ~7UL,
	FITS = SIZE / ROOM,
};

/* A ring as the kernel maps it, without what is beyond its end. */
static struct {
	struct drop_ring ring;
	unsigned char data[2 * SIZE];
	_Atomic unsigned long head, tail;
	struct drop_queue q;
	uint64_t written;
} t;

static int begin(void **state)
{
	(void)state;
	memset(&t, 0, sizeof(t));
	t.ring = (struct drop_ring){
		.head = &t.head, .tail = &t.tail, .data = t.data, .size = SIZE,
	};
	return 0;
}

static int end(void **state)
{
	(void)state;
	drop_queue_free(&t.q);
	return 0;
}

/* Both halves of the data are the same memory, for the kernel. */
static void put(uint32_t flags)
{
	struct drop_record d = { .when_ns = ++t.written };
	uint32_t header[2] = { (uint32_t)sizeof(d) | flags, 0 };
	unsigned char whole[ROOM] = { 0 };

	memcpy(whole, header, sizeof(header));
	memcpy(whole + BPF_RINGBUF_HDR_SZ, &d, sizeof(d));
	for (size_t i = 0; i < sizeof(whole); i++) {
		size_t at = (t.tail + i) & (SIZE - 1);

		t.data[at] = t.data[at + SIZE] = whole[i];
	}
	t.tail += ROOM;
}

static void expect(uint64_t number, unsigned long mark)
{
	const struct drop_record *r = drop_queue_first(&t.q, mark);

	assert_non_null(r);
	assert_int_equal(r->when_ns, number);
	drop_queue_pop(&t.q);
}

static void test_room_is_free_at_once(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 100; n++) {
		for (unsigned int i = 0; i < FITS; i++)
			put(0);
		drop_queue_fetch(&t.q, &t.ring);
		assert_int_equal(t.head, t.tail);
	}
	for (uint64_t i = 1; i <= 100 * FITS; i++)
		expect(i, t.tail);
	assert_null(drop_queue_first(&t.q, t.tail));
}

static void test_up_to_the_mark(void **state)
{
	unsigned long mark;

	(void)state;
	put(0);
	put(0);
	mark = t.tail;
	put(0);
	drop_queue_fetch(&t.q, &t.ring);
	expect(1, mark);
	expect(2, mark);
	assert_null(drop_queue_first(&t.q, mark));
	expect(3, t.tail);
}

static void test_being_written(void **state)
{
	(void)state;
	put(0);
	put(BPF_RINGBUF_BUSY_BIT);
	drop_queue_fetch(&t.q, &t.ring);
	assert_int_equal(t.head, ROOM);
	expect(1, t.tail);
	assert_null(drop_queue_first(&t.q, t.tail));
}

/* What there is no room for stays in the ring, and is taken when there is. */
static void test_full(void **state)
{
	(void)state;
	while (t.written < DROP_QUEUE_MAX) {
		put(0);
		drop_queue_fetch(&t.q, &t.ring);
	}
	put(0);
	put(0);
	drop_queue_fetch(&t.q, &t.ring);
	assert_int_equal(t.tail - t.head, 2 * ROOM);
	expect(1, t.tail);
	drop_queue_fetch(&t.q, &t.ring);
	assert_int_equal(t.tail - t.head, ROOM);
	for (uint64_t i = 2; i <= DROP_QUEUE_MAX + 1; i++)
		expect(i, t.tail);
	assert_null(drop_queue_first(&t.q, t.tail));
	drop_queue_fetch(&t.q, &t.ring);
	expect(DROP_QUEUE_MAX + 2, t.tail);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_room_is_free_at_once), TEST(test_up_to_the_mark),
		TEST(test_being_written), TEST(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
