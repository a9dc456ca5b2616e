// SPDX-License-Identifier: GPL-2.0-or-later
/* edit: changes rules of a legacy table in one replacement and keeps every counter. */
#include "edit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "entry.h"
#include "family.h"
#include "hook.h"

enum { NOT_A_HOOK = 0xff };

static bool is_error(const struct edit *e, uint32_t i)
{
	return strcmp(entry_target(e->f, edit_bytes(e, i))->u.user.name,
		      XT_ERROR_TARGET) == 0;
}

const void *edit_bytes(const struct edit *e, uint32_t i)
{
	return e->table.bytes + e->entry[i].offset;
}

static bool is_underflow(const struct edit *e, uint32_t offset)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (e->table.valid_hooks & (1u << h) &&
		    e->table.underflow[h] == offset)
			return true;
	return false;
}

bool edit_is_rule(const struct edit *e, uint32_t i)
{
	return e->entry[i].hook != NOT_A_HOOK &&
	       !is_underflow(e, e->entry[i].offset);
}

static uint8_t hook_at(const struct table_blob *t, uint32_t offset)
{
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (t->valid_hooks & (1u << h) && t->hook_entry[h] == offset)
			return (uint8_t)h;
	return NOT_A_HOOK;
}

/* Where each entry lies, and which builtin chain it is in. */
static int find_entries(struct edit *e)
{
	uint8_t hook = NOT_A_HOOK;
	uint32_t at = 0;

	e->entry = calloc(e->table.num_entries, sizeof(*e->entry));
	if (!e->entry)
		return -ENOMEM;
	for (uint32_t i = 0; i < e->table.num_entries; i++) {
		uint8_t begins;

		if (at >= e->table.size)
			return -EBADMSG;
		begins = hook_at(&e->table, at);
		e->entry[i].offset = at;
		if (begins != NOT_A_HOOK)
			hook = begins;
		else if (is_error(e, i))
			hook = NOT_A_HOOK;
		e->entry[i].hook = hook;
		at += entry_next_offset(e->f, e->table.bytes + at);
	}
	return 0;
}

int edit_open(struct edit *e, const struct family *f, const char *table)
{
	int err;

	memset(e, 0, sizeof(*e));
	e->f = f;
	e->sock = table_socket(f);
	if (e->sock < 0)
		return e->sock;
	err = table_read(f, e->sock, table, &e->table);
	if (!err)
		err = find_entries(e);
	if (err)
		edit_close(e);
	return err;
}

void edit_close(struct edit *e)
{
	table_release(&e->table);
	free(e->entry);
	free(e->insert);
	free(e->old);
	close(e->sock);
}

int edit_add(struct edit *e, uint8_t hook, const void *entry)
{
	struct edit_insert *more = realloc(e->insert, (e->inserts + 1) *
					   sizeof(*more));

	if (!more)
		return -ENOMEM;
	e->insert = more;
	e->insert[e->inserts].hook = hook;
	e->insert[e->inserts++].entry = entry;
	return 0;
}

void edit_delete(struct edit *e, uint32_t i)
{
	e->entry[i].deleted = 1;
}

void edit_rewrite(struct edit *e, uint32_t i, const void *entry)
{
	e->entry[i].rewritten = entry;
}

/* The replacement under construction. */
struct builder {
	struct ipt_replace *r;	/* ip6t_replace has the same layout */
	size_t room;
	uint32_t *from;		/* by new entry: the old one, or UINT32_MAX */
};

static void put_entry(const struct edit *e, struct builder *b,
		      const void *bytes, uint32_t from)
{
	size_t size = entry_next_offset(e->f, bytes);

	memcpy((char *)b->r->entries + b->r->size, bytes, size);
	b->from[b->r->num_entries++] = from;
	b->r->size += (unsigned int)size;
}

static void put_inserts(const struct edit *e, struct builder *b, uint8_t hook)
{
	for (uint32_t i = 0; i < e->inserts; i++)
		if (e->insert[i].hook == hook)
			put_entry(e, b, e->insert[i].entry, UINT32_MAX);
}

static void put_all(struct edit *e, struct builder *b)
{
	for (uint32_t i = 0; i < e->table.num_entries; i++) {
		struct edit_entry *n = &e->entry[i];
		uint8_t begins = hook_at(&e->table, n->offset);

		if (begins != NOT_A_HOOK) {
			b->r->hook_entry[begins] = b->r->size;
			put_inserts(e, b, begins);
		}
		n->new_offset = b->r->size;
		if (!n->deleted)
			put_entry(e, b, n->rewritten ? n->rewritten
						     : edit_bytes(e, i), i);
	}
}

