// SPDX-License-Identifier: GPL-2.0-or-later
/* report_text: blocks, one-line packets and flat events for people. */
#include "report/report.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>
#include <time.h>

#include "base/escape.h"
#include "base/outbuf.h"
#include "capture/event.h"
#include "capture/ifnames.h"
#include "journey/change.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "packet/packet.h"
#include "packet/packet_print.h"
#include "packet/print_ends.h"
#include "place/place.h"
#include "place/text_doubt.h"
#include "report/report_alone.h"
#include "report/report_conntrack.h"
#include "rules/base/units.h"
#include "rules/nft/snapshot.h"

enum { LINE = 1024, HEAD = sizeof("TRACE: ") - 1 };

static const char RESET[] = "\033[0m", BOLD[] = "\033[1m", DIM[] = "\033[2m";

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

static void put_color(struct outbuf *o, const struct report_env *env,
		      const char *code)
{
	if (env->color)
		outbuf_text(o, code);
}

/* HH:MM:SS.uuuuuu in local time, or seconds since boot; the second is worked out once. */
static void put_time(struct outbuf *o, uint64_t ns)
{
	static time_t known = -1;
	static char text[16];
	char line[32];
	time_t sec = (time_t)(ns / NS_PER_S);
	struct tm tm;
	uint32_t us = (uint32_t)(ns % NS_PER_S / NS_PER_US);

	if (report_since_boot(ns)) {
		outbuf_printf(o, "%lld.%06u ", (long long)sec, us);
		return;
	}
	if (sec != known) {
		localtime_r(&sec, &tm);
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
		known = sec;
	}
	memcpy(line, text, 8);
	line[8] = '.';
	for (int i = 14; i > 8; i--, us /= 10)
		line[i] = (char)('0' + us % 10);
	line[15] = ' ';
	outbuf_bytes(o, line, 16);
}

/* Behind a bridge's name, which of its ports. */
static void put_port(struct outbuf *o, const struct report_env *env,
		     uint32_t port)
{
	if (!port)
		return;
	outbuf_text(o, " (port ");
	outbuf_text(o, ifnames_get(env->names, port));
	outbuf_text(o, ")");
}

static void put_interfaces(struct outbuf *o, const struct report_env *env,
			   uint32_t in, uint32_t phys_in, uint32_t out)
{
	if (in) {
		outbuf_text(o, "IN=");
		outbuf_text(o, ifnames_get(env->names, in));
		put_port(o, env, phys_in != in ? phys_in : 0);
		outbuf_text(o, " ");
	} else if (out) {
		outbuf_text(o, "OUT=");
		outbuf_text(o, ifnames_get(env->names, out));
		outbuf_text(o, " ");
	}
}

static void put_packet(struct outbuf *o, const struct packet *p, bool verbose)
{
	char *room = outbuf_room(o, LINE);

	if (room)
		outbuf_advance(o, packet_print(room, LINE, p, verbose));
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

static void put_head(struct outbuf *o, const struct report_env *env,
		     const struct journey *j)
{
	const struct step *s = journey_first(j);

	put_color(o, env, BOLD);
	outbuf_text(o, "#");
	outbuf_number(o, j->number);
	outbuf_text(o, " ");
	put_time(o, j->first_ns);
	put_interfaces(o, env, s->in, s->phys_in, s->out);
	if (env->verbose)
		put_ethernet(o, j);
	put_packet(o, &j->first, env->verbose);
	if (env->verbose && j->uid != UINT32_MAX)
		outbuf_printf(o, ", uid %u", j->uid);
	put_color(o, env, RESET);
}

/* "filter:cali-tw:rule:7  "-A ..."", as in the TRACE line. */
static void put_place(struct outbuf *o, const struct place *p)
{
	outbuf_bytes(o, p->line + HEAD, p->line_len - HEAD - 1);
}

/* 0: not told, or there is none */
static uint32_t last_port(const struct journey *j, unsigned int b)
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
	       last_port(j, b) &&
	       !(f->by && nft_snapshot_is_link(f->by->family));
}

static void put_bridged(struct outbuf *o, const struct journey *j)
{
	outbuf_printf(o, " (bridged: bridge-nf-call-%stables "
		      "hands it to iptables)",
		      j->nfproto == NFPROTO_IPV6 ? "ip6" : "ip");
}

static void put_fate(struct outbuf *o, const struct report_env *env,
		     const struct journey *j, unsigned int b)
{
	const struct fate *f = &j->fate[b];
	char reason[REPORT_REASON];

	outbuf_text(o, "=> ");
	put_color(o, env, fate_color[f->kind]);
	if (b)
		outbuf_printf(o, "(copy %u) ", b);
	outbuf_text(o, fate_word(f->kind));
	switch (f->kind) {
	case FATE_FORWARDED:
	case FATE_SENT:
		if (f->out) {
			outbuf_text(o, " out ");
			outbuf_text(o, ifnames_get(env->names, f->out));
			put_port(o, env, last_port(j, b));
		}
		break;
	case FATE_QUEUE:
		outbuf_printf(o, " to %u", place_queue(f->by, NULL));
		break;
	case FATE_INCOMPLETE:
		outbuf_text(o, ":");
		break;
	}
	if (f->by) {
		outbuf_text(o, " by ");
		put_place(o, f->by);
		if (f->by->doubt)
			outbuf_text(o, " (doubtful)");
	}
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
	put_color(o, env, RESET);
	if (j->flags & JOURNEY_AMBIGUOUS)
		outbuf_text(o, " [not told apart from an identical packet]");
}

