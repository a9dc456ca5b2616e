// SPDX-License-Identifier: GPL-2.0-or-later
/* loss_question: what there is to ask of a packet whose end no event tells. */
#include "reader/loss_question.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/event.h"
#include "journey/journey.h"
#include "journey/path_fate.h"
#include "place/place_says.h"
#include "protocol/losses.h"
#include "rules/base/units.h"

enum {
	SMALL = 1280,		/* no link refuses a packet of this length */
	IPV4_HEADER = 20,
	ETHERNET = 14,
};

/* Options of IPv4: each with its length, but for those of one byte. */
static bool has_source_route(const struct packet *p)
{
	enum { END = 0, NOP = 1, LOOSE = 131, STRICT = 137 };
	uint32_t end, i = IPV4_HEADER;

	if (p->nfproto != NFPROTO_IPV4 || p->caplen < IPV4_HEADER)
		return false;
	end = (p->data[0] & 15) * 4u;
	end = end < p->caplen ? end : p->caplen;
	while (i < end && p->data[i] != END) {
		if (p->data[i] == LOOSE || p->data[i] == STRICT)
			return true;
		if (p->data[i] == NOP)
			i++;
		else if (i + 1 < end && p->data[i + 1] >= 2)
			i += p->data[i + 1];
		else
			break;
	}
	return false;
}

static bool is_echo(const struct packet *p)
{
	enum { REPLY = 0, REQUEST = 8, REQUEST6 = 128, REPLY6 = 129 };

	return p->proto == IPPROTO_ICMP ?
		p->icmp_type == REPLY || p->icmp_type == REQUEST :
		p->icmp_type == REQUEST6 || p->icmp_type == REPLY6;
}

/* An error belongs to the connection of what it quotes. */
static bool has_tuple(const struct packet *p)
{
	if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6)
		return p->layer == PACKET_TRANSPORT && is_echo(p);
	return p->flags & PACKET_PORTS;
}

/* As conntrack has it: of an echo the id, and what it is. */
static void put_tuple(struct cause_question *q, const struct packet *p)
{
	if (p->flags & PACKET_PORTS) {
		q->look.src.port = p->sport;
		q->look.dst.port = p->dport;
	} else {
		q->look.src.port = p->icmp_id;
		q->look.dst.port = p->icmp_type << 8 | p->icmp_code;
	}
}

/* The last of its rules that may have sent it elsewhere, and was not seen to. */
static const struct place *find_translator(const struct journey *j,
					   unsigned int b)
{
	const struct place *found = NULL;

	for (uint32_t i = j->path[b].look.since.ends; i < journey_kept(j); i++)
		if (j->step[i].branch == b &&
		    j->step[i].place->mangles & MANGLE_DST)
			found = j->step[i].place;
	return found;
}

static void put_since(struct cause_question *q, const struct place *at)
{
	static const size_t head = sizeof("TRACE: ") - 1;
	size_t len = at->prefix_len > head ? at->prefix_len - head : 0;

	memcpy(q->since, at->prefix + head,
	       len < sizeof(q->since) ? len : sizeof(q->since));
}

/* Nat sends nothing elsewhere that is for many. */
static bool is_group(const struct packet *p)
{
	return p->dst && (p->addr_len == 16 ? p->dst[0] == 0xff
					    : p->dst[0] >= 224);
}

/* What the packet's destination was at its end, and how that is known. */
static void put_destination(struct cause_question *q, const struct journey *j,
			    unsigned int b, const struct path_map *map)
{
	const struct place *by = find_translator(j, b);
	uint8_t to[16];

	if (j->omitted) {
		q->dst = CAUSE_DST_UNKNOWN;
	} else if (by && place_destination(by, to)) {
		memcpy(q->look.dst.addr, to, sizeof(to));
		q->dst = CAUSE_DST_TOLD;
		put_since(q, by);
	} else if (by) {
		q->dst = CAUSE_DST_UNKNOWN;
	} else if (path_nat_ahead(map, &j->path[b]) &&
		   !(j->flags & JOURNEY_NAT) && !is_group(&j->last)) {
		q->dst = has_tuple(&j->last) ? CAUSE_DST_OPEN
					     : CAUSE_DST_UNKNOWN;
		if (q->dst == CAUSE_DST_OPEN)
			put_tuple(q, &j->last);
	}
}

/* Events of nft show no ports. */
static bool died_in_bridge(const struct fate *f)
{
	return f->drop && strncmp(f->drop->location, "br_", 3) == 0;
}

