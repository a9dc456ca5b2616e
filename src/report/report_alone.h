/* SPDX-License-Identifier: GPL-2.0-or-later */
/* report_alone: the lines of a block that name the chains which only one backend has. */
#ifndef NFTRACE_REPORT_ALONE_H
#define NFTRACE_REPORT_ALONE_H

#include <stdbool.h>
#include <stdint.h>

struct journey;
struct outbuf;

/**
 * report_alone - "only in nft: ip filter:FORWARD", of those that the packet met
 * @backend: enum event_backend
 * Return: false: there are none, and nothing is written.
 */
bool report_alone(struct outbuf *o, const struct journey *j, uint8_t backend);

#endif
