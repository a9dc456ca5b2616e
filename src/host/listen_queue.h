/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listen_queue: connections for which a listening socket of TCP had no room. */
#ifndef NFTRACE_LISTEN_QUEUE_H
#define NFTRACE_LISTEN_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * listen_queue_full - how often since this network namespace began (ListenOverflows)
 * Return: false: the kernel does not tell.
 */
bool listen_queue_full(uint64_t *times);

#endif
