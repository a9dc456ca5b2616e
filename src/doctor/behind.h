/* SPDX-License-Identifier: GPL-2.0-or-later */
/* behind: what becomes of packets behind the last hook, where no event and no record tells. */
#ifndef NFTRACE_BEHIND_H
#define NFTRACE_BEHIND_H

/**
 * behind_say - a line for each finding, to stdout
 *
 * Which filters of tc send on by another device what leaves by theirs; and which
 * neighbours have not told their address yet: what is for them waits, for three
 * seconds at most.
 */
void behind_say(void);

#endif
