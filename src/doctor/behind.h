/* SPDX-License-Identifier: GPL-2.0-or-later */
/* behind: what becomes of packets behind the last hook, where no event and no record tells. */
#ifndef NFTRACE_BEHIND_H
#define NFTRACE_BEHIND_H

#include <stdint.h>

/**
 * behind_say - a sentence for each finding (finding.h)
 * @out: interfaces by which packets went out, and 0
 *
 * Which of these are tunnels, and what carries what went out there; which filters of
 * tc send on by another device what leaves by theirs; and which neighbours have not
 * told their address yet: what is for them waits, for three seconds at most.
 */
void behind_say(const uint32_t *out);

#endif
