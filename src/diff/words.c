// SPDX-License-Identifier: GPL-2.0-or-later
/* words: what parts two packets, in a sentence. */
#include "diff/words.h"

#include <string.h>

#include "base/escape.h"
#include "base/strbuf.h"
#include "diff/shown.h"
#include "journey/map_verdict.h"
#include "journey/near_miss.h"
#include "place/place_types.h"
#include "report/report_text.h"

static const char side_letter[PAIR_SIDES] = { 'A', 'B' };

static void put_escaped(struct strbuf *to, const char *text, size_t len)
{
	if (to->len < to->size)
		to->len += escape_text(to->buf + to->len, to->size - to->len,
				       text, len);
}

/* "filter:FORWARD:rule:2" */
static void put_name(struct strbuf *to, const struct place *at)
{
	put_escaped(to, at->prefix + TEXT_HEAD, at->prefix_len - TEXT_HEAD);
}

/* "-A FORWARD ... -j DROP", in quotes; nothing where it is not known */
static void put_rule(struct strbuf *to, const struct place *at)
{
	if (!at->rule_len) {
		strbuf_text(to, "a rule whose text is not known");
		return;
	}
	strbuf_text(to, "\"");
	put_escaped(to, at->rule, at->rule_len);
	strbuf_text(to, "\"");
}

static void put_named(struct strbuf *to, const struct place *at)
{
	put_name(to, at);
	if (at->rule_len) {
		strbuf_text(to, " ");
		put_rule(to, at);
	}
}

static void put_value(struct strbuf *to, const struct near_miss *n,
		      unsigned int side)
{
	if (!*n->value)
		return;
	strbuf_add(to, "; %c: ", side_letter[side]);
	put_escaped(to, n->value, strlen(n->value));
	if (n->how == NEAR_MISS_ASKED)
		strbuf_text(to, " now");
}

static void put_lacks(struct strbuf *to, const struct shown *s)
{
	const struct near_misses *lack = s->lack[!s->p->met];

	for (uint32_t i = 0; i < lack->count; i++) {
		strbuf_text(to, i ? ", " : "");
		put_escaped(to, lack->miss[i].words,
			    strlen(lack->miss[i].words));
	}
}

/* No packet of that recording has shown that its rules have it. */
static void put_known(struct strbuf *to, const struct shown *s)
{
	unsigned int other = !s->p->met;

	if (!s->p->known)
		strbuf_add(to, ", if %c's rules have it", side_letter[other]);
	if (s->p->doubtful)
		strbuf_text(to, " (events may be missing)");
}

static void put_condition(struct strbuf *to, const struct shown *s)
{
	const unsigned int met = s->p->met, other = !met;
	const struct near_misses *lack = s->lack[other];

	put_lacks(to, s);
	strbuf_text(to, " of ");
	put_name(to, s->rule);
	strbuf_add(to, ", met by %c, not by %c", side_letter[met], side_letter[other]);
	if (lack->count == 1 && lack->miss[0].how != NEAR_MISS_ELIMINATED) {
		if (s->lack[met]->count)
			put_value(to, &s->lack[met]->miss[0], met);
		put_value(to, &lack->miss[0], other);
		return;
	}
	if (lack->count == 1) {
		strbuf_text(to, ": it must have failed there, as all else held");
		put_known(to, s);
		return;
	}
	if (lack->miss[0].how == NEAR_MISS_ELIMINATED) {
		strbuf_text(to, ": one of these must have failed there");
		put_known(to, s);
		return;
	}
	for (uint32_t i = 0; i < lack->count; i++)
		put_value(to, &lack->miss[i], other);
}

static void put_one_has(struct strbuf *to, const struct shown *s)
{
	const unsigned int other = !s->p->met;

	put_named(to, s->rule);
	if (s->instead) {
		strbuf_add(to, " is another in %c's rules: ", side_letter[other]);
		put_rule(to, s->instead);
		return;
	}
	strbuf_add(to, " is not in %c's rules there: %c's packet has all that "
		   "it asks for", side_letter[other], side_letter[other]);
	if (s->p->doubtful)
		strbuf_text(to, "; or its event is missing");
}

static void put_one_met(struct strbuf *to, const struct shown *s)
{
	put_named(to, s->rule);
	strbuf_add(to, " was met by %c, not by %c: %s", side_letter[s->p->met],
		   side_letter[!s->p->met], s->p->doubtful ?
		   "events may be missing" : "why is not known");
}

