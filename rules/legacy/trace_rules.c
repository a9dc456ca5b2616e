// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_rules: puts TRACE rules into the legacy raw table and takes exactly them out. */
#include "rules/legacy/trace_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/edit.h"
#include "rules/legacy/own_rules.h"

const char *trace_chain_name(unsigned int chain)
{
	return chain == TRACE_OUTPUT ? "OUTPUT" : "PREROUTING";
}

/* Insert rules [from, to) into the chains given; one commit. */
static int insert_once(struct trace_set *set, unsigned int from,
		       unsigned int to, unsigned int chains)
{
	struct edit e;
	int err = edit_open(&e, set->family, "raw");

	if (err)
		return err;
	for (unsigned int c = 0; c < OWN_RULES_CHAINS; c++)
		for (unsigned int i = from; i < to && !err; i++)
			if (set->rule[i].chains & chains & (1u << c))
				err = edit_add(&e, own_rules_hooks[c],
					       set->rule[i].entry);
	TESTPOINT("trace-before-commit");
	if (!err)
		err = edit_commit(&e);
	TESTPOINT("trace-after-commit");
	edit_close(&e);
	return err;
}

static unsigned int count_wanted(const struct trace_set *set,
				 unsigned int from, unsigned int to,
				 unsigned int chains)
{
	unsigned int n = 0;

	for (unsigned int i = from; i < to; i++)
		n += (unsigned int)__builtin_popcount(set->rule[i].chains &
						      chains);
	return n;
}

static int insert_some(struct trace_set *set, unsigned int from,
		       unsigned int to, unsigned int chains)
{
	int err = -EAGAIN;

	if (count_wanted(set, from, to, chains) == 0)
		return 0;
	for (unsigned int tries = 0; own_rules_once_more(tries, err); tries++)
		err = insert_once(set, from, to, chains);
	return err;
}

/*
 * The kernel refused all together: find out which rule in which chain.  Last
 * first, since each goes in at the top.
 */
static int insert_singly(struct trace_set *set)
{
	int in = 0, err;

	for (unsigned int i = set->count; i-- > 0; ) {
		struct trace_rule *r = &set->rule[i];

		for (unsigned int c = 0; c < OWN_RULES_CHAINS; c++) {
			if (!(r->chains & (1u << c)))
				continue;
			err = insert_some(set, i, i + 1, 1u << c);
			if (err == -EINVAL || err == -EOPNOTSUPP)
				r->refused |= 1u << c;
			else if (err)
				return err;
			else
				in++;
		}
		if (r->refused == r->chains)
			return -EINVAL;
	}
	return in;
}

void trace_rules_date(const struct trace_set *set, const struct owner *owner,
		      bool deadline)
{
	char comment[OWNER_TEXT];

	owner_format(owner, comment);
	for (unsigned int r = 0; r < set->count; r++) {
		entry_set_comment(set->family, set->rule[r].entry, comment);
		if (deadline)
			entry_set_deadline(set->family, set->rule[r].entry,
					   (uint32_t)owner->end);
	}
}

int trace_rules_install(struct trace_set *set, const struct owner *owner)
{
	int err;

	for (unsigned int i = 0; i < set->count; i++)
		set->rule[i].refused = 0;
	err = insert_some(set, 0, set->count, TRACE_BOTH);
	if (err == 0)
		return (int)count_wanted(set, 0, set->count, TRACE_BOTH);
	if (err == -EINVAL || err == -EOPNOTSUPP)
		err = insert_singly(set);
	if (err < 0)
		trace_rules_remove(set->family, owner, NULL);
	return err;
}

static int remove_once(const struct family *f, const struct owner *owner,
		       struct trace_removed *done)
{
	struct edit e;
	int err = edit_open(&e, f, "raw");

