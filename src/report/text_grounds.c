// SPDX-License-Identifier: GPL-2.0-or-later
/* text_grounds: on what a fate rests, as people read it. */
#include "report/text_grounds.h"

#include <ctype.h>

#include "base/escape.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/print_ends.h"
#include "place/place.h"
#include "place/rule_words.h"
#include "report/report_text.h"
#include "rules/base/units.h"

void text_last_ends(struct text_ends *e, const struct journey *j,
		    const struct grounds *g)
{
	const struct change *src = grounds_last_end(g, FIELD_SRC),
			    *dst = grounds_last_end(g, FIELD_DST);
	const struct packet *p = &j->first;
	bool ports = p->flags & PACKET_PORTS;

	*e = (struct text_ends){
		.src = p->src, .dst = p->dst,
		.sport = ports ? p->sport : -1, .dport = ports ? p->dport : -1,
	};
	if (src) {
		e->src = src->to.addr;
		e->sport = src->to.port;
	}
	if (dst) {
		e->dst = dst->to.addr;
		e->dport = dst->to.port;
	}
}

void text_name(struct outbuf *o, const struct place *p)
{
	char *room = outbuf_room(o, TEXT_LINE);

	if (room)
		outbuf_advance(o, escape_text(room, TEXT_LINE,
					      p->prefix + TEXT_HEAD,
					      p->prefix_len - TEXT_HEAD));
}

static void put_grounds_end(struct outbuf *o, const struct journey *j,
			    const uint8_t *addr, int port)
{
	char *room = addr ? outbuf_room(o, TEXT_LINE) : NULL;

	if (room)
		outbuf_advance(o, packet_print_addr(room, TEXT_LINE, &j->first,
						    addr, port));
	else
		outbuf_text(o, "?");
}

/* A rule's target, if it is one that translates. */
static bool put_target(struct outbuf *o, const struct place *by)
{
	static const char *const targets[] = {
		"DNAT", "SNAT", "MASQUERADE", "REDIRECT", "NETMAP", "DNPT",
		"SNPT",
	};
	struct rule_words w;

	rule_words_read(&w, (struct strview){ by->rule, by->rule_len });
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		size_t n = 0;

		while (n < w.target.len && targets[i][n] &&
		       toupper((unsigned char)w.target.at[n]) == targets[i][n])
			n++;
		if (n && n == w.target.len && !targets[i][n]) {
			outbuf_text(o, targets[i]);
			return true;
		}
	}
	return false;
}

void text_nat_word(struct outbuf *o, const struct grounds_nat *n)
{
	if (!n->by || !put_target(o, n->by))
		outbuf_text(o, change_field_word(n->change->field));
}

static void put_nat_maker(struct outbuf *o, const struct grounds_nat *n)
{
	if (n->by)
		text_name(o, n->by);
	else
		outbuf_text(o, n->change->maker == MAKER_CONNTRACK ?
				       "conntrack" : "whom is not known");
}

/* A rule that has translated both ends is named once. */
static bool is_ground_said(const struct grounds *g, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (g->nat[n].by && g->nat[i].by == g->nat[n].by)
			return true;
	return false;
}

/* A connection that was known before: both its ends are. */
static bool is_all_conntrack(const struct grounds *g)
{
	for (unsigned int i = 0; i < g->nats; i++)
		if (g->nat[i].change->maker != MAKER_CONNTRACK)
			return false;
	return g->nats > 1;
}

static void put_makers(struct outbuf *o, const struct grounds *g)
{
	const char *parting = " (";

	if (is_all_conntrack(g)) {
		outbuf_text(o, " (by conntrack)");
		return;
	}
	for (unsigned int i = 0; i < g->nats; i++) {
		if (is_ground_said(g, i))
			continue;
		outbuf_text(o, parting);
		text_nat_word(o, &g->nat[i]);
		outbuf_text(o, " by ");
		put_nat_maker(o, &g->nat[i]);
		parting = ", ";
	}
	outbuf_text(o, ")");
}

void text_as(struct outbuf *o, const struct journey *j, const struct grounds *g)
{
	struct text_ends e;

	text_last_ends(&e, j, g);
	put_grounds_end(o, j, e.src, e.sport);
	outbuf_text(o, " > ");
	put_grounds_end(o, j, e.dst, e.dport);
	put_makers(o, g);
}

/* "; dst 10.0.0.1.80 -> 10.0.0.2.8080 (DNAT by nat:A:rule:1)" */
static void put_grounds_nat(struct outbuf *o, const struct journey *j,
			    const struct grounds_nat *n)
{
	const struct change *c = n->change;

	outbuf_text(o, "; ");
	outbuf_text(o, change_field_word(c->field));
	outbuf_text(o, " ");
	put_grounds_end(o, j, c->from.addr, c->from.port);
	outbuf_text(o, " -> ");
	put_grounds_end(o, j, c->to.addr, c->to.port);
	outbuf_text(o, " (");
	text_nat_word(o, n);
	outbuf_text(o, " by ");
	put_nat_maker(o, n);
	outbuf_text(o, ")");
}

void text_translated(struct outbuf *o, const struct journey *j,
		     const struct grounds *g)
{
	if (g->nats && !g->unseen) {
		outbuf_text(o, " as ");
		text_as(o, j, g);
		return;
	}
	for (unsigned int i = 0; i < g->nats; i++)
		put_grounds_nat(o, j, &g->nat[i]);
	if (!g->unseen)
		return;
	outbuf_text(o, "; ");
	if (!put_target(o, g->unseen))
		outbuf_text(o, "NAT");
	outbuf_text(o, " by ");
	text_name(o, g->unseen);
	outbuf_text(o, ", to what was not seen");
}

/* Of a verdict map the element as well: its comment may be all that names a service. */
void text_rule(struct outbuf *o, const char *words, const struct journey *j,
	       unsigned int b, const struct place *p)
{
	const struct map_verdict *v = map_verdict_of(j, b, p);

	outbuf_text(o, words);
	text_place(o, p);
	if (v && v->key) {
		outbuf_text(o, ": ");
		text_element(o, v);
	}
	if (p->doubt)
		outbuf_text(o, " (doubtful)");
}

void text_grounds(struct outbuf *o, const struct journey *j, unsigned int b,
		  const struct grounds *g)
{
	const struct {
		const char *words;
		const struct place *rule;
	} parts[] = {
		{ "; accepted by ", g->accepted }, { "; via ", g->via },
		{ "; mark set by ", g->marked }, { ", via ", g->marked_via },
	};

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].rule)
			text_rule(o, parts[i].words, j, b, parts[i].rule);
}
