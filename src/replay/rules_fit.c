// SPDX-License-Identifier: GPL-2.0-or-later
/* rules_fit: are the rules of --rules those that a log is of? */
#include "replay/rules_fit.h"

#include <linux/netfilter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/escape.h"
#include "misses/asked.h"
#include "misses/condition.h"
#include "misses/xt_conditions.h"
#include "packet/packet.h"
#include "place/place.h"
#include "place/place_rule.h"
#include "place/prefix.h"
#include "protocol/stats.h"
#include "replay/gone_on.h"
#include "replay/line_clean.h"
#include "replay/line_reader.h"
#include "replay/replay_state.h"
#include "replay/text_place.h"
#include "replay/trace_again.h"
#include "replay/trace_text.h"
#include "rules/base/target.h"
#include "rules/legacy/snapshot.h"

/* What a log says of a chain, a bit each. */
enum {
	IS_TOLD = 1,
	NOT_HERE = 2,		/* something that it cannot have written ... */
	NOT_BELOW = 4,		/* ... nor with one rule more at its top */
	WENT_ON = 8,		/* the first that is NOT_HERE ends what went on */
};

struct told_lines {
	uint8_t bits;
	uint8_t kind;		/* of the first that is NOT_HERE */
	uint32_t number;
	uint64_t line;
};

struct rules_fit {
	struct place_index *index;
	uint8_t *fit[FAMILY_COUNT];	/* enum place_fit, by chain */
};

/* While lines are looked at. */
struct survey {
	struct rules_fit *fit;
	struct replay *r;
	int64_t now;
	uint64_t line;
	struct told_lines *told[FAMILY_COUNT];	/* by family_index(), and by chain */
	struct trace_again again;
	struct trace_text t;
	char name[2][17];	/* of interfaces */
	struct conditions conditions;
	struct gone_on gone_on;
	bool below[FAMILY_COUNT];	/* numbers of raw may be one higher */
	char room[LINE_READER_LINE];
};

static struct asked_device fit_device(char to[17], struct trace_text_name name)
{
	size_t len = name.len < 16 ? name.len : 16;

	memcpy(to, name.at ? name.at : "", len);
	to[len] = '\0';
	return (struct asked_device){ len > 0, to };
}

/* What every line tells, and nobody masks by halves. */
static bool is_asked_of_lines(const struct condition *c)
{
	static const uint32_t told = 1u << ASKED_PROTO | 1u << ASKED_SPORT |
				     1u << ASKED_DPORT | 1u << ASKED_ICMP |
				     1u << ASKED_TCP_FLAGS | 1u << ASKED_SRC |
				     1u << ASKED_DST | 1u << ASKED_IN |
				     1u << ASKED_OUT;

	return !(condition_fields(c) & ~told) && !c->changes && !c->now;
}

/* A rule that matched, and cannot have? */
static bool contradicts(struct survey *f, const struct snapshot *s,
			const struct snap_rule *rule)
{
	const struct trace_text *t = &f->t;
	struct packet p;
	struct asked a = {
		.p = &p, .nfproto = t->e.nfproto, .uid = UINT32_MAX,
		.gid = UINT32_MAX, .hook = NF_INET_NUMHOOKS,
		.states = ASKED_ALL_STATES,
	};
	struct strview text = { snapshot_text(s, rule->text), rule->len };

	if (t->masked || !rule->len)
		return false;
	packet_decode(&p, t->e.nfproto, t->e.payload, t->e.payload_len);
	a.in = fit_device(f->name[0], t->in);
	a.out = fit_device(f->name[1], t->out);
	xt_conditions(&f->conditions, text, &a);
	for (unsigned int i = 0; i < f->conditions.n; i++)
		if (f->conditions.c[i].state == CONDITION_FAILED &&
		    is_asked_of_lines(&f->conditions.c[i]))
			return true;
	return false;
}

static bool can_be(struct survey *f, const struct snapshot *s,
		   const struct snap_chain *c, const struct prefix *p)
{
	if (!place_rule_has(s, c, p))
		return false;
	return p->kind != PLACE_RULE ||
	       !contradicts(f, s, snapshot_rule(s, c->first + p->number - 1));
}

