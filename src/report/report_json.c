// SPDX-License-Identifier: GPL-2.0-or-later
/* report_json: one object a packet (or an event), a line each. */
#include "report/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/format.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "capture/ifnames.h"
#include "grounds/component.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/packet.h"
#include "packet/packet_print.h"
#include "packet/print_ends.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "report/owner_words.h"
#include "report/place_text_cache.h"
#include "report/report_conntrack.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

static const char *const kinds[] = {
	[PLACE_RULE] = "rule",
	[PLACE_RETURN] = "return",
	[PLACE_POLICY] = "policy",
};

/* A JSON string, quotes included. */
static void put_string(struct outbuf *o, const char *text, size_t len)
{
	char *room = outbuf_room(o, 6 * len + 2);
	size_t n;

	if (!room)
		return;
	room[0] = '"';
	n = escape_json(room + 1, 6 * len + 1, text, len);
	room[n + 1] = '"';
	outbuf_advance(o, n + 2);
}

static void put_name(struct outbuf *o, const struct report_env *env,
		     const char *key, uint32_t index)
{
	const char *name = ifnames_raw(env->names, index);

	outbuf_text(o, key);
	if (index)
		put_string(o, name, strlen(name));
	else
		outbuf_text(o, "null");
}

/* RFC 3339, UTC, microseconds; the second is worked out once. */
static void put_time(struct outbuf *o, uint64_t ns)
{
	static time_t known = -1;
	static char text[32];
	time_t sec = (time_t)(ns / NS_PER_S);
	struct tm tm;

	if (report_since_boot(ns)) {
		outbuf_printf(o, "\"%lld.%06u\"", (long long)sec,
			      (unsigned int)(ns % NS_PER_S / NS_PER_US));
		return;
	}
	if (sec != known) {
		gmtime_r(&sec, &tm);
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		known = sec;
	}
	outbuf_printf(o, "\"%s.%06uZ\"", text,
		      (unsigned int)(ns % NS_PER_S / NS_PER_US));
}

static void put_hex(struct outbuf *o, const uint8_t *bytes, size_t len)
{
	char *room = outbuf_room(o, 2 * len + 2), *p = room;

	if (!room)
		return;
	*p++ = '"';
	p = format_bytes(p, bytes, len);
	*p++ = '"';
	outbuf_advance(o, (size_t)(p - room));
}

/* An nft table may be of another family than the packet: inet. */
static void put_backend(struct outbuf *o, const struct place *p)
{
	bool nft = p->backend == EVENT_NFT;

	outbuf_text(o, nft ? "{\"backend\":\"nft\",\"family\":\""
			   : "{\"backend\":\"legacy\",\"family\":\"");
	outbuf_text(o, family_by_nfproto(p->nfproto)->name);
	outbuf_text(o, "\"");
	if (nft)
		outbuf_printf(o, ",\"nft_family\":\"%s\"",
			      nft_snapshot_family(p->family));
}

/* Rules of nft have handles besides; its policies have neither. */
static void put_rule_id(struct outbuf *o, const struct place *p)
{
	uint32_t number = p->backend == EVENT_NFT ? p->position : p->number;

	if (number)
		outbuf_printf(o, ",\"number\":%u", number);
	else
		outbuf_text(o, ",\"number\":null");
	if (p->own_before)
		outbuf_printf(o, ",\"own_before\":%u", p->own_before);
	if (p->handle)
		outbuf_printf(o, ",\"handle\":%llu",
			      (unsigned long long)p->handle);
	else
		outbuf_text(o, ",\"handle\":null");
}

static void put_new_place(struct outbuf *o, const struct place *p)
{
	put_backend(o, p);
	outbuf_text(o, ",\"table\":");
	put_string(o, p->table, strlen(p->table));
	outbuf_text(o, ",\"chain\":");
	put_string(o, p->chain, p->chain_len);
	outbuf_printf(o, ",\"kind\":\"%s\"", kinds[p->kind]);
	put_rule_id(o, p);
	outbuf_text(o, ",\"rule\":");
	if (p->rule_len)
		put_string(o, p->rule, p->rule_len);
	else
		outbuf_text(o, "null");
	if (p->doubt)
		outbuf_printf(o, ",\"doubt\":\"%s\"",
			      text_doubt_word(p->doubt));
}

/* The members that are the same for every event at a place. */
static void put_place(struct outbuf *o, const struct report_env *env,
		      const struct place *p)
{
	size_t at = outbuf_written(o);
	const char *written;

	if (place_text_cache_put(env->state, p->id, o))
		return;
	put_new_place(o, p);
	written = outbuf_record(o, at);
	if (written)
		place_text_cache_keep(env->state, p->id, written,
				      outbuf_written(o) - at);
}

