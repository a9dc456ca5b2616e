// SPDX-License-Identifier: GPL-2.0-or-later
/* bulletin: what the supervisor tells the reader, in memory that the reader cannot write. */
#include "protocol/bulletin.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

static void *map(int fd, int prot)
{
	void *at = mmap(NULL, sizeof(struct bulletin), prot, MAP_SHARED, fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

/*
 * The seal between the two: of what is mapped behind it the kernel remembers
 * that it may never be written.  Without it mprotect(2) would do.
 */
static int map_both(struct bulletin_board *b, int fd)
{
	if (ftruncate(fd, sizeof(*b->post)) < 0)
		return -errno;
	b->post = map(fd, PROT_READ | PROT_WRITE);
	if (!b->post || madvise(b->post, sizeof(*b->post), MADV_DONTFORK) < 0)
		return -errno;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE | F_SEAL_SHRINK |
		  F_SEAL_GROW | F_SEAL_SEAL) < 0)
		return -errno;
	b->view = map(fd, PROT_READ);
	return b->view ? 0 : -errno;
}

int bulletin_open(struct bulletin_board *b)
{
	int fd = memfd_create("nftrace-bulletin",
			      MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int err = fd < 0 ? -errno : map_both(b, fd);

	/* No descriptor is left by which a child could map it anew. */
	if (fd >= 0)
		close(fd);
	return err;
}

void bulletin_close(struct bulletin_board *b)
{
	if (b->post)
		munmap(b->post, sizeof(*b->post));
	if (b->view)
		munmap((void *)b->view, sizeof(*b->view));
	b->post = NULL;
	b->view = NULL;
}

void bulletin_post_tables(struct bulletin *b, const struct bulletin_tables *t)
{
	uint32_t epoch = atomic_load_explicit(&b->tables_epoch, memory_order_relaxed);

	atomic_store_explicit(&b->guard, t->guard, memory_order_relaxed);
	atomic_store_explicit(&b->windows, t->windows, memory_order_relaxed);
	atomic_store_explicit(&b->undoing, t->undoing, memory_order_relaxed);
	atomic_store_explicit(&b->keeper_gone, t->keeper_gone,
			      memory_order_relaxed);
	atomic_store_explicit(&b->tables_epoch, epoch + 1, memory_order_release);
}

void bulletin_tables(const struct bulletin *b, struct bulletin_tables *t)
{
	t->guard = atomic_load_explicit(&b->guard, memory_order_relaxed);
	t->windows = atomic_load_explicit(&b->windows, memory_order_relaxed);
	t->undoing = atomic_load_explicit(&b->undoing, memory_order_relaxed);
	t->keeper_gone = atomic_load_explicit(&b->keeper_gone,
					      memory_order_relaxed);
}

void bulletin_post_reading(struct bulletin *b, bool reading)
{
	atomic_store_explicit(&b->reading, reading, memory_order_relaxed);
}

bool bulletin_is_reading(const struct bulletin *b)
{
	return atomic_load_explicit(&b->reading, memory_order_relaxed);
}

void bulletin_post_generation(struct bulletin *b, uint32_t ask,
			      uint32_t generation)
{
	atomic_store_explicit(&b->nft_generation, generation,
			      memory_order_relaxed);
	atomic_store_explicit(&b->nft_answered, ask, memory_order_release);
}

bool bulletin_generation(const struct bulletin *b, uint32_t ask,
			 uint32_t *generation)
{
	if (atomic_load_explicit(&b->nft_answered, memory_order_acquire) != ask)
		return false;
	*generation = atomic_load_explicit(&b->nft_generation,
					   memory_order_relaxed);
	return true;
}

void bulletin_post_queues(struct bulletin *b, uint32_t ask,
			  const struct bulletin_queues *q)
{
	for (unsigned int i = 0; i < q->count; i++)
		atomic_store_explicit(&b->queue[i], q->number[i],
				      memory_order_relaxed);
	atomic_store_explicit(&b->queues, q->count, memory_order_relaxed);
	atomic_store_explicit(&b->more_queues, q->more, memory_order_relaxed);
	atomic_store_explicit(&b->queues_answered, ask, memory_order_release);
}

bool bulletin_queues(const struct bulletin *b, uint32_t ask,
		     struct bulletin_queues *q)
{
	if (atomic_load_explicit(&b->queues_answered, memory_order_acquire) !=
	    ask)
		return false;
	q->count = atomic_load_explicit(&b->queues, memory_order_relaxed);
	q->more = atomic_load_explicit(&b->more_queues, memory_order_relaxed);
	for (unsigned int i = 0; i < q->count; i++)
		q->number[i] = atomic_load_explicit(&b->queue[i],
						    memory_order_relaxed);
	return true;
}

void bulletin_post_confirms(struct bulletin *b, uint32_t ask, uint64_t failed)
{
	atomic_store_explicit(&b->confirms, failed, memory_order_relaxed);
	atomic_store_explicit(&b->confirms_answered, ask, memory_order_release);
}

bool bulletin_confirms(const struct bulletin *b, uint32_t ask,
		       uint64_t *failed)
{
	if (atomic_load_explicit(&b->confirms_answered,
				 memory_order_acquire) != ask)
		return false;
	*failed = atomic_load_explicit(&b->confirms, memory_order_relaxed);
	return true;
}
