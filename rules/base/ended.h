/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ended: that a signal ended a process, as an error beside those of errno, and in words. */
#ifndef NFTRACE_ENDED_H
#define NFTRACE_ENDED_H

#include <stdbool.h>
#include <stddef.h>

/** ended_by - an error as -errno is one, beyond all of these */
int ended_by(int sig);

/** ended_from_outside - is it one of those that limits send, and no fault of the process? */
bool ended_from_outside(int sig);

/**
 * ended_tell - "the helper was ended by signal 25 (File size limit exceeded): ..."
 * @err: of ended_by(); of another nothing is written
 * Return: was it one?
 */
bool ended_tell(char *buf, size_t size, int err);

#endif
