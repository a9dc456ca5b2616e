// SPDX-License-Identifier: GPL-2.0-or-later
/* journey: all events of one packet as they come. */
#include "journey/journey.h"

#include <stdlib.h>
#include <string.h>

#include "capture/event.h"
#include "journey/change.h"
#include "journey/journey_again.h"
#include "journey/journey_room.h"
#include "packet/identity.h"
#include "place/place.h"
#include "place/table_order.h"
#include "rules/base/units.h"

enum { FIRST_ROOM = 8 };

struct journey *journey_new(uint32_t snaplen)
{
	struct journey *j = calloc(1, sizeof(*j));

	if (!j)
		return NULL;
	j->step = malloc(FIRST_ROOM * sizeof(*j->step));
	j->path = malloc(sizeof(*j->path));
	j->fate = calloc(1, sizeof(*j->fate));
	j->bytes.first = malloc(snaplen);
	j->bytes.last = malloc(snaplen);
	j->room = FIRST_ROOM;
	j->bytes.size = snaplen;
	if (j->step && j->path && j->fate && j->bytes.first && j->bytes.last)
		return j;
	journey_free(j);
	return NULL;
}

void journey_free(struct journey *j)
{
	if (!j)
		return;
	free(j->step);
	free(j->change);
	free(j->path);
	free(j->fate);
	free(j->tie);
	free(j->bytes.first);
	free(j->bytes.last);
	free(j);
}

bool journey_is_bare(const struct journey *j)
{
	return !j->steps && !(j->flags & (JOURNEY_HEADLESS | JOURNEY_GAP));
}

/* Unless something else may have kept its events from us. */
bool journey_met_nothing(const struct journey *j)
{
	return journey_is_bare(j) &&
	       !(j->fate[0].kind == FATE_UNKNOWN && j->fate[0].cause);
}

/* Sent to many: to an ethernet group address, an IP one, or over a bridge. */
static bool may_be_copied(const struct event *e, const struct packet *p)
{
	if (e->phys_in || (e->hw_header_len >= 6 && e->hw_header[0] & 1))
		return true;
	if (p->addr_len == 4 && p->dst && p->dst[3] == 255)
		return true;
	return packet_is_for_many(p);
}

static void keep_hw_header(struct journey *j, const struct event *e)
{
	j->hw_header_len = e->hw_header_len < sizeof(j->hw_header) ?
		e->hw_header_len : sizeof(j->hw_header);
	if (j->hw_header_len)
		memcpy(j->hw_header, e->hw_header, j->hw_header_len);
}

static void note_first(struct journey *j, const struct observation *o)
{
	const struct event *e = o->e;

	journey_again_fill(&j->entry, e, o->at);
	if (!(e->flags & EVENT_HAS_STAMP))
		return;
	j->first_ns = e->stamp_ns;
	j->flags |= JOURNEY_STAMPED;
}

void journey_begin(struct journey *j, const struct observation *o)
{
	const struct event *e = o->e;

	j->nfproto = e->nfproto;
	j->trace_id = 0;
	j->number = 0;
	j->steps = j->omitted = j->lost = 0;
	j->changes = 0;
	j->flags = 0;
	j->ties = 0;
	j->root.steps = 0;
	j->root.seen = false;
	j->way.text = NULL;
	j->verdicts = 0;
	j->stamp.ns = 0;
	j->stamp.events = 0;
	j->again = 0;
	j->first_ns = o->wall_ns;
	note_first(j, o);
	j->uid = UINT32_MAX;
	memset(&j->ct, 0, sizeof(j->ct));
	keep_hw_header(j, e);
	packet_keep(&j->first, j->bytes.first, j->bytes.size, o->p);
	/* The same bytes, until an event shows others. */
	j->last = j->first;
	path_begin(&j->path[0], o);
	change_begin(j, o);
	j->branches = 1;
}

