// SPDX-License-Identifier: GPL-2.0-or-later
/* text_fate: what became of a packet, as a line for people. */
#include "report/text_fate.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/ifnames.h"
#include "journey/journey.h"
#include "journey/map_verdict.h"
#include "place/place.h"
#include "report/report_text.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

static const char *const fate_color[FATE_COUNT] = {
	[FATE_DROP] = "\033[1;31m",
	[FATE_REJECT] = "\033[1;31m",
	[FATE_DELIVERED] = "\033[32m",
	[FATE_FORWARDED] = "\033[32m",
	[FATE_SENT] = "\033[32m",
	[FATE_QUEUE] = "\033[33m",
	[FATE_STOLEN] = "\033[33m",
	[FATE_LOST] = "\033[1;35m",
	[FATE_UNKNOWN] = "\033[36m",
	[FATE_INCOMPLETE] = "\033[36m",
};

/* 0: not told, or there is none */
uint32_t text_last_port(const struct journey *j, unsigned int b)
{
	for (uint32_t i = journey_kept(j); i-- > 0; )
		if (j->step[i].branch == b && j->step[i].phys_out)
			return j->step[i].phys_out;
	return 0;
}

/* What the kernel says is told beside these, and does not explain them. */
static const bool is_beside[FATE_COUNT] = {
	[FATE_DELIVERED] = true, [FATE_FORWARDED] = true, [FATE_SENT] = true,
};

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

/* Who sees a bridge's frames dropped by a rule of iptables asks why they are there. */
static bool is_bridged_drop(const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];

	return (f->kind == FATE_DROP || f->kind == FATE_REJECT) &&
	       text_last_port(j, b) &&
	       !(f->by && nft_snapshot_is_link(f->by->family));
}

static void put_bridged(struct outbuf *o, const struct journey *j)
{
	outbuf_printf(o, " (bridged: bridge-nf-call-%stables "
		      "hands it to iptables)",
		      j->nfproto == NFPROTO_IPV6 ? "ip6" : "ip");
}

/* Of a verdict map the element as well: its comment may be all that names a service. */
static void put_by(struct outbuf *o, const struct journey *j, unsigned int b)
{
	const struct place *by = j->fate[b].by;
	const struct map_verdict *v = map_verdict_of(j, b, by);

	outbuf_text(o, " by ");
	text_place(o, by);
	if (v && v->key) {
		outbuf_text(o, ": ");
		text_element(o, v);
	}
	if (by->doubt)
		outbuf_text(o, " (doubtful)");
}

void text_fate(struct outbuf *o, const struct report_env *env,
	       const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON];

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
		outbuf_printf(o, " to %u", place_queue(f->by, NULL));
		break;
	case FATE_INCOMPLETE:
		outbuf_text(o, ":");
		break;
	}
	if (f->by)
		put_by(o, j, b);
	if (f->by && f->cause && !f->drop) {
		outbuf_text(o, "; likely: ");
		outbuf_text(o, f->cause);
	} else if (report_reason(reason, sizeof(reason), j, b)) {
		outbuf_text(o, f->by || is_beside[f->kind] ? "; " : " ");
		outbuf_text(o, reason);
	}
	put_behind(o, env, f);
	if (is_bridged_drop(j, b))
		put_bridged(o, j);
	text_color(o, env, TEXT_RESET);
	if (j->flags & JOURNEY_AMBIGUOUS)
		outbuf_text(o, " [not told apart from an identical packet]");
}

/* "#12 LOST after all, 3.1 s later: kernel: NEIGH_FAILED at neigh_invalidate (out w2)" */
void text_late(struct outbuf *o, const struct report_env *env,
	       const struct report_late *l)
{
	char reason[REPORT_REASON];

	text_color(o, env, TEXT_BOLD);
	outbuf_printf(o, "#%llu ", (unsigned long long)l->number);
	text_color(o, env, TEXT_RESET);
	text_color(o, env, fate_color[l->fate.kind]);
	if (l->branch)
		outbuf_printf(o, "(copy %u) ", l->branch);
	outbuf_printf(o, "%s%s, %llu.%llu s later: ", fate_word(l->fate.kind),
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
