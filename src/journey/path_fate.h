/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_fate: what the silence after a packet's last event means. */
#ifndef NFTRACE_PATH_FATE_H
#define NFTRACE_PATH_FATE_H

#include <stdbool.h>

struct fate;
struct path;
struct path_map;

/** path_fate - what the silence after the last event means */
void path_fate(const struct path_map *map, const struct path *p,
	       struct fate *fate);

/**
 * path_would_show - had the packet gone on behind its last rule's table, would it
 * have been seen for certain?
 */
bool path_would_show(const struct path_map *map, const struct path *p);

#endif
