// SPDX-License-Identifier: GPL-2.0-or-later
/* diff_json: --diff --json: one object a pair, a packet of one side, a changed rule. */
#include "diff/diff_form.h"

#include <string.h>

#include "base/outbuf.h"
#include "base/strbuf.h"
#include "diff/changed.h"
#include "diff/shown.h"
#include "diff/words.h"
#include "journey/journey.h"
#include "journey/near_miss.h"
#include "packet/packet_print.h"
#include "report/json_put.h"

static const char *const json_letter[PAIR_SIDES] = { "a", "b" };

static void put_text(struct outbuf *o, const char *key, const char *text)
{
	outbuf_text(o, key);
	if (*text)
		json_put_string(o, text, strlen(text));
	else
		outbuf_text(o, "null");
}

static void put_packet(struct outbuf *o, const struct report_env *env,
		       const struct journey *j)
{
	char text[REPORT_REASON > 1024 ? REPORT_REASON : 1024];

	outbuf_printf(o, "{\"packet\":%llu,\"time\":",
		      (unsigned long long)j->number);
	json_put_time(o, j->first_ns);
	packet_print(text, sizeof(text), &j->first, false);
	put_text(o, ",\"headers\":", text);
	outbuf_printf(o, ",\"fate\":\"%s\"", fate_word(j->fate[0].kind));
	report_reason(text, sizeof(text), j, 0);
	put_text(o, ",\"reason\":", text);
	json_put_rule(o, env, ",\"by\":", j->fate[0].by);
	outbuf_text(o, "}");
}

static void put_conditions(struct outbuf *o, const struct shown *s)
{
	const struct near_misses *other = s->lack[!s->p->met],
				 *met = s->lack[s->p->met];
	const bool are = s->p->how == PARTING_CONDITION;

	outbuf_text(o, ",\"conditions\":[");
	for (uint32_t i = 0; are && i < other->count; i++) {
		const struct near_miss *n = &other->miss[i];
		const char *value[PAIR_SIDES];

		value[!s->p->met] = n->value;
		value[s->p->met] = i < met->count ? met->miss[i].value : "";
		put_text(o, i ? ",{\"words\":" : "{\"words\":", n->words);
		put_text(o, ",\"a\":", value[0]);
		put_text(o, ",\"b\":", value[1]);
		outbuf_printf(o, ",\"how\":\"%s\"}",
			      near_miss_how_word(n->how));
	}
	outbuf_text(o, "]");
}

static void put_facts(struct outbuf *o, const struct shown *s)
{
	const struct facts *f = &s->p->facts;
	const char *parting = "";
	char text[FACT_TEXT];

	outbuf_text(o, ",\"besides\":[");
	for (unsigned int i = 0; i < FACTS; i++) {
		if (!(f->differ & 1u << i))
			continue;
		outbuf_printf(o, "%s{\"what\":\"%s\"", parting, fact_word(i));
		for (unsigned int side = 0; side < PAIR_SIDES; side++) {
			fact_text(text, f, i, side, s->j[side],
				  s->env[side].names);
			put_text(o, side ? ",\"b\":" : ",\"a\":", text);
		}
		outbuf_text(o, "}");
		parting = ",";
	}
	outbuf_text(o, "]");
}

static void put_text_of(struct outbuf *o, const struct shown *s)
{
	static char text[DIFF_SENTENCE];
	struct strbuf line = { text, sizeof(text), 0 };

	text[0] = '\0';
	if (!s->p->same)
		words_parting(&line, s);
	put_text(o, ",\"text\":", text);
}

static void json_pair(struct outbuf *o, const struct shown *s, uint64_t alike)
{
	const struct parting *p = s->p;

	(void)alike;
	outbuf_printf(o, "{\"schema\":2,\"diff\":\"pair\",\"same\":%s,"
		      "\"matched\":\"%s\"", p->same ? "true" : "false",
		      pair_rung_word(s->rung));
	for (unsigned int i = 0; i < PAIR_SIDES; i++) {
		outbuf_printf(o, ",\"%s\":", json_letter[i]);
		put_packet(o, &s->env[i], s->j[i]);
	}
	put_text(o, ",\"differs\":", p->same ? "" : *p->subject ? p->subject :
		 parting_how_word(p->how));
	put_text(o, ",\"how\":", p->same ? "" : parting_how_word(p->how));
	put_text_of(o, s);
	outbuf_printf(o, ",\"common\":%u", p->before);
	json_put_rule(o, &s->env[0], ",\"next_a\":", s->next[0]);
	json_put_rule(o, &s->env[1], ",\"next_b\":", s->next[1]);
	json_put_rule(o, &s->env[p->met], ",\"rule\":", s->rule);
	put_text(o, ",\"met_by\":", s->rule ? json_letter[p->met] : "");
	put_conditions(o, s);
	put_facts(o, s);
	outbuf_printf(o, ",\"complete\":%s}\n", p->doubtful ? "false" : "true");
}

static void json_only(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, unsigned int side,
		      uint64_t before, uint64_t all)
{
	(void)before, (void)all;
	outbuf_printf(o, "{\"schema\":2,\"diff\":\"only\",\"%s\":",
		      json_letter[side]);
	put_packet(o, env, j);
	outbuf_text(o, "}\n");
}

static void json_rule(struct outbuf *o, const struct report_env *env,
		      const struct changed_rule *r)
{
	outbuf_printf(o, "{\"schema\":2,\"diff\":\"rule\",\"change\":\"%s\"",
		      r->how == CHANGED_TEXT ? "text" : "place");
	json_put_rule(o, env, ",\"a\":", r->at[0]);
	json_put_rule(o, env, ",\"b\":", r->at[1]);
	outbuf_text(o, "}\n");
}

static void json_end(struct outbuf *o, const struct report_env *env,
		     const struct diff_counts *n)
{
	(void)env;
	if (n->more[0] || n->more[1] || n->cut)
		outbuf_printf(o, "{\"schema\":2,\"diff\":\"rest\",\"a\":%s,"
			      "\"b\":%s,\"rules\":%s}\n",
			      n->more[0] ? "true" : "false",
			      n->more[1] ? "true" : "false",
			      n->cut ? "true" : "false");
}

const struct diff_form diff_form_json = {
	.every = true,
	.pair = json_pair,
	.only = json_only,
	.rule = json_rule,
	.end = json_end,
};
