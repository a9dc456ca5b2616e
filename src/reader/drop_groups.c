// SPDX-License-Identifier: GPL-2.0-or-later
/* drop_groups: packets alike, of which the kernel dropped some: which ones nobody can tell. */
#include "reader/drop_groups.h"

#include <stddef.h>

#include "journey/drop_join.h"
#include "journey/drop_meaning.h"
#include "journey/journey.h"

static const struct drop_group *group_of(const struct drop_groups *g,
					 uint32_t id)
{
	const struct drop_group *at = &g->group[id % DROP_GROUPS];

	return id && at->id == id ? at : NULL;
}

static struct drop_group *begin(struct drop_groups *g)
{
	uint32_t id = ++g->count;
	struct drop_group *at = &g->group[id % DROP_GROUPS];

	*at = (struct drop_group){ .id = id };
	return at;
}

static struct path *path_of(const struct drop_match *m, unsigned int i)
{
	return &m->of[i].j->path[m->of[i].branch];
}

static struct drop_group *find_group(struct drop_groups *g, const struct drop_match *m)
{
	for (unsigned int i = 0; i < m->count; i++) {
		uint32_t id = path_of(m, i)->drop.group;

		if (group_of(g, id))
			return &g->group[id % DROP_GROUPS];
	}
	return m->count > 1 ? begin(g) : NULL;
}

uint32_t drop_groups_note(struct drop_groups *g, const struct drop_match *m,
			  const struct drop_seen *seen)
{
	struct drop_group *at;

	if (drop_meaning_is_beside(drop_meaning(seen)))
		return 0;
	at = find_group(g, m);
	if (!at)
		return 0;
	for (unsigned int i = 0; i < m->count; i++) {
		struct path *p = path_of(m, i);

		at->members += p->drop.group != at->id;
		p->drop.group = at->id;
	}
	at->mixed |= at->records && at->seen != seen;
	at->seen = seen;
	at->records++;
	return at->id;
}

bool drop_groups_ambiguous(const struct drop_groups *g, uint32_t id)
{
	const struct drop_group *at = group_of(g, id);

	if (!id)
		return false;
	return !at || at->mixed || at->records != at->members;
}
