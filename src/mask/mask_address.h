/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_address: addresses in output for strangers, in bytes and in words. */
#ifndef NFTRACE_MASK_ADDRESS_H
#define NFTRACE_MASK_ADDRESS_H

#include <stddef.h>
#include <stdint.h>

#include "rules/base/strview.h"

struct mask;
struct strbuf;

/**
 * mask_address4, mask_address6 - another address for the one at @addr
 * @bits: of its prefix; 32 and 128: an address by itself
 *
 * What is the same for everybody stays: loopback, "any", groups of the link.  Private
 * networks of IPv4 keep what lies in what (240/8 is 10/8, 241.0/12 is 172.16/12,
 * 243.168/16 is 192.168/16); other addresses keep their /24, with IPv6 their /48 and
 * /64.  None becomes an address that a host can have.
 */
void mask_address4(struct mask *m, uint8_t addr[4], unsigned int bits);
void mask_address6(struct mask *m, uint8_t addr[16], unsigned int bits);

/** mask_mac - an address of Ethernet; a group's stays one */
void mask_mac(struct mask *m, uint8_t addr[6]);

/**
 * mask_take_address - the address at the beginning of @text, masked
 * @text: any of IPv4, IPv6 and Ethernet with its prefix's length; it is cut off
 * Return: false: there is none, and nothing is changed.
 */
bool mask_take_address(struct mask *m, struct strbuf *to, struct strview *text);

#endif
