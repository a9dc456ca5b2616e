/* SPDX-License-Identifier: GPL-2.0-or-later */
/* legacy_openers: who opens the lock file, and so may change iptables' tables. */
#ifndef NFTRACE_LEGACY_OPENERS_H
#define NFTRACE_LEGACY_OPENERS_H

#include <stdbool.h>

struct run;

/** legacy_openers_watch - watch the lock file, which is open */
void legacy_openers_watch(struct run *r);

/** legacy_openers_guarded - is the lock the run's, so that others can only wait? */
bool legacy_openers_guarded(const struct run *r);

/** legacy_openers_hear - note who has come since, and have the tables read soon */
void legacy_openers_hear(struct run *r);

/** legacy_openers_any - is somebody at the tables, or about to be?  Notes who holds the lock */
bool legacy_openers_any(struct run *r);

/** legacy_openers_count - how many are, or wait for the lock, at least */
unsigned int legacy_openers_count(const struct run *r);

#endif
