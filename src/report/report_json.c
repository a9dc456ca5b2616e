// SPDX-License-Identifier: GPL-2.0-or-later
/* report_json: one object a packet (or an event), a line each. */
#include "report/report.h"

#include <errno.h>
#include <string.h>

#include "base/outbuf.h"
#include "capture/event.h"
#include "journey/change.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/packet.h"
#include "packet/packet_print.h"
#include "place/place.h"
#include "report/json_fate.h"
#include "report/json_put.h"
#include "report/place_text_cache.h"
#include "report/report_conntrack.h"
#include "report/stories.h"
#include "rules/base/family.h"
#include "rules/base/units.h"

/* What the verdict map of the event's rule said; @v: NULL: nothing of the kind. */
static void put_json_verdict(struct outbuf *o, const struct map_verdict *v)
{
	if (!v) {
		outbuf_text(o, ",\"verdict\":null,\"element\":null");
		return;
	}
	outbuf_text(o, ",\"verdict\":");
	json_put_string(o, v->verdict, strlen(v->verdict));
	if (!v->key) {
		outbuf_text(o, ",\"element\":null");
		return;
	}
	outbuf_text(o, ",\"element\":{\"key\":");
	json_put_string(o, v->key, strlen(v->key));
	outbuf_text(o, ",\"comment\":");
	if (v->comment)
		json_put_string(o, v->comment, strlen(v->comment));
	else
		outbuf_text(o, "null");
	outbuf_text(o, "}");
}

static void put_step(struct outbuf *o, const struct report_env *env,
		     const struct step *s, const struct map_verdict *v)
{
	json_put_place(o, env, s->place);
	put_json_verdict(o, v);
	outbuf_printf(o, ",\"mark\":\"0x%x\"", s->mark);
	json_put_name(o, env, ",\"in\":", s->in);
	json_put_name(o, env, ",\"out\":", s->out);
	if (s->phys_in)
		json_put_name(o, env, ",\"physin\":", s->phys_in);
	if (s->phys_out)
		json_put_name(o, env, ",\"physout\":", s->phys_out);
	if (s->branch)
		outbuf_printf(o, ",\"copy\":%u", s->branch);
	outbuf_text(o, "}");
}

static void put_changes(struct outbuf *o, const struct report_env *env,
			const struct journey *j)
{
	outbuf_text(o, "],\"changes\":[");
	for (unsigned int i = 0; i < j->changes; i++) {
		const struct change *c = &j->change[i];

		outbuf_printf(o,
			      "%s{\"event\":%u,\"maker\":\"%s\","
			      "\"field\":\"%s\",\"from\":",
			      i ? "," : "", j->steps ? c->step + 1u : 0,
			      change_maker_word(c->maker),
			      change_field_word(c->field));
		json_put_value(o, env, j, c, &c->from);
		outbuf_text(o, ",\"to\":");
		json_put_value(o, env, j, c, &c->to);
		if (c->branch)
			outbuf_printf(o, ",\"copy\":%u", c->branch);
		outbuf_text(o, "}");
	}
	outbuf_text(o, "]");
}

static void put_origin(struct outbuf *o, const struct report_env *env)
{
	outbuf_text(o, "{\"schema\":2,\"host\":");
	json_put_string(o, env->host, strlen(env->host));
	outbuf_text(o, ",\"netns\":");
	if (*env->netns)
		json_put_string(o, env->netns, strlen(env->netns));
	else
		outbuf_text(o, "null");
}

static void put_json_headers(struct outbuf *o, const struct packet *p)
{
	char line[1024];

	outbuf_text(o, ",\"headers\":");
	json_put_string(o, line, packet_print(line, sizeof(line), p, false));
	if (p->unsized || p->layer == PACKET_NOTHING) {
		outbuf_text(o, ",\"length\":null,\"payload\":");
	} else {
		json_put_number(o, ",\"length\":", p->length);
		outbuf_text(o, ",\"payload\":");
	}
	json_put_hex(o, p->data, p->caplen);
}

static bool is_complete(const struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->fate[b].kind == FATE_INCOMPLETE)
			return false;
	return !(j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS));
}

static void put_json_copies(struct outbuf *o, const struct report_env *env,
			    const struct journey *j)
{
	if (j->branches == 1)
		return;
	outbuf_text(o, ",\"copies\":[");
	for (unsigned int b = 1; b < j->branches; b++) {
		outbuf_text(o, b > 1 ? ",{" : "{");
		json_put_fate(o, env, j, b);
		outbuf_text(o, "}");
	}
	outbuf_text(o, "]");
}

