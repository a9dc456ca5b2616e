// SPDX-License-Identifier: GPL-2.0-or-later
/* mask_packet: a packet's bytes in output for strangers. */
#include "mask/mask_packet.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#include "mask/mask_address.h"
#include "packet/packet.h"
#include "rules/base/units.h"

enum { IPV4_HEADER = 20, IPV6_HEADER = 40, ETHERNET = 14 };

/* How much of a transport header is kept, and where its checksum is; 0: none. */
static const struct transport {
	uint8_t proto;
	uint8_t len;		/* at least; TCP's says more itself */
	uint8_t checksum;	/* that is over addresses as well */
} transports[] = {
	{ IPPROTO_TCP, 20, 16 }, { IPPROTO_UDP, 8, 6 },
	{ IPPROTO_UDPLITE, 8, 6 }, { IPPROTO_DCCP, 12, 6 },
	{ IPPROTO_SCTP, 12, 0 }, { IPPROTO_ICMP, 8, 0 },
	{ IPPROTO_ICMPV6, 8, 2 }, { IPPROTO_ESP, 8, 0 },
};

static const struct transport *find_transport(uint8_t proto)
{
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++)
		if (transports[i].proto == proto)
			return &transports[i];
	return NULL;
}

/* Ones' complement sum of 16 bit words (RFC 1071). */
static uint32_t sum(const uint8_t *p, size_t len)
{
	uint32_t s = 0;

	for (size_t i = 0; i + 1 < len; i += 2)
		s += packet_be16(p + i);
	return s;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)s;
}

/* RFC 1624: what was @before in what is summed is @behind now. */
static void adjust(uint8_t *checksum, uint32_t before, uint32_t behind)
{
	uint32_t s = (uint16_t)~packet_be16(checksum);
	uint16_t now;

	s += (uint16_t)~fold(before) + (uint32_t)fold(behind);
	now = (uint16_t)~fold(s);
	checksum[0] = (uint8_t)(now >> 8);
	checksum[1] = (uint8_t)now;
}

static bool is_error(const struct packet *p)
{
	static const uint8_t errors[] = { 3, 4, 5, 11, 12 };

	if (p->proto == IPPROTO_ICMPV6)
		return p->icmp_type < 128;
	return p->proto == IPPROTO_ICMP &&
	       memchr(errors, p->icmp_type, sizeof(errors));
}

static uint32_t transport_len(const struct packet *p)
{
	const struct transport *t = find_transport(p->proto);
	uint32_t left = p->l4 < p->caplen ? p->caplen - p->l4 : 0, len;

	/* Of a later fragment all is what it carries. */
	if (!t || p->frag_offset || !left)
		return 0;
	len = p->layer == PACKET_TRANSPORT && p->proto == IPPROTO_TCP ?
		p->payload - p->l4 : t->len;
	return len < left ? len : left;
}

static void mask_v4(struct mask *m, uint8_t *h, const struct packet *p)
{
	uint32_t len = p->l4 < p->caplen ? p->l4 : p->caplen;
	uint32_t before = sum(h, len);

	mask_address4(m, h + 12, 32);
	mask_address4(m, h + 16, 32);
	/* Options may hold addresses: no operation is left of them. */
	if (len > IPV4_HEADER)
		memset(h + IPV4_HEADER, 1, len - IPV4_HEADER);
	adjust(h + 10, before, sum(h, len));
}

/* Between IPv6's header and the transport's: types and lengths stay. */
static void mask_extensions(uint8_t *bytes, const struct packet *p)
{
	uint8_t next = bytes[6];
	uint32_t at = IPV6_HEADER, end = p->l4 < p->caplen ? p->l4 : p->caplen;

	while (at + 8 <= end && packet_is_extension(next)) {
		uint32_t len = next == IPPROTO_FRAGMENT ? 8 :
			next == IPPROTO_AH ? (bytes[at + 1] + 2u) * 4 :
					     (bytes[at + 1] + 1u) * 8;
		uint32_t here = len < end - at ? len : end - at;
		uint32_t keep = next == IPPROTO_DSTOPTS ? 4 : 8;

		if (here > keep)
			memset(bytes + at + keep, 0, here - keep);
		next = bytes[at];
		at += len;
	}
}

static void mask_v6(struct mask *m, uint8_t *bytes, const struct packet *p)
{
	mask_address6(m, bytes + 8, 128);
	mask_address6(m, bytes + 24, 128);
	mask_extensions(bytes, p);
}

