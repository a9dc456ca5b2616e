// SPDX-License-Identifier: GPL-2.0-or-later
/* asked: what a packet was when a rule asked, and what it would be with one thing changed. */
#include "misses/asked.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "base/format.h"
#include "packet/print_ends.h"
#include "rules/base/units.h"

static bool change_bytes(struct asked_copy *to, const struct asked_change *c)
{
	size_t len = to->a.p->caplen;

	if (len > ASKED_ROOM)
		len = ASKED_ROOM;
	if (c->len > sizeof(c->bytes) || (size_t)c->at + c->len > len)
		return false;
	memcpy(to->bytes, to->a.p->data, len);
	memcpy(to->bytes + c->at, c->bytes, c->len);
	packet_decode(&to->p, to->a.nfproto, to->bytes, len);
	to->a.p = &to->p;
	return true;
}

static void change_device(struct asked_copy *to, struct asked_device *d,
			  const struct asked_change *c)
{
	memcpy(to->name, c->name, sizeof(c->name));
	to->name[sizeof(c->name)] = '\0';
	*d = (struct asked_device){ c->index, to->name };
}

/*
 * Another connection's packet: of what is known of this one only that it is the first may be
 * true.  That this one is not RELATED does not say that the other is not.
 */
static void forget_conntrack(struct asked *a)
{
	memset(&a->ct, 0, sizeof(a->ct));
	if (a->states == 1 << CONNTRACK_NEW)
		a->ct.state = CONNTRACK_NEW;
	else
		a->states = a->states & ~ASKED_FIRST_STATES ? ASKED_ALL_STATES :
							      ASKED_FIRST_STATES;
}

/* nf_conntrack_proto_icmp.c, .valid_new of both: what asks for an answer; errors are of others. */
static bool is_query(const struct packet *p)
{
	switch (p->icmp_type) {
	case ICMP_ECHO: case ICMP_TIMESTAMP: case ICMP_INFO_REQUEST:
	case ICMP_ADDRESS:
		return p->proto == IPPROTO_ICMP;
	}
	return p->proto == IPPROTO_ICMPV6 && p->icmp_type == ICMP6_ECHO_REQUEST;
}

/* Does conntrack take such a packet for a connection's first one, for certain? */
static bool begins_connection(const struct packet *p)
{
	enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

	switch (p->proto) {
	case IPPROTO_TCP:
		return (p->tcp_flags & (FIN | SYN | RST | ACK)) == SYN;
	case IPPROTO_ICMP: case IPPROTO_ICMPV6:
		return is_query(p);
	case IPPROTO_SCTP: case IPPROTO_DCCP:
		return false;
	}
	return true;
}

/* What it is to conntrack hangs on this as well. */
static bool change_kind(struct asked_copy *to, const struct asked_change *c)
{
	if (!change_bytes(to, c))
		return false;
	forget_conntrack(&to->a);
	if (!begins_connection(&to->p)) {
		to->a.ct.state = 0;
		to->a.states = ASKED_ALL_STATES;
	}
	return true;
}

bool asked_with(struct asked_copy *to, const struct asked *from,
		const struct asked_change *c)
{
	to->a = *from;
	to->a.serial = 0;
	switch (c->field) {
	case ASKED_IN:
		change_device(to, &to->a.in, c);
		return true;
	case ASKED_OUT:
		change_device(to, &to->a.out, c);
		return true;
	case ASKED_PHYS_IN:
		change_device(to, &to->a.phys_in, c);
		return true;
	case ASKED_PHYS_OUT:
		change_device(to, &to->a.phys_out, c);
		return true;
	case ASKED_MARK:
		to->a.mark = c->number;
		to->a.mark_known = true;
		return true;
	case ASKED_STATE:
		memset(&to->a.ct, 0, sizeof(to->a.ct));
		to->a.states = (uint8_t)(1 << c->number);
		to->a.ct.state = (uint8_t)c->number;
		return true;
	case ASKED_UID:
		to->a.uid = c->number;
		return true;
	case ASKED_GID:
		to->a.gid = c->number;
		return true;
	case ASKED_SRC: case ASKED_DST: case ASKED_SPORT: case ASKED_DPORT:
		forget_conntrack(&to->a);
		return change_bytes(to, c);
	case ASKED_PROTO: case ASKED_ICMP: case ASKED_TCP_FLAGS:
		return change_kind(to, c);
	case ASKED_LENGTH: case ASKED_TTL: case ASKED_TOS: case ASKED_BYTES:
		return change_bytes(to, c);
	}
	return false;
}

/* Nets whose addresses routing treats in ways of their own. */
static const struct {
	uint8_t len, bits;	/* of the address, of the net */
	uint8_t net[2];
} special[] = {
	{ 4, 8, { 0 } }, { 4, 8, { 127 } }, { 4, 16, { 169, 254 } },
	{ 4, 4, { 224 } }, { 4, 4, { 240 } },
	{ 16, 10, { 0xfe, 0x80 } }, { 16, 8, { 0xff } }, { 16, 16, { 0, 0 } },
};

