// SPDX-License-Identifier: GPL-2.0-or-later
/* conntrack_look: what conntrack drops, and whether it works here at all, during a run. */
#include "supervisor/conntrack_look.h"

#include <inttypes.h>

#include "base/msg.h"
#include "rules/base/clock.h"
#include "rules/base/units.h"
#include "supervisor/run_state.h"

enum { SAMPLE_MS = 250 };

int conntrack_look_begin(struct run *r)
{
	struct run_reader *rd = &r->reader;
	struct conntrack_counts *c = &rd->conntrack;

	flow_drops_read(&c->before);
	for (unsigned int i = 0; i < CONNTRACK_SAMPLES; i++)
		c->sample[i] = c->before.insert_failed;
	return 0;
}

void conntrack_look_again(struct run_reader *rd)
{
	struct conntrack_counts *c = &rd->conntrack;
	uint64_t now_ns = clock_monotonic_ns();
	struct flow_drops now;

	if (!c->tracks)
		c->tracks = flow_connections() > 0;
	if (now_ns - c->sampled_ns < SAMPLE_MS * NS_PER_MS)
		return;
	flow_drops_read(&now);
	c->sample[c->next] = now.insert_failed;
	c->next = (c->next + 1) % CONNTRACK_SAMPLES;
	c->sampled_ns = now_ns;
}

void conntrack_look_answer(struct run_reader *rd)
{
	const struct conntrack_counts *c = &rd->conntrack;
	uint32_t ask = atomic_load_explicit(&rd->stats->confirm_ask,
					    memory_order_acquire);
	struct flow_drops now;

	flow_drops_read(&now);
	bulletin_post_confirms(rd->board.post, ask, now.insert_failed -
						    c->sample[c->next]);
	reader_answered(&rd->process);
}

void conntrack_look_say(const struct run_reader *rd)
{
	const struct flow_drops *was = &rd->conntrack.before;
	struct flow_drops now;
	uint64_t failed, full;

	flow_drops_read(&now);
	if (!was->known || !now.known || now.drop < was->drop)
		return;
	failed = now.insert_failed - was->insert_failed;
	full = now.drop - was->drop > failed ? now.drop - was->drop - failed
					     : 0;
	if (failed)
		msg("note: conntrack dropped %" PRIu64 " first packet%s of "
		    "connections meanwhile, traced or not, behind all rules: "
		    "there was no free port for nat, or two came at once "
		    "(insert_failed)", failed, plural(failed));
	if (full)
		msg("note: conntrack dropped %" PRIu64 " packet%s meanwhile, "
		    "traced or not, for which it had no room, or which a "
		    "helper refused (drop)", full, plural(full));
}
