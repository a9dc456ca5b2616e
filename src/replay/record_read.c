// SPDX-License-Identifier: GPL-2.0-or-later
/* record_read: the other half of record: words -> journey. */
#include "replay/record_read.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "base/escape.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/journey_room.h"
#include "record/record.h"
#include "replay/record_fate.h"
#include "replay/record_head.h"
#include "replay/record_near.h"
#include "replay/record_step.h"
#include "replay/record_value.h"
#include "rules/base/strview.h"
#include "rules/base/units.h"

/* A record's words in their order. */
enum part { PART_HEAD, PART_EVENTS, PART_CHANGES, PART_VERDICTS, PART_WAY,
	    PART_FATES };

const char *record_fault_text(enum record_fault fault)
{
	static const char *const texts[RECORD_FAULTS] = {
		[RECORD_WHOLE] = "",
		[RECORD_ORDER] = "it is there twice, or out of its place",
		[RECORD_VALUE] = "its value cannot be",
		[RECORD_LINE] = "events and TRACE lines do not belong together",
		[RECORD_ABSENT] = "it names an event or a copy that is not there",
		[RECORD_INTERFACE] = "its interface is not described, without which it has no time",
		[RECORD_PARTS] = "the family or the fate is missing",
	};

	return fault < RECORD_FAULTS ? texts[fault] : "";
}

