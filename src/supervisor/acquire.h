/* SPDX-License-Identifier: GPL-2.0-or-later */
/* acquire: the xtables lock and NFLOG group 0, both at once, waited for in a fair way. */
#ifndef NFTRACE_ACQUIRE_H
#define NFTRACE_ACQUIRE_H

#include <stdint.h>

struct run;

/**
 * acquire_open_lock - open the lock file
 * Return: 0, or the exit status after a report.
 */
int acquire_open_lock(struct run *r);

/**
 * acquire - wait until the lock and the group are the run's, for -w seconds in all
 *
 * Who has what is said.  Where the plan needs no lock, or no group, the other is
 * waited for alone.  The keeper is told of the lock.
 * Return: 0: r->host.lock is held, and r->reader.capture open; or the exit status
 * after a report: nothing is held then.
 */
int acquire(struct run *r);

/** acquire_packet_bytes - so many bytes of a packet an event tells at most */
uint32_t acquire_packet_bytes(const struct run *r);

#endif
