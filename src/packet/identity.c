// SPDX-License-Identifier: GPL-2.0-or-later
/* identity: what of a packet no hook changes, as a key; and what it may change. */
#include "packet/identity.h"

#include <string.h>

#include <netinet/in.h>

#include "packet/packet.h"
#include "rules/base/hash.h"

enum { PAYLOAD_HASHED = 32, TCP_SYN = 0x02, TCP_ECN = 0xc0 };

/* ICMP types that quote a packet: RFC 792; ICMPv6 errors are below 128. */
enum { UNREACHABLE = 3, QUENCH = 4, REDIRECT = 5, EXCEEDED = 11,
       PARAMETER = 12, ICMP6_INFORMATIONAL = 128 };

static bool icmp_quotes(const struct packet *p)
{
	if (p->proto == IPPROTO_ICMPV6)
		return p->icmp_type < ICMP6_INFORMATIONAL;
	switch (p->icmp_type) {
	case UNREACHABLE:
	case QUENCH:
	case REDIRECT:
	case EXCEEDED:
	case PARAMETER:
		return true;
	}
	return false;
}

/*
 * What lies beyond @depth behind the IP header counts as not there, so that the
 * key is the same for whoever copied no more than that.
 */
static uint64_t mix_payload(uint64_t h, const struct packet *p, uint32_t depth)
{
	size_t end = p->l4 < p->caplen && p->caplen - p->l4 > depth ?
		p->l4 + depth : p->caplen;
	size_t len = end > p->payload ? end - p->payload : 0;

	if (len > PAYLOAD_HASHED)
		len = PAYLOAD_HASHED;
	return len ? hash_bytes(h, p->data + p->payload, len) : h;
}

/* Above 64 KiB not every event tells it. */
static uint32_t told_length(const struct packet *p)
{
	return p->length > PACKET_SIZED ? 0 : p->length;
}

uint64_t identity_key(const struct packet *p, uint32_t depth)
{
	uint64_t h = hash_mix(0, (uint64_t)p->id << 32 | (uint64_t)p->proto << 24 |
			    (uint64_t)p->frag_offset << 8 |
			    (p->flags & PACKET_MORE_FRAGMENTS));

	h = hash_mix(h, p->flowlabel);
	if (p->layer != PACKET_TRANSPORT)
		return mix_payload(hash_mix(h, told_length(p)), p, depth);
	switch (p->proto) {
	case IPPROTO_TCP:
		h = hash_mix(h, (uint64_t)p->tcp_seq << 32 | p->tcp_ack);
		h = hash_mix(h, (uint64_t)(p->tcp_flags & ~TCP_ECN));
		if (p->tcp_flags & TCP_SYN)
			return h;
		break;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		h = hash_mix(h, (uint64_t)p->icmp_type << 24 |
			   (uint64_t)p->icmp_code << 16 | p->icmp_seq);
		if (icmp_quotes(p))
			return hash_mix(h, told_length(p));
		break;
	}
	return mix_payload(hash_mix(h, told_length(p)), p, depth);
}

bool identity_same_headers(const struct packet *a, const struct packet *b)
{
	return a->ttl == b->ttl && a->tos == b->tos && a->sport == b->sport &&
	       a->dport == b->dport && a->icmp_id == b->icmp_id &&
	       told_length(a) == told_length(b) && a->addr_len == b->addr_len &&
	       a->src && b->src &&
	       memcmp(a->src, b->src, a->addr_len) == 0 &&
	       memcmp(a->dst, b->dst, a->addr_len) == 0;
}
