/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bypass: what in this network namespace can take packets past iptables' rules. */
#ifndef NFTRACE_BYPASS_H
#define NFTRACE_BYPASS_H

#include <stdbool.h>

/**
 * bypass_each - look for it, in a helper child
 * @tell: called with a sentence for each finding
 */
void bypass_each(void (*tell)(const char *sentence));

/** bypass_has_ipvs - has IPVS any service in this network namespace? */
bool bypass_has_ipvs(void);

#endif
