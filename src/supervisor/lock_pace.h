/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_pace: how patient who waits for the lock must be, and how often it is looked at. */
#ifndef NFTRACE_LOCK_PACE_H
#define NFTRACE_LOCK_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct lock_guest;
struct lock_turns;
struct run;

/* Between two looks at /proc/locks where who comes is heard at the door. */
enum { LOCK_PACE_CALM_MS = 500 };

/** lock_pace_give - it is given away now: sets for how long it is left to others */
void lock_pace_give(struct lock_turns *t, uint64_t now);

/** lock_pace_reads_first - is what others did to be read before @g goes in? */
bool lock_pace_reads_first(const struct run *r, const struct lock_guest *g);

/** lock_pace_patience_ns - for so long @g has to wait until it is given the lock */
uint64_t lock_pace_patience_ns(const struct run *r, const struct lock_guest *g);

/** lock_pace_look_ms - from this look at /proc/locks to the next */
unsigned int lock_pace_look_ms(const struct run *r, uint64_t now);

#endif