static void put_value(struct outbuf *o, const struct report_env *env,
		      const struct journey *j, const struct change *c,
		      const struct change_value *v)
{
	char *room;

	switch (c->field) {
	case FIELD_SRC:
	case FIELD_DST:
		room = outbuf_room(o, LINE);
		if (room)
			outbuf_advance(o,
				       packet_print_addr(room, LINE, &j->first,
							 v->addr, v->port));
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

/* An interface that was not known before is only named. */
static bool is_known(const struct change *c, const struct change_value *v)
{
	return v->number || (c->field != FIELD_OUT && c->field != FIELD_IN);
}

/* Of the change at this index, or of the head: .changes. */
static bool shows_way(const struct report_env *env, const struct journey *j,
		      unsigned int change)
{
	return j->way.text && j->way.change == change &&
	       (env->verbose || j->way.shown);
}

/* The way was chosen before anything was seen. */
static void put_first_way(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	if (!shows_way(env, j, j->changes))
		return;
	put_color(o, env, DIM);
	outbuf_printf(o, "  (routing) out %s, ",
		      ifnames_get(env->names, journey_first(j)->out));
	outbuf_text(o, j->way.text);
	put_color(o, env, RESET);
	outbuf_text(o, "\n");
}

/* Of the event that shows it. */
static uint32_t port_behind(const struct journey *j, const struct change *c)
{
	uint32_t i = c->step + 1u;

	while (i < journey_kept(j) && j->step[i].branch != c->branch)
		i++;
	return i < journey_kept(j) && c->field == FIELD_OUT ? j->step[i].phys_out
							    : 0;
}

static void put_change(struct outbuf *o, const struct report_env *env,
		       const struct journey *j, const struct change *c)
{
	put_color(o, env, DIM);
	outbuf_text(o, "  ");
	if (c->maker != MAKER_RULE) {
		outbuf_text(o, "(");
		outbuf_text(o, change_maker_word(c->maker));
		outbuf_text(o, ") ");
	}
	outbuf_text(o, change_field_word(c->field));
	outbuf_text(o, " ");
	if (is_known(c, &c->from)) {
		put_value(o, env, j, c, &c->from);
		outbuf_text(o, " -> ");
	}
	put_value(o, env, j, c, &c->to);
	put_port(o, env, port_behind(j, c));
	if (shows_way(env, j, (unsigned int)(c - j->change))) {
		outbuf_text(o, ", ");
		outbuf_text(o, j->way.text);
	}
	put_color(o, env, RESET);
	outbuf_text(o, "\n");
}

static void put_doubt(struct outbuf *o, const struct report_env *env,
		      const struct place *p)
{
	put_color(o, env, DIM);
	outbuf_text(o, "  (doubtful) ");
	outbuf_text(o, text_doubt_sentence(p->doubt));
	put_color(o, env, RESET);
	outbuf_text(o, "\n");
}

static void put_step_details(struct outbuf *o, const struct report_env *env,
			     const struct step *s)
{
	const struct place *p = s->place;

	outbuf_printf(o, "    mark 0x%x", s->mark);
	if (s->in || s->phys_in)
		outbuf_text(o, " in");
	if (s->in)
		outbuf_printf(o, " %s", ifnames_get(env->names, s->in));
	put_port(o, env, s->phys_in);
	if (s->out)
		outbuf_printf(o, " out %s", ifnames_get(env->names, s->out));
	put_port(o, env, s->phys_out);
	if (p->own_before)
		outbuf_printf(o, " number without nftrace's rules %u",
			      p->number - p->own_before);
	if (p->counted)
		outbuf_printf(o, " handle %llu", (unsigned long long)p->handle);
	else if (p->position)
		outbuf_printf(o, " position %u", p->position);
	outbuf_text(o, "\n");
}

/* Whose the lines below are, where that changes. */
static void mark_branch(struct outbuf *o, const struct report_env *env,
			unsigned int branch, unsigned int *before)
{
	if (branch == *before)
		return;
	*before = branch;
	put_color(o, env, DIM);
	if (branch)
		outbuf_printf(o, "  (copy %u)", branch);
	else
		outbuf_text(o, "  (the packet itself)");
	put_color(o, env, RESET);
	outbuf_text(o, "\n");
}

/* Else its block would look like one that was cut off. */
static void put_nothing(struct outbuf *o, const struct report_env *env)
{
	put_color(o, env, DIM);
	outbuf_text(o, "  (no rule met)");
	put_color(o, env, RESET);
	outbuf_text(o, "\n");
}

static void put_conntrack(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	put_color(o, env, DIM);
	report_conntrack(o, j);
	put_color(o, env, RESET);
}

static void block_journey(struct outbuf *o, const struct report_env *env,
			  const struct journey *j)
{
	uint32_t kept = journey_kept(j);
	unsigned int c = 0, branch = 0;

	put_head(o, env, j);
	outbuf_text(o, "\n");
	if (journey_met_nothing(j))
		put_nothing(o, env);
	put_first_way(o, env, j);
	report_alone(o, j, env->color ? DIM : "", env->color ? RESET : "");
	for (uint32_t i = 0; i < kept; i++) {
		const struct step *s = &j->step[i];

		if (j->omitted && i == JOURNEY_STEPS_FIRST)
			outbuf_printf(o, "  ... %u more events ...\n",
				      j->omitted);
		mark_branch(o, env, s->branch, &branch);
		outbuf_bytes(o, s->place->line, s->place->line_len);
		if (s->place->doubt)
			put_doubt(o, env, s->place);
		if (env->verbose)
			put_step_details(o, env, s);
		for (; c < j->changes && j->change[c].step <= i; c++) {
			mark_branch(o, env, j->change[c].branch, &branch);
			put_change(o, env, j, &j->change[c]);
		}
	}
	if (env->verbose || conntrack_decided(j))
		put_conntrack(o, env, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		put_fate(o, env, j, b);
		outbuf_text(o, "\n");
	}
}

/* Another address or port, and by which rule or whom else. */
static void put_new_end(struct outbuf *o, const struct report_env *env,
			const struct journey *j, const struct change *c)
{
	const struct place *by = j->step[c->step].place;
	char *room;

	outbuf_text(o, "; ");
	outbuf_text(o, change_field_word(c->field));
	outbuf_text(o, " ");
	put_value(o, env, j, c, &c->from);
	outbuf_text(o, " -> ");
	put_value(o, env, j, c, &c->to);
	outbuf_text(o, " by ");
	if (c->maker != MAKER_RULE) {
		outbuf_text(o, change_maker_word(c->maker));
		return;
	}
	room = outbuf_room(o, LINE);
	if (room)
		outbuf_advance(o, escape_text(room, LINE, by->prefix + HEAD,
					      by->prefix_len - HEAD));
}

/* Of what went on: as whom, and to whom. */
static void put_new_ends(struct outbuf *o, const struct report_env *env,
			 const struct journey *j, unsigned int b)
{
	static const bool goes_on[FATE_COUNT] = {
		[FATE_DELIVERED] = true, [FATE_FORWARDED] = true,
		[FATE_SENT] = true,
	};

	if (!goes_on[j->fate[b].kind])
		return;
	for (unsigned int i = 0; i < j->changes; i++) {
		const struct change *c = &j->change[i];

		if ((c->field == FIELD_SRC || c->field == FIELD_DST) &&
		    c->step < journey_kept(j) && j->step[c->step].branch == b)
			put_new_end(o, env, j, c);
	}
}

/* "#12 LOST after all, 3.1 s later: kernel: NEIGH_FAILED at neigh_invalidate (out w2)" */
static void text_late(struct outbuf *o, const struct report_env *env,
		      const struct report_late *l)
{
	char reason[REPORT_REASON];

	put_color(o, env, BOLD);
	outbuf_printf(o, "#%llu ", (unsigned long long)l->number);
	put_color(o, env, RESET);
	put_color(o, env, fate_color[l->fate.kind]);
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
	put_color(o, env, RESET);
	if (l->ambiguous)
		outbuf_text(o, " [not told apart from an identical packet]");
	outbuf_text(o, "\n");
}

static void line_journey(struct outbuf *o, const struct report_env *env,
			 const struct journey *j)
{
	put_head(o, env, j);
	for (unsigned int b = 0; b < j->branches; b++) {
		outbuf_text(o, " ");
		put_fate(o, env, j, b);
		put_new_ends(o, env, j, b);
	}
	outbuf_text(o, "\n");
}

static void flat_event(struct outbuf *o, const struct report_env *env,
		       const struct event *e, const struct place *at,
		       uint64_t wall_ns)
{
	struct packet p;

	if (!env->verbose && !at->doubt) {
		outbuf_bytes(o, at->line, at->line_len);
		return;
	}
	packet_decode(&p, e->nfproto, e->payload, e->payload_len);
	outbuf_bytes(o, at->line, at->line_len - 1);
	if (at->doubt)
		outbuf_text(o, "  (doubtful)");
	if (!env->verbose) {
		outbuf_text(o, "\n");
		return;
	}
	outbuf_text(o, "  ");
	put_time(o, e->flags & EVENT_HAS_STAMP ? e->stamp_ns : wall_ns);
	put_interfaces(o, env, e->in, e->phys_in, e->out);
	put_packet(o, &p, true);
	outbuf_text(o, "\n");
}

const struct report report_block = {
	.name = "block",
	.journey = block_journey,
	.late = text_late,
};

const struct report report_line = {
	.name = "line",
	.journey = line_journey,
	.late = text_late,
};

const struct report report_flat = {
	.name = "flat",
	.event = flat_event,
};
