/* SPDX-License-Identifier: GPL-2.0-or-later */
/* link: an interface, whose port it is, what is on top of it, and what came in by it. */
#ifndef NFTRACE_LINK_H
#define NFTRACE_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A master's kind, by what rules see of a packet that comes in by its port. */
enum link_master {
	MASTER_NONE,		/* the port itself: of a VRF as well, whose name comes later */
	MASTER_BRIDGE,		/* the bridge, where they see it at all */
	MASTER_BOND,		/* the bond or team */
	MASTER_SWITCH,		/* Open vSwitch: nothing, but for what that hands to the host */
};

struct link_seen {
	enum link_master kind;
	char master[IFNAMSIZ];	/* whose port it is; "": MASTER_NONE */
	uint64_t frames;	/* that came in so far, of any protocol */
};

/** link_look - false: there is no interface of that name, or it cannot be asked */
bool link_look(struct link_seen *l, const char *name);

/* An interface that takes its frames from another one's, by their tag or address. */
struct link_upper {
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];	/* "vlan", "macvlan" ..., as ip-link(8) calls it */
};

/**
 * link_uppers - those on top of the interface, in this namespace
 * @all: room for @room of them
 * Return: how many there are, which may be more than @room; 0: none, or it cannot be asked.
 */
size_t link_uppers(struct link_upper *all, size_t room, const char *name);

#endif
