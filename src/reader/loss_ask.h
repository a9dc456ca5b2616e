/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_ask: the reader asks why a packet went missing. */
#ifndef NFTRACE_LOSS_ASK_H
#define NFTRACE_LOSS_ASK_H

#include <stdbool.h>

struct journey;
struct losses;

/**
 * losses_note - branch @b of @j went missing
 * @fresh: set when nobody has asked for its like: tell the supervisor
 * Return: the number of its question and answer, -1 when there is no room.
 */
int losses_note(struct losses *ls, const struct journey *j, unsigned int b,
		bool *fresh);

/** losses_take_back - question @i was not one of a packet whose cause is only likely */
void losses_take_back(struct losses *ls, int i);

#endif