/* What the verdict map of the event's rule said; @v: NULL: nothing of the kind. */
static void put_verdict(struct outbuf *o, const struct map_verdict *v)
{
	if (!v) {
		outbuf_text(o, ",\"verdict\":null,\"element\":null");
		return;
	}
	outbuf_text(o, ",\"verdict\":");
	put_string(o, v->verdict, strlen(v->verdict));
	if (!v->key) {
		outbuf_text(o, ",\"element\":null");
		return;
	}
	outbuf_text(o, ",\"element\":{\"key\":");
	put_string(o, v->key, strlen(v->key));
	outbuf_text(o, ",\"comment\":");
	if (v->comment)
		put_string(o, v->comment, strlen(v->comment));
	else
		outbuf_text(o, "null");
	outbuf_text(o, "}");
}

static void put_step(struct outbuf *o, const struct report_env *env,
		     const struct step *s, const struct map_verdict *v)
{
	put_place(o, env, s->place);
	put_verdict(o, v);
	outbuf_printf(o, ",\"mark\":\"0x%x\"", s->mark);
	put_name(o, env, ",\"in\":", s->in);
	put_name(o, env, ",\"out\":", s->out);
	if (s->phys_in)
		put_name(o, env, ",\"physin\":", s->phys_in);
	if (s->phys_out)
		put_name(o, env, ",\"physout\":", s->phys_out);
	if (s->branch)
		outbuf_printf(o, ",\"copy\":%u", s->branch);
	outbuf_text(o, "}");
}

static void put_value(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, const struct change *c,
		      const struct change_value *v)
{
	char text[128];

	switch (c->field) {
	case FIELD_SRC:
	case FIELD_DST:
		put_string(o, text, packet_print_addr(text, sizeof(text),
						      &j->first, v->addr,
						      v->port));
		break;
	case FIELD_OUT:
	case FIELD_IN:
		put_name(o, env, "", v->number);
		break;
	case FIELD_MARK:
	case FIELD_CTMARK:
	case FIELD_TOS:
		outbuf_printf(o, "\"0x%x\"", v->number);
		break;
	default:
		outbuf_printf(o, "%u", v->number);
		break;
	}
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
			      i ? "," : "", c->step + 1u,
			      change_maker_word(c->maker),
			      change_field_word(c->field));
		put_value(o, env, j, c, &c->from);
		outbuf_text(o, ",\"to\":");
		put_value(o, env, j, c, &c->to);
		if (c->branch)
			outbuf_printf(o, ",\"copy\":%u", c->branch);
		outbuf_text(o, "}");
	}
	outbuf_text(o, "]");
}

static void put_text(struct outbuf *o, const char *text)
{
	if (*text)
		put_string(o, text, strlen(text));
	else
		outbuf_text(o, "null");
}

static void put_drop(struct outbuf *o, const struct drop_seen *d)
{
	if (!d) {
		outbuf_text(o, ",\"drop\":null");
		return;
	}
	outbuf_text(o, ",\"drop\":{\"reason\":");
	put_text(o, d->reason);
	outbuf_text(o, ",\"location\":");
	put_text(o, d->location);
	outbuf_text(o, "}");
}

static void put_rule(struct outbuf *o, const struct report_env *env,
		     const char *key, const struct place *p)
{
	outbuf_text(o, key);
	if (!p) {
		outbuf_text(o, "null");
		return;
	}
	put_place(o, env, p);
	outbuf_text(o, "}");
}

