// SPDX-License-Identifier: GPL-2.0-or-later
/* report_text: what the forms for people share: head, place, values, colours. */
#include "report/report_text.h"

#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/format.h"
#include "capture/ifnames.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/packet.h"
#include "packet/packet_print.h"
#include "packet/print_ends.h"
#include "place/place.h"
#include "rules/base/units.h"

/* "HH:MM:SS" in local time; not inline: struct tm would guard the stack of each line. */
static __attribute__((noinline)) void
put_clock(char text[16], time_t sec)
{
	struct tm tm;

	localtime_r(&sec, &tm);
	strftime(text, 16, "%H:%M:%S", &tm);
}

/* HH:MM:SS.uuuuuu in local time, or seconds since boot; the second is worked out once. */
void text_time(struct outbuf *o, uint64_t ns)
{
	static time_t known = -1;
	static char text[16];
	char *to;
	time_t sec = (time_t)(ns / NS_PER_S);
	uint32_t us = (uint32_t)(ns % NS_PER_S / NS_PER_US);

	if (report_since_boot(ns)) {
		outbuf_printf(o, "%lld.%06u ", (long long)sec, us);
		return;
	}
	if (sec != known) {
		put_clock(text, sec);
		known = sec;
	}
	to = outbuf_room(o, sizeof("HH:MM:SS.uuuuuu"));
	if (!to)
		return;
	memcpy(to, text, 8);
	to[8] = '.';
	format_six(to + 9, us);
	to[15] = ' ';
	outbuf_advance(o, 16);
}

/* Behind a bridge's name, which of its ports. */
void text_port(struct outbuf *o, const struct report_env *env,
	       uint32_t port)
{
	if (!port)
		return;
	outbuf_text(o, " (port ");
	outbuf_text(o, ifnames_get(env->names, port));
	outbuf_text(o, ")");
}

void text_interfaces(struct outbuf *o, const struct report_env *env,
		     uint32_t in, uint32_t phys_in, uint32_t out)
{
	if (in) {
		outbuf_text(o, "IN=");
		outbuf_text(o, ifnames_get(env->names, in));
		text_port(o, env, phys_in != in ? phys_in : 0);
		outbuf_text(o, " ");
	} else if (out) {
		outbuf_text(o, "OUT=");
		outbuf_text(o, ifnames_get(env->names, out));
		outbuf_text(o, " ");
	}
}

void text_packet(struct outbuf *o, const struct packet *p, bool verbose)
{
	char *room = outbuf_room(o, TEXT_LINE);

	if (room)
		outbuf_advance(o, packet_print(room, TEXT_LINE, p, verbose));
}

static void put_ethernet(struct outbuf *o, const struct journey *j)
{
	const uint8_t *h = j->hw_header;

	if (j->hw_header_len < 14)
		return;
	outbuf_printf(o,
		      "%02x:%02x:%02x:%02x:%02x:%02x > "
		      "%02x:%02x:%02x:%02x:%02x:%02x, ",
		      h[6], h[7], h[8], h[9], h[10], h[11], h[0], h[1], h[2],
		      h[3], h[4], h[5]);
}

void text_head(struct outbuf *o, const struct report_env *env,
	       const struct journey *j)
{
	const struct step *s = journey_first(j);

	text_color(o, env, TEXT_BOLD);
	outbuf_text(o, "#");
	outbuf_number(o, j->number);
	outbuf_text(o, " ");
	text_time(o, j->first_ns);
	text_interfaces(o, env, s->in, s->phys_in, s->out);
	if (env->verbose)
		put_ethernet(o, j);
	text_packet(o, &j->first, env->verbose);
	if (env->verbose && j->uid != UINT32_MAX)
		outbuf_printf(o, ", uid %u", j->uid);
	text_color(o, env, TEXT_RESET);
}

/* "filter:cali-tw:rule:7  "-A ..."", as in the TRACE line. */
void text_place(struct outbuf *o, const struct place *p)
{
	outbuf_bytes(o, p->line + TEXT_HEAD, p->line_len - TEXT_HEAD - 1);
	if (p->own_before && p->kind == PLACE_RULE)
		outbuf_printf(o, " (%u without nftrace's rules)",
			      place_number(p));
}

void text_value(struct outbuf *o, const struct report_env *env,
		const struct journey *j, const struct change *c,
		const struct change_value *v)
{
	char *room;

	switch (c->field) {
	case FIELD_SRC:
	case FIELD_DST:
		room = outbuf_room(o, TEXT_LINE);
		if (room)
			outbuf_advance(o, packet_print_addr(room, TEXT_LINE,
							    &j->first, v->addr,
							    v->port));
		break;
	case FIELD_OUT:
	case FIELD_IN:
		outbuf_text(o, ifnames_get(env->names, v->number));
		break;
	case FIELD_MARK:
	case FIELD_CTMARK:
	case FIELD_TOS:
		outbuf_printf(o, "0x%x", v->number);
		break;
	default:
		outbuf_number(o, v->number);
	}
}

static void put_escaped(struct outbuf *o, const char *text, size_t len)
{
	char *room = outbuf_room(o, 4 * len + 1);

	if (room)
		outbuf_advance(o, escape_text(room, 4 * len + 1, text, len));
}

/* A quote in it must not look like its end. */
static void put_quoted(struct outbuf *o, const char *text)
{
	size_t len;

	outbuf_text(o, "\"");
	for (; *text; text += len) {
		len = strcspn(text, "\"");
		if (len) {
			put_escaped(o, text, len);
			continue;
		}
		outbuf_text(o, "\\x22");
		len = 1;
	}
	outbuf_text(o, "\"");
}

void text_element(struct outbuf *o, const struct map_verdict *v)
{
	put_escaped(o, v->key, strlen(v->key));
	if (!v->comment)
		return;
	outbuf_text(o, " ");
	put_quoted(o, v->comment);
}

void text_map_verdict(struct outbuf *o, const struct map_verdict *v)
{
	if (v->key) {
		text_element(o, v);
		outbuf_text(o, " -> ");
	}
	put_escaped(o, v->verdict, strlen(v->verdict));
}
