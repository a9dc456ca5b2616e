// SPDX-License-Identifier: GPL-2.0-or-later
/* text_fate: what became of a packet, as a line for people. */
#include "report/text_fate.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/ifnames.h"
#include "grounds/grounds.h"
#include "journey/journey.h"
#include "place/place_says.h"
#include "report/owner_words.h"
#include "report/report_text.h"
#include "report/text_grounds.h"
#include "report/text_logged.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

/*
 * To be read on light and dark grounds alike: no yellow, no cyan, and no dark blue.
 */
static const char *const fate_color[FATE_COUNT] = {
	[FATE_DROP] = "\033[1;31m",
	[FATE_REJECT] = "\033[1;31m",
	[FATE_DELIVERED] = "\033[32m",
	[FATE_FORWARDED] = "\033[32m",
	[FATE_SENT] = "\033[32m",
	[FATE_QUEUE] = "\033[1;94m",
	[FATE_STOLEN] = "\033[1;94m",
	[FATE_LOST] = "\033[1;35m",
	[FATE_UNKNOWN] = "\033[1;94m",
	[FATE_INCOMPLETE] = "\033[1;94m",
};

const char *text_fate_color(unsigned int kind)
{
	return fate_color[kind];
}

/* 0: not told, or there is none */
uint32_t text_last_port(const struct journey *j, unsigned int b)
{
	for (uint32_t i = journey_kept(j); i-- > 0; )
		if (j->step[i].branch == b && j->step[i].phys_out)
			return j->step[i].phys_out;
	return 0;
}

bool text_fate_goes_on(unsigned int kind)
{
	static const bool on[FATE_COUNT] = {
		[FATE_DELIVERED] = true, [FATE_FORWARDED] = true,
		[FATE_SENT] = true,
	};

	return on[kind];
}

/* Lost behind all rules: on the way out of this interface. */
static void put_behind(struct outbuf *o, const struct report_env *env,
		       const struct fate *f)
{
	if (f->kind != FATE_LOST || !f->drop || !f->out)
		return;
	outbuf_text(o, " (out ");
	outbuf_text(o, ifnames_get(env->names, f->out));
	outbuf_text(o, ")");
}

/* Events of nft do not name the ports: there the change tells. */
static bool was_bridged(const struct journey *j, unsigned int b)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (j->change[i].branch == b &&
		    j->change[i].maker == MAKER_BRIDGE)
			return true;
	return text_last_port(j, b);
}

const char *text_fate_bridged(const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];

	if ((f->kind != FATE_DROP && f->kind != FATE_REJECT) ||
	    !was_bridged(j, b) ||
	    (f->by && nft_snapshot_is_link(f->by->family)))
		return NULL;
	return j->nfproto == NFPROTO_IPV6 ?
		"(bridged: bridge-nf-call-ip6tables hands it to iptables)" :
		"(bridged: bridge-nf-call-iptables hands it to iptables)";
}

void text_fate(struct outbuf *o, const struct report_env *env,
	       const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON], queue[PLACE_QUEUE_TEXT];
	struct grounds g;

	outbuf_text(o, "=> ");
	text_color(o, env, fate_color[f->kind]);
	if (b)
		outbuf_printf(o, "(copy %u) ", b);
	outbuf_text(o, fate_word(f->kind));
	switch (f->kind) {
	case FATE_FORWARDED:
	case FATE_SENT:
		if (f->out) {
			outbuf_text(o, " out ");
			outbuf_text(o, ifnames_get(env->names, f->out));
			text_port(o, env, text_last_port(j, b));
		}
		break;
	case FATE_QUEUE:
		outbuf_printf(o, " to %s", place_queue_text(f->by, queue));
		break;
	case FATE_INCOMPLETE:
		outbuf_text(o, ":");
		break;
	}
	if (f->by)
		text_rule(o, " by ", j, b, f->by);
	grounds_find(&g, j, b);
	if (text_fate_goes_on(f->kind))
		text_translated(o, j, &g);
	text_grounds(o, j, b, &g);
	if (f->by && f->cause && !f->drop) {
		outbuf_text(o, "; likely: ");
		outbuf_text(o, f->cause);
	} else if (report_reason(reason, sizeof(reason), j, b)) {
		/* What the kernel says beside these does not explain them. */
		outbuf_text(o, f->by || text_fate_goes_on(f->kind) ? "; " : " ");
		outbuf_text(o, reason);
	}
	put_behind(o, env, f);
	if (text_fate_bridged(j, b)) {
		outbuf_text(o, " ");
		outbuf_text(o, text_fate_bridged(j, b));
	}
	if (text_logged(reason, sizeof(reason), j, b)) {
		outbuf_text(o, " ");
		outbuf_text(o, reason);
	}
	text_color(o, env, TEXT_RESET);
	if (j->flags & JOURNEY_AMBIGUOUS)
		outbuf_text(o, " [not told apart from an identical packet]");
	owner_words(o, env, j, b, &g);
}

void text_late_reason(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	char reason[REPORT_REASON];

	outbuf_printf(o, "%s, %llu.%llu s later: ",
		      l->fate.kind == l->was ? "" : " after all",
		      (unsigned long long)(l->after_ns / NS_PER_S),
		      (unsigned long long)(l->after_ns % NS_PER_S * 10 /
					   NS_PER_S));
	report_late_reason(reason, sizeof(reason), l);
	outbuf_text(o, reason);
	put_behind(o, env, &l->fate);
	text_color(o, env, TEXT_RESET);
	if (l->ambiguous)
		outbuf_text(o, " [not told apart from an identical packet]");
	outbuf_text(o, "\n");
}

void text_late(struct outbuf *o, const struct report_env *env,
	       const struct report_late *l)
{
	text_color(o, env, TEXT_BOLD);
	outbuf_printf(o, "#%llu ", (unsigned long long)l->number);
	text_color(o, env, TEXT_RESET);
	text_color(o, env, fate_color[l->fate.kind]);
	if (l->branch)
		outbuf_printf(o, "(copy %u) ", l->branch);
	outbuf_text(o, fate_word(l->fate.kind));
	text_late_reason(o, env, l);
}