static void put_texts(struct strbuf *to, const struct shown *s)
{
	put_name(to, s->next[0]);
	strbuf_text(to, " is another: A ");
	put_rule(to, s->next[0]);
	strbuf_text(to, "; B ");
	put_rule(to, s->next[1]);
}

static void put_policy(struct strbuf *to, const struct shown *s)
{
	put_escaped(to, s->next[0]->table, strlen(s->next[0]->table));
	strbuf_text(to, ":");
	put_escaped(to, s->next[0]->chain, s->next[0]->chain_len);
	strbuf_text(to, ": A ");
	put_rule(to, s->next[0]);
	strbuf_text(to, "; B ");
	put_rule(to, s->next[1]);
}

static void put_map(struct strbuf *to, const struct shown *s)
{
	put_named(to, s->next[0]);
	for (unsigned int i = 0; i < PAIR_SIDES; i++) {
		const struct map_verdict *v = map_verdict_at(s->j[i],
							     s->p->at[i]);

		strbuf_add(to, "%s %c ", i ? ";" : ":", side_letter[i]);
		if (v && v->key) {
			put_escaped(to, v->key, strlen(v->key));
			strbuf_text(to, " -> ");
		}
		if (v)
			put_escaped(to, v->verdict, strlen(v->verdict));
		else
			strbuf_text(to, "no verdict");
	}
}

static void put_way(struct strbuf *to, const struct shown *s)
{
	const bool texts = strcmp(s->p->subject, "rule") == 0;

	for (unsigned int i = 0; i < PAIR_SIDES; i++) {
		strbuf_add(to, "%s%c goes on to ", i ? ", " : "", side_letter[i]);
		(texts ? put_named : put_name)(to, s->next[i]);
	}
}

static void put_changed_end(struct strbuf *to, const struct shown *s)
{
	unsigned int ended = s->next[0] ? 1 : 0;
	char reason[FACT_TEXT];

	strbuf_add(to, "%c goes no further", side_letter[ended]);
	if (s->last) {
		strbuf_text(to, " than ");
		put_name(to, s->last);
	}
	if (s->next[!ended]) {
		strbuf_add(to, ", %c goes on to ", side_letter[!ended]);
		put_name(to, s->next[!ended]);
	}
	if (s->p->doubtful)
		strbuf_text(to, " (events may be missing)");
	if (!(s->p->facts.differ & 1u << FACT_REASON))
		return;
	fact_text(reason, &s->p->facts, FACT_REASON, ended, s->j[ended],
		  s->env[ended].names);
	strbuf_text(to, "; ");
	strbuf_text(to, reason);
}

void words_parting(struct strbuf *to, const struct shown *s)
{
	static void (*const put[PARTING_HOWS])(struct strbuf *to,
					       const struct shown *s) = {
		[PARTING_NOWHERE] = words_facts,
		[PARTING_CONDITION] = put_condition,
		[PARTING_ONE_HAS] = put_one_has,
		[PARTING_ONE_MET] = put_one_met,
		[PARTING_TEXT] = put_texts,
		[PARTING_POLICY] = put_policy,
		[PARTING_VERDICT] = put_map,
		[PARTING_WAY] = put_way,
		[PARTING_END] = put_changed_end,
	};

	if (*s->p->subject)
		strbuf_add(to, "%s: ", s->p->subject);
	put[s->p->how](to, s);
}

void words_facts(struct strbuf *to, const struct shown *s)
{
	const struct facts *f = &s->p->facts;
	const bool all = s->p->how == PARTING_NOWHERE &&
			 f->differ == 1u << FACT_FATE;
	const bool reason = s->p->how != PARTING_END;
	const char *parting = "";
	char text[FACT_TEXT];

	for (unsigned int i = 0; i < FACTS; i++) {
		/* The fates stand elsewhere, unless there is nothing else. */
		if (!(f->differ & 1u << i) ||
		    (i == FACT_FATE && !all) || (i == FACT_REASON && !reason))
			continue;
		strbuf_add(to, "%s%s: ", parting, fact_word(i));
		for (unsigned int side = 0; side < PAIR_SIDES; side++) {
			fact_text(text, f, i, side, s->j[side],
				  s->env[side].names);
			strbuf_add(to, "%s%c ", side ? ", " : "",
				   side_letter[side]);
			strbuf_text(to, text);
		}
		parting = "; ";
	}
}
