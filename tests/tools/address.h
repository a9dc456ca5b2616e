/* SPDX-License-Identifier: GPL-2.0-or-later */
/* address: literal addresses only, so that no resolver gets into the traffic. */
#ifndef TOOLS_ADDRESS_H
#define TOOLS_ADDRESS_H

#include <netdb.h>
#include <stddef.h>
#include <sys/socket.h>

/** address_look_up - freeaddrinfo() it; NULL: not an address and a port */
static inline struct addrinfo *address_look_up(const char *host,
					       const char *port, int type)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = type,
	}, *ai;

	return getaddrinfo(host, port, &hints, &ai) == 0 ? ai : NULL;
}

#endif
