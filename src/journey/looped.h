/* SPDX-License-Identifier: GPL-2.0-or-later */
/* looped: what this host sends to many and gets itself: of the two that may have been seen once. */
#ifndef NFTRACE_LOOPED_H
#define NFTRACE_LOOPED_H

#include <stdbool.h>

struct fate;
struct journey;
struct path;
struct path_map;

/**
 * looped_add - the packet itself, where only the copy of it that came in was seen behind OUTPUT
 *
 * The kernel hands such a copy (ip_mc_output(), ip6_finish_output()) to POSTROUTING and
 * back in by the interface by which the packet itself goes out.  Where no chain at
 * POSTROUTING sees both, the packet itself becomes a branch without events.
 */
void looped_add(struct journey *j, const struct path_map *map);

/** looped_fate - of such a branch: likely SENT */
void looped_fate(const struct path *p, struct fate *fate);

#endif
