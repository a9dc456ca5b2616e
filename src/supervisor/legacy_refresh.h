/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_refresh: reads iptables' tables again when others may have changed them. */
#ifndef NFTRACE_LEGACY_REFRESH_H
#define NFTRACE_LEGACY_REFRESH_H

#include <stdbool.h>

struct legacy_refresh;
struct run;
struct snapshot;

/** legacy_refresh_init - nothing is watched, and nothing read */
void legacy_refresh_init(struct legacy_refresh *l);

/** legacy_refresh_guard - the tables of the start are read: who changes them shows */
void legacy_refresh_guard(struct run *r);

/** legacy_refresh_begin - behind that: they are those that the reader knows */
void legacy_refresh_begin(struct run *r);

/** legacy_refresh_close - end helpers, give back what was read; idempotent */
void legacy_refresh_close(struct legacy_refresh *l);

/** legacy_refresh_unguard - --no-lock: the lock will be let go, and who comes shows */
void legacy_refresh_unguard(struct run *r);

/**
 * legacy_window_open - from now on legacy's rules may become others
 *
 * To be called before the lock is let go, and before the run changes raw.  Idempotent.
 */
void legacy_window_open(struct run *r);

/**
 * legacy_window_close - the lock is the run's again, or --no-lock: who comes shows
 *
 * Has the tables read again; the reader gets what has changed.  Idempotent.
 * Return: 0 or -errno.
 */
int legacy_window_close(struct run *r);

/**
 * legacy_refresh_look - go on with what is to be read, if anything
 * Return: ms until the next look.
 */
int legacy_refresh_look(struct run *r);

/** legacy_refresh_is_busy - is what others may have done being read, or about to be? */
bool legacy_refresh_is_busy(const struct run *r);

/** legacy_refresh_finish - the same to its end, unless it takes too long */
void legacy_refresh_finish(struct run *r);

/**
 * legacy_refresh_verify - read all tables, for legacy_refresh_verified()
 * @also: called for each family with its rules as they are now
 * Return: 0, or -errno when a table could not be read.
 */
int legacy_refresh_verify(struct run *r,
			  void (*also)(struct run *r, unsigned int family,
				       const struct snapshot *now));

/**
 * legacy_refresh_verified - hold what legacy_refresh_verify() read against what is known
 *
 * The run's own rules are left out.  What differs is said.
 */
void legacy_refresh_verified(struct run *r);

#endif
