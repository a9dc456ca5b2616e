/* SPDX-License-Identifier: GPL-2.0-or-later */
/* route: asks the kernel which way it would send a packet; changes nothing. */
#ifndef NFTRACE_ROUTE_H
#define NFTRACE_ROUTE_H

#include <stdint.h>

struct route_question {
	uint8_t nfproto;
	uint8_t tos;
	uint8_t proto;		/* IPPROTO_*: an ip rule may ask; 0: any */
	uint32_t in;		/* interface it came in by; 0: sent by this host */
	uint32_t mark;
	const uint8_t *src;	/* NULL: any; 4 or 16 bytes */
	const uint8_t *dst;
};

struct route_answer {
	int error;		/* -errno of the lookup, 0: there is a way */
	uint8_t type;		/* RTN_LOCAL, RTN_UNICAST, ... */
	uint32_t out;		/* interface index */
};

/**
 * route_ask - RTM_GETROUTE
 * Return: 0, also when there is no way, see @a; -errno: it cannot be asked.
 */
int route_ask(const struct route_question *q, struct route_answer *a);

#endif
