// SPDX-License-Identifier: GPL-2.0-or-later
/* line_branch: of a packet's line what became of it: where it went, as whom, by which rule. */
#include "report/line_branch.h"

#include <string.h>

#include "capture/ifnames.h"
#include "grounds/grounds.h"
#include "journey/change.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "packet/print_ends.h"
#include "place/place_says.h"
#include "report/owner_words.h"
#include "report/place_words.h"
#include "report/report_text.h"
#include "report/text_fate.h"
#include "report/text_logged.h"
#include "report/text_grounds.h"
#include "report/text_near.h"

void line_interface(struct line *l, const struct report_env *env,
		    enum line_kind kind, uint32_t index, uint32_t port)
{
	if (!index)
		return;
	line_part(l, kind);
	if (kind == LINE_IN)
		outbuf_text(l->o, " in ");
	else
		outbuf_text(l->o, " out ");
	outbuf_text(l->o, ifnames_get(env->names, index));
	if (port != index)
		text_port(l->o, env, port);
}

/* "nft ip ", "filter:" and "INPUT:3" */
static void put_place(struct line *l, enum line_kind table, enum line_kind chain,
		      const struct place_words *w)
{
	const char *name = memrchr(w->table.at, ' ', w->table.len);
	size_t family = name ? (size_t)(name + 1 - w->table.at) : 0;

	line_part(l, LINE_FAMILY);
	outbuf_bytes(l->o, w->table.at, family);
	line_part(l, table);
	outbuf_bytes(l->o, w->table.at + family, w->table.len - family);
	outbuf_text(l->o, ":");
	line_part(l, chain);
	outbuf_bytes(l->o, w->chain.at, w->chain.len);
}

static void put_end(struct line *l, enum line_kind kind, const char *before,
		    const struct packet *p, const uint8_t *addr, int port)
{
	char *room;

	line_part(l, kind);
	outbuf_text(l->o, before);
	room = addr ? outbuf_room(l->o, TEXT_LINE) : NULL;
	if (room)
		outbuf_advance(l->o, packet_print_addr(room, TEXT_LINE, p, addr,
						       port));
}

/* "DNAT by nat:KUBE-SEP-7:2" */
static void put_maker(struct line *l, const struct report_env *env,
		      const char *before, const struct place *by,
		      const struct change *change)
{
	const struct place_words *w = by ? place_words_of(env->state, by) : NULL;

	line_part(l, LINE_FIXED);
	outbuf_text(l->o, before);
	line_part(l, LINE_NAT_WORD);
	outbuf_text(l->o, w && *w->nat ? w->nat : !change ? "NAT" :
			  change_field_word(change->field));
	outbuf_text(l->o, " by ");
	if (!w) {
		line_part(l, LINE_FIXED);
		outbuf_text(l->o, change_maker_word(change->maker));
		return;
	}
	put_place(l, LINE_NAT_TABLE, LINE_NAT_CHAIN, w);
}

/* A rule, or conntrack, that has translated both ends is named once. */
static bool is_said(const struct grounds *g, unsigned int n)
{
	const struct grounds_nat *nat = &g->nat[n];

	for (unsigned int i = 0; i < n; i++)
		if (g->nat[i].by == nat->by &&
		    (nat->by || g->nat[i].change->maker == nat->change->maker))
			return true;
	return false;
}

/*
 * " as 192.0.2.10.53632 to 10.244.1.5.8080 (DNAT by ..., MASQUERADE by ...)"
 * @unseen: a rule that translates, behind which it was not seen; or NULL
 */
static void put_nat(struct line *l, const struct report_env *env,
		    const struct journey *j, const struct grounds *g,
		    const struct place *unseen)
{
	const char *before = " (";
	struct text_ends e;

	if (j->first.layer == PACKET_NOTHING || (!g->nats && !unseen))
		return;
	text_last_ends(&e, j, g);
	if (grounds_last_end(g, FIELD_SRC))
		put_end(l, LINE_NAT_SRC, " as ", &j->first, e.src, e.sport);
	if (grounds_last_end(g, FIELD_DST))
		put_end(l, LINE_NAT_DST, " to ", &j->first, e.dst, e.dport);
	for (unsigned int i = 0; i < g->nats; i++) {
		if (is_said(g, i))
			continue;
		put_maker(l, env, before, g->nat[i].by, g->nat[i].change);
		before = ", ";
	}
	if (unseen)
		put_maker(l, env, before, unseen, NULL);
	line_part(l, LINE_FIXED);
	outbuf_text(l->o, unseen ? ", not seen)" : ")");
}

/* Of a verdict map the element as well: its comment may be all that names a service. */
static void put_element(struct line *l, const struct journey *j, unsigned int b,
			const struct place *p)
{
	const struct map_verdict *map = map_verdict_of(j, b, p);

	if (!map || !map->key)
		return;
	line_part(l, LINE_ELEMENT);
	outbuf_text(l->o, ": ");
	text_element(l->o, map);
}

