/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journeys_find: whose an event of nft is, by its id, its headers and where it is. */
#ifndef NFTRACE_JOURNEYS_FIND_H
#define NFTRACE_JOURNEYS_FIND_H

#include "journey/associate.h"

struct journeys;
struct observation;

/** journeys_find_nft - .j NULL: the event begins a journey */
struct candidate journeys_find_nft(struct journeys *js,
				   const struct observation *o);

#endif
