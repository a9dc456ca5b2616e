// SPDX-License-Identifier: GPL-2.0-or-later
/* nft_headers: the two pieces of a packet that nft copies -> bytes as they lay in it. */
#include "capture/nft_headers.h"

#include <netinet/in.h>
#include <string.h>

#include <linux/netfilter.h>

#include "packet/packet.h"

enum { IPV4_LEAST = 20, IPV6_LEAST = 40, UDP_HEADER = 8 };

/* An extension that was not copied, and what follows it. */
struct extension {
	uint32_t len;
	uint8_t proto;
	uint8_t option;		/* that fills it */
};

enum { OPTION_PADN = 1, OPTION_JUMBO = 0xc2 };

/* Types of ICMPv6 that are in use, with codes that they have: no port of UDP's is read as one. */
static bool may_be_icmp6(const uint8_t *h)
{
	return h[1] <= 7 && ((h[0] >= 1 && h[0] <= 4) ||
			     (h[0] >= 128 && h[0] <= 161));
}

/*
 * A payload of 0 bytes behind a hop-by-hop header is above 64 KiB: the kernel
 * makes such a buffer for TCP alone (ip6_xmit), with that one option.  The length
 * in UDP's header is that of all behind the extensions.
 */
static bool find_extension(struct extension *x, const struct nft_headers *h)
{
	uint32_t payload = packet_be16(h->network + 4), udp;

	if (h->network[6] != IPPROTO_HOPOPTS && h->network[6] != IPPROTO_DSTOPTS)
		return false;
	if (!payload && h->network[6] == IPPROTO_HOPOPTS &&
	    h->transport_len == NFT_TRANSPORT) {
		*x = (struct extension){ 8, IPPROTO_TCP, OPTION_JUMBO };
		return true;
	}
	if (h->transport_len < UDP_HEADER || may_be_icmp6(h->transport))
		return false;
	udp = packet_be16(h->transport + 4);
	if (udp < UDP_HEADER || udp >= payload)
		return false;
	*x = (struct extension){ payload - udp, IPPROTO_UDP, OPTION_PADN };
	return x->len % 8 == 0 && x->len <= NFT_EXTENSIONS;
}

/* One option, as long as there is room for: its length does not count its own two bytes. */
static void put_extension(uint8_t *to, const struct extension *x)
{
	memset(to, 0, x->len);
	to[0] = x->proto;
	to[1] = (uint8_t)(x->len / 8 - 1);
	to[2] = x->option;
	to[3] = (uint8_t)(x->len - 4);
}

/* Where the transport header belongs; 0: nobody knows. */
static size_t transport_offset(uint8_t *to, const struct nft_headers *h,
			       uint8_t nfproto)
{
	struct extension x;

	if (nfproto == NFPROTO_IPV4 && h->network_len >= IPV4_LEAST)
		return (h->network[0] & 15) * 4u;
	if (nfproto != NFPROTO_IPV6 || h->network_len < IPV6_LEAST)
		return 0;
	if (!packet_is_extension(h->network[6]))
		return IPV6_LEAST;
	if (h->network_len > IPV6_LEAST || !h->transport ||
	    !find_extension(&x, h))
		return 0;
	put_extension(to + IPV6_LEAST, &x);
	return IPV6_LEAST + x.len;
}

size_t nft_headers_join(uint8_t *to, const struct nft_headers *h,
			uint8_t nfproto, bool *partial)
{
	size_t at = transport_offset(to, h, nfproto), len = h->network_len;

	if (len > NFT_HEADERS_MAX)
		len = NFT_HEADERS_MAX;
	memcpy(to, h->network, len);
	*partial = nfproto == NFPROTO_IPV6 && !at;
	if (!h->transport || at < IPV4_LEAST ||
	    at + h->transport_len > NFT_HEADERS_MAX)
		return len;
	if (at > len && nfproto == NFPROTO_IPV4)
		memset(to + len, 0, at - len);
	memcpy(to + at, h->transport, h->transport_len);
	return at + h->transport_len;
}
