// SPDX-License-Identifier: GPL-2.0-or-later
/* packet: an IPv4/IPv6 packet's bytes -> its headers; nothing is read twice. */
#include "packet/packet.h"

#include <string.h>

#include <netinet/in.h>
#include <linux/netfilter.h>

#include "packet/jumbo.h"
#include "rules/base/units.h"

enum { IPV4_HEADER = 20, IPV6_FIXED = 40, EXTENSIONS_MAX = 16,
       MOBILITY = 135 /* RFC 6275 */ };

static void take_payload(struct packet *p, uint32_t header)
{
	p->payload = p->l4 + header;
	if (p->payload > p->caplen)
		p->payload = p->caplen;
	p->layer = PACKET_TRANSPORT;
}

static void decode_ports(struct packet *p, const uint8_t *h)
{
	p->sport = packet_be16(h);
	p->dport = packet_be16(h + 2);
	p->flags |= PACKET_PORTS;
}

static void decode_tcp(struct packet *p, const uint8_t *h)
{
	uint32_t header = (h[12] >> 4) * 4u;

	decode_ports(p, h);
	p->tcp_seq = packet_be32(h + 4);
	p->tcp_ack = packet_be32(h + 8);
	p->tcp_flags = h[13];
	if (header < 20)
		p->flags |= PACKET_MALFORMED;
	take_payload(p, header < 20 ? 20 : header);
}

static void decode_udp(struct packet *p, const uint8_t *h)
{
	decode_ports(p, h);
	p->udp_len = packet_be16(h + 4);
	take_payload(p, 8);
}

static void decode_icmp(struct packet *p, const uint8_t *h)
{
	/* Types with an identifier and a sequence number: RFC 792, RFC 4443. */
	static const uint8_t with_id[] = { 0, 8, 13, 14, 15, 16, 17, 18 };
	bool id = p->proto == IPPROTO_ICMPV6 && (h[0] == 128 || h[0] == 129);

	p->icmp_type = h[0];
	p->icmp_code = h[1];
	if (p->proto == IPPROTO_ICMP)
		id = memchr(with_id, h[0], sizeof(with_id)) != NULL;
	if (id) {
		p->icmp_id = packet_be16(h + 4);
		p->icmp_seq = packet_be16(h + 6);
	}
	take_payload(p, 8);
}

static void decode_sctp(struct packet *p, const uint8_t *h)
{
	decode_ports(p, h);
	p->tcp_seq = packet_be32(h + 4);	/* the verification tag */
	take_payload(p, 12);
}

static void decode_dccp(struct packet *p, const uint8_t *h)
{
	decode_ports(p, h);
	take_payload(p, h[4] * 4u < 12 ? 12 : h[4] * 4u);
}

/* The shortest header, whether ports come first in it, and what reads it. */
static const struct {
	uint8_t proto, min;
	bool ports;
	void (*decode)(struct packet *p, const uint8_t *h);
} transports[] = {
	{ IPPROTO_TCP, 20, true, decode_tcp },
	{ IPPROTO_UDP, 8, true, decode_udp },
	{ IPPROTO_ICMP, 8, false, decode_icmp },
	{ IPPROTO_ICMPV6, 8, false, decode_icmp },
	{ IPPROTO_SCTP, 12, true, decode_sctp },
	{ IPPROTO_UDPLITE, 8, true, decode_udp },
	{ IPPROTO_DCCP, 12, true, decode_dccp },
};

static void decode_transport(struct packet *p)
{
	p->payload = p->l4 < p->caplen ? p->l4 : p->caplen;
	if (p->frag_offset)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++) {
		if (transports[i].proto != p->proto)
			continue;
		if (p->l4 + transports[i].min <= p->caplen)
			transports[i].decode(p, p->data + p->l4);
		else if (transports[i].ports && p->l4 + 4 <= p->caplen)
			decode_ports(p, p->data + p->l4);
		if (p->l4 + transports[i].min > p->length && !p->unsized)
			p->flags |= PACKET_MALFORMED;
		return;
	}
}

static void decode_ipv4(struct packet *p)
{
	const uint8_t *h = p->data;
	uint32_t header = (h[0] & 15) * 4u;
	uint16_t frag;

	if (p->caplen < IPV4_HEADER || h[0] >> 4 != 4) {
		p->flags |= PACKET_MALFORMED;
		return;
	}
	frag = packet_be16(h + 6);
	p->layer = PACKET_NETWORK;
	p->addr_len = 4;
	p->tos = h[1];
	p->length = packet_be16(h + 2);
	p->id = packet_be16(h + 4);
	p->ttl = h[8];
	p->proto = h[9];
	p->src = h + 12;
	p->dst = h + 16;
	p->frag_offset = (uint16_t)((frag & 0x1fff) * 8);
	if (frag & 0x4000)
		p->flags |= PACKET_DONT_FRAGMENT;
	if (frag & 0x2000)
		p->flags |= PACKET_MORE_FRAGMENTS | PACKET_FRAGMENT;
	if (p->frag_offset)
		p->flags |= PACKET_FRAGMENT;
	/* Buffers that are segmented later: 16 bits are too few for these. */
	p->unsized = p->length == 0;
	if (header < IPV4_HEADER || (p->length < header && !p->unsized))
		p->flags |= PACKET_MALFORMED;
	p->l4 = header < IPV4_HEADER ? IPV4_HEADER : header;
	decode_transport(p);
}

bool packet_is_extension(uint8_t proto)
{
	static const uint8_t extensions[] = {
		IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
		IPPROTO_AH, IPPROTO_DSTOPTS, MOBILITY,
	};

	return memchr(extensions, proto, sizeof(extensions));
}

