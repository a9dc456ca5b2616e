// SPDX-License-Identifier: GPL-2.0-or-later
/* record_read: the other half of record: words -> journey. */
#include "record_read.h"

#include <errno.h>
#include <string.h>

#include "change.h"
#include "family.h"
#include "ifnames.h"
#include "journey.h"
#include "record.h"
#include "record_reading.h"
#include "record_step.h"
#include "record_words.h"
#include "report.h"
#include "span.h"

bool record_is(const char *text, size_t len)
{
	struct span t = { text, len };

	return span_starts(t, RECORD_MAGIC) &&
	       (len == sizeof(RECORD_MAGIC) - 1 ||
		text[sizeof(RECORD_MAGIC) - 1] == ' ');
}

static const char *maker_word(unsigned int i)
{
	return change_maker_word(i);
}

static const char *field_word(unsigned int i)
{
	return change_field_word(i);
}

static const char *kind_word(unsigned int i)
{
	return fate_word(i);
}

static bool take_family(struct reading *rd, struct span t)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (!span_is(t, families[i]->name))
			continue;
		rd->j->nfproto = families[i]->nfproto;
		return true;
	}
	return false;
}

static bool take_flags(struct reading *rd, struct span t)
{
	for (size_t i = 0; i < t.len; i++)
		for (size_t f = 0; f < RECORD_FLAGS; f++)
			if (record_flags[f].letter == t.at[i])
				rd->j->flags |= record_flags[f].flag;
	return true;
}

static bool take_host(struct reading *rd, struct span t)
{
	record_name(t, rd->r->host, sizeof(rd->r->host));
	return true;
}

static bool take_netns(struct reading *rd, struct span t)
{
	record_name(t, rd->r->netns, sizeof(rd->r->netns));
	return true;
}

static bool take_log(struct reading *rd, struct span t)
{
	rd->r->log = span_is(t, "1");
	return true;
}

static bool take_hw(struct reading *rd, struct span t)
{
	int n = span_bytes(t, rd->j->hw_header, sizeof(rd->j->hw_header));

	rd->j->hw_header_len = n > 0 ? (uint16_t)n : 0;
	return n >= 0;
}

static bool take_uid(struct reading *rd, struct span t)
{
	return span_number(t, 10, &rd->j->uid);
}

static bool take_in(struct reading *rd, struct span t)
{
	rd->j->entry.in = record_interface(rd, t);
	return true;
}

static bool take_out(struct reading *rd, struct span t)
{
	rd->j->entry.out = record_interface(rd, t);
	return true;
}

static bool take_lost(struct reading *rd, struct span t)
{
	return span_number(t, 10, &rd->j->lost);
}

static bool take_omitted(struct reading *rd, struct span t)
{
	struct journey *j = rd->j;
	uint32_t kept = journey_kept(j);

	if (!span_number(t, 10, &j->omitted))
		return false;
	j->steps = kept + j->omitted;
	return true;
}

static bool get_value(struct reading *rd, uint8_t field, struct span t,
		      struct change_value *v)
{
	struct span addr;
	uint32_t port;

	v->port = -1;
	switch (field) {
	case FIELD_SRC:
	case FIELD_DST:
		addr = span_cut(&t, ':');
		if (span_bytes(addr, v->addr, sizeof(v->addr)) < 0)
			return false;
		if (!t.len)
			return true;
		if (!span_number(t, 10, &port) || port > UINT16_MAX)
			return false;
		v->port = (int32_t)port;
		return true;
	case FIELD_IN:
	case FIELD_OUT:
		v->number = record_interface(rd, t);
		return true;
	default:
		return span_number(t, 10, &v->number);
	}
}

