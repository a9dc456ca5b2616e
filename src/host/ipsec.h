/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipsec: what xfrm's policies want of a packet that this host forwards. */
#ifndef NFTRACE_IPSEC_H
#define NFTRACE_IPSEC_H

#include <stdbool.h>
#include <stdint.h>

enum ipsec_want {
	IPSEC_NOTHING,		/* no policy speaks of it, or nobody knows */
	IPSEC_BLOCKED,		/* a policy's action is block */
	IPSEC_NO_STATE,		/* to be encrypted, and there is no state for that */
	IPSEC_NOT_PLAIN,	/* may be forwarded only if it came encrypted */
};

struct ipsec_packet {
	bool six;
	uint8_t proto;
	const uint8_t *src, *dst;	/* 4 or 16 bytes */
};

/** ipsec_look - ask policies and states, which needs CAP_NET_ADMIN */
enum ipsec_want ipsec_look(const struct ipsec_packet *p);

#endif
