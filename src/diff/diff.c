// SPDX-License-Identifier: GPL-2.0-or-later
/* diff: --diff: the packets of two recordings held against each other, as forms of report. */
#include "diff/diff.h"

#include <errno.h>
#include <stdlib.h>

#include "base/outbuf.h"
#include "diff/changed.h"
#include "diff/diff_form.h"
#include "diff/pair.h"
#include "diff/parting.h"
#include "diff/shown.h"
#include "diff/side.h"
#include "journey/journey.h"
#include "mask/mask_journey.h"
#include "place/place_types.h"
#include "protocol/stats.h"
#include "report/place_text_cache.h"
#include "report/report.h"
#include "report/wrap.h"
#include "rules/base/hash.h"

/* Of packets that one side alone has so many are told, and their count; and rules. */
enum { ONLY_TOLD = 10, TOLD = 64 };

/* Pairs that part in one way. */
struct alike {
	uint64_t key;
	uint32_t pairs;
	bool told;
};

struct diff {
	const struct diff_form *form;
	struct side side[PAIR_SIDES];
	unsigned int now;		/* which side's packets come */
	struct masker *masker[PAIR_SIDES];
	struct pairs pairs;
	uint64_t *key;			/* of each pair that differs how it does; 0: it does not */
	struct alike *alike;		/* of these keys each once, in their order */
	uint32_t ways;
	struct diff_counts n;
	struct parting parting;
	struct shown shown;
	struct changed changed;
	/* Rules of both of which a pair's block has told that they are others. */
	const struct place *told[TOLD][PAIR_SIDES];
	unsigned int tolds;
	struct place_text_cache *places;	/* for who writes objects */
};

static int open_form(struct report_env *env, const struct diff_form *form)
{
	struct diff *d = calloc(1, sizeof(*d));

	env->state = d;
	if (!d)
		return -ENOMEM;
	d->form = form;
	d->places = place_text_cache_open();
	if (!d->places)
		return -ENOMEM;
	for (unsigned int s = 0; env->diff->mask && s < PAIR_SIDES; s++) {
		d->masker[s] = masker_open(env->diff->mask, env->names);
		if (!d->masker[s])
			return -ENOMEM;
	}
	return 0;
}

static int open_text(struct outbuf *o, struct report_env *env)
{
	(void)o;
	return open_form(env, &diff_form_text);
}

static int open_line(struct outbuf *o, struct report_env *env)
{
	(void)o;
	return open_form(env, &diff_form_line);
}

static int open_json(struct outbuf *o, struct report_env *env)
{
	(void)o;
	return open_form(env, &diff_form_json);
}

static void close_form(struct report_env *env)
{
	struct diff *d = env->state;

	for (unsigned int s = 0; d && s < PAIR_SIDES; s++) {
		side_free(&d->side[s]);
		masker_close(d->masker[s]);
	}
	if (d) {
		pairs_free(&d->pairs);
		free(d->key);
		free(d->alike);
		place_text_cache_close(d->places);
	}
	free(d);
	env->state = NULL;
}

static void take_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	struct diff *d = env->state;

	(void)o;
	d->side[d->now].excerpt |= env->log;
	side_add(&d->side[d->now], j);
}

static void take_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	struct diff *d = env->state;

	(void)o;
	side_late(&d->side[d->now], l);
}

static void next_file(struct report_env *env)
{
	struct diff *d = env->state;
	struct side *s = &d->side[0];

	if (d->now)
		return;
	d->now = 1;
	d->side[1].before = (s->count ? s->journey[s->count - 1]->number : 0) +
			    s->more;
}

static void find(struct diff *d, const struct report_env *env, uint32_t i,
		 const struct journey *j[PAIR_SIDES])
{
	for (unsigned int s = 0; s < PAIR_SIDES; s++)
		j[s] = d->side[s].journey[d->pairs.pair[i].packet[s]];
	parting_find(&d->parting, j, d->side, env->names);
}

static uint64_t key_of(const struct parting *p,
		       const struct journey *const j[PAIR_SIDES])
{
	uint64_t h = hash_mix(p->how, p->met);

	if (p->same)
		return 0;
	h = hash_mix(h, p->facts.differ);
	h = hash_mix(h, (uintptr_t)p->subject);
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		h = hash_mix(h, p->next[s] ? p->next[s]->id : UINT32_MAX);
		h = hash_mix(h, j[s]->fate[0].kind);
	}
	return h | 1;
}

static int by_key(const void *a, const void *b)
{
	const struct alike *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* Those of one key become one. */
static void count_ways(struct diff *d, uint32_t n)
{
	qsort(d->alike, n, sizeof(*d->alike), by_key);
	for (uint32_t i = 0; i < n; i++) {
		if (d->ways && d->alike[d->ways - 1].key == d->alike[i].key)
			d->alike[d->ways - 1].pairs++;
		else
			d->alike[d->ways++] = d->alike[i];
	}
}

static bool judge_all(struct diff *d, const struct report_env *env)
{
	uint32_t n = d->pairs.matched;

	d->key = calloc(n + 1, sizeof(*d->key));
	d->alike = calloc(n + 1, sizeof(*d->alike));
	if (!d->key || !d->alike)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const struct journey *j[PAIR_SIDES];

		find(d, env, i, j);
		d->key[i] = key_of(&d->parting, j);
		d->alike[i] = (struct alike){ .key = d->key[i], .pairs = 1 };
		d->n.differ += d->key[i] != 0;
	}
	d->n.same = n - d->n.differ;
	count_ways(d, n);
	return true;
}

/* The way in which pair @i parts, the first time that it is asked for; else NULL. */
static struct alike *new_way(const struct diff *d, uint32_t i)
{
	const struct alike wanted = { .key = d->key[i] };
	struct alike *w = !wanted.key ? NULL :
		bsearch(&wanted, d->alike, d->ways, sizeof(wanted), by_key);

