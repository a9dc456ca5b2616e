/* SPDX-License-Identifier: GPL-2.0-or-later */
/* path_fate: what the silence after a packet's last event means. */
#ifndef NFTRACE_PATH_FATE_H
#define NFTRACE_PATH_FATE_H

struct fate;
struct path;
struct path_map;

/** path_fate - what the silence after the last event means */
void path_fate(const struct path_map *map, const struct path *p,
	       struct fate *fate);

#endif