bool record_is(const char *text, size_t len)
{
	struct strview t = { text, len };

	return strview_starts(t, RECORD_MAGIC) &&
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

/* Of the packet's family; older files have none where its header was cut off. */
static bool get_address(const struct journey *j, struct strview t,
			struct change_value *v)
{
	struct strview addr = strview_cut(&t, ':');
	size_t len = j->nfproto == NFPROTO_IPV6 ? 16 : 4;
	uint32_t port;

	if ((addr.len && addr.len != 2 * len) ||
	    strview_bytes(addr, v->addr, sizeof(v->addr)) < 0)
		return false;
	if (!t.len)
		return true;
	if (!record_number(t, 0, UINT16_MAX, &port))
		return false;
	v->port = (int32_t)port;
	return true;
}

static bool get_value(struct reading *rd, uint8_t field, struct strview t,
		      struct change_value *v)
{
	static const uint32_t most[FIELD_COUNT] = {
		[FIELD_MARK] = UINT32_MAX, [FIELD_TTL] = UINT8_MAX,
		[FIELD_TOS] = UINT8_MAX, [FIELD_LENGTH] = UINT32_MAX,
		[FIELD_MSS] = UINT16_MAX, [FIELD_CTMARK] = UINT32_MAX,
	};

	v->port = -1;
	switch (field) {
	case FIELD_SRC:
	case FIELD_DST:
		return get_address(rd->j, t, v);
	case FIELD_IN:
	case FIELD_OUT:
		return record_interface(rd->r->names, t, &v->number);
	default:
		return record_number(t, 0, most[field], &v->number);
	}
}

/* "bN"; in files of before it is not there, and whose a change is nobody says. */
static bool get_branch(struct strview t, uint8_t *branch)
{
	uint32_t n = 0;

	if (t.len && (t.at[0] != 'b' || !record_number(strview_behind(t, 1), 1,
						       JOURNEY_BRANCHES - 1, &n)))
		return false;
	*branch = (uint8_t)n;
	return true;
}

/* Of a packet that met no rule conntrack can have translated the ends all the same. */
static bool is_behind_none(const struct journey *j, const struct change *c,
			   uint32_t step)
{
	return !step && !j->steps && c->maker != MAKER_RULE &&
	       (c->field == FIELD_SRC || c->field == FIELD_DST);
}

static bool take_change(struct reading *rd, struct strview t)
{
	struct strview step = strview_cut(&t, ','),
		       maker = strview_cut(&t, ','),
		       field = strview_cut(&t, ','),
		       from = strview_cut(&t, ','), to = strview_cut(&t, ',');
	struct journey *j = rd->j;
	uint8_t made_by, branch;
	struct change c;
	uint32_t n;

	memset(&c, 0, sizeof(c));
	if (!journey_has_room(j) ||
	    !record_number(step, 0, UINT16_MAX, &n) ||
	    !record_word(maker, maker_word, MAKER_COUNT, &made_by) ||
	    !record_word(field, field_word, FIELD_COUNT, &c.field) ||
	    !get_value(rd, c.field, from, &c.from) ||
	    !get_value(rd, c.field, to, &c.to) || !get_branch(t, &branch))
		return false;
	c.maker = made_by & 7;
	c.branch = branch & (JOURNEY_BRANCHES - 1);
	if (n >= journey_kept(j) && !is_behind_none(j, &c, n))
		return record_refuse(rd, RECORD_ABSENT);
	/* Changes are in the order of their events, and printed so. */
	if (j->changes && n < j->change[j->changes - 1].step)
		return record_refuse(rd, RECORD_ORDER);
	c.step = (uint16_t)n;
	j->change[j->changes++] = c;
	return true;
}

static bool verdict_field(char letter, struct strview value, char *key,
			  char *comment)
{
	switch (letter) {
	case 'k':
		return record_name(value, key, MAP_VERDICT_KEY);
	case 'c':
		return record_name(value, comment, MAP_VERDICT_COMMENT);
	}
	return true;
}

/* In the order of their events, one of each. */
static bool take_verdict(struct reading *rd, struct strview t)
{
	struct strview step = strview_cut(&t, ','), word = strview_cut(&t, ',');
	struct map_verdicts *m = &rd->r->verdicts;
	char verdict[MAP_VERDICT_TEXT], key[MAP_VERDICT_KEY] = "",
	     comment[MAP_VERDICT_COMMENT] = "";
	uint32_t n, seen = 0;

	if (!record_number(step, 0, UINT16_MAX, &n) || !word.len ||
	    !record_name(word, verdict, sizeof(verdict)))
		return false;
	if (n >= journey_kept(rd->j))
		return record_refuse(rd, RECORD_ABSENT);
	if (m->count && n <= m->list[m->count - 1].step)
		return record_refuse(rd, RECORD_ORDER);
	while (t.len) {
		struct strview f = strview_cut(&t, ',');

		if (f.len && (!record_first(rd, &seen, f.at[0]) ||
			      !verdict_field(f.at[0], strview_behind(f, 1), key,
					     comment)))
			return false;
	}
	return map_verdicts_add(m, rd->j, n, verdict, *key ? key : NULL,
				*comment ? comment : NULL);
}

/* "w,CHANGE,SHOWN,TEXT" */
static bool take_way(struct reading *rd, struct strview t)
{
	struct strview change = strview_cut(&t, ','), shown = strview_cut(&t, ',');
	uint32_t n, always;

	if (!record_number(change, 0, rd->j->changes, &n) ||
	    !record_number(shown, 0, 1, &always) ||
	    !record_text(t, rd->r->way, sizeof(rd->r->way)))
		return false;
	rd->j->way.text = rd->r->way;
	rd->j->way.change = (uint8_t)n;
	rd->j->way.shown = always;
	return true;
}

static const struct {
	const char *start;
	bool (*take)(struct reading *rd, struct strview rest);
	uint8_t part;		/* enum part */
} record_rows[] = {
	{ "host=", record_take_host, PART_HEAD },
	{ "netns=", record_take_netns, PART_HEAD },
	{ "family=", record_take_family, PART_HEAD },
	{ "flags=", record_take_flags, PART_HEAD },
	{ "hw=", record_take_hw, PART_HEAD },
	{ "log=", record_take_log, PART_HEAD },
	{ "big=", record_take_big, PART_HEAD },
	{ "ct=", record_take_conntrack, PART_HEAD },
	{ "uid=", record_take_uid, PART_HEAD },
	{ "in=", record_take_in, PART_HEAD },
	{ "out=", record_take_out, PART_HEAD },
	{ "lost=", record_take_lost, PART_HEAD },
	{ "omitted=", record_take_omitted, PART_HEAD },
	{ "late=", record_take_late, PART_HEAD },
	{ "after=", record_take_after, PART_HEAD },
	{ "was=", record_take_was, PART_HEAD },
	{ "copy=", record_take_copy, PART_HEAD },
	{ "e", record_take_step, PART_EVENTS },
	{ "c,", take_change, PART_CHANGES },
	{ "v,", take_verdict, PART_VERDICTS },
	{ "w,", take_way, PART_WAY },
	{ "f,", record_take_fate, PART_FATES },
	{ "o,", record_take_owner, PART_FATES },
	{ "m,", record_take_near, PART_FATES },
};

/* What comes behind the head leans on it, and it is there once. */
static bool in_order(struct reading *rd, unsigned int row)
{
	if (record_rows[row].part < rd->part ||
	    ((record_rows[row].part == PART_HEAD || record_rows[row].part == PART_WAY) &&
	     rd->seen & 1u << row))
		return record_refuse(rd, RECORD_ORDER);
	if (record_rows[row].part > PART_HEAD && !rd->j->nfproto)
		return record_refuse(rd, RECORD_PARTS);
	rd->seen |= 1u << row;
	rd->part = record_rows[row].part;
	return true;
}

static bool take_word(struct reading *rd, struct strview word)
{
	/* "e" is also how words of a later version may begin. */
	if (word.len > 1 && word.at[0] == 'e' && word.at[1] != ',')
		return true;
	for (unsigned int i = 0; i < ARRAY_SIZE(record_rows); i++)
		if (strview_starts(word, record_rows[i].start))
			return in_order(rd, i) &&
			       record_rows[i].take(rd, strview_behind(
							word,
							strlen(record_rows[i].start)));
	return true;
}

/* A rule has decided it: there was an event, and for a queue it is known. */
static bool fate_fits(const struct journey *j, const struct fate *f)
{
	switch (f->kind) {
	case FATE_DROP:
	case FATE_REJECT:
		return journey_kept(j) > 0;
	case FATE_QUEUE:
		return f->by != NULL;
	}
	return true;
}

/* What no single word tells. */
static enum record_fault find_fault(struct reading *rd)
{
	const struct journey *j = rd->j;
	struct strview line;

	if (!j->nfproto || !j->branches)
		return RECORD_PARTS;
	/* The state was told of before, and is told of by the kernel alone. */
	if (rd->r->late)
		return j->steps || j->changes || j->branches > 1 ||
		       !j->fate[0].drop || j->fate[0].by ? RECORD_ABSENT
							 : RECORD_WHOLE;
	if (record_take_line(rd, &line))
		return RECORD_LINE;
	/* Events that are left out are left out between others. */
	if (j->omitted && journey_kept(j) <= JOURNEY_STEPS_FIRST)
		return RECORD_ABSENT;
	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].branch >= j->branches)
			return RECORD_ABSENT;
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].branch >= j->branches)
			return RECORD_ABSENT;
	for (unsigned int b = 0; b < j->branches; b++)
		if (!fate_fits(j, &j->fate[b]))
			return RECORD_ABSENT;
	return RECORD_WHOLE;
}

