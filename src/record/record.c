// SPDX-License-Identifier: GPL-2.0-or-later
/* record: a journey in words that a later --read takes back without loss; the writing. */
#include "record/record.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "base/format.h"
#include "base/outbuf.h"
#include "capture/ifnames.h"
#include "grounds/component.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "record/record_event.h"
#include "record/record_near.h"
#include "record/record_put.h"
#include "record/record_words.h"
#include "report/owner_words.h"
#include "report/report.h"
#include "report/report_conntrack.h"
#include "report/stories.h"
#include "rules/base/family.h"

enum {
	WORD = 1024,
	/* Each byte of its texts may be escaped. */
	OWNER_WORD = WORD + 3 * (COMPONENT_ASKED + 1) * COMPONENT_OBJECT,
	FATE_WORD = WORD + 3 * (CAUSE_TEXT + 2 * DROP_SEEN_TEXT),
};

static void put_counted(struct outbuf *o, const char *key, uint32_t n)
{
	char *room = n ? outbuf_room(o, WORD) : NULL, *p = room;

	if (!room)
		return;
	p = record_put_word(p, key);
	outbuf_advance(o, (size_t)(format_decimal(p, n) - room));
}

static void put_entry(struct outbuf *o, const struct report_env *env,
		      const struct step *s)
{
	char *room = outbuf_room(o, WORD), *p = room;

	if (!room)
		return;
	if (s->in) {
		p = record_put_word(p, " in=");
		p = record_put_name(p, ifnames_raw(env->names, s->in));
	}
	if (s->out) {
		p = record_put_word(p, " out=");
		p = record_put_name(p, ifnames_raw(env->names, s->out));
	}
	outbuf_advance(o, (size_t)(p - room));
}

bool record_claims_size(const struct journey *j)
{
	return j->first.unsized && j->first.addr_len == 16;
}

/* Where it was seen: what every record begins with. */
static char *put_origin(char *p, const struct report_env *env, uint8_t nfproto)
{
	p = record_put_word(p, RECORD_MAGIC " host=");
	p = record_put_name(p, env->host);
	p = record_put_word(p, " netns=");
	p = record_put_name(p, env->netns);
	p = record_put_word(p, " family=");
	return record_put_word(p, family_by_nfproto(nfproto)->name);
}

static void put_head(struct outbuf *o, const struct report_env *env,
		     const struct journey *j)
{
	char *room = outbuf_room(o, WORD), *p = room;

	if (!room)
		return;
	p = put_origin(p, env, j->nfproto);
	if (env->log)
		p = record_put_word(p, " log=1");
	if (record_claims_size(j))
		p = record_put_word(p, " big=1");
	p = record_put_word(p, " flags=");
	for (size_t i = 0; i < RECORD_FLAGS; i++)
		if (j->flags & record_flags[i].flag)
			*p++ = record_flags[i].letter;
	if (j->hw_header_len) {
		p = record_put_word(p, " hw=");
		p = format_bytes(p, j->hw_header, j->hw_header_len);
	}
	if (j->uid != UINT32_MAX) {
		p = record_put_word(p, " uid=");
		p = format_decimal(p, j->uid);
	}
	outbuf_advance(o, (size_t)(p - room));
	put_counted(o, " lost=", j->lost);
	put_counted(o, " omitted=", j->omitted);
	report_conntrack_record(o, j);
	if (journey_first(j) == &j->entry)
		put_entry(o, env, &j->entry);
}

static char *put_value(char *p, const struct report_env *env,
		       const struct journey *j, const struct change *c,
		       const struct change_value *v)
{
	*p++ = ',';
	switch (c->field) {
	case FIELD_SRC:
	case FIELD_DST:
		p = format_bytes(p, v->addr, j->nfproto == NFPROTO_IPV6 ? 16 : 4);
		if (v->port < 0)
			return p;
		*p++ = ':';
		return format_decimal(p, (uint32_t)v->port);
	case FIELD_IN:
	case FIELD_OUT:
		return record_put_name(p, ifnames_raw(env->names, v->number));
	default:
		return format_decimal(p, v->number);
	}
}

