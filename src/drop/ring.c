// SPDX-License-Identifier: GPL-2.0-or-later
/* ring: the kernel's ring buffer of drop records, read without a descriptor. */
#include "drop/ring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "drop/record.h"

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* NULL with errno set. */
static void *map(int fd, int prot, size_t size, size_t at)
{
	void *m = mmap(NULL, size, prot, MAP_SHARED, fd, (off_t)at);

	return m == MAP_FAILED ? NULL : m;
}

/* Two pages of positions, and the data twice; but the first can only be read. */
static int map_all(struct drop_ring *r, int ring_fd, size_t size, int lost_fd)
{
	size_t page = page_size();

	r->head = map(ring_fd, PROT_READ | PROT_WRITE, page, 0);
	if (!r->head)
		return -errno;
	r->tail = map(ring_fd, PROT_READ, page + 2 * size, page);
	if (!r->tail)
		return -errno;
	r->data = (const unsigned char *)r->tail + page;
	r->size = size;
	r->lost = map(lost_fd, PROT_READ, page, 0);
	return r->lost ? 0 : -errno;
}

int drop_ring_map(struct drop_ring *r, int ring_fd, size_t size, int lost_fd)
{
	int err;

	memset(r, 0, sizeof(*r));
	err = map_all(r, ring_fd, size, lost_fd);
	if (err)
		drop_ring_unmap(r);
	return err;
}

void drop_ring_unmap(struct drop_ring *r)
{
	size_t page = page_size();

	if (r->head)
		munmap(r->head, page);
	if (r->tail)
		munmap((void *)r->tail, page + 2 * r->size);
	if (r->lost)
		munmap((void *)r->lost, page);
	memset(r, 0, sizeof(*r));
}

uint64_t drop_ring_mark(const struct drop_ring *r)
{
	return atomic_load_explicit(r->tail, memory_order_acquire);
}

/* The room that a record of @len bytes takes. */
static unsigned long record_room(uint32_t len)
{
	return (len + BPF_RINGBUF_HDR_SZ + 7UL) & ~7UL;
}

int drop_ring_read(struct drop_ring *r, uint64_t mark,
		   void (*fn)(void *arg, const struct drop_record *d), void *arg)
{
	int n = 0;

	while ((long)((unsigned long)mark - r->position) > 0) {
		const unsigned char *at =
			r->data + (r->position & (r->size - 1));
		uint32_t len = atomic_load_explicit((const _Atomic uint32_t *)at,
						    memory_order_acquire);

		if (len & BPF_RINGBUF_BUSY_BIT)
			break;
		if (len == sizeof(struct drop_record)) {
			fn(arg, (const struct drop_record *)
			   (at + BPF_RINGBUF_HDR_SZ));
			n++;
		}
		r->position += record_room(len & ~BPF_RINGBUF_DISCARD_BIT);
		atomic_store_explicit(r->head, r->position,
				      memory_order_release);
	}
	return n;
}

uint64_t drop_ring_lost(const struct drop_ring *r)
{
	return atomic_load_explicit(r->lost, memory_order_relaxed);
}
