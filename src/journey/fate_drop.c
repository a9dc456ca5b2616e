// SPDX-License-Identifier: GPL-2.0-or-later
/* fate_drop: what the kernel's drop record makes of a fate. */
#include "journey/fate_drop.h"

#include <netinet/in.h>
#include <string.h>

#include "journey/drop_meaning.h"
#include "journey/journey.h"
#include "journey/path.h"
#include "journey/slots.h"
#include "packet/packet.h"
#include "place/place.h"
#include "place/place_says.h"
#include "rules/base/units.h"

enum { NO_MATTER = FATE_COUNT };	/* the record is of no use for this fate */

/*
 * What silence was taken for, and what it is.  A rule's verdict stands: the record
 * confirms it.  Where events are missing the record alone is told.
 */
static const uint8_t becomes[DROP_SAYS_COUNT][FATE_COUNT] = {
	[DROP_SAYS_NOTHING] = {
		NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER,
		NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER,
	},
	[DROP_SAYS_BESIDE] = {
		[FATE_DROP] = NO_MATTER, [FATE_REJECT] = NO_MATTER,
		[FATE_DELIVERED] = FATE_DELIVERED,
		[FATE_FORWARDED] = FATE_FORWARDED, [FATE_SENT] = FATE_SENT,
		[FATE_QUEUE] = FATE_LOST, [FATE_STOLEN] = FATE_STOLEN,
		[FATE_LOST] = FATE_LOST, [FATE_UNKNOWN] = FATE_LOST,
		[FATE_INCOMPLETE] = FATE_INCOMPLETE,
	},
	[DROP_SAYS_COPY] = {
		NO_MATTER, NO_MATTER, FATE_DELIVERED, FATE_FORWARDED,
		FATE_SENT, NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER,
		NO_MATTER,
	},
	[DROP_SAYS_MISSED] = {
		NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER, NO_MATTER,
		NO_MATTER, NO_MATTER, FATE_LOST, FATE_LOST, FATE_INCOMPLETE,
	},
	[DROP_SAYS_QUEUED] = {
		[FATE_DROP] = NO_MATTER, [FATE_REJECT] = NO_MATTER,
		[FATE_DELIVERED] = FATE_LOST, [FATE_FORWARDED] = FATE_LOST,
		[FATE_SENT] = FATE_LOST, [FATE_QUEUE] = FATE_QUEUE,
		[FATE_STOLEN] = FATE_LOST, [FATE_LOST] = FATE_LOST,
		[FATE_UNKNOWN] = FATE_LOST,
		[FATE_INCOMPLETE] = FATE_INCOMPLETE,
	},
	[DROP_SAYS_VERDICT] = {
		[FATE_DROP] = FATE_DROP, [FATE_REJECT] = FATE_REJECT,
		[FATE_DELIVERED] = FATE_LOST, [FATE_FORWARDED] = FATE_LOST,
		[FATE_SENT] = FATE_LOST, [FATE_QUEUE] = FATE_DROP,
		[FATE_STOLEN] = FATE_DROP, [FATE_LOST] = FATE_LOST,
		[FATE_UNKNOWN] = FATE_LOST,
		[FATE_INCOMPLETE] = FATE_INCOMPLETE,
	},
	[DROP_SAYS_UNPLACED] = {
		[FATE_DROP] = NO_MATTER, [FATE_REJECT] = NO_MATTER,
		[FATE_DELIVERED] = FATE_UNKNOWN,
		[FATE_FORWARDED] = FATE_LOST, [FATE_SENT] = FATE_LOST,
		[FATE_QUEUE] = FATE_QUEUE, [FATE_STOLEN] = FATE_STOLEN,
		[FATE_LOST] = FATE_LOST, [FATE_UNKNOWN] = FATE_LOST,
		[FATE_INCOMPLETE] = FATE_INCOMPLETE,
	},
	[DROP_SAYS_LOST] = {
		[FATE_DROP] = NO_MATTER, [FATE_REJECT] = NO_MATTER,
		[FATE_DELIVERED] = FATE_DELIVERED,
		[FATE_FORWARDED] = FATE_LOST, [FATE_SENT] = FATE_LOST,
		[FATE_QUEUE] = FATE_LOST, [FATE_STOLEN] = FATE_STOLEN,
		[FATE_LOST] = FATE_LOST, [FATE_UNKNOWN] = FATE_LOST,
		[FATE_INCOMPLETE] = FATE_INCOMPLETE,
	},
	[DROP_SAYS_REFUSED] = {
		[FATE_DROP] = NO_MATTER, [FATE_REJECT] = NO_MATTER,
		[FATE_DELIVERED] = FATE_LOST,
		[FATE_FORWARDED] = FATE_LOST, [FATE_SENT] = FATE_LOST,
		[FATE_QUEUE] = FATE_LOST, [FATE_STOLEN] = FATE_STOLEN,
		[FATE_LOST] = FATE_LOST, [FATE_UNKNOWN] = FATE_LOST,
		[FATE_INCOMPLETE] = FATE_INCOMPLETE,
	},
};

