/* SPDX-License-Identifier: GPL-2.0-or-later */
/* table: reads legacy tables from the kernel; creates and changes nothing. */
#ifndef NFTRACE_TABLE_H
#define NFTRACE_TABLE_H

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stddef.h>
#include <stdint.h>

struct family;
struct ipt_get_entries;

enum { TABLE_MAX = 8, TABLE_NAME = 32 };

/* The tables that exist in this network namespace, in no certain order. */
struct table_names {
	unsigned int count;
	char name[TABLE_MAX][TABLE_NAME];
};

/* One table as the kernel holds it (struct ipt_getinfo, ipt_get_entries). */
struct table_blob {
	char name[TABLE_NAME];
	uint32_t valid_hooks;
	uint32_t hook_entry[NF_INET_NUMHOOKS];
	uint32_t underflow[NF_INET_NUMHOOKS];
	uint32_t num_entries;
	uint32_t size;
	void *mapping;			/* for table_release() */
	size_t mapping_len;
	const unsigned char *bytes;	/* the entries; NULL after table_info() */
};

/**
 * table_names - list the tables that exist, from /proc/net/ip_tables_names
 * Return: 0 or -errno; no such file: no tables (count 0).
 */
int table_names(const struct family *f, struct table_names *names);

/** table_socket - the raw socket that the other calls need; fd or -errno */
int table_socket(const struct family *f);

/**
 * table_info - sizes only
 * @name: must exist already: asking for another creates it
 */
int table_info(const struct family *f, int sock, const char *name,
	       struct table_blob *table);

/**
 * table_entries - of a table that table_info() has told of
 * @room: zeroed, with .size bytes of entries behind it: the kernel writes names, and
 *	leaves what stands behind their ends
 * Return: 0 or -errno; -EAGAIN: it is another by now.
 */
int table_entries(const struct family *f, int sock, struct table_blob *table,
		  struct ipt_get_entries *room);

/**
 * table_read - sizes and entries; retries while the table changes (EAGAIN)
 * Return: 0 or -errno; release with table_release().
 */
int table_read(const struct family *f, int sock, const char *name,
	       struct table_blob *table);

/** table_hook_at - whose builtin chain begins at @offset?  else NOT_A_HOOK */
uint8_t table_hook_at(const struct table_blob *t, uint32_t offset);

/** table_release - unmap what table_read() has read; idempotent */
void table_release(struct table_blob *table);

#endif
