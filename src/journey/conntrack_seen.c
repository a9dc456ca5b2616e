// SPDX-License-Identifier: GPL-2.0-or-later
/* conntrack_seen: what is known of a packet's connection, and why it has none. */
#include "journey/conntrack_seen.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stddef.h>
#include <string.h>

#include "capture/conntrack.h"
#include "journey/journey_types.h"
#include "packet/packet.h"
#include "place/ct_rule.h"
#include "place/place_types.h"
#include "place/table_order.h"
#include "rules/base/units.h"

/* Which of a packet's events are of the same pass through conntrack. */
struct conntrack_pass {
	uint8_t hook;		/* of the base chain that it is in */
	bool sent;		/* it has been at OUTPUT */
};

/* In raw every packet that is not untracked is INVALID. */
static bool is_behind_conntrack(const struct conntrack_pass *w, const struct place *at)
{
	switch (w->hook) {
	case NF_INET_LOCAL_IN:
	case NF_INET_FORWARD:
	case NF_INET_POST_ROUTING:
		return true;
	}
	return at->order != T_RAW && at->order != T_OTHER;
}

/* Bits as ct_rule_read() has them: the states that are left. */
static uint8_t told_by(const struct conntrack_pass *w, const struct place *at)
{
	uint8_t states = at->ct & CT_RULE_STATES;

	if (!at->ct || at->doubt || at->straddles || at->state != PLACE_KNOWN)
		return CT_RULE_STATES;
	/* Back over loopback it has an entry already. */
	if (at->ct & CT_RULE_UNTRACKS && at->effect != EFFECT_JUMP &&
	    !(w->sent && w->hook != NF_INET_LOCAL_OUT))
		return 1 << CONNTRACK_UNTRACKED;
	if (!states || (states & 1 << CONNTRACK_INVALID &&
			!is_behind_conntrack(w, at)))
		return CT_RULE_STATES;
	return states;
}

static uint8_t only_state(uint8_t states)
{
	for (uint8_t s = CONNTRACK_NEW; s < CONNTRACK_STATES; s++)
		if (states == 1 << s)
			return s;
	return CONNTRACK_UNTOLD;
}

void conntrack_seen(const struct journey *j, struct conntrack *c)
{
	struct conntrack_pass w = { .hook = NF_INET_NUMHOOKS };
	uint8_t states = CT_RULE_STATES;

	*c = j->ct;
	for (uint32_t i = 0; i < journey_kept(j) && !c->state; i++) {
		const struct place *at = j->step[i].place;

		if (j->step[i].branch)
			continue;
		if (at->hook < NF_INET_NUMHOOKS)
			w.hook = at->hook;
		w.sent |= w.hook == NF_INET_LOCAL_OUT;
		states &= told_by(&w, at);
	}
	if (!c->state)
		c->state = only_state(states);
}

bool conntrack_decided(const struct journey *j)
{
	const struct fate *f = &j->fate[0];

	return (f->kind == FATE_DROP || f->kind == FATE_REJECT) && f->by &&
	       f->by->ct & CT_RULE_ASKS;
}

/* Flags that may stand together, PSH, ECE and CWR aside: nf_conntrack_proto_tcp.c, tcp_valid_flags. */
static bool has_valid_flags(uint8_t flags)
{
	enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, URG = 32 };
	static const uint8_t valid[] = {
		SYN, SYN | URG, SYN | ACK, RST, RST | ACK, FIN | ACK,
		FIN | ACK | URG, ACK, ACK | URG,
	};

	return memchr(valid, flags & (FIN | SYN | RST | ACK | URG),
		      sizeof(valid));
}

/*
 * What begins no connection is INVALID where none is known; a bare ACK does begin one, but
 * for a sysctl: nf_conntrack_proto_tcp.c, tcp_conntracks, column sNO, and tcp_new().
 */
static const char *why_tcp(uint8_t flags, bool *certain)
{
	enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

	*certain = !has_valid_flags(flags);
	if (*certain)
		return "TCP has no such flags together";
	if ((flags & (SYN | ACK)) == (SYN | ACK))
		return "a SYN,ACK of which no SYN was seen";
	if (flags & RST)
		return "a RST of no connection that is known";
	if (flags & FIN)
		return "a FIN of no connection that is known";
	return flags & ACK && !(flags & SYN) ?
		"an ACK outside the window of its connection, or of none that "
		"is known where nf_conntrack_tcp_loose is 0" : NULL;
}

/* An error is of the connection whose packet it quotes, an answer of its question's. */
static const char *why_icmp(uint8_t type)
{
	enum { ECHO_REPLY = 0, UNREACHABLE = 3, SOURCE_QUENCH = 4, REDIRECT = 5,
	       TIME_EXCEEDED = 11, PARAMETER_PROBLEM = 12, TIMESTAMP_REPLY = 14,
	       INFO_REPLY = 16, ADDRESS_REPLY = 18 };

	switch (type) {
	case ECHO_REPLY:
		return "an echo reply of which no request was seen";
	case TIMESTAMP_REPLY:
	case INFO_REPLY:
	case ADDRESS_REPLY:
		return "a reply of which no request was seen";
	case UNREACHABLE:
	case SOURCE_QUENCH:
	case REDIRECT:
	case TIME_EXCEEDED:
	case PARAMETER_PROBLEM:
		return "an ICMP error about no connection that is known";
	}
	return NULL;
}

static const char *why_icmp6(uint8_t type)
{
	enum { UNREACHABLE = 1, PARAMETER_PROBLEM = 4, ECHO_REPLY = 129 };

	if (type == ECHO_REPLY)
		return "an echo reply of which no request was seen";
	return type >= UNREACHABLE && type <= PARAMETER_PROBLEM ?
		"an ICMP error about no connection that is known" : NULL;
}

const char *conntrack_why_invalid(const struct packet *p, bool *certain)
{
	*certain = false;
	if (p->layer != PACKET_TRANSPORT)
		return NULL;
	if (p->proto == IPPROTO_TCP)
		return why_tcp(p->tcp_flags, certain);
	if (p->proto == IPPROTO_ICMP)
		return why_icmp(p->icmp_type);
	return p->proto == IPPROTO_ICMPV6 ? why_icmp6(p->icmp_type) : NULL;
}