/* What happened to it: nothing here is of the packet's own headers, unless it was translated. */
static void put_json_story(struct outbuf *o, const struct report_env *env,
			   const struct journey *j)
{
	struct story story = stories_tell(env, o, j, STORY_JSON);
	uint32_t kept = journey_kept(j);

	if (story.told)
		return;
	outbuf_text(o, ",\"events\":[");
	for (uint32_t i = 0; i < kept; i++) {
		if (i)
			outbuf_text(o, ",");
		put_step(o, env, &j->step[i], map_verdict_at(j, i));
	}
	put_changes(o, env, j);
	if (j->way.text) {
		outbuf_text(o, ",\"way\":");
		json_put_string(o, j->way.text, strlen(j->way.text));
	}
	outbuf_text(o, ",");
	json_put_fate(o, env, j, 0);
	put_json_copies(o, env, j);
	stories_keep(env, &story, o, j, NULL);
}

static void json_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	const struct step *s = journey_first(j);
	bool complete = is_complete(j);
	struct conntrack ct;

	put_origin(o, env);
	json_put_number(o, ",\"packet\":", j->number);
	outbuf_text(o, ",\"time\":");
	json_put_time(o, j->first_ns);
	json_put_word(o, ",\"time_source\":\"",
		      report_time_source(env, j->first_ns,
					 j->flags & JOURNEY_STAMPED));
	json_put_word(o, ",\"family\":\"", family_by_nfproto(j->nfproto)->name);
	json_put_name(o, env, ",\"in\":", s->in);
	json_put_name(o, env, ",\"out\":", s->out);
	put_json_headers(o, &j->first);
	put_json_story(o, env, j);
	conntrack_seen(j, &ct);
	outbuf_text(o, ",\"conntrack\":");
	report_conntrack_json(o, &ct, &j->first);
	outbuf_text(o, complete ? ",\"complete\":true" : ",\"complete\":false");
	json_put_number(o, ",\"events_lost\":", j->lost);
	if (j->omitted)
		outbuf_printf(o, ",\"events_omitted\":%u", j->omitted);
	if (j->flags & JOURNEY_AMBIGUOUS)
		outbuf_text(o, ",\"ambiguous\":true");
	outbuf_text(o, "}\n");
}

static void json_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	char reason[REPORT_REASON];
	size_t n = report_late_reason(reason, sizeof(reason), l);

	put_origin(o, env);
	outbuf_printf(o, ",\"late\":%llu", (unsigned long long)l->number);
	if (l->branch)
		outbuf_printf(o, ",\"copy\":%u", l->branch);
	outbuf_text(o, ",\"time\":");
	json_put_time(o, l->wall_ns);
	outbuf_printf(o, ",\"after_ms\":%llu,\"was\":\"%s\",\"fate\":\"%s\","
		      "\"reason\":",
		      (unsigned long long)(l->after_ns / NS_PER_MS),
		      fate_word(l->was), fate_word(l->fate.kind));
	json_put_string(o, reason, n);
	json_put_drop(o, l->fate.drop);
	outbuf_printf(o, ",\"last_hook\":\"%s\"",
		      report_hook_name(l->fate.hook));
	json_put_out(o, env, &l->fate);
	if (l->ambiguous)
		outbuf_text(o, ",\"ambiguous\":true");
	outbuf_text(o, "}\n");
}

static void json_event(struct outbuf *o, const struct report_env *env,
		       const struct event *e, const struct place *at,
		       uint64_t wall_ns)
{
	struct step s = {
		.place = at, .mark = e->mark, .in = e->in, .out = e->out,
		.phys_in = e->phys_in, .phys_out = e->phys_out,
	};
	struct packet p;
	bool stamped = e->flags & EVENT_HAS_STAMP;
	char word[MAP_VERDICT_TEXT];
	const struct map_verdict v = { .verdict = word };

	if (at->mapped)
		map_verdict_word(word, at);
	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	put_origin(o, env);
	outbuf_text(o, ",\"time\":");
	json_put_time(o, stamped ? e->stamp_ns : wall_ns);
	outbuf_printf(o, ",\"time_source\":\"%s\",\"family\":\"%s\"",
		      report_time_source(env, stamped ? e->stamp_ns : wall_ns,
					 stamped),
		      family_by_nfproto(e->nfproto)->name);
	put_json_headers(o, &p);
	outbuf_text(o, ",\"conntrack\":");
	report_conntrack_json(o, &e->ct, &p);
	outbuf_text(o, ",\"event\":");
	put_step(o, env, &s, at->mapped ? &v : NULL);
	outbuf_text(o, "}\n");
}

static int json_open(struct outbuf *o, struct report_env *env)
{
	(void)o;
	env->state = place_text_cache_open();
	return env->state ? 0 : -ENOMEM;
}

static void json_forget(struct report_env *env, uint32_t id)
{
	place_text_cache_forget(env->state, id);
}

static void json_close(struct report_env *env)
{
	place_text_cache_close(env->state);
}

const struct report report_json = {
	.name = "json",
	.open = json_open,
	.forget = json_forget,
	.close = json_close,
	.journey = json_journey,
	.late = json_late,
};

const struct report report_json_flat = {
	.name = "json-flat",
	.open = json_open,
	.forget = json_forget,
	.close = json_close,
	.event = json_event,
};
