/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys_find: whose an event of nft is, and one of a packet that was put together. */
#ifndef NFTRACE_JOURNEYS_FIND_H
#define NFTRACE_JOURNEYS_FIND_H

#include <stdbool.h>

#include "journey/associate.h"

struct journey;
struct journeys;
struct observation;
struct path;

/** journeys_find_nft - .j NULL: the event begins a journey */
struct candidate journeys_find_nft(struct journeys *js,
				   const struct observation *o);

/**
 * journeys_is_whole_of - can it be the packet that was put together, behind PREROUTING, of
 *	pieces of which @j is one, still on @path?
 */
bool journeys_is_whole_of(const struct journey *j, const struct path *path,
			  const struct observation *o);

/**
 * journeys_find_last_piece - which piece goes on as the whole that the event shows
 * Return: .j NULL: none, or it is no whole: the event begins a journey.
 */
struct candidate journeys_find_last_piece(struct journeys *js, const struct observation *o);

#endif