/* Interfaces are others for IP: a port's packet is the bridge's.  nft shows no MSS. */
void journey_arrive(struct journey *j, const struct observation *o)
{
	struct packet_look was = j->path[0].look, *now = &j->path[0].look;

	note_first(j, o);
	path_begin(&j->path[0], o);
	change_begin(j, o);
	j->root.steps = 0;
	j->root.seen = false;
	j->path[0].look_serial = 0;
	now->since = was.since;
	now->view.mark = was.view.mark;
	now->view.hook = was.view.hook;
	/* The packet was routed since; of what a bridge forwards in and out are the same. */
	if (o->e->hook == NF_INET_FORWARD && o->e->in != o->e->out)
		now->view.out = 0;
	if (o->headers != HEADERS_WHOLE || packet_is_extended(&j->first))
		return;
	now->view.src = was.view.src;
	now->view.dst = was.view.dst;
	now->view.ttl = was.view.ttl;
	now->view.tos = was.view.tos;
	now->view.length = was.view.length;
}

/* TEE copies what its rule sees; bridges and multicast what the first hook let go. */
static void look_of_copy(const struct journey *j, struct path *copy,
			 const struct place *at)
{
	if (at->hook != NF_INET_LOCAL_OUT && j->root.steps) {
		copy->look = j->root.look;
		copy->shared = j->root.steps;
	} else {
		copy->look = j->path[0].look;
		copy->shared = journey_kept(j);
	}
}

static void note_root(struct journey *j, const struct place *at)
{
	const struct path *p = &j->path[0];

	if (!(j->flags & JOURNEY_COPIES) ||
	    p->hook != (p->born_local ? NF_INET_LOCAL_OUT
				      : NF_INET_PRE_ROUTING))
		return;
	j->root.look = p->look;
	j->root.seen = true;
	j->root.steps = journey_kept(j) + !at->hidden;
}

struct path *journey_add_branch(struct journey *j)
{
	struct path *more = realloc(j->path, (j->branches + 1u) *
					     sizeof(*more));

	if (!more)
		return NULL;
	j->path = more;
	return journey_next_fate(j) ? &more[j->branches++] : NULL;
}

bool journey_add_copy(struct journey *j, const struct observation *o)
{
	struct path *p = journey_add_branch(j);

	if (!p)
		return false;
	path_begin(p, o);
	p->local |= j->path[0].born_local;
	look_of_copy(j, p, o->at);
	return true;
}

/*
 * A base chain is evaluated under the rules of when it began.  What follows on the
 * first event was so behind that one, and the rules are in force before the kernel
 * tells of them: none of it met rules of before those told of by then.
 */
static uint32_t first_generation(const struct journey *j, const struct event *e)
{
	const struct place *entry = j->entry.place;
	uint32_t from = e->nft->span.from;

	return (entry->own || entry->backend != EVENT_NFT) &&
	       nft_is_after(j->told, from) ? j->told : from;
}

static __attribute__((noinline)) void
note_nft(struct journey *j, const struct event *e)
{
	if (!(j->flags & JOURNEY_NFT))
		j->nft.from = first_generation(j, e);
	j->nft.to = e->nft->span.to;
	j->flags |= JOURNEY_NFT;
}

static inline void note_backend(struct journey *j, const struct event *e)
{
	if (e->nft)
		note_nft(j, e);
	else
		j->flags |= JOURNEY_LEGACY;
}

/* Somebody else's rules may have traced it before: nothing is missing then. */
static void note_own(struct journey *j, const struct place *at)
{
	if (at->kind != PLACE_RULE)
		return;
	j->flags |= JOURNEY_OWN;
	j->flags &= ~(unsigned int)JOURNEY_HEADLESS;
}

/* On its way in the socket is the receiver's, if the kernel has found it early. */
static bool tells_sender(const struct event *e)
{
	return e->flags & EVENT_HAS_UID &&
	       (e->hook == NF_INET_LOCAL_OUT || e->hook == NF_INET_POST_ROUTING);
}

static bool same_packet(const struct packet *a, const struct packet *b)
{
	return a->serial && a->serial == b->serial;
}

/*
 * A bridge floods what is for an address that it has not learned, by all its ports.
 * Events of nft do not name them: it leaves by what it came in by.  Until now it was
 * at its first hook.
 */
static void note_flood(struct journey *j, unsigned int branch, const struct event *e)
{
	const struct packet_look *look = &j->path[branch].look;

	if (!e->nft || !e->out || e->out != look->view.in)
		return;
	j->flags |= JOURNEY_COPIES;
	j->root = (struct journey_root){ .look = *look, .seen = true,
					 .steps = journey_kept(j) };
}

