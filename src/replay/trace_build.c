// SPDX-License-Identifier: GPL-2.0-or-later
/* trace_build: the fields of a TRACE line -> a packet's headers. */
#include "replay/trace_build.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

enum { V4_HEADER = 20, V6_HEADER = 40, FRAGMENT_HEADER = 8, TCP_HEADER = 20,
       UDP_HEADER = 8, ICMP_HEADER = 8 };

static void put_u16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void put_u32(uint8_t *at, uint32_t v)
{
	put_u16(at, v >> 16);
	put_u16(at + 2, v);
}

static bool has(const struct trace_text_packet *p, enum trace_text_field f)
{
	return p->has & 1u << f;
}

static size_t build_tcp(uint8_t *to, const struct trace_text_packet *p)
{
	put_u16(to, p->number[TT_SPT]);
	put_u16(to + 2, p->number[TT_DPT]);
	put_u32(to + 4, p->number[TT_SEQ]);
	put_u32(to + 8, p->number[TT_ACK]);
	to[12] = (uint8_t)((TCP_HEADER + p->options) / 4 << 4);
	to[13] = p->tcp_flags;
	put_u16(to + 14, p->number[TT_WINDOW]);
	put_u16(to + 18, p->number[TT_URGP]);
	memcpy(to + TCP_HEADER, p->option, p->options);
	return TCP_HEADER + p->options;
}

static size_t build_udp(uint8_t *to, const struct trace_text_packet *p)
{
	put_u16(to, p->number[TT_SPT]);
	put_u16(to + 2, p->number[TT_DPT]);
	put_u16(to + 4, p->number[TT_UDP_LEN]);
	return UDP_HEADER;
}

static size_t build_icmp(uint8_t *to, size_t size,
			 const struct trace_text_packet *p)
{
	to[0] = (uint8_t)p->number[TT_TYPE];
	to[1] = (uint8_t)p->number[TT_CODE];
	if (has(p, TT_ICMP_ID)) {
		put_u16(to + 4, p->number[TT_ICMP_ID]);
		put_u16(to + 6, p->number[TT_ICMP_SEQ]);
	} else if (has(p, TT_MTU)) {
		/* ICMPv6 has 32 bits for it, in which 16 of ICMP are the last. */
		put_u32(to + 4, p->number[TT_MTU]);
	} else if (has(p, TT_POINTER)) {
		put_u32(to + 4, p->v6 ? p->number[TT_POINTER]
				      : p->number[TT_POINTER] << 24);
	} else {
		memcpy(to + 4, p->gateway, sizeof(p->gateway));
	}
	if (!p->quoted)
		return ICMP_HEADER;
	return ICMP_HEADER + trace_text_build(to + ICMP_HEADER,
					      size - ICMP_HEADER, p->quoted);
}

/* Return: 0 when the line did not tell what is behind the IP header. */
static size_t build_transport(uint8_t *to, size_t size,
			      const struct trace_text_packet *p)
{
	if (p->fragment || size < TCP_HEADER + sizeof(p->option))
		return 0;
	switch (p->proto) {
	case IPPROTO_TCP:
		return has(p, TT_SPT) ? build_tcp(to, p) : 0;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return has(p, TT_SPT) ? build_udp(to, p) : 0;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return has(p, TT_TYPE) ? build_icmp(to, size, p) : 0;
	}
	return 0;
}

static size_t build_v4(uint8_t *to, size_t size,
		       const struct trace_text_packet *p)
{
	size_t len = V4_HEADER + p->ip_options;

	if (size < len)
		return 0;
	to[0] = (uint8_t)(4 << 4 | len / 4);
	to[1] = (uint8_t)(p->number[TT_TOS] | p->number[TT_PREC]);
	put_u16(to + 2, p->number[TT_LEN]);
	put_u16(to + 4, p->number[TT_ID]);
	put_u16(to + 6, (p->df ? 0x4000u : 0) | (p->mf ? 0x2000u : 0) |
			(p->number[TT_FRAG] & 0x1fff));
	to[8] = (uint8_t)p->number[TT_TTL];
	to[9] = p->proto;
	memcpy(to + 12, p->src, 4);
	memcpy(to + 16, p->dst, 4);
	memcpy(to + V4_HEADER, p->ip_option, p->ip_options);
	return len + build_transport(to + len, size - len, p);
}

static size_t build_v6(uint8_t *to, size_t size,
		       const struct trace_text_packet *p)
{
	bool fragments = has(p, TT_FRAG);
	size_t len = V6_HEADER + (fragments ? FRAGMENT_HEADER : 0);
	uint32_t total = p->number[TT_LEN];

	if (size < len)
		return 0;
	put_u32(to, 6u << 28 | p->number[TT_TOS] << 20 |
		    (p->number[TT_FLOWLBL] & 0xfffff));
	put_u16(to + 4, total > V6_HEADER ? total - V6_HEADER : 0);
	to[6] = fragments ? IPPROTO_FRAGMENT : p->proto;
	to[7] = (uint8_t)p->number[TT_TTL];
	memcpy(to + 8, p->src, 16);
	memcpy(to + 24, p->dst, 16);
	if (fragments) {
		to[V6_HEADER] = p->proto;
		put_u16(to + V6_HEADER + 2, p->number[TT_FRAG] | p->mf);
		put_u32(to + V6_HEADER + 4, p->number[TT_ID]);
	}
	return len + build_transport(to + len, size - len, p);
}

size_t trace_text_build(uint8_t *to, size_t size,
			const struct trace_text_packet *p)
{
	memset(to, 0, size);
	return p->v6 ? build_v6(to, size, p) : build_v4(to, size, p);
}