	if (!w || w->told)
		return NULL;
	w->told = true;
	return w;
}

static void end_record(const struct diff *d, struct outbuf *o,
		       const struct report_env *env)
{
	if (env->terminal && d->form != &diff_form_json)
		wrap_lines(o, 0, env->width, 0);
	outbuf_end(o);
	if (outbuf_full(o))
		outbuf_drain(o);
}

static void note_told(struct diff *d)
{
	const struct parting *p = &d->parting;

	const bool instead = p->how == PARTING_ONE_HAS && p->instead;
	const unsigned int met = instead ? p->met : 0;

	if ((!instead && p->how != PARTING_TEXT && p->how != PARTING_POLICY) ||
	    d->tolds == TOLD)
		return;
	d->told[d->tolds][met] = p->next[met];
	d->told[d->tolds++][!met] = instead ? p->instead : p->next[!met];
}

static bool rule_is_told(const struct diff *d, const struct changed_rule *r)
{
	for (unsigned int i = 0; i < d->tolds; i++)
		if (d->told[i][0] == r->at[0] && d->told[i][1] == r->at[1])
			return !d->form->every;
	return false;
}

static void put_pair(struct diff *d, struct outbuf *o,
		     const struct report_env *env, uint32_t i, uint64_t alike)
{
	const struct journey *j[PAIR_SIDES];

	find(d, env, i, j);
	if (!shown_pair(&d->shown, &d->parting, d->pairs.pair[i].rung, j, env,
			d->masker))
		return;
	outbuf_begin(o);
	d->form->pair(o, &d->shown, alike);
	end_record(d, o, env);
	note_told(d);
}

static void put_pairs(struct diff *d, struct outbuf *o,
		      const struct report_env *env)
{
	for (uint32_t i = 0; i < d->pairs.matched && !o->error; i++) {
		const struct alike *w = d->form->every ? NULL : new_way(d, i);

		if (d->form->every)
			put_pair(d, o, env, i, 0);
		else if (w)
			put_pair(d, o, env, i, w->pairs - 1);
	}
}

static void put_only(struct diff *d, struct outbuf *o,
		     const struct report_env *env, unsigned int side)
{
	uint64_t told = 0;

	for (uint32_t i = d->pairs.matched; i < d->pairs.count; i++) {
		uint32_t at = d->pairs.pair[i].packet[side];
		const struct journey *j;
		struct report_env own;

		if (at == PAIR_NONE || o->error ||
		    (told >= ONLY_TOLD && !d->form->every))
			continue;
		j = shown_packet(&own, d->side[side].journey[at], env,
				 d->masker[side]);
		if (!j)
			continue;
		outbuf_begin(o);
		d->form->only(o, &own, j, side, told++, d->n.only[side]);
		end_record(d, o, env);
	}
}

static void put_rules(struct diff *d, struct outbuf *o,
		      const struct report_env *env)
{
	for (uint32_t i = 0; i < d->changed.count; i++) {
		struct changed_rule r = d->changed.rule[i];

		if (rule_is_told(d, &r))
			continue;
		for (unsigned int s = 0; s < PAIR_SIDES; s++)
			r.at[s] = shown_place(r.at[s], d->masker[s]);
		if (!r.at[0] || !r.at[1])
			continue;
		outbuf_begin(o);
		d->form->rule(o, env, &r);
		end_record(d, o, env);
	}
}

static bool compare(struct diff *d, const struct report_env *env)
{
	struct journey *const *j[PAIR_SIDES] = { d->side[0].journey,
						 d->side[1].journey };
	const uint32_t count[PAIR_SIDES] = { d->side[0].count,
					     d->side[1].count };

	if (!side_index(&d->side[0]) || !side_index(&d->side[1]) ||
	    !pairs_find(&d->pairs, j, count) || !judge_all(d, env))
		return false;
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		d->n.only[s] = count[s] - d->pairs.matched;
		d->n.more[s] = d->side[s].more;
	}
	changed_find(&d->changed, d->side);
	d->n.rules = d->changed.count + d->changed.more;
	d->n.cut = d->changed.cut;
	return true;
}

static void tell(const struct diff *d, struct stats_diff *to)
{
	for (unsigned int s = 0; s < PAIR_SIDES; s++) {
		to->packets[s] = d->side[s].count;
		to->only[s] = d->n.only[s];
		to->more[s] = d->n.more[s];
	}
	to->same = d->n.same;
	to->differ = d->n.differ;
	to->rules = d->n.rules;
	to->done = true;
}

static void finish(struct outbuf *o, const struct report_env *env)
{
	struct diff *d = env->state;
	struct report_env own = *env;

	own.state = d->places;
	if (!compare(d, &own))
		return;
	put_pairs(d, o, &own);
	for (unsigned int s = 0; s < PAIR_SIDES; s++)
		put_only(d, o, &own, s);
	put_rules(d, o, &own);
	outbuf_begin(o);
	d->form->end(o, &own, &d->n);
	end_record(d, o, &own);
	tell(d, env->diff->result);
}

const struct report report_diff = {
	.name = "diff",
	.open = open_text,
	.journey = take_journey,
	.late = take_late,
	.next = next_file,
	.finish = finish,
	.close = close_form,
};

const struct report report_diff_line = {
	.name = "diff-line",
	.open = open_line,
	.journey = take_journey,
	.late = take_late,
	.next = next_file,
	.finish = finish,
	.close = close_form,
};

const struct report report_diff_json = {
	.name = "diff-json",
	.open = open_json,
	.journey = take_journey,
	.late = take_late,
	.next = next_file,
	.finish = finish,
	.close = close_form,
};
