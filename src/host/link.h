/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link: an interface, the bridge that it is a port of, and what came in by it. */
#ifndef NFTRACE_LINK_H
#define NFTRACE_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

struct link_seen {
	char bridge[IFNAMSIZ];	/* whose port it is; "": none's */
	uint64_t frames;	/* that came in so far, of any protocol */
};

/** link_look - false: there is no interface of that name, or it cannot be asked */
bool link_look(struct link_seen *l, const char *name);

#endif