static bool take_change(struct reading *rd, struct span t)
{
	struct span step = span_cut(&t, ','), maker = span_cut(&t, ','),
		    field = span_cut(&t, ','), from = span_cut(&t, ',');
	struct journey *j = rd->j;
	struct change c;
	uint32_t n;

	memset(&c, 0, sizeof(c));
	if (j->changes == JOURNEY_CHANGES || !span_number(step, 10, &n) ||
	    n >= journey_kept(j) ||
	    !record_word(maker, maker_word, MAKER_COUNT, &c.maker) ||
	    !record_word(field, field_word, FIELD_COUNT, &c.field) ||
	    !get_value(rd, c.field, from, &c.from) ||
	    !get_value(rd, c.field, t, &c.to))
		return false;
	c.step = (uint16_t)n;
	j->change[j->changes++] = c;
	return true;
}

static bool fate_field(struct reading *rd, struct fate *f, struct span t)
{
	struct span value = span_behind(t, 1);
	char *cause = rd->r->cause[rd->j->branches];
	uint32_t by;

	switch (t.at[0]) {
	case 'o':
		f->out = record_interface(rd, value);
		break;
	case 'b':
		if (!span_number(value, 10, &by) || by >= journey_kept(rd->j))
			return false;
		f->by = rd->j->step[by].place;
		break;
	case 'c':
		record_name(value, cause, CAUSE_TEXT);
		f->cause = cause;
		break;
	}
	return true;
}

static bool take_fate(struct reading *rd, struct span t)
{
	struct span kind = span_cut(&t, ','), hook = span_cut(&t, ',');
	struct journey *j = rd->j;
	struct fate *f = &j->fate[j->branches];

	if (j->branches == JOURNEY_BRANCHES)
		return false;
	memset(f, 0, sizeof(*f));
	if (!record_word(kind, kind_word, FATE_COUNT, &f->kind) ||
	    !record_word(hook, report_hook_name, NF_INET_NUMHOOKS, &f->hook))
		return false;
	while (t.len) {
		struct span field = span_cut(&t, ',');

		if (field.len && !fate_field(rd, f, field))
			return false;
	}
	j->branches++;
	return true;
}

static const struct {
	const char *start;
	bool (*take)(struct reading *rd, struct span rest);
} rows[] = {
	{ "host=", take_host },
	{ "netns=", take_netns },
	{ "family=", take_family },
	{ "flags=", take_flags },
	{ "hw=", take_hw },
	{ "log=", take_log },
	{ "uid=", take_uid },
	{ "in=", take_in },
	{ "out=", take_out },
	{ "lost=", take_lost },
	{ "omitted=", take_omitted },
	{ "e", record_take_step },
	{ "c,", take_change },
	{ "f,", take_fate },
};

static bool take_word(struct reading *rd, struct span word)
{
	/* "e" is also how words of a later version may begin. */
	if (word.len > 1 && word.at[0] == 'e' && word.at[1] != ',')
		return true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (span_starts(word, rows[i].start))
			return rows[i].take(rd, span_behind(word,
					strlen(rows[i].start)));
	return true;
}

/* QUEUE names the queue of its rule; nothing else needs one to be known. */
static bool makes_sense(const struct journey *j)
{
	/* Events that are left out are left out between others. */
	if (j->omitted && !journey_kept(j))
		return false;
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->fate[b].kind == FATE_QUEUE && !j->fate[b].by)
			return false;
	return j->nfproto && j->branches;
}

int record_read(struct record_reader *r, struct journey *j,
		const char *block, size_t block_len,
		const char *words, size_t words_len)
{
	struct reading rd = { .r = r, .j = j, .block = { block, block_len } };
	struct span rest = { words, words_len };

	j->flags = j->branches = 0;
	j->changes = 0;
	j->nfproto = 0;
	j->steps = j->omitted = j->lost = 0;
	j->hw_header_len = 0;
	j->uid = UINT32_MAX;
	memset(&j->entry, 0, sizeof(j->entry));
	r->host[0] = r->netns[0] = '\0';
	r->log = false;
	while (rest.len) {
		struct span word = span_cut(&rest, ' ');

		if (word.len && !take_word(&rd, word))
			return -EBADMSG;
	}
	return makes_sense(j) ? 0 : -EBADMSG;
}
