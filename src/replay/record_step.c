// SPDX-License-Identifier: GPL-2.0-or-later
/* record_step: an event's word, and its line in the block for people -> a step. */
#include "replay/record_step.h"

#include <stdlib.h>
#include <string.h>

#include "journey/journey_room.h"
#include "place/place.h"
#include "place/place_restored.h"
#include "place/text_doubt.h"
#include "replay/record_reading.h"
#include "replay/record_value.h"

static const char *some_doubt_word(unsigned int i)
{
	return i ? text_doubt_word(i) : "";
}

/* What a TRACE line says of its place; escaped where the text is not plain. */
static bool split_line(struct strview line, struct place_known *k)
{
	const char *parting = memmem(line.at, line.len, "  \"", 3);
	struct strview rule;

	k->prefix = line.at;
	k->prefix_len = line.len;
	k->rule = "";
	if (!parting)
		return true;
	k->prefix_len = (size_t)(parting - line.at);
	rule = strview_behind(line, k->prefix_len + 3);
	if (!rule.len || rule.at[rule.len - 1] != '"')
		return false;
	k->rule = rule.at;
	k->rule_len = rule.len - 1;
	return true;
}

bool record_take_line(struct reading *rd, struct strview *line)
{
	while (rd->block.len) {
		*line = strview_cut(&rd->block, '\n');
		if (strview_starts(*line, "TRACE: "))
			return true;
	}
	return false;
}

/* "xPREFIX:RULE" in hex, for what the line for people shows escaped. */
static const struct place *raw_place(struct reading *rd, struct strview t,
				     struct place_known *k)
{
	struct strview prefix = strview_cut(&t, ':');
	char *bytes = malloc((prefix.len + t.len) / 2 + 1);
	const struct place *at = NULL;
	int p, r = -1;

	if (!bytes)
		return NULL;
	p = strview_bytes(prefix, bytes, prefix.len / 2);
	if (p >= 0)
		r = strview_bytes(t, bytes + p, t.len / 2);
	if (r >= 0) {
		k->prefix = bytes;
		k->prefix_len = (size_t)p;
		k->rule = bytes + p;
		k->rule_len = (size_t)r;
		at = place_restore(rd->r->index, k);
	}
	free(bytes);
	return at;
}

/* Where an interface's name goes, by its field's letter; NULL: it is another field. */
static uint32_t *interface_of(struct step *s, char letter)
{
	switch (letter) {
	case 'i':
		return &s->in;
	case 'o':
		return &s->out;
	case 'p':
		return &s->phys_in;
	case 'q':
		return &s->phys_out;
	}
	return NULL;
}

static bool get_step_u16(struct strview t, uint16_t *to)
{
	uint32_t n;

	if (!record_number(t, 1, UINT16_MAX, &n))
		return false;
	*to = (uint16_t)n;
	return true;
}

static bool step_field(struct reading *rd, struct strview f,
		       struct place_known *k, struct strview *raw)
{
	uint32_t *interface = interface_of(&rd->now, f.at[0]), n;
	struct strview value = strview_behind(f, 1);

	if (interface)
		return record_interface(rd->r->names, value, interface);
	switch (f.at[0]) {
	case 'm':
		return strview_number(value, 16, &rd->now.mark);
	case 'b':
		/* Whether there is such a copy its fate will tell. */
		if (!record_number(value, 0, JOURNEY_BRANCHES - 1, &n))
			return false;
		rd->now.branch = (uint8_t)n;
		return true;
	case 'a':
		rd->now.one_backend = true;
		return true;
	case 'w':
		return get_step_u16(value, &k->own_before);
	case 'k':
		return get_step_u16(value, &k->queue);
	case 'h':
		return record_handle(value, &k->handle);
	case 'n':
		return record_number(value, 1, UINT32_MAX, &k->position);
	case 'd':
		return record_word(value, some_doubt_word, TEXT_DOUBT_COUNT,
				   &k->doubt);
	case 'x':
		*raw = value;
		return true;
	}
	return true;
}

bool record_take_step(struct reading *rd, struct strview fields)
{
	struct place_known known = { .nfproto = rd->j->nfproto };
	struct strview line, raw = { NULL, 0 };
	uint32_t seen = 0;
	struct step *s;

	if (journey_kept(rd->j) == JOURNEY_STEPS || !record_take_line(rd, &line))
		return record_refuse(rd, RECORD_LINE);
	rd->now.one_backend = false;
	while (fields.len) {
		struct strview f = strview_cut(&fields, ',');

		if (f.len && (!record_first(rd, &seen, f.at[0]) ||
			      !step_field(rd, f, &known, &raw)))
			return false;
	}
	if (raw.at)
		rd->now.place = raw_place(rd, raw, &known);
	else
		rd->now.place = split_line(line, &known) ?
			place_restore(rd->r->index, &known) : NULL;
	s = rd->now.place ? journey_add_step(rd->j) : NULL;
	if (!s)
		return record_refuse(rd, RECORD_LINE);
	*s = rd->now;
	return true;
}
