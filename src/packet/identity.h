/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity: what of a packet no hook changes, as a key; and what it may change. */
#ifndef NFTRACE_IDENTITY_H
#define NFTRACE_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

struct packet;

/**
 * identity_key - hash over what stays the same on a packet's way
 *
 * @depth: bytes from the transport header on that count at most; the same for
 *	all events that are to be compared
 *
 * Left out is what rules, conntrack and forwarding change: addresses, ports
 * and ICMP ids (NAT), TTL, ToS, ECN bits, checksums, the MSS option and what
 * follows from it (length of a SYN), the packet quoted in an ICMP error.
 */
uint64_t identity_key(const struct packet *p, uint32_t depth);

/** identity_same_headers - do addresses, ports, ids, TTL and ToS agree as well? */
bool identity_same_headers(const struct packet *a, const struct packet *b);

#endif
