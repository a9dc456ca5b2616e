// SPDX-License-Identifier: GPL-2.0-or-later
/* journeys_link: events outside IP's hooks, each to its journey: of bridge, netdev, ingress. */
#include "journey/journeys_link.h"

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "capture/event.h"
#include "capture/event_nft.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "journey/journeys.h"
#include "journey/journeys_end.h"
#include "journey/journeys_state.h"
#include "place/path_map.h"
#include "place/place.h"
#include "place/place_nft.h"
#include "rules/base/family.h"
#include "rules/base/units.h"

/* A packet that is silent, or dropped, and that no hook of IP has seen. */
static void finish_link(struct journeys *js, struct journey *j)
{
	links_remove(&js->links, j);
	j->flags |= JOURNEY_OVER;
	journey_find_fates(j, js->map);
	journeys_release(js, j);
}

static uint8_t hook_of_link(const struct place *at)
{
	if (at->family == NFPROTO_BRIDGE)
		return FATE_HOOK_BRIDGE;
	return at->family == NFPROTO_NETDEV && !place_nft_is_ingress(at) ?
		FATE_HOOK_EGRESS : FATE_HOOK_INGRESS;
}

static struct journey *begin_link(struct journeys *js,
				  const struct observation *o)
{
	struct journey *j;

	if (js->links.count == LINKS_MAX)
		finish_link(js, js->links.oldest);
	j = journey_table_take(&js->table, o->key);
	if (!j)
		return NULL;
	journey_begin(j, o);
	journeys_number(js, j);
	if (js->suspects) {
		js->suspects--;
		j->flags |= JOURNEY_GAP;
		j->lost = js->gap_lost;
	}
	j->last_event = 0;
	j->path[0].trace_id = o->e->nft->id;
	links_add(&js->links, j);
	return j;
}

static void add_to_link(struct journeys *js, struct journey *j,
			const struct observation *o)
{
	struct path *path = &j->path[0];

	/* What begins the journey is the path's first event already. */
	if (j->last_event)
		path_advance(path, o);
	if (o->headers != HEADERS_NONE) {
		path->link = hook_of_link(o->at);
		/* From port to port nobody routes. */
		path->look.view.in = o->e->in;
		path->look.view.out = o->e->out;
	}
	journey_record(j, 0, o);
	j->last_ns = o->now_ns;
	j->last_event = js->table.events;
	if (path->state == PATH_ENDED)
		finish_link(js, j);
}

/* On its way through IP's hooks, or behind them. */
static void add_link_to(struct journeys *js, struct journey *j,
			const struct observation *o)
{
	journey_link(j, o);
	j->last_event = js->table.events;
	if (j->flags & JOURNEY_OVER) {
		journey_find_fates(j, js->map);
		return;
	}
	j->last_ns = o->now_ns;
	if (journey_is_over(j, js->map))
		journeys_settle(js, j);
	else
		journey_table_touch(&js->table, j);
}

/* Legacy events alone give a journey no id: the only one of these bytes. */
static struct journey *find_nameless(struct journeys *js,
				     const struct observation *o)
{
	struct journey *j = journey_table_bucket(&js->table, o->key);
	struct journey *found = NULL;

	for (; j && o->headers == HEADERS_WHOLE; j = j->links.hash_next) {
		if (j->key != o->key || j->nfproto != o->e->nfproto)
			continue;
		if (found || j->trace_id || j->branches > 1)
			return NULL;
		found = j;
	}
	if (found)
		journey_table_bind(&js->table, found, o->e->nft->id);
	return found;
}

/* Behind POSTROUTING a fragment of the packet may have its id. */
static bool is_of_journey(const struct journey *j, const struct observation *o)
{
	bool part = o->p->frag_offset || o->p->flags & PACKET_MORE_FRAGMENTS;

	return j->nfproto == o->e->nfproto && (links_is_next(j, o) || part);
}

/* At ingress a packet begins; elsewhere it may have been seen. */
static struct journey *find_linked(struct journeys *js,
				   const struct observation *o)
{
	struct journey *j;

	if (place_nft_is_ingress(o->at))
		return NULL;
	j = journey_table_find(&js->table, o->e->nft->id);
	if (j && is_of_journey(j, o))
		return j;
	return find_nameless(js, o);
}

static struct journey *later(struct journey *a, struct journey *b)
{
	if (!a || !b)
		return a ? a : b;
	return a->last_event > b->last_event ? a : b;
}

/* Without headers it goes on where the last event of this id was. */
static struct journey *find_bare(const struct journeys *js, uint32_t id)
{
	return later(links_find(&js->links, id),
		     journey_table_find(&js->table, id));
}

bool journeys_link(struct journeys *js, const struct event *e,
		   const struct place *at, uint64_t now_ns, uint64_t wall_ns)
{
	struct journey *link = links_find(&js->links, e->nft->id), *j;
	struct observation o;

	journeys_observe(js, e, at, &o);
	o.now_ns = js->now_ns = now_ns;
	o.since_ns = js->since_ns ? js->since_ns : now_ns;
	o.wall_ns = wall_ns;
	js->table.events++;
	if (o.headers == HEADERS_NONE) {
		j = find_bare(js, e->nft->id);
	} else {
		j = find_linked(js, &o);
		if (!j && link && links_is_next(link, &o))
			j = link;
		else if (!j)
			j = link = begin_link(js, &o);
	}
	if (j && j == link)
		add_to_link(js, j, &o);
	else if (j)
		add_link_to(js, j, &o);
	return j;
}

uint8_t journeys_link_protocol(struct journeys *js, const struct event *e)
{
	uint32_t *frame = &js->links.frame[e->nft->id % LINKS_FRAMES];
	const struct journey *j;

	if (!(e->flags & EVENT_NO_HEADERS) && family_by_nfproto(e->nfproto)) {
		if (*frame == e->nft->id)
			*frame = 0;
		return e->nfproto;
	}
	if (!(e->flags & EVENT_NO_HEADERS))
		*frame = e->nft->id;
	j = *frame == e->nft->id ? NULL : find_bare(js, e->nft->id);
	return j ? j->nfproto : NFPROTO_UNSPEC;
}

int journeys_link_expire(struct journeys *js, uint64_t now_ns)
{
	struct journey *j;
	uint64_t at;

	while ((j = js->links.oldest)) {
		at = j->last_ns + journey_patience_ns(j);
		if (at > now_ns)
			return (int)((at - now_ns) / NS_PER_MS) + 1;
		finish_link(js, j);
	}
	return -1;
}

void journeys_link_finish(struct journeys *js)
{
	while (js->links.oldest)
		finish_link(js, js->links.oldest);
}
