/* SPDX-License-Identifier: GPL-2.0-or-later */
/* packet: an IPv4/IPv6 packet's bytes -> its headers -> one line as tcpdump -n. */
#ifndef NFTRACE_PACKET_H
#define NFTRACE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the length field can say, of IPv6 without its header: 0 there is more. */
enum { PACKET_SIZED = 65535 };

/* How far decoding came. */
enum packet_layer {
	PACKET_NOTHING,		/* not even an IP header of the family */
	PACKET_NETWORK,		/* IP header (and extension headers) */
	PACKET_TRANSPORT,	/* and the header behind it, whole */
};

enum packet_flag {
	PACKET_MORE_FRAGMENTS = 1 << 0,
	PACKET_DONT_FRAGMENT = 1 << 1,
	PACKET_FRAGMENT = 1 << 2,	/* offset not 0 or more fragments */
	PACKET_CUT = 1 << 3,		/* captured less than the length says */
	PACKET_MALFORMED = 1 << 4,	/* contradicts itself */
	PACKET_PORTS = 1 << 5,		/* sport, dport hold */
};

/* IPv6 extension headers that were passed over. */
enum packet_extension {
	PACKET_HOPOPTS = 1 << 0,
	PACKET_DSTOPTS = 1 << 1,
	PACKET_ROUTING = 1 << 2,
	PACKET_MOBILITY = 1 << 3,
	PACKET_AH = 1 << 4,
};

/*
 * A decoded packet; pointers are into the caller's bytes.  Numbers are in host
 * order.  For speed only headers are looked at: this is called once an event.
 */
struct packet {
	uint8_t nfproto;	/* NFPROTO_IPV4, NFPROTO_IPV6 */
	uint8_t layer;		/* enum packet_layer */
	uint8_t flags;		/* enum packet_flag, ored */
	uint8_t proto;		/* the last one found: IPPROTO_TCP, ... */
	uint8_t ttl;		/* or hop limit */
	uint8_t tos;		/* or traffic class */
	uint8_t addr_len;	/* 4 or 16 */
	uint8_t tcp_flags;	/* TCP: byte 13 of the header */
	bool unsized;		/* above PACKET_SIZED, no field says how much; .length is 0 */
	uint8_t extensions;	/* enum packet_extension, ored */
	uint8_t icmp_type, icmp_code;
	uint16_t sport, dport;	/* TCP, UDP, UDP-Lite, SCTP, DCCP */
	uint16_t icmp_id, icmp_seq;	/* echo and the like, else 0 */
	uint16_t frag_offset;	/* bytes */
	uint16_t udp_len;	/* UDP: the header's length field */
	uint32_t id;		/* v4: identification; v6: of the fragment header */
	uint32_t flowlabel;	/* v6 */
	uint32_t length;	/* of the whole packet by its headers */
	uint32_t tcp_seq, tcp_ack;
	uint32_t caplen;	/* bytes captured */
	uint32_t l4;		/* offset of the transport header */
	uint32_t payload;	/* offset of what is behind it; caplen at most */
	uint64_t serial;	/* decode_cache.h: one for the same bytes; 0: not known */
	const uint8_t *data;
	const uint8_t *src, *dst;
};

/** packet_be16, packet_be32 - a number of a header, from bytes at any address */
static inline uint16_t packet_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t packet_be32(const uint8_t *p)
{
	return (uint32_t)packet_be16(p) << 16 | packet_be16(p + 2);
}

/**
 * packet_decode - look at the headers
 * @data, @caplen: from the IP header on, as captured (may be cut anywhere)
 * @p: always filled as far as the bytes go; never reads beyond @caplen
 */
void packet_decode(struct packet *p, uint8_t nfproto, const uint8_t *data,
		   size_t caplen);

/**
 * packet_keep - the same packet with bytes of its own
 * @bytes, @room: where these go; what does not fit was as good as not captured
 * @from: of an event, say, that will be gone
 *
 * All that is kept of a packet goes through here: nobody who is given @p reads
 * beyond @room.
 */
void packet_keep(struct packet *p, uint8_t *bytes, size_t room,
		 const struct packet *from);

/** packet_is_extended - IPv6 with something between its header and what it carries? */
bool packet_is_extended(const struct packet *p);

/** packet_is_for_many - to a multicast group or, of IPv4, to all (255.255.255.255) */
bool packet_is_for_many(const struct packet *p);

/** packet_is_extension - is this protocol number one of IPv6's extensions? */
bool packet_is_extension(uint8_t proto);

/** packet_mss - the MSS option of a TCP SYN; 0: none, or not captured */
uint16_t packet_mss(const struct packet *p);

/** packet_length - bytes behind the transport header by the length fields; .unsized: 0 */
uint32_t packet_length(const struct packet *p);

#endif
