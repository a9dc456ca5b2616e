/* SPDX-License-Identifier: GPL-2.0-or-later */
/* life: does the run of an owner still go on, as far as it can be seen from here? */
#ifndef NFTRACE_LIFE_H
#define NFTRACE_LIFE_H

#include <stdint.h>

struct owner;

enum life {
	LIFE_OVER,		/* for certain */
	LIFE_GOES_ON,		/* for certain */
	LIFE_UNSEEN,		/* of a PID namespace into which nobody can look from here */
};

/* How what dead runs left is looked for; ored. */
enum sweep {
	SWEEP_DRY = 1 << 0,	/* nothing is changed */
	/*
	 * No other run has NFLOG group 0 in this network namespace: those that
	 * traced legacy tables are over, also those that cannot be seen.
	 */
	SWEEP_ALONE = 1 << 1,
};

/**
 * life_of - of the run that was @o's
 * @now: seconds since epoch
 *
 * A process shows where the PID namespace does: in our own and in all below it; in
 * the first one everything shows.  Of another one a run is unseen until its end
 * plus OWNER_GRACE, and over from then on.
 */
enum life life_of(const struct owner *o, int64_t now);

/**
 * life_swept - the same, as far as @how tells more
 * @how: enum sweep, ored
 */
enum life life_swept(const struct owner *o, unsigned int how);

#endif
