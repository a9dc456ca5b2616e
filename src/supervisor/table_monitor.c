// SPDX-License-Identifier: GPL-2.0-or-later
/* table_monitor: notices when somebody changes the tables under the trace. */
#include "supervisor/table_monitor.h"

#include <errno.h>
#include <string.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "rules/legacy/snapshot_make.h"
#include "supervisor/run_state.h"

/* Between two looks at the tables; reading them takes 1/SHARE of the time at most. */
enum {
	FREE_MS = 500,
	LOCKED_MS = 2000,	/* whoever respects the lock changes nothing */
	SHARE = 50,
};

/* Return: NULL: the table is gone. */
static const struct snap_table *find_table(const struct snapshot *s,
					   const char *name)
{
	int i = s ? snapshot_table(s, name, strlen(name)) : -1;

	return i < 0 ? NULL : &s->table[i];
}

static void compare_family(struct run *r, unsigned int i,
			   const struct snapshot *now)
{
	const struct snapshot *then = r->snapshots.rules.legacy[i];

	for (unsigned int t = 0; t < then->tables; t++) {
		const struct snap_table *a = &then->table[t];
		const struct snap_table *b = find_table(now, a->name);

		if ((b && a->digest == b->digest) ||
		    r->reader.tables.changed[i] & 1u << t)
			continue;
		r->outcome.tables_differ = true;
		r->reader.tables.changed[i] |= (uint8_t)(1u << t);
		bulletin_post_tables(r->reader.board.post, &r->reader.tables);
		msg("warning: table %s of %s was changed by somebody else "
		    "during the trace (%u rules then, %u now): texts of its "
		    "rules just above may be wrong, and are marked from here "
		    "on",
		    a->name, families[i]->command, a->rules, b ? b->rules : 0);
	}
}

int table_monitor_look(struct run *r,
		       void (*also)(struct run *r, unsigned int family,
				    const struct snapshot *now))
{
	struct helper h[FAMILY_COUNT];
	struct helper_result res[FAMILY_COUNT];
	const struct snapshot *now;
	int err[FAMILY_COUNT], worst = 0;

	memset(res, 0, sizeof(res));
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		err[i] = r->snapshots.rules.legacy[i] ? snapshot_start(&h[i], families[i],
				       &r->plan.owner, SNAP_DIGESTS) : -ENOENT;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!err[i])
			err[i] = snapshot_finish(&h[i], &res[i], &now, NULL);
		if (!err[i]) {
			compare_family(r, i, now);
			if (also)
				also(r, i, now);
		} else if (err[i] != -ENOENT) {
			worst = err[i];
		}
		helper_release(&res[i]);
	}
	return worst;
}

int table_monitor_tick(struct run *r)
{
	uint64_t now = clock_monotonic_ns(), begun = now, pause;

	if (r->clock.monitor_ns == 0)
		r->clock.monitor_ns = now + FREE_MS * NS_PER_MS;
	if (now >= r->clock.monitor_ns) {
		/* Tables that cannot be read now are read next time, or at the end. */
		table_monitor_look(r, NULL);
		now = clock_monotonic_ns();
		pause = (r->host.locked ? LOCKED_MS : FREE_MS) * NS_PER_MS;
		if (pause < (now - begun) * SHARE)
			pause = (now - begun) * SHARE;
		r->clock.monitor_ns = now + pause;
	}
	return (int)((r->clock.monitor_ns - now) / NS_PER_MS) + 1;
}
