/* SPDX-License-Identifier: GPL-2.0-or-later */
/* privileges: which of those that a run needs are missing, as the kernel answers. */
#ifndef NFTRACE_PRIVILEGES_H
#define NFTRACE_PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/**
 * privileges_missing - what a run lacks, in words
 * @buf: "needs root (...): CAP_NET_RAW is missing"
 * Return: false: nothing.
 */
bool privileges_missing(char *buf, size_t size);

/**
 * privileges_error - report that @what has failed, by what is missing if that is why
 * @err: -errno of it
 */
void privileges_error(const char *what, int err);

#endif
