// SPDX-License-Identifier: GPL-2.0-or-later
/* counters: what a replaced table had counted, added to the new one's counters. */
#include "counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include "entry.h"
#include "family.h"
#include "ledger.h"
#include "table.h"

enum { TRIES = 10 };

/*
 * In the counter of a table's last entry, the end of its last chain, which no
 * packet reaches and no listing shows.
 */
#define MARK (1ull << 62)

static struct xt_counters_info *new_info(const struct ledger_page *p,
					 uint32_t n)
{
	struct xt_counters_info *info = calloc(1, sizeof(*info) + n *
					       sizeof(info->counters[0]));

	if (info) {
		memcpy(info->name, p->replace->name, sizeof(info->name));
		info->num_counters = n;
	}
	return info;
}

static int add(const struct ledger_page *p, int sock,
	       struct xt_counters_info *info)
{
	socklen_t len = (socklen_t)(sizeof(*info) + info->num_counters *
				    sizeof(info->counters[0]));

	return setsockopt(sock, p->f->level, IPT_SO_SET_ADD_COUNTERS, info,
			  len) < 0 ? -errno : 0;
}

static bool same_entry(const struct family *f, const unsigned char *a,
		       const unsigned char *b)
{
	size_t size = entry_next_offset(f, a), c = f->counters;
	size_t behind = c + sizeof(struct xt_counters);

	return size == entry_next_offset(f, b) && memcmp(a, b, c) == 0 &&
	       memcmp(a + behind, b + behind, size - behind) == 0;
}

/* Walks the new table as we made it. */
struct cursor {
	uint32_t n, at;
};

/*
 * The entry of ours that @entry is, not before the cursor, which then stands
 * behind it.  Return: what it had counted; NULL: a new one, or nobody's.
 */
static const struct xt_counters *find_counted(const struct ledger_page *p,
					      struct cursor *c,
					      const unsigned char *entry)
{
	struct cursor k = *c;

	while (k.n < p->replace->num_entries) {
		const unsigned char *mine = (unsigned char *)
			p->replace->entries + k.at;
		uint32_t from = p->from[k.n++];

		k.at += entry_next_offset(p->f, mine);
		if (!same_entry(p->f, entry, mine))
			continue;
		*c = k;
		return from < p->replace->num_counters ? &p->old[from] : NULL;
	}
	return NULL;
}

static int add_to_changed(const struct ledger_page *p, int sock)
{
	struct xt_counters_info *info;
	struct cursor c = { 0 };
	struct table_blob now;
	uint32_t at = 0;
	int err = table_read(p->f, sock, p->replace->name, &now);

	if (err)
		return err;
	info = new_info(p, now.num_entries);
	for (uint32_t i = 0; info && i < now.num_entries; i++) {
		const unsigned char *entry = now.bytes + at;
		const struct xt_counters *had = find_counted(p, &c, entry);

		if (had)
			info->counters[i] = *had;
		at += entry_next_offset(p->f, entry);
	}
	if (info)
		info->counters[now.num_entries - 1].pcnt += MARK;
	table_release(&now);
	err = info ? add(p, sock, info) : -ENOMEM;
	free(info);
	return err;
}

static int add_to_ours(const struct ledger_page *p, int sock)
{
	uint32_t n = p->replace->num_entries;
	struct xt_counters_info *info = new_info(p, n);
	int err;

	if (!info)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++)
		if (p->from[i] < p->replace->num_counters)
			info->counters[i] = p->old[p->from[i]];
	info->counters[n - 1].pcnt += MARK;
	err = add(p, sock, info);
	free(info);
	return err;
}

void counters_add(const struct ledger_page *p, int sock)
{
	int err = add_to_ours(p, sock);

	/* The number of entries is another: somebody replaced the table. */
	for (int tries = 0; tries < TRIES && err == -EINVAL; tries++)
		err = add_to_changed(p, sock);
}

static uint64_t last_counter(const struct ledger_page *p,
			     const struct table_blob *t)
{
	uint32_t at = 0, last = 0;

	for (uint32_t i = 0; i < t->num_entries; i++) {
		last = at;
		at += entry_next_offset(p->f, t->bytes + at);
	}
	return entry_counters(p->f, t->bytes + last)->pcnt;
}

/* Is it still the table that we put in? */
static bool is_ours(const struct ledger_page *p, const struct table_blob *now)
{
	uint32_t at = 0;

	if (now->num_entries != p->replace->num_entries ||
	    now->size != p->replace->size)
		return false;
	for (uint32_t i = 0; i < now->num_entries; i++) {
		if (!same_entry(p->f, now->bytes + at,
				(unsigned char *)p->replace->entries + at))
			return false;
		at += entry_next_offset(p->f, now->bytes + at);
	}
	return true;
}

/* A replacement by somebody else wipes the mark: look at what was counted. */
static bool nothing_is_missing(const struct ledger_page *p,
			       const struct table_blob *now)
{
	struct cursor c = { 0 };
	uint32_t at = 0;

	for (uint32_t i = 0; i < now->num_entries; i++) {
		const unsigned char *entry = now->bytes + at;
		const struct xt_counters *had = find_counted(p, &c, entry);

		if (had && entry_counters(p->f, entry)->pcnt < had->pcnt)
			return false;
		at += entry_next_offset(p->f, entry);
	}
	return true;
}

bool counters_are_in(const struct ledger_page *p, int sock)
{
	struct table_blob now;
	bool in;

	if (table_read(p->f, sock, p->replace->name, &now) < 0)
		return false;
	in = last_counter(p, &now) >= MARK ||
	     (!is_ours(p, &now) && nothing_is_missing(p, &now));
	table_release(&now);
	return in;
}

static int unmark_once(const struct ledger_page *p, int sock)
{
	struct xt_counters_info *info;
	struct table_blob now;
	int err = table_read(p->f, sock, p->replace->name, &now);

	if (err || last_counter(p, &now) < MARK) {
		if (!err)
			table_release(&now);
		return err;
	}
	info = new_info(p, now.num_entries);
	/* Counters wrap round. */
	if (info)
		info->counters[now.num_entries - 1].pcnt = -MARK;
	table_release(&now);
	err = info ? add(p, sock, info) : -ENOMEM;
	free(info);
	return err;
}

void counters_unmark(const struct ledger_page *p, int sock)
{
	int err = -EINVAL;

	for (int tries = 0; tries < TRIES && err == -EINVAL; tries++)
		err = unmark_once(p, sock);
}
