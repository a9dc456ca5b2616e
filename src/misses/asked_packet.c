// SPDX-License-Identifier: GPL-2.0-or-later
/* asked_packet: what a packet was when the rules of one base chain asked. */
#include "misses/asked_packet.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "capture/ifnames.h"
#include "journey/conntrack_seen.h"
#include "journey/journey.h"
#include "journey/journey_end.h"
#include "misses/misses_rules.h"

static void take_asked_device(struct asked_packet *t, unsigned int i,
			      struct asked_device *d, const struct ifnames *names,
			      uint32_t index)
{
	const char *name = index ? ifnames_raw(names, index) : "";

	strncpy(t->name[i], name, sizeof(t->name[i]) - 1);
	*d = (struct asked_device){ index, t->name[i] };
}

/* Ports of a bridge only legacy's events tell, where there is one. */
static void take_port(struct asked_packet *t, unsigned int i, struct asked_device *d,
		      const struct ifnames *names, uint32_t index)
{
	if (index)
		take_asked_device(t, i, d, names, index);
	else
		*d = (struct asked_device){ 0, NULL };
}

/*
 * A buffer is freed with the state that its rules saw.  Who asks for that has conntrack
 * see all packets, so one without an entry is INVALID.
 */
static uint8_t states_of(const struct journey *j, struct conntrack *ct)
{
	const struct path_drop *d = &j->path[0].drop;

	conntrack_seen(j, ct);
	if (!ct->state && j->fate[0].drop && j->fate[0].drop == d->seen &&
	    !d->group)
		ct->state = d->state;
	if (ct->state)
		return (uint8_t)(1u << ct->state);
	/* Nat is asked for no other packets, and what they are they stay. */
	if (j->flags & JOURNEY_NAT)
		return ASKED_FIRST_STATES;
	/* What finds neighbours conntrack leaves alone. */
	if (j->last.proto == IPPROTO_ICMPV6 || journey_untracked_by(j))
		return ASKED_ALL_STATES;
	return ASKED_ALL_STATES & ~(1u << CONNTRACK_UNTRACKED);
}

void asked_packet_take(struct asked_packet *t, const struct journey *j,
		       const struct misses_rules *rules)
{
	const struct ifnames *names = rules->names;
	const struct packet_view *v = &j->path[0].look.view;
	const struct step *last = &j->step[journey_kept(j) - 1];
	struct asked *a = &t->a;

	memset(a, 0, sizeof(*a));
	a->p = &j->last;
	a->nfproto = j->nfproto;
	a->hook = (uint8_t)v->hook;
	take_asked_device(t, 0, &a->in, names, v->in);
	take_asked_device(t, 1, &a->out, names, v->out);
	take_port(t, 2, &a->phys_in, names, last->phys_in);
	take_port(t, 3, &a->phys_out, names, last->phys_out);
	a->states = states_of(j, &a->ct);
	a->sets = rules->sets;
	a->ipsets = rules->ipsets;
	a->printed = rules->printed;
	a->uid = j->uid;
	a->gid = UINT32_MAX;
	a->hw = j->hw_header;
	a->hw_len = j->hw_header_len;
}

void asked_packet_take_nat(struct asked_packet *t, const struct journey *j,
			   const struct misses_rules *rules, uint32_t step,
			   uint8_t hook)
{
	const struct step *s = &j->step[step];
	struct asked *a = &t->a;
	bool before = hook == NF_INET_PRE_ROUTING;

	asked_packet_take(t, j, rules);
	a->p = before ? &j->first : &j->last;
	a->hook = hook;
	/* Only rules of nft ask there by what it came in. */
	take_asked_device(t, 0, &a->in, rules->names, j->step[0].in);
	take_asked_device(t, 1, &a->out, rules->names, before ? 0 : s->out);
	/* Nat's chains see nothing else. */
	a->states &= ASKED_FIRST_STATES;
	if (!a->states)
		a->states = 1 << CONNTRACK_NEW;
}