static void put_frame(struct cause_question *q, const struct journey *j,
		      unsigned int b)
{
	bool ethernet = j->hw_header_len >= ETHERNET;
	bool died = died_in_bridge(&j->fate[b]);

	for (uint32_t i = 0; i < journey_kept(j); i++)
		if (j->step[i].branch == b && j->step[i].phys_in)
			q->bridge_port = j->step[i].phys_in;
	if (ethernet && (q->bridge_port || died))
		memcpy(q->mac, j->hw_header, sizeof(q->mac));
	if (ethernet && !q->bridge_port && died)
		memcpy(q->from, j->hw_header + sizeof(q->mac), sizeof(q->from));
	if (ethernet && j->hw_header[0] & 1)
		q->flags |= CAUSE_TO_ALL;
}

/* "--on-port 5001", "tproxy to :5001"; else the packet's own. */
static void put_port(struct cause_question *q, const struct journey *j,
		     const struct place *at)
{
	struct strview port;

	if (!place_option(at, "--on-port", &port) ||
	    !strview_number(port, 10, &q->number) || !q->number)
		q->number = j->last.dport;
}

static bool is_tproxy(const struct place *at)
{
	return place_has_word(at, "TPROXY");
}

/* Given to a socket, it was seen behind that rule, and did not get there. */
static void put_tproxy(struct cause_question *q, const struct journey *j,
		       unsigned int b)
{
	if (j->path[b].hook != NF_INET_PRE_ROUTING)
		return;
	for (uint32_t i = 0; i < journey_kept(j); i++) {
		const struct place *at = j->step[i].place;

		if (j->step[i].branch != b || at->effect != EFFECT_ACCEPT ||
		    !is_tproxy(at))
			continue;
		q->target = CAUSE_TPROXY;
		put_port(q, j, at);
	}
}

/* Alike are packets whose difference cannot matter to the answer. */
static void ask_loss(struct cause_question *q, const struct journey *j,
		     unsigned int b, const struct path_map *map)
{
	const struct path *p = &j->path[b];

	q->look = p->look.view;
	q->look.src.port = q->look.dst.port = -1;
	q->look.mss = 0;
	q->look.ttl = q->look.ttl > 1 ? 64 : q->look.ttl;
	q->look.length = q->look.length > SMALL ? q->look.length : SMALL;
	q->nfproto = j->nfproto;
	q->order = p->order;
	q->proto = j->last.proto;
	if (j->last.flags & PACKET_DONT_FRAGMENT)
		q->flags |= CAUSE_WHOLE;
	if (j->last.flags & PACKET_FRAGMENT)
		q->flags |= CAUSE_FRAGMENT;
	if (has_source_route(&j->first))
		q->flags |= CAUSE_SOURCE_ROUTE;
	put_frame(q, j, b);
	put_destination(q, j, b, map);
	put_tproxy(q, j, b);
}

/* Of a queued packet only the queue matters. */
static void put_queue(struct cause_question *q, const struct place *by)
{
	unsigned int last;

	q->number = place_queue(by, &last);
	q->number_last = last;
	if (place_bypasses(by))
		q->flags |= CAUSE_BYPASS;
}

static void ask_queue(struct cause_question *q, const struct journey *j,
		      unsigned int b, const struct path_map *map)
{
	put_queue(q, j->fate[b].by);
	if (path_would_show(map, &j->path[b]))
		q->flags |= CAUSE_SHOWS;
}

bool loss_question_bypass(struct cause_question *q, const struct journey *j,
			  unsigned int b)
{
	const struct step *s = j->step, *end = s + journey_kept(j);

	/* A path knows of legacy's rules that it was queued by one. */
	if (!j->path[b].held && !(j->flags & (JOURNEY_NFT | JOURNEY_STRADDLES)))
		return false;
	for (; s < end; s++) {
		if (s->place->effect != EFFECT_QUEUE || s->branch != b ||
		    !place_bypasses(s->place))
			continue;
		memset(q, 0, sizeof(*q));
		q->about = ABOUT_QUEUE;
		put_queue(q, s->place);
		return true;
	}
	return false;
}

