/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mask_place: places in the rules in output for strangers, each made once. */
#ifndef NFTRACE_MASK_PLACE_H
#define NFTRACE_MASK_PLACE_H

#include <stdint.h>

struct mask;
struct mask_places;
struct place;

/** mask_places_open - none yet; NULL: no memory */
struct mask_places *mask_places_open(struct mask *m);

/** mask_places_close - with all places; NULL is nothing */
void mask_places_close(struct mask_places *ps);

/**
 * mask_place - the place with other names and texts; its .id is @at's
 * Return: the same pointer each time, until the id is another's; NULL: no memory.
 */
const struct place *mask_place(struct mask_places *ps, const struct place *at);

/** mask_places_forget - the id will be another place's */
void mask_places_forget(struct mask_places *ps, uint32_t id);

#endif
