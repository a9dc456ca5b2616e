// SPDX-License-Identifier: GPL-2.0-or-later
/* journeys_find: whose an event of nft is, and one of a packet that was put together. */
#include "journey/journeys_find.h"

#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/associate_id.h"
#include "journey/journeys_state.h"
#include "journey/observation.h"
#include "journey/journey.h"
#include "journey/path_next.h"
#include "packet/packet.h"
#include "place/place_types.h"

/* The journey that has the id of nft, if the event can be its next one. */
static struct candidate find_by_id(struct journeys *js,
				   const struct observation *o)
{
	struct candidate found = { .j = NULL };
	struct journey *j;

	if (!o->e->nft)
		return found;
	j = journey_table_find(&js->table, o->e->nft->id);
	if (j && j->nfproto == o->e->nfproto &&
	    associate_follows(js->map, j, o, &found.branch))
		found.j = j;
	return found;
}

/*
 * While a copy was on its way its journey had the copy's id: each branch keeps its own.
 * A rule's copy has gone all its way when nft tells of the rule.
 */
static struct candidate find_by_branch(struct journeys *js,
				       const struct observation *o)
{
	struct candidate found = { .j = NULL };
	unsigned int left = JOURNEY_TABLE_WALK;
	struct journey *j;

	for (j = js->table.newest; j && left; j = j->links.older, left--) {
		if (j->branches == 1 || j->nfproto != o->e->nfproto ||
		    !associate_follows(js->map, j, o, &found.branch) ||
		    j->path[found.branch].trace_id != o->e->nft->id)
			continue;
		found.j = j;
		break;
	}
	return found;
}

/* The same, if the id alone is proof. */
static struct candidate find_by_proof(struct journeys *js,
				      const struct observation *o)
{
	struct candidate found = find_by_id(js, o);

	if (found.j && !associate_is_name(found.j, o))
		found.j = NULL;
	return found;
}

/* The same for an event that could be a packet's first. */
static struct candidate find_by_unread(struct journeys *js,
				       const struct observation *o)
{
	struct journey *j = journey_table_find(&js->table, o->e->nft->id);

	if (j && j->nfproto == o->e->nfproto && associate_is_unread(j, o))
		return (struct candidate){ .j = j };
	return (struct candidate){ .j = NULL };
}

/*
 * Two rules of the run's own in one chain: the second one's event shows no headers any
 * more.  Nor does a packet's first event where the kernel finds none to show, as in a
 * later fragment of IPv6; its id may have been another's.
 */
static struct candidate find_by_own_rule(struct journeys *js,
					 const struct observation *o)
{
	struct journey *j = journey_table_find(&js->table, o->e->nft->id);
	const struct place *last = j ? j->path[0].last : NULL;

	if (last && j->nfproto == o->e->nfproto && path_is_start(last) &&
	    last != o->at && last->table == o->at->table &&
	    last->hook == o->at->hook)
		return (struct candidate){ .j = j };
	return (struct candidate){ .j = NULL };
}

static struct candidate find_by_headers(struct journeys *js,
					const struct observation *o)
{
	return associate_find(&js->table, js->map, o, js->stamps);
}

/* Among packets of which little is shown the one that can be here. */
static struct candidate find_by_place(struct journeys *js,
				      const struct observation *o)
{
	return associate_find_blind(&js->table, js->map, o);
}

/*
 * Nft's id decides where only nft's events are.  Beside legacy ones the journey
 * that the headers fit has the id from now on; should its bytes differ from what
 * was kept of it, the id tells.  Where not all headers were copied the id comes
 * first, and in the end where the packet is.  A packet's first event has an id
 * that may have been another's.
 */
enum { FIND_WAYS = 3 };

static struct candidate (*const find_ways[HEADERS_COUNT][2][FIND_WAYS])(
		struct journeys *js, const struct observation *o) = {
	[HEADERS_WHOLE][false] = { find_by_proof, find_by_headers, find_by_id },
	[HEADERS_WHOLE][true] = { find_by_headers, find_by_unread },
	[HEADERS_PARTIAL][false] = { find_by_id, find_by_headers, find_by_place },
	[HEADERS_PARTIAL][true] = { find_by_headers, find_by_unread },
	[HEADERS_NONE][false] = { find_by_id, find_by_branch, find_by_place },
	[HEADERS_NONE][true] = { find_by_own_rule },
};

struct candidate journeys_find_nft(struct journeys *js,
				   const struct observation *o)
{
	struct candidate found = { .j = NULL };

	for (unsigned int i = 0; i < FIND_WAYS && !found.j &&
	     find_ways[o->headers][o->is_start][i]; i++)
		found = find_ways[o->headers][o->is_start][i](js, o);
	return found;
}

/*
 * Where no connection is tracked the kernel puts the pieces together behind PREROUTING.  It
 * goes on with the buffer of the one that came last, which nft's id is of.
 */
static bool is_put_together(const struct observation *o)
{
	return o->e->hook == NF_INET_LOCAL_IN && o->e->nfproto == NFPROTO_IPV4 &&
	       o->headers == HEADERS_WHOLE && !(o->p->flags & PACKET_FRAGMENT);
}

bool journeys_is_whole_of(const struct journey *j, const struct path *path,
			  const struct observation *o)
{
	return j->first.flags & PACKET_FRAGMENT && path->hook == NF_INET_PRE_ROUTING &&
	       is_put_together(o);
}

static bool is_piece_of(const struct journey *j, const struct packet *p)
{
	const struct packet_view *v = &j->path[0].look.view;

	return j->first.flags & PACKET_FRAGMENT && j->first.id == p->id &&
	       j->first.proto == p->proto && p->src && p->dst &&
	       memcmp(v->src.addr, p->src, p->addr_len) == 0 &&
	       memcmp(v->dst.addr, p->dst, p->addr_len) == 0;
}

struct candidate journeys_find_last_piece(struct journeys *js, const struct observation *o)
{
	struct candidate found = { .j = NULL };
	unsigned int left = is_put_together(o) ? JOURNEY_TABLE_WALK : 0;
	struct journey *j;

	for (j = js->table.newest; j && left && !found.j; j = j->links.older, left--)
		if (j->nfproto == o->e->nfproto && is_piece_of(j, o->p) &&
		    associate_follows(js->map, j, o, &found.branch))
			found.j = j;
	return found;
}