/* What an event tells of the packet, whatever rule it is of. */
static __attribute__((noinline)) void
record_packet(struct journey *j, unsigned int branch,
	      const struct observation *o)
{
	const struct event *e = o->e;
	const struct packet *p = o->p;

	if (!(j->flags & JOURNEY_COPIES))
		note_flood(j, branch, e);
	change_find(j, branch, o);
	if (o->headers == HEADERS_WHOLE &&
	    !same_packet(&j->last, p) && !identity_same_headers(&j->last, p))
		packet_keep(&j->last, j->bytes.last, j->bytes.size, p);
	if (!(j->flags & JOURNEY_COPIES) && may_be_copied(e, p))
		j->flags |= JOURNEY_COPIES;
	if (e->ct.state && branch == 0)
		j->ct = e->ct;
	if (j->uid == UINT32_MAX && tells_sender(e))
		j->uid = e->uid;
	j->again = e->told;
}

/* Of a copy another look is kept. */
static inline bool is_told_again(const struct journey *j,
				 const struct event *e)
{
	return e->told && e->told == j->again && j->branches == 1;
}

/* What the event of a rule that shows no headers had before. */
static __attribute__((noinline)) void
fill_by_look(struct step *s, const struct packet_view *view,
	     const struct place *at)
{
	s->in = view->in;
	s->out = view->out;
	if (at->effect == EFFECT_STEAL)
		s->mark = view->mark;
}

static inline void record_step(struct journey *j, unsigned int branch,
			       const struct observation *o)
{
	struct step *s = journey_next_step(j);

	if (!s)
		return;
	journey_again_fill(s, o->e, o->at);
	s->branch = (uint8_t)branch;
	if (o->headers == HEADERS_NONE)
		fill_by_look(s, &j->path[branch].look.view, o->at);
}

void journey_record(struct journey *j, unsigned int branch,
		    const struct observation *o)
{
	const struct event *e = o->e;
	const struct place *at = o->at;

	if (is_told_again(j, e))
		change_none(j, &j->path[branch]);
	else
		record_packet(j, branch, o);
	journey_again_stamp(j, e);
	if (at->order == T_DNAT)
		j->flags |= JOURNEY_NAT;
	if (at->mangles & MANGLE_CLONE)
		j->flags |= JOURNEY_COPIES | JOURNEY_CLONED;
	if (branch == 0)
		note_root(j, at);
	if (at->own)
		note_own(j, at);
	else
		note_backend(j, e);
	if (!at->hidden)
		record_step(j, branch, o);
}

void journey_each_place(const struct journey *j,
			void (*fn)(void *arg, const struct place *at),
			void *arg)
{
	fn(arg, j->entry.place);
	for (uint32_t i = 0; i < journey_kept(j); i++)
		fn(arg, j->step[i].place);
	for (unsigned int b = 0; b < j->branches; b++) {
		fn(arg, j->path[b].last);
		if (j->flags & (JOURNEY_OVER | JOURNEY_SETTLED) &&
		    j->fate[b].by)
			fn(arg, j->fate[b].by);
	}
}

/* Of a copy has the id its own path, of a packet alone the journey. */
static struct path *path_of_id(struct journey *j, uint32_t id,
			       uint8_t *branch)
{
	for (*branch = 0; *branch < j->branches; ++*branch)
		if (j->path[*branch].trace_id == id)
			return &j->path[*branch];
	*branch = 0;
	return &j->path[0];
}

/* Interfaces there are none of IP's, and where the packet is no rule of IP's tells. */
void journey_link(struct journey *j, const struct observation *o)
{
	const struct event *e = o->e;
	struct observation bare = *o;
	uint8_t branch;
	struct path *path = path_of_id(j, e->nft->id, &branch);
	struct step *s;

	path_link(path, o->at);
	note_backend(j, e);
	if (o->at->mangles & MANGLE_CLONE)
		j->flags |= JOURNEY_CLONED;
	j->again = 0;
	bare.headers = HEADERS_NONE;
	change_find(j, branch, &bare);
	if (o->at->hidden)
		return;
	s = journey_next_step(j);
	if (!s)
		return;
	journey_again_fill(s, e, o->at);
	if (o->headers == HEADERS_NONE && s != j->step) {
		s->in = s[-1].in;
		s->out = s[-1].out;
	}
	s->branch = branch;
}
