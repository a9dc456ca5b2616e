// SPDX-License-Identifier: GPL-2.0-or-later
/* record_head: the words of a record that come before its events. */
#include "replay/record_head.h"

#include <string.h>

#include "capture/conntrack.h"
#include "journey/journey.h"
#include "record/record_words.h"
#include "replay/record_reading.h"
#include "replay/record_value.h"
#include "rules/base/family.h"
#include "rules/base/strview.h"

const char *record_fate_word(unsigned int i)
{
	return fate_word(i);
}

bool record_take_family(struct reading *rd, struct strview t)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!strview_is(t, families[i]->name))
			continue;
		rd->j->nfproto = families[i]->nfproto;
		return true;
	}
	return false;
}

bool record_take_flags(struct reading *rd, struct strview t)
{
	for (size_t i = 0; i < t.len; i++)
		for (size_t f = 0; f < RECORD_FLAGS; f++)
			if (record_flags[f].letter == t.at[i])
				rd->j->flags |= record_flags[f].flag;
	return true;
}

bool record_take_host(struct reading *rd, struct strview t)
{
	return record_text(t, rd->r->host, sizeof(rd->r->host));
}

bool record_take_netns(struct reading *rd, struct strview t)
{
	return record_digits(t, rd->r->netns, sizeof(rd->r->netns));
}

bool record_take_log(struct reading *rd, struct strview t)
{
	rd->r->log = true;
	return strview_is(t, "1");
}

bool record_take_big(struct reading *rd, struct strview t)
{
	rd->r->big = true;
	return strview_is(t, "1");
}

bool record_take_late(struct reading *rd, struct strview t)
{
	return record_handle(t, &rd->r->late);
}

bool record_take_after(struct reading *rd, struct strview t)
{
	return strview_is(t, "0") || record_handle(t, &rd->r->after_ns);
}

bool record_take_was(struct reading *rd, struct strview t)
{
	return record_word(t, record_fate_word, FATE_COUNT, &rd->r->was);
}

bool record_take_copy(struct reading *rd, struct strview t)
{
	uint32_t n;

	if (!record_number(t, 1, JOURNEY_BRANCHES - 1, &n))
		return false;
	rd->r->copy = (uint8_t)n;
	return true;
}

bool record_take_hw(struct reading *rd, struct strview t)
{
	int n = strview_bytes(t, rd->j->hw_header, sizeof(rd->j->hw_header));

	rd->j->hw_header_len = n > 0 ? (uint16_t)n : 0;
	return n >= 0;
}

bool record_take_uid(struct reading *rd, struct strview t)
{
	return record_number(t, 0, UINT32_MAX, &rd->j->uid);
}

static const char *state_word(unsigned int i)
{
	return i ? conntrack_state_word(i) : "";
}

static bool conntrack_field(struct conntrack *c, struct strview t)
{
	struct strview value = strview_behind(t, 1);
	uint32_t n;

	switch (t.at[0]) {
	case 'd':
		c->known |= CONNTRACK_DIRECTION;
		if (!record_number(value, 0, 1, &n))
			return false;
		c->reply = n;
		return true;
	case 'i':
		c->known |= CONNTRACK_ID;
		return record_number(value, 0, UINT32_MAX, &c->id);
	case 'm':
		c->known |= CONNTRACK_MARK;
		return strview_number(value, 16, &c->mark);
	}
	return true;
}

bool record_take_conntrack(struct reading *rd, struct strview t)
{
	struct strview state = strview_cut(&t, ',');
	struct conntrack *c = &rd->j->ct;
	uint32_t seen = 0;

	if (!record_word(state, state_word, CONNTRACK_STATES, &c->state))
		return false;
	while (t.len) {
		struct strview field = strview_cut(&t, ',');

		if (field.len && (!record_first(rd, &seen, field.at[0]) ||
				  !conntrack_field(c, field)))
			return false;
	}
	return c->state != CONNTRACK_UNTOLD;
}

bool record_take_in(struct reading *rd, struct strview t)
{
	return record_interface(rd->r->names, t, &rd->j->entry.in);
}

bool record_take_out(struct reading *rd, struct strview t)
{
	return record_interface(rd->r->names, t, &rd->j->entry.out);
}

bool record_take_lost(struct reading *rd, struct strview t)
{
	return record_number(t, 0, UINT32_MAX, &rd->j->lost);
}

bool record_take_omitted(struct reading *rd, struct strview t)
{
	struct journey *j = rd->j;

	/* So that all of them are a number, too. */
	if (!record_number(t, 0, UINT32_MAX - JOURNEY_STEPS, &j->omitted))
		return false;
	j->steps = j->omitted;
	return true;
}