/* Offsets ascend: the entry that lay at @offset. */
static uint32_t find_offset(const struct edit *e, uint32_t offset)
{
	uint32_t low = 0, high = e->table.num_entries;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (e->entry[mid].offset == offset)
			return mid;
		if (e->entry[mid].offset < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return UINT32_MAX;
}

/* Jumps name offsets, and so does a rule without target: its own end. */
static int mend_verdicts(const struct edit *e, struct builder *b)
{
	uint32_t at = 0;

	for (uint32_t n = 0; n < b->r->num_entries; n++) {
		char *entry = (char *)b->r->entries + at;
		struct xt_standard_target *t = (void *)
			entry_target(e->f, entry);
		uint32_t size = entry_next_offset(e->f, entry);
		uint32_t old = b->from[n], to;

		if (old != UINT32_MAX && t->target.u.user.name[0] == '\0' &&
		    t->verdict >= 0) {
			if ((uint32_t)t->verdict ==
			    e->entry[old].offset + size) {
				t->verdict = (int)(at + size);
			} else {
				to = find_offset(e, (uint32_t)t->verdict);
				if (to == UINT32_MAX)
					return -EBADMSG;
				t->verdict = (int)e->entry[to].new_offset;
			}
		}
		at += size;
	}
	return 0;
}

static int build(struct edit *e, struct builder *b)
{
	size_t size = sizeof(*b->r) + e->table.size;
	uint32_t count = e->table.num_entries + e->inserts;

	for (uint32_t i = 0; i < e->inserts; i++)
		size += entry_next_offset(e->f, e->insert[i].entry);
	b->room = size;
	b->r = calloc(1, size);
	b->from = calloc(count, sizeof(*b->from));
	e->old = calloc(e->table.num_entries, sizeof(*e->old));
	if (!b->r || !b->from || !e->old)
		return -ENOMEM;
	memcpy(b->r->name, e->table.name, sizeof(b->r->name));
	b->r->valid_hooks = e->table.valid_hooks;
	put_all(e, b);
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (e->table.valid_hooks & (1u << h))
			b->r->underflow[h] = e->entry[find_offset(
				e, e->table.underflow[h])].new_offset;
	b->r->num_counters = e->table.num_entries;
	b->r->counters = e->old;
	return mend_verdicts(e, b);
}

static void clear_counters(const struct family *f, unsigned char *bytes,
			   size_t size)
{
	for (size_t at = 0; at < size; ) {
		memset(bytes + at + f->counters, 0, sizeof(struct xt_counters));
		at += entry_next_offset(f, bytes + at);
	}
}

static bool same_but_counters(const struct family *f,
			      const struct table_blob *a,
			      const struct table_blob *b)
{
	if (a->size != b->size || a->num_entries != b->num_entries)
		return false;
	/* The mappings are ours alone. */
	clear_counters(f, (unsigned char *)a->bytes, a->size);
	clear_counters(f, (unsigned char *)b->bytes, b->size);
	return memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Return: 0 while the table is what was read, else -EAGAIN or -errno. */
static int check_unchanged(struct edit *e)
{
	struct table_blob now;
	int err = table_read(e->f, e->sock, e->table.name, &now);

	if (err)
		return err;
	err = same_but_counters(e->f, &e->table, &now) ? 0 : -EAGAIN;
	table_release(&now);
	return err;
}

static int add_counters(const struct edit *e, struct xt_counters_info *info)
{
	socklen_t len = (socklen_t)(sizeof(*info) + info->num_counters *
				    sizeof(info->counters[0]));

	return setsockopt(e->sock, e->f->level, IPT_SO_SET_ADD_COUNTERS, info,
			  len) < 0 ? -errno : 0;
}

static struct xt_counters_info *new_counters(const struct edit *e, uint32_t n)
{
	struct xt_counters_info *info = calloc(1, sizeof(*info) + n *
					       sizeof(info->counters[0]));

	if (info) {
		memcpy(info->name, e->table.name, sizeof(info->name));
		info->num_counters = n;
	}
	return info;
}

static bool same_entry(const struct edit *e, const unsigned char *a,
		       const unsigned char *b)
{
	size_t size = entry_next_offset(e->f, a), c = e->f->counters;
	size_t behind = c + sizeof(struct xt_counters);

	return size == entry_next_offset(e->f, b) &&
	       memcmp(a, b, c) == 0 &&
	       memcmp(a + behind, b + behind, size - behind) == 0;
}

/*
 * Somebody replaced the table between our replacement and our counters: give
 * each entry that is still there, in order, what it had counted.
 */
static int add_to_changed(const struct edit *e, const struct builder *b,
			  const struct xt_counters_info *ours)
{
	struct xt_counters_info *info;
	struct table_blob now;
	uint32_t at = 0, our_at = 0, n = 0;
	int err = table_read(e->f, e->sock, e->table.name, &now);

	if (err)
		return err;
	info = new_counters(e, now.num_entries);
	for (uint32_t i = 0; info && i < now.num_entries; i++) {
		const unsigned char *entry = now.bytes + at;
		uint32_t k = n, k_at = our_at;

		while (k < b->r->num_entries) {
			const unsigned char *mine = (unsigned char *)
				b->r->entries + k_at;

			k_at += entry_next_offset(e->f, mine);
			if (same_entry(e, entry, mine)) {
				info->counters[i] = ours->counters[k];
				n = k + 1;
				our_at = k_at;
				break;
			}
			k++;
		}
		at += entry_next_offset(e->f, entry);
	}
	table_release(&now);
	err = info ? add_counters(e, info) : -ENOMEM;
	free(info);
	return err;
}

/* The kernel starts a new table's counters at zero: add what was counted. */
static void restore_counters(const struct edit *e, const struct builder *b)
{
	struct xt_counters_info *info = new_counters(e, b->r->num_entries);

	if (!info)
		return;
	for (uint32_t i = 0; i < b->r->num_entries; i++)
		if (b->from[i] != UINT32_MAX)
			info->counters[i] = e->old[b->from[i]];
	for (int tries = 0; tries < 10; tries++) {
		int err = tries ? add_to_changed(e, b, info)
				: add_counters(e, info);

		if (err != -EINVAL)
			break;
	}
	free(info);
}

int edit_commit(struct edit *e)
{
	struct builder b = { NULL };
	int err = build(e, &b);

	if (!err)
		err = check_unchanged(e);
	HOOK("edit-before-replace");
	if (!err && setsockopt(e->sock, e->f->level, IPT_SO_SET_REPLACE, b.r,
			       (socklen_t)(sizeof(*b.r) + b.r->size)) < 0)
		err = -errno;
	HOOK("edit-after-replace");
	if (!err)
		restore_counters(e, &b);
	free(b.r);
	free(b.from);
	return err;
}
