// SPDX-License-Identifier: GPL-2.0-or-later
/* json_fate: what became of a packet, and on what that rests, as members of an object. */
#include "report/json_fate.h"

#include <string.h>

#include "base/outbuf.h"
#include "grounds/component.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/near_miss.h"
#include "report/json_put.h"
#include "report/owner_words.h"
#include "report/report.h"
#include "report/text_logged.h"

static void put_json_text(struct outbuf *o, const char *text)
{
	if (*text)
		json_put_string(o, text, strlen(text));
	else
		outbuf_text(o, "null");
}

void json_put_drop(struct outbuf *o, const struct drop_seen *d)
{
	if (!d) {
		outbuf_text(o, ",\"drop\":null");
		return;
	}
	outbuf_text(o, ",\"drop\":{\"reason\":");
	put_json_text(o, d->reason);
	outbuf_text(o, ",\"location\":");
	put_json_text(o, d->location);
	outbuf_text(o, "}");
}

/* Of one that was not seen it is told whose doing it was, and no more. */
static void put_json_nat(struct outbuf *o, const struct report_env *env,
			 const struct journey *j, const struct grounds *g)
{
	outbuf_text(o, ",\"nat\":[");
	for (unsigned int i = 0; i < g->nats; i++) {
		const struct change *c = g->nat[i].change;

		outbuf_printf(o, "%s{\"field\":\"%s\",\"maker\":\"%s\","
			      "\"from\":", i ? "," : "",
			      change_field_word(c->field),
			      change_maker_word(c->maker));
		json_put_value(o, env, j, c, &c->from);
		outbuf_text(o, ",\"to\":");
		json_put_value(o, env, j, c, &c->to);
		json_put_rule(o, env, ",\"by\":", g->nat[i].by);
		outbuf_text(o, "}");
	}
	if (g->unseen) {
		outbuf_printf(o, "%s{\"field\":null,\"maker\":\"rule\","
			      "\"from\":null,\"to\":null",
			      g->nats ? "," : "");
		json_put_rule(o, env, ",\"by\":", g->unseen);
		outbuf_text(o, "}");
	}
	outbuf_text(o, "]");
}

/* The policies that a default deny had asked; null: one whose name is not known. */
static void put_asked(struct outbuf *o, const struct component_found *f)
{
	outbuf_text(o, ",\"asked\":[");
	for (unsigned int i = 0; i < f->asked; i++) {
		if (i)
			outbuf_text(o, ",");
		if (*f->ask[i])
			json_put_string(o, f->ask[i], strlen(f->ask[i]));
		else
			outbuf_text(o, "null");
	}
	outbuf_text(o, "]");
}

static void write_owner(struct outbuf *o, const struct journey *j,
			unsigned int b, const struct grounds *g)
{
	struct component_found f;

	outbuf_text(o, ",\"owner\":");
	if (!component_of_fate(&f, j, b, g)) {
		outbuf_text(o, "null");
		return;
	}
	outbuf_printf(o, "{\"component\":\"%s\",\"object\":", f.who->key);
	if (*f.object)
		json_put_string(o, f.object, strlen(f.object));
	else
		outbuf_text(o, "null");
	if (f.asked)
		put_asked(o, &f);
	outbuf_text(o, "}");
}

static void put_json_owner(struct outbuf *o, const struct report_env *env,
			   const struct journey *j, unsigned int b,
			   const struct grounds *g)
{
	struct path_key key = owner_key(PATH_JSON, j, b, g);
	size_t at = outbuf_written(o);

	if (path_texts_put(env->owners, o, &key))
		return;
	write_owner(o, j, b, g);
	path_texts_keep(env->owners, o, at);
}

static void put_miss(struct outbuf *o, const struct report_env *env,
		     const struct near_miss *n)
{
	json_put_rule(o, env, "{\"rule\":", n->at);
	outbuf_text(o, ",\"failed\":");
	json_put_string(o, n->words, strlen(n->words));
	outbuf_text(o, ",\"value\":");
	put_json_text(o, n->value);
	outbuf_printf(o, ",\"how\":\"%s\"}", near_miss_how_word(n->how));
}

static void put_json_near(struct outbuf *o, const struct report_env *env,
			  const struct near_misses *near)
{
	const struct place *behind = NULL;
	const char *comma = "";

	outbuf_text(o, near && near->nat ? ",\"near\":[],\"near_nat\":[" : ",\"near\":[");
	for (uint32_t i = 0; near && i < near->count; i++) {
		if (near->miss[i].how == NEAR_MISS_BEHIND) {
			behind = near->miss[i].at;
			continue;
		}
		outbuf_text(o, comma);
		put_miss(o, env, &near->miss[i]);
		comma = ",";
	}
	outbuf_text(o, "]");
	if (near && near->more)
		outbuf_printf(o, ",\"near_more\":%u", near->more);
	if (behind)
		json_put_rule(o, env, ",\"never_reached\":", behind);
}

/* A log that says that it was dropped, and it was not. */
static void put_logged(struct outbuf *o, const struct report_env *env,
		       const struct journey *j, unsigned int b)
{
	struct strview prefix;
	const struct place *at = text_logged_by(j, b, &prefix);

	if (!at)
		return;
	outbuf_text(o, ",\"logged\":{\"prefix\":");
	json_put_string(o, prefix.at, prefix.len);
	json_put_rule(o, env, ",\"rule\":", at);
	outbuf_text(o, "}");
}

static void put_grounds(struct outbuf *o, const struct report_env *env,
			const struct journey *j, unsigned int b)
{
	struct grounds g;

	grounds_find(&g, j, b);
	json_put_rule(o, env, ",\"via\":", g.via);
	json_put_rule(o, env, ",\"marked_by\":", g.marked);
	json_put_rule(o, env, ",\"marked_via\":", g.marked_via);
	put_json_owner(o, env, j, b, &g);
	json_put_rule(o, env, ",\"accepted_by\":", g.accepted);
	put_json_nat(o, env, j, &g);
	put_json_near(o, env, j->fate[b].near);
	put_logged(o, env, j, b);
}

/* Where it went out, or was to. */
void json_put_out(struct outbuf *o, const struct report_env *env,
		  const struct fate *f)
{
	if (f->kind == FATE_FORWARDED || f->kind == FATE_SENT ||
	    (f->kind == FATE_LOST && f->drop && f->out))
		json_put_name(o, env, ",\"fate_out\":", f->out);
}

void json_put_fate(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON];
	size_t n = report_reason(reason, sizeof(reason), j, b);

	outbuf_printf(o, "\"fate\":\"%s\",\"reason\":", fate_word(f->kind));
	if (n)
		json_put_string(o, reason, n);
	else
		outbuf_text(o, "null");
	json_put_drop(o, f->drop);
	outbuf_printf(o, ",\"last_hook\":\"%s\"", report_hook_name(f->hook));
	json_put_out(o, env, f);
	json_put_rule(o, env, ",\"by\":", f->by);
	put_grounds(o, env, j, b);
}
