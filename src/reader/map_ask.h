/* SPDX-License-Identifier: GPL-2.0-or-later */
/* map_ask: what verdict maps said of a packet that is about to be printed. */
#ifndef NFTRACE_MAP_ASK_H
#define NFTRACE_MAP_ASK_H

struct journey;
struct reader_state;

/**
 * map_ask - fill .verdict of a journey that is over; until the next one is
 *
 * Elements of a map are asked for once, and again when they have changed: then the
 * reader waits some ms for the answer, unless much is going on.
 */
void map_ask(struct reader_state *s, struct journey *j);

/**
 * map_ask_ahead - for elements of maps that were just met for the first time
 *
 * When the packet is printed the run may be just ending, and the rules changing.
 */
void map_ask_ahead(struct reader_state *s);

#endif