static void put_via(struct line *l, const struct report_env *env,
		    const struct journey *j, unsigned int b,
		    const struct place *p)
{
	line_part(l, LINE_FIXED);
	outbuf_text(l->o, " via ");
	put_place(l, LINE_VIA_TABLE, LINE_VIA, place_words_of(env->state, p));
	put_element(l, j, b, p);
}

static void put_mark(struct line *l, const struct report_env *env,
		     const struct place *p)
{
	struct words label = place_words_of(env->state, p)->label;

	line_part(l, LINE_MARK);
	outbuf_text(l->o, " mark by ");
	outbuf_bytes(l->o, label.at, label.len);
}

/* By which queue it is held, or by which rule it went or did not. */
static void put_by(struct line *l, const struct report_env *env,
		   const struct journey *j, unsigned int b,
		   const struct grounds *g)
{
	const struct fate *f = &j->fate[b];
	const struct place *by = f->by ? f->by : g->accepted;
	char queue[PLACE_QUEUE_TEXT];

	line_part(l, LINE_FIXED);
	if (f->kind == FATE_QUEUE)
		outbuf_printf(l->o, " to queue %s",
			      place_queue_text(f->by, queue));
	if (!by)
		return;
	outbuf_text(l->o, " by ");
	put_place(l, LINE_BY_TABLE, LINE_BY_CHAIN,
		  place_words_of(env->state, by));
	put_element(l, j, b, by);
	line_part(l, LINE_FIXED);
	if (by->doubt)
		outbuf_text(l->o, " (doubtful)");
	if (g->via)
		put_via(l, env, j, b, g->via);
	/* Who asked for the mark tells more than who set it. */
	if (g->marked_via || g->marked)
		put_mark(l, env, g->marked_via ? g->marked_via : g->marked);
}

/* Bytes of a reason up to where the next thing is said; 0: it is the last one. */
static size_t said_first(const char *reason)
{
	static const char kernel[] = "kernel: ";
	const char *end = strstr(reason, "; "), *at, *colon;

	if (strncmp(reason, kernel, strlen(kernel)) == 0) {
		at = strstr(reason, " at ");
		colon = at ? strstr(at, ": ") : NULL;
		if (colon && (!end || colon < end))
			end = colon;
	}
	return end ? (size_t)(end + 2 - reason) : 0;
}

/* "after FORWARD: no rule dropped it; kernel: ... at ...; " before what a person asks for */
static void put_said(struct line *l, const char *reason)
{
	size_t n;

	while ((n = said_first(reason))) {
		line_part(l, *reason == 'k' ? LINE_KERNEL : LINE_WHERE);
		outbuf_bytes(l->o, reason, n);
		reason += n;
	}
	line_part(l, LINE_REASON);
	outbuf_text(l->o, reason);
}

static void put_reason(struct line *l, const struct report_env *env,
		       const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON];

	line_part(l, LINE_FIXED);
	if (f->by && f->cause && !f->drop) {
		outbuf_text(l->o, "; likely: ");
		line_part(l, LINE_REASON);
		outbuf_text(l->o, f->cause);
	} else if (report_reason(reason, sizeof(reason), j, b)) {
		outbuf_text(l->o, f->by || text_fate_goes_on(f->kind) ||
				  env->measured ? "; " : " ");
		put_said(l, reason);
	}
	line_part(l, LINE_REASON);
	if (text_fate_bridged(j, b)) {
		outbuf_text(l->o, " ");
		outbuf_text(l->o, text_fate_bridged(j, b));
	}
	if (text_logged(reason, sizeof(reason), j, b)) {
		outbuf_text(l->o, " ");
		outbuf_text(l->o, reason);
	}
}

/* The nearest alone: a line has room for no more. */
static void put_near(struct line *l, const struct report_env *env,
		     const struct journey *j, unsigned int b)
{
	const struct near_misses *near = text_near_of(env, j, b);
	char lack[TEXT_NEAR];
	struct words label;

	if (!near)
		return;
	line_part(l, LINE_NEAR);
	label = place_words_of(env->state, near->miss[0].at)->label;
	outbuf_printf(l->o, "; %s ", text_near_label(near, &near->miss[0]));
	outbuf_bytes(l->o, label.at, label.len);
	outbuf_text(l->o, " (");
	outbuf_bytes(l->o, lack, text_near_lack(lack, &near->miss[0]));
	outbuf_text(l->o, ")");
}

void line_branch(struct line *l, const struct report_env *env,
		 const struct journey *j, unsigned int b,
		 const struct grounds *g)
{
	bool on = text_fate_goes_on(j->fate[b].kind);

	if (on || j->fate[b].kind == FATE_LOST)
		line_interface(l, env, LINE_OUT, j->fate[b].out,
			       text_last_port(j, b));
	/* A rule refuses it as whom it has become. */
	put_nat(l, env, j, g, on ? g->unseen : NULL);
	put_by(l, env, j, b, g);
	put_reason(l, env, j, b);
	line_part(l, LINE_OWNER);
	owner_words(l->o, env, j, b, g);
	put_near(l, env, j, b);
}
