// SPDX-License-Identifier: GPL-2.0-or-later
/* edit: changes rules of a legacy table in one replacement and keeps every counter. */
#include "rules/legacy/edit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/netfilter_ipv4/ip_tables.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/ledger.h"

static bool is_edit_error(const struct edit *e, uint32_t i)
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
		begins = table_hook_at(&e->table, at);
		e->entry[i].offset = at;
		if (begins != NOT_A_HOOK)
			hook = begins;
		else if (is_edit_error(e, i))
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

static int add(struct edit *e, uint8_t hook, const void *entry, uint32_t from)
{
	struct edit_insert *more = realloc(e->insert, (e->inserts + 1) *
					   sizeof(*more));

	if (!more)
		return -ENOMEM;
	e->insert = more;
	e->insert[e->inserts++] = (struct edit_insert) {
		.hook = hook, .entry = entry, .from = from,
	};
	return 0;
}

int edit_add(struct edit *e, uint8_t hook, const void *entry)
{
	return add(e, hook, entry, UINT32_MAX);
}

int edit_move(struct edit *e, uint8_t hook, uint32_t i)
{
	int err = add(e, hook, edit_bytes(e, i), i);

	if (!err)
		edit_delete(e, i);
	return err;
}

void edit_delete(struct edit *e, uint32_t i)
{
	e->entry[i].deleted = 1;
}

void edit_rewrite(struct edit *e, uint32_t i, const void *entry)
{
	e->entry[i].rewritten = entry;
}

static void put_entry(const struct ledger_page *p, const void *bytes,
		      uint32_t from)
{
	struct ipt_replace *r = p->replace;
	size_t size = entry_next_offset(p->f, bytes);

	memcpy((char *)r->entries + r->size, bytes, size);
	p->from[r->num_entries++] = from;
	r->size += (unsigned int)size;
}

static void put_inserts(const struct edit *e, struct ledger_page *p, uint8_t hook)
{
	for (uint32_t i = 0; i < e->inserts; i++)
		if (e->insert[i].hook == hook)
			put_entry(p, e->insert[i].entry, e->insert[i].from);
}

static void put_all(struct edit *e, struct ledger_page *p)
{
	for (uint32_t i = 0; i < e->table.num_entries; i++) {
		struct edit_entry *n = &e->entry[i];
		uint8_t begins = table_hook_at(&e->table, n->offset);

		if (begins != NOT_A_HOOK) {
			p->replace->hook_entry[begins] = p->replace->size;
			put_inserts(e, p, begins);
		}
		n->new_offset = p->replace->size;
		if (!n->deleted)
			put_entry(p, n->rewritten ? n->rewritten
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
static int mend_verdicts(const struct edit *e, struct ledger_page *p)
{
	uint32_t at = 0;

	for (uint32_t n = 0; n < p->replace->num_entries; n++) {
		char *entry = (char *)p->replace->entries + at;
		struct xt_standard_target *t = (void *)
			entry_target(e->f, entry);
		uint32_t size = entry_next_offset(e->f, entry);
		uint32_t old = p->from[n], to;

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

static int begin(const struct edit *e, struct ledger_page *p)
{
	size_t size = e->table.size;

	for (uint32_t i = 0; i < e->inserts; i++)
		size += entry_next_offset(e->f, e->insert[i].entry);
	return ledger_begin(p, e->f, e->table.num_entries,
			    e->table.num_entries + e->inserts, size);
}

static int build(struct edit *e, struct ledger_page *p)
{
	struct ipt_replace *r = p->replace;

	memcpy(r->name, e->table.name, sizeof(r->name));
	r->valid_hooks = e->table.valid_hooks;
	put_all(e, p);
	for (unsigned int h = 0; h < NF_INET_NUMHOOKS; h++)
		if (e->table.valid_hooks & (1u << h))
			r->underflow[h] = e->entry[find_offset(
				e, e->table.underflow[h])].new_offset;
	return mend_verdicts(e, p);
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

static int keep_old_counters(struct edit *e, const struct ledger_page *p)
{
	size_t size = e->table.num_entries * sizeof(*e->old);

	/* For want of memory only our own rules' count is not known. */
	e->old = malloc(size);
	if (e->old)
		memcpy(e->old, p->old, size);
	return 0;
}

int edit_commit(struct edit *e)
{
	struct ledger_page p;
	int err = begin(e, &p);

	if (err)
		return err;
	err = build(e, &p);
	if (!err)
		err = check_unchanged(e);
	TESTPOINT("edit-before-replace");
	if (!err)
		err = ledger_replace(&p, e->sock);
	if (!err)
		err = keep_old_counters(e, &p);
	ledger_end(&p);
	return err;
}
