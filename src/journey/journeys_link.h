/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys_link: events outside IP's hooks, each to its journey: of bridge, netdev, ingress. */
#ifndef NFTRACE_JOURNEYS_LINK_H
#define NFTRACE_JOURNEYS_LINK_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct journeys;
struct place;

/**
 * journeys_link - an event outside IP's hooks: of nft's families bridge and netdev, or
 * at inet's ingress; else as journeys_add()
 *
 * What none of IP's hooks has seen when it is silent is a journey of its own:
 * journey_is_link().
 * Return: false: it has no headers, and nobody's id.
 */
bool journeys_link(struct journeys *js, const struct event *e,
		   const struct place *at, uint64_t now_ns, uint64_t wall_ns);

/**
 * journeys_link_protocol - NFPROTO_* of the packet of such an event
 *
 * Without headers it is that of the last event of its id.
 * Return: NFPROTO_UNSPEC: it is no packet of IP, or nobody's.
 */
uint8_t journeys_link_protocol(struct journeys *js, const struct event *e);

/**
 * journeys_link_expire - what has been silent outside IP's hooks is over
 * Return: ms until the next may be due, -1: none is open.
 */
int journeys_link_expire(struct journeys *js, uint64_t now_ns);

/** journeys_link_finish - all of them are over */
void journeys_link_finish(struct journeys *js);

#endif
