/* SPDX-License-Identifier: GPL-2.0-or-later */
/* way_ask: the reader asks by which rule and table of routing a packet went out. */
#ifndef NFTRACE_WAY_ASK_H
#define NFTRACE_WAY_ASK_H

#include <stdbool.h>

struct journey;
struct reader_state;

/**
 * way_ask_open - does a form of output tell it of every packet?
 *
 * Else only packets are asked about that were routed again, or had a mark.
 */
bool way_ask_open(const struct reader_state *s);

/**
 * way_ask - fill .way of a journey that is over, if it was routed and that shows
 *
 * Waits for the answer, some ms, for one packet of all alike.
 */
void way_ask(struct reader_state *s, struct journey *j);

#endif
