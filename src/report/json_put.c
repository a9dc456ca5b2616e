// SPDX-License-Identifier: GPL-2.0-or-later
/* json_put: the values that JSON objects are made of. */
#include "report/json_put.h"

#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/format.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "capture/ifnames.h"
#include "journey/journey.h"
#include "packet/print_ends.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "report/place_text_cache.h"
#include "report/report.h"
#include "rules/base/family.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

static const char *const kinds[] = {
	[PLACE_RULE] = "rule",
	[PLACE_RETURN] = "return",
	[PLACE_POLICY] = "policy",
};

/* A JSON string, quotes included. */
void json_put_string(struct outbuf *o, const char *text, size_t len)
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

void json_put_number(struct outbuf *o, const char *key, uint64_t n)
{
	outbuf_text(o, key);
	outbuf_number(o, n);
}

void json_put_word(struct outbuf *o, const char *key, const char *word)
{
	outbuf_text(o, key);
	outbuf_text(o, word);
	outbuf_text(o, "\"");
}

void json_put_name(struct outbuf *o, const struct report_env *env,
		     const char *key, uint32_t index)
{
	const char *name = ifnames_raw(env->names, index);

	outbuf_text(o, key);
	if (index)
		json_put_string(o, name, strlen(name));
	else
		outbuf_text(o, "null");
}

/* RFC 3339, UTC, microseconds; the second is worked out once. */
void json_put_time(struct outbuf *o, uint64_t ns)
{
	static time_t known = -1;
	static char text[32];
	time_t sec = (time_t)(ns / NS_PER_S);
	struct tm tm;
	char us[6];

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
	outbuf_text(o, "\"");
	outbuf_text(o, text);
	format_six(us, (uint32_t)(ns % NS_PER_S / NS_PER_US));
	outbuf_text(o, ".");
	outbuf_bytes(o, us, sizeof(us));
	outbuf_text(o, "Z\"");
}

void json_put_hex(struct outbuf *o, const uint8_t *bytes, size_t len)
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
	json_put_string(o, p->table, strlen(p->table));
	outbuf_text(o, ",\"chain\":");
	json_put_string(o, p->chain, p->chain_len);
	outbuf_printf(o, ",\"kind\":\"%s\"", kinds[p->kind]);
	put_rule_id(o, p);
	outbuf_text(o, ",\"rule\":");
	if (p->rule_len)
		json_put_string(o, p->rule, p->rule_len);
	else
		outbuf_text(o, "null");
	if (p->doubt)
		outbuf_printf(o, ",\"doubt\":\"%s\"",
			      text_doubt_word(p->doubt));
}

/* The members that are the same for every event at a place. */
void json_put_place(struct outbuf *o, const struct report_env *env,
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

void json_put_rule(struct outbuf *o, const struct report_env *env,
		     const char *key, const struct place *p)
{
	outbuf_text(o, key);
	if (!p) {
		outbuf_text(o, "null");
		return;
	}
	json_put_place(o, env, p);
	outbuf_text(o, "}");
}

void json_put_value(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, const struct change *c,
		      const struct change_value *v)
{
	char text[128];

	switch (c->field) {
	case FIELD_SRC:
	case FIELD_DST:
		json_put_string(o, text, packet_print_addr(text, sizeof(text),
						      &j->first, v->addr,
						      v->port));
		break;
	case FIELD_OUT:
	case FIELD_IN:
		json_put_name(o, env, "", v->number);
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