static void put_change(struct outbuf *o, const struct report_env *env,
		       const struct journey *j, const struct change *c)
{
	char *room = outbuf_room(o, WORD), *p = room;

	if (!room)
		return;
	p = record_put_word(p, " c,");
	p = format_decimal(p, c->step);
	*p++ = ',';
	p = record_put_word(p, change_maker_word(c->maker));
	*p++ = ',';
	p = record_put_word(p, change_field_word(c->field));
	p = put_value(p, env, j, c, &c->from);
	p = put_value(p, env, j, c, &c->to);
	if (c->branch) {
		p = record_put_word(p, ",b");
		p = format_decimal(p, c->branch);
	}
	outbuf_advance(o, (size_t)(p - room));
}

static char *put_drop(char *p, const struct fate *f)
{
	p = record_put_word(p, ",k");
	p = record_put_name(p, f->drop->reason);
	p = record_put_word(p, ",l");
	p = record_put_name(p, f->drop->location);
	if (!f->port)
		return p;
	p = record_put_word(p, ",p");
	return format_decimal(p, f->port);
}

/* By an event that was there; NULL: by none. */
static char *put_event(char *p, char letter, const struct journey *j,
		       const struct place *at)
{
	uint32_t i = at ? journey_kept(j) : 0;

	while (i && j->step[i - 1].place != at)
		i--;
	if (!i)
		return p;
	*p++ = ',';
	*p++ = letter;
	return format_decimal(p, i - 1);
}

/* So that they need not be worked out again where less is known. */
static char *put_grounds(char *p, const struct journey *j, unsigned int b,
			 const struct grounds *g)
{
	uint32_t shared = j->fate[b].told ? j->fate[b].told->shared :
			  b ? j->path[b].shared : 0;

	p = record_put_word(p, ",g");
	p = put_event(p, 'a', j, g->accepted);
	p = put_event(p, 'v', j, g->via);
	p = put_event(p, 'm', j, g->marked);
	p = put_event(p, 'w', j, g->marked_via);
	p = put_event(p, 'u', j, g->unseen);
	if (!shared)
		return p;
	p = record_put_word(p, ",s");
	return format_decimal(p, shared);
}

/* So that it is whose it was found to be, and programs that know no rules can tell. */
static void write_owner(struct outbuf *o, const struct journey *j,
			unsigned int b, const struct grounds *g)
{
	struct component_found f;
	char *room, *p;

	if (!component_of_fate(&f, j, b, g))
		return;
	room = p = outbuf_room(o, OWNER_WORD);
	if (!room)
		return;
	p = record_put_word(p, " o,");
	p = record_put_name(p, f.who->key);
	if (*f.object) {
		p = record_put_word(p, ",o");
		p = record_put_name(p, f.object);
	}
	for (unsigned int i = 0; i < f.asked; i++) {
		p = record_put_word(p, ",a");
		p = record_put_name(p, f.ask[i]);
	}
	if (f.more)
		p = record_put_word(p, ",m");
	outbuf_advance(o, (size_t)(p - room));
}

static void put_owner(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, unsigned int b,
		      const struct grounds *g)
{
	struct path_key key = owner_key(PATH_RECORD, j, b, g);
	size_t at = outbuf_written(o);

	if (path_texts_put(env->owners, o, &key))
		return;
	write_owner(o, j, b, g);
	path_texts_keep(env->owners, o, at);
}

