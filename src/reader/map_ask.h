/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_ask: what verdict maps said of a packet that is about to be printed. */
#ifndef NFTRACE_MAP_ASK_H
#define NFTRACE_MAP_ASK_H

struct journey;
struct reader_state;

/** map_ask - fill .verdict of a journey that is over; until the next one is */
void map_ask(struct reader_state *s, struct journey *j);

#endif
