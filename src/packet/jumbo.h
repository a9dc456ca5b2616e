/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jumbo: the size of packets of IPv6 that their length field cannot say. */
#ifndef NFTRACE_JUMBO_H
#define NFTRACE_JUMBO_H

#include <stdint.h>

/**
 * jumbo_find - the payload's size by the option of a hop-by-hop header (RFC 2675)
 * @bytes: from the IPv6 header on, with that header behind it; @len of them
 * Return: 0: there is no such option, or it is beyond @len.
 */
uint32_t jumbo_find(const uint8_t *bytes, uint32_t len);

/**
 * jumbo_claim - write the least size that an unsized packet can have into its bytes
 * jumbo_disclaim - and take it out again; other bytes stay as they are
 * @bytes: of a packet of IPv6, @len of them
 *
 * For programs that take a length of 0 for a fault.
 */
void jumbo_claim(uint8_t *bytes, uint32_t len);
void jumbo_disclaim(uint8_t *bytes, uint32_t len);

#endif