/* What seems to have gone on, of which a copy may have been freed that nobody saw. */
static bool is_maybe_of_copy(uint8_t kind, const struct drop_meaning *m, bool copied)
{
	return copied && m->says == DROP_SAYS_UNPLACED &&
	       (kind == FATE_FORWARDED || kind == FATE_SENT);
}

/* Of a packet for many each socket has a clone: what one refuses another may have taken. */
static bool is_one_of_many(const struct drop_seen *seen, bool many)
{
	return many && (strncmp(seen->reason, "SOCKET_", strlen("SOCKET_")) == 0 ||
			strcmp(seen->reason, "PROTO_MEM") == 0);
}

uint8_t fate_drop_kind(uint8_t kind, uint32_t out, const struct drop_seen *seen,
		       bool many, bool copied)
{
	const struct drop_meaning *m = drop_meaning(seen);

	if (kind == FATE_DELIVERED && is_one_of_many(seen, many))
		return kind;
	/* Nobody saw whether it got here: others of it may have. */
	if (kind == FATE_UNKNOWN && many && (m->looped || is_one_of_many(seen, many)))
		return NO_MATTER;
	if (is_maybe_of_copy(kind, m, copied))
		return FATE_UNKNOWN;

	/* What this host sends to itself a socket may have been done with, as at INPUT. */
	if (kind == FATE_SENT && out == LOOPBACK_IFINDEX &&
	    m->says == DROP_SAYS_UNPLACED)
		kind = FATE_DELIVERED;
	if (kind == FATE_STOLEN && m->says >= DROP_SAYS_LOST && m->known)
		return FATE_LOST;
	return becomes[m->says][kind];
}

/* Of one packet alone each event is later than the record; of copies a branch's own. */
bool fate_drop_is_there(const struct journey *j, unsigned int b)
{
	const struct path *p = &j->path[b];

	return p->drop.seen && p->drop.last == p->last &&
	       (j->branches > 1 || p->drop.last_ns == j->last_ns);
}

/* Forwarding takes one from the TTL before the hook FORWARD, which was silent. */
static bool reached_forward(const struct path *p)
{
	return p->hook == NF_INET_PRE_ROUTING && !(p->last->mangles & MANGLE_TTL) &&
	       p->drop.ttl + 1 == p->look.view.ttl;
}

/* Which hook said so; in it no table has told of a rule. */
static uint8_t hook_of_verdict(const struct path_map *map, const struct path *p)
{
	if (p->link)
		return p->link;
	if (reached_forward(p))
		return NF_INET_FORWARD;
	/* At its hook's end, and only one other that it can have been at. */
	if (p->hook == NF_INET_FORWARD && p->state == PATH_TABLE_DONE &&
	    !slots_must_see(map, p))
		return NF_INET_POST_ROUTING;
	return p->hook;
}

static bool is_at_rule(const struct path *p)
{
	return p->state != PATH_TABLE_DONE && p->state != PATH_ENDED;
}

/* What a target does that drops a packet without a word. */
static const struct {
	const char *target, *words;
} silent_reasons[] = {
	{ "TPROXY", "no socket listens where TPROXY sends it" },
	{ "MASQUERADE", "MASQUERADE found no address at the interface, or no "
			"port was free" },
	{ "REDIRECT", "REDIRECT found no address at the interface" },
	{ "SNAT", "SNAT found no port that was free" },
	{ "DNAT", "DNAT found no port that was free" },
	{ "NETMAP", "NETMAP could not translate it" },
};

/* What of the last rule's target can be why; NULL: it has let the packet go. */
static const char *by_target(const struct path *p)
{
	const struct place *at = p->last;

	if (at->kind != PLACE_RULE || at->at_end || !at->target)
		return NULL;
	/* Once it has another address the target has done its work. */
	if (p->drop.changed & at->mangles & (MANGLE_SRC | MANGLE_DST))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(silent_reasons); i++)
		if (strcmp(at->target, silent_reasons[i].target) == 0)
			return silent_reasons[i].words;
	if (at->effect == EFFECT_MAYBE || at->effect == EFFECT_STEAL)
		return "the target of this rule dropped it";
	return NULL;
}

/* Who of its table's rules can have dropped it in silence; NULL: it had left the table. */
static const char *by_rule(const struct path *p)
{
	const char *words = by_target(p);

	if (words)
		return words;
	if (place_is_in_doubt(p->last))
		return "the rule there, which others were just changing, dropped it, "
		       "or a match of a later one";
	return is_at_rule(p) ?
		"a match of one of the next rules dropped it, as for a "
		"packet that is cut short, or a table that is full" : NULL;
}

/* Behind all tables of the hook: conntrack, routing anew, or who else is there. */
static const char *behind_tables(const struct path *p, uint8_t hook)
{
	if (p->drop.fresh_entry && (hook == NF_INET_POST_ROUTING ||
				    hook == NF_INET_LOCAL_IN))
		return "conntrack could not confirm the connection: another "
		       "one has its addresses and ports";
	return "a function at this hook that is no table, such as conntrack or "
	       "a BPF program";
}

