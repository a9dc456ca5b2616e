// SPDX-License-Identifier: GPL-2.0-or-later
/* report_flat: each event as it comes, a line each, --flat. */
#include "report/report_text.h"

#include "capture/event.h"
#include "packet/packet.h"
#include "place/place.h"

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
	text_time(o, e->flags & EVENT_HAS_STAMP ? e->stamp_ns : wall_ns);
	text_interfaces(o, env, e->in, e->phys_in, e->out);
	text_packet(o, &p, true);
	outbuf_text(o, "\n");
}

const struct report report_flat = {
	.name = "flat",
	.event = flat_event,
	.lines = true,
};
