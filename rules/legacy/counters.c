// SPDX-License-Identifier: GPL-2.0-or-later
/* counters: what a replaced table had counted, added to the new one's counters. */
#include "rules/legacy/counters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <netinet/in.h>
#include <linux/netfilter_ipv4/ip_tables.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/legacy/ledger_page.h"
#include "rules/legacy/table.h"

enum { COUNT_TRIES = 10 };

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

static int add_counters(const struct ledger_page *p, int sock,
			struct xt_counters_info *info)
{
	socklen_t len = (socklen_t)(sizeof(*info) + info->num_counters *
				    sizeof(info->counters[0]));

	return setsockopt(sock, p->f->level, IPT_SO_SET_ADD_COUNTERS, info,
			  len) < 0 ? -errno : 0;
}

/* A table's entries, and where each lies. */
struct side {
	const unsigned char *bytes;
	uint32_t n;
	uint32_t *at;
};

static bool side_fill(struct side *s, const struct family *f,
		      const void *bytes, uint32_t n)
{
	s->bytes = bytes;
	s->n = n;
	s->at = calloc(n, sizeof(*s->at));
	for (uint32_t i = 1; s->at && i < n; i++)
		s->at[i] = s->at[i - 1] +
			entry_next_offset(f, s->bytes + s->at[i - 1]);
	return s->at != NULL;
}

/* A jump holds an offset, which moves with what is put in before it. */
static bool same_but_offset(const struct family *f, const unsigned char *a,
			    const unsigned char *b, size_t from, size_t size)
{
	const struct xt_standard_target *t = (const void *)entry_target(f, a);
	const struct xt_standard_target *u = (const void *)entry_target(f, b);
	size_t verdict = (size_t)((const unsigned char *)&t->verdict - a);

	if (t->target.u.user.name[0] != '\0' || t->verdict < 0 ||
	    u->verdict < 0)
		return memcmp(a + from, b + from, size - from) == 0;
	return memcmp(a + from, b + from, verdict - from) == 0;
}

static bool same_entry(const struct family *f, const unsigned char *a,
		       const unsigned char *b)
{
	size_t size = entry_next_offset(f, a);

	/* Behind next_offset: comefrom, the kernel's notes; and the counters. */
	return size == entry_next_offset(f, b) &&
	       memcmp(a, b, f->next_offset + sizeof(uint16_t)) == 0 &&
	       same_but_offset(f, a, b, f->counters +
			       sizeof(struct xt_counters), size);
}

static bool same_at(const struct family *f, const struct side *now, uint32_t i,
		    const struct side *ours, uint32_t k)
{
	return same_entry(f, now->bytes + now->at[i], ours->bytes + ours->at[k]);
}

/*
 * Which of our entries each entry is now, UINT32_MAX: none.  What is the same
 * from the start and from the end is clear; between, the next that is the same.
 */
static void align(const struct family *f, const struct side *now,
		  const struct side *ours, uint32_t *is)
{
	uint32_t head = 0, tail = 0, k;

	for (; head < now->n && head < ours->n &&
	     same_at(f, now, head, ours, head); head++)
		is[head] = head;
	for (; tail < now->n - head && tail < ours->n - head &&
	     same_at(f, now, now->n - 1 - tail, ours, ours->n - 1 - tail);
	     tail++)
		is[now->n - 1 - tail] = ours->n - 1 - tail;
	k = head;
	for (uint32_t i = head; i < now->n - tail; i++) {
		uint32_t found = k;

		while (found < ours->n - tail && !same_at(f, now, i, ours, found))
			found++;
		is[i] = found < ours->n - tail ? found : UINT32_MAX;
		if (is[i] != UINT32_MAX)
			k = found + 1;
	}
}

/*
 * What each entry of the table as it is now had counted before our
 * replacement; nothing for those that are new.  To be freed; NULL: no memory.
 */
static struct xt_counters_info *find_counted(const struct ledger_page *p,
					     const struct table_blob *t)
{
	struct xt_counters_info *info = new_info(p, t->num_entries);
	uint32_t *is = calloc(t->num_entries, sizeof(*is));
	struct side now = { 0 }, ours = { 0 };

	if (!info || !is || !side_fill(&now, p->f, t->bytes, t->num_entries) ||
	    !side_fill(&ours, p->f, p->replace->entries,
		       p->replace->num_entries)) {
		free(info);
		info = NULL;
	} else {
		align(p->f, &now, &ours, is);
	}
	for (uint32_t i = 0; info && i < t->num_entries; i++) {
		uint32_t from = is[i] == UINT32_MAX ? UINT32_MAX
						    : p->from[is[i]];

		if (from < p->replace->num_counters)
			info->counters[i] = p->old[from];
	}
	free(is);
	free(now.at);
	free(ours.at);
	return info;
}

static int add_to_changed(const struct ledger_page *p, int sock)
{
	struct xt_counters_info *info;
	struct table_blob now;
	int err = table_read(p->f, sock, p->replace->name, &now);

	if (err)
		return err;
	info = find_counted(p, &now);
	if (info)
		info->counters[now.num_entries - 1].pcnt += MARK;
	table_release(&now);
	err = info ? add_counters(p, sock, info) : -ENOMEM;
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
	err = add_counters(p, sock, info);
	free(info);
	return err;
}

void counters_add(const struct ledger_page *p, int sock)
{
	int err = add_to_ours(p, sock);

	/* The number of entries is another: somebody replaced the table. */
	for (int tries = 0; tries < COUNT_TRIES && err == -EINVAL; tries++)
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
	struct xt_counters_info *had = find_counted(p, now);
	bool all = true;
	uint32_t at = 0;

	for (uint32_t i = 0; had && i < now->num_entries; i++) {
		const unsigned char *entry = now->bytes + at;

		all &= entry_counters(p->f, entry)->pcnt >=
			had->counters[i].pcnt;
		at += entry_next_offset(p->f, entry);
	}
	free(had);
	return all;
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
	err = info ? add_counters(p, sock, info) : -ENOMEM;
	free(info);
	return err;
}

void counters_unmark(const struct ledger_page *p, int sock)
{
	int err = -EINVAL;

	for (int tries = 0; tries < COUNT_TRIES && err == -EINVAL; tries++)
		err = unmark_once(p, sock);
}