	memset(done, 0, sizeof(*done));
	if (err)
		return err;
	for (uint32_t i = 0; i < e.table.num_entries; i++) {
		if (own_rules_is_of(&e, i, owner)) {
			edit_delete(&e, i);
			done->rules++;
		}
	}
	TESTPOINT("trace-before-removal");
	if (done->rules)
		err = edit_commit(&e);
	TESTPOINT("trace-after-removal");
	for (uint32_t i = 0; i < e.table.num_entries && !err && e.old; i++)
		if (e.entry[i].deleted)
			done->packets += e.old[i].pcnt;
	edit_close(&e);
	return err;
}

int trace_rules_remove(const struct family *f, const struct owner *owner,
		       struct trace_removed *done)
{
	struct trace_removed d = { 0 };
	int err = own_rules_raw_exists(f) ? -EAGAIN : 0;

	for (unsigned int tries = 0; own_rules_once_more(tries, err); tries++)
		err = remove_once(f, owner, &d);
	if (done)
		*done = d;
	return err;
}

static int renew_once(const struct family *f, const struct owner *owner,
		      const char *text, uint32_t end)
{
	unsigned char *copies;
	size_t used = 0;
	struct edit e;
	int err = edit_open(&e, f, "raw");

	if (err)
		return err;
	copies = malloc(e.table.size);
	for (uint32_t i = 0; copies && i < e.table.num_entries; i++) {
		const void *entry = edit_bytes(&e, i);

		if (!own_rules_is_of(&e, i, owner))
			continue;
		memcpy(copies + used, entry, entry_next_offset(f, entry));
		entry_set_deadline(f, copies + used, end);
		entry_set_comment(f, copies + used, text);
		edit_rewrite(&e, i, copies + used);
		used += entry_next_offset(f, entry);
	}
	err = !copies ? -ENOMEM : !used ? -ENOENT : edit_commit(&e);
	free(copies);
	edit_close(&e);
	return err;
}

int trace_rules_renew(const struct family *f, const struct owner *owner,
		      int64_t end)
{
	struct owner next = *owner;
	char text[OWNER_TEXT];
	int err = -EAGAIN;

	next.end = end;
	owner_format(&next, text);
	if (!own_rules_raw_exists(f))
		return -ENOENT;
	for (unsigned int tries = 0; own_rules_once_more(tries, err); tries++)
		err = renew_once(f, owner, text, (uint32_t)end);
	return err;
}

static struct trace_stale *note_owner(struct trace_stale *stale,
				      unsigned int *count, unsigned int max,
				      const struct owner *o, unsigned int how)
{
	for (unsigned int i = 0; i < *count; i++)
		if (owner_same_run(&stale[i].owner, o))
			return &stale[i];
	if (*count == max)
		return NULL;
	memset(&stale[*count], 0, sizeof(*stale));
	stale[*count].owner = *o;
	stale[*count].life = life_swept(o, how);
	return &stale[(*count)++];
}

static int find_owners(const struct family *f, unsigned int how,
		       struct trace_stale *stale, unsigned int max)
{
	unsigned int count = 0;
	struct owner o;
	struct edit e;
	int err = edit_open(&e, f, "raw");

	if (err)
		return err;
	for (uint32_t i = 0; i < e.table.num_entries; i++) {
		struct trace_stale *s;

		if (!own_rules_owner(&e, i, &o))
			continue;
		s = note_owner(stale, &count, max, &o, how);
		if (s)
			s->rules++;
	}
	edit_close(&e);
	return (int)count;
}

int trace_rules_sweep(const struct family *f, unsigned int how,
		      struct trace_stale *stale, unsigned int max)
{
	int count, err = own_rules_raw_there(f);

	if (err <= 0)
		return err;
	count = find_owners(f, how, stale, max);
	for (int i = 0; i < count && !(how & SWEEP_DRY); i++) {
		if (stale[i].life != LIFE_OVER)
			continue;
		err = trace_rules_remove(f, &stale[i].owner, NULL);
		if (err)
			return err;
	}
	return count;
}
