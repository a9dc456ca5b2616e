/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ring: the kernel's ring buffer of drop records, read without a descriptor. */
#ifndef NFTRACE_DROP_RING_H
#define NFTRACE_DROP_RING_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct drop_record;

/*
 * What is mapped of the two maps.  The kernel lets nobody make .tail and .lost
 * writable; .head is the reader's, who tells the kernel there how far it has read,
 * and never asks it: .position knows, in memory that nobody else has.
 *
 * The order of the kernel's ring buffer: it stores the producer's position and a
 * record's length with release; the consumer's position is stored with release, and
 * frees the room before it.  Positions only grow, and wrap with their type.
 */
struct drop_ring {
	_Atomic unsigned long *head;	/* consumer's position: only written */
	unsigned long position;	/* the same: the one that is read */
	const _Atomic unsigned long *tail;	/* producer's position */
	const unsigned char *data;	/* .size bytes, and the same once more */
	size_t size;			/* a power of two */
	const _Atomic uint64_t *lost;
};

/**
 * drop_ring_map - map both maps; the children that are forked from then on have them
 * @ring_fd: of type BPF_MAP_TYPE_RINGBUF, of @size bytes
 * @lost_fd: an array of one uint64_t, BPF_F_MMAPABLE
 *
 * The descriptors stay the caller's, and can be closed: the mappings hold the maps.
 * Return: 0 or -errno; @r is then zeroed.
 */
int drop_ring_map(struct drop_ring *r, int ring_fd, size_t size, int lost_fd);

/** drop_ring_unmap - here, not in the children; one that is zeroed is taken */
void drop_ring_unmap(struct drop_ring *r);

/**
 * drop_ring_mark - the end of everything that is written so far
 *
 * A record is written behind all events of its packet.  So who takes a mark, reads
 * the netlink socket until it is empty, and then the records up to the mark has seen
 * the events of each.
 */
uint64_t drop_ring_mark(const struct drop_ring *r);

/**
 * drop_ring_read - hand over what was not read yet, up to @mark, oldest first
 * @fn: each record's pointer is valid until it returns
 *
 * A record that another CPU is just writing ends it: that one, and those behind it,
 * come with the next call.
 * Return: the number of records.
 */
int drop_ring_read(struct drop_ring *r, uint64_t mark,
		   void (*fn)(void *arg, const struct drop_record *d), void *arg);

/** drop_ring_lost - records for which there was no room, since the run began */
uint64_t drop_ring_lost(const struct drop_ring *r);

#endif
