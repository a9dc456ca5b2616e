/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_headers: the two pieces of a packet that nft copies -> bytes as they lay in it. */
#ifndef NFTRACE_NFT_HEADERS_H
#define NFTRACE_NFT_HEADERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The kernel copies 40 bytes of network and 20 of transport header; between
 * these are options of IPv4, or extensions of IPv6, as far as room is made.
 */
enum {
	NFT_NETWORK = 40, NFT_TRANSPORT = 20, NFT_EXTENSIONS = 20,
	NFT_HEADERS_MAX = NFT_NETWORK + NFT_EXTENSIONS + NFT_TRANSPORT,
};

struct nft_headers {
	const uint8_t *network, *transport;	/* NULL: not there */
	size_t network_len, transport_len;
};

/**
 * nft_headers_join - put them together
 * @to: NFT_HEADERS_MAX bytes; @h: with a network header
 * @partial: set where an extension of IPv6 hides which transport header it is
 *
 * Options of IPv4 beyond the copy are zeros.  An extension of IPv6 is padding,
 * as long as it was, where the transport header tells itself: by a length that
 * fits, or as the kernel's own buffers above 64 KiB are.
 *
 * Return: bytes in @to.
 */
size_t nft_headers_join(uint8_t *to, const struct nft_headers *h,
			uint8_t nfproto, bool *partial);

#endif