/* Rules of nft make an event of it. */
static uint8_t target_of(const struct place *at)
{
	static const struct {
		const char *name;
		uint8_t target;
	} silent[] = {
		{ "MASQUERADE", CAUSE_MASQUERADE },
		{ "REDIRECT", CAUSE_REDIRECT },
		{ "TPROXY", CAUSE_TPROXY },
	};

	if (at->backend == EVENT_NFT || at->effect != EFFECT_ACCEPT)
		return CAUSE_NO_TARGET;
	for (size_t i = 0; i < ARRAY_SIZE(silent); i++)
		if (at->target[0] == silent[i].name[0] &&
		    strcmp(at->target, silent[i].name) == 0)
			return silent[i].target;
	return CAUSE_NO_TARGET;
}

static void ask_tproxy(struct cause_question *q, const struct journey *j,
		       unsigned int b, const struct path_map *map)
{
	const struct place *at = j->path[b].last;

	ask_loss(q, j, b, map);
	q->look.mark = place_tproxy_mark(at, q->look.mark);
	put_port(q, j, at);
}

static void ask_target(struct cause_question *q, const struct journey *j,
		       unsigned int b, const struct path_map *map)
{
	const struct path *p = &j->path[b];

	q->target = target_of(p->last);
	q->nfproto = j->nfproto;
	if (q->target == CAUSE_TPROXY) {
		ask_tproxy(q, j, b, map);
		return;
	}
	q->look.hook = p->hook;
	q->look.in = p->look.view.in;
	q->look.out = p->look.view.out;
}

static void ask_input(struct cause_question *q, const struct journey *j,
		      unsigned int b, const struct path_map *map)
{
	const struct packet_view *l = &j->path[b].look.view;

	(void)map;
	q->nfproto = j->nfproto;
	q->proto = j->last.proto;
	q->look.dst = l->dst;
	q->look.mark = l->mark;
}

/* IPVS takes packets at INPUT, behind what shows them, and answers for itself. */
static bool may_be_of_ipvs(const struct journey *j, unsigned int b,
			   const struct path_map *map)
{
	const struct path *p = &j->path[b];

	return map->ipvs && p->hook == NF_INET_LOCAL_IN &&
	       p->state == PATH_TABLE_DONE;
}

static uint8_t about(const struct journey *j, unsigned int b,
		     const struct path_map *map)
{
	const struct path *p = &j->path[b];

	switch (j->fate[b].kind) {
	case FATE_QUEUE:
		return ABOUT_QUEUE;
	case FATE_LOST:
		return target_of(p->last) ? ABOUT_TARGET : ABOUT_LOSS;
	case FATE_UNKNOWN:
	case FATE_FORWARDED:
	case FATE_SENT:
	case FATE_DELIVERED:
		if (p->state == PATH_TABLE_DONE && target_of(p->last))
			return ABOUT_TARGET;
		return may_be_of_ipvs(j, b, map) ? ABOUT_INPUT : ABOUT_COUNT;
	default:
		return ABOUT_COUNT;
	}
}

bool loss_question(struct cause_question *q, const struct journey *j,
		   unsigned int b, const struct path_map *map)
{
	static void (*const ask[ABOUT_COUNT])(struct cause_question *q,
					      const struct journey *j,
					      unsigned int b,
					      const struct path_map *map) = {
		[ABOUT_LOSS] = ask_loss, [ABOUT_QUEUE] = ask_queue,
		[ABOUT_TARGET] = ask_target, [ABOUT_INPUT] = ask_input,
	};
	uint8_t what = about(j, b, map);

	if (what == ABOUT_COUNT)
		return false;
	memset(q, 0, sizeof(*q));
	q->about = what;
	ask[what](q, j, b, map);
	return true;
}

bool loss_question_socket(struct cause_question *q, const struct journey *j,
			  unsigned int b)
{
	if (!j->fate[b].port)
		return false;
	memset(q, 0, sizeof(*q));
	q->about = ABOUT_SOCKET;
	q->nfproto = j->nfproto;
	q->proto = j->last.proto;
	q->number = j->fate[b].port;
	return true;
}

bool loss_question_connection(struct cause_question *q, const struct journey *j)
{
	const struct packet *p = &j->first;

	if (!has_tuple(p) || !p->src || !p->dst)
		return false;
	memset(q, 0, sizeof(*q));
	q->about = ABOUT_CONNECTION;
	q->nfproto = j->nfproto;
	q->proto = p->proto;
	memcpy(q->look.src.addr, p->src, p->addr_len);
	memcpy(q->look.dst.addr, p->dst, p->addr_len);
	put_tuple(q, p);
	return true;
}