static void note_first(struct told_lines *told, const struct prefix *p, uint64_t line)
{
	told->bits |= NOT_HERE;
	if (told->line)
		return;
	told->line = line;
	told->kind = p->kind;
	told->number = p->number;
}

static bool ends(const struct snapshot *s, const struct snap_rule *rule)
{
	const struct target *t = rule->verdict == SNAP_TARGET ?
		target_find(s->target[rule->target]) : NULL;

	return rule->verdict == SNAP_DROP || (t && t->effect == EFFECT_REJECT);
}

/* A rule with another target, or another policy: what it ended goes on. */
static void follow(struct survey *f, unsigned int family, struct gone_on_line *now)
{
	const struct trace_text *t = &f->t;
	const struct gone_on_line *end;
	struct told_lines *told;

	now->line = f->line;
	now->time = t->boot_ns ? t->boot_ns : t->wall_ns;
	end = gone_on_see(&f->gone_on, t, now);
	if (!end)
		return;
	told = &f->told[family][end->chain];
	told->bits |= told->line ? 0 : WENT_ON;
	note_first(told, &(struct prefix){ .kind = end->kind,
					   .number = end->number }, end->line);
}

static void look_at_chain(struct survey *f, unsigned int family, uint32_t chain,
			  struct prefix *p, struct gone_on_line *now)
{
	const struct snapshot *s = f->r->snap[family];
	const struct snap_chain *c = snapshot_chain(s, chain);
	struct told_lines *told = &f->told[family][chain];

	told->bits |= IS_TOLD;
	if (can_be(f, s, c, p))
		now->ends = !(now->begins && f->below[family]) &&
			ends(s, snapshot_rule(s, c->first + p->number - 1));
	else
		note_first(told, p, f->line);
	p->number--;
	if (!can_be(f, s, c, p))
		told->bits |= NOT_BELOW;
}

static void look(struct survey *f, const struct event *e)
{
	unsigned int family = family_index_by_nfproto(e->nfproto);
	const struct snapshot *s = f->r->snap[family];
	struct gone_on_line now = { .chain = SNAP_NONE };
	struct prefix p;
	int table;

	if (!s || !prefix_split(e->prefix, prefix_trim(e->prefix, e->prefix_len),
				&p))
		return;
	table = snapshot_table(s, p.table, p.table_len);
	if (table < 0)
		text_place_lacks_table(f->r, e);
	else
		now.chain = snapshot_find_chain(s, (unsigned int)table, p.chain,
						p.chain_len);
	now.number = p.number;
	now.kind = p.kind;
	now.table = prefix_hash(e->nfproto, p.table, p.table_len);
	now.place = prefix_hash(e->nfproto, e->prefix, e->prefix_len);
	now.begins = p.table_len == 3 && memcmp(p.table, "raw", 3) == 0;
	if (now.chain != SNAP_NONE)
		look_at_chain(f, family, now.chain, &p, &now);
	if (!f->t.masked)
		follow(f, family, &now);
}

/* All whole lines that have been read; the file's end is one, too. */
static void look_at_lines(struct survey *f, const struct line_reader *in)
{
	struct strview rest = { in->buf + in->head, in->tail - in->head };

	while (rest.len && (in->end || memchr(rest.at, '\n', rest.len))) {
		struct strview line = strview_cut(&rest, '\n');

		f->line++;
		if (line.len > sizeof(f->room))
			continue;
		line = line_clean(line, f->room);
		if (trace_text_parse(&f->t, line.at, line.len, f->now,
				     &f->again) == 0)
			look(f, &f->t.e);
	}
}

/* Is raw there without its TRACE rule? */
static bool is_untraced(const struct snapshot *s)
{
	int raw = snapshot_table(s, "raw", 3);

	for (uint32_t i = 0; i < s->chains; i++) {
		const struct snap_chain *c = snapshot_chain(s, i);

		for (uint32_t n = 0; c->table == raw && n < c->count; n++)
			if (snapshot_rule(s, c->first + n)->flags & SNAP_TRACE)
				return false;
	}
	return raw >= 0;
}

/*
 * All events of a packet in the chain where its tracing begins stand behind the TRACE
 * rule, wherever that is: without it in the rules each is one higher.
 */
