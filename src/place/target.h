/* SPDX-License-Identifier: GPL-2.0-or-later */
/* target: what a rule's target does to a packet, and can change in it. */
#ifndef NFTRACE_TARGET_H
#define NFTRACE_TARGET_H

struct place;
struct snap_rule;
struct snapshot;

/** target_describe - fill .effect, .mangles, .target and .target_chain */
void target_describe(struct place *p, const struct snapshot *s,
		     const struct snap_rule *r);

#endif
