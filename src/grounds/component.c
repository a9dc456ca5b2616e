// SPDX-License-Identifier: GPL-2.0-or-later
/* component: whose rule it is, as far as names, comments and sets tell. */
#include "grounds/component.h"

#include <stdio.h>
#include <string.h>

#include "grounds/component_fit.h"
#include "grounds/component_frames.h"
#include "grounds/component_object.h"
#include "grounds/component_rows.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "place/place.h"

/* A row that fits says what the rule, or its chain, is named after. */
static bool name_object(const struct component_frames *f, unsigned int depth,
			const struct component_row *row,
			struct pattern_pieces *pieces, struct component_found *to)
{
	return row->object &&
	       component_object(to->object, row->object, f, depth, pieces);
}

/* What chains called from this one are named after besides. */
static void add_around(const struct component_frames *f, unsigned int depth,
		       const struct component_row *row,
		       struct pattern_pieces *pieces, struct component_found *to)
{
	size_t len = strlen(to->object);
	char more[COMPONENT_OBJECT];

	if (component_object(more, row->around, f, depth, pieces) &&
	    len + strlen(more) < sizeof(to->object))
		strcpy(to->object + len, more);
}

/* The object, from the deepest frame outwards; then what is around it. */
static void find_object(struct component_frames *f,
			struct component_found *to, bool *denies)
{
	struct pattern_pieces pieces;
	bool around = false;

	for (unsigned int i = 0; i < f->depth && !around; i++) {
		const struct component_row *row = NULL;
		bool named = *to->object;

		while ((row = component_row_next(f, i, row, &pieces))) {
			if (!named && name_object(f, i, row, &pieces, to)) {
				*denies |= !i && row->denies;
				around = row->denies;
				break;
			}
			if (named && row->around) {
				add_around(f, i, row, &pieces, to);
				around = true;
				break;
			}
		}
	}
}

static void add_asked(struct component_found *to, const char *name)
{
	if (to->asked == COMPONENT_ASKED)
		to->more = true;
	else
		strcpy(to->ask[to->asked++], name);
}

/* The chains that were called from where it was denied, and that came back. */
static void find_asked(const struct component_frames *f,
		       struct component_found *to)
{
	char name[COMPONENT_OBJECT];

	for (uint32_t i = 0; i < f->step; i++)
		if (component_policy_asked(f, i, name))
			add_asked(to, name);
}

/* Of a recording, made where more was known. */
static const struct fate_owner *told_of(const struct journey *j, unsigned int b)
{
	return j->fate && j->fate[b].told ? j->fate[b].told->owner : NULL;
}

static bool take_told_component(struct component_found *to, const struct fate_owner *told)
{
	to->who = component_by_key(told->component);
	if (!to->who)
		return false;
	memcpy(to->object, told->object, sizeof(to->object));
	memcpy(to->ask, told->ask, sizeof(to->ask));
	to->asked = told->asked;
	to->more = told->more;
	to->by_tables = true;
	return true;
}

/* Whose names tell nothing: nft's tables may have an owner, whose process was found. */
static bool take_holder(struct component_found *to, const struct place *by)
{
	if (!by->holder)
		return false;
	to->who = &component_holder;
	to->by_tables = true;
	snprintf(to->object, sizeof(to->object), "%s", by->holder);
	return true;
}

bool component_find(struct component_found *to, const struct journey *j,
		    unsigned int b, const struct place *by)
{
	struct component_frames f;
	const struct component_row *row;
	struct pattern_pieces pieces;
	const struct fate_owner *told = told_of(j, b);
	bool denies = false;

	to->who = NULL;
	to->object[0] = '\0';
	to->asked = 0;
	to->more = to->by_tables = false;
	if (!by)
		return false;
	if (told)
		return take_told_component(to, told);
	component_frames_begin(&f, j, b, by, &to->by_tables);
	row = component_row_first(&f, &pieces);
	if (!row)
		return take_holder(to, by);
	to->who = row->of;
	component_frames_complete(&f);
	find_object(&f, to, &denies);
	if (denies)
		find_asked(&f, to);
	return true;
}

const struct component *component_of_rule(const struct journey *j,
					  unsigned int b,
					  const struct place *at)
{
	struct component_frames f;
	struct pattern_pieces pieces;
	const struct component_row *row;
	bool by_tables;

	component_frames_begin(&f, j, b, at, &by_tables);
	row = component_row_first(&f, &pieces);
	return row ? row->of : NULL;
}

bool component_of_fate(struct component_found *to, const struct journey *j,
		       unsigned int b, const struct grounds *g)
{
	const struct place *by = j->fate[b].by;
	struct component_found setter;

	if (!by && g)
		by = g->accepted;
	if (!component_find(to, j, b, by))
		return false;
	if (*to->object || !g || !g->marked ||
	    !component_find(&setter, j, b, g->marked) || setter.who != to->who)
		return true;
	memcpy(to->object, setter.object, sizeof(to->object));
	to->by_tables |= setter.by_tables;
	return true;
}

void component_text(char *to, unsigned int size,
		    const struct component_found *f)
{
	snprintf(to, size, "%s%s%s", f->who->name, *f->object ? ": " : "",
		 f->object);
}
