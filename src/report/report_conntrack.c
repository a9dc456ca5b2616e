// SPDX-License-Identifier: GPL-2.0-or-later
/* report_conntrack: the state of a packet's connection, for people, programs and recordings. */
#include "report/report_conntrack.h"

#include <stddef.h>

#include "base/outbuf.h"
#include "capture/conntrack.h"
#include "journey/conntrack_seen.h"
#include "journey/journey_types.h"
#include "report/json_put.h"

static const char *direction(const struct conntrack *c)
{
	return c->reply ? "reply" : "original";
}

static const char *why(const struct conntrack *c, const struct packet *p,
		       bool *certain)
{
	return c->state == CONNTRACK_INVALID ? conntrack_why_invalid(p, certain)
					     : NULL;
}

bool report_conntrack(struct outbuf *o, const struct journey *j)
{
	struct conntrack c;
	bool certain;
	const char *text;

	conntrack_seen(j, &c);
	if (!c.state)
		return false;
	outbuf_text(o, "(conntrack) ");
	outbuf_text(o, conntrack_state_word(c.state));
	if (c.known & CONNTRACK_DIRECTION)
		outbuf_printf(o, ", %s direction", direction(&c));
	if (c.known & CONNTRACK_ID)
		outbuf_printf(o, ", id %u", c.id);
	if (c.known & CONNTRACK_MARK)
		outbuf_printf(o, ", mark 0x%x", c.mark);
	text = why(&c, &j->first, &certain);
	if (text)
		outbuf_printf(o, "%s%s", certain ? "; " : "; likely: ", text);
	return true;
}

void report_conntrack_json(struct outbuf *o, const struct conntrack *c,
			   const struct packet *p)
{
	bool certain;
	const char *text = why(c, p, &certain);

	if (!c->state) {
		outbuf_text(o, "null");
		return;
	}
	json_put_word(o, "{\"state\":\"", conntrack_state_word(c->state));
	if (c->known & CONNTRACK_DIRECTION)
		json_put_word(o, ",\"direction\":\"", direction(c));
	if (c->known & CONNTRACK_ID)
		json_put_number(o, ",\"id\":", c->id);
	if (c->known & CONNTRACK_MARK)
		outbuf_printf(o, ",\"mark\":\"0x%x\"", c->mark);
	if (text)
		outbuf_printf(o, ",\"reason\":\"%s%s\"",
			      certain ? "" : "likely: ", text);
	outbuf_text(o, "}");
}

void report_conntrack_record(struct outbuf *o, const struct journey *j)
{
	struct conntrack c;

	conntrack_seen(j, &c);
	if (!c.state)
		return;
	outbuf_text(o, " ct=");
	outbuf_text(o, conntrack_state_word(c.state));
	if (c.known & CONNTRACK_DIRECTION)
		outbuf_printf(o, ",d%u", c.reply);
	if (c.known & CONNTRACK_ID)
		outbuf_printf(o, ",i%u", c.id);
	if (c.known & CONNTRACK_MARK)
		outbuf_printf(o, ",m%x", c.mark);
}
