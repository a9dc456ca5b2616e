/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nft_packet: the fields that nft prints of a packet -> its headers; pure. */
#ifndef NFTRACE_NFT_PACKET_H
#define NFTRACE_NFT_PACKET_H

#include <stdbool.h>

#include "replay/trace_line.h"
#include "rules/base/strview.h"

/**
 * nft_packet_read - "iif "eth0" ip saddr 10.1.0.2 ..."
 * @t: gets interfaces, family and .packet with its event's payload
 * Return: false: there is no packet of IPv4 or IPv6 in it, or not all of one.
 */
bool nft_packet_read(struct trace_text *t, struct strview fields);

#endif
