/* SPDX-License-Identifier: GPL-2.0-or-later */
/* inquiry: a question about a packet's end while it is answered, in a helper child. */
#ifndef NFTRACE_INQUIRY_H
#define NFTRACE_INQUIRY_H

#include <arpa/inet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "journey/fate.h"
#include "protocol/losses.h"

/* A question with all that is said of it. */
struct inquiry {
	const struct cause_question *q;
	struct packet_view look;	/* .q's, but for .dst: what it was then */
	bool six;
	bool dst_known;
	char src[INET6_ADDRSTRLEN];
	char dst[CAUSE_SINCE + INET6_ADDRSTRLEN + 32];	/* with whence it has it */
	char in[IF_NAMESIZE];
	uint8_t finding;		/* enum cause_finding */
	char text[CAUSE_TEXT];
};

/**
 * inquiry_tell - the answer
 * Return: true, so that a check can end with it.
 */
bool inquiry_tell(struct inquiry *i, enum cause_finding finding,
		  const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/**
 * inquiry_interface - ask one thing of an interface
 * @what: SIOCGIFMTU ...
 * Return: false: it is not known.
 */
bool inquiry_interface(uint32_t index, unsigned long what, struct ifreq *ifr);

#endif
