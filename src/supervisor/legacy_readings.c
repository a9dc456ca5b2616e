// SPDX-License-Identifier: GPL-2.0-or-later
/* legacy_readings: all tables of iptables at one moment, beside those of another. */
#include "supervisor/legacy_readings.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "place/legacy_history.h"
#include "rules/base/family.h"
#include "rules/legacy/snapshot_make.h"
#include "supervisor/run_state.h"

/* So many rules are read in less time than a process takes to start and to end. */
enum { READ_HERE = 1000 };

void legacy_reading_init(struct legacy_reading *g)
{
	*g = (struct legacy_reading){ .fd = -1 };
}

static void release_reading(struct legacy_reading *g)
{
	helper_release(&g->res);
	if (g->fd >= 0)
		close(g->fd);
	legacy_reading_init(g);
}

void legacy_readings_release(struct legacy_reading *g)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		release_reading(&g[i]);
}

/* Before the reader reads they have been read for the first time. */
bool legacy_readings_has(const struct run *r, unsigned int family)
{
	return r->reader.legacy.known[family].snap ||
	       (!r->begin.done && r->plan.family[family].use);
}

uint32_t legacy_readings_rules(const struct run *r)
{
	uint32_t rules = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct snapshot *s = r->reader.legacy.known[i].snap;

		/* As it was when the run began. */
		rules += s ? s->rules : r->plan.family[i].entries;
	}
	return rules;
}

/* All tables at once, without texts. */
int legacy_readings_read(struct run *r, struct legacy_reading *now)
{
	const bool few = legacy_readings_rules(r) <= READ_HERE;
	struct helper h[FAMILY_COUNT];
	int err[FAMILY_COUNT], worst = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		legacy_reading_init(&now[i]);
		err[i] = !legacy_readings_has(r, i) ? -ENOENT :
			few ? snapshot_read(families[i], &r->plan.owner,
					    &now[i].res, &now[i].snap, NULL) :
			snapshot_start(&h[i], families[i], &r->plan.owner,
				       SNAP_DIGESTS);
	}
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!err[i] && !few)
			err[i] = snapshot_finish(&h[i], &now[i].res,
						 &now[i].snap, NULL);
		if (err[i] && err[i] != -ENOENT)
			worst = err[i];
	}
	return worst;
}

/*
 * Has any table changed?  Where @tell is not NULL it is told of each; a table that
 * is gone has no @now.
 */
static bool compare_family(struct run *r, unsigned int family,
			   const struct snapshot *then,
			   const struct snapshot *now, legacy_news_fn *tell)
{
	bool numbered = !r->reader.tables.undoing, any = false;

	for (unsigned int t = 0; then && now && t < then->tables; t++) {
		const char *name = then->table[t].name;
		int k = snapshot_table(now, name, strlen(name));

		if (k >= 0 && legacy_history_same(then, t, now,
						  (unsigned int)k, numbered))
			continue;
		any = true;
		/* Not of the run's own rules. */
		if (tell && (k < 0 ||
			     then->table[t].digest != now->table[k].digest))
			tell(r, family, &then->table[t],
			     k < 0 ? NULL : &now->table[k]);
	}
	return any || (then && now && then->tables < now->tables);
}

unsigned int legacy_readings_compare(struct run *r,
				     const struct legacy_reading *then,
				     const struct legacy_reading *now,
				     legacy_news_fn *tell)
{
	unsigned int changed = 0;

	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		if (compare_family(r, i, then[i].snap, now[i].snap, tell))
			changed |= 1u << i;
	return changed;
}

/*
 * Where a table is as it was, others may have been in its place meanwhile: iptables
 * from 1.8.11 on takes the counters over, which tell nothing then.
 */
static bool may_be_touched(const struct snapshot *then,
			   const struct snapshot *now)
{
	for (unsigned int t = 0; then && now && t < then->tables; t++) {
		const char *name = then->table[t].name;
		int k = snapshot_table(now, name, strlen(name));

		if (k >= 0 && then->table[t].digest == now->table[k].digest)
			return true;
	}
	return false;
}

/* By as many as came there can have been rules that nobody has read. */
bool legacy_readings_touched(const struct legacy_refresh *l,
			     const struct legacy_reading *now)
{
	for (unsigned int i = 0; i < FAMILY_COUNT && l->by > 1; i++)
		if (may_be_touched(l->known[i].snap, now[i].snap ? now[i].snap :
				   l->known[i].snap))
			return true;
	return false;
}

void legacy_reading_take(struct legacy_reading *to, struct legacy_reading *from)
{
	if (!from->snap)
		return;
	release_reading(to);
	*to = *from;
	if (from->fd >= 0)
		close(from->fd);
	to->fd = -1;
	legacy_reading_init(from);
}