static void begin(struct record_reader *r, struct journey *j)
{
	j->flags = j->branches = 0;
	j->changes = 0;
	j->nfproto = 0;
	j->steps = j->omitted = j->lost = 0;
	j->hw_header_len = 0;
	j->uid = UINT32_MAX;
	j->way.text = NULL;
	j->verdicts = r->verdicts.count = r->verdicts.used = 0;
	memset(&j->ct, 0, sizeof(j->ct));
	memset(&j->entry, 0, sizeof(j->entry));
	r->host[0] = r->netns[0] = r->word[0] = '\0';
	r->log = r->big = false;
	r->late = r->after_ns = 0;
	r->was = FATE_UNKNOWN;
	r->copy = 0;
}

enum record_fault record_read(struct record_reader *r, struct journey *j,
			      const char *block, size_t block_len,
			      const char *words, size_t words_len)
{
	struct reading rd = { .r = r, .j = j, .block = { block, block_len },
			      .fault = RECORD_VALUE };
	struct strview rest = { words, words_len };

	begin(r, j);
	while (rest.len) {
		struct strview word = strview_cut(&rest, ' ');

		if (!word.len || take_word(&rd, word))
			continue;
		escape_text(r->word, sizeof(r->word), word.at, word.len);
		return rd.fault;
	}
	return find_fault(&rd);
}
