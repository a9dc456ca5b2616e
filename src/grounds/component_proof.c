// SPDX-License-Identifier: GPL-2.0-or-later
/* component_proof: what must be so besides, where a name alone is anybody's. */
#include "grounds/component_proof.h"

#include <stdio.h>
#include <string.h>

#include "grounds/component_frames.h"
#include "grounds/component_rows.h"
#include "journey/journey.h"
#include "place/place.h"
#include "place/place_tables.h"

bool component_is_bridge(struct strview name)
{
	if (strview_is(name, "docker0"))
		return true;
	if (name.len != sizeof("br-0123456789ab") - 1 ||
	    !strview_take(&name, "br-"))
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (strview_digit(name.at[i]) < 0)
			return false;
	return true;
}

static bool is_one_bridge(const struct pattern_pieces *pieces)
{
	for (unsigned int i = 0; i < pieces->count; i++)
		if (!component_is_bridge(pieces->at[i]) ||
		    pieces->at[i].len != pieces->at[0].len ||
		    memcmp(pieces->at[i].at, pieces->at[0].at,
			   pieces->at[0].len) != 0)
			return false;
	return pieces->count;
}

/* Of the step the chain that it jumps to. */
static struct strview called(const struct component_frames *f, uint32_t step)
{
	const struct place *at = f->j->step[step].place;

	if (*at->target)
		return (struct strview){ at->target, strlen(at->target) };
	return rule_calls((struct strview){ at->rule, at->rule_len });
}

/* The packet came by a jump from the chain of this frame to one like @pattern. */
static bool has_called(const struct component_frames *f, unsigned int depth,
		       const char *pattern)
{
	const struct place *at = f->frame[depth].at;
	struct pattern_pieces pieces;

	for (uint32_t i = f->step; i-- > 0; ) {
		pieces.count = 0;
		if (frames_has_step(f, i) &&
		    frames_in_chain(f->j->step[i].place, at, frames_chain(at)) &&
		    pattern_fits(pattern, called(f, i), &pieces))
			return true;
	}
	return false;
}

/* A chain like @pattern led there. */
static bool is_under(const struct component_frames *f, unsigned int depth,
		     const char *pattern)
{
	struct pattern_pieces pieces;

	while (++depth < f->depth) {
		pieces.count = 0;
		if (pattern_fits(pattern, frames_chain(f->frame[depth].at),
				 &pieces))
			return true;
	}
	return false;
}

/* What each new connection meets, whatever the zones are called. */
static bool has_met_shorewall(const struct component_frames *f)
{
	bool dynamic = false, smurfs = false;

	for (uint32_t i = 0; i < f->step; i++) {
		dynamic |= strview_is(called(f, i), "dynamic");
		smurfs |= strview_is(called(f, i), "smurfs");
	}
	return dynamic && smurfs;
}

static bool is_shorewall(const struct component_frames *f)
{
	const struct place *at = f->frame[0].at;

	if (!place_knows_tables(at))
		return has_met_shorewall(f);
	if (!place_has_chain(at, "filter", (struct strview){ "shorewall", 9 }))
		return false;
	*f->by_tables = true;
	return true;
}

static bool has_chain(const struct place *at, struct strview a, const char *mid,
		      struct strview b)
{
	char name[64];
	int len = snprintf(name, sizeof(name), "%.*s%s%.*s", (int)a.len, a.at,
			   mid, (int)b.len, b.at);

	return len > 0 && (size_t)len < sizeof(name) &&
	       place_has_chain(at, "filter",
			       (struct strview){ name, (size_t)len });
}

/* Zones come in both directions, or have a chain of their own. */
static bool is_pair(const struct component_frames *f, unsigned int depth,
		    const struct pattern_pieces *pieces)
{
	const struct strview none = { "", 0 };
	const struct place *at = f->frame[depth].at;
	struct strview a, b;

	if (pieces->count < 2 || !is_shorewall(f))
		return false;
	a = pieces->at[0];
	b = pieces->at[1];
	return !place_knows_tables(at) ||
	       has_chain(at, b, a.at[a.len] == '2' ? "2" : "-", a) ||
	       has_chain(at, a, "_frwd", none) ||
	       has_chain(at, b, "_frwd", none);
}

bool component_is_proved(struct component_frames *f, unsigned int depth,
			 const struct component_row *row,
			 const struct pattern_pieces *pieces)
{
	switch (row->proof) {
	case PROOF_UFW:
		return has_called(f, depth, "ufw~");
	case PROOF_ZONES:
		component_frames_complete(f);
		return is_under(f, depth, "~_ZONES~");
	case PROOF_POLICIES:
		component_frames_complete(f);
		return is_under(f, depth, "~_POLICIES~");
	case PROOF_SHOREWALL:
		return is_shorewall(f);
	case PROOF_PAIR:
		return is_pair(f, depth, pieces);
	case PROOF_BRIDGE:
		return is_one_bridge(pieces);
	default:
		return true;
	}
}
