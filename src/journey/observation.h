/* SPDX-License-Identifier: GPL-2.0-or-later */
/* observation: an event with what is asked of it many times, found out once. */
#ifndef NFTRACE_OBSERVATION_H
#define NFTRACE_OBSERVATION_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct packet;
struct path_hook;
struct place;

/* How much of its packet the event shows; only events of nft show less than all. */
enum observation_headers {
	HEADERS_NONE,		/* neither packet nor interfaces */
	HEADERS_PARTIAL,	/* IPv6 without its extensions and what follows */
	HEADERS_WHOLE,
	HEADERS_COUNT,
};

/*
 * Made by journeys_add(), and borrowed by all that it calls; what the pointers
 * lead to holds as long.
 */
struct observation {
	const struct event *e;
	const struct place *at;
	const struct packet *p;	/* the event's, decoded; HEADERS_NONE: empty */
	const struct path_hook *hooks;	/* of the event's family, by NF_INET_* */
	const uint32_t *vrf;	/* path_map.vrf; NULL: there is none */
	uint64_t key;		/* the packet's identity_key() */
	uint64_t now_ns;	/* CLOCK_MONOTONIC when the event was read */
	uint64_t since_ns;	/* and behind which it was made */
	uint64_t wall_ns;	/* CLOCK_REALTIME then */
	uint32_t origin;	/* the host that it was seen on, of a log of several */
	uint8_t headers;	/* enum observation_headers */
	bool is_start;		/* path_is_start(): the first event of a packet */
	bool enters;		/* at a hook where a packet comes in, back over loopback too */
};

#endif
