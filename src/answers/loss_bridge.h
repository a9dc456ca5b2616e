/* SPDX-License-Identifier: GPL-2.0-or-later */
/* loss_bridge: what a bridge has against a packet that it got. */
#ifndef NFTRACE_LOSS_BRIDGE_H
#define NFTRACE_LOSS_BRIDGE_H

#include <stdbool.h>

struct inquiry;

/**
 * loss_bridge_explains - of a packet that was seen last at PREROUTING
 * Return: its way led over the bridge: no route has to be asked, whether that explains it or not.
 */
bool loss_bridge_explains(struct inquiry *i);

#endif