/* What was summed of both addresses, and is now otherwise. */
static void mask_checksum(uint8_t *bytes, const struct packet *p,
			  uint32_t before, uint32_t len)
{
	const struct transport *t = find_transport(p->proto);
	uint8_t *field;

	if (!t || !t->checksum || len < t->checksum + 2u)
		return;
	field = bytes + p->l4 + t->checksum;
	/* 0: UDP has none. */
	if (packet_be16(field) || p->proto == IPPROTO_TCP)
		adjust(field, before,
		       p->addr_len == 4 ? sum(bytes + 12, 8)
					: sum(bytes + 8, 32));
}

/* Options that say nothing of a host; others may hold addresses (RFC 8684) and keys. */
static void mask_tcp_options(uint8_t *tcp, uint32_t len)
{
	static const uint8_t harmless[] = { 2, 3, 4, 5, 8 };
	uint32_t before = sum(tcp + 20, len - 20), at = 20, n;

	for (; at < len && tcp[at] != 0; at += n) {
		n = tcp[at] == 1 || at + 1 == len ? 1 : tcp[at + 1];
		if (n == 0 || n > len - at)
			n = len - at;
		if (!memchr(harmless, tcp[at], sizeof(harmless)))
			memset(tcp + at, 1, n);
	}
	memset(tcp + at, 0, len - at);
	adjust(tcp + 16, before, sum(tcp + 20, len - 20));
}

static uint32_t mask_icmp(struct mask *m, uint8_t *bytes,
			  const struct packet *p, uint32_t len);

static uint32_t mask_bytes(struct mask *m, uint8_t *bytes,
			   const struct packet *p, bool inner)
{
	uint32_t before, len = transport_len(p);

	if (p->layer == PACKET_NOTHING)
		return 0;
	if (p->addr_len == 4) {
		before = sum(bytes + 12, 8);
		mask_v4(m, bytes, p);
	} else {
		before = sum(bytes + 8, 32);
		mask_v6(m, bytes, p);
	}
	mask_checksum(bytes, p, before, len);
	if (p->proto == IPPROTO_TCP && len > 20)
		mask_tcp_options(bytes + p->l4, len);
	if (!inner && len >= 8 && (p->proto == IPPROTO_ICMP ||
				   p->proto == IPPROTO_ICMPV6))
		len = mask_icmp(m, bytes, p, len);
	return (p->l4 < p->caplen ? p->l4 : p->caplen) + len;
}

/* The headers of the packet that an error is about. */
static uint32_t mask_inner(struct mask *m, uint8_t *bytes,
			   const struct packet *p, uint32_t at)
{
	struct packet inner;

	packet_decode(&inner, p->nfproto, bytes + at, p->caplen - at);
	return mask_bytes(m, bytes + at, &inner, true);
}

static bool has_target(const struct packet *p)
{
	return p->proto == IPPROTO_ICMPV6 &&
	       (p->icmp_type == 135 || p->icmp_type == 136);
}

/* Return: how much of it is kept, from the transport header on. */
static uint32_t mask_body(struct mask *m, uint8_t *bytes,
			  const struct packet *p, uint32_t len)
{
	uint32_t at = p->l4 + len;

	/* A redirect's gateway (RFC 792), neighbour discovery's target (RFC 4861). */
	if (p->proto == IPPROTO_ICMP && p->icmp_type == 5)
		mask_address4(m, bytes + p->l4 + 4, 32);
	if (is_error(p) && p->caplen > at)
		return len + mask_inner(m, bytes, p, at);
	if (!has_target(p) || p->caplen < at + 16)
		return len;
	mask_address6(m, bytes + at, 128);
	return len + 16;
}

/* Its checksum is over all of it. */
static uint32_t mask_icmp(struct mask *m, uint8_t *bytes,
			  const struct packet *p, uint32_t len)
{
	uint32_t size = p->caplen - p->l4 - 4;
	uint32_t before = sum(bytes + p->l4 + 4, size);
	uint32_t kept = mask_body(m, bytes, p, len);

	adjust(bytes + p->l4 + 2, before, sum(bytes + p->l4 + 4, size));
	return kept;
}

void mask_packet(struct mask *m, struct packet *to, uint8_t *bytes,
		 const struct packet *from)
{
	uint32_t kept;

	if (from->caplen)
		memcpy(bytes, from->data, from->caplen);
	kept = mask_bytes(m, bytes, from, false);
	packet_decode(to, from->nfproto, bytes, kept);
}

void mask_packet_end(struct mask *m, const struct packet *p, uint8_t addr[16])
{
	if (p->addr_len == 16)
		mask_address6(m, addr, 128);
	else
		mask_address4(m, addr, 32);
}

void mask_hw_header(struct mask *m, uint8_t *header, size_t len)
{
	if (len < ETHERNET) {
		memset(header, 0, len);
		return;
	}
	mask_mac(m, header);
	mask_mac(m, header + 6);
	memset(header + ETHERNET, 0, len - ETHERNET);
}