/* Which of them it is; as many as there are: none. */
static size_t kind_of(const uint8_t *addr, unsigned int len)
{
	unsigned int begin = (unsigned int)(addr[0] << 8 | addr[1]);
	size_t i = 0;

	for (; i < ARRAY_SIZE(special); i++) {
		unsigned int net = (unsigned int)(special[i].net[0] << 8 |
						  special[i].net[1]);

		if (special[i].len == len &&
		    !((begin ^ net) >> (16 - special[i].bits)))
			break;
	}
	return i;
}

bool asked_is_alike(const struct asked *a, const struct asked_change *c)
{
	const uint8_t *was = c->field == ASKED_SRC ? a->p->src : a->p->dst;

	if (c->field != ASKED_SRC && c->field != ASKED_DST)
		return true;
	return kind_of(c->bytes, c->len) == kind_of(was, a->p->addr_len);
}

static void put_address(char *buf, size_t size, const struct packet *p,
			const uint8_t *addr)
{
	size_t n = format_text(buf, size, "the packet's is ");

	packet_print_addr(buf + n, size - n, p, addr, -1);
}

static void put_protocol(char *buf, size_t size, const struct packet *p)
{
	const char *name = print_proto_name(p->proto);

	if (name)
		format_text(buf, size, "the packet is %s", name);
	else
		format_text(buf, size, "the packet's is %u", p->proto);
}

static void put_tcp_flags(char *buf, size_t size, uint8_t flags)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG",
	};
	size_t n = format_text(buf, size, "the packet has ");
	const char *comma = "";

	if (!(flags & 0x3f))
		format_text(buf + n, size - n, "none");
	for (unsigned int i = 0; i < 6; i++) {
		if (!(flags & 1u << i))
			continue;
		n += format_text(buf + n, size - n, "%s%s", comma, names[i]);
		comma = ",";
	}
}

static void put_device(char *buf, size_t size, const char *by,
		       const struct asked_device *d)
{
	if (d->name && *d->name)
		format_text(buf, size, "%s %s", by, d->name);
	else
		format_text(buf, size, "%s none", by);
}

static void put_packet_value(char *buf, size_t size, const struct packet *p,
			     enum asked_field field)
{
	switch (field) {
	case ASKED_SRC:
		put_address(buf, size, p, p->src);
		break;
	case ASKED_DST:
		put_address(buf, size, p, p->dst);
		break;
	case ASKED_PROTO:
		put_protocol(buf, size, p);
		break;
	case ASKED_FRAGMENT:
		format_text(buf, size, p->frag_offset ?
			    "the packet is a later fragment" :
			    "the packet is no later fragment");
		break;
	case ASKED_SPORT:
		format_text(buf, size, "the packet's is %u", p->sport);
		break;
	case ASKED_DPORT:
		format_text(buf, size, "the packet's is %u", p->dport);
		break;
	case ASKED_TCP_FLAGS:
		put_tcp_flags(buf, size, p->tcp_flags);
		break;
	case ASKED_ICMP:
		format_text(buf, size, "the packet's is %u, code %u",
			    p->icmp_type, p->icmp_code);
		break;
	case ASKED_LENGTH:
		format_text(buf, size, "the packet's is %u", p->length);
		break;
	case ASKED_TTL:
		format_text(buf, size, "the packet's is %u", p->ttl);
		break;
	case ASKED_TOS:
		format_text(buf, size, "the packet's is 0x%02x", p->tos);
		break;
	default:
		format_text(buf, size, "the packet's is another");
	}
}

/* "the packet is NEW", "the packet is NEW or UNTRACKED" */
static void put_states(char *buf, size_t size, uint8_t states)
{
	size_t n = format_text(buf, size, "the packet is ");
	const char *or = "";

	for (unsigned int s = CONNTRACK_NEW; s < CONNTRACK_STATES; s++) {
		if (!(states & 1u << s))
			continue;
		n += format_text(buf + n, size - n, "%s%s", or,
				 conntrack_state_word(s));
		or = " or ";
	}
}

static void put_id(char *buf, size_t size, uint32_t id)
{
	if (id == UINT32_MAX)
		format_text(buf, size, "no socket of this host sent it");
	else
		format_text(buf, size, "the sender's is %u", id);
}

void asked_value(char *buf, size_t size, const struct asked *a,
		 enum asked_field field)
{
	switch (field) {
	case ASKED_IN:
		put_device(buf, size, "it came in by", &a->in);
		break;
	case ASKED_OUT:
		put_device(buf, size, "it was to go out by", &a->out);
		break;
	case ASKED_PHYS_IN:
		put_device(buf, size, "it came in by port", &a->phys_in);
		break;
	case ASKED_PHYS_OUT:
		put_device(buf, size, "it was to go out by port", &a->phys_out);
		break;
	case ASKED_MARK:
		format_text(buf, size, "the packet's is 0x%x", a->mark);
		break;
	case ASKED_STATE:
		put_states(buf, size, a->states);
		break;
	case ASKED_UID:
		put_id(buf, size, a->uid);
		break;
	case ASKED_GID:
		put_id(buf, size, a->gid);
		break;
	default:
		put_packet_value(buf, size, a->p, field);
	}
}

void asked_direction(char *buf, size_t size, const struct asked *a)
{
	format_text(buf, size, "the packet is %s reply", a->ct.reply ? "a" : "no");
}
