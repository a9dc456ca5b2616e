// SPDX-License-Identifier: GPL-2.0-or-later
/* table_digest: whether a family's tables are as they were, for little more than copying them. */
#include "rules/legacy/table_digest.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/hash.h"
#include "rules/legacy/table.h"

/* Twice what is asked for: tables grow. */
static struct ipt_get_entries *make_room(struct table_room *room, size_t len)
{
	void *bytes;

	if (room->len >= len)
		return room->bytes;
	table_room_release(room);
	bytes = mmap(NULL, 2 * len, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return NULL;
	*room = (struct table_room){ bytes, 2 * len };
	return bytes;
}

void table_room_release(struct table_room *room)
{
	if (room->bytes)
		munmap(room->bytes, room->len);
	*room = (struct table_room){ .bytes = NULL };
}

/* All of an entry but where it was come to from, and what it counts. */
static uint64_t add_entry(const struct family *f, uint64_t digest,
			     const unsigned char *entry, size_t len)
{
	digest = hash_bytes(digest, entry, f->ip_size);
	return hash_bytes(hash_mix(digest, len), entry + f->entry_size,
			  len - f->entry_size);
}

uint64_t table_blob_digest(const struct family *f, const struct table_blob *t)
{
	uint64_t digest = hash_name(0, t->name, strlen(t->name));

	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (t->valid_hooks & 1u << h)
			digest = hash_mix(hash_mix(digest, t->hook_entry[h]),
					  t->underflow[h]);
	for (size_t at = 0, len; at < t->size; at += len) {
		len = entry_next_offset(f, t->bytes + at);
		/* The kernel has checked them; a loop without end is worse than a wrong number. */
		if (len < f->entry_size || len > t->size - at)
			return 0;
		digest = add_entry(f, digest, t->bytes + at, len);
	}
	return digest;
}

static int read_into_room(const struct family *f, int sock, struct table_room *room,
			  struct table_blob *t)
{
	const size_t len = sizeof(struct ipt_get_entries) + t->size;
	struct ipt_get_entries *e = make_room(room, len);

	if (!e)
		return -ENOMEM;
	memset(e, 0, len);
	return table_entries(f, sock, t, e);
}

static int digest_tables(const struct family *f, int sock,
			 const struct table_names *names,
			 struct table_room *room, uint64_t *digest)
{
	uint64_t entries = 0;
	struct table_blob t;
	int err = 0;

	for (unsigned int i = 0; i < names->count && !err; i++) {
		err = table_info(f, sock, names->name[i], &t);
		entries += t.num_entries;
		if (!err && entries > TABLE_DIGEST_ENTRIES)
			err = -E2BIG;
		if (!err)
			err = read_into_room(f, sock, room, &t);
		if (!err)
			*digest += table_blob_digest(f, &t);
	}
	return err;
}

int table_digest(const struct family *f, struct table_room *room,
		 uint64_t *digest)
{
	struct table_names names;
	int err = table_names(f, &names);
	int sock;

	*digest = 0;
	if (err || !names.count)
		return err;
	sock = table_socket(f);
	if (sock < 0)
		return sock;
	err = digest_tables(f, sock, &names, room, digest);
	close(sock);
	return err;
}
