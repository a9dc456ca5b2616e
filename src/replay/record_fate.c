// SPDX-License-Identifier: GPL-2.0-or-later
/* record_fate: the words of a record that tell of fates. */
#include "replay/record_fate.h"

#include <string.h>

#include "journey/journey.h"
#include "journey/journey_room.h"
#include "record/record.h"
#include "replay/record_head.h"
#include "replay/record_reading.h"
#include "replay/record_value.h"
#include "report/report.h"
#include "rules/base/strview.h"

static bool drop_field(struct reading *rd, struct fate *f, char letter,
		       struct strview value)
{
	struct drop_seen *d = &rd->r->drop[rd->j->branches];
	uint32_t n;

	switch (letter) {
	case 'k':
		f->drop = d;
		return record_text(value, d->reason, sizeof(d->reason));
	case 'l':
		return record_text(value, d->location, sizeof(d->location));
	}
	if (!record_number(value, 1, UINT16_MAX, &n))
		return false;
	f->port = (uint16_t)n;
	return true;
}

/* By the number of an event. */
static bool get_event(struct reading *rd, struct strview t,
		      const struct place **at)
{
	uint32_t n;

	if (!record_number(t, 0, UINT32_MAX, &n))
		return false;
	if (n >= journey_kept(rd->j))
		return record_refuse(rd, RECORD_ABSENT);
	*at = rd->j->step[n].place;
	return true;
}

/* Where a letter's rule goes; NULL: it is another field. */
static const struct place **rule_of(struct fate *f, struct fate_grounds *g,
				    char letter)
{
	switch (letter) {
	case 'b':
		return &f->by;
	case 'a':
		return &g->accepted;
	case 'v':
		return &g->via;
	case 'm':
		return &g->marked;
	case 'w':
		return &g->marked_via;
	case 'u':
		return &g->unseen;
	}
	return NULL;
}

static bool fate_field(struct reading *rd, struct fate *f, struct strview t)
{
	struct fate_grounds *g = &rd->r->grounds[rd->j->branches];
	const struct place **rule = rule_of(f, g, t.at[0]);
	struct strview value = strview_behind(t, 1);
	char *cause = rd->r->cause[rd->j->branches];

	if (rule)
		return get_event(rd, value, rule);
	switch (t.at[0]) {
	case 'o':
		return record_interface(rd->r->names, value, &f->out);
	case 'g':
		g->found = true;
		return !value.len;
	case 's':
		return record_number(value, 1, JOURNEY_STEPS, &g->shared);
	case 'i':
		f->inside = true;
		return !value.len;
	case 'c':
		f->cause = cause;
		return record_text(value, cause, CAUSE_TEXT);
	case 'k':
	case 'l':
	case 'p':
		return drop_field(rd, f, t.at[0], value);
	}
	return true;
}

bool record_take_fate(struct reading *rd, struct strview t)
{
	struct strview kind = strview_cut(&t, ','), hook = strview_cut(&t, ',');
	struct journey *j = rd->j;
	struct fate *f;
	uint32_t seen = 0;

	if (j->branches == JOURNEY_BRANCHES)
		return false;
	f = journey_next_fate(j);
	if (!f)
		return false;
	memset(&rd->r->drop[j->branches], 0, sizeof(rd->r->drop[0]));
	memset(&rd->r->grounds[j->branches], 0, sizeof(rd->r->grounds[0]));
	f->told = &rd->r->grounds[j->branches];
	if (!record_word(kind, record_fate_word, FATE_COUNT, &f->kind) ||
	    !record_word(hook, report_hook_name, FATE_HOOKS, &f->hook))
		return false;
	while (t.len) {
		struct strview field = strview_cut(&t, ',');

		if (field.len && (!record_first(rd, &seen, field.at[0]) ||
				  !fate_field(rd, f, field)))
			return false;
	}
	j->branches++;
	return true;
}

static bool owner_field(struct fate_owner *to, struct strview t)
{
	struct strview value;

	if (!t.len)
		return false;
	value = strview_behind(t, 1);
	switch (*t.at) {
	case 'o':
		return record_name(value, to->object, OWNER_OBJECT);
	case 'a':
		return to->asked < OWNER_ASKED &&
		       record_name(value, to->ask[to->asked++], OWNER_OBJECT);
	case 'm':
		to->more = true;
		return !value.len;
	}
	return true;
}

/* Of the fate in front of it. */
bool record_take_owner(struct reading *rd, struct strview t)
{
	struct strview component = strview_cut(&t, ',');
	unsigned int b = rd->j->branches;
	struct fate_owner *to;

	if (!b || rd->r->grounds[b - 1].owner)
		return record_refuse(rd, RECORD_ORDER);
	to = &rd->r->owner[--b];
	to->object[0] = '\0';
	to->asked = 0;
	to->more = false;
	rd->r->grounds[b].owner = to;
	if (!record_name(component, to->component, OWNER_COMPONENT))
		return false;
	while (t.len)
		if (!owner_field(to, strview_cut(&t, ',')))
			return false;
	return true;
}