static enum place_fit fit_of(uint8_t told, bool may_be_below)
{
	if (may_be_below && told & IS_TOLD && !(told & NOT_BELOW))
		return told & NOT_HERE ? PLACE_FITS_BELOW : PLACE_MISFITS;
	return told & NOT_HERE ? PLACE_MISFITS : PLACE_FITS;
}

/* The first line of all that are of chains in doubt. */
static void name_line(struct stats_misfit *m, const struct snapshot *s,
		      const struct snap_chain *c, const struct told_lines *t)
{
	static const char *const kinds[] = {
		[PLACE_RULE] = "rule", [PLACE_RETURN] = "return",
		[PLACE_POLICY] = "policy",
	};
	char text[128];

	m->chains++;
	if (m->line && m->line < t->line)
		return;
	m->line = t->line;
	m->how = t->bits & WENT_ON ? STATS_WENT_ON : STATS_LACKING;
	snprintf(text, sizeof(text), "%s:%s:%s:%u", s->table[c->table].name,
		 snapshot_text(s, c->name), kinds[t->kind], t->number);
	escape_text(m->place, sizeof(m->place), text, strlen(text));
}

static void judge(struct survey *f, unsigned int family)
{
	struct stats_misfit *m = &f->r->stats->misfit;
	const struct snapshot *s = f->r->snap[family];
	int raw = snapshot_table(s, "raw", 3);

	for (uint32_t i = 0; i < s->chains; i++) {
		const struct snap_chain *c = snapshot_chain(s, i);
		const struct told_lines *told = &f->told[family][i];
		uint8_t bit = (uint8_t)(1u << (family * STATS_BELOW_HOOKS +
					(c->hook == NF_INET_LOCAL_OUT)));
		bool begins = f->below[family] && c->table == raw &&
			      c->hook != NOT_A_HOOK;
		enum place_fit fit = fit_of(told->bits, begins);

		f->fit->fit[family][i] = (uint8_t)fit;
		if (fit == PLACE_MISFITS && told->line)
			name_line(m, s, c, told);
		else if (fit == PLACE_MISFITS)
			m->unproved |= bit;
		else if (fit == PLACE_FITS_BELOW)
			m->below |= bit;
	}
	place_index_fit(f->r->index, family, f->fit->fit[family]);
}

/* Room for what is told of each chain, and for what comes of it. */
static bool make_room(struct survey *f)
{
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		const struct snapshot *s = f->r->snap[i];

		if (!s)
			continue;
		f->below[i] = is_untraced(s);
		f->told[i] = calloc(s->chains + 1u, sizeof(*f->told[i]));
		f->fit->fit[i] = calloc(s->chains + 1u, 1);
		if (!f->told[i] || !f->fit->fit[i])
			return false;
	}
	return true;
}

static bool look_around(struct rules_fit *fit, struct replay *r,
			const struct line_reader *in, int64_t now)
{
	struct survey *f = malloc(sizeof(*f));
	bool done;

	if (!f)
		return false;
	memset(f, 0, offsetof(struct survey, room));
	f->fit = fit;
	f->r = r;
	f->now = now;
	done = make_room(f);
	if (done)
		look_at_lines(f, in);
	for (unsigned int i = 0; i < FAMILY_COUNT; i++) {
		if (done && r->snap[i])
			judge(f, i);
		free(f->told[i]);
	}
	free(f);
	return done;
}

struct rules_fit *rules_fit_find(struct replay *r, const struct line_reader *in,
				 int64_t now)
{
	struct rules_fit *fit = calloc(1, sizeof(*fit));
	bool rules = false;

	if (!fit)
		return NULL;
	fit->index = r->index;
	for (unsigned int i = 0; i < FAMILY_COUNT; i++)
		rules |= r->snap[i] != NULL;
	if (!rules || look_around(fit, r, in, now))
		return fit;
	rules_fit_close(fit);
	return NULL;
}

void rules_fit_close(struct rules_fit *fit)
{
	for (unsigned int i = 0; fit && i < FAMILY_COUNT; i++) {
		place_index_fit(fit->index, i, NULL);
		free(fit->fit[i]);
	}
	free(fit);
}