/* Of one that was not seen it is told whose doing it was, and no more. */
static void put_nat(struct outbuf *o, const struct report_env *env,
		    const struct journey *j, const struct grounds *g)
{
	outbuf_text(o, ",\"nat\":[");
	for (unsigned int i = 0; i < g->nats; i++) {
		const struct change *c = g->nat[i].change;

		outbuf_printf(o, "%s{\"field\":\"%s\",\"maker\":\"%s\","
			      "\"from\":", i ? "," : "",
			      change_field_word(c->field),
			      change_maker_word(c->maker));
		put_value(o, env, j, c, &c->from);
		outbuf_text(o, ",\"to\":");
		put_value(o, env, j, c, &c->to);
		put_rule(o, env, ",\"by\":", g->nat[i].by);
		outbuf_text(o, "}");
	}
	if (g->unseen) {
		outbuf_printf(o, "%s{\"field\":null,\"maker\":\"rule\","
			      "\"from\":null,\"to\":null",
			      g->nats ? "," : "");
		put_rule(o, env, ",\"by\":", g->unseen);
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
			put_string(o, f->ask[i], strlen(f->ask[i]));
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
		put_string(o, f.object, strlen(f.object));
	else
		outbuf_text(o, "null");
	if (f.asked)
		put_asked(o, &f);
	outbuf_text(o, "}");
}

static void put_owner(struct outbuf *o, const struct report_env *env,
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

/* Who owns a rule, and which others were near, nobody says yet. */
static void put_grounds(struct outbuf *o, const struct report_env *env,
			const struct journey *j, unsigned int b)
{
	struct grounds g;

	grounds_find(&g, j, b);
	put_rule(o, env, ",\"via\":", g.via);
	put_rule(o, env, ",\"marked_by\":", g.marked);
	put_rule(o, env, ",\"marked_via\":", g.marked_via);
	put_owner(o, env, j, b, &g);
	put_rule(o, env, ",\"accepted_by\":", g.accepted);
	put_nat(o, env, j, &g);
	outbuf_text(o, ",\"near\":[]");
}

/* Where it went out, or was to. */
static bool has_out(const struct fate *f)
{
	return f->kind == FATE_FORWARDED || f->kind == FATE_SENT ||
	       (f->kind == FATE_LOST && f->drop && f->out);
}

static void put_fate(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON];
	size_t n = report_reason(reason, sizeof(reason), j, b);

	outbuf_printf(o, "\"fate\":\"%s\",\"reason\":", fate_word(f->kind));
	if (n)
		put_string(o, reason, n);
	else
		outbuf_text(o, "null");
	put_drop(o, f->drop);
	outbuf_printf(o, ",\"last_hook\":\"%s\"", report_hook_name(f->hook));
	if (has_out(f))
		put_name(o, env, ",\"fate_out\":", f->out);
	put_rule(o, env, ",\"by\":", f->by);
	put_grounds(o, env, j, b);
}

static void put_origin(struct outbuf *o, const struct report_env *env)
{
	outbuf_text(o, "{\"schema\":2,\"host\":");
	put_string(o, env->host, strlen(env->host));
	outbuf_text(o, ",\"netns\":");
	if (*env->netns)
		put_string(o, env->netns, strlen(env->netns));
	else
		outbuf_text(o, "null");
}

static void put_headers(struct outbuf *o, const struct packet *p)
{
	char line[1024];

	outbuf_text(o, ",\"headers\":");
	put_string(o, line, packet_print(line, sizeof(line), p, false));
	if (p->unsized || p->layer == PACKET_NOTHING)
		outbuf_text(o, ",\"length\":null,\"payload\":");
	else
		outbuf_printf(o, ",\"length\":%u,\"payload\":", p->length);
	put_hex(o, p->data, p->caplen);
}

static bool is_complete(const struct journey *j)
{
	for (unsigned int b = 0; b < j->branches; b++)
		if (j->fate[b].kind == FATE_INCOMPLETE)
			return false;
	return !(j->flags & (JOURNEY_GAP | JOURNEY_HEADLESS));
}

static void json_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	const struct step *s = journey_first(j);
	uint32_t kept = journey_kept(j);
	bool complete = is_complete(j);
	struct conntrack ct;

	put_origin(o, env);
	outbuf_printf(o, ",\"packet\":%llu,\"time\":",
		      (unsigned long long)j->number);
	put_time(o, j->first_ns);
	outbuf_printf(o, ",\"time_source\":\"%s\",\"family\":\"%s\"",
		      report_time_source(env, j->first_ns,
					 j->flags & JOURNEY_STAMPED),
		      family_by_nfproto(j->nfproto)->name);
	put_name(o, env, ",\"in\":", s->in);
	put_name(o, env, ",\"out\":", s->out);
	put_headers(o, &j->first);
	outbuf_text(o, ",\"events\":[");
	for (uint32_t i = 0; i < kept; i++) {
		if (i)
			outbuf_text(o, ",");
		put_step(o, env, &j->step[i], map_verdict_at(j, i));
	}
	put_changes(o, env, j);
	if (j->way.text) {
		outbuf_text(o, ",\"way\":");
		put_string(o, j->way.text, strlen(j->way.text));
	}
	outbuf_text(o, ",");
	put_fate(o, env, j, 0);
	if (j->branches > 1) {
		outbuf_text(o, ",\"copies\":[");
		for (unsigned int b = 1; b < j->branches; b++) {
			outbuf_text(o, b > 1 ? ",{" : "{");
			put_fate(o, env, j, b);
			outbuf_text(o, "}");
		}
		outbuf_text(o, "]");
	}
	conntrack_seen(j, &ct);
	outbuf_text(o, ",\"conntrack\":");
	report_conntrack_json(o, &ct, &j->first);
	outbuf_printf(o, ",\"complete\":%s,\"events_lost\":%u",
		      complete ? "true" : "false", j->lost);
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
	put_time(o, l->wall_ns);
	outbuf_printf(o, ",\"after_ms\":%llu,\"was\":\"%s\",\"fate\":\"%s\","
		      "\"reason\":",
		      (unsigned long long)(l->after_ns / NS_PER_MS),
		      fate_word(l->was), fate_word(l->fate.kind));
	put_string(o, reason, n);
	put_drop(o, l->fate.drop);
	outbuf_printf(o, ",\"last_hook\":\"%s\"",
		      report_hook_name(l->fate.hook));
	if (has_out(&l->fate))
		put_name(o, env, ",\"fate_out\":", l->fate.out);
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
	put_time(o, stamped ? e->stamp_ns : wall_ns);
	outbuf_printf(o, ",\"time_source\":\"%s\",\"family\":\"%s\"",
		      report_time_source(env, stamped ? e->stamp_ns : wall_ns,
					 stamped),
		      family_by_nfproto(e->nfproto)->name);
	put_headers(o, &p);
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
