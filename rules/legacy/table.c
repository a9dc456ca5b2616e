// SPDX-License-Identifier: GPL-2.0-or-later
/* table: reads legacy tables from the kernel; creates and changes nothing. */
#include "rules/legacy/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "rules/base/family.h"

/* The same numbers and the same layout for both families. */
#define GET_INFO IPT_SO_GET_INFO
#define GET_ENTRIES IPT_SO_GET_ENTRIES

enum { TRIES = 100 };

int table_names(const struct family *f, struct table_names *names)
{
	char line[TABLE_NAME + 2];
	FILE *file = fopen(f->names_path, "re");

	names->count = 0;
	/* No module, no file; but without its folder there is nothing to be known. */
	if (!file)
		return errno != ENOENT ? -errno :
			access("/proc/net/protocols", F_OK) < 0 ? -EUNATCH : 0;
	while (names->count < TABLE_MAX && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line)
			snprintf(names->name[names->count++], TABLE_NAME,
				 "%.*s", TABLE_NAME - 1, line);
	}
	fclose(file);
	return 0;
}

int table_socket(const struct family *f)
{
	int fd = socket(f->af, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);

	return fd < 0 ? -errno : fd;
}

int table_info(const struct family *f, int sock, const char *name,
	       struct table_blob *table)
{
	struct ipt_getinfo info;
	socklen_t len = sizeof(info);

	memset(table, 0, sizeof(*table));
	memset(&info, 0, sizeof(info));
	snprintf(info.name, sizeof(info.name), "%s", name);
	snprintf(table->name, sizeof(table->name), "%s", name);
	if (getsockopt(sock, f->level, GET_INFO, &info, &len) < 0)
		return -errno;
	table->valid_hooks = info.valid_hooks;
	memcpy(table->hook_entry, info.hook_entry, sizeof(info.hook_entry));
	memcpy(table->underflow, info.underflow, sizeof(info.underflow));
	table->num_entries = info.num_entries;
	table->size = info.size;
	return 0;
}

/* All of it is about to be written: one fault, and few and large pages. */
static void *map_room(size_t len)
{
	void *room = mmap(NULL, len, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED)
		return NULL;
	madvise(room, len, MADV_HUGEPAGE);
	madvise(room, len, MADV_POPULATE_WRITE);
	return room;
}

int table_entries(const struct family *f, int sock, struct table_blob *table,
		  struct ipt_get_entries *room)
{
	socklen_t len = (socklen_t)(sizeof(*room) + table->size);

	snprintf(room->name, sizeof(room->name), "%s", table->name);
	room->size = table->size;
	if (getsockopt(sock, f->level, GET_ENTRIES, room, &len) < 0)
		return -errno;
	table->bytes = (const unsigned char *)room->entrytable;
	return 0;
}

static int get_entries(const struct family *f, int sock,
		       struct table_blob *table)
{
	socklen_t len = (socklen_t)(sizeof(struct ipt_get_entries) +
				    table->size);
	struct ipt_get_entries *e;
	int err;

	e = map_room(len);
	if (!e)
		return -errno;
	table->mapping = e;
	table->mapping_len = len;
	err = table_entries(f, sock, table, e);
	if (err)
		table_release(table);
	return err;
}

int table_read(const struct family *f, int sock, const char *name,
	       struct table_blob *table)
{
	int err = -EAGAIN;

	/* The table may change between the two questions. */
	for (int tries = 0; tries < TRIES && err == -EAGAIN; tries++) {
		err = table_info(f, sock, name, table);
		if (!err)
			err = get_entries(f, sock, table);
	}
	return err;
}

uint8_t table_hook_at(const struct table_blob *t, uint32_t offset)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (t->valid_hooks & (1u << h) && t->hook_entry[h] == offset)
			return (uint8_t)h;
	return NOT_A_HOOK;
}

void table_release(struct table_blob *table)
{
	if (table->mapping)
		munmap(table->mapping, table->mapping_len);
	table->mapping = NULL;
	table->bytes = NULL;
}
