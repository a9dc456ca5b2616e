// SPDX-License-Identifier: GPL-2.0-or-later
/* seen: a packet as it was at one of its events, to be held against conditions. */
#include "diff/seen.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/ifnames.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "place/place_types.h"

/* Where in the header it is; RFC 791, RFC 8200. */
struct layout {
	uint8_t src, dst, len, ttl;
};

static const struct layout *layout_of(uint8_t nfproto)
{
	static const struct layout v4 = { 12, 16, 4, 8 }, v6 = { 8, 24, 16, 7 };

	return nfproto == NFPROTO_IPV6 ? &v6 : &v4;
}

static void put_bytes(struct seen *s, size_t room, size_t at, const void *from,
		      size_t len)
{
	if (at + len <= room)
		memcpy(s->bytes + at, from, len);
}

static void put_seen_end(struct seen *s, size_t room, const struct change *c)
{
	const struct layout *l = layout_of(s->packet.nfproto);
	bool src = c->field == FIELD_SRC;
	uint8_t port[2] = { (uint8_t)(c->to.port >> 8), (uint8_t)c->to.port };

	put_bytes(s, room, src ? l->src : l->dst, c->to.addr, l->len);
	if (c->to.port >= 0 && s->packet.flags & PACKET_PORTS)
		put_bytes(s, room, s->packet.l4 + (src ? 0 : 2), port, 2);
}

static void put_tos(struct seen *s, size_t room, uint8_t tos)
{
	if (s->packet.nfproto != NFPROTO_IPV6) {
		put_bytes(s, room, 1, &tos, 1);
	} else if (room > 1) {
		s->bytes[0] = (uint8_t)((s->bytes[0] & 0xf0) | tos >> 4);
		s->bytes[1] = (uint8_t)((s->bytes[1] & 0x0f) | tos << 4);
	}
}

static void change_packet(struct seen *s, size_t room, const struct change *c)
{
	uint8_t ttl = (uint8_t)c->to.number;

	switch (c->field) {
	case FIELD_SRC:
	case FIELD_DST:
		put_seen_end(s, room, c);
		break;
	case FIELD_TTL:
		put_bytes(s, room, layout_of(s->packet.nfproto)->ttl, &ttl, 1);
		break;
	case FIELD_TOS:
		put_tos(s, room, (uint8_t)c->to.number);
		break;
	case FIELD_MARK:
		s->asked.mark = c->to.number;
		break;
	}
}

/* What it came with: nft tells of a mark when the rule that sets it is done. */
static uint32_t first_mark(const struct journey *j)
{
	for (unsigned int i = 0; i < j->changes; i++)
		if (!j->change[i].branch && j->change[i].field == FIELD_MARK)
			return j->change[i].from.number;
	return journey_first(j)->mark;
}

/* As it came in, with all that was changed until then. */
static void take_seen_packet(struct seen *s, const struct journey *j, uint32_t at)
{
	size_t room = j->first.caplen < ASKED_ROOM ? j->first.caplen
						   : ASKED_ROOM;

	packet_keep(&s->packet, s->bytes, ASKED_ROOM, &j->first);
	s->asked.mark = first_mark(j);
	s->asked.mark_known = true;
	for (unsigned int i = 0; i < j->changes; i++)
		if (!j->change[i].branch && j->change[i].step < at)
			change_packet(s, room, &j->change[i]);
	packet_decode(&s->packet, j->nfproto, s->bytes, room);
	s->asked.p = &s->packet;
}

/* Ports of a bridge only legacy's events tell, where there is one. */
static void take_device(struct seen *s, unsigned int i, struct asked_device *d,
			const struct ifnames *names, uint32_t index, bool port)
{
	const char *name = index ? ifnames_raw(names, index) : "";

	s->name[i][0] = '\0';
	strncat(s->name[i], name, sizeof(s->name[i]) - 1);
	*d = (struct asked_device){ index, index || !port ? s->name[i] : NULL };
}

static uint8_t states_of(const struct journey *j, struct conntrack *ct)
{
	conntrack_seen(j, ct);
	if (ct->state)
		return (uint8_t)(1u << ct->state);
	if (j->last.proto == IPPROTO_ICMPV6 || journey_untracked_by(j))
		return ASKED_ALL_STATES;
	return ASKED_ALL_STATES & ~(1u << CONNTRACK_UNTRACKED);
}

/* In which hook of IP the step is; NF_INET_NUMHOOKS: nobody says. */
static uint8_t hook_at(const struct journey *j, uint32_t at)
{
	const struct step *s = &j->step[at];

	if (at >= journey_kept(j))
		return NF_INET_NUMHOOKS;
	if (s->in && s->out)
		return NF_INET_FORWARD;
	for (uint32_t i = at + 1; i-- > 0; ) {
		const struct place *p = j->step[i].place;

		if (!j->step[i].branch && p->hook < NF_INET_NUMHOOKS &&
		    p->backend == s->place->backend)
			return p->hook;
	}
	return at + 1 == journey_kept(j) ? j->fate[0].hook : NF_INET_NUMHOOKS;
}

void seen_at(struct seen *s, const struct journey *j, uint32_t at,
	     uint32_t where, const struct ifnames *names)
{
	const struct step *w = where < journey_kept(j) ? &j->step[where]
						       : journey_first(j);
	struct asked *a = &s->asked;

	memset(a, 0, sizeof(*a));
	take_seen_packet(s, j, at);
	a->nfproto = j->nfproto;
	a->hook = hook_at(j, where);
	take_device(s, 0, &a->in, names, w->in, false);
	take_device(s, 1, &a->out, names, w->out, false);
	take_device(s, 2, &a->phys_in, names, w->phys_in, true);
	take_device(s, 3, &a->phys_out, names, w->phys_out, true);
	a->states = states_of(j, &a->ct);
	a->uid = j->uid;
	a->gid = UINT32_MAX;
	a->hw = j->hw_header;
	a->hw_len = j->hw_header_len;
}
