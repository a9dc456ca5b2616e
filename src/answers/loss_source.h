/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_source: what routing has against where a packet comes from. */
#ifndef NFTRACE_LOSS_SOURCE_H
#define NFTRACE_LOSS_SOURCE_H

#include <stdbool.h>

struct inquiry;

/**
 * loss_source_explain - an address of this host, or one to which another way leads back
 * Return: true: that is told.
 */
bool loss_source_explain(struct inquiry *i);

/**
 * loss_source_is_of_link - an address of one link, of what would be forwarded
 * Return: true: that is told.
 */
bool loss_source_is_of_link(struct inquiry *i);

#endif
