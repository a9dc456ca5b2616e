// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_ring_test: records are read in order, whole, once, and up to the mark. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <linux/bpf.h>

#include "drop/record.h"
#include "drop/ring.h"

enum { SIZE = 1 << 16, SEEN = 1024 };

/* A ring as the kernel maps it, and the test in the kernel's place. */
static struct {
	struct drop_ring r;
	unsigned char *data;
	_Atomic unsigned long head, tail;
	_Atomic uint64_t lost;
	uint64_t seen[SEEN];
	int count;
} t;

static void map_half(int fd, size_t at)
{
	assert_ptr_equal(mmap(t.data + at, SIZE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_FIXED, fd, 0), t.data + at);
}

static int open_ring(void **state)
{
	int fd = memfd_create("ring", MFD_CLOEXEC);

	(void)state;
	memset(&t, 0, sizeof(t));
	assert_int_equal(ftruncate(fd, SIZE), 0);
	t.data = mmap(NULL, 2 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		      -1, 0);
	assert_ptr_not_equal(t.data, MAP_FAILED);
	map_half(fd, 0);
	map_half(fd, SIZE);
	close(fd);
	t.r = (struct drop_ring){
		.head = &t.head, .tail = &t.tail, .data = t.data,
		.size = SIZE, .lost = &t.lost,
	};
	return 0;
}

static int close_ring(void **state)
{
	(void)state;
	return munmap(t.data, 2 * SIZE);
}

/* A record of @bytes at the end; its header has @flags.  Return: its header. */
static uint32_t *put(uint64_t number, uint32_t bytes, uint32_t flags)
{
	unsigned char *at = t.data + (t.tail & (SIZE - 1));
	struct drop_record d = { .when_ns = number };
	uint32_t header[2] = { bytes | flags, 0 };

	memset(d.bytes, (int)number, sizeof(d.bytes));
	memcpy(at, header, sizeof(header));
	memcpy(at + BPF_RINGBUF_HDR_SZ, &d,
	       bytes < sizeof(d) ? bytes : sizeof(d));
	t.tail += (bytes + BPF_RINGBUF_HDR_SZ + 7) & ~7UL;
	return (uint32_t *)at;
}

static uint32_t *put_record(uint64_t number, uint32_t flags)
{
	return put(number, sizeof(struct drop_record), flags);
}

static void see(void *arg, const struct drop_record *d)
{
	unsigned char all[DROP_BYTES];

	assert_ptr_equal(arg, &t);
	memset(all, (int)d->when_ns, sizeof(all));
	assert_memory_equal(d->bytes, all, sizeof(all));
	assert_true(t.count < SEEN);
	t.seen[t.count++] = d->when_ns;
}

static int read_to(uint64_t mark)
{
	t.count = 0;
	return drop_ring_read(&t.r, mark, see, &t);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 0);
	assert_int_equal(t.head, 0);
}

static void test_once_and_in_order(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 3; i++)
		put_record(i, 0);
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 3);
	assert_int_equal(t.seen[0], 1);
	assert_int_equal(t.seen[2], 3);
	assert_int_equal(t.head, t.tail);
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 0);
}

static void test_what_came_behind_the_mark_waits(void **state)
{
	uint64_t mark;

	(void)state;
	put_record(1, 0);
	mark = drop_ring_mark(&t.r);
	put_record(2, 0);
	assert_int_equal(read_to(mark), 1);
	assert_int_equal(read_to(mark), 0);
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 1);
	assert_int_equal(t.seen[0], 2);
}

static void test_what_is_being_written_ends_it(void **state)
{
	uint32_t *header;

	(void)state;
	put_record(1, 0);
	header = put_record(2, BPF_RINGBUF_BUSY_BIT);
	put_record(3, 0);
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 1);
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 0);
	*header &= ~(uint32_t)BPF_RINGBUF_BUSY_BIT;
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 2);
	assert_int_equal(t.seen[0], 2);
	assert_int_equal(t.seen[1], 3);
}

static void test_what_is_none_is_passed_over(void **state)
{
	(void)state;
	put_record(1, BPF_RINGBUF_DISCARD_BIT);
	put(2, 17, 0);
	put_record(3, 0);
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 1);
	assert_int_equal(t.seen[0], 3);
	assert_int_equal(t.head, t.tail);
}

/* Many times round, each record across the end of the ring being whole. */
static void test_round_and_round(void **state)
{
	uint64_t next = 0;

	(void)state;
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 100; i++)
			put_record(next + (uint64_t)i, 0);
		assert_int_equal(read_to(drop_ring_mark(&t.r)), 100);
		for (int i = 0; i < 100; i++)
			assert_int_equal(t.seen[i], next++);
	}
}

/* Positions wrap with their type: after 4 GiB where that has 32 bits. */
static void test_positions_wrap(void **state)
{
	(void)state;
	t.r.position = t.head = t.tail = 0UL - 4 * SIZE;
	for (int round = 0; round < 12; round++) {
		for (uint64_t i = 0; i < 150; i++)
			put_record(i, 0);
		assert_int_equal(read_to(drop_ring_mark(&t.r)), 150);
		assert_int_equal(t.seen[149], 149);
	}
	assert_true(t.tail < (unsigned long)SIZE * 64);
}

/* The page of .head is shared: whatever stands there is written, and never believed. */
static void test_head_is_not_believed(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= 3; i++)
		put_record(i, 0);
	t.head = t.tail;
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 3);
	assert_int_equal(t.head, t.tail);
	t.head = 0;
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 0);
	put_record(4, 0);
	t.head = ULONG_MAX;
	assert_int_equal(read_to(drop_ring_mark(&t.r)), 1);
	assert_int_equal(t.seen[0], 4);
	assert_int_equal(t.head, t.tail);
}

static void test_lost(void **state)
{
	(void)state;
	assert_int_equal(drop_ring_lost(&t.r), 0);
	t.lost = 7;
	assert_int_equal(drop_ring_lost(&t.r), 7);
}

int main(void)
{
#define WITH_RING(test) cmocka_unit_test_setup_teardown(test, open_ring, close_ring)
	const struct CMUnitTest tests[] = {
		WITH_RING(test_nothing),
		WITH_RING(test_once_and_in_order),
		WITH_RING(test_what_came_behind_the_mark_waits),
		WITH_RING(test_what_is_being_written_ends_it),
		WITH_RING(test_what_is_none_is_passed_over),
		WITH_RING(test_round_and_round),
		WITH_RING(test_positions_wrap),
		WITH_RING(test_head_is_not_believed),
		WITH_RING(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
