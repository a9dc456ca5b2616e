/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reasons: why a run shows nothing, or less than there was. */
#ifndef NFTRACE_REASONS_H
#define NFTRACE_REASONS_H

#include <stdint.h>

struct run;

/** reasons_counted - packets by the counters of the run's own rules */
uint64_t reasons_counted(const struct run *r);

/** reasons_say - on stderr, at the end */
void reasons_say(const struct run *r);

#endif
