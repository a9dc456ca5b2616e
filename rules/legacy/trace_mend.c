// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_mend: puts the run's TRACE rules back to the top of raw after others were there. */
#include "rules/legacy/trace_mend.h"

#include <errno.h>
#include <string.h>

#include "rules/base/entry.h"
#include "rules/base/family.h"
#include "rules/base/owner.h"
#include "rules/base/rule_set.h"
#include "rules/base/testpoint.h"
#include "rules/legacy/edit.h"
#include "rules/legacy/own_rules.h"

/* One chain of raw, as it is and as it should be. */
struct standing {
	unsigned int want;	/* rules of ours */
	unsigned int have;
	bool at_top;		/* nothing but rules of runs before the last one */
};

static unsigned int count_standing_wanted(const struct trace_set *set, unsigned int c)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < set->count; i++)
		n += (set->rule[i].chains & ~set->rule[i].refused) >> c & 1;
	return n;
}

/* Is entry number @i in that builtin chain, and a rule? */
static bool is_in(const struct edit *e, uint32_t i, unsigned int c)
{
	return e->entry[i].hook == own_rules_hooks[c] && edit_is_rule(e, i);
}

static struct standing look_at(const struct edit *e,
			       const struct trace_set *set,
			       const struct owner *owner, unsigned int c)
{
	struct standing s = { .want = count_standing_wanted(set, c), .at_top = true };
	bool others = false;
	struct owner o;

	for (uint32_t i = 0; i < e->table.num_entries; i++) {
		if (!is_in(e, i, c))
			continue;
		if (!own_rules_owner(e, i, &o)) {
			others = true;
		} else if (owner_same_run(&o, owner)) {
			s.have++;
			s.at_top &= !others;
		}
	}
	return s;
}

static bool is_in_place(const struct standing *s)
{
	return s->have == s->want && (s->at_top || !s->want);
}

/* Rules that are there go to the top, in their order; what is more of them goes. */
static int move_up(struct edit *e, const struct owner *owner,
		   const struct standing *s, unsigned int c)
{
	unsigned int n = 0;
	int err = 0;

	for (uint32_t i = 0; i < e->table.num_entries && !err; i++) {
		if (!is_in(e, i, c) || !own_rules_is_of(e, i, owner))
			continue;
		if (n++ < s->want)
			err = edit_move(e, own_rules_hooks[c], i);
		else
			edit_delete(e, i);
	}
	return err;
}

/* Which of them is gone is not asked: all of the chain go in anew. */
static int put_in(struct edit *e, const struct trace_set *set,
		  const struct owner *owner, unsigned int c)
{
	int err = 0;

	for (uint32_t i = 0; i < e->table.num_entries; i++)
		if (is_in(e, i, c) && own_rules_is_of(e, i, owner))
			edit_delete(e, i);
	for (unsigned int r = 0; r < set->count && !err; r++)
		if ((set->rule[r].chains & ~set->rule[r].refused) >> c & 1)
			err = edit_add(e, own_rules_hooks[c],
				       set->rule[r].entry);
	return err;
}

static int mend_chain(struct edit *e, const struct trace_set *set,
		      const struct owner *owner, bool put_back,
		      struct trace_mended *m, unsigned int c)
{
	const struct standing s = look_at(e, set, owner, c);

	if (is_in_place(&s))
		return 0;
	if (s.have < s.want && put_back) {
		m->put_back += s.want - s.have;
		return put_in(e, set, owner, c);
	}
	if (s.have < s.want)
		m->missing += s.want - s.have;
	if (s.at_top && s.have <= s.want)
		return 0;
	m->moved += s.have;
	return move_up(e, owner, &s, c);
}

/* Of all rules that were there and are there. */
static uint64_t count_packets(const struct edit *e, const struct owner *owner)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < e->table.num_entries; i++)
		if (own_rules_is_of(e, i, owner))
			n += entry_counters(e->f, edit_bytes(e, i))->pcnt;
	return n;
}

static bool is_moved(const struct edit *e, uint32_t i)
{
	for (uint32_t n = 0; n < e->inserts; n++)
		if (e->insert[n].from == i)
			return true;
	return false;
}

/* Behind the commit. */
static uint64_t count_dropped(const struct edit *e)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < e->table.num_entries && e->old; i++)
		if (e->entry[i].deleted && !is_moved(e, i))
			n += e->old[i].pcnt;
	return n;
}

static int mend_once(const struct trace_set *set, const struct owner *owner,
		     bool put_back, struct trace_mended *m)
{
	struct edit e;
	int err = edit_open(&e, set->family, "raw");

	memset(m, 0, sizeof(*m));
	if (err)
		return err;
	m->packets = count_packets(&e, owner);
	for (unsigned int c = 0; c < OWN_RULES_CHAINS && !err; c++)
		err = mend_chain(&e, set, owner, put_back, m, c);
	TESTPOINT("mend-before-commit");
	if (!err && (m->moved || m->put_back))
		err = edit_commit(&e);
	TESTPOINT("mend-after-commit");
	if (!err)
		m->dropped = count_dropped(&e);
	edit_close(&e);
	return err;
}

int trace_mend(const struct trace_set *set, const struct owner *owner,
	       bool put_back, struct trace_mended *m)
{
	int err = -EAGAIN;

	memset(m, 0, sizeof(*m));
	if (!own_rules_raw_exists(set->family) && !put_back) {
		for (unsigned int c = 0; c < OWN_RULES_CHAINS; c++)
			m->missing += count_standing_wanted(set, c);
		return 0;
	}
	for (unsigned int n = 0; own_rules_once_more(n, err); n++)
		err = mend_once(set, owner, put_back, m);
	return err;
}

bool trace_mend_needed(const struct trace_set *set, const struct owner *owner)
{
	bool needed = false;
	struct edit e;

	if (!own_rules_raw_exists(set->family))
		return true;
	if (edit_open(&e, set->family, "raw") < 0)
		return false;
	for (unsigned int c = 0; c < OWN_RULES_CHAINS; c++) {
		const struct standing s = look_at(&e, set, owner, c);

		needed |= !is_in_place(&s);
	}
	edit_close(&e);
	return needed;
}

int trace_mend_count(const struct family *f, const struct owner *owner,
		     uint64_t *packets)
{
	struct edit e;
	int err = own_rules_raw_exists(f) ? edit_open(&e, f, "raw") : -ENOENT;

	if (err)
		return err;
	*packets = count_packets(&e, owner);
	edit_close(&e);
	return 0;
}
