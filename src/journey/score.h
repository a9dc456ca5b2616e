/* SPDX-License-Identifier: GPL-2.0-or-later */
/* score: how well an event fits as the next one of a packet. */
#ifndef NFTRACE_SCORE_H
#define NFTRACE_SCORE_H

#include <stdbool.h>

struct journey;
struct observation;
struct path;

enum {
	SCORE_REFUTED = -32,	/* at most: something says another packet */
};

/**
 * score_event - weigh what stayed the same against what cannot have changed
 * @path: the branch of @j that the event may follow, or be a copy of
 * @stamps: the kernel is known to stamp packets on receipt
 * Return: higher is better; SCORE_REFUTED and below: it contradicts.
 */
int score_event(const struct journey *j, const struct path *path,
		const struct observation *o, bool stamps);

#endif
