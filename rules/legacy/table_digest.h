/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table_digest: whether a family's tables are as they were, for little more than copying them. */
#ifndef NFTRACE_TABLE_DIGEST_H
#define NFTRACE_TABLE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct family;
struct table_blob;

/* So many are copied in some milliseconds: more are too much to look at again and again. */
enum { TABLE_DIGEST_ENTRIES = 5000 };

/* Room for a table's entries, used again and again; zeroed: none yet. */
struct table_room {
	void *bytes;
	size_t len;
};

/**
 * table_digest - all that the tables of @f say, in one number
 * @room: as large as the largest of them, and filled here; table_room_release()
 *
 * Counters are left out.  Rules that are the same but lie elsewhere make it another
 * number, and so does a table that comes or goes.
 * Return: 0 or -errno; -EAGAIN: a table was just being replaced; -E2BIG: more than
 * TABLE_DIGEST_ENTRIES.
 */
int table_digest(const struct family *f, struct table_room *room,
		 uint64_t *digest);

/** table_blob_digest - of a table that table_read() has read; table_digest() is the sum */
uint64_t table_blob_digest(const struct family *f, const struct table_blob *t);

/** table_room_release - unmap it; idempotent */
void table_room_release(struct table_room *room);

#endif