/* @j: whose it is, of its branch @b that rests on @g; NULL: of one that was told of before */
static void put_fate(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b,
		     const struct fate *f, const struct grounds *g)
{
	char *room = outbuf_room(o, FATE_WORD), *p = room;

	if (!room)
		return;
	p = record_put_word(p, " f,");
	p = record_put_word(p, fate_word(f->kind));
	*p++ = ',';
	p = record_put_word(p, report_hook_name(f->hook));
	if (f->out)
		p = record_put_interface(p, 'o', env, f->out);
	if (j) {
		p = put_event(p, 'b', j, f->by);
		p = put_grounds(p, j, b, g);
	}
	if (f->kind == FATE_LOST && f->inside)
		p = record_put_word(p, ",i");
	if (f->cause) {
		p = record_put_word(p, ",c");
		p = record_put_name(p, f->cause);
	}
	if (f->drop)
		p = put_drop(p, f);
	outbuf_advance(o, (size_t)(p - room));
}

static void put_way(struct outbuf *o, const struct journey *j)
{
	char *room = j->way.text ? outbuf_room(o, WORD) : NULL, *p = room;

	if (!room)
		return;
	p = record_put_word(p, " w,");
	p = format_decimal(p, j->way.change);
	p = record_put_word(p, j->way.shown ? ",1," : ",0,");
	p = record_put_name(p, j->way.text);
	outbuf_advance(o, (size_t)(p - room));
}

/* @letter: in front of the text; 0: nothing is */
static void put_text(struct outbuf *o, char letter, const char *text)
{
	char *room = text ? outbuf_room(o, 3 * strlen(text) + 2) : NULL, *p = room;

	if (!room)
		return;
	*p++ = ',';
	if (letter)
		*p++ = letter;
	outbuf_advance(o, (size_t)(record_put_name(p, text) - room));
}

/* For programs that read nothing else of it; made of the others when it is read here. */
static void put_reason(struct outbuf *o, const struct journey *j,
		       unsigned int b)
{
	char reason[REPORT_REASON];

	if (!report_reason(reason, sizeof(reason), j, b))
		return;
	outbuf_text(o, " r");
	put_text(o, 0, reason);
}

static void put_verdict(struct outbuf *o, const struct map_verdict *v)
{
	outbuf_printf(o, " v,%u", v->step);
	put_text(o, 0, v->verdict);
	put_text(o, 'k', v->key);
	put_text(o, 'c', v->comment);
}

/* All but the head: nothing here is of the packet's own headers. */
static void write_story(struct outbuf *o, const struct report_env *env,
			const struct journey *j)
{
	static const struct step nothing;
	uint32_t kept = journey_kept(j);

	for (uint32_t i = 0; i < kept; i++)
		record_put_step(o, env, &j->step[i],
				i ? &j->step[i - 1] : &nothing);
	for (unsigned int i = 0; i < j->changes; i++)
		put_change(o, env, j, &j->change[i]);
	for (uint32_t i = 0; i < j->verdicts; i++)
		put_verdict(o, &j->verdict[i]);
	put_way(o, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		struct grounds g;

		grounds_find(&g, j, b);
		put_fate(o, env, j, b, &j->fate[b], &g);
		put_reason(o, j, b);
		put_owner(o, env, j, b, &g);
		record_put_near(o, j->fate[b].near);
	}
}

void record_write(struct outbuf *o, const struct report_env *env,
		  const struct journey *j)
{
	struct story story;

	put_head(o, env, j);
	story = stories_tell(env, o, j, STORY_RECORD);
	if (story.told)
		return;
	write_story(o, env, j);
	stories_keep(env, &story, o, j, NULL);
}

void record_write_late(struct outbuf *o, const struct report_env *env,
		       const struct report_late *l)
{
	char *room = outbuf_room(o, WORD), *p = room;

	if (!room)
		return;
	p = put_origin(p, env, l->packet.nfproto);
	p = record_put_word(p, l->ambiguous ? " flags=a" : " flags=");
	p = record_put_word(p, " was=");
	p = record_put_word(p, fate_word(l->was));
	outbuf_advance(o, (size_t)(p - room));
	outbuf_printf(o, " late=%llu after=%llu", (unsigned long long)l->number,
		      (unsigned long long)l->after_ns);
	if (l->branch)
		outbuf_printf(o, " copy=%u", l->branch);
	put_fate(o, env, NULL, 0, &l->fate, NULL);
}