bool packet_is_extended(const struct packet *p)
{
	return p->addr_len == 16 && packet_is_extension(p->data[6]);
}

bool packet_is_for_many(const struct packet *p)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if (!p->dst)
		return false;
	if (p->addr_len == 16)
		return p->dst[0] == 0xff;
	return p->dst[0] >> 4 == 0xe || memcmp(p->dst, all, sizeof(all)) == 0;
}

static uint8_t extension_bit(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_HOPOPTS:
		return PACKET_HOPOPTS;
	case IPPROTO_DSTOPTS:
		return PACKET_DSTOPTS;
	case IPPROTO_ROUTING:
		return PACKET_ROUTING;
	case MOBILITY:
		return PACKET_MOBILITY;
	case IPPROTO_AH:
		return PACKET_AH;
	default:
		return 0;
	}
}

/* Return: false when the next header is not an extension, or not there. */
static bool next_extension(struct packet *p)
{
	const uint8_t *h = p->data + p->l4;

	if (p->l4 + 8 > p->caplen)
		return false;
	p->extensions |= extension_bit(p->proto);
	switch (p->proto) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case MOBILITY:
		p->l4 += (h[1] + 1u) * 8;
		break;
	case IPPROTO_AH:
		p->l4 += (h[1] + 2u) * 4;
		break;
	case IPPROTO_FRAGMENT:
		p->frag_offset = packet_be16(h + 2) & 0xfff8;
		p->id = packet_be32(h + 4);
		p->flags |= PACKET_FRAGMENT;
		if (h[3] & 1)
			p->flags |= PACKET_MORE_FRAGMENTS;
		p->l4 += 8;
		break;
	default:
		return false;
	}
	p->proto = h[0];
	return true;
}

/*
 * No payload by the header: there is none, or more than it can say.  Then a
 * hop-by-hop header tells how much, unless the kernel has saved that one.
 */
static void size_big(struct packet *p)
{
	bool hop = p->proto == IPPROTO_HOPOPTS;
	uint32_t size = hop ? jumbo_find(p->data, p->caplen) : 0;

	if (p->proto == IPPROTO_NONE || (!hop && p->caplen == IPV6_FIXED))
		return;
	p->unsized = size <= PACKET_SIZED || size > INT32_MAX;
	p->length = p->unsized ? 0 : size + IPV6_FIXED;
	if (p->unsized && size)
		p->flags |= PACKET_MALFORMED;
}

static void decode_ipv6(struct packet *p)
{
	const uint8_t *h = p->data;

	if (p->caplen < IPV6_FIXED || h[0] >> 4 != 6) {
		p->flags |= PACKET_MALFORMED;
		return;
	}
	p->layer = PACKET_NETWORK;
	p->addr_len = 16;
	p->tos = (uint8_t)(h[0] << 4 | h[1] >> 4);
	p->flowlabel = packet_be32(h) & 0xfffff;
	p->length = packet_be16(h + 4) + (uint32_t)IPV6_FIXED;
	p->proto = h[6];
	p->ttl = h[7];
	p->src = h + 8;
	p->dst = h + 24;
	p->l4 = IPV6_FIXED;
	if (p->length == IPV6_FIXED)
		size_big(p);
	for (int i = 0; i < EXTENSIONS_MAX && !p->frag_offset &&
	     next_extension(p); i++)
		;
	decode_transport(p);
}

void packet_decode(struct packet *p, uint8_t nfproto, const uint8_t *data,
		   size_t caplen)
{
	memset(p, 0, sizeof(*p));
	p->nfproto = nfproto;
	p->data = data;
	p->caplen = (uint32_t)caplen;
	if (caplen && nfproto == NFPROTO_IPV4)
		decode_ipv4(p);
	else if (caplen && nfproto == NFPROTO_IPV6)
		decode_ipv6(p);
	if (p->length > p->caplen)
		p->flags |= PACKET_CUT;
}

void packet_keep(struct packet *p, uint8_t *bytes, size_t room,
		 const struct packet *from)
{
	if (from->caplen > room) {
		memcpy(bytes, from->data, room);
		packet_decode(p, from->nfproto, bytes, room);
		return;
	}
	*p = *from;
	p->data = bytes;
	if (!from->caplen)
		return;
	memcpy(bytes, from->data, from->caplen);
	if (from->src)
		p->src = bytes + (from->src - from->data);
	if (from->dst)
		p->dst = bytes + (from->dst - from->data);
}

uint16_t packet_mss(const struct packet *p)
{
	uint32_t at, end;

	if (p->proto != IPPROTO_TCP || p->layer != PACKET_TRANSPORT ||
	    !(p->tcp_flags & 0x02))
		return 0;
	end = p->payload;
	for (at = p->l4 + 20; at + 4 <= end; ) {
		const uint8_t *o = p->data + at;

		if (o[0] == 2 && o[1] == 4)
			return packet_be16(o + 2);
		if (o[0] == 0 || (o[0] != 1 && o[1] < 2))
			break;
		at += o[0] == 1 ? 1 : o[1];
	}
	return 0;
}

uint32_t packet_length(const struct packet *p)
{
	uint32_t behind = p->payload;

	if (p->layer == PACKET_TRANSPORT) {
		/* The header may be longer than what was captured of it. */
		if ((p->proto == IPPROTO_UDP || p->proto == IPPROTO_UDPLITE) &&
		    (p->udp_len || p->length <= PACKET_SIZED))
			return p->udp_len >= 8 ? p->udp_len - 8u : 0;
		if (p->proto == IPPROTO_TCP)
			behind = p->l4 + (p->data[p->l4 + 12] >> 4) * 4u;
	}
	return p->length > behind ? p->length - behind : 0;
}