/* A table of iptables whose rules the packet must have begun to meet, in silence. */
static bool is_in_table(const struct path_map *map, const struct path *p,
			uint8_t hook)
{
	uint64_t must = hook != p->hook ? slots_hook(map, p->last, hook)->must
					: slots_must_see(map, p);

	/* The run's own last chain drops nothing. */
	return must & ~map->witness[slots_family(p->last)][hook];
}

/* "You do not need me as your router", which an ICMP error says of a connection. */
static bool is_redirect(const struct packet *p)
{
	enum { REDIRECT = 5, REDIRECT6 = 137 };

	return p->layer == PACKET_TRANSPORT &&
	       ((p->proto == IPPROTO_ICMP && p->icmp_type == REDIRECT) ||
		(p->proto == IPPROTO_ICMPV6 && p->icmp_type == REDIRECT6));
}

/* Who can have said so of @last, as far as the path tells. */
static const char *who_said_so(const struct path_map *map, const struct path *p,
			       const struct packet *last, uint8_t hook)
{
	const char *words = by_rule(p);

	if (strcmp(p->drop.seen->location, "nft_do_chain") == 0)
		return "a rule of nft that is not traced here (bridge, netdev, "
		       "egress, or one that came meanwhile)";
	if (p->state == PATH_QUEUED)
		return "the queue's program has let it go, and a match of a "
		       "later rule dropped it";
	if (words)
		return words;
	if (hook == NF_INET_LOCAL_OUT && p->drop.changed & MANGLE_DST)
		return "there is no route to where the packet goes now";
	/* nf_nat_icmp_reply_translation(): also before its packet has passed all of nat. */
	if (is_redirect(last))
		return "nat lets no ICMP redirect pass about a connection that it "
		       "translates, or may yet translate";
	if (!p->link && is_in_table(map, p, hook))
		return "a match of a rule at this hook dropped it, as for a "
		       "packet that is cut short; or a program at the hook";
	return behind_tables(p, hook);
}

static void tell_verdict(const struct path_map *map, const struct journey *j,
			 const struct path *p, struct fate *f)
{
	uint8_t hook = hook_of_verdict(map, p);

	f->cause = who_said_so(map, p, &j->last, hook);
	f->kind = is_at_rule(p) ? FATE_DROP : FATE_LOST;
	f->inside = f->kind == FATE_LOST;
	f->hook = hook;
}

const char *fate_drop_by_rule(const struct journey *j, unsigned int b)
{
	const struct path *p = &j->path[b];

	return is_at_rule(p) && p->state != PATH_QUEUED ? by_rule(p) : NULL;
}

/* A socket has been given to it, and the route did not lead to this host. */
static const char *cause_of_route(const struct path *p)
{
	return p->last->kind == PLACE_RULE && p->last->target &&
	       strcmp(p->last->target, "TPROXY") == 0 ?
		"TPROXY gave it to a socket, but its route leads on: an ip rule "
		"for its mark is missing" : NULL;
}

/*
 * How far it has come: in front of a socket it has passed INPUT, in front of a
 * neighbour POSTROUTING, whether a table was there or not.
 */
static uint8_t hook_of_loss(uint8_t hook, const struct drop_meaning *m)
{
	if (!m->known || !m->hooks)
		return hook;
	if (m->hooks & BIT(NF_INET_LOCAL_IN))
		return NF_INET_LOCAL_IN;
	return m->hooks & BIT(NF_INET_POST_ROUTING) ? NF_INET_POST_ROUTING
						     : hook;
}

/* How it was then: what is asked about it is asked about that. */
static void use_look(struct path *p)
{
	struct packet_view *v = &p->look.view;

	memcpy(v->src.addr, p->drop.src, sizeof(v->src.addr));
	memcpy(v->dst.addr, p->drop.dst, sizeof(v->dst.addr));
	v->mark = p->drop.mark;
}

void fate_drop(struct journey *j, unsigned int b, const struct path_map *map)
{
	struct path *p = &j->path[b];
	struct fate *f = &j->fate[b];
	uint8_t kind;

	if (!fate_drop_is_there(j, b))
		return;
	kind = fate_drop_kind(f->kind, f->out, p->drop.seen, p->drop.many,
			      j->flags & JOURNEY_COPIES);
	if (kind == NO_MATTER)
		return;
	use_look(p);
	f->drop = p->drop.seen;
	f->port = p->drop.port;
	/* What silence was taken for explains nothing any more. */
	if (kind != f->kind || kind == FATE_LOST) {
		f->cause = NULL;
		f->by = NULL;
		f->inside = false;
	}
	if (drop_meaning(f->drop)->says == DROP_SAYS_VERDICT && !f->by &&
	    kind != FATE_INCOMPLETE)
		tell_verdict(map, j, p, f);
	else
		f->kind = kind;
	if (kind == FATE_LOST && !p->link)
		f->hook = hook_of_loss(f->hook, drop_meaning(f->drop));
	if (kind == FATE_LOST && !f->cause)
		f->cause = cause_of_route(p);
}
